// The tracking routes: find the source by its key, undo gzip, have the body read, hand it to the
// engine and answer when it is on disk. What an event means is not known here.
#include "base/json_writer.h"
#include "base/text.h"
#include "collect/bots.h"
#include "collect/gunzip.h"
#include "collect/parser.h"
#include "http/call.h"
#include "http/credentials.h"
#include "http/handlers.h"
#include "http/pixel.h"
#include "http/services.h"

namespace filrouge::http {

namespace {

using engine::IngestReply;
using engine::SourceInfo;

// Stops before the engine with this answer.
struct Refusal {
    int status = 400;
    std::string_view text;
};

collect::Parser& parser() {
    thread_local collect::Parser of_this_thread;
    return of_this_thread;
}

collect::RequestContext context_of(const Call& call) {
    const HttpRequest& request = call.request;
    collect::RequestContext context;
    // What it says was said when it came, not when it had its turn: a withdrawal that overtook it
    // is the later statement.
    context.received = {call.runtime().now().us - request.waited.us};
    context.user_agent = request.header("user-agent");
    context.anonymous_id = request.header("anonymousid");
    context.sent_at = request.header("sentat");
    context.global_privacy_control =
        collect::says_global_privacy_control(request.header("sec-gpc"));
    context.prefetch = collect::says_prefetch(request.header("sec-purpose"),
                                              request.header("purpose"), request.header("x-moz"));
    return context;
}

std::optional<Refusal> unpack(HttpRequest& request) {
    const std::string_view coding = request.header("content-encoding");
    if (coding.empty() || ascii_equal_ignoring_case(coding, "identity")) return std::nullopt;
    if (!ascii_equal_ignoring_case(coding, "gzip")) {
        return Refusal{415, "content-encoding must be gzip or none"};
    }
    Result<Bytes> plain = collect::gunzip(request.body);
    if (!plain.ok()) {
        const bool large = plain.error().code == "collect.gzip_too_large";
        return large ? Refusal{413, "request size exceeds max limit"}
                     : Refusal{400, "invalid gzip body"};
    }
    request.body = std::move(plain).value();
    std::erase_if(request.headers,
                  [](const auto& header) { return header.first == "content-encoding"; });
    return std::nullopt;
}

Refusal refusal_of(const Error& error) {
    const std::string_view text = collect::rudderstack_text(error.code);
    if (error.code == "collect.body_too_large" || error.code == "collect.too_many_events") {
        return {413, text};
    }
    return {400, text.empty() ? std::string_view("invalid request") : text};
}

// Reads the body (or the pixel's query) with the rules of its source.
class Reading {
  public:
    Reading(Call& call, collect::Route route, bool pixel)
        : call_(call), route_(route), pixel_(pixel), context_(context_of(call)) {}

    // The source of this request; its events are then in items().
    std::optional<Refusal> read() {
        std::optional<std::string> key = basic_user(call_.request);
        const auto common = call_.services->rules.common();
        const collect::Rules* used = nullptr;
        if (!key) {  // then it stands in the body, or in the query
            if (const auto refusal = parse(*common)) return refusal;
            used = common.get();
            if (!parsed_.write_key.empty()) key = parsed_.write_key;
            if (!key) key = call_.query("writeKey");
        }
        if (!key || key->empty()) return Refusal{401, "failed to read writekey from header"};
        std::optional<SourceInfo> source = call_.runtime().source_by_write_key(*key);
        if (!source) return Refusal{401, "invalid write key"};
        if (!source->enabled) return Refusal{404, "source is disabled"};
        source_ = std::move(*source);
        const bool import = route_ == collect::Route::Import;
        const auto rules = call_.services->rules.of(source_, import);
        if (rules.get() == used) return std::nullopt;
        return parse(*rules);
    }
    engine::IngestRequest take() {
        engine::IngestRequest request;
        request.items = std::move(parsed_.items);
        request.source = source_.number;
        request.import = route_ == collect::Route::Import;
        call_.services->sender_rates.judge(call_.request, source_, context_.received, request);
        return request;
    }

  private:
    std::optional<Refusal> parse(const collect::Rules& rules) {
        Result<collect::Parsed> parsed =
            pixel_ ? parser().parse_pixel(route_, call_.request.query, context_, rules)
                   : parser().parse_tracking(route_, call_.request.body, context_, rules);
        if (!parsed.ok()) return refusal_of(parsed.error());
        parsed_ = std::move(parsed).value();
        const bool single = route_ != collect::Route::Batch && route_ != collect::Route::Import;
        if (!single || parsed_.items.size() != 1) return std::nullopt;
        const auto* unfit = std::get_if<collect::Unfit>(&parsed_.items.front());
        if (unfit == nullptr || unfit->code != "collect.no_identity") return std::nullopt;
        return Refusal{400, collect::rudderstack_text(unfit->code)};
    }

