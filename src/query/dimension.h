// What a question is split by: a column whose values become groups. A group has a number within one
// question, the same in all its segments and threads.
#pragma once

#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/hash.h"
#include "query/scan.h"

namespace filrouge::query {

enum class DimensionKind : std::uint8_t { None, Channel, Name, Source, Product, Place, Property };

constexpr std::uint32_t kGroupsMax = 100'000;
constexpr std::uint32_t kNoGroup = 0;  // the value is missing, or one past kGroupsMax

// The groups of one question; thread-safe.
class Groups {
  public:
    struct Key {
        history::CellKind kind = history::CellKind::Missing;
        std::int64_t value = 0;  // a text's StringNo, else the number
        bool operator==(const Key&) const = default;
    };
    std::uint32_t number(const Key& key);
    std::uint32_t size() const;  // with kNoGroup
    Key key(std::uint32_t number) const;
    bool overflowed() const;

  private:
    struct Hash {
        std::size_t operator()(const Key& k) const {
            return static_cast<std::size_t>(mix64(static_cast<std::uint64_t>(k.value) * 4 +
                                                  static_cast<std::uint64_t>(k.kind)));
        }
    };
    mutable std::mutex mutex_;
    std::unordered_map<Key, std::uint32_t, Hash> numbers_;
    std::vector<Key> keys_{Key{}};
    bool overflowed_ = false;
};

class Dimension {
  public:
    Dimension() = default;
    Dimension(DimensionKind kind, StringNo property, Groups& groups)
        : kind_(kind), property_(property), groups_(&groups) {}
    void segment(const history::Segment& segment);
    // The group of each wanted row (1 in the mask), of an array the first element's; kNoGroup of
    // the others, whose values are not looked at: a group that only they have is none.
    void groups(Batch& batch, std::span<const std::uint8_t> wanted, std::span<std::uint32_t> out);
    // The same, and the other elements of arrays into `more`, by falling rows.
    struct Element {
        std::uint32_t row = 0;  // of the batch
        std::uint32_t group = kNoGroup;
    };
    void groups(Batch& batch, std::span<const std::uint8_t> wanted, std::span<std::uint32_t> out,
                std::vector<Element>& more);

  private:
    std::uint32_t group_of_code(std::uint32_t code);
    void groups_of_entries(Batch& batch, std::span<const std::uint8_t> wanted,
                           std::span<std::uint32_t> out, std::vector<Element>* more);
    DimensionKind kind_ = DimensionKind::None;
    StringNo property_;
    Groups* groups_ = nullptr;
    const history::Segment* segment_ = nullptr;
    const history::FieldColumn* column_ = nullptr;
    std::vector<std::uint32_t> by_code_;  // + 1; 0 not asked yet
    std::vector<std::uint32_t> codes_;
};

}  // namespace filrouge::query
