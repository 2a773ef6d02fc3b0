// What an event was worth, in the currency a question asks for.
#pragma once

#include <cstdint>

#include "audience/rates.h"
#include "history/segment.h"

namespace filrouge::query {

class Amounts {
  public:
    // Unknown currency: amounts as they stand, whatever theirs is. `rates` null: none is converted.
    Amounts(Currency currency, const audience::Rates* rates) : currency_(currency), rates_(rates) {}
    void segment(const history::Segment& segment) {
        value_ = segment.field(history::FieldId::Value);
        currencies_ = segment.field(history::FieldId::Currency);
    }
    void begin(std::uint32_t row) { entry_ = value_ == nullptr ? 0 : value_->first_entry(row); }
    // In 1/10,000; 0 when it has none or it cannot be converted. Rows ascend since begin().
    std::int64_t of(std::uint32_t row, std::int64_t at) {
        if (value_ == nullptr) return 0;
        while (entry_ < value_->entries() && value_->row(entry_) < row) ++entry_;
        if (entry_ == value_->entries() || value_->row(entry_) != row) return 0;
        const Money money{value_->values.at(entry_),
                          Currency{static_cast<std::uint16_t>(currencies_->values.at(entry_))}};
        if (currency_.is_unknown() || money.currency == currency_) return money.amount;
        const auto converted =
            rates_ == nullptr ? std::nullopt : rates_->convert(money, currency_, EventTime{at});
        without_rate_ += converted ? 0 : 1;
        return converted.value_or(0);
    }
    std::uint64_t without_rate() const { return without_rate_; }

  private:
    Currency currency_;
    const audience::Rates* rates_;
    const history::FieldColumn *value_ = nullptr, *currencies_ = nullptr;
    std::uint32_t entry_ = 0;
    std::uint64_t without_rate_ = 0;
};

}  // namespace filrouge::query
