// The numbers that an event has in a field: revenue, quantity, a property's, those of its lines.
#pragma once

#include <algorithm>
#include <cstdint>

#include "history/segment.h"
#include "query/amounts.h"

namespace filrouge::query {

// Where an event's values come from.
enum class ValueOf : std::uint8_t {
    None,      // events and persons are counted, nothing else
    Revenue,   // in the question's currency
    Quantity,  // of the event
    // Its numbers; each element of an array is one. Of an event with a currency they are in that,
    // as they are to a rule, and come in the question's; of one without they stand as they are.
    Property,
    LineQuantity,  // a value each line of the basket
    // price * quantity, rounded to 1/10,000, halves away from zero, then converted; of a line
    // without a price nothing
    LineRevenue,
};
constexpr bool of_lines(ValueOf v) {
    return v == ValueOf::LineQuantity || v == ValueOf::LineRevenue;
}

// A field's entries of ascending rows.
class Entries {
  public:
    void segment(const history::FieldColumn* column) { column_ = column; }
    void begin(std::uint32_t row) { entry_ = column_ == nullptr ? 0 : column_->first_entry(row); }
    // f(entry) for each of the row's.
    template <class F>
    void each(std::uint32_t row, F&& f) {
        if (column_ == nullptr) return;
        if (column_->every_row) return f(row);
        const std::uint32_t end = column_->entries();
        while (entry_ < end && column_->row(entry_) < row) ++entry_;
        for (; entry_ < end && column_->row(entry_) == row; ++entry_) f(entry_);
    }
    const history::FieldColumn* column() const { return column_; }

  private:
    const history::FieldColumn* column_ = nullptr;
    std::uint32_t entry_ = 0;
};

// 1/10,000 times 1/10,000 as 1/10,000; the greatest there is where it does not fit.
inline std::int64_t fixed_product(std::int64_t a, std::int64_t b) {
    const __int128 product = static_cast<__int128>(a) * b;
    const __int128 half = product < 0 ? -kFixedScale / 2 : kFixedScale / 2;
    const __int128 rounded = (product + half) / kFixedScale;
    return static_cast<std::int64_t>(
        std::clamp<__int128>(rounded, static_cast<__int128>(INT64_MIN), INT64_MAX));
}

class EventValues {
  public:
    EventValues(ValueOf of, StringNo property, const Amounts& amounts)
        : of_(of), property_(property), amounts_(amounts) {}
    void segment(const history::Segment& segment) {
        using history::FieldId;
        amounts_.segment(segment);
        price_ = segment.field(FieldId::LinePrice);
        switch (of_) {
            case ValueOf::Quantity: return entries_.segment(segment.field(FieldId::Quantity));
            case ValueOf::Property:
                return entries_.segment(
                    property_.is_none() ? nullptr : segment.field(FieldId::Property, property_));
            case ValueOf::LineQuantity:
            case ValueOf::LineRevenue:
                return entries_.segment(segment.field(FieldId::LineQuantity));
            case ValueOf::None:
            case ValueOf::Revenue: return entries_.segment(nullptr);
        }
    }
    void begin(std::uint32_t row) {
        amounts_.begin(row);
        entries_.begin(row);
    }
    // f(value) for each, in 1/10,000. Rows ascend since begin().
    template <class F>
    void each(std::uint32_t row, std::int64_t at, F&& f) {
        if (of_ == ValueOf::Revenue) {
            if (const auto amount = amounts_.find(row, at)) f(*amount);
            return;
        }
        entries_.each(row, [&](std::uint32_t entry) {
            if (entries_.column()->kind(entry) != history::CellKind::Number) return;
            if (const auto value = of_entry(entry, row, at)) f(*value);
        });
    }
    // The value of one line, by its entry.
    std::optional<std::int64_t> of_line(std::uint32_t entry, std::uint32_t row, std::int64_t at) {
        return of_lines(of_) ? of_entry(entry, row, at) : std::nullopt;
    }
    std::uint64_t without_rate() const { return amounts_.without_rate(); }

  private:
    std::optional<std::int64_t> of_entry(std::uint32_t entry, std::uint32_t row, std::int64_t at) {
        const std::int64_t value = entries_.column()->values.at(entry);
        if (of_ == ValueOf::Property) {
            const Currency currency = amounts_.currency_of(row);
            return currency.is_unknown() ? value : amounts_.converted({value, currency}, at);
        }
        if (of_ != ValueOf::LineRevenue) return value;
        if (price_->kind(entry) != history::CellKind::Number) return std::nullopt;
        const std::int64_t worth = fixed_product(value, price_->values.at(entry));
        return amounts_.converted({worth, amounts_.currency_of(row)}, at);
    }
    ValueOf of_;
    StringNo property_;
    Amounts amounts_;
    Entries entries_;
    const history::FieldColumn* price_ = nullptr;
};

}  // namespace filrouge::query
