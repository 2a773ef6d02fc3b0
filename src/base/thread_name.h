// What `top -H`, gdb and perf call a thread.
#pragma once

#include <pthread.h>

namespace filrouge {

// At most 15 letters; of the calling thread.
template <std::size_t N>
void name_thread(const char (&name)[N]) {
    static_assert(N <= 16);
    ::pthread_setname_np(::pthread_self(), name);
}

}  // namespace filrouge
