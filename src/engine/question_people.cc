// What sets an audience apart, which groups there are, and who resembles an audience. Answers hold
// counts and shares, never persons.
#include <algorithm>
#include <cmath>

#include "engine/lookalike_model.h"
#include "engine/question_features.h"
#include "engine/question_kinds.h"
#include "measure/clusters.h"
#include "measure/niche.h"

namespace filrouge::engine {
namespace {

constexpr std::int64_t kRowsMax = 10'000;

Result<std::vector<std::uint64_t>> audience_of(Asking& asking, Arguments& arguments) {
    const auto id = TRY(arguments.text("audience"));
    const auto rule = TRY(arguments.text("rule"));
    if (id.has_value() == rule.has_value())
        return arguments.wrong("audience", "an audience's id, or else rule");
    return asking.people(rule, id);
}

}  // namespace

Result<Answer> niche_question(Asking& asking, Arguments& arguments) {
    const auto audience = TRY(audience_of(asking, arguments));
    Features features(asking);
    TRY(features.read(arguments,
                      {"event", "channel", "category", "product", "place", "weekday", "hours"}));
    measure::NicheOptions options;
    options.support = static_cast<std::uint64_t>(
        TRY(arguments.whole("support", 1, 1'000'000)).value_or(kFeatureSupport));
    const auto limit = TRY(arguments.whole("limit", 1, kRowsMax)).value_or(100);
    TRY(arguments.done());
    const auto found = TRY(query::feature_counts(asking.view, asking.scope, features.question(),
                                                 audience, asking.run));
    std::vector<measure::FeatureCount> counts;
    for (const query::Feature& f : found.features) counts.push_back({f.inside, f.outside});
    const auto apart = TRY(measure::niche(counts, found.inside, found.outside, options));
    Answer answer;
    answer.fact("audience", found.inside);
    answer.fact("rest", found.outside);
    answer.fact("looked_at", std::uint64_t{counts.size()});
    answer.fact("found", std::uint64_t{apart.size()});
    auto& rows = answer.table("rows", {"feature", "value", "share_audience", "share_rest", "lift",
                                       "low", "high", "p_value", "q_value"});
    for (const measure::NicheFeature& n : apart) {
        if (rows.rows.size() == static_cast<std::size_t>(limit)) break;
        const query::Feature& f = found.features[n.feature];
        rows.add({features.family(f), features.value(f), n.share_audience, n.share_rest, n.lift,
                  n.low, n.high, n.p_value, n.q_value});
        rows.is_of(f.inside);
        rows.is_of(f.outside);
    }
    answer.note("People with an event in the question's time are compared.");
    return answer;
}

namespace {

// The rule of a cluster in the language of audiences, where that language can say it.
std::optional<std::string> rule_text(const Features& features, const query::FeatureTable& table,
                                     const measure::ClusterRule& rule) {
    std::vector<audience::Node> clauses;
    bool needs_event = true;  // who did nothing did everything less often than so
    for (const measure::ClusterTerm& term : rule.terms) {
        auto clause = features.clause(table.features[term.feature], term.at_least, term.threshold);
        if (!clause) return {};
        needs_event &= !(term.at_least && term.threshold > 0);
        clauses.push_back(std::move(*clause));
    }
    return features.rule(clauses, needs_event);
}

std::string terms_text(const Features& features, const query::FeatureTable& table,
                       const measure::ClusterRule& rule) {
    std::string out;
    for (const measure::ClusterTerm& term : rule.terms) {
        out += out.empty() ? "" : " and ";
        out += features.name(table.features[term.feature]);
        out += term.at_least ? " >= " : " < ";
        out += fixed_text(*fixed_from_double(std::round(double{term.threshold} * 100) / 100));
    }
    return out;
}

std::uint64_t fulfilling(const measure::FeatureMatrix& matrix, const measure::ClusterRule& rule) {
    std::uint64_t n = 0;
    for (std::size_t p = 0; p < matrix.people; ++p) {
        const auto values = matrix.person(p);
        n += std::all_of(rule.terms.begin(), rule.terms.end(), [&](const auto& term) {
            return (values[term.feature] >= term.threshold) == term.at_least;
        });
    }
    return n;
}

}  // namespace

Result<Answer> clusters_question(Asking& asking, Arguments& arguments) {
    Features features(asking);
    TRY(features.read(arguments, {"event", "channel", "category"}));
    measure::ClusterOptions options;
    options.seed = kDrawSeed;
    options.most = static_cast<std::size_t>(
        TRY(arguments.whole("most", 2, measure::kClustersMax)).value_or(8));
    options.least_silhouette =
        TRY(arguments.number("least_silhouette", -1, 1)).value_or(options.least_silhouette);
    TRY(arguments.done());
    const auto counts =
        TRY(query::feature_counts(asking.view, asking.scope, features.question(), {}, asking.run));
    const query::FeatureTable table = TRY(feature_table(asking, features, counts));
    const measure::FeatureMatrix matrix = table.matrix();
    options.still_wanted = begin_fit(asking);
    const measure::Clusters found = TRY(measure::find_clusters(matrix, options));
    TRY(asking.run.check());
    Answer answer;
    answer.fact("people", std::uint64_t{counts.people.size()});
    answer.fact("people_drawn", std::uint64_t{matrix.people});
    answer.fact("features", std::uint64_t{matrix.features});
    answer.fact("silhouette", found.silhouette);
    auto& rows = answer.table("rows", {"cluster", "people", "share", "known_by", "precision",
                                       "recall", "people_of_rule", "rule"});
    auto& means = answer.table("means", {"cluster", "feature", "mean", "mean_of_all"});
    for (std::size_t c = 0; c < found.clusters.size(); ++c) {
        const measure::Cluster& cluster = found.clusters[c];
        const bool known = !cluster.rule.terms.empty();
        const auto text = rule_text(features, table, cluster.rule);
        const auto if_known = [known](const Answer::Value& v) {
            return known ? v : Answer::Value();
        };
        rows.add({std::uint64_t{c + 1}, std::uint64_t{cluster.people},
                  share_of(cluster.people, matrix.people),
                  if_known(terms_text(features, table, cluster.rule)),
                  if_known(cluster.rule.precision), if_known(cluster.rule.recall),
                  if_known(fulfilling(matrix, cluster.rule)),
                  text ? Answer::Value(*text) : Answer::Value()});
        rows.is_of(cluster.people);
        if (known) rows.is_of(fulfilling(matrix, cluster.rule));
        for (std::size_t f = 0; f < std::min(matrix.features, kFeaturesShown); ++f) {
            double all = 0;
            for (const measure::Cluster& other : found.clusters)
                all += other.means[f] * static_cast<double>(other.people);
            means.add({std::uint64_t{c + 1}, features.name(table.features[f]), cluster.means[f],
                       all / static_cast<double>(matrix.people)});
            means.is_of(cluster.people);
        }
    }
    return answer;
}

Result<Answer> lookalike_question(Asking& asking, Arguments& arguments) {
    const auto audience = TRY(audience_of(asking, arguments));
    Features features(asking);
    const LookalikeRequest request = TRY(lookalike_request(features, arguments));
    TRY(arguments.done());
    const LookalikeFit fit = TRY(fit_lookalike(asking, features, audience, request));
    Answer answer;
    tell_lookalike(features, fit, answer);
    answer.note(
        "AUC, precision and lift are of people the model had not seen. What the audience's "
        "own rule counts makes them better than they are: leave it out of \"features\".");
    answer.note("POST /api/v1/models/lookalike writes the score as a trait that rules may use.");
    return answer;
}

}  // namespace filrouge::engine
