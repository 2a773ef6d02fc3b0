// Commands: a JSON object in, a record in the log, an answer when it is durable and folded.
#include "base/json_writer.h"
#include "base/text.h"
#include "collect/incoming_codec.h"
#include "engine/consents.h"
#include "http/body_json.h"
#include "http/call.h"
#include "http/handlers.h"
#include "http/masked.h"

namespace filrouge::http {

namespace {

using Command = void (engine::Runtime::*)(std::string json, engine::Reply done);
using Removal = void (engine::Runtime::*)(std::string id, engine::Reply done);
using ConfirmedRemoval = void (engine::Runtime::*)(std::string id, bool confirmed,
                                                   engine::Reply done);

void command(const CallPtr& call, Command make, int status) {
    const auto body = read_object(call->request.body);
    if (!body.ok()) return call->reply_problem(400, body.error());
    (call->runtime().*make)(std::move(call->request.body), call->when_done(status));
}

void removal(const CallPtr& call, Removal remove) {
    (call->runtime().*remove)(call->values.at(0), call->when_done());
}

// Without confirm=true the engine tells what would follow and does nothing.
void confirmed_removal(const CallPtr& call, ConfirmedRemoval remove) {
    const bool confirmed = call->query("confirm") == "true";
    (call->runtime().*remove)(call->values.at(0), confirmed, call->when_done());
}

Error bad_sequence() {
    return {"quarantine.not_found", "There is no quarantined event of that number.",
            "GET /api/v1/quarantine lists them."};
}

std::optional<std::uint64_t> sequence_of(const Call& call) {
    const auto n = parse_int(call.values.at(0));
    if (!n || *n <= 0) return std::nullopt;
    return static_cast<std::uint64_t>(*n);
}

std::string report_of(const engine::IngestReply& done) {
    std::string json;
    JsonWriter(json)
        .open_object()
        .field("sequence", done.sequence)
        .field("received", done.received)
        .field("stored", done.stored)
        .field("deduplicated", done.deduplicated)
        .field("not_kept", done.not_kept)
        .field("quarantined", done.quarantined)
        .close();
    return json;
}

// The profile's id; empty where the identifier leads to nobody.
std::string person_named(const Call& call, const boost::json::object& identifier) {
    const auto told = [&](const char* name) { return text_of(identifier, name).value_or(""); };
    if (told("type").empty() || told("value").empty()) return "";
    const auto found = call.runtime().find_profile(told("type"), told("value"), told("brand"), 0);
    if (!found.ok()) return "";
    const auto person = read_object(found.value());
    return person.ok() ? text_of(person.value(), "id").value_or("") : std::string();
}

}  // namespace

void post_source(const CallPtr& call) { command(call, &engine::Runtime::create_source, 201); }
// A rule over what the caller may not read would read it by its members.
void post_audience(const CallPtr& call) {
    if (const auto body = read_object(call->request.body); body.ok()) {
        const auto may = may_ask(text_or_json(body.value(), "rule").value_or(""), call->mask());
        if (!may.ok()) return call->reply_problem(403, may.error());
    }
    command(call, &engine::Runtime::create_audience, 201);
}
// Whose the identifier is that the body names is told in the audit. Who is new is there only after.
void post_consent(const CallPtr& call) {
    auto body = read_object(call->request.body);
    if (!body.ok()) return call->reply_problem(400, body.error());
    auto answer = [call, named = std::move(body).value()](Result<std::string> json) {
        call->about = person_named(*call, named);
        call->reply_result(std::move(json));
    };
    call->runtime().set_consent(std::move(call->request.body), std::move(answer));
}
void post_take_back(const CallPtr& call) {
    const auto body = read_object(call->request.body);
    if (!body.ok()) return call->reply_problem(400, body.error());
    call->about = person_named(*call, body.value());
    call->reply_result(call->runtime().consents().take_back(call->request.body));
}
void post_webhook(const CallPtr& call) { command(call, &engine::Runtime::create_webhook, 201); }
void post_rate(const CallPtr& call) { command(call, &engine::Runtime::set_rate, 200); }
void delete_source(const CallPtr& call) {
    confirmed_removal(call, &engine::Runtime::delete_source);
}
void delete_audience(const CallPtr& call) {
    confirmed_removal(call, &engine::Runtime::delete_audience);
}
void delete_model(const CallPtr& call) { confirmed_removal(call, &engine::Runtime::delete_model); }
void delete_webhook(const CallPtr& call) { removal(call, &engine::Runtime::delete_webhook); }

// With {"event": {...}} the repaired event takes the place of the one that was refused.
void post_replay(const CallPtr& call) {
    const auto sequence = sequence_of(*call);
    if (!sequence) return call->reply_problem(404, bad_sequence());
    std::string repaired;
    if (!trim(call->request.body).empty()) {
        const auto body = read_object(call->request.body);
        if (!body.ok()) return call->reply_problem(400, body.error());
        repaired = text_or_json(body.value(), "event").value_or("");
    }
    call->runtime().replay_quarantined(*sequence, std::move(repaired), call->when_done());
}

void delete_quarantined(const CallPtr& call) {
    const auto sequence = sequence_of(*call);
    if (!sequence) return call->reply_problem(404, bad_sequence());
    call->runtime().discard_quarantined(*sequence, call->when_done());
}

// Batches of the command line's imports, in our own binary form (collect/incoming_codec.h).
void post_import(const CallPtr& call) {
    if (call->request.header("content-type") != collect::kIncomingMediaType) {
        return call->reply_problem(
            415, {"http.unsupported_media_type",
                  "An import's body is " + std::string(collect::kIncomingMediaType) + ".",
                  "Use 'filrouge import'."});
    }
    const auto source = call->runtime().source_by_id(call->query("source").value_or(""));
    if (!source) {
        return call->reply_problem(404, {"http.source_not_found", "There is no such source.",
                                         "Name one in '?source='; 'filrouge source list'."});
    }
    Result<std::vector<collect::Item>> items = collect::decode_items(call->request.body);
    if (!items.ok()) return call->reply_problem(400, items.error());
    engine::IngestRequest request;
    request.items = std::move(items).value();
    request.source = source->number;
    request.import = true;
    request.confirmed = true;  // by a role, not by a write key
    call->request.body = {};
    call->runtime().ingest(std::move(request), [call](const Result<engine::IngestReply>& done) {
        if (!done.ok()) {
            const bool full = engine::is_disk_full(done.error());
            return call->reply_problem(full ? 507 : 503, done.error());
        }
        call->reply_json(report_of(done.value()));
    });
}

}  // namespace filrouge::http
