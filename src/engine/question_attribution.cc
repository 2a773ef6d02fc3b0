// Which touches led to conversions.
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "engine/question_costs.h"
#include "engine/question_kinds.h"
#include "measure/attribution.h"
#include "measure/channel_mix.h"
#include "query/attribution.h"
#include "query/purchases.h"

namespace filrouge::engine {
namespace {

Result<void> read_question(Asking& asking, Arguments& arguments,
                           query::AttributionQuestion& question) {
    const std::string conversion = TRY(arguments.text_or("conversion", "Order Completed"));
    const auto touch = TRY(arguments.text("touch"));
    const EventPair pair = TRY(event_pair(asking, conversion, touch.value_or("*")));
    question.compiled = pair.compiled;
    question.conversion = pair.first;
    if (touch) question.touch = pair.second;
    if (const auto window = TRY(arguments.text("window")))
        question.window_us = TRY(asking.length(*window));
    if (const auto half_life = TRY(arguments.text("half_life")))
        question.half_life_us = TRY(asking.length(*half_life));
    question.each_touch_once = TRY(arguments.yes("each_touch_once", false));
    question.first_share = TRY(arguments.number("first_share", 0, 1)).value_or(0.4);
    question.last_share = TRY(arguments.number("last_share", 0, 1)).value_or(0.4);
    if (question.first_share + question.last_share > 1)
        return arguments.wrong("last_share", "such that both shares are 1 at most");
    question.rates = &asking.rates();
    question.currency = TRY(asking.currency(arguments));
    return {};
}

// Euros and dollars are not one value: where no currency is told, all are in that of the first
// conversion that has one, as purchases are.
Currency currency_of_values(Asking& asking, const query::AttributionQuestion& question) {
    query::PurchaseQuestion purchases;
    purchases.compiled = question.compiled;
    purchases.purchase = question.conversion;
    purchases.currency = question.currency;
    return query::currency_of_purchases(asking.view, asking.scope, purchases, asking.run);
}

// The paths as the models of measure/ take them. Their channels are the groups that a path has,
// anew numbered: the group of no value has a number, and may be on none.
struct Walked {
    measure::Journeys journeys;
    std::vector<std::size_t> groups;  // by channel
};
Walked journeys_of(const query::Attribution& found, std::size_t groups) {
    std::vector<bool> met(groups);
    for (const auto& [path, count] : found.paths) {
        for (const std::uint8_t group : path) met[group] = true;
    }
    Walked out;
    std::vector<std::uint8_t> channel_of(groups);
    for (std::size_t g = 0; g < groups; ++g) {
        if (!met[g]) continue;
        channel_of[g] = static_cast<std::uint8_t>(out.groups.size());
        out.groups.push_back(g);
    }
    measure::Journeys& journeys = out.journeys;
    journeys.channels = out.groups.size();
    journeys.paths.reserve(found.paths.size());
    for (const auto& [walked, count] : found.paths) {
        measure::Path path;
        path.channels.reserve(walked.size());
        for (const std::uint8_t group : walked) path.channels.push_back(channel_of[group]);
        path.conversions = count.conversions;
        path.value = count.value;
        path.nulls = count.nulls;
        journeys.paths.push_back(std::move(path));
    }
    return out;
}

// A chain takes no value below 0: what was lost is shared out by itself and taken off, so that the
// credits sum to the value whatever the signs.
Result<measure::MarkovAttribution> by_markov(Asking& asking, const measure::Journeys& journeys,
                                             int order) {
    const auto still_wanted = begin_fit(asking);
    const auto attribute = [&](const measure::Journeys& paths) {
        auto out = measure::attribute_by_markov(paths, order, still_wanted);
        // Not wanted any more it is no error of the chain's.
        if (const auto run = asking.run.check(); !run.ok())
            return Result<measure::MarkovAttribution>(run.error());
        return out;
    };
    const auto lost = [](const measure::Path& path) { return path.value < 0; };
    if (std::none_of(journeys.paths.begin(), journeys.paths.end(), lost))
        return attribute(journeys);
    measure::Journeys gains = journeys, losses = journeys;
    for (measure::Path& path : gains.paths) path.value = std::max<std::int64_t>(0, path.value);
    for (measure::Path& path : losses.paths) path.value = std::max<std::int64_t>(0, -path.value);
    auto out = TRY(attribute(gains));
    const auto of_losses = TRY(attribute(losses));
    for (std::size_t c = 0; c < out.credits.size(); ++c)
        out.credits[c].value -= of_losses.credits[c].value;
    return out;
}

// How many touches there were before a conversion, and how long it took from the first.
void tell_touches(Answer& answer, const query::Attribution& found) {
    constexpr double kDayUs = 86'400e6;
    const auto conversions = static_cast<double>(found.conversions);
    const auto tell = [&](const std::string& what, const query::DurationSketch& of, double sum,
                          double unit) {
        const auto at = [&](double share) {
            if (found.conversions == 0) return Answer::Value();
            return Answer::Value(static_cast<double>(of.quantile(share)) / unit);
        };
        answer.fact("median_" + what, at(0.5), found.persons);
        answer.fact("p90_" + what, at(0.9), found.persons);
        answer.fact(
            "mean_" + what,
            found.conversions == 0 ? Answer::Value() : Answer::Value(sum / conversions / unit),
            found.persons);
    };
    tell("touches", found.touches, found.touches_sum, 1);
    tell("days_from_first", found.since_first, found.since_first_sum, kDayUs);
}

constexpr std::array<std::string_view, 7> kModels = {"first", "last",   "linear", "position",
                                                     "decay", "markov", "shapley"};

struct Wanted {
    std::vector<std::string> models;
    std::int64_t order = 1;  // of the Markov chain
    bool has(std::string_view model) const {
        return std::find(models.begin(), models.end(), model) != models.end();
    }
};

Result<Wanted> wanted_models(Arguments& arguments) {
    Wanted wanted;
    wanted.models = TRY(arguments.texts("models", kModels.size()));
    wanted.order = TRY(arguments.whole("markov_order", 1, measure::kMarkovOrderMax)).value_or(1);
    for (const std::string& model : wanted.models) {
        if (std::find(kModels.begin(), kModels.end(), model) == kModels.end())
            return arguments.wrong(
                "models", "some of first, last, linear, position, decay, markov and shapley");
    }
    if (wanted.models.empty()) wanted.models.assign(kModels.begin(), kModels.begin() + 5);
    return wanted;
}

// The rows of the answer: what each model credits a value of the split with, and where costs were
// told what that took.
class Rows {
  public:
    Rows(Answer& answer, const std::string& by, const std::optional<std::vector<Cost>>& costs,
         const query::Scope& scope)
        : with_costs_(costs.has_value()) {
        std::vector<std::string> own = {"conversions", "value", "removal_effect"};
        if (with_costs_) own.insert(own.end(), {"cost", "cost_per_conversion", "roi"});
        std::vector<std::string> taken = own;
        taken.emplace_back("model");
        table_ = &answer.table("rows", {});
        table_->columns = {"model", column_of_split(by, taken)};
        table_->columns.insert(table_->columns.end(), own.begin(), own.end());
        for (const Cost& cost : costs.value_or(std::vector<Cost>())) {
            if (cost.at >= scope.from && cost.at < scope.to) costs_[cost.channel] += cost.amount;
        }
    }
    void add(std::string_view model, const std::string& name, double conversions, double value,
             std::uint64_t persons, std::optional<double> removal_effect = {}) {
        std::vector<Answer::Value> row = {std::string(model), name, conversions, value};
        if (removal_effect)
            row.emplace_back(*removal_effect);
        else
            row.emplace_back();
        const auto spent = costs_.find(name);
        if (with_costs_ && spent == costs_.end()) {
            row.insert(row.end(), 3, std::monostate());
        } else if (with_costs_) {
            const double cost = spent->second;
            row.insert(row.end(),
                       {cost, conversions > 0 ? Answer::Value(cost / conversions) : Answer::Value(),
                        shown(measure::return_on_investment(cost, value))});
        }
        table_->add(std::move(row));
        table_->is_of(persons);
        credited_.insert({std::string(model), name});
    }
    // What was spent and credited with nothing is not to be passed over.
    void add_uncredited(std::string_view model) {
        for (const auto& [name, cost] : costs_) {
            if (!credited_.contains({std::string(model), name})) add(model, name, 0, 0, 0);
        }
    }
    double spent() const {
        double all = 0;
        for (const auto& [name, cost] : costs_) all += cost;
        return all;
    }

