// A run of matching: people read, compared, chosen, written.
#include <algorithm>
#include <boost/json.hpp>
#include <set>
#include <shared_mutex>
#include <utility>

#include "base/json_writer.h"
#include "engine/match_figures.h"
#include "engine/matching_desk_impl.h"
#include "engine/model_run.h"
#include "engine/request_body.h"

namespace filrouge::engine {

namespace json = boost::json;

namespace {

using Reading = std::shared_lock<FairLock>;

constexpr unsigned kThreads = 2;
constexpr std::size_t kRunsKept = 100;
constexpr std::size_t kRecordsAtOnce = 8;  // of kPairsPerRecordMax pairs; events go in between

matching::MatchOptions options_of(const MatchRequest& request, query::Run& run) {
    matching::MatchOptions out;
    out.between = request.source.has_value();
    out.one_to_one = request.one_to_one;
    out.households = request.households;
    out.seed = request.seed;
    out.threads = kThreads;
    out.progress = [&run](std::string_view stage, std::uint64_t done, std::uint64_t of) {
        run.begin(stage == "training" ? "training" : "comparing", of);
        run.advance(done);
        return !run.cancelled();
    };
    return out;
}

// Where the figures go: a new place, or that of the oldest run.
std::string place_of_run(const Fold& fold) {
    const auto known = fold.documents.of(RecordType::MatchRun);
    if (known.size() < kRunsKept) return std::to_string(known.size());
    const auto oldest = std::min_element(
        known.begin(), known.end(),
        [](const DocumentView& x, const DocumentView& y) { return x.sequence < y.sequence; });
    return std::string(oldest->id);
}

}  // namespace

Result<std::string> MatchingDeskImpl::run(std::string_view text, const std::string& id) {
    const json::object asked = TRY(object_of(text));
    const MatchRequest request = TRY(match_request(library_, asked));
    const bool writes = request.writes != MatchWrites::Nothing;
    if (writes && seams_.short_of_disk())
        return Error{"engine.disk_full",
                     "The disk has too little space left for what a run writes.",
                     "Free space, or lower [engine] free_disk_bytes_min."};
    const auto seat = TRY(seams_.asked.enter(id));
    // Nobody waits for long: whoever does sleeps on a thread that others need.
    const std::unique_lock one(running_, kRunWait);
    if (!one.owns_lock())
        return Error{"question.overloaded", "Matching is under way already; one run at a time.",
                     "Wait for it, or cancel it: GET /api/v1/questions lists what runs."};
    const MatchPeople people = TRY(match_people(library_, request, seat->run));
    matching::MatchOptions options = options_of(request, seat->run);
    std::set<std::pair<std::uint32_t, std::uint32_t>> apart;
    if (request.one_to_one) {
        {
            const Reading reading(library_.lock);
            apart = pairs_apart(library_.fold, people);
        }
        options.never = [&](std::uint32_t a, std::uint32_t b) {
            return people.on_both_sides[a] || people.on_both_sides[b] ||
                   apart.contains(std::minmax(a, b));
        };
    }
    const matching::Matches matches = TRY(matching::match(people.records, options));

    MatchDecision common;
    const EventId name = seams_.new_id();
    common.run = {name.high, name.low};
    common.at = as_event_time(seams_.now());
    common.brand = request.use.brand;
    common.purpose = request.use.purpose;
    std::string figures;
    const std::lock_guard command(seams_.commands);  // nobody decides between choice and writing
    MatchChoice choice;
    {
        const Reading reading(library_.lock);
        choice = choose_pairs(library_.fold, request, people, matches);
        figures = match_figures({common.run, common.at, asked, request, people, matches, choice});
    }
    if (!writes) return figures;
    // The figures first: a pair that waits for somebody is shown by what its run was asked.
    TRY(write_figures(figures));
    TRY(write_pairs(common, choice.pairs, seat->run));
    return figures;
}

Result<void> MatchingDeskImpl::write_pairs(const MatchDecision& common,
                                           const std::vector<MatchedPair>& pairs, query::Run& run) {
    run.begin("writing", pairs.size());
    std::vector<Prepared> records;
    for (std::size_t from = 0; from < pairs.size(); from += kPairsPerRecordMax) {
        TRY(run.check());
        const std::size_t to = std::min(pairs.size(), from + kPairsPerRecordMax);
        MatchDecision part = common;
        part.id = seams_.new_id();
        part.pairs.assign(pairs.begin() + static_cast<std::ptrdiff_t>(from),
                          pairs.begin() + static_cast<std::ptrdiff_t>(to));
        records.emplace_back().record.type = RecordType::MatchDecision;
        encode_match_decision(part, records.back().record.clear);
        run.advance(to - from);
        if (records.size() == kRecordsAtOnce || to == pairs.size())
            TRY(seams_.write(std::exchange(records, {})));
    }
    return {};
}

Result<void> MatchingDeskImpl::write_figures(const std::string& figures) {
    DocumentFacts document;
    {
        const Reading reading(library_.lock);
        document.id = place_of_run(library_.fold);
    }
    document.json = figures;
    std::vector<Prepared> records(1);
    records[0].record.type = RecordType::MatchRun;
    encode_document(document, records[0].record.clear);
    return seams_.write(std::move(records));
}

Result<std::string> MatchingDeskImpl::runs() {
    std::vector<DocumentView> documents;
    std::string out;
    JsonWriter w(out);
    const Reading reading(library_.lock);
    documents = library_.fold.documents.of(RecordType::MatchRun);
    std::sort(documents.begin(), documents.end(),
              [](const DocumentView& x, const DocumentView& y) { return x.sequence > y.sequence; });
    w.open_object().key("runs").open_array();
    for (const DocumentView& document : documents) w.raw(document.json);
    w.close().close();
    return out;
}

}  // namespace filrouge::engine
