// Funnels, transitions and flows.
#include <algorithm>

#include "engine/question_kinds.h"
#include "query/flows.h"
#include "query/funnel.h"

namespace filrouge::engine {
namespace {

constexpr std::size_t kRowsMax = 10'000;

Answer::Value seconds_of(std::int64_t us) { return static_cast<double>(us) / 1e6; }

// The rule of those who did the first `steps` steps; nothing when the question's period is not one
// that a rule can say.
Answer::Value rule_of(const Asking& asking, const audience::Node& whole, std::size_t steps) {
    const auto window = asking.window_of_period();
    if (!window) return std::monostate();
    audience::Rule rule;
    if (steps == 1) {
        rule.root.kind = audience::NodeKind::Aggregate;
        rule.root.function = audience::Function::Any;
        rule.root.event = whole.steps[0].event;
    } else {
        rule.root = whole;
        rule.root.steps.resize(steps);
    }
    rule.root.window = *window;
    return audience::print(rule);
}

Result<audience::Rule> funnel_rule(Arguments& arguments) {
    const auto steps = TRY(arguments.texts("steps", audience::kSequenceStepsMax));
    const auto within = TRY(arguments.text("within"));
    if (steps.size() < 2) return arguments.wrong("steps", "a list of two to eight events");
    audience::Length otherwise;
    if (within) otherwise = TRY(Asking::told_length(*within));
    std::string text = steps[0];
    for (std::size_t i = 1; i < steps.size(); ++i) text.append(" then ").append(steps[i]);
    auto parsed = audience::parse(text);
    if (const auto* wrong = std::get_if<audience::RuleError>(&parsed))
        return Error{"rule.invalid", wrong->message, wrong->hint};
    auto rule = std::get<audience::Rule>(std::move(parsed));
    const bool plain = rule.root.kind == audience::NodeKind::Sequence &&
                       rule.root.steps.size() == steps.size() && !rule.root.steps.back().absent &&
                       rule.root.window.kind == audience::WindowKind::Ever && !rule.root.bots;
    if (!plain) return arguments.wrong("steps", "a list of two to eight events");
    // Into what was read: a text may hold the word, and a keyword may stand in capitals.
    for (std::size_t i = 1; i < rule.root.steps.size(); ++i) {
        audience::Step& step = rule.root.steps[i];
        if (!step.within.given()) step.within = otherwise;
    }
    return rule;
}

}  // namespace

Result<Answer> funnel_question(Asking& asking, Arguments& arguments) {
    const audience::Rule rule = TRY(funnel_rule(arguments));
    const auto by = TRY(arguments.text("by"));
    TRY(arguments.done());
    query::Groups groups;
    query::FunnelQuestion question;
    question.compiled = TRY(asking.compile(rule));
    question.sequence = question.compiled->sequences.at(0);
    if (by) {
        question.by = TRY(asking.dimension(*by, groups));
        question.groups = &groups;
    }
    const query::Funnel funnel =
        TRY(query::funnel(asking.view, asking.scope, question, asking.run));
    Answer answer;
    const std::uint64_t first = funnel.steps[0].persons;
    answer.fact("persons", first);
    answer.fact("converted", funnel.steps.back().persons);
    answer.fact("conversion", share_of(funnel.steps.back().persons, first));
    auto& rows = answer.table(
        "rows", {"step", "event", "persons", "of_first", "of_previous", "median_seconds",
                 "p90_seconds", "median_seconds_from_first", "rule"});
    for (std::size_t i = 0; i < funnel.steps.size(); ++i) {
        const query::FunnelStep& step = funnel.steps[i];
        const bool timed = i != 0 && step.persons != 0;
        const auto quantile = [&](const query::DurationSketch& s, double share) {
            return timed ? seconds_of(s.quantile(share)) : Answer::Value();
        };
        rows.add({std::uint64_t{i + 1}, audience::print(rule.root.steps[i].event), step.persons,
                  share_of(step.persons, first),
                  i == 0 ? Answer::Value() : share_of(step.persons, funnel.steps[i - 1].persons),
                  quantile(step.since_last, 0.5), quantile(step.since_last, 0.9),
                  quantile(step.since_first, 0.5), rule_of(asking, rule.root, i + 1)});
    }
    if (!by) return answer;
    auto& split = answer.table("groups", {column_of_split(*by, {"step", "persons", "of_first"}),
                                          "step", "persons", "of_first"});
    const auto kind = asking.kind_of_dimension(*by);
    std::vector<std::uint32_t> order;
    for (std::uint32_t g = 0; g < funnel.by_group.size(); ++g) {
        if (!funnel.by_group[g].empty()) order.push_back(g);
    }
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return funnel.by_group[a][0] > funnel.by_group[b][0];
    });
    if (order.size() > kRowsMax) order.resize(kRowsMax);
    for (const std::uint32_t g : order) {
        const std::string name = asking.group_name(groups.key(g), kind);
        for (std::size_t i = 0; i < funnel.by_group[g].size(); ++i)
            split.add({name, std::uint64_t{i + 1}, funnel.by_group[g][i],
                       share_of(funnel.by_group[g][i], funnel.by_group[g][0])});
    }
    return answer;
}

