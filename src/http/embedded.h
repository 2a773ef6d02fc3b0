// Files that are part of the program: schema/api.json as "api.json", and the console, compressed,
// as "index.html.br", "assets/index-DkP3x1.js.gz". The .cc is made at build time by
// cmake/embed.cmake.
#pragma once

#include <optional>
#include <string_view>

namespace filrouge::http {

std::optional<std::string_view> embedded_file(std::string_view name);

}  // namespace filrouge::http
