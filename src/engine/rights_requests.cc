// What persons have asked for, and when it is due: documents of the log, without a word that names
// anybody. Who asked is the profile's id; what was done is told by those who did it, one state
// after the other.
#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <chrono>
#include <shared_mutex>
#include <unordered_set>
#include <utility>

#include "base/json_writer.h"
#include "base/text.h"
#include "collect/moment.h"
#include "engine/person_asked.h"
#include "engine/records.h"
#include "engine/request_body.h"
#include "engine/rights_desk_impl.h"
#include "engine/times.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;
namespace chrono = std::chrono;

constexpr std::array<std::string_view, 6> kKinds = {"access", "rectify",     "restrict",
                                                    "object", "portability", "erase"};
constexpr std::array<std::string_view, 4> kStates = {"open", "in_progress", "done", "refused"};

bool is_settled(std::string_view state) { return state == "done" || state == "refused"; }

// One month, as Regulation (EEC) 1182/71 counts it: the same day of the next month, or its last.
std::int64_t due_of(std::int64_t received_us) {
    const chrono::sys_time<chrono::microseconds> received{chrono::microseconds(received_us)};
    const auto day = chrono::floor<chrono::days>(received);
    chrono::year_month_day due = chrono::year_month_day(day) + chrono::months(1);
    if (!due.ok()) due = due.year() / due.month() / chrono::last;
    return (chrono::sys_days(due) + (received - day)).time_since_epoch().count();
}

struct Request {
    std::string id;
    json::object document;
    std::int64_t whole(std::string_view key) const {
        const json::value* value = document.if_contains(key);
        return value != nullptr && value->is_int64() ? value->get_int64() : 0;
    }
    std::string text(std::string_view key) const {
        const json::value* value = document.if_contains(key);
        return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                      : std::string();
    }
};

void take_request(const DocumentView& d, std::vector<Request>& out) {
    json::error_code bad;
    json::value parsed = json::parse({d.json.data(), d.json.size()}, bad);
    if (!bad && parsed.is_object())
        out.push_back({std::string(d.id), std::move(parsed.get_object())});
}

std::vector<Request> requests_of(const Library& l) {
    std::vector<Request> out;
    const std::shared_lock reading(l.lock);
    for (const DocumentView& d : l.fold.documents.of(RecordType::RightsRequest))
        take_request(d, out);
    return out;
}

struct Standing {
    bool settled, alert, overdue;
};
Standing standing_of(const Request& request, IngestTime now) {
    const bool settled = is_settled(request.text("state"));
    const std::int64_t age = now.us - request.whole("received_us");
    return {settled, !settled && age >= days(kRightsAlertDay).us,
            !settled && now.us > request.whole("due_us")};
}

void write_request(JsonWriter& w, const Request& request, IngestTime now) {
    const Standing standing = standing_of(request, now);
    w.open_object()
        .field("id", request.id)
        .field("kind", request.text("kind"))
        .field("profile", request.text("profile"))
        .field("state", request.text("state"))
        .field("received", iso_time(EventTime{request.whole("received_us")}))
        .field("due", iso_time(EventTime{request.whole("due_us")}))
        .field("alert", standing.alert)
        .field("overdue", standing.overdue)
        .key("history")
        .open_array();
    const json::value* history = request.document.if_contains("history");
    if (history != nullptr && history->is_array()) {
        for (const json::value& step : history->get_array()) {
            const Request told{{}, step.is_object() ? step.get_object() : json::object()};
            w.open_object()
                .field("at", iso_time(EventTime{told.whole("at_us")}))
                .field("by", told.text("by"))
                .field("state", told.text("state"))
                .close();
        }
    }
    w.close().close();
}

void add_step(json::object& document, std::string_view state, std::string_view by, IngestTime at) {
    json::object step;
    step["at_us"] = at.us;
    step["by"] = json::string_view(by.data(), by.size());
    step["state"] = json::string_view(state.data(), state.size());
    document["state"] = step["state"];
    if (!document.contains("history")) document["history"] = json::array();
    document["history"].as_array().push_back(std::move(step));
}

Result<std::string> one_of(const json::object& body, const char* key,
                           std::span<const std::string_view> known) {
    std::string told = TRY(text_of(body, key, true));
    if (std::find(known.begin(), known.end(), told) != known.end()) return told;
    std::string all;
    for (const std::string_view each : known) all.append(all.empty() ? "" : ", ").append(each);
    return Error{"api.invalid_field", std::string("The field '") + key + "' is none it may be.",
                 "One of: " + all + "."};
}

// Who a request's document says the person was then: looked up in its text, because a customer's
// page reads the documents of the whole shop for the few that are theirs. We alone write them.
ProfileId asked_for(std::string_view document) {
    constexpr std::string_view kKey = "\"profile\":\"";
    const std::size_t at = document.find(kKey);
    if (at == document.npos) return {};
    constexpr std::size_t kChars = 32;
    return ProfileId::parse(document.substr(at + kKey.size(), kChars)).value_or(ProfileId{});
}

// Those of one person, by every id that leads to the person: a request names who it was then, and
// since, two may have become one.
std::vector<Request> requests_of(const Library& l, const std::vector<ProfileId>& names) {
    const std::unordered_set<ProfileId> known(names.begin(), names.end());
    std::vector<Request> out;
    const std::shared_lock reading(l.lock);
    for (const DocumentView& d : l.fold.documents.of(RecordType::RightsRequest)) {
        if (known.contains(asked_for(d.json))) take_request(d, out);
    }
    return out;
}

