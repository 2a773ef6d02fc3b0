// What only we can break. An ASSERT stays on in release builds: stopping before a wrong byte is
// stored is always cheaper than repairing one.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace filrouge {

[[noreturn]] inline void assertion_failed(const char* what, const char* file, int line) {
    std::fprintf(stderr, "filrouge: assertion failed: %s (%s:%d)\n", what, file, line);
    std::abort();
}

}  // namespace filrouge

#define ASSERT(condition)               \
    ((condition) ? static_cast<void>(0) \
                 : ::filrouge::assertion_failed(#condition, __FILE__, __LINE__))
