#include "query/matcher.h"

#include <algorithm>

#include "audience/match.h"

namespace filrouge::query {
namespace {

using audience::FieldKind;
using audience::Op;
using audience::Seen;
using history::CellKind;
using history::FieldId;

FieldId field_of(FieldKind kind) {
    switch (kind) {
        case FieldKind::Revenue: return FieldId::Value;
        case FieldKind::Quantity: return FieldId::Quantity;
        case FieldKind::Product: return FieldId::Product;
        case FieldKind::Place: return FieldId::Place;
        case FieldKind::LineProduct: return FieldId::LineProduct;
        case FieldKind::LineCategory: return FieldId::LineCategory;
        case FieldKind::LinePrice: return FieldId::LinePrice;
        case FieldKind::LineQuantity: return FieldId::LineQuantity;
        default: return FieldId::Property;
    }
}

// Amounts carry the currency of their event.
bool has_currency(FieldKind kind) {
    return kind == FieldKind::Revenue || kind == FieldKind::Property ||
           kind == FieldKind::LinePrice;
}

Currency currency_of_row(const history::Segment& segment, std::uint32_t row) {
    const history::FieldColumn* value = segment.field(FieldId::Value);
    if (value == nullptr) return {};
    const std::uint32_t entry = value->first_entry(row);
    if (entry == value->entries() || value->row(entry) != row) return {};
    const history::FieldColumn* currency = segment.field(FieldId::Currency);
    return Currency{static_cast<std::uint16_t>(currency->values.at(entry))};
}

}  // namespace

void Matcher::segment(const history::Segment& segment) {
    segment_ = &segment;
    never_ = false;
    if (!event_.any) {
        const auto code = event_.name.is_none() ? std::nullopt : segment.name_code(event_.name);
        never_ = !code.has_value();
        name_code_ = code.value_or(0);
    }
    leaves_.clear();
    if (!never_ && event_.where != audience::compiled::kAbsent) add_leaves(event_.where);
}

void Matcher::add_leaves(std::uint16_t filter) {
    const auto& f = compiled_->filters[filter];
    if (f.kind == audience::Filter::Kind::Condition) {
        Leaf& leaf = leaves_.emplace_back();
        leaf.filter = filter;
        prepare(leaf);
        return;
    }
    for (std::uint16_t i = f.first; i != audience::compiled::kAbsent;
         i = compiled_->filters[i].next)
        add_leaves(i);
}

void Matcher::prepare(Leaf& leaf) {
    const auto& f = compiled_->filters[leaf.filter];
    if (f.field.kind == FieldKind::Channel) return;
    if (f.field.kind != FieldKind::Property || !f.field.property.is_none())
        leaf.column = segment_->field(field_of(f.field.kind), f.field.property);
    if (leaf.column == nullptr || !leaf.column->only(CellKind::Text)) return;
    leaf.by_code = true;
    const history::PackedColumn& texts = leaf.column->texts;
    leaf.codes.assign(texts.size, 0);
    leaf.none_fits = true;
    const auto ask = [&](std::uint32_t code) {
        const Seen seen{
            CellKind::Text, false, 0, StringNo{static_cast<std::uint32_t>(texts.at(code))}, {}};
        leaf.codes[code] = audience::fits(*compiled_, f.test, seen) ? 1 : 0;
        if (leaf.codes[code] == 0) return;
        leaf.only_code = leaf.none_fits ? std::optional(code) : std::nullopt;
        leaf.none_fits = false;
    };
    const auto ask_text = [&](const audience::compiled::Value& value) {
        if (!value.is_text || value.text.is_none()) return;
        if (const auto code = leaf.column->code_of(value.text)) ask(*code);
    };
    if (f.test.op == Op::Equal) return ask_text(f.test.value);
    if (f.test.op == Op::In) {
        for (std::uint32_t i = 0; i < f.test.list_size; ++i)
            ask_text(compiled_->values[f.test.list + i]);
        return;
    }
    for (std::uint32_t code = 0; code < texts.size; ++code) ask(code);
}

const Matcher::Leaf& Matcher::leaf_of(std::uint16_t filter) const {
    return *std::find_if(leaves_.begin(), leaves_.end(),
                         [filter](const Leaf& leaf) { return leaf.filter == filter; });
}

void Matcher::match(Batch& batch, std::uint32_t first, std::span<std::uint8_t> out) {
    if (never_) {
        std::fill(out.begin(), out.end(), 0);
        return;
    }
    if (event_.where != audience::compiled::kAbsent)
        evaluate(event_.where, batch, first, out);
    else
        std::fill(out.begin(), out.end(), 1);
    if (event_.any) return;
    const std::uint32_t wanted = name_code_;
    if (const std::uint8_t* small = batch.small_name_codes()) {
        small += first;
        const auto code = static_cast<std::uint8_t>(wanted);
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = static_cast<std::uint8_t>(out[i] & (small[i] == code ? 1 : 0));
        return;
    }
    const auto names = batch.name_codes().subspan(first);
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<std::uint8_t>(out[i] & (names[i] == wanted ? 1 : 0));
}

namespace {

const std::uint8_t* small_codes(const history::PackedColumn& c) {
    const bool plain = c.width == 1 && c.base == 0 && c.unit == 1;
    return plain ? reinterpret_cast<const std::uint8_t*>(c.data) : nullptr;
}

}  // namespace

std::span<const std::uint32_t> Matcher::rows(Batch& batch) {
    if (never_) return {};
    const std::uint8_t* names = batch.small_name_codes();
    std::span<const std::uint32_t> found;
    const Leaf* leaf = only_leaf();
    if (names != nullptr && by_name()) {
        found = places_equal({names, batch.rows()}, static_cast<std::uint8_t>(name_code_), found_);
    } else if (names != nullptr && leaf != nullptr) {
        found = rows_by_code(*leaf, batch, names);
    } else {
        mask_.resize(batch.rows());
        match(batch, mask_);
        found = places_of_ones(mask_, found_);
    }
    if (batch.everything_visible() || found.empty()) return found;
    const auto visible = batch.visible();
    std::size_t kept = 0;
    for (const std::uint32_t row : found) {
        found_[kept] = row;
        kept += visible[row];
    }
    return {found_.data(), kept};
}

// Where the filter is one text of one property.
const Matcher::Leaf* Matcher::only_leaf() const {
    if (event_.any || leaves_.size() != 1 || leaves_[0].filter != event_.where) return nullptr;
    const Leaf& leaf = leaves_[0];
    const bool sparse = leaf.by_code && leaf.only_code && !leaf.column->every_row &&
                        compiled_->filters[leaf.filter].test.op != Op::NotExists;
    return sparse && small_codes(leaf.column->values) != nullptr ? &leaf : nullptr;
}

std::span<const std::uint32_t> Matcher::rows_by_code(const Leaf& leaf, Batch& batch,
                                                     const std::uint8_t* names) {
    const history::FieldColumn& column = *leaf.column;
    const std::uint32_t begin = column.first_entry(batch.first_row());
    const std::uint32_t end = column.first_entry(batch.first_row() + batch.rows());
    const auto entries = places_equal({small_codes(column.values) + begin, end - begin},
                                      static_cast<std::uint8_t>(*leaf.only_code), hits_);
    rows_.resize(entries.size());
    column.rows.gather(begin, entries, rows_);
    if (found_.size() < entries.size()) found_.resize(entries.size());
    const auto wanted = static_cast<std::uint8_t>(name_code_);
    std::uint32_t* out = found_.data();
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (i != 0 && rows_[i] == rows_[i - 1]) continue;  // an array has it twice
        const auto row = static_cast<std::uint32_t>(rows_[i]) - batch.first_row();
        *out = row;
        out += names[row] == wanted ? 1 : 0;
    }
    return {found_.data(), out};
}

