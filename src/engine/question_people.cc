// What sets an audience apart, which groups there are, and who resembles an audience. Answers hold
// counts and shares, never persons.
#include <algorithm>
#include <cmath>

#include "engine/question_features.h"
#include "engine/question_kinds.h"
#include "measure/clusters.h"
#include "measure/lookalike.h"
#include "measure/niche.h"

namespace filrouge::engine {
namespace {

constexpr std::uint64_t kSeed = 1;  // the same question has the same answer
constexpr std::uint64_t kSupport = 20;
constexpr std::int64_t kRowsMax = 10'000;
constexpr std::size_t kTraitsShown = 50;

bool has(const std::vector<std::uint64_t>& bits, PersonNo person) {
    return person.value / 64 < bits.size() && (bits[person.value / 64] >> (person.value % 64) & 1);
}

Result<std::vector<std::uint64_t>> audience_of(Asking& asking, Arguments& arguments) {
    const auto id = TRY(arguments.text("audience"));
    const auto rule = TRY(arguments.text("rule"));
    if (id.has_value() == rule.has_value())
        return arguments.wrong("audience", "an audience's id, or else rule");
    return asking.people(rule, id);
}

Result<query::FeatureTable> table_of(Asking& asking, const Features& features,
                                     const query::FeatureCounts& counts) {
    query::FeatureTable table =
        TRY(query::feature_table(asking.view, asking.scope, features.question(), counts,
                                 query::kFeaturesMax, kSupport, kSeed, asking.run));
    // The models need as much again; there is no way back out of them once they run.
    asking.run.take_memory(table.values.size() * sizeof(float));
    TRY(asking.run.check());
    return table;
}

}  // namespace

Result<Answer> niche_question(Asking& asking, Arguments& arguments) {
    const auto audience = TRY(audience_of(asking, arguments));
    Features features(asking);
    TRY(features.read(arguments,
                      {"event", "channel", "category", "product", "place", "weekday", "hours"}));
    measure::NicheOptions options;
    options.support = static_cast<std::uint64_t>(
        TRY(arguments.whole("support", 1, 1'000'000)).value_or(kSupport));
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
    options.seed = kSeed;
    options.most = static_cast<std::size_t>(
        TRY(arguments.whole("most", 2, measure::kClustersMax)).value_or(8));
    options.least_silhouette =
        TRY(arguments.number("least_silhouette", -1, 1)).value_or(options.least_silhouette);
    TRY(arguments.done());
    const auto counts =
        TRY(query::feature_counts(asking.view, asking.scope, features.question(), {}, asking.run));
    const query::FeatureTable table = TRY(table_of(asking, features, counts));
    const measure::FeatureMatrix matrix = table.matrix();
    const measure::Clusters found = TRY(measure::find_clusters(matrix, options));
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
        for (std::size_t f = 0; f < std::min(matrix.features, kTraitsShown); ++f) {
            double all = 0;
            for (const measure::Cluster& other : found.clusters)
                all += other.means[f] * static_cast<double>(other.people);
            means.add({std::uint64_t{c + 1}, features.name(table.features[f]), cluster.means[f],
                       all / static_cast<double>(matrix.people)});
        }
    }
    return answer;
}

namespace {

// The score that the `top` best of those who are no seeds have at least.
double threshold_of(const measure::Lookalike& found, const std::vector<std::uint8_t>& seeds,
                    std::size_t top) {
    std::vector<float> others;
    for (std::size_t i = 0; i < seeds.size(); ++i) {
        if (seeds[i] == 0) others.push_back(found.score[i]);
    }
    if (others.empty()) return 1;
    const std::size_t place = std::min(top, others.size()) - 1;
    std::nth_element(others.begin(), others.begin() + static_cast<std::ptrdiff_t>(place),
                     others.end(), std::greater<>());
    return double{others[place]};
}

}  // namespace

Result<Answer> lookalike_question(Asking& asking, Arguments& arguments) {
    const auto audience = TRY(audience_of(asking, arguments));
    Features features(asking);
    TRY(features.read(arguments,
                      {"event", "channel", "category", "weekday", "hours", "recency", "spent"}));
    const auto size = TRY(arguments.whole("size", 1, 1'000'000'000));
    TRY(arguments.done());
    const auto counts = TRY(query::feature_counts(asking.view, asking.scope, features.question(),
                                                  audience, asking.run));
    const query::FeatureTable table = TRY(table_of(asking, features, counts));
    std::vector<std::uint8_t> seeds;
    for (const PersonNo person : table.people) seeds.push_back(has(audience, person) ? 1 : 0);
    // Of drawn people the asked size is the same share.
    const double drawn = counts.people.empty() ? 1
                                               : static_cast<double>(table.people.size()) /
                                                     static_cast<double>(counts.people.size());
    measure::LookalikeOptions options;
    options.seed = kSeed;
    if (size)
        options.top = std::clamp<std::size_t>(
            static_cast<std::size_t>(std::ceil(static_cast<double>(*size) * drawn)), 1,
            std::max<std::size_t>(1, seeds.size()));
    const measure::Lookalike found = TRY(measure::look_alike(table.matrix(), seeds, options));
    const auto seeds_drawn = static_cast<std::size_t>(std::count(seeds.begin(), seeds.end(), 1));
    const std::size_t top = options.top == 0 ? seeds_drawn : options.top;
    Answer answer;
    answer.fact("audience", counts.inside);
    answer.fact("rest", counts.outside);
    answer.fact("people_drawn", std::uint64_t{table.people.size()});
    answer.fact("base_rate", share_of(seeds_drawn, seeds.size()));
    answer.fact("auc", found.auc);
    answer.fact("top", std::uint64_t{top});
    answer.fact("precision_at_top", found.precision_at_top);
    answer.fact("threshold", threshold_of(found, seeds, top));
    auto& rows = answer.table("rows", {"feature", "value", "coefficient"});
    for (const measure::LookalikeTrait& trait : found.traits) {
        if (rows.rows.size() == kTraitsShown) break;
        const query::Feature& f = table.features[trait.feature];
        rows.add({features.family(f), features.value(f), trait.coefficient});
    }
    auto& lift = answer.table("deciles", {"decile", "lift"});
    for (std::size_t d = 0; d < found.lift.size(); ++d)
        lift.add({std::uint64_t{d + 1}, found.lift[d]});
    answer.note(
        "AUC, precision and lift are of people the model had not seen. What the audience's "
        "own rule counts makes them better than they are: leave it out of \"features\".");
    answer.note("An audience whose members are told by this score is not possible yet.");
    return answer;
}

}  // namespace filrouge::engine
