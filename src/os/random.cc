#include "os/random.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/assert.h"

namespace filrouge::os {
namespace {

void ask_kernel(char* out, std::size_t size) {
    while (size > 0) {
        const ssize_t n = ::getrandom(out, size, 0);
        if (n < 0) {
            ASSERT(errno == EINTR);  // without randomness no key may be made
            continue;
        }
        out += n;
        size -= static_cast<std::size_t>(n);
    }
}

// A nonce a record would be a system call a record; a kilobyte at a time costs a tenth of that.
// One pool a thread, so no two threads are ever handed the same bytes; what was handed out is
// wiped, so the pool never tells an old key.
struct Pool {
    std::array<char, 1024> bytes{};
    std::size_t left = 0;
    void fill(char* out, std::size_t size) {
        if (left < size) {
            ask_kernel(bytes.data(), bytes.size());
            left = bytes.size();
        }
        char* from = bytes.data() + (left - size);
        std::memcpy(out, from, size);
        explicit_bzero(from, size);
        left -= size;
    }
};

class RealRandom : public Random {
  public:
    void fill(char* out, std::size_t size) override {
        thread_local Pool pool;
        if (size > pool.bytes.size() / 4) return ask_kernel(out, size);
        pool.fill(out, size);
    }
};

}  // namespace

std::unique_ptr<Random> make_random() { return std::make_unique<RealRandom>(); }

}  // namespace filrouge::os
