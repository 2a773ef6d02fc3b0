#include "engine/stated_in_batch.h"

#include <algorithm>
#include <array>

namespace filrouge::engine {

StatedInBatch::Times& StatedInBatch::times_of(FragmentNo fragment, std::uint8_t purpose) {
    std::uint32_t& head = heads_.try_emplace(fragment.value, kNoRow).first->second;
    for (std::uint32_t row = head; row != kNoRow; row = rows_[row].next) {
        if (rows_[row].purpose == purpose) return rows_[row].times;
    }
    rows_.push_back({{}, purpose, head});
    head = static_cast<std::uint32_t>(rows_.size() - 1);
    return rows_.back().times;
}

void StatedInBatch::add(const std::vector<Identifier>& who, const consent::Standing& said) {
    ++items_;
    const PurposeSet told = said.granted | said.refused | said.objected;
    for (const Identifier& id : who) {
        if (is_shared_thing(id.type)) continue;
        for (std::uint8_t p = 0; p < kPurposesMax; ++p) {
            if (!told.has(p)) continue;
            Times& times = times_of(id.fragment, p);
            if (said.granted.has(p)) times.granted = items_;
            if (said.refused.has(p)) times.refused = items_;
            if (said.objected.has(p)) times.objected = items_;
        }
    }
}

consent::Standing StatedInBatch::after(const consent::Standing& before,
                                       std::span<const Identifier> who) const {
    if (rows_.empty()) return before;
    std::array<Times, kPurposesMax> latest{};
    for (const Identifier& id : who) {
        const auto head = is_shared_thing(id.type) ? heads_.end() : heads_.find(id.fragment.value);
        if (head == heads_.end()) continue;
        for (std::uint32_t row = head->second; row != kNoRow; row = rows_[row].next) {
            const Times& times = rows_[row].times;
            Times& sum = latest[rows_[row].purpose];
            sum.granted = std::max(sum.granted, times.granted);
            sum.refused = std::max(sum.refused, times.refused);
            sum.objected = std::max(sum.objected, times.objected);
        }
    }
    consent::Standing out = before;
    for (std::uint8_t p = 0; p < kPurposesMax; ++p) {
        const PurposeSet purpose = PurposeSet{}.with(p);
        const Times& times = latest[p];
        if (times.granted != 0) out.objected = out.objected.without(purpose);
        if (times.objected > times.granted) out.objected = out.objected | purpose;
        if (times.granted > times.refused) {
            out.granted = out.granted | purpose;
            out.refused = out.refused.without(purpose);
        } else if (times.refused != 0) {
            out.granted = out.granted.without(purpose);
            out.refused = out.refused | purpose;
        }
    }
    return out;
}

}  // namespace filrouge::engine
