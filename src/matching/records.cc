#include "matching/records.h"

#include "base/assert.h"
#include "base/hash.h"
#include "matching/spelling.h"

namespace filrouge::matching {

namespace {

// An order of slots and blocks only: a collision costs a comparison.
std::uint64_t hash_of(std::u16string_view text) {
    std::uint64_t h = text.size();
    for (const char16_t c : text) h = mix64(h ^ c) + 0x9e3779b97f4a7c15u;
    return h;
}

}  // namespace

Result<Records> Records::open(std::vector<Field> fields) {
    if (fields.empty() || fields.size() > kFieldsMax)
        return Error{"matching.fields",
                     "Matching was asked by " + std::to_string(fields.size()) +
                         " fields; it takes 1 to " + std::to_string(kFieldsMax) + ".",
                     "Name those that tell people apart: names, date of birth, contacts, address."};
    Records out;
    out.columns_.resize(fields.size());
    out.fields_ = std::move(fields);
    return out;
}

Result<void> Records::add(std::span<const std::string_view> values, Side side) {
    ASSERT(values.size() == fields_.size());
    if (rows() >= kRowsMax)
        return Error{"matching.too_many_rows",
                     "There are more than " + std::to_string(kRowsMax) + " records to match.",
                     "Match a source against the rest, or fewer people at a time."};
    for (std::size_t f = 0; f < fields_.size(); ++f) {
        const FieldKind kind = fields_[f].kind;
        const ValueNo value = columns_[f].intern(kind, spelled(kind, values[f]));
        values_.push_back(value);
        ++columns_[f].counts[std::size_t{value} * 2 + static_cast<std::size_t>(side)];
    }
    sides_.push_back(side);
    ++rows_of_[static_cast<std::size_t>(side)];
    return {};
}

ValueNo& Records::Column::slot_of(std::u16string_view wanted) {
    std::size_t at = hash_of(wanted) & (slots.size() - 1);
    while (slots[at] != 0 && text(slots[at]) != wanted) at = (at + 1) & (slots.size() - 1);
    return slots[at];
}

void Records::Column::grow() {
    slots.assign(slots.empty() ? 1'024 : slots.size() * 2, 0);
    for (ValueNo v = 1; v < size(); ++v) slot_of(text(v)) = v;
}

ValueNo Records::Column::intern(FieldKind kind, std::u16string_view wanted) {
    if (wanted.empty()) return 0;
    if (std::size_t{size()} * 4 >= slots.size() * 3) grow();
    ValueNo& slot = slot_of(wanted);
    if (slot != 0) return slot;
    slot = size();
    letters += wanted;
    ends.push_back(static_cast<std::uint32_t>(letters.size()));
    counts.insert(counts.end(), {0, 0});
    const std::u16string key = loose_key(kind, wanted);
    // The lowest bit is set, so that no key becomes "none".
    loose.push_back(key.empty() ? 0 : static_cast<std::uint32_t>(hash_of(key)) | 1);
    return slot;
}

std::uint64_t Records::memory() const {
    std::uint64_t bytes = values_.capacity() * sizeof(ValueNo) + sides_.capacity();
    for (const Column& c : columns_) {
        bytes += c.letters.capacity() * sizeof(char16_t);
        bytes +=
            (c.ends.capacity() + c.loose.capacity() + c.counts.capacity() + c.slots.capacity()) *
            sizeof(std::uint32_t);
    }
    return bytes;
}

}  // namespace filrouge::matching
