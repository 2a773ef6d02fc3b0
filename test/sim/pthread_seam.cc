// The scheduler's seam is the one every thread library already stands on: the functions below take
// the place of the C library's in this program. On a thread of a running Scheduler they ask it; on
// any other, and for calls that do not come from our own code, they are the real ones. OpenSSL and
// the like keep their locks: no thread gives way while it is inside of them, and what they cache
// would make the second run in a process another one than the first.
#include "sim/pthread_seam.h"

#include <dlfcn.h>
#include <ctime>

#include <cerrno>
#include <cstdint>

#include "sim/scheduler.h"

// Of the program, given by the linker.
extern "C" char __executable_start, etext;  // NOLINT(bugprone-reserved-identifier): the linker's

namespace filrouge::sim {
namespace {

template <class Function>
Function* real(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

Scheduler* scheduler_for(const void* caller) {
    const auto* at = static_cast<const char*>(caller);
    return at >= &__executable_start && at < &etext ? Scheduler::current() : nullptr;
}

constexpr std::int64_t kEpochUs = 1'000'000'000;  // the monotonic clock when a run begins

std::int64_t us_of(const timespec& t) {
    return std::int64_t{t.tv_sec} * 1'000'000 + t.tv_nsec / 1'000;
}

int timed_wait(Scheduler& s, pthread_cond_t* condition, pthread_mutex_t* mutex,
               const timespec* deadline) {
    return s.wait(condition, mutex, us_of(*deadline) - kEpochUs) ? 0 : ETIMEDOUT;
}

}  // namespace

int real_pthread_create(pthread_t* id, const pthread_attr_t* attributes, void* (*body)(void*),
                        void* arg) {
    static auto* const call = real<decltype(pthread_create)>("pthread_create");
    return call(id, attributes, body, arg);
}

int real_pthread_join(pthread_t id, void** result) {
    static auto* const call = real<decltype(pthread_join)>("pthread_join");
    return call(id, result);
}

}  // namespace filrouge::sim

using filrouge::sim::Scheduler;
using filrouge::sim::scheduler_for;

#define CALLER __builtin_extract_return_addr(__builtin_return_address(0))
// Conditions and threads are used through the C++ library, which is not ours and calls for us.
#define REAL(name, ...)                                                       \
    do {                                                                      \
        static auto* const call = filrouge::sim::real<decltype(name)>(#name); \
        return call(__VA_ARGS__);                                             \
    } while (false)

extern "C" {

int pthread_create(pthread_t* id, const pthread_attr_t* attributes, void* (*body)(void*),
                   void* arg) noexcept {
    if (Scheduler* s = Scheduler::current()) return s->create(id, attributes, body, arg);
    return filrouge::sim::real_pthread_create(id, attributes, body, arg);
}
int pthread_join(pthread_t id, void** result) {
    if (Scheduler* s = Scheduler::current()) return s->join(id, result);
    return filrouge::sim::real_pthread_join(id, result);
}

int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
    if (Scheduler* s = scheduler_for(CALLER)) return s->lock(mutex), 0;
    REAL(pthread_mutex_lock, mutex);
}
int pthread_mutex_trylock(pthread_mutex_t* mutex) noexcept {
    if (Scheduler* s = scheduler_for(CALLER)) return s->try_lock(mutex) ? 0 : EBUSY;
    REAL(pthread_mutex_trylock, mutex);
}
// An unlock at the end of a function may be a jump, and the return address then somebody else's:
// what was locked by the scheduler says whose it is.
int pthread_mutex_unlock(pthread_mutex_t* mutex) noexcept {
    if (Scheduler* s = Scheduler::current(); s != nullptr && s->holds(mutex))
        return s->unlock(mutex), 0;
    REAL(pthread_mutex_unlock, mutex);
}

int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
    if (Scheduler* s = Scheduler::current()) return s->wait(condition, mutex, -1), 0;
    REAL(pthread_cond_wait, condition, mutex);
}
int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                           const timespec* deadline) {
    if (Scheduler* s = Scheduler::current())
        return filrouge::sim::timed_wait(*s, condition, mutex, deadline);
    REAL(pthread_cond_timedwait, condition, mutex, deadline);
}
int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                           const timespec* deadline) {
    if (Scheduler* s = Scheduler::current())
        return filrouge::sim::timed_wait(*s, condition, mutex, deadline);
    REAL(pthread_cond_clockwait, condition, mutex, clock, deadline);
}
int pthread_cond_signal(pthread_cond_t* condition) noexcept {
    if (Scheduler* s = Scheduler::current()) return s->wake(condition, false), 0;
    REAL(pthread_cond_signal, condition);
}
int pthread_cond_broadcast(pthread_cond_t* condition) noexcept {
    if (Scheduler* s = Scheduler::current()) return s->wake(condition, true), 0;
    REAL(pthread_cond_broadcast, condition);
}

int pthread_rwlock_rdlock(pthread_rwlock_t* lock) noexcept {
    // glibc keeps there what pthread_rwlockattr_setkind_np() was told; it has no question for it.
    const bool prefers_writers = lock->__data.__flags != PTHREAD_RWLOCK_PREFER_READER_NP;
    if (Scheduler* s = scheduler_for(CALLER)) return s->read_lock(lock, prefers_writers), 0;
    REAL(pthread_rwlock_rdlock, lock);
}
int pthread_rwlock_wrlock(pthread_rwlock_t* lock) noexcept {
    if (Scheduler* s = scheduler_for(CALLER)) return s->write_lock(lock), 0;
    REAL(pthread_rwlock_wrlock, lock);
}
int pthread_rwlock_unlock(pthread_rwlock_t* lock) noexcept {
    if (Scheduler* s = Scheduler::current(); s != nullptr && s->holds(lock))
        return s->rw_unlock(lock), 0;
    REAL(pthread_rwlock_unlock, lock);
}

int nanosleep(const timespec* how_long, timespec* left) {
    if (Scheduler* s = Scheduler::current()) return s->sleep({filrouge::sim::us_of(*how_long)}), 0;
    REAL(nanosleep, how_long, left);
}
int clock_gettime(clockid_t clock, timespec* out) noexcept {
    if (const Scheduler* s = Scheduler::current()) {
        const std::int64_t us = s->now().us + filrouge::sim::kEpochUs;
        *out = {us / 1'000'000, us % 1'000'000 * 1'000};
        return 0;
    }
    REAL(clock_gettime, clock, out);
}

}  // extern "C"
