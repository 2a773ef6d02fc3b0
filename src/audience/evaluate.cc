#include "audience/evaluate.h"

#include <algorithm>

#include "audience/measure.h"
#include "audience/sequence.h"
#include "audience/words.h"

namespace filrouge::audience {
namespace {

Outcome outcome(bool in, std::int64_t next = kNeverUs) { return {in, EventTime{next}}; }

// When an event that lies in the window leaves it.
std::int64_t leaves_at(const compiled::Window& w, const Bounds& b, std::int64_t at,
                       const Zone* zone) {
    return w.kind == WindowKind::Last ? passes_at(w, at, zone) : b.turns;
}

bool is_previous(WindowKind kind) {
    return kind == WindowKind::Yesterday ||
           (kind >= WindowKind::PreviousWeek && kind <= WindowKind::PreviousYear);
}

class Evaluation {
  public:
    Evaluation(const Compiled& rule, const PersonView& person) : rule_(rule), person_(person) {}

    Outcome node(std::uint16_t index) const {
        const compiled::Node& n = rule_.nodes[index];
        switch (n.kind) {
            case NodeKind::And: return joined(n, false);
            case NodeKind::Or: return joined(n, true);
            case NodeKind::Not: {
                Outcome o = node(n.first);
                o.in = !o.in;
                return o;
            }
            case NodeKind::Aggregate: return aggregate(rule_.aggregates[n.index]);
            case NodeKind::Sequence: {
                const auto o = run_sequence(rule_, rule_.sequences[n.index], person_);
                return outcome(o.in, o.next);
            }
            case NodeKind::Trait: return outcome(trait(rule_.traits[n.index]));
            case NodeKind::Consent: return outcome(person_.granted.has(n.purpose));
            case NodeKind::Refused: return outcome(person_.refused.has(n.purpose));
            case NodeKind::InAudience:
                return outcome(person_.member_of != nullptr && (*person_.member_of)(n.audience));
            case NodeKind::Split: {
                const compiled::Split& s = rule_.splits[n.index];
                const std::int32_t bucket = split_bucket(s.seed, person_.split_hash);
                return outcome(bucket >= s.from && bucket < s.to);
            }
        }
        return {};
    }

  private:
    // `decisive` is the value that settles the whole: true for or, false for and. While one part
    // keeps it the whole keeps it, so of several such parts the latest change counts.
    Outcome joined(const compiled::Node& n, bool decisive) const {
        bool settled = false;
        EventTime settled_until{INT64_MIN};
        EventTime first_change = kNever;
        for (std::uint16_t i = n.first; i != compiled::kAbsent; i = rule_.nodes[i].next) {
            const Outcome o = node(i);
            if (o.in != decisive) {
                first_change = std::min(first_change, o.next_change);
                continue;
            }
            settled = true;
            settled_until = std::max(settled_until, o.next_change);
            if (settled_until == kNever) break;
        }
        return settled ? Outcome{decisive, settled_until} : Outcome{!decisive, first_change};
    }

    // Some value of the trait fits; `not exists` asks that there is none.
    bool trait(const compiled::Trait& t) const {
        bool there = false;
        for (const history::TraitRow& row : person_.traits) {
            if (t.key.is_none() || row.value.key != t.key) continue;
            there = true;
            if (fits(rule_, t.test, seen_in_cell(row.value))) return true;
        }
        return !there && fits(rule_, t.test, Seen{});
    }

    bool counted(const compiled::Aggregate& a, const EventRow& row) const {
        return !hidden(row, a.bots) && fits(rule_, a.event, row);
    }
    bool any_from(const compiled::Aggregate& a, std::int64_t from) const {
        for (const EventRow& row : within(person_.events, Bounds{from, INT64_MAX, kNeverUs})) {
            if (counted(a, row)) return true;
        }
        return false;
    }

