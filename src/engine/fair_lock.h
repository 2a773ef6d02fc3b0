// A shared lock that lets a waiting writer in before new readers: the fold must never starve behind
// questions. std::shared_mutex prefers readers on this platform.
#pragma once

#include <pthread.h>

#include "base/assert.h"

namespace filrouge::engine {

class FairLock {
  public:
    FairLock() {
        pthread_rwlockattr_t attributes;
        pthread_rwlockattr_init(&attributes);
        pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
        ASSERT(pthread_rwlock_init(&lock_, &attributes) == 0);
        pthread_rwlockattr_destroy(&attributes);
    }
    ~FairLock() { pthread_rwlock_destroy(&lock_); }
    FairLock(const FairLock&) = delete;
    FairLock& operator=(const FairLock&) = delete;
    void lock() { ASSERT(pthread_rwlock_wrlock(&lock_) == 0); }
    bool try_lock() { return pthread_rwlock_trywrlock(&lock_) == 0; }  // keeps nobody waiting
    void unlock() { pthread_rwlock_unlock(&lock_); }
    void lock_shared() { ASSERT(pthread_rwlock_rdlock(&lock_) == 0); }
    void unlock_shared() { pthread_rwlock_unlock(&lock_); }

  private:
    pthread_rwlock_t lock_;
};

}  // namespace filrouge::engine
