#include "query/metric.h"

#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "query/town_for_test.h"

namespace filrouge::query {
namespace {

using namespace test;

constexpr int kTowns = 25;

using Key = std::pair<history::CellKind, std::int64_t>;
Key plain(const Groups::Key& key) { return {key.kind, key.value}; }

struct NaiveCell {
    std::set<std::uint64_t> events;
    std::set<std::uint32_t> persons;
    std::vector<std::int64_t> values;
    std::set<Key> distinct;
};
using NaiveCells = std::map<std::tuple<std::uint32_t, Key, Key>, std::array<NaiveCell, 2>>;

// What the dimensions of a question are: the question itself does not tell.
struct Split {
    DimensionKind kind = DimensionKind::None;
    StringNo property;
};

class Naive {
  public:
    Naive(const MetricQuestion& q, const Split (&splits)[2]) : q_(q), splits_(splits) {}
    void add(const Town::Life& life) {
        for (const EventRow& row : life.events) {
            for (std::size_t m = 0; m < q_.measures.size(); ++m) {
                const auto bucket = bucket_of(row.at.us);
                if (!bucket || !audience::fits(*q_.compiled, q_.measures[m].event, row)) continue;
                if (q_.lines == LineSplit::None)
                    count(m, {*bucket, split(0, row), split(1, row)}, life.person, row, row.lines);
                for (std::size_t i = 0; i < row.lines.size() && q_.lines != LineSplit::None; ++i) {
                    const history::Line& line = row.lines[i];
                    const StringNo text =
                        q_.lines == LineSplit::Product ? line.product : line.category;
                    count(m, {*bucket, {history::CellKind::Text, text.value}, split(1, row)},
                          life.person, row, row.lines.subspan(i, 1));
                }
            }
        }
    }
    NaiveCells cells;
    std::uint64_t without_rate = 0;

