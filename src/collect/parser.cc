#include "collect/parser.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/text.h"
#include "collect/event_builder.h"
#include "collect/identity.h"
#include "collect/kept_text.h"
#include "collect/moment.h"

namespace filrouge::collect {
namespace {

std::optional<EventKind> kind_of(Route route) {
    switch (route) {
        case Route::Track: return EventKind::Track;
        case Route::Identify: return EventKind::Identify;
        case Route::Page: return EventKind::Page;
        case Route::Screen: return EventKind::Screen;
        case Route::Group: return EventKind::Group;
        case Route::Alias: return EventKind::Alias;
        case Route::Batch:
        case Route::Import: break;
    }
    return std::nullopt;
}

// `name_end` is the end of a member's name with its closing quote.
void shorten_after(std::string& raw, std::string_view name_end) {
    constexpr std::string_view kBlank = " \t\r\n";
    std::size_t at = 0;
    while (at < raw.size()) {
        const void* hit =
            memmem(raw.data() + at, raw.size() - at, name_end.data(), name_end.size());
        if (hit == nullptr) return;
        at = static_cast<std::size_t>(static_cast<const char*>(hit) - raw.data()) + name_end.size();
        std::size_t i = raw.find_first_not_of(kBlank, at);
        if (i == std::string::npos || raw[i] != ':') continue;
        i = raw.find_first_not_of(kBlank, i + 1);
        if (i == std::string::npos || raw[i] != '"') continue;
        const std::size_t end = raw.find('"', i + 1);
        if (end == std::string::npos || end - i > 64) continue;
        const std::string ip = truncated_ip(std::string_view(raw).substr(i + 1, end - i - 1));
        if (!ip.empty()) raw.replace(i + 1, end - i - 1, ip);
    }
}

// Of what a batch says once and each of its events is given: what it takes in memory.
constexpr std::size_t kMergedBytesMax = 4 * 1024 * 1024;

Error not_json(const char* what) {
    return Error{"collect.invalid_json", what, "Send one JSON object in UTF-8."};
}

}  // namespace

class BodyReader {
  public:
    Result<Parsed> parse(Route route, std::string_view body, bool padded,
                         const RequestContext& request, const Rules& rules);

  private:
    Result<Parsed> read_batch();
    Result<Parsed> read_single(EventKind kind);
    // Fills the item and returns the place past the event.
    JsonAt read_event(JsonAt event, std::optional<EventKind> kind, const Envelope& envelope,
                      Item& item);
    Unfit unfit(Fit fit, JsonAt event, JsonAt past, std::optional<EventKind> kind,
                const Envelope& envelope);
    bool names_sender(JsonAt event) const;
    std::string_view agent_of_bot(JsonAt event, const Envelope& envelope);
    std::optional<EventTime> time_at(JsonAt at) const;

