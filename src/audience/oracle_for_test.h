// The meaning of a rule, written a second time and as plainly as docs/rules.md says it: no numbers
// for names, no bounds, no clever order. The property tests hold evaluate() against it. Header
// only; no part of the library.
#pragma once

#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "audience/people_for_test.h"
#include "audience/rule.h"

namespace filrouge::audience::test {

class Oracle {
  public:
    Oracle(const FakeNames& names, const PersonView& person) : names_(names), p_(person) {}

    bool in(const Node& n) const {
        switch (n.kind) {
            case NodeKind::And:
                for (const Node& c : n.children) {
                    if (!in(c)) return false;
                }
                return true;
            case NodeKind::Or:
                for (const Node& c : n.children) {
                    if (in(c)) return true;
                }
                return false;
            case NodeKind::Not: return !in(n.children[0]);
            case NodeKind::Aggregate: return aggregate(n);
            case NodeKind::Sequence: return chain(n, 0, 0, 0, true);
            case NodeKind::Trait: {
                bool there = false, met = false;
                for (const auto& t : p_.traits) {
                    if (names_.text(t.value.key) != n.name) continue;
                    there = true;
                    met = met || passes(n.test, cell(t.value));
                }
                return there ? met : passes(n.test, Value{});
            }
            case NodeKind::Consent: return p_.granted.has(*names_.purpose(n.name));
            case NodeKind::Refused: return p_.refused.has(*names_.purpose(n.name));
            case NodeKind::InAudience: return (*p_.member_of)(*names_.audience(n.name));
            case NodeKind::Split: {
                const auto bucket = split_bucket(split_seed(n.name), p_.split_hash);
                return n.from <= bucket && bucket < n.to;
            }
        }
        return false;
    }

  private:
    enum class Is { Nothing, Bool, Number, Text };
    struct Value {
        Is is = Is::Nothing;
        std::int64_t number = 0;
        std::string text;
        std::string currency;
        auto operator<=>(const Value&) const = default;
    };
    using Row = history::EventRow;

