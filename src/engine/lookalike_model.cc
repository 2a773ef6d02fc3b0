#include "engine/lookalike_model.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "engine/question_kinds.h"

namespace filrouge::engine {
namespace {

bool has(const std::vector<std::uint64_t>& bits, PersonNo person) {
    return person.value / 64 < bits.size() && (bits[person.value / 64] >> (person.value % 64) & 1);
}

double threshold_of(const LookalikeFit& fit) {
    std::vector<float> others;
    for (std::size_t i = 0; i < fit.seeds.size(); ++i) {
        if (fit.seeds[i] == 0) others.push_back(fit.found.score[i]);
    }
    if (others.empty()) return 1;
    const std::size_t place = std::min(fit.top, others.size()) - 1;
    std::nth_element(others.begin(), others.begin() + static_cast<std::ptrdiff_t>(place),
                     others.end(), std::greater<>());
    return double{others[place]};
}

// Of drawn people the asked size is the same share.
std::size_t top_of(const LookalikeRequest& request, const LookalikeFit& fit) {
    if (!request.size) return fit.seeds_drawn;
    const double drawn = static_cast<double>(fit.table.people.size()) /
                         static_cast<double>(std::max<std::size_t>(1, fit.counts.people.size()));
    const double top = std::ceil(static_cast<double>(*request.size) * drawn);
    return std::clamp<std::size_t>(static_cast<std::size_t>(top), 1,
                                   std::max<std::size_t>(1, fit.seeds.size()));
}

void tell_cuts(const measure::Lookalike& found, std::size_t people, Answer& answer) {
    auto& cuts = answer.table("cuts", {"score", "share", "precision"});
    for (const measure::LookalikeCut& cut : found.cuts) {
        cuts.add({cut.score, share_of(cut.people, people), share_of(cut.seeds, cut.people)});
        cuts.is_of(cut.people);
        cuts.is_of(cut.seeds);
    }
}

}  // namespace

Result<LookalikeRequest> lookalike_request(Features& features, Arguments& arguments) {
    LookalikeRequest request;
    TRY(features.read(arguments,
                      {"event", "channel", "category", "weekday", "hours", "recency", "spent"}));
    request.size = TRY(arguments.whole("size", 1, 1'000'000'000));
    return request;
}

Result<LookalikeFit> fit_lookalike(Asking& asking, const Features& features,
                                   const std::vector<std::uint64_t>& audience,
                                   const LookalikeRequest& request) {
    LookalikeFit fit;
    fit.counts = TRY(query::feature_counts(asking.view, asking.scope, features.question(), audience,
                                           asking.run));
    fit.table = TRY(feature_table(asking, features, fit.counts));
    for (const PersonNo person : fit.table.people)
        fit.seeds.push_back(has(audience, person) ? 1 : 0);
    fit.seeds_drawn = static_cast<std::size_t>(std::count(fit.seeds.begin(), fit.seeds.end(), 1));
    fit.top = top_of(request, fit);
    measure::LookalikeOptions options;
    options.seed = kDrawSeed;
    options.top = fit.top;
    options.still_wanted = begin_fit(asking);
    fit.found = TRY(measure::look_alike(fit.table.matrix(), fit.seeds, options));
    TRY(asking.run.check());
    fit.threshold = threshold_of(fit);
    return fit;
}

void tell_lookalike(const Features& features, const LookalikeFit& fit, Answer& answer) {
    answer.fact("audience", fit.counts.inside);
    answer.fact("rest", fit.counts.outside);
    answer.fact("people_drawn", std::uint64_t{fit.table.people.size()});
    answer.fact("base_rate", share_of(fit.seeds_drawn, fit.seeds.size()));
    answer.fact("auc", fit.found.auc);
    answer.fact("top", std::uint64_t{fit.top});
    answer.fact("precision_at_top", fit.found.precision_at_top);
    answer.fact("threshold", fit.threshold);
    auto& rows = answer.table("rows", {"feature", "value", "coefficient"});
    for (const measure::LookalikeTrait& trait : fit.found.traits) {
        if (rows.rows.size() == kFeaturesShown) break;
        const query::Feature& f = fit.table.features[trait.feature];
        rows.add({features.family(f), features.value(f), trait.coefficient});
    }
    auto& lift = answer.table("deciles", {"decile", "lift"});
    for (std::size_t d = 0; d < fit.found.lift.size(); ++d)
        lift.add({std::uint64_t{d + 1}, fit.found.lift[d]});
    tell_cuts(fit.found, fit.seeds.size(), answer);
}

Result<std::vector<float>> score_everybody(Asking& asking, const Features& features,
                                           LookalikeFit& fit) {
    const std::vector<PersonNo>& people = fit.counts.people;
    const std::size_t width = fit.table.features.size();
    asking.run.give_back(2 * fit.table.values.size() * sizeof(float));
    fit.table.values = {};
    std::vector<float> scores;
    if (asking.run.take_memory(people.size() * sizeof(float))) scores.reserve(people.size());
    const std::size_t most = query::kFeatureCellsMax / width;  // as many as are never drawn from
    query::FeatureCounts some{fit.counts.features, {}, 0, 0};
    for (std::size_t from = 0; from < people.size(); from += most) {
        TRY(asking.run.check());
        const std::size_t to = std::min(people.size(), from + most);
        some.people.assign(people.begin() + static_cast<std::ptrdiff_t>(from),
                           people.begin() + static_cast<std::ptrdiff_t>(to));
        const query::FeatureTable table =
            TRY(query::feature_table(asking.view, asking.scope, features.question(), some,
                                     query::kFeaturesMax, kFeatureSupport, kDrawSeed, asking.run));
        ASSERT(table.people.size() == some.people.size());
        for (std::size_t i = 0; i < table.people.size(); ++i)
            scores.push_back(fit.found.model.score(table.matrix().person(i)));
        asking.run.give_back(table.values.size() * sizeof(float));
    }
    return scores;
}

}  // namespace filrouge::engine
