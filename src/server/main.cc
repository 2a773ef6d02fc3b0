#include "cli/run.h"

int main(int argc, char** argv) { return filrouge::cli::run(argc, argv); }
