#include "history/segment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "history/store.h"

namespace filrouge::history {
namespace {

// Keeps what a row's spans point to.
struct Written {
    EventRow row;
    std::vector<Cell> cells;
    std::vector<Line> lines;
};

class Chance {
  public:
    explicit Chance(std::uint64_t seed) : random_(seed) {}
    std::uint64_t below(std::uint64_t n) { return random_() % n; }
    bool one_in(std::uint64_t n) { return below(n) == 0; }
    StringNo text() {
        return one_in(20) ? StringNo{} : StringNo{static_cast<std::uint32_t>(below(40))};
    }
    std::int64_t number() {
        if (one_in(30)) return one_in(2) ? INT64_MIN : INT64_MAX;
        return static_cast<std::int64_t>(below(1'000'000)) * (one_in(2) ? 100 : 1) - 5'000;
    }

  private:
    std::mt19937_64 random_;
};

Written random_row(Chance& chance, std::int64_t at, std::uint64_t sequence) {
    Written w;
    EventRow& r = w.row;
    r.at = EventTime{at};
    r.sequence = sequence;
    r.name = chance.text();
    r.kind = static_cast<EventKind>(chance.below(6));
    r.channel = static_cast<Channel>(chance.below(kChannels));
    r.flags = static_cast<std::uint8_t>(chance.below(4));
    r.source = static_cast<SourceNo>(chance.below(3));
    r.allowed = PurposeSet{static_cast<std::uint32_t>(chance.below(8))};
    r.product = chance.one_in(2) ? chance.text() : StringNo{};
    r.place = chance.one_in(3) ? chance.text() : StringNo{};
    r.has_value = chance.one_in(3);
    if (r.has_value)
        r.value = {chance.number(), Currency{static_cast<std::uint16_t>(chance.below(3))}};
    r.quantity = chance.one_in(2) ? chance.number() : 0;
    for (std::uint32_t key = 0; key < 6; ++key) {
        if (!chance.one_in(3)) continue;
        for (std::uint64_t i = 0, n = 1 + chance.below(3); i < n; ++i) {
            Cell cell;
            cell.key = StringNo{key};
            cell.kind = static_cast<CellKind>(1 + chance.below(3));
            if (cell.kind == CellKind::Text)
                cell.text = chance.text();
            else
                cell.number = cell.kind == CellKind::Bool
                                  ? static_cast<std::int64_t>(chance.below(2))
                                  : chance.number();
            w.cells.push_back(cell);
        }
    }
    if (chance.one_in(4)) {
        for (std::uint64_t i = 0, n = 1 + chance.below(4); i < n; ++i)
            w.lines.push_back({chance.text(), chance.text(), chance.number(),
                               i % 3 == 0 ? kNoPrice : chance.number()});
    }
    return w;
}

void expect_same(const EventRow& got, const Written& wanted) {
    const EventRow& w = wanted.row;
    EXPECT_EQ(got.at, w.at);
    EXPECT_EQ(got.sequence, w.sequence);
    EXPECT_EQ(got.name, w.name);
    EXPECT_EQ(got.kind, w.kind);
    EXPECT_EQ(got.channel, w.channel);
    EXPECT_EQ(got.flags, w.flags);
    EXPECT_EQ(got.source, w.source);
    EXPECT_EQ(got.allowed, w.allowed);
    EXPECT_EQ(got.product, w.product);
    EXPECT_EQ(got.place, w.place);
    EXPECT_EQ(got.has_value, w.has_value);
    EXPECT_EQ(got.value, w.has_value ? w.value : Money{});
    EXPECT_EQ(got.quantity, w.quantity);
    ASSERT_EQ(got.cells.size(), wanted.cells.size());
    for (std::size_t i = 0; i < got.cells.size(); ++i) {
        EXPECT_EQ(got.cells[i].key, wanted.cells[i].key);
        EXPECT_EQ(got.cells[i].kind, wanted.cells[i].kind);
        EXPECT_EQ(got.cells[i].number, wanted.cells[i].number);
        EXPECT_EQ(got.cells[i].text, wanted.cells[i].text);
    }
    ASSERT_EQ(got.lines.size(), wanted.lines.size());
    for (std::size_t i = 0; i < got.lines.size(); ++i) {
        EXPECT_EQ(got.lines[i].product, wanted.lines[i].product);
        EXPECT_EQ(got.lines[i].category, wanted.lines[i].category);
        EXPECT_EQ(got.lines[i].quantity, wanted.lines[i].quantity);
        EXPECT_EQ(got.lines[i].price, wanted.lines[i].price);
    }
}

struct Made {
    std::vector<std::vector<Written>> parts;
    Bytes bytes;
};
Made make(std::uint64_t seed, std::size_t parts) {
    Made made;
    Chance chance(seed);
    SegmentBuilder builder;
    for (std::size_t p = 0; p < parts; ++p) {
        builder.begin_part(PersonNo{static_cast<std::uint32_t>(p * 3)}, 0,
                           PurposeSet{static_cast<std::uint32_t>(p)});
        auto& rows = made.parts.emplace_back();
        std::int64_t at = 1'700'000'000'000'000;
        for (std::uint64_t i = 0, n = chance.below(12); i < n; ++i) {
            at += static_cast<std::int64_t>(chance.below(100)) * (seed % 2 == 0 ? 1'000'000 : 1);
            rows.push_back(random_row(chance, at, 1 + p * 100 + i));
            rows.back().row.cells = rows.back().cells;
            rows.back().row.lines = rows.back().lines;
            builder.add(rows.back().row);
        }
    }
    made.bytes = builder.finish();
    return made;
}

TEST(Segment, GivesBackTheRowsItWasMadeOf) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        const Made made = make(seed, seed % 7 == 0 ? 0 : 30);
        const auto segment = Segment::of(made.bytes);
        ASSERT_EQ(segment->parts(), made.parts.size());
        for (std::uint32_t p = 0; p < segment->parts(); ++p) {
            EXPECT_EQ(segment->person(p).value, p * 3);
            EXPECT_EQ(segment->usable(p).bits, p);
            Rows rows;
            segment->read(p, rows);
            Store::finish(rows);
            ASSERT_EQ(rows.events.size(), made.parts[p].size());
            for (std::size_t i = 0; i < rows.events.size(); ++i)
                expect_same(rows.events[i], made.parts[p][i]);
            EXPECT_EQ(segment->parts_of(PersonNo{p * 3}), std::pair(p, p + 1));
            EXPECT_EQ(segment->parts_of(PersonNo{p * 3 + 1}), std::pair(p + 1, p + 1));
        }
    }
}

