// What nobody may do with a person's data, whatever was agreed to: the person had it restricted
// (GDPR 18), or objects to being profiled (GDPR 21, 22). A restraint hangs on identifiers, as a
// consent does, so that it follows merges and un-merges: a person is under it when one of the
// person's identifiers is. The latest record holds; there is no other order, for staff or the
// person say it here and no channel brings it late.
//
// Part of the fold's state.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/identifier.h"
#include "storage/table.h"

namespace filrouge::consent {

// On disk: never renumber.
enum class Restraint : std::uint8_t { Restricted = 1, Unprofiled = 2 };
constexpr std::size_t kRestraints = 2;
constexpr std::string_view name_of(Restraint restraint) {
    return restraint == Restraint::Restricted ? "restricted" : "unprofiled";
}

struct RestraintView {
    FragmentNo fragment;
    EventTime at;                // when it was said
    std::uint64_t sequence = 0;  // of the record that said it
};

class Restraints {
  public:
    Restraints(TableSpace& space, std::uint16_t first_id);  // takes 3 ids
    // Puts the identifier under the restraint, or frees it of it. True when that changed something.
    bool put(Restraint what, const RestraintView& said);
    bool lift(Restraint what, FragmentNo fragment);
    bool holds(Restraint what, FragmentNo fragment) const {
        const Table<std::uint64_t>& bits = bits_of(what);
        return fragment.value / 64 < bits.size() &&
               (bits.at(fragment.value / 64) >> (fragment.value % 64) & 1) != 0;
    }
    std::optional<RestraintView> find(Restraint what, FragmentNo fragment) const;
    // Identifiers under it, in no particular order.
    std::vector<RestraintView> all(Restraint what) const;

  private:
    struct Row {
        std::int64_t at;
        std::uint64_t sequence;
        std::uint32_t fragment;
        std::uint32_t what;
    };
    const Table<std::uint64_t>& bits_of(Restraint what) const {
        return what == Restraint::Restricted ? restricted_ : unprofiled_;
    }
    void flip(Restraint what, FragmentNo fragment);
    std::uint32_t place_of(Restraint what, FragmentNo fragment) const;

    Table<std::uint64_t> restricted_, unprofiled_;  // bit by fragment: asked at every evaluation
    Table<Row> rows_;                               // of those that hold, few
};

}  // namespace filrouge::consent
