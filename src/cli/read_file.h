// A file that the command line names, whole.
#pragma once

#include <string>

#include "base/result.h"

namespace filrouge::cli {

// Error: cli.unreadable_file, also of a folder. Which option or argument it was, the caller says.
Result<std::string> read_file(const std::string& name);
// The same; "-" is the standard input.
Result<std::string> read_file_or_input(const std::string& name);

}  // namespace filrouge::cli
