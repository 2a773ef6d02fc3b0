// What an opening or a regional campaign brought: treated places beside what they would have done.
#include <algorithm>
#include <map>

#include "engine/question_figures.h"
#include "engine/question_kinds.h"
#include "engine/question_periods.h"
#include "measure/effect.h"

namespace filrouge::engine {
namespace {

// A figure by group and day; days without an event are 0.
struct DayPanel {
    measure::Panel panel;
    std::vector<std::string> names;  // by place of the panel
    // Whose events a day is of, as panel.values, and all days, by place: small numbers are hidden
    // by them.
    std::vector<std::uint64_t> persons, persons_of_all;

    // Of the places the one with the most persons: so many there are at least.
    std::uint64_t most_on(std::size_t day, const std::vector<std::size_t>& places) const {
        std::uint64_t most = 0;
        for (const std::size_t p : places) most = std::max(most, persons[p * panel.days + day]);
        return most;
    }
    std::uint64_t most_of_all(const std::vector<std::size_t>& places) const {
        std::uint64_t most = 0;
        for (const std::size_t p : places) most = std::max(most, persons_of_all[p]);
        return most;
    }
};

Result<DayPanel> panel_of(Asking& asking, Figure& figure, const Periods& days) {
    const query::Metric metric = TRY(figure.compute(asking.scope, days.edges));
    std::map<std::uint32_t, std::size_t> place_of;
    DayPanel out;
    for (const query::MetricRow& row : metric.rows) {
        if (row.key.group[0] == query::kNoGroup) continue;
        if (place_of.try_emplace(row.key.group[0], place_of.size()).second)
            out.names.push_back(figure.group_name(row.key, 0));
    }
    out.panel.places = out.names.size();
    out.panel.days = days.size();
    // Before it takes memory; places may be left out of it, and estimate_effect() has the limit.
    if (out.panel.places > 2 * measure::kEffectPlacesMax)
        return Error{"measure.effect_too_large",
                     "Things happened at " + std::to_string(out.panel.places) +
                         " places; the limit is " + std::to_string(measure::kEffectPlacesMax) + ".",
                     "Ask by a field with fewer values, or only of some events."};
    out.panel.values.assign(out.panel.places * out.panel.days, figure.nothing().value_or(0));
    out.persons.assign(out.panel.values.size(), 0);
    out.persons_of_all.assign(out.panel.places, 0);
    const auto of_all = TRY(figure.persons_by_group(days.edges.front(), days.edges.back()));
    for (const auto& [group, persons] : of_all) {
        const auto place = place_of.find(group);
        if (place != place_of.end()) out.persons_of_all[place->second] = persons;
    }
    for (const query::MetricRow& row : metric.rows) {
        const auto place = place_of.find(row.key.group[0]);
        if (place == place_of.end()) continue;
        const std::size_t at = place->second * out.panel.days + row.key.bucket;
        out.panel.values[at] = figure.value(row).value_or(0);
        out.persons[at] = figure.persons(row);
    }
    return out;
}

Result<measure::EffectOptions> options_of(Arguments& arguments) {
    measure::EffectOptions options;
    const std::string method = TRY(arguments.text_or("method", "augmented"));
    if (method == "augmented")
        options.method = measure::EffectMethod::Augmented;
    else if (method == "synthetic")
        options.method = measure::EffectMethod::Synthetic;
    else if (method == "difference_in_differences")
        options.method = measure::EffectMethod::Uniform;
    else
        return arguments.wrong("method", "augmented, synthetic or difference_in_differences");
    const std::string reordering = TRY(arguments.text_or("placebo", "blocks"));
    if (reordering != "blocks" && reordering != "shuffles")
        return arguments.wrong("placebo", "blocks or shuffles");
    if (reordering == "shuffles") options.reordering = measure::Reordering::Iid;
    options.level = TRY(arguments.number("level", 0.5, 0.999)).value_or(options.level);
    return options;
}

// The first whole day of the treatment.
Result<std::size_t> first_day_of(Asking& asking, Arguments& arguments, const Periods& days) {
    const auto start = TRY(arguments.text("start"));
    if (!start) return arguments.wrong("start", "the day it began, 2026-03-01");
    const std::int64_t at = TRY(asking.instant(*start));
    const auto edge = std::lower_bound(days.edges.begin(), days.edges.end(), at);
    return static_cast<std::size_t>(edge - days.edges.begin());
}

Result<std::vector<std::size_t>> places_named(const std::vector<std::string>& wanted,
                                              const DayPanel& panel) {
    std::vector<std::size_t> out;
    for (const std::string& name : wanted) {
        const auto at = std::find(panel.names.begin(), panel.names.end(), name);
        if (at == panel.names.end())
            return Error{"question.invalid",
                         "Nothing happened at '" + name.substr(0, 64) + "' in this time.",
                         "Name the places as a metric split by the same shows them."};
        out.push_back(static_cast<std::size_t>(at - panel.names.begin()));
    }
    return out;
}

// Neighbours that may have felt it are no measure of what would have been.
Result<DayPanel> without(const std::vector<std::string>& left_out, const DayPanel& all) {
    const auto out = TRY(places_named(left_out, all));
    DayPanel kept;
    kept.panel.days = all.panel.days;
    for (std::size_t place = 0; place < all.panel.places; ++place) {
        if (std::find(out.begin(), out.end(), place) != out.end()) continue;
        kept.names.push_back(all.names[place]);
        kept.persons_of_all.push_back(all.persons_of_all[place]);
        const auto first = static_cast<std::ptrdiff_t>(place * all.panel.days);
        const auto end = first + static_cast<std::ptrdiff_t>(all.panel.days);
        kept.panel.values.insert(kept.panel.values.end(), all.panel.values.begin() + first,
                                 all.panel.values.begin() + end);
        kept.persons.insert(kept.persons.end(), all.persons.begin() + first,
                            all.persons.begin() + end);
    }
    kept.panel.places = kept.names.size();
    return kept;
}

}  // namespace

Result<Answer> effect_question(Asking& asking, Arguments& arguments) {
    Figure figure(asking);
    TRY(figure.read(arguments, "count(*)"));
    TRY(figure.split({TRY(arguments.text_or("by", "place"))}));
    const auto treated = TRY(arguments.texts("treated", measure::kEffectPlacesMax));
    const auto left_out = TRY(arguments.texts("leave_out", measure::kEffectPlacesMax));
    const Periods days =
        whole(asking, TRY(periods_of(asking, Grain::Day, measure::kEffectDaysMax)));
    const std::size_t first_day = TRY(first_day_of(asking, arguments, days));
    measure::EffectOptions options = TRY(options_of(arguments));
    TRY(arguments.done());
    if (treated.empty()) return arguments.wrong("treated", "the places where something was done");
    if (days.size() == 0)
        return Error{"question.invalid", "The question's time holds no whole day.",
                     "Tell a longer one."};
    const DayPanel kept = TRY(without(left_out, TRY(panel_of(asking, figure, days))));
    const auto places = TRY(places_named(treated, kept));
    options.still_wanted = begin_fit(asking);
    const measure::Effect effect =
        TRY(measure::estimate_effect(kept.panel, places, first_day, options));
    TRY(asking.run.check());
    Answer answer;
    figure.tell_definition(answer);
    figure.note_currency(answer);
    answer.fact("places", std::uint64_t{kept.panel.places});
    answer.fact("days_before", std::uint64_t{first_day});
    answer.fact("days_after", std::uint64_t{days.size() - first_day});
    answer.fact("per_place_and_day", effect.att);
    answer.fact("incremental", effect.incremental);
    answer.fact("lift", shown(effect.lift));
    answer.fact("p_value", effect.p_value);
    answer.fact("low", effect.interval ? Answer::Value(effect.interval->low) : Answer::Value());
    answer.fact("high", effect.interval ? Answer::Value(effect.interval->high) : Answer::Value());
    answer.fact("l2_imbalance", effect.l2_imbalance);
    answer.fact("scaled_imbalance", effect.scaled_imbalance);
    auto& rows = answer.table("rows", {"day", "observed", "expected", "treated"});
    std::vector<std::size_t> weighed;
    auto& donors = answer.table("donors", {"place", "weight"});
    for (const measure::Donor& donor : effect.donors) {
        donors.add({kept.names[donor.place], donor.weight});
        donors.is_of(kept.persons_of_all[donor.place]);
        weighed.push_back(donor.place);
    }
    answer.is_of(kept.most_of_all(places));
    answer.is_of(kept.most_of_all(weighed));
    for (std::size_t day = 0; day < effect.observed.size(); ++day) {
        rows.add({period_name(asking, Grain::Day, days.edges[day]), effect.observed[day],
                  effect.expected[day], day >= first_day});
        rows.is_of(kept.most_on(day, places));
        rows.is_of(kept.most_on(day, weighed));
    }
    answer.note(
        "low and high are of the effect per place and day; a small p_value beside an "
        "interval that holds 0 says that something happened, but not steadily.");
    return answer;
}

}  // namespace filrouge::engine
