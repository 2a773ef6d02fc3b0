// A fixed set of words, looked up in a few nanoseconds: the names of members and of events that
// have a meaning to us. Made at compile time; the hash reads the length and three letters only,
// and find() compares the whole word.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace filrouge::collect {

template <class Value>
struct Word {
    std::string_view word;
    Value value;
};

template <class Value, std::size_t N>
class WordTable {
  public:
    constexpr explicit WordTable(const std::array<Word<Value>, N>& rows) : rows_(rows) {
        for (std::size_t i = 0; i < N; ++i) {
            std::size_t slot = slot_of(rows[i].word);
            while (slots_[slot] != 0) slot = (slot + 1) % kSlots;
            slots_[slot] = static_cast<std::uint8_t>(i + 1);
            if (rows[i].word.size() > longest_) longest_ = rows[i].word.size();
        }
    }
    // Nothing for a word that is not in the set.
    constexpr const Value* find(std::string_view word) const {
        if (word.empty() || word.size() > longest_) return nullptr;
        for (std::size_t slot = slot_of(word); slots_[slot] != 0; slot = (slot + 1) % kSlots) {
            const Word<Value>& row = rows_[slots_[slot] - std::size_t{1}];
            if (row.word == word) return &row.value;
        }
        return nullptr;
    }
    constexpr std::size_t longest() const { return longest_; }
    constexpr const std::array<Word<Value>, N>& rows() const { return rows_; }

  private:
    static constexpr std::size_t kSlots = N < 32 ? 128 : N < 64 ? 256 : 512;
    static_assert(N < 128, "a quarter of the slots are in use, and a row number fits in a byte");
    static constexpr std::size_t slot_of(std::string_view word) {
        const auto at = [&](std::size_t i) {
            return static_cast<std::uint32_t>(static_cast<unsigned char>(word[i]));
        };
        const auto size = static_cast<std::uint32_t>(word.size());
        const std::uint32_t letters = at(0) | at(size - 1) << 8 | at(size / 2) << 16 | size << 24;
        return (letters * 0x9e3779b1u) >> 16 & (kSlots - 1);
    }
    std::array<Word<Value>, N> rows_;
    std::array<std::uint8_t, kSlots> slots_{};
    std::size_t longest_ = 0;
};

}  // namespace filrouge::collect
