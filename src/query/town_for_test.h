// A town for the tests of this folder: random persons with random events, twice: in columns as
// questions read them, and as plain rows for oracles. Header only; no part of the library.
//
// Some persons have no event, one, or more than a batch holds; some have parts of two brands; some
// are in a newer piece, and what they were before stands dead in the older one. Parts and rows are
// each allowed for some purposes only, some rows are a bot's. Towns of some seeds are plain
// instead: one brand, everything allowed, which is what the quick ways of the scan are for.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "audience/match.h"
#include "audience/random_rules_for_test.h"
#include "base/seed_for_test.h"
#include "history/columns.h"
#include "query/dimension.h"

namespace filrouge::query::test {

using audience::test::Chance;
using audience::test::kDayUs;
using audience::test::kHourUs;
using history::EventRow;

constexpr std::int64_t kTownSpanUs = 45 * kDayUs;
inline const std::int64_t kTownFromUs = audience::test::utc(2026, 2, 25);

// One person of brand 0, who allows everything.
inline history::View view_of(const std::vector<EventRow>& rows) {
    history::SegmentBuilder builder;
    builder.begin_part(PersonNo{0}, 0, PurposeSet{~0u});
    for (const EventRow& row : rows) builder.add(row);
    history::View view;
    view.pieces.push_back({history::Segment::of(builder.finish()), nullptr});
    return view;
}

// The key that an event falls under, as plainly as dimension.h says it.
inline Groups::Key key_of(DimensionKind kind, StringNo property, const EventRow& row) {
    using history::CellKind;
    const auto text = [](StringNo t) {
        return t.is_none() ? Groups::Key{} : Groups::Key{CellKind::Text, t.value};
    };
    const auto number = [](std::int64_t n) { return Groups::Key{CellKind::Number, n}; };
    switch (kind) {
        case DimensionKind::Channel: return number(static_cast<std::int64_t>(row.channel));
        case DimensionKind::Source: return number(row.source);
        case DimensionKind::Name: return text(row.name);
        case DimensionKind::Product: return text(row.product);
        case DimensionKind::Place: return text(row.place);
        case DimensionKind::Property: {
            const history::Cell* cell = row.cell(property);
            if (cell == nullptr) return {};
            return cell->kind == CellKind::Text ? text(cell->text)
                                                : Groups::Key{cell->kind, cell->number};
        }
        case DimensionKind::None: break;
    }
    return {};
}

struct TownPart {
    PersonNo person;
    BrandNo brand = 0;
    PurposeSet usable;
    std::vector<EventRow> rows;
};

class Town {
  public:
    struct Size {
        int persons = 40;
        bool giant = false;  // one person has more events than a batch holds
        bool ties = true;    // events of one person may fall on the same instant
    };
    Town(std::uint64_t seed, Size size)
        : chance(seed), size_(size), plain_(seed % 4 == 0), many_names_(chance.one_in(4)) {
        set_rates();
        settle();
        build();
    }
    explicit Town(std::uint64_t seed) : Town(seed, Size{}) {}

    const history::View& view() const { return view_; }
    const std::vector<TownPart>& parts() const { return parts_; }  // by person, then brand

    // A scope that leaves some things out; the person bits live in the town.
    Scope scope() {
        Scope s;
        s.brand = static_cast<BrandNo>(plain_ || !chance.one_in(4) ? 0 : 1);
        s.purpose = static_cast<std::uint8_t>(chance.below(3));
        s.bots = chance.one_in(3);
        if (chance.one_in(4)) s.from = kTownFromUs + chance.below(kTownSpanUs / 2);
        if (chance.one_in(4)) s.to = kTownFromUs + kTownSpanUs / 2 + chance.below(kTownSpanUs / 2);
        if (chance.one_in(4)) {
            auto& bits = asked_.emplace_back(1 + static_cast<std::size_t>(chance.below(3)));
            for (std::uint64_t& word : bits) word = chance.next();
            s.who = bits;
        }
        return s;
    }

    struct Life {
        PersonNo person;
        std::vector<EventRow> events;
    };
    // What a question of this scope may see: every person with the part's visible events, those
    // without any too.
    std::vector<Life> seen(const Scope& scope) const {
        std::vector<Life> out;
        for (const TownPart& part : parts_) {
            if (part.brand != scope.brand || !part.usable.has(scope.purpose)) continue;
            if (!scope.includes(part.person)) continue;
            Life& life = out.emplace_back();
            life.person = part.person;
            for (const EventRow& row : part.rows) {
                if (audience::hidden(row, scope.bots) || !row.allowed.has(scope.purpose)) continue;
                if (row.at.us >= scope.from && row.at.us < scope.to) life.events.push_back(row);
            }
        }
        return out;
    }

    // A rule's compiled form lives as long as the town.
    const audience::Compiled& compile(const audience::Rule& rule) {
        return rules_.emplace_back(std::get<audience::Compiled>(audience::compile(rule, names)));
    }
    const audience::Compiled& compile(std::string_view text) {
        return compile(std::get<audience::Rule>(audience::parse(text)));
    }
    // The event of `count(<text>) >= 1`.
    struct Matched {
        const audience::Compiled* compiled;
        audience::compiled::Event event;
    };
    Matched event(std::string_view text) {
        const auto& c = compile("count(" + std::string(text) + ") >= 1");
        return {&c, c.aggregates[0].event};
    }
    Matched random_event() {
        audience::test::RandomRules random(chance);
        for (;;) {
            const audience::Compiled& c = compile(random.rule());
            if (!c.aggregates.empty()) return {&c, c.aggregates[0].event};
            rules_.pop_back();
        }
    }

