// The event that tells of a call that was tried, whoever answered it.
#pragma once

#include <string_view>

namespace filrouge::engine {

constexpr std::string_view kCallAttempted = "Call Attempted";

}  // namespace filrouge::engine
