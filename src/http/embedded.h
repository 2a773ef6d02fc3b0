// Files that are part of the program: the page's, and schema/api.json. The .cc is made at build
// time by cmake/embed.cmake.
#pragma once

#include <optional>
#include <string_view>

namespace filrouge::http {

std::optional<std::string_view> embedded_file(std::string_view name);

}  // namespace filrouge::http