  private:
    std::optional<std::uint32_t> bucket_of(std::int64_t at) const {
        if (q_.buckets.empty()) return 0;
        for (std::uint32_t i = 0; i + 1 < q_.buckets.size(); ++i) {
            if (at >= q_.buckets[i] && at < q_.buckets[i + 1]) return i;
        }
        return {};
    }
    Key split(std::size_t d, const EventRow& row) const {
        return q_.groups[d] == nullptr ? Key{}
                                       : plain(key_of(splits_[d].kind, splits_[d].property, row));
    }
    void amount(NaiveCell& cell, Money money, EventTime at) {
        if (q_.currency.is_unknown() || money.currency == q_.currency)
            cell.values.push_back(money.amount);
        else if (const auto converted = q_.rates->convert(money, q_.currency, at))
            cell.values.push_back(*converted);
        else
            ++without_rate;
    }
    void count(std::size_t m, const std::tuple<std::uint32_t, Key, Key>& key, PersonNo person,
               const EventRow& row, std::span<const history::Line> lines) {
        const Measure& measure = q_.measures[m];
        NaiveCell& cell = cells[key][m];
        cell.events.insert(row.sequence);
        cell.persons.insert(person.value);
        for (const Key& seen : distinct(measure, row)) {
            if (seen != Key{}) cell.distinct.insert(seen);
        }
        const Currency currency = row.has_value ? row.value.currency : Currency{};
        switch (measure.value) {
            case ValueOf::None: break;
            case ValueOf::Revenue:
                if (row.has_value) amount(cell, row.value, row.at);
                break;
            case ValueOf::Quantity:
                if (row.quantity != 0) cell.values.push_back(row.quantity);
                break;
            case ValueOf::Property:
                for (const history::Cell& c : row.cells) {
                    if (c.key != measure.property || c.kind != history::CellKind::Number) continue;
                    if (currency.is_unknown())
                        cell.values.push_back(c.number);
                    else
                        amount(cell, {c.number, currency}, row.at);
                }
                break;
            case ValueOf::LineQuantity:
                for (const history::Line& l : lines) cell.values.push_back(l.quantity);
                break;
            case ValueOf::LineRevenue:
                for (const history::Line& l : lines) {
                    if (!l.has_price()) continue;
                    const double worth = static_cast<double>(l.price) / 1e4 *
                                         (static_cast<double>(l.quantity) / 1e4);
                    amount(cell, {*fixed_from_double(worth), currency}, row.at);
                }
                break;
        }
    }
    // Of an array each element counts, as to a rule.
    static std::vector<Key> distinct(const Measure& measure, const EventRow& row) {
        std::vector<Key> out;
        if (measure.distinct != DimensionKind::Property)
            return {plain(key_of(measure.distinct, measure.distinct_property, row))};
        for (const history::Cell& cell : row.cells) {
            if (cell.key != measure.distinct_property) continue;
            EventRow alone = row;
            alone.cells = {&cell, 1};
            out.push_back(plain(key_of(measure.distinct, measure.distinct_property, alone)));
        }
        return out;
    }
    const MetricQuestion& q_;
    const Split (&splits_)[2];
};

void expect_same(const MetricCell& got, const NaiveCell& wanted) {
    EXPECT_EQ(got.events, wanted.events.size());
    EXPECT_EQ(got.persons, wanted.persons.size());
    EXPECT_EQ(got.distinct, wanted.distinct.size());
    EXPECT_EQ(got.values, wanted.values.size());
    __int128 sum = 0;
    for (const std::int64_t v : wanted.values) sum += v;
    EXPECT_TRUE(got.sum == sum);
    EXPECT_EQ(got.average().has_value(), !wanted.values.empty());
    if (wanted.values.empty()) return;
    EXPECT_EQ(got.min, *std::min_element(wanted.values.begin(), wanted.values.end()));
    EXPECT_EQ(got.max, *std::max_element(wanted.values.begin(), wanted.values.end()));
}

// A random question about a town, and what it is split by.
struct Asked {
    explicit Asked(Town& town) {
        Chance& chance = town.chance;
        const auto& rule =
            town.compile("count(A) >= 1 and count(*) >= 1 and count(B where size > 0) >= 1");
        q.compiled = &rule;
        if (chance.one_in(3)) q.lines = chance.one_in(2) ? LineSplit::Product : LineSplit::Category;
        for (std::int64_t m = 1 + chance.below(2); m > 0; --m) {
            Measure& measure = q.measures.emplace_back();
            measure.event = rule.aggregates[static_cast<std::size_t>(chance.below(3))].event;
            measure.value = static_cast<ValueOf>(chance.below(6));
            if (q.lines != LineSplit::None && measure.value < ValueOf::LineQuantity)
                measure.value = ValueOf::LineRevenue;
            measure.property = town.names.number("size");
            const Split split = random_split(town);
            measure.distinct = split.kind;
            measure.distinct_property = split.property;
        }
        for (std::size_t d = 0; d < 2; ++d) {
            splits[d] = random_split(town);
            if (splits[d].kind == DimensionKind::None && (d == 1 || q.lines == LineSplit::None))
                continue;
            q.groups[d] = &groups[d];
            q.by[d] = Dimension(splits[d].kind, splits[d].property, groups[d]);
        }
        if (chance.one_in(2)) {
            buckets.push_back(kTownFromUs + chance.below(kTownSpanUs / 4));
            for (std::int64_t n = 1 + chance.below(9); n > 0; --n)
                buckets.push_back(buckets.back() + 1 + chance.below(9 * kDayUs));
            q.buckets = buckets;
        }
        if (chance.one_in(2)) q.currency = audience::test::currency("EUR");
        q.rates = &town.rates;
    }
    Asked(const Asked&) = delete;
    static Split random_split(Town& town) {
        static constexpr std::string_view kProperties[] = {"size", "colour"};
        return {static_cast<DimensionKind>(town.chance.below(7)),
                town.names.number(town.chance.pick(kProperties))};
    }
    MetricQuestion q;
    Split splits[2];
    Groups groups[2];
    std::vector<std::int64_t> buckets;
};

Key key_in(const Asked& asked, std::size_t d, std::uint32_t group) {
    return plain(asked.groups[d].key(group));
}

TEST(Metric, EveryCellHoldsWhatItsEventsSay) {
    const std::uint64_t first = test_seed(1);
    std::uint64_t cells = 0, values = 0, without_rate = 0;
    for (std::uint64_t seed = first; seed < first + kTowns; ++seed) {
        Town town(seed, {40, seed % 20 == 3, true});
        for (int i = 0; i < 15; ++i) {
            Asked asked(town);
            const Scope scope = town.scope();
            query::Run run;
            const auto got = metric(town.view(), scope, asked.q, run);
            ASSERT_TRUE(got.ok());
            Naive naive(asked.q, asked.splits);
            for (const auto& life : town.seen(scope)) naive.add(life);
            EXPECT_EQ(got.value().without_rate, naive.without_rate);
            ASSERT_EQ(got.value().rows.size(), naive.cells.size()) << repeat(seed);
            auto wanted = naive.cells.begin();  // in the same order
            for (const MetricRow& row : got.value().rows) {
                const std::tuple key(row.key.bucket, key_in(asked, 0, row.key.group[0]),
                                     key_in(asked, 1, row.key.group[1]));
                ASSERT_EQ(key, wanted->first) << repeat(seed);
                for (std::size_t m = 0; m < 2; ++m) {
                    expect_same(row.cells[m], wanted->second[m]);
                    values += row.cells[m].values;
                }
                ASSERT_FALSE(HasFailure()) << repeat(seed);
                ++wanted;
            }
            cells += naive.cells.size();
            without_rate += naive.without_rate;
        }
    }
    EXPECT_GT(cells, 5'000u);
    EXPECT_GT(values, 5'000u);
    EXPECT_GT(without_rate, 500u);
}

TEST(Metric, ACellIsTracedToTheFirstOfItsEvents) {
    const std::uint64_t first = test_seed(1);
    std::size_t traced = 0;
    for (std::uint64_t seed = first; seed < first + kTowns; ++seed) {
        Town town(seed, {40, seed % 20 == 3, true});
        for (int i = 0; i < 6; ++i) {
            Asked asked(town);
            const Scope scope = town.scope();
            query::Run run;
            const auto rows = metric(town.view(), scope, asked.q, run).value().rows;
            Naive naive(asked.q, asked.splits);
            for (const auto& life : town.seen(scope)) naive.add(life);
            for (std::size_t r = 0; r < rows.size(); r += 1 + rows.size() / 3) {
                const std::size_t m = asked.q.measures.size() - 1;
                const auto limit = static_cast<std::size_t>(1 + town.chance.below(40));
                query::Run again;
                const auto got = trace(town.view(), scope, asked.q, m, rows[r].key, limit, again);
                const auto& events = std::next(naive.cells.begin(), static_cast<std::ptrdiff_t>(r))
                                         ->second[m]
                                         .events;
                std::vector<std::uint64_t> wanted(events.begin(), events.end());
                wanted.resize(std::min(wanted.size(), limit));
                ASSERT_EQ(got.value(), wanted) << repeat(seed);
                traced += wanted.size();
            }
        }
    }
    EXPECT_GT(traced, 1'000u);
}

TEST(Metric, SumsPastWhatAnAmountCanHold) {
    std::vector<EventRow> rows(3);
    for (EventRow& row : rows) {
        row.allowed = PurposeSet{1};
        row.has_value = true;
        row.value.amount = INT64_MAX;
    }
    Town town(4);
    const Town::Matched any = town.event("*");
    MetricQuestion q;
    q.compiled = any.compiled;
    q.measures = {{any.event, ValueOf::Revenue, {}, DimensionKind::None, {}}};
    query::Run run;
    const auto got = metric(view_of(rows), Scope{}, q, run);
    EXPECT_TRUE(got.value().rows[0].cells[0].sum == static_cast<__int128>(INT64_MAX) * 3);
}

TEST(FixedProduct, RoundsHalvesAwayFromZeroAndStaysWhatItCanHold) {
    EXPECT_EQ(fixed_product(25'000, 30'000), 75'000);
    EXPECT_EQ(fixed_product(1, 5'000), 1);
    EXPECT_EQ(fixed_product(1, 4'999), 0);
    EXPECT_EQ(fixed_product(-1, 5'000), -1);
    EXPECT_EQ(fixed_product(INT64_MAX, INT64_MAX), INT64_MAX);
    EXPECT_EQ(fixed_product(INT64_MIN, INT64_MAX), INT64_MIN);
}

TEST(Metric, OfWhatCannotBeMeasuredSaysSo) {
    Town town(4);
    const Town::Matched any = town.event("*");
    MetricQuestion q;
    q.compiled = any.compiled;
    const auto error = [&] {
        query::Run run;
        const auto answer = metric(town.view(), Scope{}, q, run);
        return answer.ok() ? "" : answer.error().code;
    };
    EXPECT_EQ(error(), "query.bad_metric");
    q.measures = {{any.event, ValueOf::Revenue, {}, DimensionKind::None, {}}};
    EXPECT_EQ(error(), "");
    q.lines = LineSplit::Product;
    EXPECT_EQ(error(), "query.bad_metric");
    Groups groups;
    q.groups[0] = &groups;
    EXPECT_EQ(error(), "query.bad_metric");
    q.measures[0].value = ValueOf::LineRevenue;
    EXPECT_EQ(error(), "");
    const std::vector<std::int64_t> descending = {2, 1};
    q.buckets = descending;
    EXPECT_EQ(error(), "query.bad_metric");
    query::Run run;
    EXPECT_EQ(trace(town.view(), Scope{}, q, 0, {}, kTraceMax + 1, run).error().code,
              "query.bad_metric");
}

}  // namespace
}  // namespace filrouge::query
