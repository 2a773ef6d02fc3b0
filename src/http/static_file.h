// A file that is part of the program, as the answer to one request.
#pragma once

#include <optional>
#include <string_view>

#include "seam/listener.h"

namespace filrouge::http {

// In the best form that the client takes and the build has made; nothing when there is none of this
// name. `caching` is its Cache-Control.
std::optional<HttpResponse> static_file(const HttpRequest& request, std::string_view name,
                                        std::string_view caching);

// For names that change with their content.
constexpr std::string_view kKeptForEver = "public, max-age=31536000, immutable";

}  // namespace filrouge::http
