// The server with an operator new that fails where it is told to: FILROUGE_FAILING_MEMORY=1234 is
// the 1,234th allocation after a new handler was set. The place is told on stderr as a hash of the
// calls that led there, so that different places can be counted. What libraries in C take by malloc
// does not come by here.
#include <dlfcn.h>
#include <execinfo.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>

namespace {

constexpr int kCallsTold = 12;

std::uint64_t fails_at() {
    static const std::uint64_t at = [] {
        const char* text = std::getenv("FILROUGE_FAILING_MEMORY");
        return text == nullptr ? 0 : std::strtoull(text, nullptr, 10);
    }();
    return at;
}

// Addresses differ from start to start by where the program was loaded.
std::uint64_t place() {
    std::array<void*, kCallsTold> calls;
    const int count = ::backtrace(calls.data(), kCallsTold);
    std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
    for (int i = 2; i < count; ++i) {
        Dl_info module{};
        if (::dladdr(calls[static_cast<std::size_t>(i)], &module) == 0) continue;
        hash ^= static_cast<std::uint64_t>(static_cast<char*>(calls[static_cast<std::size_t>(i)]) -
                                           static_cast<char*>(module.dli_fbase));
        hash *= 0x100000001b3;
    }
    return hash;
}

bool is_to_fail() {
    static std::atomic<std::uint64_t> allocations{0};
    return fails_at() != 0 && std::get_new_handler() != nullptr &&
           allocations.fetch_add(1, std::memory_order_relaxed) + 1 == fails_at();
}

void* allocate(std::size_t size, std::size_t alignment) {
    if (is_to_fail()) {
        std::array<char, 64> line;
        const int length = std::snprintf(line.data(), line.size(), "memory fails at %016llx\n",
                                         static_cast<unsigned long long>(place()));
        [[maybe_unused]] const auto written =
            ::write(STDERR_FILENO, line.data(), static_cast<std::size_t>(length));
        std::get_new_handler()();
    }
    void* memory =
        alignment <= alignof(std::max_align_t)
            ? std::malloc(size)
            : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
    if (memory == nullptr) std::abort();
    return memory;
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size, 1); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    return allocate(size, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size, 1); }
void* operator new[](std::size_t size) { return allocate(size, 1); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size, 1); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