void Matcher::evaluate(std::uint16_t filter, Batch& batch, std::uint32_t first,
                       std::span<std::uint8_t> out) {
    using Kind = audience::Filter::Kind;
    const auto& f = compiled_->filters[filter];
    if (f.kind == Kind::Condition) return evaluate_leaf(leaf_of(filter), batch, first, out);
    if (f.kind == Kind::Not) {
        evaluate(f.first, batch, first, out);
        for (std::uint8_t& m : out) m ^= 1;
        return;
    }
    evaluate(f.first, batch, first, out);
    Mask other;
    if (!spare_.empty()) {
        other = std::move(spare_.back());
        spare_.pop_back();
    }
    other.resize(out.size());
    for (std::uint16_t i = compiled_->filters[f.first].next; i != audience::compiled::kAbsent;
         i = compiled_->filters[i].next) {
        evaluate(i, batch, first, other);
        for (std::size_t k = 0; k < out.size(); ++k) {
            out[k] = f.kind == Kind::And ? static_cast<std::uint8_t>(out[k] & other[k])
                                         : static_cast<std::uint8_t>(out[k] | other[k]);
        }
    }
    spare_.push_back(std::move(other));
}

// entries_: 1 where the entry's text fits.
void Matcher::mark_codes(const Leaf& leaf, std::uint32_t first, std::uint32_t end) {
    const history::PackedColumn& values = leaf.column->values;
    entries_.resize(end - first);
    const std::span<std::uint8_t> fit(entries_);  // a byte may be anything's, but for a local's
    if (const std::uint8_t* codes = small_codes(values)) {
        codes += first;
        if (leaf.only_code) {
            const auto wanted = static_cast<std::uint8_t>(*leaf.only_code);
            for (std::size_t i = 0; i < fit.size(); ++i) fit[i] = codes[i] == wanted ? 1 : 0;
        } else {
            for (std::size_t i = 0; i < fit.size(); ++i) fit[i] = leaf.codes[codes[i]];
        }
        return;
    }
    codes_.resize(end - first);
    values.read_as<std::uint32_t>(first, codes_);
    for (std::size_t i = 0; i < entries_.size(); ++i) entries_[i] = leaf.codes[codes_[i]];
}