    Value cell(const history::Cell& c) const {
        if (c.kind == history::CellKind::Text) return text(c.text);
        if (c.kind == history::CellKind::Bool) return {Is::Bool, c.number, "", ""};
        return {Is::Number, c.number, "", ""};
    }
    Value text(StringNo t) const {
        if (t.is_none()) return {};
        return {Is::Text, 0, std::string(names_.text(t)), ""};
    }
    // All values there; an absent one is left out.
    std::vector<Value> values(const Field& f, const Row& row) const {
        const std::string money = row.has_value ? row.value.currency.text() : "";
        std::vector<Value> all;
        switch (f.kind) {
            case FieldKind::Revenue:
                if (row.has_value) all.push_back({Is::Number, row.value.amount, "", money});
                break;
            case FieldKind::Quantity:
                if (row.quantity != 0) all.push_back({Is::Number, row.quantity, "", ""});
                break;
            case FieldKind::Product: all.push_back(text(row.product)); break;
            case FieldKind::Place: all.push_back(text(row.place)); break;
            case FieldKind::Channel:
                all.push_back({Is::Text, 0, std::string(name_of(row.channel)), ""});
                break;
            case FieldKind::Property:
                for (const auto& c : row.cells) {
                    if (names_.text(c.key) != f.property) continue;
                    all.push_back(cell(c));
                    if (all.back().is == Is::Number) all.back().currency = money;
                }
                break;
            case FieldKind::LineProduct:
                for (const auto& l : row.lines) all.push_back(text(l.product));
                break;
            case FieldKind::LineCategory:
                for (const auto& l : row.lines) all.push_back(text(l.category));
                break;
            case FieldKind::LinePrice:
                for (const auto& l : row.lines) {
                    if (l.price != history::kNoPrice)
                        all.push_back({Is::Number, l.price, "", money});
                }
                break;
            case FieldKind::LineQuantity:
                for (const auto& l : row.lines) all.push_back({Is::Number, l.quantity, "", ""});
                break;
            case FieldKind::None: break;
        }
        std::erase_if(all, [](const Value& v) { return v.is == Is::Nothing; });
        return all;
    }
    static bool same_currency(const Literal& l, const Value& v) {
        return l.kind != Literal::Kind::Money ||
               (v.is == Is::Number && l.currency.text() == v.currency);
    }
    static bool same(const Literal& l, const Value& v) {
        if (l.kind == Literal::Kind::Text) return v.is == Is::Text && v.text == l.text;
        return v.is == Is::Number && v.number == l.number && same_currency(l, v);
    }
    static bool ordered(Op op, __int128 a, __int128 b) {
        const int sign = a < b ? -1 : a > b ? 1 : 0;
        return (op == Op::Equal && sign == 0) || (op == Op::NotEqual && sign != 0) ||
               (op == Op::Less && sign < 0) || (op == Op::AtMost && sign <= 0) ||
               (op == Op::More && sign > 0) || (op == Op::AtLeast && sign >= 0);
    }
    static bool passes(const Test& t, const Value& v) {
        if (t.op == Op::NotExists) return v.is == Is::Nothing;
        if (v.is == Is::Nothing) return false;
        if (t.op == Op::Exists) return true;
        if (t.op == Op::IsTrue || t.op == Op::IsFalse) {
            return v.is == Is::Bool && (v.number != 0) == (t.op == Op::IsTrue);
        }
        if (t.op == Op::In) {
            for (const Literal& l : t.values) {
                if (same(l, v)) return true;
            }
            return false;
        }
        const Literal& l = t.values[0];
        if (t.op == Op::Contains)
            return v.is == Is::Text && v.text.find(l.text) != std::string::npos;
        if (t.op == Op::StartsWith) return v.is == Is::Text && v.text.rfind(l.text, 0) == 0;
        if (t.op == Op::Equal) return same(l, v);
        if (t.op == Op::NotEqual) return same_currency(l, v) && !same(l, v);
        return v.is == Is::Number && same_currency(l, v) && ordered(t.op, v.number, l.number);
    }
    bool passes(const Filter& f, const Row& row) const {
        if (f.kind == Filter::Kind::Not) return !passes(f.parts[0], row);
        if (f.kind == Filter::Kind::And) return passes(f.parts[0], row) && passes(f.parts[1], row);
        if (f.kind == Filter::Kind::Or) return passes(f.parts[0], row) || passes(f.parts[1], row);
        const std::vector<Value> all = values(f.field, row);
        if (f.test.op == Op::NotExists) return all.empty();
        for (const Value& v : all) {
            if (passes(f.test, v)) return true;
        }
        return false;
    }
    bool matches(const EventMatch& e, const Row& row, bool bots) const {
        if ((row.flags & kEventConsentOnly) != 0) return false;
        if ((row.flags & kEventBot) != 0 && !bots) return false;
        if (!e.any && names_.text(row.name) != e.name) return false;
        return e.where.empty() || passes(e.where[0], row);
    }

