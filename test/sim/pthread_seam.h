// The C library's own functions, for who must not be scheduled.
#pragma once

#include <pthread.h>

namespace filrouge::sim {

int real_pthread_create(pthread_t* id, const pthread_attr_t* attributes, void* (*body)(void*),
                        void* arg);
int real_pthread_join(pthread_t id, void** result);

}  // namespace filrouge::sim
