#include "engine/call_book.h"

namespace filrouge::engine {

const CallBook::Row* CallBook::find(const Hash128& key) const {
    const auto at = by_key_.find({key.high, key.low});
    return at == by_key_.end() ? nullptr : &rows_.at(at->second);
}

bool CallBook::has_room(std::size_t beginning, IngestTime now) const {
    if (by_key_.size() + beginning < kCallsKeptMax) return true;
    std::size_t over = 0;
    for (const auto& [begun, number] : by_age_) {
        if (over > beginning || !is_over(rows_.at(number), now)) break;
        ++over;
    }
    return by_key_.size() + beginning < kCallsKeptMax + over;
}

void CallBook::forget(std::uint32_t number) {
    const Row& row = rows_.at(number);
    by_key_.erase({row.key_high, row.key_low});
    by_age_.erase(row.begun_sequence);
    rows_.edit(number) = {};
    free_.insert(number);
}

void CallBook::begin(const CallKept& call, std::uint64_t sequence, IngestTime at) {
    while (!by_age_.empty() && is_over(rows_.at(by_age_.begin()->second), at))
        forget(by_age_.begin()->second);
    // One that the door took for forgotten, by a clock that went ahead of the log's.
    if (const auto known = by_key_.find({call.key.high, call.key.low}); known != by_key_.end())
        forget(known->second);
    const std::uint32_t number = free_.empty() ? rows_.append({}) : *free_.begin();
    free_.erase(number);
    rows_.edit(number) = {
        call.key.high, call.key.low, call.request.high, call.request.low, sequence, at.us, 0, 0};
    by_key_[{call.key.high, call.key.low}] = number;
    by_age_[sequence] = number;
}

void CallBook::apply(const CallKept& call, std::uint64_t sequence, IngestTime at) {
    if (call.step == CallStep::Begun) return begin(call, sequence, at);
    const auto known = by_key_.find({call.key.high, call.key.low});
    if (known == by_key_.end()) return;
    if (call.step == CallStep::NothingDone) return forget(known->second);
    if (rows_.at(known->second).answered == 0) rows_.edit(known->second).answered = sequence;
}

void CallBook::after_load() {
    by_key_.clear();
    by_age_.clear();
    free_.clear();
    for (std::uint32_t i = 0; i < rows_.size(); ++i) {
        const Row& row = rows_.at(i);
        if (row.is_free()) {
            free_.insert(i);
            continue;
        }
        by_key_[{row.key_high, row.key_low}] = i;
        by_age_[row.begun_sequence] = i;
    }
}

}  // namespace filrouge::engine