// The person's own requests, as an array.
std::string made_by(const Library& l, const std::vector<ProfileId>& names, IngestTime now) {
    std::string out;
    JsonWriter w(out);
    w.open_array();
    for (const Request& request : requests_of(l, names)) write_request(w, request, now);
    w.close();
    return out;
}

std::string answer_of(const Request& request, IngestTime now) {
    std::string out;
    JsonWriter w(out);
    write_request(w, request, now);
    return out;
}

}  // namespace

Result<void> RightsDeskImpl::put_request(const std::string& id, const std::string& document) {
    std::vector<Prepared> records(1);
    records[0].record.type = RecordType::RightsRequest;
    encode_document({id, false, document}, records[0].record.clear);
    return seams_.write(std::move(records));
}

Result<std::string> RightsDeskImpl::requests(std::string_view state) {
    std::string out;
    JsonWriter w(out);
    const IngestTime now = seams_.now();
    w.open_object().key("requests").open_array();
    for (const Request& request : requests_of(library_)) {
        if (state.empty() || request.text("state") == state) write_request(w, request, now);
    }
    w.close().close();
    return out;
}

Result<std::string> RightsDeskImpl::overview(std::string_view id) {
    std::string restraints = TRY(restraints_json(id));
    std::string corrected = TRY(corrections(id));
    const std::vector<ProfileId> names = TRY(names_of(id));
    const IngestTime now = seams_.now();
    const PersonAnswers answers{"", std::move(restraints), std::move(corrected),
                                made_by(library_, names, now)};
    const std::shared_lock still(seams_.tables);
    return overview_json(library_, id, as_event_time(now), answers);
}

Result<std::string> RightsDeskImpl::export_profile(std::string_view id) {
    // Not in one list: GCC forgets to destroy the first when the second turns out an error.
    std::string reads = TRY(reads_of(id));
    std::string restraints = TRY(restraints_json(id));
    std::string corrected = TRY(corrections(id));
    const std::vector<ProfileId> names = TRY(names_of(id));
    const IngestTime now = seams_.now();
    const PersonAnswers answers{std::move(reads), std::move(restraints), std::move(corrected),
                                made_by(library_, names, now)};
    const std::shared_lock still(seams_.tables);
    return export_json(library_, id, as_event_time(now), answers);
}

RequestFigures RightsDeskImpl::figures() {
    RequestFigures out;
    const IngestTime now = seams_.now();
    for (const Request& request : requests_of(library_)) {
        const Standing standing = standing_of(request, now);
        out.open += standing.settled ? 0 : 1;
        out.alert += standing.alert ? 1 : 0;
        out.overdue += standing.overdue ? 1 : 0;
    }
    return out;
}

Result<std::string> RightsDeskImpl::make_request(std::string_view text, std::string_view by) {
    const std::lock_guard guard(seams_.commands);
    const json::object body = TRY(object_of(text));
    const std::string kind = TRY(one_of(body, "kind", kKinds));
    const std::string profile = TRY(text_of(body, "profile", true));
    const std::string told = TRY(text_of(body, "received", false));
    const IngestTime now = seams_.now();
    const auto received =
        told.empty() ? std::optional<EventTime>(as_event_time(now)) : collect::parse_time(told);
    if (!received || received->us > now.us)
        return Error{"api.invalid_field",
                     "'received' is a time as 2026-03-01T08:30:00Z, not later "
                     "than now.",
                     ""};
    {
        const std::shared_lock reading(library_.lock);
        if (!person_of(library_.fold, profile)) return no_profile();
        if (library_.fold.documents.of(RecordType::RightsRequest).size() >= kRightsRequestsMax)
            return Error{"rights.too_many", "There are 100000 requests, the limit.", ""};
    }
    std::size_t open = 0;
    for (const Request& known : requests_of(library_, TRY(names_of(profile)))) {
        if (is_settled(known.text("state"))) continue;
        if (by == "me" && known.text("kind") == kind) return answer_of(known, now);
        ++open;
    }
    if (open >= kOpenRequestsPerPersonMax)
        return Error{"rights.too_many_open",
                     "The person has " + std::to_string(kOpenRequestsPerPersonMax) +
                         " open requests, the limit.",
                     "Settle one of them first."};
    Request request{hex_encode(seams_.random.bytes(8)), {}};
    request.document["kind"] = kind;
    request.document["profile"] = profile;
    request.document["received_us"] = received->us;
    request.document["due_us"] = due_of(received->us);
    add_step(request.document, "open", by, now);
    TRY(put_request(request.id, json::serialize(request.document)));
    return answer_of(request, now);
}

Result<std::string> RightsDeskImpl::move_request(std::string_view id, std::string_view text,
                                                 std::string_view by) {
    const std::lock_guard guard(seams_.commands);
    const json::object body = TRY(object_of(text));
    const std::string state = TRY(one_of(body, "state", kStates));
    const IngestTime now = seams_.now();
    for (Request& request : requests_of(library_)) {
        if (request.id != id) continue;
        add_step(request.document, state, by, now);
        TRY(put_request(request.id, json::serialize(request.document)));
        return answer_of(request, now);
    }
    return Error{"request_not_found", "There is no such request.",
                 "GET /api/v1/rights/requests lists them."};
}

}  // namespace filrouge::engine
