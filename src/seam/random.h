// Bytes nobody can guess. The real one reads the kernel's CSPRNG; a test's is seeded.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/id.h"

namespace filrouge {

struct Random {
    virtual ~Random() = default;
    virtual void fill(char* out, std::size_t size) = 0;

    std::uint64_t number() {
        std::uint64_t v = 0;
        fill(reinterpret_cast<char*>(&v), sizeof v);
        return v;
    }
    template <class Tag>
    Id<Tag> id() {
        return {number(), number()};
    }
    Bytes bytes(std::size_t size) {
        Bytes out(size, '\0');
        fill(out.data(), size);
        return out;
    }
};

}  // namespace filrouge