TEST(Segment, ReadsAStretchOfAColumnAsItReadsEachValue) {
    Chance chance(5);
    for (const std::int64_t spread : {0L, 200L, 60'000L, 16'000'000L, 4'000'000'000L,
                                      1'000'000'000'000L, 200'000'000'000'000L, INT64_MAX}) {
        std::vector<std::int64_t> values;
        values.reserve(300);
        for (int i = 0; i < 300; ++i)
            values.push_back(spread == 0 ? 7
                                         : static_cast<std::int64_t>(
                                               chance.below(static_cast<std::uint64_t>(spread))) -
                                               spread / 2);
        Bytes bytes;
        PackedColumn column = pack_column(values, bytes);
        column.data = bytes.data();
        std::vector<std::int64_t> read(200);
        column.read(50, read);
        for (std::uint32_t i = 0; i < 200; ++i) {
            EXPECT_EQ(read[i], values[i + 50]);
            EXPECT_EQ(column.at(i + 50), values[i + 50]);
        }
    }
}

TEST(Segment, EveryBrokenByteIsFoundOrHarmless) {
    const Made made = make(3, 6);
    for (std::size_t i = 0; i < made.bytes.size(); ++i) {
        Bytes bytes = made.bytes;
        bytes[i] = static_cast<char>(bytes[i] ^ 0x41);
        const auto segment = Segment::open(bytes, nullptr);
        if (!segment.ok()) continue;
        for (std::uint32_t p = 0; p < segment.value()->parts(); ++p) {
            Rows rows;
            segment.value()->read(p, rows);
            Store::finish(rows);
            ASSERT_EQ(rows.events.size(), made.parts[p].size()) << i;
            for (std::size_t k = 0; k < rows.events.size(); ++k)
                expect_same(rows.events[k], made.parts[p][k]);
        }
    }
    for (std::size_t length = 0; length < made.bytes.size(); length += 7)
        EXPECT_FALSE(Segment::open(BytesView(made.bytes).substr(0, length), nullptr).ok());
}