    Outcome aggregate(const compiled::Aggregate& a) const {
        if (takes_field(a.function)) return valued(a);
        const Turns t = turns(a);
        if (t.low == 0) return outcome(t.above);
        const Bounds b = bounds(a.window, person_.now, person_.zone);
        return a.window.kind == WindowKind::MoreThanAgo ? arriving_count(a, t, b)
                                                        : leaving_count(a, t, b);
    }

    // Events leave oldest first, so the n-th newest tells how long there are n of them.
    Outcome leaving_count(const compiled::Aggregate& a, const Turns& t, const Bounds& b) const {
        const auto window = within(person_.events, b);
        std::int64_t found = 0;
        std::int64_t low_at = 0;
        std::int64_t high_at = 0;
        for (std::size_t i = window.size(); i-- > 0 && found < t.high;) {
            if (!counted(a, window[i])) continue;
            ++found;
            if (found == t.low) low_at = window[i].at.us;
            if (found == t.high) high_at = window[i].at.us;
        }
        if (is_previous(a.window.kind)) {
            const bool waits = found > 0 || any_from(a, b.to);
            return outcome(t.at(found), waits ? b.turns : kNeverUs);
        }
        if (found < t.low) return outcome(t.below);
        const std::int64_t edge = found < t.high ? low_at : high_at;
        return outcome(t.at(found), leaves_at(a.window, b, edge, person_.zone));
    }

    // "more than 30 days ago": events arrive in the window oldest first, and stay.
    Outcome arriving_count(const compiled::Aggregate& a, const Turns& t, const Bounds& b) const {
        std::int64_t found = 0;
        std::int64_t arrived = 0;
        for (const EventRow& row : person_.events) {
            if (!counted(a, row)) continue;
            ++found;
            if (row.at.us < b.to) {
                arrived = found;
                if (found == t.high) break;
            } else if (found == t.low || found == t.high) {
                return outcome(t.at(arrived), passes_at(a.window, row.at.us, person_.zone));
            }
        }
        return outcome(t.at(arrived));
    }

    Outcome valued(const compiled::Aggregate& a) const {
        const Bounds b = bounds(a.window, person_.now, person_.zone);
        const Measure m = measure(rule_, a, within(person_.events, b), person_.rates);
        const bool in = fits(rule_, a, m);
        const WindowKind kind = a.window.kind;
        if (!moves(kind)) return outcome(in);
        if (is_previous(kind)) return outcome(in, any_from(a, b.from) ? b.turns : kNeverUs);
        if (kind == WindowKind::MoreThanAgo) return outcome(in, next_arrival(a, b));
        const bool by_value = a.function == Function::First || a.function == Function::Last;
        if (m.events == 0 || (by_value && m.values == 0)) return outcome(in);
        const std::int64_t edge = a.function == Function::Last ? m.newest : m.oldest;
        return outcome(in, leaves_at(a.window, b, edge, person_.zone));
    }

    std::int64_t next_arrival(const compiled::Aggregate& a, const Bounds& b) const {
        for (const EventRow& row : within(person_.events, Bounds{b.to, INT64_MAX, kNeverUs})) {
            if (counted(a, row)) return passes_at(a.window, row.at.us, person_.zone);
        }
        return kNeverUs;
    }

    const Compiled& rule_;
    const PersonView& person_;
};

}  // namespace

Outcome evaluate(const Compiled& rule, const PersonView& person, std::uint16_t node) {
    Outcome o = Evaluation(rule, person).node(node);
    // Only a zone whose clock goes back over midnight can bring this about.
    if (o.next_change <= person.now) o.next_change = person.now + microseconds(1);
    return o;
}

Outcome evaluate(const Compiled& rule, const PersonView& person) {
    return evaluate(rule, person, 0);
}

std::uint64_t amounts_without_rate(const Compiled& rule, const PersonView& person) {
    std::uint64_t sum = 0;
    if (!rule.triggers().rates) return sum;
    for (const compiled::Aggregate& a : rule.aggregates) {
        const auto window = within(person.events, bounds(a.window, person.now, person.zone));
        sum += static_cast<std::uint64_t>(measure(rule, a, window, person.rates).without_rate);
    }
    return sum;
}

}  // namespace filrouge::audience
