// What each fragment has said about each purpose, by the time it was said: the latest statement
// holds, whatever the order of arrival; one that takes back leaves nothing said, to whatever comes
// after it and against whatever was told before. A person's consent is the join of the person's
// fragments on the safe side: one refusal refuses.
//
// Part of the fold's state.
#pragma once

#include <cstdint>
#include <span>

#include "base/time.h"
#include "model/event.h"
#include "model/purpose.h"
#include "storage/table.h"

namespace filrouge::consent {

struct Standing {
    PurposeSet granted;
    PurposeSet refused;
    PurposeSet objected{};    // of the refused ones: what only a choice ends
    bool restricted = false;  // consent/restraints.h
    bool unprofiled = false;
    bool operator==(const Standing&) const = default;
    Standing join(Standing other) const {
        const PurposeSet no = refused | other.refused;
        return {(granted | other.granted).without(no), no, objected | other.objected,
                restricted || other.restricted, unprofiled || other.unprofiled};
    }
};

// The statement that holds for one purpose, for the "why".
struct StatementView {
    std::uint8_t purpose = 0;
    bool granted = false;
    EventTime at;
    std::uint64_t sequence = 0;
};

class Ledger {
  public:
    Ledger(TableSpace& space, std::uint16_t first_id);  // takes 3 ids
    // True when the fragment's standing changed.
    bool state(FragmentNo fragment, std::span<const ConsentStatement> statements, EventTime at,
               std::uint64_t sequence);
    // What was said of these purposes until then counts as not said, be it told later. True when
    // the fragment's standing changed.
    bool take_back(FragmentNo fragment, PurposeSet purposes, EventTime at, std::uint64_t sequence);
    Standing standing_of(FragmentNo fragment) const;
    void prefetch(FragmentNo fragment) const { heads_.prefetch(fragment.value); }
    void prefetch_statements(FragmentNo fragment) const;  // once prefetch() is done
    void statements_of(FragmentNo fragment, std::vector<StatementView>& out) const;

  private:
    // Purposes that were stated together stay together: mostly one group a fragment.
    struct Group {
        std::int64_t at;
        std::uint64_t sequence;
        std::uint32_t granted;
        std::uint32_t refused;
        std::uint32_t next;  // group + 1
        std::uint32_t taken_back;
        PurposeSet told() const { return {granted | refused | taken_back}; }
    };
    std::uint32_t new_group(const Group& group);
    bool put(FragmentNo fragment, Group said);
    Table<std::uint32_t> heads_;  // by fragment: group + 1
    Table<Group> groups_;
    Table<std::uint32_t> free_;  // [0]: group + 1
};

}  // namespace filrouge::consent
