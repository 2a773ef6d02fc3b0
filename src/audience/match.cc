#include "audience/match.h"

#include <algorithm>

#include "audience/words.h"

namespace filrouge::audience {
namespace {

bool equals(const compiled::Value& value, const Seen& seen) {
    if (value.is_text) {
        return seen.kind == CellKind::Text && !value.text.is_none() && seen.text == value.text;
    }
    if (seen.kind != CellKind::Number || seen.number != value.number) return false;
    return value.currency.is_unknown() || value.currency == seen.currency;
}

// An amount of money is compared with amounts of its own currency only.
bool comparable(const compiled::Value& value, const Seen& seen) {
    return value.currency.is_unknown() ||
           (seen.kind == CellKind::Number && seen.currency == value.currency);
}

bool in_list(const Compiled& c, const compiled::Test& test, const Seen& seen) {
    const auto begin = c.values.begin() + test.list;
    const auto end = begin + test.list_size;
    compiled::Value wanted;
    wanted.is_text = seen.kind == CellKind::Text;
    wanted.text = seen.text;
    wanted.number = seen.number;
    if (wanted.is_text) {
        if (seen.text.is_none()) return false;
        wanted.number = 0;
        return std::binary_search(begin, end, wanted);
    }
    if (seen.kind != CellKind::Number) return false;
    wanted.text = {};
    if (std::binary_search(begin, end, wanted)) return true;
    if (seen.currency.is_unknown()) return false;
    wanted.currency = seen.currency;
    return std::binary_search(begin, end, wanted);
}

// Some value of the field fits; `not exists` asks that there is none.
bool condition_fits(const Compiled& c, const compiled::Filter& f, const EventRow& row) {
    bool there = false;
    bool met = false;
    each_seen(f.field, row, [&](const Seen& seen) {
        there = true;
        met = met || fits(c, f.test, seen);
    });
    return f.test.op == Op::NotExists ? !there : met;
}

}  // namespace

bool fits(const Compiled& c, const compiled::Test& test, const Seen& seen) {
    if (seen.is_channel) return (test.channels >> seen.number & 1) != 0;
    if (test.op == Op::NotExists) return !seen.present();
    if (!seen.present()) return false;
    const std::int64_t limit = test.value.number;
    const bool is_number = seen.kind == CellKind::Number && comparable(test.value, seen);
    switch (test.op) {
        case Op::Equal: return equals(test.value, seen);
        case Op::NotEqual: return comparable(test.value, seen) && !equals(test.value, seen);
        case Op::Less: return is_number && seen.number < limit;
        case Op::AtMost: return is_number && seen.number <= limit;
        case Op::More: return is_number && seen.number > limit;
        case Op::AtLeast: return is_number && seen.number >= limit;
        case Op::In: return in_list(c, test, seen);
        case Op::Contains:
            return seen.kind == CellKind::Text &&
                   c.names->text(seen.text).find(c.texts[test.text]) != std::string_view::npos;
        case Op::StartsWith:
            return seen.kind == CellKind::Text &&
                   c.names->text(seen.text).starts_with(c.texts[test.text]);
        case Op::IsTrue: return seen.kind == CellKind::Bool && seen.number != 0;
        case Op::IsFalse: return seen.kind == CellKind::Bool && seen.number == 0;
        case Op::Exists:
        case Op::NotExists: return true;
    }
    return false;
}

bool fits(const Compiled& c, const compiled::Filter& f, const EventRow& row) {
    switch (f.kind) {
        case Filter::Kind::Condition: return condition_fits(c, f, row);
        case Filter::Kind::Not: return !fits(c, c.filters[f.first], row);
        case Filter::Kind::And:
        case Filter::Kind::Or: break;
    }
    const bool decides = f.kind == Filter::Kind::Or;
    for (std::uint16_t i = f.first; i != compiled::kAbsent; i = c.filters[i].next) {
        if (fits(c, c.filters[i], row) == decides) return decides;
    }
    return !decides;
}

Seen seen_in_cell(const history::Cell& cell) {
    return {cell.kind, false, cell.number, cell.text, {}};
}

Seen seen_in_property(const history::Cell& cell, const EventRow& row) {
    Seen seen = seen_in_cell(cell);
    if (seen.kind == CellKind::Number && row.has_value) seen.currency = row.value.currency;
    return seen;
}

Seen seen_in_event(FieldKind field, const EventRow& row) {
    const Currency currency = row.has_value ? row.value.currency : Currency{};
    const auto text = [](StringNo t) {
        return Seen{t.is_none() ? CellKind::Missing : CellKind::Text, false, 0, t, {}};
    };
    switch (field) {
        case FieldKind::Revenue:
            if (!row.has_value) return {};
            return {CellKind::Number, false, row.value.amount, {}, currency};
        case FieldKind::Quantity:
            if (row.quantity == 0) return {};
            return {CellKind::Number, false, row.quantity, {}, {}};
        case FieldKind::Product: return text(row.product);
        case FieldKind::Place: return text(row.place);
        case FieldKind::Channel:
            return {CellKind::Number, true, static_cast<std::int64_t>(row.channel), {}, {}};
        default: return {};
    }
}

Seen seen_in_line(FieldKind field, const history::Line& line, const EventRow& row) {
    const StringNo text = field == FieldKind::LineProduct ? line.product : line.category;
    switch (field) {
        case FieldKind::LineProduct:
        case FieldKind::LineCategory:
            return {text.is_none() ? CellKind::Missing : CellKind::Text, false, 0, text, {}};
        case FieldKind::LinePrice:
            if (!line.has_price()) return {};
            return {CellKind::Number,
                    false,
                    line.price,
                    {},
                    row.has_value ? row.value.currency : Currency{}};
        case FieldKind::LineQuantity: return {CellKind::Number, false, line.quantity, {}, {}};
        default: return {};
    }
}

}  // namespace filrouge::audience