    JsonBody body_;
    Told told_;
    AgentMemory agents_;
    // Of the request being read.
    const RequestContext* request_ = nullptr;
    const Rules* rules_ = nullptr;
    bool import_ = false;
    std::string anonymous_id_;
    std::optional<EventTime> sent_at_;
    std::string sent_at_json_;  // as it was told; empty with no sent_at_
};

Parser::Parser() : reader_(std::make_unique<BodyReader>()) {}
Parser::~Parser() = default;
Parser::Parser(Parser&&) noexcept = default;
Parser& Parser::operator=(Parser&&) noexcept = default;

Result<Parsed> Parser::parse_tracking(Route route, const std::string& body,
                                      const RequestContext& request, const Rules& rules) {
    const bool padded = body.capacity() - body.size() >= simdjson::SIMDJSON_PADDING;
    return reader_->parse(route, body, padded, request, rules);
}

Result<Parsed> Parser::parse_tracking(Route route, std::string_view body,
                                      const RequestContext& request, const Rules& rules) {
    return reader_->parse(route, body, false, request, rules);
}

Result<Parsed> BodyReader::parse(Route route, std::string_view body, bool padded,
                                 const RequestContext& request, const Rules& rules) {
    if (body.size() > kBatchBytesMax) {
        return Error{"collect.body_too_large",
                     "The body has " + std::to_string(body.size()) + " bytes; the limit is " +
                         std::to_string(kBatchBytesMax) + ".",
                     "Send smaller batches."};
    }
    if (Result<void> valid = body_.parse(body, padded); !valid.ok())
        return std::move(valid).error();
    if (!body_.is(body_.root(), JsonType::Object)) return not_json("The body is no JSON object.");
    request_ = &request;
    rules_ = &rules;
    import_ = route == Route::Import;
    anonymous_id_ = base64_decode(trim(request.anonymous_id)).value_or("");
    if (!utf8_valid(anonymous_id_)) anonymous_id_.clear();
    sent_at_ = parse_time(request.sent_at);
    sent_at_json_.clear();
    if (sent_at_) append_json_string(sent_at_json_, request.sent_at);
    const auto kind = kind_of(route);
    Result<Parsed> parsed = kind ? read_single(*kind) : read_batch();
    body_.forget();
    return parsed;
}

std::optional<EventTime> BodyReader::time_at(JsonAt at) const {
    if (at.none()) return std::nullopt;
    if (body_.is(at, JsonType::Int)) return time_from_epoch(body_.integer(at));
    return parse_time(text_at(body_, at));
}

Result<Parsed> BodyReader::read_single(EventKind kind) {
    Parsed parsed;
    parsed.sent_at = sent_at_;
    read_event(body_.root(), kind, {}, parsed.items.emplace_back());
    const JsonAt key = told_.top[TopKey::WriteKey];
    parsed.write_key = text_at(body_, key);
    if (const auto sent = time_at(told_.top[TopKey::SentAt])) parsed.sent_at = sent;
    return parsed;
}

Result<Parsed> BodyReader::read_batch() {
    Parsed parsed;
    Envelope envelope;
    JsonAt batch;
    JsonAt sent_at;
    JsonAt write_key;
    KeyWatch watch(body_, body_.root());
    bool repeated = watch.repeated();
    body_.each_member_on_tape(body_.root(), [&](std::string_view key, JsonAt value) {
        repeated = repeated || watch.again(key, value);
        if (key == "batch")
            batch = value;
        else if (key == "context")
            envelope.context = value;
        else if (key == "integrations")
            envelope.integrations = value;
        else if (key == "sentAt")
            sent_at = value;
        else if (key == "writeKey")
            write_key = value;
        return !repeated;
    });
    if (repeated) {
        return Error{"collect.duplicate_key", "The batch has the same key twice.",
                     "Send each key once."};
    }
    if (!body_.is(batch, JsonType::Array) || body_.count(batch) == 0) {
        return Error{"collect.empty_batch", "The body has no event in its batch.",
                     "Send {\"batch\": [event, ...]}."};
    }
    const std::size_t n = body_.count(batch);
    if (n > kBatchEventsMax) {
        return Error{"collect.too_many_events",
                     "The batch has " + std::to_string(n) + " events; the limit is " +
                         std::to_string(kBatchEventsMax) + ".",
                     "Send smaller batches."};
    }
    batch = body_.place(body_.root(), batch);
    envelope.context = body_.place(body_.root(), envelope.context);
    envelope.integrations = body_.place(body_.root(), envelope.integrations);
    for (const JsonAt each : {envelope.context, envelope.integrations}) {
        if (!each.none()) envelope.bytes += body_.source(each.token, body_.past(each).token).size();
    }
    if (n * envelope.bytes > kMergedBytesMax) {
        return Error{"collect.body_too_large",
                     "What stands beside the " + std::to_string(n) + " events of the batch has " +
                         std::to_string(envelope.bytes) + " bytes, " +
                         std::to_string(n * envelope.bytes) + " in all of them; the limit is " +
                         std::to_string(kMergedBytesMax) + ".",
                     "Send smaller batches, or a smaller context."};
    }
    // These two mostly stand behind the batch, where a token would cost a walk over all of it.
    if (body_.is(write_key, JsonType::String)) parsed.write_key = body_.string(write_key);
    if (body_.is(sent_at, JsonType::String) || body_.is(sent_at, JsonType::Int)) {
        if (const auto sent = time_at(sent_at)) {
            sent_at_ = sent;
            sent_at_json_.clear();
            if (body_.is(sent_at, JsonType::Int))
                sent_at_json_ = std::to_string(body_.integer(sent_at));
            else
                append_json_string(sent_at_json_, body_.string(sent_at));
        }
    }
    parsed.sent_at = sent_at_;
    parsed.items.reserve(n);
    JsonAt at = body_.first_member(batch);
    for (std::size_t i = 0; i < n; ++i) {
        const JsonAt past = read_event(at, std::nullopt, envelope, parsed.items.emplace_back());
        if (parsed.write_key.empty()) {
            parsed.write_key = text_at(body_, told_.top[TopKey::WriteKey]);
        }
        at = {past.tape, past.token + 1};
    }
    return parsed;
}

JsonAt BodyReader::read_event(JsonAt event, std::optional<EventKind> kind, const Envelope& envelope,
                              Item& item) {
    EventReader reader(body_, told_, *rules_);
    JsonAt past = reader.read(event);
    Fit fit = reader.fit();
    if (past.none()) past = body_.past(event);
    const std::string_view source = body_.source(event.token, past.token);
    if (body_.has_faults()) {
        const Fit fault = body_.fault_between(source);
        if (fault != Fit::Ok) fit = fault;
    }
    if (fit == Fit::Ok) fit = reader.merge_envelope(envelope);
    if (fit == Fit::Ok) {
        Incoming& incoming = item.emplace<Incoming>();
        EventBuilder builder(body_, told_, *request_, *rules_, agents_);
        fit = builder.build({kind, import_, sent_at_, anonymous_id_}, incoming);
    }
    if (fit != Fit::Ok) item = unfit(fit, event, past, kind, envelope);
    return past;
}

// As read_identity() decides whether the header's anonymous id counts.
bool BodyReader::names_sender(JsonAt event) const {
    Incoming scratch;
    for (const auto& [type, key] : {std::pair(IdentifierType::UserId, "userId"),
                                    std::pair(IdentifierType::AnonymousId, "anonymousId")}) {
        const std::string_view text = text_at(body_, body_.find(event, key));
        if (!text.empty() && add_identifier(type, text, *rules_, scratch) != Fit::Ok) return true;
    }
    return !scratch.event.identifiers.empty();
}

// The sender's, where it tells a bot: not where the event has one of its own, nor of a server that
// sends a shop's events with a tool.
std::string_view BodyReader::agent_of_bot(JsonAt event, const Envelope& envelope) {
    const AgentKind kind = agents_.kind(request_->user_agent);
    if (kind == AgentKind::Person) return {};
    Told told;
    told.top.note(TopKey::Channel, body_.find(event, "channel"));
    for (const JsonAt context : {body_.find(event, "context"), envelope.context}) {
        told.context.note(ContextKey::Channel, body_.find(context, "channel"));
        told.context.note(ContextKey::Library, body_.find(context, "library"));
        told.context.note(ContextKey::UserAgent, body_.find(context, "userAgent"));
    }
    if (!text_at(body_, told.context[ContextKey::UserAgent]).empty()) return {};
    const bool counts = kind == AgentKind::Robot || channel_told(body_, told) == Channel::Web;
    return counts ? request_->user_agent : std::string_view();
}

Unfit BodyReader::unfit(Fit fit, JsonAt event, JsonAt past, std::optional<EventKind> kind,
                        const Envelope& envelope) {
    const FitRow& row = row_of(fit);
    Unfit out;
    out.code = row.code;
    out.message = row.message;
    SaidAround said;
    said.envelope = envelope;
    said.kind = kind;
    said.import = import_;
    said.global_privacy_control = request_->global_privacy_control;
    said.prefetch = request_->prefetch;
    if (body_.is(event, JsonType::Object)) {
        if (!time_at(body_.find(event, "sentAt"))) said.sent_at = sent_at_json_;
        if (!anonymous_id_.empty() && !names_sender(event)) said.anonymous_id = anonymous_id_;
        said.user_agent = agent_of_bot(event, envelope);
    }
    out.raw = kept_text(body_, event, past, said);
    shorten_addresses(out.raw);
    const std::string_view id = text_at(body_, told_.top[TopKey::MessageId]);
    if (id.size() <= kMessageIdBytesMax) out.message_id = id;
    return out;
}

std::string_view rudderstack_text(std::string_view code) {
    if (code == "collect.invalid_json") return "invalid json";
    if (code == "collect.duplicate_key") return "invalid json";
    if (code == "collect.empty_batch") return "empty batch payload";
    if (code == "collect.no_identity") return "request neither has anonymousId nor userId";
    if (code == "collect.body_too_large" || code == "collect.too_many_events" ||
        code == "collect.gzip_too_large") {
        return "request size exceeds max limit";
    }
    return {};
}

void shorten_addresses(std::string& raw) {
    shorten_after(raw, "ip\"");
    shorten_after(raw, "IP\"");
}

}  // namespace filrouge::collect