namespace {

std::string node_name(const Asking& asking, const query::FlowNode& node) {
    std::string out(node.name.is_none() ? "" : asking.names.text(node.name));
    if (node.has_channel) out += (out.empty() ? "" : " / ") + std::string(name_of(node.channel));
    return out;
}

Result<query::NodeOf> node_of(Arguments& arguments) {
    const std::string of = TRY(arguments.text_or("of", "event"));
    if (of == "event") return query::NodeOf::Name;
    if (of == "channel") return query::NodeOf::Channel;
    if (of == "event and channel") return query::NodeOf::NameAndChannel;
    return arguments.wrong("of", "event, channel, or event and channel");
}

}  // namespace

Result<Answer> transitions_question(Asking& asking, Arguments& arguments) {
    const query::NodeOf of = TRY(node_of(arguments));
    const bool collapse = TRY(arguments.yes("collapse_loops", false));
    const auto limit = TRY(arguments.whole("limit", 1, kRowsMax)).value_or(100);
    TRY(arguments.done());
    // Ten of one person are few: who did so is counted where few are hidden.
    const bool count_persons = asking.mask.small_counts_min() != 0;
    const auto found =
        TRY(query::transitions(asking.view, asking.scope, of, collapse, asking.run, count_persons));
    Answer answer;
    std::uint64_t all = 0, most_persons = 0;
    for (const query::Transition& t : found) {
        all += t.count;
        most_persons = std::max(most_persons, t.persons);
    }
    answer.is_of(most_persons);
    answer.fact("transitions", all);
    answer.fact("pairs", std::uint64_t{found.size()});
    auto& rows = answer.table("rows", {"from", "to", "count", "share"});
    for (std::size_t i = 0; i < std::min(found.size(), static_cast<std::size_t>(limit)); ++i) {
        rows.add({node_name(asking, found[i].from), node_name(asking, found[i].to), found[i].count,
                  share_of(found[i].count, all)});
        rows.is_of(found[i].persons);
    }
    return answer;
}

Result<Answer> flows_question(Asking& asking, Arguments& arguments) {
    query::FlowQuestion question;
    const auto begin = TRY(arguments.text("start"));
    const auto end = TRY(arguments.text("end"));
    if (begin.has_value() == end.has_value())
        return arguments.wrong("start", "an event, or else end");
    const Asking::EventSpec start = TRY(asking.event(begin ? *begin : *end));
    question.compiled = start.compiled;
    question.start = start.event;
    question.back = end.has_value();
    question.node = TRY(node_of(arguments));
    question.collapse_loops = TRY(arguments.yes("collapse_loops", true));
    question.stages = static_cast<std::uint32_t>(
        TRY(arguments.whole("stages", 1, query::kFlowStagesMax)).value_or(4));
    if (const auto within = TRY(arguments.text("within")))
        question.within_us = TRY(asking.length(*within));
    TRY(arguments.done());
    const auto flows = TRY(query::flows(asking.view, asking.scope, question, asking.run));
    Answer answer;
    std::uint64_t persons = 0;
    for (const query::Flow& flow : flows) persons += flow.stage == 0 ? flow.count : 0;
    answer.fact("persons", persons);
    auto& rows = answer.table("rows", {"stage", "from", "to", "ends", "count"});
    for (const query::Flow& flow : flows) {
        if (rows.rows.size() == kRowsMax) break;
        rows.add({std::uint64_t{flow.stage}, node_name(asking, flow.from),
                  flow.ends ? Answer::Value() : Answer::Value(node_name(asking, flow.to)),
                  flow.ends, flow.count});
    }
    return answer;
}

}  // namespace filrouge::engine
