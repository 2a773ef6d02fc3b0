#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "profile/summary.h"
#include "profile/traits.h"

namespace filrouge::profile {
namespace {

history::TraitRow told(std::uint32_t key, std::int64_t value, std::int64_t at,
                       std::uint64_t sequence) {
    history::TraitRow row;
    row.value = {StringNo{key}, history::CellKind::Number, value, {}};
    row.at = EventTime{at};
    row.sequence = sequence;
    return row;
}

TEST(Traits, TheLatestTellingWinsInAnyOrderAndAcrossFragments) {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        std::mt19937_64 rng(seed);
        std::vector<std::pair<FragmentNo, history::TraitRow>> tellings;
        for (std::uint64_t s = 1; s <= 80; ++s) {
            tellings.push_back(
                {FragmentNo{static_cast<std::uint32_t>(rng() % 3)},
                 told(static_cast<std::uint32_t>(rng() % 5), static_cast<std::int64_t>(s),
                      static_cast<std::int64_t>(rng() % 10), s)});
        }
        std::map<std::uint32_t, history::TraitRow> oracle;
        for (const auto& [fragment, row] : tellings) {
            auto [at, fresh] = oracle.try_emplace(row.value.key.value, row);
            if (!fresh &&
                std::pair(at->second.at, at->second.sequence) < std::pair(row.at, row.sequence))
                at->second = row;
        }
        std::shuffle(tellings.begin(), tellings.end(), rng);
        TableSpace space;
        Traits traits(space, 10);
        for (const auto& [fragment, row] : tellings) traits.set(fragment, {&row, 1});
        std::vector<history::TraitRow> rows;
        for (std::uint32_t f = 0; f < 3; ++f) traits.read(FragmentNo{f}, rows);
        Traits::join(rows);
        ASSERT_EQ(rows.size(), oracle.size());
        for (const auto& row : rows)
            EXPECT_EQ(row.value.number, oracle.at(row.value.key.value).value.number) << seed;
    }
}

// An array of `length` values; of none, the row that says so.
std::vector<history::TraitRow> told_array(std::uint32_t key, std::uint64_t length, std::int64_t at,
                                          std::uint64_t sequence) {
    history::TraitRow row = told(key, 0, at, sequence);
    row.in_array = true;
    std::vector<history::TraitRow> out;
    for (; row.place < length; ++row.place) {
        row.value.number = static_cast<std::int64_t>(sequence * 100 + row.place);
        out.push_back(row);
    }
    if (length == 0) {
        row.value.kind = history::CellKind::Missing;
        out.push_back(row);
    }
    return out;
}

TEST(Traits, AnArrayIsToldAndForgottenWhole) {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        std::mt19937_64 rng(seed);
        std::vector<std::pair<FragmentNo, std::vector<history::TraitRow>>> tellings;
        std::map<std::uint32_t, std::vector<history::TraitRow>> oracle;
        for (std::uint64_t s = 1; s <= 60; ++s) {
            const FragmentNo fragment{static_cast<std::uint32_t>(rng() % 3)};
            const auto key = static_cast<std::uint32_t>(rng() % 4);
            const auto at = static_cast<std::int64_t>(rng() % 10);
            tellings.emplace_back(fragment, rng() % 3 == 0 ? std::vector{told(key, 7, at, s)}
                                                           : told_array(key, rng() % 5, at, s));
            const auto& rows = tellings.back().second;
            auto [known, fresh] = oracle.try_emplace(key, rows);
            const history::TraitRow& last = known->second.front();
            if (!fresh && std::pair(last.at, last.sequence) < std::pair(rows[0].at, s))
                known->second = rows;
        }
        std::shuffle(tellings.begin(), tellings.end(), rng);
        TableSpace space;
        Traits traits(space, 10);
        for (const auto& [fragment, rows] : tellings) traits.set(fragment, rows);
        std::vector<history::TraitRow> read;
        for (std::uint32_t f = 0; f < 3; ++f) traits.read(FragmentNo{f}, read);
        Traits::join(read);
        std::vector<std::tuple<std::uint32_t, std::int64_t, bool>> wanted, got;
        for (const auto& [key, rows] : oracle) {
            for (const auto& row : rows) {
                if (row.value.kind != history::CellKind::Missing)
                    wanted.emplace_back(key, row.value.number, row.in_array);
            }
        }
        for (const auto& row : read)
            got.emplace_back(row.value.key.value, row.value.number, row.in_array);
        EXPECT_EQ(got, wanted) << "seed " << seed;
    }
}

