#include "engine/match_figures.h"

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <cmath>

#include "base/json_writer.h"
#include "engine/times.h"

namespace filrouge::engine {

namespace {

constexpr std::array kPrecisions = {0.999, 0.99, 0.95, 0.9, 0.8, 0.7};
constexpr std::size_t kBins = 20;

// As many places as mean something.
double rounded(double figure, double places) { return std::round(figure * places) / places; }
constexpr double kShare = 1e6, kBits = 1e2, kPairs = 1e1;

void write_expected(JsonWriter& w, const matching::Expected& at) {
    w.open_object().field("pairs", at.pairs);
    w.key("probability").number(rounded(at.probability, kShare));
    w.key("precision").number(rounded(at.precision, kShare));
    w.key("recall").number(rounded(at.recall, kShare)).close();
}

std::string name_of(const matching::Pass& pass, const std::vector<matching::Field>& fields) {
    std::string out;
    for (const matching::Key& key : pass.keys) {
        if (!out.empty()) out.append(" + ");
        out.append(fields[key.field].name);
        if (key.loose) out.append(" (nearly)");
    }
    return out.empty() ? "everybody" : out;
}

void write_blocking(JsonWriter& w, const MatchReport& r) {
    w.key("blocking").open_array();
    for (std::size_t p = 0; p < r.matches.passes.size(); ++p) {
        const matching::PassFigures& figures = r.matches.figures[p];
        w.open_object().field("key", name_of(r.matches.passes[p], r.request.fields));
        w.field("pairs", figures.pairs).field("hot_keys", figures.hot_keys);
        w.field("hot_records", figures.hot_rows).close();
    }
    w.close();
}

void write_weights(JsonWriter& w, const MatchReport& r) {
    w.key("fields").open_array();
    for (std::size_t f = 0; f < r.request.fields.size(); ++f) {
        const matching::Field& field = r.request.fields[f];
        w.open_object().field("trait", field.name).field("kind", row_of(field.kind).name);
        w.key("levels").open_array();
        const auto names = matching::levels_of(field.kind);
        for (std::size_t l = 0; l < names.size(); ++l) {
            const matching::LevelModel& level = r.matches.model.fields[f][l + matching::kEqual];
            w.open_object().field("level", names[l]);
            w.key("m").number(rounded(level.m, kShare)).key("u").number(rounded(level.u, kShare));
            w.key("weight").number(rounded(level.weight, kBits)).close();
        }
        w.close().close();
    }
    w.close();
}

void write_histogram(JsonWriter& w, const MatchReport& r) {
    std::array<std::uint64_t, kBins> bins{};
    for (const matching::Pair& pair : r.matches.pairs) {
        const auto bin = static_cast<std::size_t>(pair.probability * float{kBins});
        ++bins[std::min(bin, kBins - 1)];
    }
    w.key("histogram").open_array();
    for (std::size_t b = 0; b < kBins; ++b) {
        w.open_object().key("from").number(static_cast<double>(b) / kBins);
        w.field("pairs", bins[b]).close();
    }
    w.close();
}

void write_written(JsonWriter& w, const MatchReport& r) {
    const MatchChoice& choice = r.choice;
    w.key("automatic");
    write_expected(w, choice.automatic);
    const bool writes = r.request.writes != MatchWrites::Nothing;
    w.key("pairs").open_object().field("tied", choice.tied).field("queued", choice.queued);
    w.field("written", writes).field("known", choice.known);
    w.field("kept_apart", choice.kept_apart).field("past_limits", choice.past_limits);
    w.field("no_identifier", choice.untied);
    w.field("past_queue", choice.past_queue).close();
}

}  // namespace

std::string match_figures(const MatchReport& r) {
    const matching::Matches& matches = r.matches;
    std::string out;
    JsonWriter w(out);
    w.open_object().field("id", r.id.text()).field("at", iso_time(r.at));
    w.field("sequence", r.people.sequence).key("request").raw(boost::json::serialize(r.asked));
    w.key("people").open_object();
    w.field("matched", std::uint64_t{r.people.persons.size()});
    w.field("of_source", std::uint64_t{r.people.records.rows(matching::Side::Second)});
    w.field("without_consent", r.people.without_consent);
    w.field("without_traits", r.people.without_traits).close();
    w.field("pairs_possible", matches.possible).field("pairs_compared", matches.compared);
    w.key("matches_expected").number(rounded(matches.expected, kPairs));
    w.key("met").number(rounded(matches.met, kShare));
    write_weights(w, r);
    write_blocking(w, r);
    w.key("thresholds").open_array();
    for (const double precision : kPrecisions) {
        const matching::Expected at = matching::at_precision(matches, precision);
        if (at.pairs > 0) write_expected(w, at);
    }
    w.close();
    write_histogram(w, r);
    write_written(w, r);
    w.close();
    return out;
}

}  // namespace filrouge::engine
