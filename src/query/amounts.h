// What an event was worth, in the currency a question asks for.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "audience/rates.h"
#include "history/segment.h"

namespace filrouge::query {

// Sums stay at the greatest amount there is.
inline void add_amount(std::int64_t& sum, std::int64_t more) {
    if (__builtin_add_overflow(sum, more, &sum)) sum = more < 0 ? INT64_MIN : INT64_MAX;
}

class Amounts {
  public:
    // Unknown currency: amounts as they stand, whatever theirs is. `rates` null: none is converted.
    Amounts(Currency currency, const audience::Rates* rates) : currency_(currency), rates_(rates) {}
    void segment(const history::Segment& segment) {
        at_ = &segment.at;
        value_ = segment.field(history::FieldId::Value);
        currencies_ = segment.field(history::FieldId::Currency);
    }
    void begin(std::uint32_t row) { entry_ = value_ == nullptr ? 0 : value_->first_entry(row); }
    // In 1/10,000; 0 when it has none or it cannot be converted. Rows ascend since begin().
    std::int64_t of(std::uint32_t row, std::int64_t at) { return find(row, at).value_or(0); }
    // The same, nothing instead of 0.
    std::optional<std::int64_t> find(std::uint32_t row, std::int64_t at) {
        if (!seek(row)) return {};
        return converted({value_->values.at(entry_), currency_at_entry()}, at);
    }
    // out[i] as of(first + rows[i], its time), or `none`; without begin().
    void of_rows(std::uint32_t first, std::span<const std::uint32_t> rows,
                 std::span<std::int64_t> out, std::int64_t none = 0);
    // Of the event at `row`, which rows ascend to; unknown when it has no amount.
    Currency currency_of(std::uint32_t row) { return seek(row) ? currency_at_entry() : Currency{}; }
    std::optional<std::int64_t> converted(Money money, std::int64_t at) {
        if (currency_.is_unknown() || money.currency == currency_) return money.amount;
        const auto converted =
            rates_ == nullptr ? std::nullopt : rates_->convert(money, currency_, EventTime{at});
        without_rate_ += converted ? 0 : 1;
        return converted;
    }
    std::uint64_t without_rate() const { return without_rate_; }

  private:
    bool seek(std::uint32_t row) {
        if (value_ == nullptr) return false;
        while (entry_ < value_->entries() && value_->row(entry_) < row) ++entry_;
        return entry_ != value_->entries() && value_->row(entry_) == row;
    }
    Currency currency_at_entry() const {
        return Currency{static_cast<std::uint16_t>(currencies_->values.at(entry_))};
    }
    Currency currency_;
    const audience::Rates* rates_;
    const history::PackedColumn* at_ = nullptr;
    const history::FieldColumn *value_ = nullptr, *currencies_ = nullptr;
    std::uint32_t entry_ = 0;
    std::uint64_t without_rate_ = 0;
    std::vector<std::uint32_t> entries_;  // scratch
};

inline void Amounts::of_rows(std::uint32_t first, std::span<const std::uint32_t> rows,
                             std::span<std::int64_t> out, std::int64_t none) {
    std::fill(out.begin(), out.end(), none);
    if (value_ == nullptr) return;
    entries_.resize(rows.size());
    value_->first_entries(first, rows, entries_);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        entry_ = entries_[i];
        if (entry_ == history::kNoEntry) continue;
        const Money money{value_->values.at(entry_), currency_at_entry()};
        // Most amounts are in the asked currency: their times are not read.
        const bool as_is = currency_.is_unknown() || money.currency == currency_;
        out[i] = as_is ? money.amount : converted(money, at_->at(first + rows[i])).value_or(none);
    }
}

}  // namespace filrouge::query