void Matcher::evaluate_leaf(const Leaf& leaf, Batch& batch, std::uint32_t first,
                            std::span<std::uint8_t> out) {
    const auto& f = compiled_->filters[leaf.filter];
    if (f.field.kind == FieldKind::Channel) {
        const auto channel = batch.channel(first, static_cast<std::uint32_t>(out.size()));
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = static_cast<std::uint8_t>(f.test.channels >> channel[i] & 1);
        return;
    }
    const bool absent = f.test.op == Op::NotExists;
    std::fill(out.begin(), out.end(), absent ? 1 : 0);
    if (leaf.column == nullptr || (leaf.by_code && leaf.none_fits && !absent)) return;
    const history::FieldColumn& column = *leaf.column;
    const std::uint32_t first_row = batch.first_row() + first;
    const std::uint32_t begin = column.first_entry(first_row);
    const std::uint32_t end =
        column.first_entry(first_row + static_cast<std::uint32_t>(out.size()));
    if (leaf.by_code && !absent) {
        mark_codes(leaf, begin, end);
        if (column.every_row) {
            std::copy(entries_.begin(), entries_.end(), out.begin());
            return;
        }
        const auto hits = places_of_ones(entries_, hits_);
        rows_.resize(hits.size());
        column.rows.gather(begin, hits, rows_);
        for (const std::int64_t row : rows_) out[static_cast<std::size_t>(row) - first_row] = 1;
        return;
    }
    for (std::uint32_t e = begin; e < end; ++e) {
        const std::uint32_t row = column.row(e);
        Seen seen;
        seen.kind = column.kind(e);
        if (seen.kind == CellKind::Missing) continue;
        if (seen.kind == CellKind::Text)
            seen.text = column.text(e);
        else
            seen.number = column.values.at(e);
        if (seen.kind == CellKind::Number && has_currency(f.field.kind))
            seen.currency = currency_of_row(*segment_, row);
        std::uint8_t& m = out[row - first_row];
        if (absent)
            m = 0;
        else if (m == 0)
            m = audience::fits(*compiled_, f.test, seen) ? 1 : 0;
    }
}

}  // namespace filrouge::query
