// Random rules and people for the property tests: small worlds, so that things meet. Header only;
// no part of the library.
#pragma once

#include <string>
#include <vector>

#include "audience/people_for_test.h"
#include "audience/rule.h"
#include "audience/words.h"
#include "base/hash.h"
#include "base/seed_for_test.h"

namespace filrouge::audience::test {

class Chance {
  public:
    explicit Chance(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() { return mix64(state_ += 0x9e3779b97f4a7c15u); }
    std::int64_t below(std::int64_t n) {
        return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(n));
    }
    bool one_in(std::int64_t n) { return below(n) == 0; }
    template <class T, std::size_t N>
    const T& pick(const T (&list)[N]) {
        return list[below(static_cast<std::int64_t>(N))];
    }

  private:
    std::uint64_t state_;
};

class RandomRules {
  public:
    explicit RandomRules(Chance& chance) : c_(chance) {}
    bool odd_names = false;  // also names that need quotes and values of all sizes
    bool lively = false;     // few filters, windows that move: outcomes that time changes

    Rule rule() {
        for (;;) {
            Rule r{node(static_cast<int>(c_.below(lively ? 3 : 4)))};
            if (!check(r)) return r;
        }
    }
    Node node(int depth) {
        Node n;
        if (depth > 0 && !c_.one_in(4)) {
            n.kind = static_cast<NodeKind>(c_.below(3));
            const std::int64_t parts = n.kind == NodeKind::Not ? 1 : 2 + c_.below(2);
            for (std::int64_t i = 0; i < parts; ++i) n.children.push_back(node(depth - 1));
            return n;
        }
        const std::int64_t roll = c_.below(lively ? 15 : 20);
        if (roll < 10)
            aggregate(n);
        else if (roll < 15)
            sequence(n);
        else
            rest(n, roll);
        return n;
    }

