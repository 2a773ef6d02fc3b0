// Asks for the cache line of something that is needed soon. Not __builtin_prefetch by itself: GCC
// takes a function that does nothing else for one without effect, and leaves its calls out.
#pragma once

namespace filrouge {

inline void fetch_ahead(const void* at) {
    __builtin_prefetch(at);
    asm volatile("");  // an effect, as far as the compiler knows
}

}  // namespace filrouge
