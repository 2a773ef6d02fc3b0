// Text from outside on its way to somebody's terminal.
#pragma once

#include <string>
#include <string_view>

namespace filrouge {

// Each character that would steer the terminal instead of standing on it becomes '?': the control
// characters of ISO 6429 (C0 with tabs and line ends, DEL, and C1, U+0080 to U+009F), and each byte
// that is no UTF-8, of which an older terminal would make a C1.
std::string for_terminal(std::string_view text);

}  // namespace filrouge
