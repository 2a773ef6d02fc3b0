// Faults on purpose, to show that the tests see them: test/mutants.txt says which test sees which,
// and
// ./dev mutants shows it. In an ordinary build MUTANT(...) is the constant false.
#pragma once

#ifdef FILROUGE_MUTANTS
#include <cstdlib>
#include <string_view>

namespace filrouge {

// The one that this process has, as the environment names it.
inline bool has_mutant(std::string_view name) {
    static const char* const chosen = std::getenv("FILROUGE_MUTANT");
    return chosen != nullptr && name == chosen;
}

}  // namespace filrouge
#define MUTANT(name) ::filrouge::has_mutant(#name)
#else
#define MUTANT(name) false
#endif