  private:
    void rest(Node& n, std::int64_t roll) {
        static constexpr NodeKind kKinds[] = {NodeKind::Trait, NodeKind::Consent, NodeKind::Refused,
                                              NodeKind::InAudience, NodeKind::Split};
        n.kind = kKinds[roll - 15];
        if (n.kind == NodeKind::Trait) {
            n.name = property();
            n.test = test(FieldKind::Property, false);
        } else if (n.kind == NodeKind::InAudience) {
            n.name = odd_names ? name() : c_.one_in(2) ? "VIP" : "Regulars";
        } else if (n.kind == NodeKind::Split) {
            n.name = name();
            n.from = static_cast<std::int32_t>(c_.below(9'000));
            n.to = n.from + 1 + static_cast<std::int32_t>(c_.below(1'000));
        } else {
            n.name = odd_names ? property() : c_.one_in(2) ? "analytics" : "marketing.email";
        }
    }
    std::string name() {
        static constexpr std::string_view kOdd[] = {
            "not", "A then B", "x.y",           " a", "\"", "\\\n\x02", "any", "in audience",
            "é 7", "-1",       "Product 2 Seen"};
        static constexpr std::string_view kPlain[] = {"A", "B", "C"};
        return std::string(odd_names && c_.one_in(2) ? c_.pick(kOdd) : c_.pick(kPlain));
    }
    std::string property() {
        static constexpr std::string_view kOdd[] = {"revenue", "value", "products.x", "a b", "a..b",
                                                    "and",     "a.b.c", "channel",    "9"};
        static constexpr std::string_view kPlain[] = {"size", "colour"};
        return std::string(odd_names && c_.one_in(2) ? c_.pick(kOdd) : c_.pick(kPlain));
    }
    EventMatch event() {
        EventMatch e;
        e.any = c_.one_in(6);
        if (!e.any) e.name = name();
        if (c_.one_in(lively ? 8 : 3)) e.where.push_back(filter(2));
        return e;
    }
    Filter filter(int depth) {
        Filter f;
        if (depth > 0 && c_.one_in(2)) {
            f.kind = static_cast<Filter::Kind>(c_.below(3));
            const int parts = f.kind == Filter::Kind::Not ? 1 : 2;
            for (int i = 0; i < parts; ++i) f.parts.push_back(filter(depth - 1));
            return f;
        }
        f.field = field();
        f.test = test(f.field.kind, true);
        return f;
    }
    Field field() {
        Field f;
        f.kind = static_cast<FieldKind>(1 + c_.below(10));
        if (f.kind == FieldKind::Property) f.property = property();
        return f;
    }
    Literal literal(FieldKind field, bool money) {
        Literal l;
        if (field == FieldKind::Channel) {
            l.kind = Literal::Kind::Text;
            l.text = kChannelNames[static_cast<std::size_t>(c_.below(4))];
        } else if (may_be_text(field) && (!may_be_number(field) || c_.one_in(2))) {
            l.kind = Literal::Kind::Text;
            l.text = odd_names ? name() : c_.one_in(2) ? "red" : "blue";
        } else {
            l.number = odd_names ? static_cast<std::int64_t>(c_.next() >> 2) >> c_.below(60)
                                 : (c_.below(7) - 1) * 5'000;
            if (c_.one_in(5)) l.number = -l.number;
            if (money && (is_money(field) || field == FieldKind::Property) && c_.one_in(2)) {
                l.kind = Literal::Kind::Money;
                l.currency = currency(c_.one_in(2) ? "EUR" : "USD");
            }
        }
        return l;
    }
    // Often unsound; rule() throws those away.
    Test test(FieldKind field, bool money) {
        for (;;) {
            Test t;
            t.op = static_cast<Op>(c_.below(13));
            const std::int64_t values = !has_value(t.op) ? 0 : t.op == Op::In ? 1 + c_.below(3) : 1;
            for (std::int64_t i = 0; i < values; ++i) t.values.push_back(literal(field, money));
            Rule probe;
            probe.root.kind = NodeKind::Aggregate;
            probe.root.function = Function::First;
            probe.root.event.any = true;
            probe.root.field = {field, field == FieldKind::Property ? "x" : ""};
            probe.root.test = t;
            if (!check(probe)) return t;
        }
    }
    void aggregate(Node& n) {
        n.kind = NodeKind::Aggregate;
        n.function = static_cast<Function>(c_.below(lively && c_.one_in(2) ? 2 : 9));
        n.event = event();
        n.window = window();
        n.bots = c_.one_in(8);
        if (n.function == Function::Any) return;
        const bool by_value = n.function == Function::First || n.function == Function::Last;
        if (takes_field(n.function)) n.field = field();
        if (by_value) {
            n.test = test(n.field.kind, true);
            return;
        }
        while (takes_field(n.function) && n.function != Function::Distinct &&
               !may_be_number(n.field.kind)) {
            n.field = field();
        }
        n.test.op = static_cast<Op>(c_.below(6));
        Literal l = literal(takes_field(n.function) && n.function != Function::Distinct
                                ? n.field.kind
                                : FieldKind::Quantity,
                            true);
        if (l.kind == Literal::Kind::Text) l = literal(FieldKind::Quantity, false);
        if (n.function == Function::Distinct) l.number %= kDistinctMax * kFixedScale;
        n.test.values.push_back(l);
    }
    Length length(bool months) {
        Length l;
        l.unit = static_cast<Unit>(c_.below(months ? 7 : 5));
        static constexpr std::int64_t kCounts[] = {3'000'000, 50'000, 900, 40, 6, 2, 1};
        l.count = 1 + c_.below(kCounts[static_cast<std::size_t>(l.unit)]);
        return l;
    }
    Moment moment() {
        Moment m;
        m.year = 2026;
        m.month = static_cast<std::uint8_t>(3 + c_.below(2));
        m.day = static_cast<std::uint8_t>(1 + c_.below(30));
        m.has_time = c_.one_in(3);
        if (!m.has_time) return m;
        m.hour = static_cast<std::uint8_t>(c_.below(24));
        m.minute = static_cast<std::uint8_t>(c_.below(60));
        m.second = c_.one_in(2) ? 0 : static_cast<std::uint8_t>(c_.below(60));
        return m;
    }
    Window window() {
        Window w;
        if (c_.one_in(lively ? 12 : 3)) return w;
        w.kind = static_cast<WindowKind>(c_.one_in(2) ? 1 + c_.below(2) : c_.below(14));
        switch (w.kind) {
            case WindowKind::Last:
            case WindowKind::MoreThanAgo: w.length = length(true); break;
            case WindowKind::Since: w.from = moment(); break;
            case WindowKind::Before: w.to = moment(); break;
            case WindowKind::Between: w.from = moment(), w.to = moment(); break;
            default: break;
        }
        return w;
    }
    void sequence(Node& n) {
        n.kind = NodeKind::Sequence;
        n.bots = c_.one_in(8);
        if (c_.one_in(2)) n.window = window();
        const std::int64_t steps = 2 + c_.below(3);
        for (std::int64_t i = 0; i < steps; ++i) {
            Step s;
            s.event = event();
            s.absent = i + 1 == steps && c_.one_in(2);
            if (i > 0 && !s.absent && c_.one_in(3)) s.without.push_back(event());
            if (i > 0 && c_.one_in(2)) s.within = length(false);
            n.steps.push_back(std::move(s));
        }
    }
    Chance& c_;
};

// A few dozen days around a clock change in the zone, few names and few values.
inline void live_through(Person& person, Chance& c, std::int64_t from_us, std::int64_t span_us) {
    static constexpr std::string_view kNames[] = {"A", "B", "C"};
    static constexpr std::string_view kColours[] = {"red", "blue", "redder"};
    const std::int64_t events = 3 + c.below(14);
    for (std::int64_t i = 0; i < events; ++i) {
        // Some fall together and some on the hour, where the edges are.
        std::int64_t at = from_us + c.below(span_us);
        if (c.one_in(3)) at -= at % kHourUs;
        if (c.one_in(4)) at -= at % kDayUs;
        auto e = person.does(c.pick(kNames), at);
        if (c.one_in(2)) e.value(static_cast<double>(c.below(5)) / 2, c.one_in(3) ? "USD" : "EUR");
        if (c.one_in(2)) e.text("colour", c.pick(kColours));
        while (c.one_in(4)) e.text("colour", c.pick(kColours));  // an array of them
        if (c.one_in(2))
            e.number("size", static_cast<double>(c.below(5)) / 2);
        else if (c.one_in(2))
            e.boolean("size", c.one_in(2));
        if (c.one_in(3)) e.quantity(static_cast<double>(c.below(3)));
        if (c.one_in(3)) e.place(c.pick(kColours));
        if (c.one_in(3)) e.product(c.pick(kColours));
        for (std::int64_t l = c.below(3); l > 0; --l) {
            std::optional<double> price;
            if (!c.one_in(4)) price = static_cast<double>(c.below(4)) / 2;
            e.line(c.pick(kColours), c.pick(kColours), price, 1);
        }
        e.in(static_cast<Channel>(c.below(4)));
        if (c.one_in(8)) e.flag(kEventBot);
        if (c.one_in(16)) e.flag(kEventConsentOnly);
    }
    if (c.one_in(2)) person.has("colour", c.pick(kColours));
    if (c.one_in(2)) person.has("size", c.below(3));
    while (c.one_in(3)) person.has("colour", c.pick(kColours));  // an array's
    person.granted.bits = static_cast<std::uint32_t>(c.below(8));
    person.refused.bits = static_cast<std::uint32_t>(c.below(8)) & ~person.granted.bits;
    person.split_hash = c.next();
}

}  // namespace filrouge::audience::test
