#include "history/dictionary.h"

#include <algorithm>
#include <cstring>

namespace filrouge::history {

Dictionary::Dictionary(TableSpace& space, std::uint16_t first_id, HashKey key,
                       std::uint32_t entries_max, std::uint32_t reserve)
    : key_(key),
      entries_max_(entries_max),
      reserve_(std::min(reserve, entries_max)),
      index_(space, first_id),
      entries_(space, static_cast<std::uint16_t>(first_id + HashIndex::kParts + 1)),
      texts_(space, static_cast<std::uint16_t>(first_id + HashIndex::kParts + 2)) {}

StringNo Dictionary::find(std::string_view text) const {
    return StringNo{index_.find(siphash(key_, text) | 1)};
}

Dictionary::Ahead Dictionary::look_ahead(std::string_view text) const {
    const Ahead ahead{siphash(key_, text) | 1, text};
    index_.prefetch(ahead.hash);
    return ahead;
}

std::uint32_t Dictionary::room(Room room) const {
    const std::uint32_t kept = room == Room::Value  ? reserve_
                               : room == Room::Name ? reserve_ / 2
                                                    : 0;
    const std::uint32_t bound = entries_max_ - kept;
    return bound - std::min(bound, entries_.size());
}

StringNo Dictionary::intern(const Ahead& ahead, Room room) {
    const auto& [hash, text] = ahead;
    const std::uint32_t known = index_.find(hash);
    if (known != HashIndex::kAbsent) return StringNo{known};
    if (this->room(room) == 0) {
        ++left_out_;
        return {};
    }
    Entry entry{texts_.size(), 0, 0};
    if (text.size() <= kDictionaryTextMax) {
        entry.length = static_cast<std::uint32_t>(text.size());
        texts_.resize(entry.offset + entry.length);
        texts_.mark(entry.offset, entry.length);
        std::memcpy(texts_.data() + entry.offset, text.data(), text.size());
    }
    const std::uint32_t number = entries_.append(entry);
    index_.insert(hash, number);
    return StringNo{number};
}

std::string_view Dictionary::text(StringNo number) const {
    if (number.is_none() || number.value >= entries_.size()) return {};
    const Entry& entry = entries_.at(number.value);
    return {texts_.data() + entry.offset, entry.length};
}

}  // namespace filrouge::history
