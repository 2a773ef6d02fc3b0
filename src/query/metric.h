// A figure about events, split: how many, by how many persons, what they were worth; the kernel
// that saved metrics are computed with. One question has one measure or two (a ratio's), up to two
// dimensions and buckets of time, and every cell can be traced to the events behind it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "audience/compile.h"
#include "audience/rates.h"
#include "query/dimension.h"
#include "query/event_values.h"

namespace filrouge::query {

constexpr std::size_t kMetricBucketsMax = 1'000;
constexpr std::size_t kTraceMax = 1'000;
constexpr std::uint8_t kMeasuresMax = 2;

// Lines in place of the first dimension: an event counts once in every cell it has a line in, and
// its values are those of the lines there.
enum class LineSplit : std::uint8_t { None, Product, Category };

struct Measure {
    audience::compiled::Event event;
    ValueOf value = ValueOf::None;
    StringNo property;
    // Also count the different values of this field in each cell (of an array each element's),
    // exact up to kGroupsMax of them in the whole answer.
    DimensionKind distinct = DimensionKind::None;
    StringNo distinct_property;
};
struct MetricQuestion {
    const audience::Compiled* compiled = nullptr;  // must outlive the question
    std::vector<Measure> measures;                 // 1 to kMeasuresMax
    std::array<Dimension, 2> by;
    std::array<Groups*, 2> groups = {};  // of `by`; null: no such split
    LineSplit lines = LineSplit::None;   // with groups[0] of its own; measures of line values only
    // Ascending instants in microseconds: bucket i is [buckets[i], buckets[i + 1]), events outside
    // are left out. Empty: no split by time. Must outlive the question.
    std::span<const std::int64_t> buckets;
    Currency currency;  // of revenue; unknown: amounts as they stand
    const audience::Rates* rates = nullptr;
};

struct MetricCell {
    std::uint64_t events = 0, persons = 0;
    std::uint64_t values = 0;  // events may have none, or several
    __int128 sum = 0;          // of the values, in 1/10,000
    std::int64_t min = 0, max = 0;
    std::uint64_t distinct = 0;
    std::optional<double> average() const {  // in 1/10,000; nothing of no values
        if (values == 0) return {};
        return static_cast<double>(sum) / static_cast<double>(values);
    }
};
struct CellKey {
    std::uint32_t bucket = 0;
    std::array<std::uint32_t, 2> group = {kNoGroup, kNoGroup};
    bool operator==(const CellKey&) const = default;
};
struct MetricRow {
    CellKey key;
    std::array<MetricCell, kMeasuresMax> cells;  // by measure
};
struct Metric {
    std::vector<MetricRow> rows;     // that have an event, by bucket, then by the groups' keys
    std::uint64_t without_rate = 0;  // amounts in no sum
};

// Error: query.bad_metric, query.too_many_groups when there are more different values than can be
// told apart, query.too_large.
Result<Metric> metric(const history::View& view, const Scope& scope, const MetricQuestion& question,
                      Run& run);

// The sequence numbers of the events behind a cell of one measure, ascending: of those greater than
// `after` the `limit` smallest. `key` has numbers of the question's own Groups. Error: as above,
// and for limit > kTraceMax.
Result<std::vector<std::uint64_t>> trace(const history::View& view, const Scope& scope,
                                         const MetricQuestion& question, std::size_t measure,
                                         const CellKey& key, std::size_t limit, Run& run,
                                         std::uint64_t after = 0);

}  // namespace filrouge::query