    Call& call_;
    const collect::Route route_;
    const bool pixel_;
    const collect::RequestContext context_;
    collect::Parsed parsed_;
    SourceInfo source_;
};

void answer_stored(const Call& call, const Result<IngestReply>& done) {
    if (!done.ok() && status_of(done.error()) == 413)
        return call.reply_text(413, "request size exceeds max limit");
    if (!done.ok()) {
        // Nothing is wrong with the events: the sender keeps them and tries again.
        const bool full = engine::is_disk_full(done.error());
        HttpResponse response = text_response(full ? 507 : 503, "not stored: " + done.error().code);
        response.headers.emplace_back("Retry-After", full ? kDiskFullRetry : "1");
        return call.reply(std::move(response), done.error().code);
    }
    HttpResponse response;
    response.headers.reserve(5);
    response.headers.emplace_back("Content-Type", "application/json");
    response.headers.emplace_back("Filrouge-Sequence", std::to_string(done.value().sequence));
    response.body = R"({"success":true})";
    call.reply(std::move(response));
}

void track(const CallPtr& call, collect::Route route) {
    if (const auto refusal = unpack(call->request)) {
        return call->reply_text(refusal->status, refusal->text);
    }
    Reading reading(*call, route, /*pixel=*/false);
    if (const auto refusal = reading.read()) {
        return call->reply_text(refusal->status, refusal->text);
    }
    engine::IngestRequest events = reading.take();
    call->request.body = {};  // the engine may take its time
    call->runtime().ingest(std::move(events),
                           [call](const Result<IngestReply>& done) { answer_stored(*call, done); });
}

// The image comes whatever became of the event: nobody reads an image's status.
void pixel(const CallPtr& call, collect::Route route) {
    Reading reading(*call, route, /*pixel=*/true);
    if (!reading.read()) {
        call->runtime().ingest(
            reading.take(), [call](const Result<IngestReply>&) { call->reply(pixel_response()); });
        return;
    }
    call->reply(pixel_response());
}

bool looks_like_form(std::string_view body) {
    const std::string_view start = trim(body).substr(0, 1);
    return !start.empty() && start != "{" && start != "[" && body.find('=') != body.npos;
}

std::string form_as_json(std::string_view form) {
    std::string json;
    JsonWriter writer(json);
    writer.open_object();
    for (const std::string_view pair : split(form, '&')) {
        if (pair.empty()) continue;
        const std::size_t equals = pair.find('=');
        const std::string name = percent_decode(pair.substr(0, equals), true).value_or("");
        if (name.empty() || name == "writeKey") continue;
        const std::string_view value = equals == pair.npos ? "" : pair.substr(equals + 1);
        writer.field(name, percent_decode(value, true).value_or(""));
    }
    writer.close();
    return json;
}

}  // namespace

void track_batch(const CallPtr& call) { track(call, collect::Route::Batch); }
void track_import(const CallPtr& call) { track(call, collect::Route::Import); }
void track_track(const CallPtr& call) { track(call, collect::Route::Track); }
void track_identify(const CallPtr& call) { track(call, collect::Route::Identify); }
void track_page(const CallPtr& call) { track(call, collect::Route::Page); }
void track_screen(const CallPtr& call) { track(call, collect::Route::Screen); }
void track_group(const CallPtr& call) { track(call, collect::Route::Group); }
void track_alias(const CallPtr& call) { track(call, collect::Route::Alias); }
void pixel_track(const CallPtr& call) { pixel(call, collect::Route::Track); }
void pixel_page(const CallPtr& call) { pixel(call, collect::Route::Page); }

// An event whose own "type" says what it is. A type that the engine does not know goes to
// quarantine, whole, and the sender is not made to try for ever.
void track_typed(const CallPtr& call) {
    if (const auto refusal = unpack(call->request)) {
        return call->reply_text(refusal->status, refusal->text);
    }
    call->request.body = R"({"batch":[)" + call->request.body + "]}";
    track(call, collect::Route::Batch);
}

// Whatever another system sends: kept whole, as the properties of one event.
void track_webhook(const CallPtr& call) {
    if (const auto refusal = unpack(call->request)) {
        return call->reply_text(refusal->status, refusal->text);
    }
    std::string payload = std::move(call->request.body);
    if (call->request.method != "POST") {
        payload = form_as_json(call->request.query);
    } else if (trim(payload).empty()) {
        payload = "{}";
    } else if (looks_like_form(payload)) {
        payload = form_as_json(payload);
    }
    const auto nobody = call->services->random.id<struct NobodyTag>();
    call->request.body = R"({"type":"track","event":"webhook_source_event","anonymousId":")" +
                         nobody.text() + R"(","properties":)" + payload + "}";
    track(call, collect::Route::Track);
}

// What the browser SDK reports of itself. Nobody asked for it: it is not kept.
void sdk_metrics(const CallPtr& call) { call->reply_json(R"({"success":true})"); }

}  // namespace filrouge::http
