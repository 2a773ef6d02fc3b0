#include "query/features.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "query/group_bound.h"
#include "query/matcher.h"

namespace filrouge::query {
namespace {

constexpr std::int64_t kHourUs = 3'600'000'000;
constexpr std::int64_t kDayUs = 24 * kHourUs;
constexpr std::uint32_t kNowhere = UINT32_MAX;

bool single(FeatureKind kind) { return kind == FeatureKind::Recency || kind == FeatureKind::Spent; }

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// The group of each of a batch's rows, a family at a time.
class FamilyReader {
  public:
    explicit FamilyReader(const FeatureQuestion& question) : question_(&question) {
        for (const FeatureFamily& family : question.families) by_.push_back(family.by);
    }
    void segment(const history::Segment& segment) {
        for (Dimension& by : by_) by.segment(segment);
    }
    std::span<const std::uint32_t> groups(Batch& batch, std::size_t family) {
        groups_.resize(batch.rows());
        const FeatureKind kind = question_->families[family].kind;
        if (kind == FeatureKind::Dimension) {
            by_[family].groups(batch, batch.visible(), groups_);
            return groups_;
        }
        const auto at = batch.at();
        for (std::size_t i = 0; i < groups_.size(); ++i) groups_[i] = calendar(kind, at[i]);
        return groups_;
    }

  private:
    std::uint32_t calendar(FeatureKind kind, std::int64_t at) const {
        const audience::Zone* zone = question_->zone;
        const std::int64_t local = zone == nullptr ? at : zone->local_from_utc_us(at);
        const std::int64_t day = floor_div(local, kDayUs);
        if (kind == FeatureKind::Weekday)  // 1970-01-01 was a Thursday
            return static_cast<std::uint32_t>(day + 3 - 7 * floor_div(day + 3, 7)) + 1;
        return static_cast<std::uint32_t>((local - day * kDayUs) / (6 * kHourUs)) + 1;
    }
    const FeatureQuestion* question_;
    std::vector<Dimension> by_;
    std::vector<std::uint32_t> groups_;
};

bool has(std::span<const std::uint64_t> bits, PersonNo person) {
    return person.value / 64 < bits.size() && (bits[person.value / 64] >> (person.value % 64) & 1);
}

// Counts each person once a feature. A person's rows lie together in one batch.
class Counter {
  public:
    Counter(const FeatureQuestion& q, std::span<const std::uint64_t> audience, Run& run)
        : question_(&q), audience_(audience), run_(&run), reader_(q) {
        tallies.resize(q.families.size());
    }
    void segment(const history::Segment& segment) { reader_.segment(segment); }
    void batch(Batch& batch) {
        add_people(batch);
        for (std::size_t f = 0; f < tallies.size(); ++f) {
            if (single(question_->families[f].kind)) continue;
            const auto groups = reader_.groups(batch, f);
            const auto visible = batch.visible();
            for (const PartRows& part : batch.parts()) count(f, part, groups, visible);
        }
    }

    struct Tally {
        std::uint64_t inside = 0, outside = 0;
        std::uint32_t last_person = kNowhere;
    };
    std::vector<std::vector<Tally>> tallies;  // by family and group
    std::vector<PersonNo> people;

