#include "consent/ledger.h"

namespace filrouge::consent {

Ledger::Ledger(TableSpace& space, std::uint16_t first_id)
    : heads_(space, first_id),
      groups_(space, static_cast<std::uint16_t>(first_id + 1)),
      free_(space, static_cast<std::uint16_t>(first_id + 2)) {}

std::uint32_t Ledger::new_group(const Group& group) {
    if (free_.size() != 0 && free_.at(0) != 0) {
        const std::uint32_t at = free_.at(0) - 1;
        free_.edit(0) = groups_.at(at).next;
        groups_.edit(at) = group;
        return at;
    }
    return groups_.append(group);
}

bool Ledger::state(FragmentNo fragment, std::span<const ConsentStatement> statements, EventTime at,
                   std::uint64_t sequence) {
    // Within one statement about the same purpose a refusal wins.
    PurposeSet yes, no;
    for (const ConsentStatement& s : statements)
        (s.granted ? yes : no) = (s.granted ? yes : no).with(s.purpose);
    yes = yes.without(no);
    if ((yes | no).empty()) return false;
    if (fragment.value >= heads_.size()) heads_.resize(fragment.value + 1);
    if (const std::uint32_t head = heads_.at(fragment.value); head != 0) {
        // Mostly a sender says with each event what it said before, and nothing else was said.
        const Group& group = groups_.at(head - 1);
        const bool later = group.at != at.us ? group.at < at.us : group.sequence < sequence;
        if (later && group.next == 0 && group.granted == yes.bits && group.refused == no.bits &&
            group.taken_back == 0) {
            groups_.edit(head - 1).at = at.us;
            groups_.edit(head - 1).sequence = sequence;
            return false;
        }
    }
    return put(fragment, {at.us, sequence, yes.bits, no.bits, 0, 0});
}

bool Ledger::take_back(FragmentNo fragment, PurposeSet purposes, EventTime at,
                       std::uint64_t sequence) {
    if (purposes.empty()) return false;
    if (fragment.value >= heads_.size()) heads_.resize(fragment.value + 1);
    return put(fragment, {at.us, sequence, 0, 0, 0, purposes.bits});
}

bool Ledger::put(FragmentNo fragment, Group said) {
    const Standing before = standing_of(fragment);

    // What an equally late or later statement already settled is left to it.
    for (std::uint32_t g = heads_.at(fragment.value); g != 0; g = groups_.at(g - 1).next) {
        const Group& group = groups_.at(g - 1);
        const bool newer =
            group.at != said.at ? group.at > said.at : group.sequence > said.sequence;
        if (!newer) continue;
        const std::uint32_t settled = group.told().bits;
        said.granted &= ~settled;
        said.refused &= ~settled;
        said.taken_back &= ~settled;
    }
    const PurposeSet mine = said.told();
    if (mine.empty()) return false;

    // Older groups give up what is stated now; an emptied one is reused.
    std::uint32_t previous = 0;
    for (std::uint32_t g = heads_.at(fragment.value); g != 0;) {
        const std::uint32_t next = groups_.at(g - 1).next;
        if (!(groups_.at(g - 1).told() & mine).empty()) {
            Group& group = groups_.edit(g - 1);
            group.granted &= ~mine.bits;
            group.refused &= ~mine.bits;
            group.taken_back &= ~mine.bits;
            if (group.told().empty()) {
                if (previous == 0)
                    heads_.edit(fragment.value) = next;
                else
                    groups_.edit(previous - 1).next = next;
                if (free_.size() == 0) free_.resize(1);
                groups_.edit(g - 1) = Group{0, 0, 0, 0, free_.at(0), 0};
                free_.edit(0) = g;
                g = next;
                continue;
            }
        }
        previous = g;
        g = next;
    }
    said.next = heads_.at(fragment.value);
    heads_.edit(fragment.value) = new_group(said) + 1;
    return standing_of(fragment) != before;
}

Standing Ledger::standing_of(FragmentNo fragment) const {
    Standing out;
    if (fragment.value >= heads_.size()) return out;
    for (std::uint32_t g = heads_.at(fragment.value); g != 0; g = groups_.at(g - 1).next) {
        out.granted.bits |= groups_.at(g - 1).granted;
        out.refused.bits |= groups_.at(g - 1).refused;
    }
    return out;
}

void Ledger::prefetch_statements(FragmentNo fragment) const {
    if (fragment.value < heads_.size()) groups_.prefetch(heads_.at(fragment.value) - 1);
}

void Ledger::statements_of(FragmentNo fragment, std::vector<StatementView>& out) const {
    if (fragment.value >= heads_.size()) return;
    for (std::uint32_t g = heads_.at(fragment.value); g != 0; g = groups_.at(g - 1).next) {
        const Group& group = groups_.at(g - 1);
        for (std::uint8_t p = 0; p < kPurposesMax; ++p) {
            const PurposeSet one = PurposeSet{}.with(p);
            if (((group.granted | group.refused) & one.bits) == 0) continue;
            out.push_back(
                {p, (group.granted & one.bits) != 0, EventTime{group.at}, group.sequence});
        }
    }
}

}  // namespace filrouge::consent
