// Two rows, field by field, as levels.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "matching/levels.h"
#include "matching/records.h"

namespace filrouge::matching {

using Levels = std::array<Level, kFieldsMax>;

class Comparer {
  public:
    explicit Comparer(const Records& records);

    // A swap of given name and surname is one piece of evidence: the given name tells it, and the
    // surname is neutral then.
    void compare(std::uint32_t a, std::uint32_t b, Levels& out) const;
    Level compare(std::uint32_t a, std::uint32_t b, std::size_t field) const;
    bool swapped(std::uint32_t a, std::uint32_t b) const;
    std::optional<std::size_t> given() const { return given_; }  // where there is a surname, too
    std::size_t surname() const { return surname_; }

  private:
    const Records& records_;
    std::optional<std::size_t> given_;
    std::size_t surname_ = 0;
};

}  // namespace filrouge::matching