  private:
    void add_people(Batch& batch) {
        const auto visible = batch.visible();
        const std::size_t room = people.capacity();
        for (const PartRows& part : batch.parts()) {
            const auto rows = visible.subspan(part.begin, part.end - part.begin);
            if (std::find(rows.begin(), rows.end(), 1) != rows.end()) people.push_back(part.person);
        }
        run_->take_memory((people.capacity() - room) * sizeof(PersonNo));
    }
    void count(std::size_t family, const PartRows& part, std::span<const std::uint32_t> groups,
               std::span<const std::uint8_t> visible) {
        std::vector<Tally>& all = tallies[family];
        const bool inside = has(audience_, part.person);
        for (std::uint32_t i = part.begin; i < part.end; ++i) {
            if (visible[i] == 0 || groups[i] == kNoGroup) continue;
            if (groups[i] >= all.size()) {
                const std::size_t size = std::max<std::size_t>(2 * all.size(), groups[i] + 1);
                if (!run_->take_memory((size - all.size()) * sizeof(Tally))) return;
                all.resize(size);
            }
            Tally& tally = all[groups[i]];
            if (std::exchange(tally.last_person, part.person.value) == part.person.value) continue;
            ++(inside ? tally.inside : tally.outside);
        }
    }
    const FeatureQuestion* question_;
    std::span<const std::uint64_t> audience_;
    Run* run_;
    FamilyReader reader_;
};

// Numbers of groups depend on which thread met them first; their keys do not.
std::pair<int, std::int64_t> key_of(const FeatureQuestion& question, const Feature& feature) {
    const Groups* groups = question.families[feature.family].groups;
    if (groups == nullptr) return {0, feature.group};
    const Groups::Key key = groups->key(feature.group);
    return {static_cast<int>(key.kind), key.value};
}

void sort_features(const FeatureQuestion& question, std::vector<Feature>& features) {
    std::sort(features.begin(), features.end(), [&](const Feature& a, const Feature& b) {
        if (a.persons() != b.persons()) return a.persons() > b.persons();
        if (a.family != b.family) return a.family < b.family;
        return key_of(question, a) < key_of(question, b);
    });
}

Result<void> check(const FeatureQuestion& question) {
    if (question.families.empty() || question.families.size() > kFeatureFamiliesMax)
        return Error{"query.bad_features",
                     "There are " + std::to_string(question.families.size()) +
                         " kinds of features; one is needed, and the limit is " +
                         std::to_string(kFeatureFamiliesMax) + ".",
                     "Name some of them."};
    return {};
}

// Fills the rows of the persons that were drawn. A person has one row, which no two threads share.
class Filler {
  public:
    Filler(const FeatureQuestion& q, FeatureTable& table)
        : question_(&q), table_(&table), reader_(q), amounts_(q.currency, q.rates) {
        columns_.resize(q.families.size());
        for (std::uint32_t c = 0; c < table.features.size(); ++c) {
            std::vector<std::uint32_t>& of = columns_[table.features[c].family];
            const std::uint32_t group = table.features[c].group;
            if (group >= of.size()) of.resize(group + 1, kNowhere);
            of[group] = c;
            if (q.families[table.features[c].family].kind != FeatureKind::Spent) continue;
            ASSERT(q.compiled != nullptr);
            purchase_.emplace(*q.compiled, q.purchase);
        }
    }
    void segment(const history::Segment& segment) {
        reader_.segment(segment);
        amounts_.segment(segment);
        if (purchase_) purchase_->segment(segment);
    }
    void batch(Batch& batch) {
        find_rows(batch);
        for (std::size_t f = 0; f < columns_.size(); ++f) {
            if (columns_[f].empty()) continue;
            switch (question_->families[f].kind) {
                case FeatureKind::Recency: recency(batch, columns_[f][0]); break;
                case FeatureKind::Spent: spent(batch, columns_[f][0]); break;
                default: count(batch, f);
            }
        }
    }