TEST(Traits, ALongArrayTakesNoMoreThanTheFragmentsRoom) {
    TableSpace space;
    Traits traits(space, 10);
    for (std::uint32_t key = 0; key < 30; ++key)
        traits.set(FragmentNo{0}, told_array(key, 16, 1, 1));
    std::vector<history::TraitRow> read;
    traits.read(FragmentNo{0}, read);
    EXPECT_EQ(read.size(), kTraitsPerFragmentMax);
    EXPECT_TRUE(traits.is_full(FragmentNo{0}));
    const Traits::Taken none = traits.set(FragmentNo{0}, told_array(30, 3, 2, 2));
    EXPECT_FALSE(none.any);
    EXPECT_EQ(none.left_out, 3u);
    const Traits::Taken again = traits.set(FragmentNo{0}, told_array(3, 2, 2, 2));
    EXPECT_TRUE(again.any) << "what is known already has its place";
    EXPECT_EQ(again.left_out, 0u);
    const Traits::Taken older = traits.set(FragmentNo{0}, told_array(3, 2, 1, 1));
    EXPECT_FALSE(older.any);
    EXPECT_EQ(older.left_out, 0u) << "that is not for want of room";
    EXPECT_FALSE(traits.is_full(FragmentNo{1}));
}

// What a reader for one purpose is shown, by key: the numbers of its values.
using Seen = std::map<std::uint32_t, std::vector<std::int64_t>>;
Seen seen_by(const Traits& traits, std::uint8_t purpose) {
    std::vector<history::TraitRow> rows;
    for (std::uint32_t f = 0; f < 3; ++f) traits.read(FragmentNo{f}, rows);
    std::erase_if(rows, [purpose](const auto& row) { return !row.allowed.has(purpose); });
    Traits::join(rows);
    Seen out;
    for (const auto& row : rows) out[row.value.key.value].push_back(row.value.number);
    return out;
}

TEST(Traits, EachPurposeSeesTheLatestValueItMayWhateverWasToldForOthers) {
    constexpr std::uint8_t kPurposes = 3;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        std::mt19937_64 rng(seed);
        std::vector<std::pair<FragmentNo, std::vector<history::TraitRow>>> tellings;
        std::array<std::map<std::uint32_t, std::vector<history::TraitRow>>, kPurposes> latest;
        for (std::uint64_t s = 1; s <= 60; ++s) {
            const auto key = static_cast<std::uint32_t>(rng() % 3);
            auto rows = told_array(key, rng() % 4, static_cast<std::int64_t>(rng() % 20), s);
            const auto allowed = static_cast<std::uint32_t>(1 + rng() % 7);
            for (auto& row : rows) row.allowed.bits = allowed;
            tellings.emplace_back(FragmentNo{static_cast<std::uint32_t>(rng() % 3)}, rows);
            for (std::uint8_t p = 0; p < kPurposes; ++p) {
                if (!rows[0].allowed.has(p)) continue;
                auto [at, fresh] = latest[p].try_emplace(key, rows);
                const auto& known = at->second.front();
                if (!fresh && std::pair(known.at, known.sequence) < std::pair(rows[0].at, s))
                    at->second = rows;
            }
        }
        for (int order = 0; order < 2; ++order) {
            std::shuffle(tellings.begin(), tellings.end(), rng);
            TableSpace space;
            Traits traits(space, 10);
            for (const auto& [fragment, rows] : tellings) traits.set(fragment, rows);
            for (std::uint8_t p = 0; p < kPurposes; ++p) {
                Seen wanted;
                for (const auto& [key, rows] : latest[p]) {
                    for (const auto& row : rows) {
                        if (row.value.kind != history::CellKind::Missing)
                            wanted[key].push_back(row.value.number);
                    }
                }
                EXPECT_EQ(seen_by(traits, p), wanted) << "purpose " << int{p} << " seed " << seed;
            }
        }
    }
}

TEST(Traits, ToldAgainAndAgainATraitTakesAPlaceForEachWayToBeSeen) {
    TableSpace space;
    Traits traits(space, 10);
    for (std::uint64_t s = 1; s <= 10'000; ++s) {
        history::TraitRow row = told(1, 7, static_cast<std::int64_t>(s), s);
        row.allowed.bits = 1 + static_cast<std::uint32_t>(s % 3);  // the one, the other, both
        EXPECT_EQ(traits.set(FragmentNo{0}, {&row, 1}).left_out, 0u);
    }
    std::vector<history::TraitRow> rows;
    traits.read(FragmentNo{0}, rows);
    EXPECT_LE(rows.size(), 3u);
}

