#include "query/metric.h"

#include <algorithm>
#include <array>
#include <bit>
#include <functional>
#include <memory>
#include <unordered_map>

#include "query/group_bound.h"
#include "query/matcher.h"

namespace filrouge::query {
namespace {

constexpr std::uint32_t kNoPerson = UINT32_MAX;
constexpr std::uint64_t kDirectCells = 65'536;  // found by an array, not by a hash

// A cell under way in one thread.
struct Tally {
    MetricCell cell;
    // A person's events lie together, and so do an event's lines: who was counted last says
    // whether this one was.
    std::uint32_t last_person = kNoPerson;
    std::uint64_t last_event = 0;
    std::vector<std::uint64_t> distinct;  // bit by group

    void event(std::uint64_t number, PersonNo person) {
        cell.events += number != last_event ? 1 : 0;
        last_event = number;
        cell.persons += person.value != last_person && !person.is_none() ? 1 : 0;
        last_person = person.value;
    }
    void value(std::int64_t v) {
        cell.min = cell.values == 0 ? v : std::min(cell.min, v);
        cell.max = cell.values == 0 ? v : std::max(cell.max, v);
        ++cell.values;
        cell.sum += v;
    }
    void saw(std::uint32_t group, Run& run) {
        if (group == kNoGroup) return;
        if (group / 64 >= distinct.size()) {
            const std::size_t words = std::max<std::size_t>(2 * distinct.size(), group / 64 + 1);
            if (!run.take_memory((words - distinct.size()) * sizeof(std::uint64_t))) return;
            distinct.resize(words);
        }
        distinct[group / 64] |= 1ull << (group % 64);
    }
    void add(const Tally& more) {
        if (more.cell.values != 0) {
            const bool first = cell.values == 0;
            cell.min = first ? more.cell.min : std::min(cell.min, more.cell.min);
            cell.max = first ? more.cell.max : std::max(cell.max, more.cell.max);
        }
        cell.events += more.cell.events;
        cell.persons += more.cell.persons;
        cell.values += more.cell.values;
        cell.sum += more.cell.sum;
        if (distinct.size() < more.distinct.size()) distinct.resize(more.distinct.size());
        for (std::size_t i = 0; i < more.distinct.size(); ++i) distinct[i] |= more.distinct[i];
    }
};
struct Entry {
    CellKey key;
    std::array<Tally, kMeasuresMax> tallies;
};

class Cells {
  public:
    Entry& at(const CellKey& key, std::size_t buckets, Run& run) {
        const std::uint64_t first = std::uint64_t{key.group[0]} * buckets + key.bucket;
        std::uint32_t& place = place_of(first, key.group[1]);
        if (place == 0) {
            run.take_memory(sizeof(Entry) + 64);
            entries.push_back({key, {}});
            place = static_cast<std::uint32_t>(entries.size());
        }
        return entries[place - 1];
    }
    std::vector<Entry> entries;

