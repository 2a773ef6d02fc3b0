#include <algorithm>
#include <map>
#include <memory>

#include "files/importer.h"
#include "files/map.h"
#include "files/occurrence.h"
#include "files/pipeline.h"
#include "files/plan.h"
#include "model/money.h"

namespace filrouge::files {
namespace {

constexpr char kSeparator = '\x1f';

bool of_rows(Measure m) {
    return m != Measure::Events && m != Measure::Value && m != Measure::Persons &&
           m != Measure::Rule;
}

// One check while the files are read.
struct Tally {
    const CheckSpec* spec = nullptr;
    std::uint64_t count = 0;
    HashSet distinct;
    __int128 sum = 0;          // in 1/10,000
    std::uint64_t unread = 0;  // rows whose number is none
    bool any = false, overflow = false;
    std::int64_t earliest_us = 0, latest_us = 0;
    Zone* zone = nullptr;  // of the last file with times
    std::string zone_name;
    // For the file at hand.
    bool active = false;
    FilterSet where;
    std::vector<Slot> columns;
    std::optional<Expression> expression;
};

class Checker final : public RowListener {
  public:
    explicit Checker(const ImportMap& map) {
        for (const CheckSpec& spec : map.checks) {
            if (spec.measure == Measure::Rule) continue;
            tallies_.push_back(std::make_unique<Tally>());
            tallies_.back()->spec = &spec;
        }
    }

    Result<void> begin(RowLayout& layout, RowMapper* mapper) override {
        mapper_ = mapper;
        for (const auto& tally : tallies_) TRY(begin(*tally, layout));
        return {};
    }
    void row(const Row& row, const RowPlace& place) override {
        for (const auto& tally : tallies_) {
            if (tally->active && of_rows(tally->spec->measure) && tally->where.passes(row))
                count(*tally, row, place);
        }
    }
    Result<void> item(const InputMap& input, const collect::Item& item) override {
        const auto* incoming = std::get_if<collect::Incoming>(&item);
        if (incoming == nullptr) return {};
        for (const auto& tally : tallies_) {
            if (!of_rows(tally->spec->measure) && concerns(*tally->spec, input.name))
                count(*tally, incoming->event);
        }
        return {};
    }
    void unfit() override {
        for (const auto& tally : tallies_) {
            if (tally->active && tally->spec->measure == Measure::UnfitRows) ++tally->count;
        }
    }
    Result<void> end() override { return {}; }

    std::string got(std::size_t i) const;

  private:
    static bool concerns(const CheckSpec& spec, const std::string& input) {
        return spec.inputs.empty() ||
               std::find(spec.inputs.begin(), spec.inputs.end(), input) != spec.inputs.end();
    }
    static Result<void> begin(Tally& tally, RowLayout& layout);
    void count(Tally& tally, const Row& row, const RowPlace& place);
    static void count(Tally& tally, const Event& event);
    void count_time(Tally& tally, const Row& row, const RowPlace& place);

