#include "engine/question_kinds.h"

#include <algorithm>
#include <array>
#include <bit>

namespace filrouge::engine {
namespace {

struct Kind {
    std::string_view name;
    QuestionFunction answer;
};
constexpr std::array kKinds = {
    Kind{"attribution", attribution_question},
    Kind{"clusters", clusters_question},
    Kind{"effect", effect_question},
    Kind{"flows", flows_question},
    Kind{"forecast", forecast_question},
    Kind{"funnel", funnel_question},
    Kind{"lookalike", lookalike_question},
    Kind{"metric", metric_question},
    Kind{"mix", mix_question},
    Kind{"niche", niche_question},
    Kind{"retention", retention_question},
    Kind{"rfm", rfm_question},
    Kind{"rising", rising_question},
    Kind{"share", share_question},
    Kind{"transitions", transitions_question},
    Kind{"value", value_question},
};

}  // namespace

std::vector<std::string_view> question_kinds() {
    std::vector<std::string_view> out;
    out.reserve(kKinds.size());
    for (const Kind& kind : kKinds) out.push_back(kind.name);
    return out;
}

std::string column_of_split(std::string_view by, const std::vector<std::string>& taken) {
    std::string out(by);
    while (std::find(taken.begin(), taken.end(), out) != taken.end()) out.insert(0, "by ");
    return out;
}

std::function<bool()> begin_fit(Asking& asking) {
    asking.run.begin("fit", 1);
    return [&run = asking.run] { return !run.cancelled(); };
}

Result<EventPair> event_pair(Asking& asking, const std::string& first, const std::string& second) {
    const Asking::EventSpec one = TRY(asking.event(first));
    const Asking::EventSpec two = TRY(asking.event(second));
    audience::Rule rule;
    rule.root.kind = audience::NodeKind::Sequence;
    rule.root.steps.resize(2);
    rule.root.steps[0].event = one.match;
    rule.root.steps[1].event = two.match;
    EventPair pair;
    pair.compiled = TRY(asking.compile(rule));
    pair.first = pair.compiled->steps.at(0).event;
    pair.second = pair.compiled->steps.at(1).event;
    return pair;
}

Result<Answer> answer_question(const Library& library, const boost::json::object& json,
                               query::Run& run, const Mask& mask) {
    Arguments arguments(json, "");
    const Kind* asked = nullptr;
    std::string names;
    for (const Kind& kind : kKinds) {
        names += (names.empty() ? "" : ", ") + std::string(kind.name);
        if (!arguments.has(kind.name)) continue;
        if (asked != nullptr)
            return Error{"question.invalid", "The body asks two questions at once.",
                         "Ask one after the other."};
        asked = &kind;
    }
    if (asked == nullptr)
        return Error{"question.invalid", "The body asks no question.",
                     "One of these must stand in it, with its arguments: " + names + "."};
    auto own = TRY(arguments.object(asked->name));
    if (!own) return arguments.wrong(asked->name, "an object");
    Asking asking(library, run);
    asking.mask = mask;
    TRY(asking.begin(arguments));
    const auto table = TRY(arguments.text("table"));
    TRY(arguments.done());
    Answer answer = TRY(asked->answer(asking, *own));
    std::uint64_t asked_about = 0;
    for (const std::uint64_t word : asking.scope.who)
        asked_about += static_cast<std::uint64_t>(std::popcount(word));
    answer.is_of(asked_about);
    answer.fact("sequence", asking.view.sequence);
    if (table) TRY(answer.choose_table(*table));
    return answer;
}

}  // namespace filrouge::engine