  private:
    std::uint32_t& place_of(std::uint64_t first, std::uint32_t second) {
        static_assert(std::uint64_t{kGroupsMax + 1} * kMetricBucketsMax < (1ull << 40));
        if (second != kNoGroup || first >= kDirectCells)
            return places_[std::uint64_t{second} << 40 | first];
        if (first >= direct_.size())
            direct_.resize(
                std::max<std::size_t>(static_cast<std::size_t>(first) + 1, 2 * direct_.size()));
        return direct_[static_cast<std::size_t>(first)];
    }
    std::vector<std::uint32_t> direct_;  // + 1; 0: none yet
    std::unordered_map<std::uint64_t, std::uint32_t> places_;
};

// Finds the bucket of an instant. Time is cut into slots as wide as the narrowest bucket, so a
// bucket begins in each slot at most once, and a slot's own bucket or the next one is right.
class Buckets {
  public:
    explicit Buckets(std::span<const std::int64_t> starts) : starts_(starts) {
        if (starts.empty()) return;
        std::int64_t narrowest = starts[1] - starts[0];
        for (std::size_t i = 1; i + 1 < starts.size(); ++i)
            narrowest = std::min(narrowest, starts[i + 1] - starts[i]);
        const std::int64_t whole = starts.back() - starts.front();
        const std::int64_t slots = std::min<std::int64_t>(whole / narrowest + 1, kSlotsMax);
        slot_ = whole / slots + 1;
        std::uint32_t bucket = 0;
        for (std::int64_t slot = 0; slot < slots; ++slot) {
            while (bucket + 2 < starts.size() &&
                   starts[bucket + 1] <= starts.front() + slot * slot_)
                ++bucket;
            of_slot_.push_back(bucket);
        }
    }
    std::size_t size() const { return starts_.empty() ? 1 : starts_.size() - 1; }
    bool any_time() const { return starts_.empty(); }
    std::optional<std::uint32_t> of(std::int64_t at) const {
        if (starts_.empty()) return 0;
        if (at < starts_.front() || at >= starts_.back()) return {};
        std::uint32_t bucket = of_slot_[static_cast<std::size_t>((at - starts_.front()) / slot_)];
        while (starts_[bucket + 1] <= at) ++bucket;
        return bucket;
    }

  private:
    static constexpr std::int64_t kSlotsMax = 65'536;
    std::span<const std::int64_t> starts_;
    std::int64_t slot_ = 1;
    std::vector<std::uint32_t> of_slot_;
};

// The basket's lines as groups.
class Lines {
  public:
    Lines(LineSplit split, Groups* groups) : split_(split), groups_(groups) {}
    void segment(const history::Segment& segment) {
        using history::FieldId;
        entries_.segment(segment.field(split_ == LineSplit::Category ? FieldId::LineCategory
                                                                     : FieldId::LineProduct));
        known_.assign(entries_.column() == nullptr ? 0 : entries_.column()->texts.size, 0);
    }
    void begin(std::uint32_t row) { entries_.begin(row); }
    template <class F>  // f(entry, group)
    void each(std::uint32_t row, F&& f) {
        entries_.each(row, [&](std::uint32_t entry) { f(entry, group(entry)); });
    }

  private:
    std::uint32_t group(std::uint32_t entry) {
        const history::FieldColumn& column = *entries_.column();
        if (column.kind(entry) != history::CellKind::Text) return kNoGroup;
        std::uint32_t& known = known_[static_cast<std::size_t>(column.values.at(entry))];
        if (known == 0)
            known = groups_->number({history::CellKind::Text, column.text(entry).value}) + 1;
        return known - 1;
    }
    LineSplit split_;
    Groups* groups_;
    Entries entries_;
    std::vector<std::uint32_t> known_;  // by code, + 1; 0: not met yet
};

struct Traced {
    std::size_t measure = 0;
    CellKey key;
    std::size_t limit = 0;
    std::uint64_t after = 0;
    std::vector<std::uint64_t> sequences;
    void add(std::uint64_t sequence) {
        if (sequence <= after) return;
        if (!sequences.empty() && sequences.back() == sequence) return;  // another of its lines
        sequences.push_back(sequence);
        if (sequences.size() >= 2 * limit + 64) keep_smallest();
    }
    void keep_smallest() {
        std::sort(sequences.begin(), sequences.end());
        sequences.erase(std::unique(sequences.begin(), sequences.end()), sequences.end());
        sequences.resize(std::min(sequences.size(), limit));
    }
};

using DistinctGroups = std::vector<std::unique_ptr<Groups>>;  // of each measure

class Worker {
  public:
    Worker(const MetricQuestion& q, const DistinctGroups& distinct, std::optional<Traced> traced,
           Run& run)
        : trace(std::move(traced)),
          question_(&q),
          run_(&run),
          by_(q.by),
          buckets_(q.buckets),
          lines_(q.lines, q.groups[0]) {
        for (std::size_t m = 0; m < q.measures.size(); ++m) {
            const Measure& measure = q.measures[m];
            measures_.push_back(
                {Matcher(*q.compiled, measure.event),
                 EventValues(measure.value, measure.property, Amounts(q.currency, q.rates)),
                 Dimension(measure.distinct, measure.distinct_property, *distinct[m]),
                 measure.distinct != DimensionKind::None});
        }
    }
    void segment(const history::Segment& segment) {
        for (Reading& m : measures_) {
            m.matcher.segment(segment);
            m.values.segment(segment);
            m.distinct.segment(segment);
        }
        for (Dimension& d : by_) d.segment(segment);
        if (question_->lines != LineSplit::None) lines_.segment(segment);
    }
    void batch(Batch& batch) {
        for (std::size_t m = 0; m < measures_.size(); ++m) {
            if (trace && trace->measure != m) continue;
            if (find_rows(m, batch)) count(m, batch);
        }
    }
    std::uint64_t without_rate() const {
        std::uint64_t n = 0;
        for (const Reading& m : measures_) n += m.values.without_rate();
        return n;
    }

