#include "query/dimension.h"

#include <algorithm>

namespace filrouge::query {

using history::CellKind;
using history::FieldId;

std::uint32_t Groups::number(const Key& key) {
    if (key.kind == CellKind::Missing) return kNoGroup;
    const std::lock_guard guard(mutex_);
    const auto known = numbers_.find(key);
    if (known != numbers_.end()) return known->second;
    if (keys_.size() > kGroupsMax) {
        overflowed_ = true;
        return kNoGroup;
    }
    const auto number = static_cast<std::uint32_t>(keys_.size());
    keys_.push_back(key);
    numbers_.emplace(key, number);
    return number;
}

std::uint32_t Groups::size() const {
    const std::lock_guard guard(mutex_);
    return static_cast<std::uint32_t>(keys_.size());
}

Groups::Key Groups::key(std::uint32_t number) const {
    const std::lock_guard guard(mutex_);
    return keys_[number];
}

bool Groups::overflowed() const {
    const std::lock_guard guard(mutex_);
    return overflowed_;
}

void Dimension::segment(const history::Segment& segment) {
    segment_ = &segment;
    column_ = nullptr;
    std::size_t codes = 0;
    switch (kind_) {
        case DimensionKind::Name: codes = segment.name_texts.size; break;
        case DimensionKind::Channel: codes = kChannels; break;
        case DimensionKind::Source: codes = UINT16_MAX + 1; break;
        case DimensionKind::Product: column_ = segment.field(FieldId::Product); break;
        case DimensionKind::Place: column_ = segment.field(FieldId::Place); break;
        case DimensionKind::Property:
            column_ = property_.is_none() ? nullptr : segment.field(FieldId::Property, property_);
            break;
        case DimensionKind::None: break;
    }
    if (column_ != nullptr && column_->only(CellKind::Text)) codes = column_->texts.size;
    by_code_.assign(codes, 0);
}

// Groups are numbered when they are met, so that those the question sees nothing of take no number.
std::uint32_t Dimension::group_of_code(std::uint32_t code) {
    std::uint32_t& known = by_code_[code];
    if (known != 0) return known - 1;
    Groups::Key key{CellKind::Number, code};
    if (kind_ == DimensionKind::Name)
        key = {CellKind::Text, segment_->name_texts.at(code)};
    else if (column_ != nullptr)
        key = {CellKind::Text, column_->texts.at(code)};
    known = groups_->number(key) + 1;
    return known - 1;
}

void Dimension::groups(Batch& batch, std::span<const std::uint8_t> wanted,
                       std::span<std::uint32_t> out) {
    // Without a branch while every wanted code is known, as it soon is; else one by one.
    static_assert(kNoGroup == 0);
    const auto by_codes = [&](auto codes) {
        std::uint32_t unknown = 0;
        for (std::size_t i = 0; i < out.size(); ++i) {
            const std::uint32_t known = by_code_[codes[i]];
            const std::uint32_t keep = 0u - wanted[i];
            unknown |= keep & (known == 0 ? 1u : 0u);
            out[i] = (known - 1) & keep;
        }
        if (unknown == 0) return;
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = wanted[i] != 0 ? group_of_code(codes[i]) : kNoGroup;
    };
    switch (kind_) {
        case DimensionKind::Name: return by_codes(batch.name_codes());
        case DimensionKind::Channel: return by_codes(batch.channel());
        case DimensionKind::Source:
            codes_.resize(out.size());
            segment_->source.read_as<std::uint32_t>(batch.first_row(), codes_);
            return by_codes(std::span<const std::uint32_t>(codes_));
        default: break;
    }
    std::fill(out.begin(), out.end(), kNoGroup);
    if (column_ != nullptr) groups_of_entries(batch, wanted, out, nullptr);
}

void Dimension::groups(Batch& batch, std::span<const std::uint8_t> wanted,
                       std::span<std::uint32_t> out, std::vector<Element>& more) {
    more.clear();
    if (kind_ != DimensionKind::Property) return groups(batch, wanted, out);
    std::fill(out.begin(), out.end(), kNoGroup);
    if (column_ != nullptr) groups_of_entries(batch, wanted, out, &more);
}

void Dimension::groups_of_entries(Batch& batch, std::span<const std::uint8_t> wanted,
                                  std::span<std::uint32_t> out, std::vector<Element>* more) {
    const std::uint32_t first = column_->first_entry(batch.first_row());
    const std::uint32_t end = column_->first_entry(batch.first_row() + batch.rows());
    for (std::uint32_t e = end; e-- > first;) {  // backwards: the first of an array stays
        const std::uint32_t row = column_->row(e) - batch.first_row();
        if (wanted[row] == 0) continue;
        if (more != nullptr && out[row] != kNoGroup) more->push_back({row, out[row]});
        const CellKind kind = column_->kind(e);
        if (!by_code_.empty())
            out[row] = group_of_code(static_cast<std::uint32_t>(column_->values.at(e)));
        else if (kind == CellKind::Text)
            out[row] = groups_->number({kind, column_->text(e).value});
        else
            out[row] = groups_->number({kind, column_->values.at(e)});
    }
}

}  // namespace filrouge::query
