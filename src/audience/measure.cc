#include "audience/measure.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "audience/words.h"

namespace filrouge::audience {
namespace {

// The values seen so far, up to kDistinctMax; a few need no memory of their own.
class SeenSet {
  public:
    void add(const Seen& s) {
        const Key key{s.kind, s.number, s.text, s.currency};
        if (many_.empty()) {
            const auto end = few_.begin() + count_;
            if (std::find(few_.begin(), end, key) != end) return;
            if (count_ < static_cast<std::int64_t>(few_.size())) {
                few_[static_cast<std::size_t>(count_++)] = key;
                return;
            }
            many_.assign(few_.begin(), few_.end());
            std::sort(many_.begin(), many_.end());
        }
        const auto at = std::lower_bound(many_.begin(), many_.end(), key);
        if (count_ >= kDistinctMax || (at != many_.end() && *at == key)) return;
        many_.insert(at, key);
        ++count_;
    }
    std::int64_t count() const { return count_; }

  private:
    struct Key {
        CellKind kind;
        std::int64_t number;
        StringNo text;
        Currency currency;
        auto operator<=>(const Key&) const = default;
    };
    std::array<Key, 16> few_{};
    std::vector<Key> many_;
    std::int64_t count_ = 0;
};

void add_number(Measure& m, const Seen& s, Function f, bool money_field) {
    if (money_field && m.values != 0 && s.currency != m.currency) m.mixed = true;
    m.currency = s.currency;
    m.sum += s.number;
    const bool first = m.values++ == 0;
    if (f == Function::Min ? first || s.number < m.value.number
                           : first || s.number > m.value.number) {
        m.value = s;
    }
}

// The amount in the rule's currency; nothing, and noted, when nobody stated a rate.
std::optional<Seen> converted(const compiled::Aggregate& a, Seen s, EventTime at,
                              const Rates* rates, Measure& m) {
    const Currency wanted = a.test.value.currency;
    if (s.kind != CellKind::Number || s.currency == wanted || !converts(a)) return s;
    const auto amount =
        rates == nullptr ? std::nullopt : rates->convert(Money{s.number, s.currency}, wanted, at);
    if (!amount) {
        ++m.without_rate;
        return std::nullopt;
    }
    s.number = *amount;
    s.currency = wanted;
    return s;
}

// Of the values a rule looks at, those it counts: with a currency in the rule, only its amounts.
bool counts(const compiled::Aggregate& a, const Seen& s) {
    const Currency wanted = a.test.value.currency;
    if (!wanted.is_unknown() && (s.kind != CellKind::Number || s.currency != wanted)) return false;
    const bool ordered = a.function != Function::First && a.function != Function::Last;
    return !ordered || s.kind == CellKind::Number;
}

bool take_values(const compiled::Aggregate& a, const EventRow& row, const Rates* rates, Measure& m,
                 SeenSet& set) {
    bool any = false;
    each_seen(a.field, row, [&](const Seen& seen) {
        const auto value = converted(a, seen, row.at, rates, m);
        if (!value) return;
        const Seen& s = *value;
        if (a.function == Function::Distinct) {
            if (s.kind == CellKind::Text && s.text.is_none()) return;
            set.add(s);
        } else if (!counts(a, s)) {
            return;
        } else if (a.function == Function::First || a.function == Function::Last) {
            if (a.function == Function::Last || m.values == 0) m.value = s;
            ++m.values;
        } else {
            add_number(m, s, a.function, is_money(a.field.kind));
        }
        any = true;
    });
    return any;
}

template <class T>
bool ordered(Op op, T a, T b) {
    switch (op) {
        case Op::Equal: return a == b;
        case Op::NotEqual: return a != b;
        case Op::Less: return a < b;
        case Op::AtMost: return a <= b;
        case Op::More: return a > b;
        default: return a >= b;
    }
}

}  // namespace

std::span<const EventRow> within(std::span<const EventRow> events, const Bounds& b) {
    auto begin = events.begin();
    auto end = events.end();
    if (b.from != INT64_MIN) {
        begin =
            std::partition_point(begin, end, [&](const EventRow& e) { return e.at.us < b.from; });
    }
    if (b.to != INT64_MAX) {
        end = std::partition_point(begin, end, [&](const EventRow& e) { return e.at.us < b.to; });
    }
    return {begin, end};
}

Measure measure(const Compiled& c, const compiled::Aggregate& a, std::span<const EventRow> window,
                const Rates* rates) {
    Measure m;
    SeenSet set;
    const bool counting = !takes_field(a.function);
    const bool by_value = a.function == Function::First || a.function == Function::Last;
    bool started = false;
    for (const EventRow& row : window) {
        if (hidden(row, a.bots) || !fits(c, a.event, row)) continue;
        ++m.events;
        if (!counting && !take_values(a, row, rates, m, set) && by_value) continue;
        if (!started) m.oldest = row.at.us;
        started = true;
        m.newest = row.at.us;
    }
    m.distinct = set.count();
    return m;
}

bool fits(const Compiled& c, const compiled::Aggregate& a, const Measure& m) {
    const Op op = a.test.op;
    const Wide limit = a.test.value.number;
    switch (a.function) {
        case Function::Any: return m.events > 0;
        case Function::Count: return ordered<Wide>(op, Wide{m.events} * kFixedScale, limit);
        case Function::Distinct: return ordered<Wide>(op, Wide{m.distinct} * kFixedScale, limit);
        case Function::Sum: return !m.mixed && ordered<Wide>(op, m.sum, limit);
        case Function::Average:
            return !m.mixed && m.values != 0 && ordered<Wide>(op, m.sum, limit * m.values);
        case Function::Min:
        case Function::Max:
            return !m.mixed && m.values != 0 && ordered<Wide>(op, m.value.number, limit);
        case Function::First:
        case Function::Last: return fits(c, a.test, m.value);
    }
    return false;
}

Turns turns(const compiled::Aggregate& a) {
    if (a.function == Function::Any) return {1, 1, false, true, true};
    const Op op = a.test.op;
    const std::int64_t limit = a.test.value.number;
    const auto gives = [&](std::int64_t n) {
        return ordered<Wide>(op, Wide{n} * kFixedScale, limit);
    };
    // No test turns anywhere but around the limit itself.
    const std::int64_t whole = std::max<std::int64_t>(0, limit / kFixedScale);
    Turns t{0, 0, gives(0), gives(0), gives(0)};
    for (std::int64_t n = whole == 0 ? 1 : whole; n <= whole + 1; ++n) {
        if (gives(n) == gives(n - 1)) continue;
        (t.low == 0 ? t.low : t.high) = n;
    }
    if (t.low == 0) return t;
    if (t.high == 0) t.high = t.low;
    t.between = gives(t.low);
    t.above = gives(t.high);
    return t;
}

}  // namespace filrouge::audience
