#include "history/store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace filrouge::history {
namespace {

EventRow random_row(std::mt19937_64& rng, std::uint64_t sequence, std::vector<Cell>& cells,
                    std::vector<Line>& lines) {
    EventRow row;
    const std::int64_t base = 1'767'225'600'000'000;
    const auto span = static_cast<std::int64_t>(rng() % 7'776'000);
    row.at = EventTime{base + span * 1'000'000 +
                       (rng() % 3 == 0 ? static_cast<std::int64_t>(rng() % 1'000'000) : 0)};
    if (rng() % 50 == 0) row.at.us = -row.at.us;  // before 1970
    row.sequence = sequence;
    row.name = StringNo{static_cast<std::uint32_t>(rng() % 300)};
    row.kind = static_cast<EventKind>(rng() % 6);
    row.channel = static_cast<Channel>(rng() % kChannels);
    row.flags = rng() % 4 == 0 ? kEventBot : 0;
    row.source = static_cast<SourceNo>(rng() % 200);
    row.allowed = PurposeSet{static_cast<std::uint32_t>(rng() % 256)};
    if (rng() % 2 != 0) row.product = StringNo{static_cast<std::uint32_t>(rng() % 100'000)};
    if (rng() % 3 == 0) row.place = StringNo{static_cast<std::uint32_t>(rng() % 300)};
    if (rng() % 2 != 0) {
        row.has_value = true;
        row.value = {static_cast<std::int64_t>(rng() % 10'000'000) - 100, *Currency::parse("EUR")};
    }
    if (rng() % 3 == 0)
        row.quantity = static_cast<std::int64_t>(rng() % 5 + 1) * (rng() % 5 == 0 ? 5'000 : 10'000);
    cells.clear();
    lines.clear();
    for (std::size_t i = rng() % 6; i > 0; --i) {
        Cell cell;
        cell.key = StringNo{static_cast<std::uint32_t>(rng() % 500)};
        cell.kind = static_cast<CellKind>(1 + rng() % 3);
        if (cell.kind == CellKind::Text)
            cell.text = StringNo{static_cast<std::uint32_t>(rng() % 100'000)};
        else
            cell.number = cell.kind == CellKind::Bool
                              ? static_cast<std::int64_t>(rng() % 2)
                              : static_cast<std::int64_t>(rng()) >> (3 + rng() % 50);
        cells.push_back(cell);
    }
    for (std::size_t i = rng() % 10 == 0 ? rng() % 60 : 0; i > 0; --i) {
        const auto price = static_cast<std::int64_t>(rng() % 100'000);
        lines.push_back({StringNo{static_cast<std::uint32_t>(rng() % 1000)},
                         rng() % 2 != 0 ? StringNo{} : StringNo{7}, 10'000,
                         i % 5 == 0   ? kNoPrice
                         : i % 5 == 1 ? price / 10'000
                                      : price});
    }
    row.cells = cells;
    row.lines = lines;
    return row;
}

std::string text_of(const EventRow& r) {
    std::string out = std::to_string(r.at.us) + "/" + std::to_string(r.sequence) + "/" +
                      std::to_string(r.name.value) + "/" +
                      std::to_string(static_cast<int>(r.channel)) +
                      std::to_string(static_cast<int>(r.kind)) + "/" + std::to_string(r.flags) +
                      "/" + std::to_string(r.source) + "/" + std::to_string(r.allowed.bits) + "/" +
                      std::to_string(r.product.value) + "/" + std::to_string(r.place.value) + "/" +
                      (r.has_value ? r.value.text() : "") + "/" + std::to_string(r.quantity);
    for (const Cell& c : r.cells) {
        out += "|" + std::to_string(c.key.value) + ":" + std::to_string(static_cast<int>(c.kind)) +
               ":" + std::to_string(c.number) + ":" + std::to_string(c.text.value);
    }
    for (const Line& l : r.lines) {
        out += "#" + std::to_string(l.product.value) + ":" + std::to_string(l.category.value) +
               ":" + std::to_string(l.quantity) + ":" + std::to_string(l.price);
    }
    return out;
}

TEST(HistoryStore, EveryRowComesBackInTimeOrderWhateverTheArrivalOrder) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        std::mt19937_64 rng(seed);
        TableSpace space;
        Store store(space, 100);
        std::vector<std::pair<std::pair<std::int64_t, std::uint64_t>, std::string>> expected[3];
        std::vector<Cell> cells;
        std::vector<Line> lines;
        for (std::uint64_t s = 1; s <= 1'500; ++s) {
            const auto fragment = static_cast<std::uint32_t>(rng() % 3);
            const EventRow row = random_row(rng, s, cells, lines);
            store.add(FragmentNo{fragment}, row);
            expected[fragment].push_back({{row.at.us, row.sequence}, text_of(row)});
        }
        for (std::uint32_t f = 0; f < 3; ++f) {
            std::sort(expected[f].begin(), expected[f].end());
            Rows rows;
            store.read(FragmentNo{f}, rows);
            Store::finish(rows);
            ASSERT_EQ(rows.events.size(), expected[f].size()) << "seed " << seed;
            for (std::size_t i = 0; i < rows.events.size(); ++i) {
                ASSERT_EQ(text_of(rows.events[i]), expected[f][i].second)
                    << "seed " << seed << " row " << i;
            }
        }
        Rows all;
        for (std::uint32_t f = 0; f < 3; ++f) store.read(FragmentNo{f}, all);
        Store::finish(all);
        EXPECT_EQ(all.events.size(), 1'500u);
        EXPECT_EQ(store.events(), 1'500u);
    }
}

TEST(HistoryStore, PagesFromTheNewestOnAreAllThatAPurposeMaySee) {
    for (std::uint64_t seed = 1; seed <= 15; ++seed) {
        std::mt19937_64 rng(seed);
        TableSpace space;
        Store store(space, 100);
        std::vector<Cell> cells;
        std::vector<Line> lines;
        const std::uint64_t count = 1 + rng() % 3'000;
        for (std::uint64_t s = 1; s <= count; ++s) {
            EventRow row = random_row(rng, s, cells, lines);
            // Mostly in order, now and then from long ago: that puts a chain out of order.
            if (rng() % 50 != 0) row.at.us = static_cast<std::int64_t>(s) * 1'000'000;
            row.allowed = PurposeSet{static_cast<std::uint32_t>(rng() % 4)};
            store.add(FragmentNo{static_cast<std::uint32_t>(rng() % 3)}, row);
        }
        Rows all;
        for (std::uint32_t f = 0; f < 3; ++f) store.read(FragmentNo{f}, all);
        Store::finish(all);
        std::erase_if(all.events, [](const EventRow& row) { return !row.allowed.has(1); });
        const std::size_t limit = 20 + rng() % 300;
        Newest::Cursor cursor;
        std::size_t left = all.events.size();
        for (;;) {
            Newest page(cursor, 1, limit);
            for (std::uint32_t f = 0; f < 3; ++f)
                store.offer(FragmentNo{f}, EventTime{INT64_MIN}, EventTime{INT64_MAX}, page);
            Rows rows;
            Store::take(page, rows);
            Store::finish(rows);
            ASSERT_EQ(rows.events.size(), std::min(limit, left)) << "seed " << seed;
            if (rows.events.empty()) break;
            left -= rows.events.size();
            for (std::size_t i = 0; i < rows.events.size(); ++i)
                ASSERT_EQ(text_of(rows.events[i]), text_of(all.events[left + i])) << seed;
            cursor = {rows.events.front().at, rows.events.front().sequence};
        }
    }
}

TEST(HistoryStore, AWindowHoldsItsStartAndNotItsEnd) {
    TableSpace space;
    Store store(space, 100);
    for (int i = 0; i < 100; ++i) {
        EventRow row;
        row.at = EventTime{i * 1'000'000};
        row.sequence = static_cast<std::uint64_t>(i + 1);
        store.add(FragmentNo{0}, row);
    }
    Rows rows;
    store.read_between(FragmentNo{0}, EventTime{10'000'000}, EventTime{20'000'000}, rows);
    Store::finish(rows);
    ASSERT_EQ(rows.events.size(), 10u);
    EXPECT_EQ(rows.events.front().at.us, 10'000'000);
    EXPECT_EQ(rows.events.back().at.us, 19'000'000);
}

// Some too late to be put in their place, some of those in the window that is read.
TEST(HistoryStore, RowsOfLongAgoComeBackInOrderToo) {
    std::mt19937_64 rng(1);
    TableSpace space;
    Store store(space, 100);
    std::vector<Cell> cells;
    std::vector<Line> lines;
    std::vector<std::pair<std::int64_t, std::uint64_t>> expected;
    for (std::uint64_t s = 1; s <= 6'000; ++s) {
        const EventRow row = random_row(rng, s, cells, lines);
        store.add(FragmentNo{0}, row);
        expected.emplace_back(row.at.us, row.sequence);
    }
    std::sort(expected.begin(), expected.end());
    const EventTime from{expected[2'000].first}, to{expected[4'000].first};
    std::erase_if(expected, [&](const auto& e) { return e.first < from.us || e.first >= to.us; });
    Rows rows;
    store.read_between(FragmentNo{0}, from, to, rows);
    Store::finish(rows);
    ASSERT_EQ(rows.events.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        ASSERT_EQ(std::pair(rows.events[i].at.us, rows.events[i].sequence), expected[i]);
    }
    EXPECT_GE(store.count_since(FragmentNo{0}, from, 10'000), expected.size());
    EXPECT_LT(store.count_since(FragmentNo{0}, from, 100), 200u);
}

TEST(HistoryStore, LookingForAPlaceChangesNoPage) {
    TableSpace space;
    Store store(space, 100);
    for (std::uint64_t s = 1; s <= 20'000; ++s) {
        EventRow row;
        row.at = EventTime{static_cast<std::int64_t>(s) * 1'000'000};
        row.sequence = s;
        store.add(FragmentNo{0}, row);
    }
    static_cast<void>(space.capture(1, true));
    EventRow late;
    late.at = EventTime{1'000'000};
    late.sequence = 20'001;
    store.add(FragmentNo{0}, late);
    EXPECT_LE(space.capture(2, false).pages.size(), 4u);
}

TEST(HistoryStore, TheSameOperationsGiveTheSameBytes) {
    auto build = [](bool through_snapshot) {
        auto space = std::make_unique<TableSpace>();
        auto store = std::make_unique<Store>(*space, 100);
        std::mt19937_64 rng(7);
        std::vector<Cell> cells;
        std::vector<Line> lines;
        for (std::uint64_t s = 1; s <= 2'000; ++s) {
            const auto f = static_cast<std::uint32_t>(rng() % 40);
            store->add(FragmentNo{f}, random_row(rng, s, cells, lines));
            if (through_snapshot && s % 500 == 0) {
                const Capture capture = space->capture(s, true);
                auto other_space = std::make_unique<TableSpace>();
                auto other = std::make_unique<Store>(*other_space, 100);
                EXPECT_TRUE(other_space->apply(capture));
                store = std::move(other);
                space = std::move(other_space);
            }
        }
        return space->hash();
    };
    EXPECT_EQ(build(false), build(false));
    EXPECT_EQ(build(true), build(false));
}

// New shoppers keep coming, as in a shop: chunks that one has outgrown serve the next.
TEST(HistoryStore, AShopEventTakesLessThanThirtyBytes) {
    TableSpace space;
    Store store(space, 100);
    std::mt19937_64 rng(3);
    const int events = 200'000;
    for (int i = 0; i < events; ++i) {
        EventRow row;
        row.at = EventTime{1'767'225'600'000'000 + static_cast<std::int64_t>(i) * 77'000'000};
        row.sequence = static_cast<std::uint64_t>(i) + 1;
        row.name = StringNo{static_cast<std::uint32_t>(rng() % 5)};
        row.channel = Channel::Web;
        row.allowed = PurposeSet{3};
        row.product = StringNo{static_cast<std::uint32_t>(rng() % 50'000)};
        row.has_value = true;
        row.value = {static_cast<std::int64_t>(rng() % 50'000) * 100, *Currency::parse("EUR")};
        const Cell category{StringNo{3}, CellKind::Text, 0,
                            StringNo{static_cast<std::uint32_t>(rng() % 200)}};
        row.cells = {&category, 1};
        store.add(FragmentNo{static_cast<std::uint32_t>(rng() %
                                                        (1 + static_cast<std::uint64_t>(i) / 20))},
                  row);
    }
    EXPECT_LT(store.bytes_used() / events, 30u);
    EXPECT_LT(store.bytes_reserved() / events, 40u);
}

}  // namespace
}  // namespace filrouge::history