history::EventRow event(std::int64_t hour, Channel channel, std::uint32_t name,
                        std::int64_t amount = 0) {
    history::EventRow row;
    row.at = EventTime{hour * 3'600'000'000};
    row.channel = channel;
    row.name = StringNo{name};
    if (amount != 0) {
        row.has_value = true;
        row.value = {amount, *Currency::parse("EUR")};
    }
    return row;
}

Summary summarise(const std::vector<history::EventRow>& events, const SummaryNames& names) {
    Summing sum(names);
    for (const history::EventRow& row : events) sum.add(row, row.at.us);
    return sum.done();
}

TEST(Summary, TheOrderOfEventsDoesNotMatter) {
    std::mt19937_64 rng(7);
    const SummaryNames names{StringNo{1}, StringNo{2}, {}, {}};
    for (int round = 0; round < 50; ++round) {
        std::vector<history::EventRow> events;
        std::vector<std::vector<history::Line>> lines(40);
        for (std::uint64_t i = 0; i < lines.size(); ++i) {
            auto row = event(static_cast<std::int64_t>(rng() % 30), static_cast<Channel>(rng() % 3),
                             static_cast<std::uint32_t>(rng() % 3),
                             1 + static_cast<std::int64_t>(rng() % 9));
            row.sequence = i + 1;
            if (rng() % 2 == 0) row.product = StringNo{static_cast<std::uint32_t>(rng() % 20)};
            for (std::uint64_t l = rng() % 3; l > 0; --l)
                lines[i].push_back({StringNo{static_cast<std::uint32_t>(rng() % 20)}, {}, 0, 0});
            row.lines = lines[i];
            if (rng() % 8 == 0) row.flags = kEventBot;
            events.push_back(row);
        }
        const auto by_time = [](const auto& a, const auto& b) {
            return std::pair(a.at, a.sequence) > std::pair(b.at, b.sequence);
        };
        std::sort(events.begin(), events.end(), by_time);
        std::vector<StringNo> last;  // as somebody would who turns the pages
        for (const history::EventRow& row : events) {
            std::vector<StringNo> of_row{row.product};
            for (const history::Line& line : row.lines) of_row.push_back(line.product);
            for (const StringNo p : of_row) {
                if (!p.is_none() && std::find(last.begin(), last.end(), p) == last.end())
                    last.push_back(p);
            }
        }
        if (last.size() > kFavouritesMax) last.resize(kFavouritesMax);
        const Summary one = summarise(events, names);
        EXPECT_EQ(one.last_products, last);
        std::shuffle(events.begin(), events.end(), rng);
        const Summary other = summarise(events, names);
        EXPECT_EQ(other.last_products, last);
        EXPECT_EQ(other.products, one.products);
        EXPECT_EQ(other.hours, one.hours);
        EXPECT_EQ(other.preferred, one.preferred);
        for (std::size_t c = 0; c < kChannels; ++c) {
            EXPECT_EQ(other.channels[c].first, one.channels[c].first);
            EXPECT_EQ(other.channels[c].last, one.channels[c].last);
            EXPECT_EQ(other.channels[c].spend, one.channels[c].spend);
        }
    }
}

TEST(Summary, CamilleLooksOnTheWebAndBuysInTheShop) {
    const SummaryNames names{StringNo{1}, StringNo{2}, {}, {}};
    std::vector<history::EventRow> events = {event(10, Channel::Web, 9), event(11, Channel::Web, 9),
                                             event(34, Channel::Store, 1, 1'000'000),
                                             event(58, Channel::Store, 2, 250'000)};
    events[0].product = StringNo{50};
    events[1].product = StringNo{51};
    const Summary s = summarise(events, names);
    EXPECT_EQ(s.preferred, Channel::Store);
    const auto& store = s.channels[static_cast<std::size_t>(Channel::Store)];
    EXPECT_EQ(store.orders, 1u);
    EXPECT_EQ(store.spend.at(*Currency::parse("EUR")), 750'000);
    EXPECT_EQ(s.hours[10], 3u);
    EXPECT_EQ(s.weekdays[3], 2u) << "the first day of 1970 was a Thursday";
    EXPECT_EQ(s.last_products, (std::vector<StringNo>{StringNo{51}, StringNo{50}}));
}

TEST(Summary, ABotIsCountedApart) {
    std::vector<history::EventRow> events = {event(1, Channel::Web, 9), event(2, Channel::Web, 9)};
    events[1].flags = kEventBot;
    const Summary s = summarise(events, {});
    EXPECT_EQ(s.events, 1u);
    EXPECT_EQ(s.bot_events, 1u);
}

}  // namespace
}  // namespace filrouge::profile
