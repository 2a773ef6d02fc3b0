// The pairs that wait for somebody, and what is decided about them.
#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <shared_mutex>

#include "base/json_writer.h"
#include "base/text.h"
#include "engine/match_people.h"
#include "engine/matching_desk_impl.h"
#include "engine/person_asked.h"
#include "engine/request_body.h"
#include "engine/sealed_record.h"
#include "matching/levels.h"
#include "matching/spelling.h"

namespace filrouge::engine {

namespace json = boost::json;

namespace {

using Reading = std::shared_lock<FairLock>;

// The fields of each run that is still kept.
class RunFields {
  public:
    explicit RunFields(const Fold& fold) {
        for (const DocumentView& document : fold.documents.of(RecordType::MatchRun)) {
            json::error_code bad;
            const json::value parsed =
                json::parse({document.json.data(), document.json.size()}, bad);
            if (bad || !parsed.is_object()) continue;
            const json::value* id = parsed.get_object().if_contains("id");
            const json::value* asked = parsed.get_object().if_contains("request");
            if (id != nullptr && id->is_string() && asked != nullptr && asked->is_object())
                by_run_[std::string(id->get_string())] = match_fields(asked->get_object());
        }
    }
    const std::vector<matching::Field>& of(const MatchRunId& run) const {
        static const std::vector<matching::Field> kNone;
        const auto at = by_run_.find(run.text());
        return at == by_run_.end() ? kNone : at->second;
    }

