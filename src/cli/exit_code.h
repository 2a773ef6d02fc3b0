// What a command ends with, by the code of the error that ended it.
#pragma once

#include <string_view>

namespace filrouge::cli {

// What is stored is not what was written, or does not go with what opens it: another start finds
// the same.
bool is_damage(std::string_view code);
int exit_code_of(std::string_view code);  // kExitRefused, where nothing else fits

}  // namespace filrouge::cli
