// Bytes that a seed decides. Thread-safe, but only one thread at a time gives the same run twice.
#pragma once

#include <cstring>
#include <mutex>

#include "base/hash.h"
#include "seam/random.h"

namespace filrouge::fake {

class FakeRandom : public Random {
  public:
    explicit FakeRandom(std::uint64_t seed) : state_(seed) {}
    void fill(char* out, std::size_t size) override {
        const std::lock_guard lock(mutex_);
        while (size > 0) {
            const std::uint64_t v = mix64(state_ += 0x9e3779b97f4a7c15u);
            const std::size_t n = size < sizeof v ? size : sizeof v;
            std::memcpy(out, &v, n);
            out += n;
            size -= n;
        }
    }

  private:
    std::mutex mutex_;
    std::uint64_t state_;  // guarded by mutex_
};

}  // namespace filrouge::fake
