// Memory for a container that is large and read here and there: in pages of 2 MiB, because finding
// one of many small pages costs as much as the cache line that is wanted of it.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>

namespace filrouge {

template <class T>
struct HugePages {
    using value_type = T;
    HugePages() = default;
    template <class Other>
    HugePages(const HugePages<Other>&) {}  // NOLINT(google-explicit-constructor): an allocator is

    T* allocate(std::size_t count) {
        const std::size_t bytes = count * sizeof(T);
        if (bytes < kFromBytes) return static_cast<T*>(::operator new(bytes));
        const std::size_t whole = (bytes + kPageBytes - 1) / kPageBytes * kPageBytes;
        void* const memory = ::operator new(whole, kPage);
        static_cast<void>(madvise(memory, whole, MADV_HUGEPAGE));  // else it is slower
        return static_cast<T*>(memory);
    }
    void deallocate(T* memory, std::size_t count) {
        if (count * sizeof(T) < kFromBytes)
            ::operator delete(memory);
        else
            ::operator delete(memory, kPage);
    }
    bool operator==(const HugePages&) const { return true; }

  private:
    static constexpr std::size_t kPageBytes = std::size_t{2} * 1024 * 1024;
    static constexpr std::align_val_t kPage{kPageBytes};
    static constexpr std::size_t kFromBytes = kPageBytes / 2;
};

}  // namespace filrouge