    std::vector<std::unique_ptr<Tally>> tallies_;  // one a check, rules apart
    RowMapper* mapper_ = nullptr;
};

Result<void> Checker::begin(Tally& tally, RowLayout& layout) {
    const CheckSpec& spec = *tally.spec;
    tally.active = concerns(spec, layout.input().name);
    if (!tally.active) return {};
    tally.any = true;
    tally.where = TRY(FilterSet::compile(layout, spec.where));
    tally.columns.clear();
    for (const std::string& column : spec.columns)
        tally.columns.push_back(TRY(layout.slot(column, spec.line)));
    if (!spec.expression.empty())
        tally.expression = TRY(layout.expression(spec.expression, spec.line));
    if (spec.measure == Measure::Columns)
        tally.count = std::max<std::uint64_t>(tally.count, layout.file_columns());
    if (spec.measure == Measure::Earliest || spec.measure == Measure::Latest)
        tally.zone_name = layout.input().time.zone;
    return {};
}

void Checker::count_time(Tally& tally, const Row& row, const RowPlace& place) {
    Event event;
    if (mapper_ == nullptr || mapper_->time(row, place.number, place.position, event)) return;
    if (tally.count == 0) tally.earliest_us = tally.latest_us = event.at.us;
    ++tally.count;
    tally.earliest_us = std::min(tally.earliest_us, event.at.us);
    tally.latest_us = std::max(tally.latest_us, event.at.us);
}

void Checker::count(Tally& tally, const Row& row, const RowPlace& place) {
    switch (tally.spec->measure) {
        case Measure::Rows: ++tally.count; break;
        case Measure::Distinct:
        case Measure::Repeats: {
            std::uint64_t hash = place.hash;
            if (!tally.columns.empty()) {
                std::string key;
                bool empty = true;
                for (const Slot slot : tally.columns) {
                    empty = empty && row[slot].empty();
                    key.append(row[slot]) += kSeparator;
                }
                if (empty) break;  // "nothing" is no value
                hash = siphash(kImportHashKey, key);
            }
            if (!tally.distinct.insert(hash)) ++tally.count;
            break;
        }
        case Measure::Sum: {
            const auto value = tally.expression->evaluate(row);
            if (value.outcome == Expression::Outcome::Number) tally.sum += value.fixed;
            if (value.outcome == Expression::Outcome::Bad) ++tally.unread;
            break;
        }
        case Measure::Earliest:
        case Measure::Latest: count_time(tally, row, place); break;
        default: break;
    }
}

void Checker::count(Tally& tally, const Event& event) {
    const CheckSpec& spec = *tally.spec;
    tally.any = true;
    if (spec.measure == Measure::Persons) {
        const Identifier& first = event.identifiers.front();
        tally.distinct.insert(siphash(
            kImportHashKey, std::string(row_of(first.type)->name) + kSeparator + first.value));
        return;
    }
    if (!spec.event.empty() && event.name != spec.event) return;
    ++tally.count;
    if (event.has_value) tally.sum += event.value.amount;
}

std::string sum_text(__int128 sum) {
    if (sum > INT64_MAX || sum < INT64_MIN)
        return "past " + fixed_text(sum > 0 ? INT64_MAX : INT64_MIN);
    return fixed_text(static_cast<std::int64_t>(sum));
}

std::string Checker::got(std::size_t i) const {
    const Tally& t = *tallies_[i];
    if (!t.any) return "no file";
    switch (t.spec->measure) {
        case Measure::Distinct:
        case Measure::Persons: return std::to_string(t.distinct.size());
        case Measure::Sum:
        case Measure::Value:
            // A sum that leaves rows out is equal to no figure.
            if (t.unread == 0) return sum_text(t.sum);
            return sum_text(t.sum) + " without " + std::to_string(t.unread) + " unreadable rows";
        case Measure::Earliest:
        case Measure::Latest: {
            if (t.count == 0) return "no time";
            const auto zone = Zone::open(t.zone_name);
            const std::int64_t us =
                t.spec->measure == Measure::Earliest ? t.earliest_us : t.latest_us;
            return zone.ok() ? local_text(zone.value().local_from_utc_us(us)) : iso_utc_text(us);
        }
        default: return std::to_string(t.count);
    }
}

// Lookups are read like inputs, for their own checks.
ImportMap with_lookups_as_inputs(ImportMap map) {
    for (const LookupMap& lookup : map.lookups) {
        InputMap input;
        input.name = lookup.name;
        input.file = lookup.file;
        input.format = lookup.format;
        input.csv = lookup.csv;
        input.import = false;
        input.line = lookup.line;
        map.inputs.push_back(std::move(input));
    }
    return map;
}

// "233935.240" and "233935.24" are the same number.
bool same(const std::string& expected, const std::string& got) {
    if (expected == got) return true;
    const auto a = parse_fixed(expected);
    const auto b = parse_fixed(got);
    return a && b && *a == *b;
}

}  // namespace

std::string CheckLine::text() const {
    return name + ": expected " + expected + ", got " + got + ", " +
           (equal ? "equal" : "DIFFERENT");
}

Result<std::vector<CheckLine>> verify_files(const ImportOptions& options) {
    const ImportMap map = with_lookups_as_inputs(TRY(load_map(options.map_path)));
    const Plan plan = TRY(plan_files(map, options.files, true));
    Checker checker(map);
    TRY(run_pipeline(map, plan, options.now_us, options.progress, checker));
    std::vector<CheckLine> lines;
    std::size_t i = 0;
    for (const CheckSpec& spec : map.checks) {
        if (spec.measure == Measure::Rule) continue;
        CheckLine line{spec.name, spec.expected, checker.got(i++), false};
        line.equal = same(line.expected, line.got);
        lines.push_back(std::move(line));
    }
    return lines;
}

CheckLine StoredCheck::compare(std::string got) const {
    const bool equal = same(expected, got);
    return {name, expected, std::move(got), equal};
}

Result<std::vector<StoredCheck>> stored_checks(const std::string& map_path) {
    const ImportMap map = TRY(load_map(map_path));
    std::vector<StoredCheck> out;
    for (const CheckSpec& spec : map.checks) {
        if (!spec.stored && spec.measure != Measure::Rule) continue;
        StoredCheck check;
        switch (spec.measure) {
            case Measure::Value: check.what = StoredCheck::What::Value; break;
            case Measure::Persons: check.what = StoredCheck::What::Persons; break;
            case Measure::Rule: check.what = StoredCheck::What::Rule; break;
            default: check.what = StoredCheck::What::Events; break;
        }
        check.name = spec.name;
        check.source = map.source;
        check.event = spec.event;
        check.rule = spec.rule;
        check.purpose = spec.purpose;
        check.expected = spec.expected;
        out.push_back(std::move(check));
    }
    return out;
}

}  // namespace filrouge::files