    Chance chance;
    audience::test::FakeNames names;
    TableSpace space;
    audience::Rates rates{space, 1};

  private:
    void set_rates() {
        rates.set({audience::test::currency("USD"), audience::test::currency("EUR"),
                   static_cast<std::int32_t>(kTownFromUs / kDayUs) + 10,
                   audience::kRateScale * 9 / 10});
    }
    std::vector<EventRow> live(int lives) {
        audience::test::Person& person = people_.emplace_back(names);
        for (int i = 0; i < lives; ++i)
            audience::test::live_through(person, chance, kTownFromUs, kTownSpanUs);
        const auto view = person.at(INT64_MAX / 2);
        std::vector<EventRow> rows(view.events.begin(), view.events.end());
        std::int64_t last = INT64_MIN;
        for (EventRow& row : rows) {
            if (!size_.ties && row.at.us <= last) row.at.us = last + 1;
            last = row.at.us;
            row.sequence = ++sequence_;
            row.source = static_cast<SourceNo>(chance.below(3));
            row.allowed.bits = plain_ ? 7 : 7u & ~(1u << chance.below(12));
            if (plain_) row.flags = 0;
            if (row.has_value && chance.one_in(9)) row.value.currency = {};
            if (many_names_ && chance.one_in(2))
                row.name = names.number("N" + std::to_string(chance.below(300)));
        }
        return rows;
    }
    int lives_of_next() {
        if (chance.one_in(8)) return 0;
        return 1 + static_cast<int>(chance.below(chance.one_in(10) ? 12 : 3));
    }
    void settle() {
        std::uint32_t person = static_cast<std::uint32_t>(chance.below(3));
        const auto giant = chance.below(size_.persons);
        for (int i = 0; i < size_.persons; ++i) {
            for (BrandNo brand = 0; brand < 2; ++brand) {
                if (brand == 1 && (plain_ || !chance.one_in(3))) continue;
                if (brand == 0 && !plain_ && chance.one_in(12)) continue;
                TownPart& part = parts_.emplace_back();
                part.person = PersonNo{person};
                part.brand = brand;
                part.usable.bits = plain_ ? 7 : 7u & ~(1u << chance.below(10));
                const bool is_giant = size_.giant && i == giant;
                part.rows = live(is_giant ? 1'100 : lives_of_next());
                if (chance.one_in(9) && part.rows.size() > 1) part.rows.resize(1);
            }
            person += 1 + static_cast<std::uint32_t>(chance.below(3));
        }
    }
    void build() {
        const auto pieces = static_cast<std::uint32_t>(plain_ ? 2 : 1 + chance.below(3));
        const std::uint32_t span = parts_.back().person.value / pieces + 1;
        std::map<std::uint32_t, bool> newer;
        for (const TownPart& part : parts_)
            newer.try_emplace(part.person.value, !plain_ && chance.one_in(5));
        for (std::uint32_t piece = 0; piece < pieces; ++piece)
            add_piece(newer, [&](std::uint32_t person) { return person / span == piece; });
        if (!plain_) add_delta(newer);
    }
    template <class Belongs>
    void add_piece(const std::map<std::uint32_t, bool>& newer, Belongs&& belongs) {
        history::SegmentBuilder builder;
        history::DeadParts dead(parts_.size() / 64 + 1);
        std::uint32_t number = 0;
        bool any_dead = false;
        for (const TownPart& part : parts_) {
            if (!belongs(part.person.value)) continue;
            builder.begin_part(part.person, part.brand, part.usable);
            const bool old = newer.at(part.person.value);
            if (old) dead[number / 64] |= 1ull << (number % 64);
            any_dead |= old;
            for (const EventRow& row : old ? live(1) : part.rows) builder.add(row);
            ++number;
        }
        view_.pieces.push_back(
            {history::Segment::of(builder.finish()),
             any_dead ? std::make_shared<const history::DeadParts>(dead) : nullptr});
    }
    void add_delta(const std::map<std::uint32_t, bool>& newer) {
        history::SegmentBuilder builder;
        for (const TownPart& part : parts_) {
            if (!newer.at(part.person.value)) continue;
            builder.begin_part(part.person, part.brand, part.usable);
            for (const EventRow& row : part.rows) builder.add(row);
        }
        view_.pieces.push_back({history::Segment::of(builder.finish()), nullptr});
    }

    Size size_;
    bool plain_;
    bool many_names_;  // more than a byte can number
    std::uint64_t sequence_ = 0;
    std::deque<audience::test::Person> people_;  // rows borrow from them
    std::deque<std::vector<std::uint64_t>> asked_;
    std::deque<audience::Compiled> rules_;
    std::vector<TownPart> parts_;
    history::View view_;
};

}  // namespace filrouge::query::test