  private:
    void find_rows(Batch& batch) {
        const std::vector<PersonNo>& people = table_->people;
        rows_.clear();
        for (const PartRows& part : batch.parts()) {
            const auto at = std::lower_bound(people.begin(), people.end(), part.person);
            const bool drawn = at != people.end() && *at == part.person;
            rows_.push_back(drawn ? static_cast<std::uint32_t>(at - people.begin()) : kNowhere);
        }
    }
    // f(row, values) for each row that counts, values being those of the row's person.
    template <class F>
    void each(Batch& batch, F&& f) {
        const auto visible = batch.visible();
        const auto parts = batch.parts();
        const std::size_t width = table_->features.size();
        for (std::size_t p = 0; p < parts.size(); ++p) {
            if (rows_[p] == kNowhere) continue;
            float* values = table_->values.data() + rows_[p] * width;
            for (std::uint32_t i = parts[p].begin; i < parts[p].end; ++i)
                if (visible[i] != 0) f(i, values);
        }
    }
    void count(Batch& batch, std::size_t family) {
        const auto groups = reader_.groups(batch, family);
        const std::vector<std::uint32_t>& columns = columns_[family];
        each(batch, [&](std::uint32_t i, float* values) {
            const std::uint32_t column = groups[i] < columns.size() ? columns[groups[i]] : kNowhere;
            if (column != kNowhere) values[column] += 1;
        });
    }
    void recency(Batch& batch, std::uint32_t column) {  // a person's rows ascend in time
        const auto at = batch.at();
        each(batch, [&](std::uint32_t i, float* values) {
            const std::int64_t ago = std::max<std::int64_t>(0, question_->now.us - at[i]);
            const std::int64_t days = ago / kDayUs;
            values[column] = static_cast<float>(days);
        });
    }
    void spent(Batch& batch, std::uint32_t column) {
        if (purchase_->never()) return;
        purchases_.resize(batch.rows());
        purchase_->match(batch, purchases_);
        const auto at = batch.at();
        amounts_.begin(batch.first_row());
        each(batch, [&](std::uint32_t i, float* values) {
            if (purchases_[i] == 0) return;
            const std::int64_t amount = amounts_.of(batch.first_row() + i, at[i]);
            values[column] += static_cast<float>(amount) / kFixedScale;
        });
    }
    const FeatureQuestion* question_;
    FeatureTable* table_;
    FamilyReader reader_;
    Amounts amounts_;
    std::optional<Matcher> purchase_;  // where what was spent is a feature
    std::vector<std::uint8_t> purchases_;
    std::vector<std::vector<std::uint32_t>> columns_;  // by family and group
    std::vector<std::uint32_t> rows_;                  // by part of the batch
};

std::vector<Feature> wanted_features(const FeatureQuestion& question, const FeatureCounts& counts,
                                     std::size_t most, std::uint64_t support) {
    std::vector<Feature> out;
    for (std::uint32_t f = 0; f < question.families.size(); ++f) {
        if (single(question.families[f].kind)) out.push_back({f, kNoGroup, 0, 0});
    }
    for (const Feature& feature : counts.features) {
        if (out.size() >= most || feature.persons() < support) break;
        out.push_back(feature);
    }
    return out;
}

std::vector<PersonNo> drawn(std::vector<PersonNo> people, std::size_t most, std::uint64_t seed) {
    if (people.size() <= most) return people;
    const auto chance = [seed](PersonNo p) { return mix64(mix64(seed) ^ p.value); };
    std::nth_element(people.begin(), people.begin() + static_cast<std::ptrdiff_t>(most),
                     people.end(), [&](PersonNo a, PersonNo b) { return chance(a) < chance(b); });
    people.resize(most);
    std::sort(people.begin(), people.end());
    return people;
}

}  // namespace

Result<FeatureCounts> feature_counts(const history::View& view, const Scope& scope,
                                     const FeatureQuestion& question,
                                     std::span<const std::uint64_t> audience, Run& run) {
    TRY(check(question));
    std::vector<Counter> workers(kThreads, Counter(question, audience, run));
    TRY(scan<Counter>(view, scope, run, workers));
    for (const FeatureFamily& family : question.families) TRY(check_bound(family.groups));
    FeatureCounts out;
    for (std::uint32_t f = 0; f < question.families.size(); ++f) {
        std::size_t groups = 0;
        for (const Counter& w : workers) groups = std::max(groups, w.tallies[f].size());
        for (std::uint32_t g = 0; g < groups; ++g) {
            Feature feature{f, g, 0, 0};
            for (const Counter& w : workers) {
                if (g >= w.tallies[f].size()) continue;
                feature.inside += w.tallies[f][g].inside;
                feature.outside += w.tallies[f][g].outside;
            }
            if (feature.persons() != 0) out.features.push_back(feature);
        }
    }
    sort_features(question, out.features);
    for (Counter& w : workers)
        out.people.insert(out.people.end(), w.people.begin(), w.people.end());
    std::sort(out.people.begin(), out.people.end());
    for (const PersonNo person : out.people) ++(has(audience, person) ? out.inside : out.outside);
    return out;
}

Result<FeatureTable> feature_table(const history::View& view, const Scope& scope,
                                   const FeatureQuestion& question, const FeatureCounts& counts,
                                   std::size_t most, std::uint64_t support, std::uint64_t seed,
                                   Run& run) {
    TRY(check(question));
    FeatureTable table;
    table.features = wanted_features(question, counts, std::min(most, kFeaturesMax), support);
    if (table.features.empty())
        return Error{"query.no_features",
                     "No feature is shared by " + std::to_string(support) + " persons or more.",
                     "Ask for a longer time, for more persons, or for other features."};
    const std::size_t width = table.features.size();
    table.people = drawn(counts.people, kFeatureCellsMax / width, seed);
    if (!run.take_memory(table.people.size() * width * sizeof(float))) {
        TRY(run.check());
    }
    table.values.assign(table.people.size() * width, 0);
    std::vector<Filler> workers(kThreads, Filler(question, table));
    TRY(scan<Filler>(view, scope, run, workers));
    return table;
}

}  // namespace filrouge::query