  private:
    std::map<std::string, std::vector<matching::Field>> by_run_;
};

std::string_view agreement(const matching::Field& field, const std::string& a,
                           const std::string& b) {
    const std::u16string x = matching::spelled(field.kind, a);
    const std::u16string y = matching::spelled(field.kind, b);
    if (x.empty() || y.empty()) return "missing";
    const matching::Level level = x == y ? matching::kEqual : matching::compare(field.kind, x, y);
    return matching::levels_of(field.kind)[level - std::size_t{matching::kEqual}];
}

void write_pair(JsonWriter& w, const Fold& fold, std::uint32_t number,
                const std::vector<matching::Field>& fields) {
    const MatchBook::Row& row = fold.matches.at(number);
    const PersonNo persons[] = {fold.graph.person_of(FragmentNo{row.a}),
                                fold.graph.person_of(FragmentNo{row.b})};
    std::vector<std::string> texts[2];
    for (std::size_t side = 0; side < 2; ++side) {
        MatchValues values(fold, fields, {row.brand, row.purpose});
        static_cast<void>(values.read(persons[side], std::nullopt));
        texts[side] = values.texts();
    }
    w.open_object().field("id", std::to_string(number)).field("run", row.run().text());
    w.key("probability").number(static_cast<double>(row.probability) / kProbabilityScale);
    w.field("a", profile_id(fold, persons[0])).field("b", profile_id(fold, persons[1]));
    w.key("fields").open_array();
    for (std::size_t f = 0; f < fields.size(); ++f) {
        w.open_object().field("trait", fields[f].name).field("a", texts[0][f]);
        w.field("b", texts[1][f]);
        w.field("agreement", agreement(fields[f], texts[0][f], texts[1][f])).close();
    }
    w.close().close();
}

bool waits(const Fold& fold, const MatchBook::Row& row) {
    return row.told() == MatchVerdict::ToReview &&
           fold.graph.person_of(FragmentNo{row.a}) != fold.graph.person_of(FragmentNo{row.b});
}

bool both_allow(Fold& fold, const MatchBook::Row& row) {
    const audience::Use use{row.brand, row.purpose};
    return fold.may_use(fold.graph.person_of(FragmentNo{row.a}), use) &&
           fold.may_use(fold.graph.person_of(FragmentNo{row.b}), use);
}

}  // namespace

Result<std::string> MatchingDeskImpl::review(std::string_view brand, std::size_t limit) {
    const Reading reading(library_.lock);
    Fold& fold = library_.fold;
    const std::optional<BrandNo> wanted = TRY(brand_asked(fold, brand));
    std::vector<std::uint32_t> open;
    std::uint64_t hidden = 0;
    for (std::uint32_t n = 0; n < fold.matches.size(); ++n) {
        const MatchBook::Row& row = fold.matches.at(n);
        if (!waits(fold, row) || (wanted && row.brand != *wanted)) continue;
        if (both_allow(fold, row)) {
            open.push_back(n);
        } else {
            ++hidden;
        }
    }
    std::stable_sort(open.begin(), open.end(), [&](std::uint32_t x, std::uint32_t y) {
        return fold.matches.at(x).probability > fold.matches.at(y).probability;
    });
    const RunFields fields(fold);
    std::string out;
    JsonWriter w(out);
    w.open_object().field("waiting", std::uint64_t{open.size()}).field("hidden", hidden);
    w.key("pairs").open_array();
    for (std::size_t i = 0; i < std::min(limit, open.size()); ++i)
        write_pair(w, fold, open[i], fields.of(fold.matches.at(open[i]).run()));
    w.close().close();
    return out;
}

void MatchingDeskImpl::decide(std::string id, std::string text, std::string_view actor,
                              Reply done) {
    const std::lock_guard guard(seams_.commands);
    done(decide_now(id, text, actor));
}

Result<std::string> MatchingDeskImpl::decide_now(const std::string& id, std::string_view text,
                                                 std::string_view actor) {
    const json::object body = TRY(object_of(text));
    const std::string verdict = TRY(text_of(body, "verdict", true));
    std::string by = TRY(text_of(body, "by", false));
    if (by.empty()) by = actor;
    if (verdict != "same" && verdict != "different")
        return Error{"matching.unknown_verdict", "The verdict is not known.",
                     "One of: same, different."};
    MatchDecision decision;
    {
        const Reading reading(library_.lock);
        Fold& fold = library_.fold;
        const auto number = parse_int(id);
        if (!number || *number < 0 || *number >= fold.matches.size())
            return Error{"match_not_found", "No such pair waits for a decision.",
                         "GET /api/v1/matching/review lists those that do."};
        const MatchBook::Row& row = fold.matches.at(static_cast<std::uint32_t>(*number));
        if (!waits(fold, row))
            return Error{"match_conflict", "This pair waits for no decision any more.",
                         "A person tied by mistake is parted by POST /api/v1/identity/decisions."};
        if (verdict == "same" && !both_allow(fold, row))
            return Error{"match_conflict",
                         "One of the two does not allow the purpose of this pair any more.",
                         "Nobody compares them now; that they are two persons can still be told."};
        decision.run = row.run();
        decision.brand = row.brand;
        decision.purpose = row.purpose;
        decision.pairs = {{FragmentNo{row.a}, FragmentNo{row.b}, row.probability,
                           verdict == "same" ? MatchVerdict::Same : MatchVerdict::Different}};
    }
    decision.id = seams_.new_id();
    decision.at = as_event_time(seams_.now());
    const FragmentNo a = decision.pairs[0].a;
    Bytes clear, plain;
    encode_match_decision(decision, clear);
    ByteWriter(plain).sized(by);
    TRY(seams_.write(one_record(sealed_record(library_.keys, RecordType::MatchDecision, a,
                                              decision.id, std::move(clear), std::move(plain)))));
    const Reading reading(library_.lock);
    std::string out;
    JsonWriter(out)
        .open_object()
        .field("sequence", library_.fold.applied())
        .field("id", id)
        .field("verdict", verdict)
        .field("a", profile_id(library_.fold, library_.fold.graph.person_of(a)))
        .field("b", profile_id(library_.fold, library_.fold.graph.person_of(decision.pairs[0].b)))
        .close();
    return out;
}

}  // namespace filrouge::engine