TEST(Segment, AShopEventTakesFewBytes) {
    SegmentBuilder builder;
    Chance chance(9);
    std::uint64_t sequence = 0;
    for (std::uint32_t p = 0; p < 2'000; ++p) {
        builder.begin_part(PersonNo{p}, 0, PurposeSet{1});
        std::int64_t at = 1'700'000'000'000'000;
        for (int i = 0; i < 20; ++i) {
            EventRow row;
            at += static_cast<std::int64_t>(chance.below(100'000)) * 1'000'000;
            row.at = EventTime{at};
            row.sequence = ++sequence;
            row.name = StringNo{static_cast<std::uint32_t>(chance.below(5))};
            row.channel = static_cast<Channel>(chance.below(4));
            row.allowed = PurposeSet{7};
            row.product = StringNo{static_cast<std::uint32_t>(100 + chance.below(50'000))};
            row.has_value = chance.one_in(30);
            row.value = {static_cast<std::int64_t>(chance.below(50'000)) * 100, Currency{978}};
            const Cell category{StringNo{6}, CellKind::Text, 0,
                                StringNo{static_cast<std::uint32_t>(chance.below(200))}};
            row.cells = {&category, 1};
            builder.add(row);
        }
    }
    const Bytes bytes = builder.finish();
    EXPECT_LT(bytes.size() / 40'000, 24u);
    RecordProperty("bytes_per_event", static_cast<int>(bytes.size() / 40'000));
}

TEST(Segments, FindTheEntriesOfARowWhetherRowsHaveOneOrSeveral) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        Chance chance(seed);
        const std::uint64_t most = 1 + seed % 3;  // values in a row
        const StringNo key{7};
        SegmentBuilder builder;
        builder.begin_part(PersonNo{1}, 0, PurposeSet{1});
        std::vector<std::uint32_t> rows;  // of each entry
        const auto n = static_cast<std::uint32_t>(1 + chance.below(400));
        for (std::uint32_t row = 0; row < n; ++row) {
            EventRow event;
            event.at = EventTime{row};
            std::vector<Cell> cells;
            if (chance.one_in(1 + seed % 40)) {
                cells.resize(1 + chance.below(most), {key, CellKind::Number, 5, {}});
                rows.insert(rows.end(), cells.size(), row);
            }
            event.cells = cells;
            builder.add(event);
        }
        const auto segment = Segment::of(builder.finish());
        const FieldColumn* field = segment->field(FieldId::Property, key);
        if (rows.empty()) {
            EXPECT_EQ(field, nullptr);
            continue;
        }
        std::vector<std::uint32_t> wanted(n), found(n);
        std::iota(wanted.begin(), wanted.end(), 0u);
        field->first_entries(0, wanted, found);
        for (std::uint32_t row = 0; row <= n; ++row) {
            const auto at = std::lower_bound(rows.begin(), rows.end(), row);
            const auto entry = static_cast<std::uint32_t>(at - rows.begin());
            ASSERT_EQ(field->first_entry(row), entry) << "seed " << seed << ", row " << row;
            if (row == n) break;
            const bool has = at != rows.end() && *at == row;
            ASSERT_EQ(found[row], has ? entry : kNoEntry) << "seed " << seed << ", row " << row;
        }
    }
}

}  // namespace
}  // namespace filrouge::history
