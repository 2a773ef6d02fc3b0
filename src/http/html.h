// Text into a page.
#pragma once

#include <string>
#include <string_view>

namespace filrouge::http {

// For element text and for attributes in either kind of quotes.
std::string html_escaped(std::string_view text);

}  // namespace filrouge::http