    Cells cells;
    std::optional<Traced> trace;

  private:
    struct Reading {
        Matcher matcher;
        EventValues values;
        Dimension distinct;
        bool counts_distinct;
    };
    bool find_rows(std::size_t m, Batch& batch);
    void keep_rows_in_buckets(Batch& batch);
    void count(std::size_t m, Batch& batch);
    void find_distinct(std::uint32_t row);
    void count_event(std::size_t m, std::uint32_t row, const CellKey& key);
    void count_lines(std::size_t m, std::uint32_t row, CellKey key);
    Tally* enter(std::size_t m, const CellKey& key);

    const MetricQuestion* question_;
    Run* run_;
    std::vector<Reading> measures_;
    std::array<Dimension, 2> by_;
    Buckets buckets_;
    Lines lines_;
    std::vector<std::uint8_t> mask_;
    std::vector<std::uint32_t> rows_;                   // that count
    std::vector<std::uint32_t> room_, bucket_of_;       // of each of rows_
    std::array<std::vector<std::uint32_t>, 2> groups_;  // of all rows, as distinct_
    std::vector<std::uint32_t> distinct_;
    std::vector<Dimension::Element> elements_;  // behind the first of an array, by falling rows
    // The event at hand.
    PersonNo person_;
    std::uint64_t event_ = 0;  // counted up
    std::int64_t at_ = 0;
    std::uint64_t sequence_ = 0;
    std::vector<std::uint32_t> distinct_groups_;  // as many as its array has elements
};

// The rows that count, and their groups; false when there are none.
bool Worker::find_rows(std::size_t m, Batch& batch) {
    Reading& reading = measures_[m];
    if (reading.matcher.never()) return false;
    mask_.resize(batch.rows());
    reading.matcher.match(batch, mask_);
    batch.keep_visible(mask_);
    const auto ones = places_of_ones(mask_, room_);
    rows_.assign(ones.begin(), ones.end());
    bucket_of_.assign(rows_.size(), 0);
    if (!buckets_.any_time()) keep_rows_in_buckets(batch);
    if (rows_.empty()) return false;
    for (std::size_t d = question_->lines == LineSplit::None ? 0 : 1; d < 2; ++d) {
        if (question_->groups[d] == nullptr) continue;
        groups_[d].resize(batch.rows());
        by_[d].groups(batch, mask_, groups_[d]);
    }
    if (reading.counts_distinct) {
        distinct_.resize(batch.rows());
        reading.distinct.groups(batch, mask_, distinct_, elements_);
    }
    return true;
}

void Worker::keep_rows_in_buckets(Batch& batch) {
    const auto at = batch.at();
    std::size_t kept = 0;
    for (const std::uint32_t row : rows_) {
        const auto bucket = buckets_.of(at[row]);
        if (!bucket) mask_[row] = 0;
        rows_[kept] = row;
        bucket_of_[kept] = bucket.value_or(0);
        kept += bucket ? 1 : 0;
    }
    rows_.resize(kept);
}

void Worker::count(std::size_t m, Batch& batch) {
    const history::Segment& segment = batch.segment();
    const bool by_lines = question_->lines != LineSplit::None;
    measures_[m].values.begin(batch.first_row());
    if (by_lines) lines_.begin(batch.first_row());
    const auto at = batch.at();
    auto part = batch.parts().begin();
    for (std::size_t r = 0; r < rows_.size(); ++r) {
        const std::uint32_t i = rows_[r];
        while (part->end <= i) ++part;
        const std::uint32_t row = batch.first_row() + i;
        person_ = part->person;
        ++event_;
        at_ = at[i];
        if (trace) sequence_ = static_cast<std::uint64_t>(segment.sequence.at(row));
        if (measures_[m].counts_distinct) find_distinct(i);
        CellKey key;
        key.bucket = bucket_of_[r];
        for (std::size_t d = by_lines ? 1 : 0; d < 2; ++d) {
            if (question_->groups[d] != nullptr) key.group[d] = groups_[d][i];
        }
        if (by_lines)
            count_lines(m, row, key);
        else
            count_event(m, row, key);
    }
}

// A rule counts every element of an array.
void Worker::find_distinct(std::uint32_t row) {
    distinct_groups_.assign(1, distinct_[row]);
    while (!elements_.empty() && elements_.back().row < row) elements_.pop_back();
    for (; !elements_.empty() && elements_.back().row == row; elements_.pop_back())
        distinct_groups_.push_back(elements_.back().group);
}

// The event at hand is of this cell: where to add what it is worth, null when it is only traced.
Tally* Worker::enter(std::size_t m, const CellKey& key) {
    if (trace) {
        if (key == trace->key) trace->add(sequence_);
        return nullptr;
    }
    Tally& tally = cells.at(key, buckets_.size(), *run_).tallies[m];
    tally.event(event_, person_);
    if (measures_[m].counts_distinct) {
        for (const std::uint32_t group : distinct_groups_) tally.saw(group, *run_);
    }
    return &tally;
}

void Worker::count_event(std::size_t m, std::uint32_t row, const CellKey& key) {
    Tally* tally = enter(m, key);
    if (tally == nullptr) return;
    measures_[m].values.each(row, at_, [&](std::int64_t v) { tally->value(v); });
}

void Worker::count_lines(std::size_t m, std::uint32_t row, CellKey key) {
    lines_.each(row, [&](std::uint32_t entry, std::uint32_t group) {
        key.group[0] = group;
        Tally* tally = enter(m, key);
        if (tally == nullptr) return;
        if (const auto v = measures_[m].values.of_line(entry, row, at_)) tally->value(*v);
    });
}

Result<void> check(const MetricQuestion& q) {
    bool sound = !q.measures.empty() && q.measures.size() <= kMeasuresMax;
    if (q.lines != LineSplit::None) {
        sound = sound && q.groups[0] != nullptr;
        for (const Measure& m : q.measures)
            sound = sound && (m.value == ValueOf::None || of_lines(m.value));
    }
    const bool ascending = std::adjacent_find(q.buckets.begin(), q.buckets.end(),
                                              std::greater_equal<>()) == q.buckets.end();
    sound =
        sound && ascending && q.buckets.size() != 1 && q.buckets.size() <= kMetricBucketsMax + 1;
    if (sound) return {};
    return Error{"query.bad_metric",
                 "A metric has one measure or two, up to " + std::to_string(kMetricBucketsMax) +
                     " buckets of time in ascending order, and by lines it measures lines.",
                 ""};
}

Result<std::vector<Worker>> work(const history::View& view, const Scope& scope,
                                 const MetricQuestion& question,
                                 const std::optional<Traced>& traced, Run& run) {
    TRY(check(question));
    DistinctGroups distinct;
    for (std::size_t m = 0; m < question.measures.size(); ++m)
        distinct.push_back(std::make_unique<Groups>());
    std::vector<Worker> workers;
    for (std::size_t i = 0; i < kThreads; ++i)
        workers.emplace_back(question, distinct, traced, run);
    TRY(scan<Worker>(view, scope, run, workers));
    for (const auto& groups : distinct) TRY(check_bound(groups.get()));
    for (const Groups* groups : question.groups) TRY(check_bound(groups));
    return workers;
}

// The place of each group in the order of the keys, which does not depend on who met it first.
std::vector<std::uint32_t> ranks(const Groups* groups) {
    std::vector<std::pair<Groups::Key, std::uint32_t>> keys;
    for (std::uint32_t g = 0; g < (groups == nullptr ? 1 : groups->size()); ++g)
        keys.emplace_back(groups == nullptr ? Groups::Key{} : groups->key(g), g);
    std::sort(keys.begin(), keys.end(), [](const auto& a, const auto& b) {
        return std::pair(a.first.kind, a.first.value) < std::pair(b.first.kind, b.first.value);
    });
    std::vector<std::uint32_t> out(keys.size());
    for (std::uint32_t i = 0; i < keys.size(); ++i) out[keys[i].second] = i;
    return out;
}

}  // namespace

Result<Metric> metric(const history::View& view, const Scope& scope, const MetricQuestion& question,
                      Run& run) {
    std::vector<Worker> workers = TRY(work(view, scope, question, {}, run));
    Metric out;
    std::vector<Entry> all = std::move(workers[0].cells.entries);
    for (std::size_t w = 1; w < workers.size(); ++w) {
        auto& more = workers[w].cells.entries;
        std::move(more.begin(), more.end(), std::back_inserter(all));
    }
    for (const Worker& worker : workers) out.without_rate += worker.without_rate();
    const std::vector<std::uint32_t> rank[2] = {ranks(question.groups[0]),
                                                ranks(question.groups[1])};
    const auto place = [&](const CellKey& k) {
        return std::tuple(k.bucket, rank[0][k.group[0]], rank[1][k.group[1]]);
    };
    std::sort(all.begin(), all.end(),
              [&](const Entry& a, const Entry& b) { return place(a.key) < place(b.key); });
    for (std::size_t i = 0; i < all.size();) {
        Entry& sum = all[i];
        for (++i; i < all.size() && all[i].key == sum.key; ++i) {
            for (std::size_t m = 0; m < kMeasuresMax; ++m) sum.tallies[m].add(all[i].tallies[m]);
        }
        MetricRow& row = out.rows.emplace_back();
        row.key = sum.key;
        for (std::size_t m = 0; m < kMeasuresMax; ++m) {
            row.cells[m] = sum.tallies[m].cell;
            for (const std::uint64_t word : sum.tallies[m].distinct)
                row.cells[m].distinct += static_cast<std::uint64_t>(std::popcount(word));
        }
    }
    return out;
}

Result<std::vector<std::uint64_t>> trace(const history::View& view, const Scope& scope,
                                         const MetricQuestion& question, std::size_t measure,
                                         const CellKey& key, std::size_t limit, Run& run,
                                         std::uint64_t after) {
    if (measure >= question.measures.size() || limit > kTraceMax)
        return Error{"query.bad_metric",
                     "At most " + std::to_string(kTraceMax) + " events of one measure are traced.",
                     "Ask for fewer."};
    std::vector<Worker> workers =
        TRY(work(view, scope, question, Traced{measure, key, limit, after, {}}, run));
    Traced all = *std::move(workers[0].trace);
    for (std::size_t w = 1; w < workers.size(); ++w) {
        const auto& more = workers[w].trace->sequences;
        all.sequences.insert(all.sequences.end(), more.begin(), more.end());
    }
    all.keep_smallest();
    return std::move(all.sequences);
}

}  // namespace filrouge::query