  private:
    const bool with_costs_;
    Answer::Table* table_ = nullptr;
    std::map<std::string, double, std::less<>> costs_;  // of the question's time
    std::set<std::pair<std::string, std::string>> credited_;
};

}  // namespace

Result<Answer> attribution_question(Asking& asking, Arguments& arguments) {
    query::AttributionQuestion question;
    TRY(read_question(asking, arguments, question));
    const std::string by = TRY(arguments.text_or("by", "channel"));
    query::Groups groups;
    question.groups = &groups;
    question.by = TRY(asking.dimension(by, groups));
    const Wanted wanted = TRY(wanted_models(arguments));
    question.decay = wanted.has("decay");
    question.paths = wanted.has("markov") || wanted.has("shapley");
    std::optional<std::vector<Cost>> costs;
    auto told = TRY(costs_of(asking, arguments));
    if (arguments.has("costs")) costs = std::move(told);
    TRY(arguments.done());
    question.currency = currency_of_values(asking, question);
    const query::Attribution found =
        TRY(query::attribution(asking.view, asking.scope, question, asking.run));
    Answer answer;
    answer.fact("conversions", found.conversions, found.persons);
    answer.fact("value", Answer::Fixed{found.value}, found.persons);
    answer.fact("conversions_without_touch", found.without_touch, found.persons_without_touch);
    answer.fact("value_without_touch", Answer::Fixed{found.without_touch_value},
                found.persons_without_touch);
    tell_touches(answer, found);
    answer.fact("currency", question.currency.text());
    answer.fact("amounts_without_rate", found.without_rate);
    if (question.paths) answer.fact("paths", std::uint64_t{found.paths.size()});
    Rows rows(answer, by, costs, asking.scope);
    if (costs) answer.fact("cost", rows.spent());
    const auto name = [&](std::size_t group) {
        return asking.group_name(groups.key(static_cast<std::uint32_t>(group)),
                                 asking.kind_of_dimension(by));
    };
    const auto add = [&](std::string_view model, query::Credit query::GroupCredit::*credit) {
        if (!wanted.has(model)) return;
        for (std::size_t g = 0; g < found.groups.size(); ++g) {
            const query::Credit& c = found.groups[g].*credit;
            if (c.conversions == 0) continue;
            rows.add(model, name(g), c.conversions, c.value / kFixedScale, c.persons);
        }
        rows.add_uncredited(model);
    };
    add("first", &query::GroupCredit::first);
    add("last", &query::GroupCredit::last);
    add("linear", &query::GroupCredit::linear);
    add("position", &query::GroupCredit::position);
    add("decay", &query::GroupCredit::decay);
    if (found.conversions == 0 || !question.paths) return answer;
    const Walked walked = journeys_of(found, groups.size());
    const measure::Journeys& journeys = walked.journeys;
    const auto add_credits = [&](std::string_view model, const measure::Credits& credits,
                                 const std::vector<measure::Credit>* effects) {
        for (std::size_t c = 0; c < credits.size(); ++c) {
            if (credits[c].conversions == 0) continue;
            const std::size_t g = walked.groups[c];
            std::optional<double> effect;
            if (effects != nullptr) effect = (*effects)[c].conversions;
            rows.add(model, name(g), credits[c].conversions, credits[c].value / kFixedScale,
                     found.groups[g].linear.persons,  // who touched it on the way
                     effect);
        }
        rows.add_uncredited(model);
    };
    if (wanted.has("markov")) {
        const auto markov = TRY(by_markov(asking, journeys, static_cast<int>(wanted.order)));
        add_credits("markov", markov.credits, &markov.removal_effects);
    }
    if (wanted.has("shapley"))
        add_credits("shapley", TRY(measure::attribute_by_shapley(journeys)), nullptr);
    return answer;
}

}  // namespace filrouge::engine
