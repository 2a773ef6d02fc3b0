// The command line: finds the command's row, reads its arguments, runs it. Answers the exit code.
#pragma once

namespace filrouge::cli {

int run(int argc, char** argv);

}  // namespace filrouge::cli