    struct Date {
        std::int64_t day;  // since 1970
        int year;
        int month;
        int day_of_month;
    };
    Date date(std::int64_t at) const {
        const std::int64_t local = p_.zone == nullptr ? at : p_.zone->local_from_utc_us(at);
        const std::int64_t day = local / kDayUs;  // the tests' people live after 1970
        std::int64_t year_start = 0;
        int year = 1970;
        const auto leap = [](int y) { return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0); };
        while (day - year_start >= (leap(year) ? 366 : 365)) year_start += leap(year++) ? 366 : 365;
        const int lengths[] = {31, leap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        int rest = static_cast<int>(day - year_start);
        int month = 0;
        while (rest >= lengths[month]) rest -= lengths[month++];
        return {day, year, month + 1, rest + 1};
    }
    // Whether an event of that date is at most `months` calendar months back, days clamped.
    static bool months_back_at_most(const Date& event, const Date& today, std::int64_t months) {
        const std::int64_t start_month = today.year * 12 + today.month - 1 - months;
        const std::int64_t event_month = event.year * 12 + event.month - 1;
        if (event_month != start_month) return event_month > start_month;
        const int y = event.year;
        const bool leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
        const int lengths[] = {31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        return event.day_of_month >= std::min(today.day_of_month, lengths[event.month - 1]);
    }
    std::int64_t instant(const Moment& m, std::int64_t more_days) const {
        const std::int64_t local = utc(m.year, m.month, m.day) + more_days * kDayUs +
                                   ((m.hour * 60 + m.minute) * 60 + m.second) * kSecondUs;
        return p_.zone == nullptr ? local : p_.zone->utc_from_local_us(local);
    }
    bool in_window(const Window& w, std::int64_t at) const {
        static constexpr std::int64_t kSeconds[] = {1, 60, 3'600, 86'400, 604'800};
        const Date e = date(at);
        const Date t = date(p_.now.us);
        const auto week = [](const Date& d) { return (d.day + 3) / 7; };
        switch (w.kind) {
            case WindowKind::Ever: return true;
            case WindowKind::Last:
            case WindowKind::MoreThanAgo: {
                bool recent = false;
                if (w.length.unit < Unit::Month) {
                    recent = p_.now.us - at <
                             w.length.count * kSecondUs * kSeconds[static_cast<int>(w.length.unit)];
                } else {
                    const std::int64_t months = w.length.unit == Unit::Year ? 12 : 1;
                    recent = months_back_at_most(e, t, w.length.count * months);
                }
                return recent == (w.kind == WindowKind::Last);
            }
            case WindowKind::Today: return e.day == t.day;
            case WindowKind::Yesterday: return e.day == t.day - 1;
            case WindowKind::ThisWeek: return week(e) == week(t);
            case WindowKind::ThisMonth: return e.year == t.year && e.month == t.month;
            case WindowKind::ThisYear: return e.year == t.year;
            case WindowKind::PreviousWeek: return week(e) == week(t) - 1;
            case WindowKind::PreviousMonth:
                return e.year * 12 + e.month == t.year * 12 + t.month - 1;
            case WindowKind::PreviousYear: return e.year == t.year - 1;
            case WindowKind::Since: return at >= instant(w.from, 0);
            case WindowKind::Before: return at < instant(w.to, 0);
            case WindowKind::Between:
                return at >= instant(w.from, 0) && at < instant(w.to, w.to.has_time ? 0 : 1);
        }
        return false;
    }

    // False when the rule wants another currency and nobody told a rate for the day.
    bool exchanged(const Node& n, Value& v, std::int64_t at) const {
        const bool adds = n.function == Function::Sum || n.function == Function::Average ||
                          n.function == Function::Min || n.function == Function::Max;
        if (!adds || v.is != Is::Number || n.test.values[0].kind != Literal::Kind::Money)
            return true;
        const std::string wanted = n.test.values[0].currency.text();
        if (v.currency == wanted) return true;
        std::int64_t best_day = INT64_MIN;
        bool direct = false;
        std::int64_t best = 0;
        for (std::uint32_t i = 0; p_.rates != nullptr && i < p_.rates->size(); ++i) {
            const Rate r = p_.rates->at(i);
            const bool there = r.from.text() == v.currency && r.to.text() == wanted;
            const bool back = r.from.text() == wanted && r.to.text() == v.currency;
            if ((!there && !back) || r.day * kDayUs > at || r.day < best_day) continue;
            if (r.day == best_day && direct) continue;
            best_day = r.day;
            best = r.rate;
            direct = there;
        }
        if (best_day == INT64_MIN) return false;
        const __int128 times = direct ? best : 100'000'000;
        const __int128 by = direct ? 100'000'000 : best;
        const __int128 size = v.number < 0 ? -__int128{v.number} : __int128{v.number};
        const auto rounded = static_cast<std::int64_t>((2 * size * times + by) / (2 * by));
        v.number = v.number < 0 ? -rounded : rounded;
        v.currency = wanted;
        return true;
    }

    bool aggregate(const Node& n) const {
        std::int64_t events = 0;
        std::vector<Value> all;
        for (const Row& row : p_.events) {
            if (!matches(n.event, row, n.bots) || !in_window(n.window, row.at.us)) continue;
            ++events;
            for (Value& v : values(n.field, row)) {
                if (exchanged(n, v, row.at.us)) all.push_back(v);
            }
        }
        if (n.function == Function::Any) return events > 0;
        const Literal limit = n.test.values.empty() ? Literal{} : n.test.values[0];
        if (n.function == Function::Count) {
            return ordered(n.test.op, __int128{events} * 10'000, limit.number);
        }
        if (n.function == Function::Distinct) {
            const std::set<Value> distinct(all.begin(), all.end());
            return ordered(n.test.op, __int128{distinct.size()} * 10'000, limit.number);
        }
        const bool has_limit = n.test.op != Op::In && !n.test.values.empty();
        if (has_limit) std::erase_if(all, [&](const Value& v) { return !same_currency(limit, v); });
        if (n.function == Function::First || n.function == Function::Last) {
            if (all.empty()) return passes(n.test, Value{});
            return passes(n.test, n.function == Function::First ? all.front() : all.back());
        }
        std::erase_if(all, [](const Value& v) { return v.is != Is::Number; });
        std::set<std::string> currencies;
        __int128 sum = 0;
        std::int64_t low = INT64_MAX;
        std::int64_t high = INT64_MIN;
        for (const Value& v : all) {
            currencies.insert(v.currency);
            sum += v.number;
            low = std::min(low, v.number);
            high = std::max(high, v.number);
        }
        const bool money =
            n.field.kind == FieldKind::Revenue || n.field.kind == FieldKind::LinePrice;
        if (money && currencies.size() > 1) return false;
        if (n.function == Function::Sum) return ordered(n.test.op, sum, limit.number);
        if (all.empty()) return false;
        if (n.function == Function::Average) {
            return ordered(n.test.op, sum, __int128{limit.number} * static_cast<int>(all.size()));
        }
        return ordered(n.test.op, n.function == Function::Min ? low : high, limit.number);
    }

    static std::int64_t us(const Length& l) {
        static constexpr std::int64_t kSeconds[] = {1, 60, 3'600, 86'400, 604'800};
        return l.count * kSecondUs * kSeconds[static_cast<int>(l.unit)];
    }
    // Tries every chain: step `k` at each event from `from` on.
    bool chain(const Node& n, std::size_t k, std::size_t from, std::size_t first,
               bool start) const {
        if (k == n.steps.size()) return true;
        const Step& s = n.steps[k];
        if (s.absent) return silent(s, from - 1, n.bots);
        for (std::size_t i = from; i < p_.events.size(); ++i) {
            const Row& row = p_.events[i];
            const std::size_t first_now = start ? i : first;
            const bool late =
                s.within.given() && row.at - p_.events[first_now].at > Duration{us(s.within)};
            const bool here = matches(s.event, row, n.bots) && !late &&
                              (!start || in_window(n.window, row.at.us));
            if (here && chain(n, k + 1, i + 1, first_now, false)) return true;
            if (!s.without.empty() && matches(s.without[0], row, n.bots)) return false;
        }
        return false;
    }
    bool silent(const Step& s, std::size_t after, bool bots) const {
        const std::int64_t begin = p_.events[after].at.us;
        if (s.within.given() && begin + us(s.within) > p_.now.us) return false;
        for (std::size_t i = after + 1; i < p_.events.size(); ++i) {
            if (s.within.given() && p_.events[i].at.us > begin + us(s.within)) return true;
            if (matches(s.event, p_.events[i], bots)) return false;
        }
        return true;
    }

    const FakeNames& names_;
    const PersonView& p_;
};

}  // namespace filrouge::audience::test
