#include "http/routes.h"

#include "base/mutant.h"
#include "base/text.h"
#include "http/audited.h"
#include "http/brand_limits.h"
#include "http/call.h"
#include "http/credentials.h"
#include "http/holding.h"
#include "http/me_call.h"
#include "http/pixel.h"
#include "http/repeated_calls.h"
#include "http/services.h"
#include "http/who_asks.h"

namespace filrouge::http {

namespace {

using engine::RuntimeState;

constexpr int kFailedRetrySeconds = 30;
// An SDK that is kept waiting loses nothing, one that is refused may: so not at the first queue,
// but what is accepted is answered within 250 ms. Where the queue stands, a longer wait would let
// nobody more in.
constexpr std::int64_t kTurnWaitMsMax = 200, kTurnWaitMsMaxStanding = 100;

HttpResponse preflight(const HttpRequest& request, const Route* tracking) {
    HttpResponse response;
    response.status = 204;
    response.headers.emplace_back("Allow", methods_of(request.path));
    if (tracking == nullptr || request.header("origin").empty()) return response;
    add_cors(request, response);
    response.headers.emplace_back("Access-Control-Allow-Methods", "GET, POST, OPTIONS");
    // "*" would not cover Authorization, so what is asked for is said back.
    if (const std::string_view asked = request.header("access-control-request-headers");
        !asked.empty()) {
        response.headers.emplace_back("Access-Control-Allow-Headers", asked);
    }
    response.headers.emplace_back("Access-Control-Max-Age", "900");
    return response;
}

// The route of this path that any page may call from any site, under whatever method.
const Route* tracking_route(std::string_view path) {
    for (const std::string_view method : {"POST", "GET"}) {
        const Route* route = find_route(method, path).route;
        if (route != nullptr && route->access.is_write_key()) return route;
    }
    return nullptr;
}

HttpResponse not_found(const HttpRequest& request) {
    return problem_response(
        404, {"http.route_not_found", "There is nothing at this address.",
              request.path.starts_with("/v1") ? "Tracking calls are listed in docs/tracking.md."
                                              : "See /api/v1/openapi.json for what is served."});
}

HttpResponse wrong_method(const HttpRequest& request) {
    HttpResponse response = problem_response(
        405, {"http.method_not_allowed", "This address is not served under this method.", ""});
    response.headers.emplace_back("Allow", methods_of(request.path));
    return response;
}

HttpResponse too_large() { return text_response(413, "request size exceeds max limit"); }

HttpResponse not_now(int status, int retry_seconds, std::string_view why) {
    HttpResponse response = text_response(status, why);
    response.headers.emplace_back("Retry-After", std::to_string(retry_seconds));
    return response;
}

// A pixel's image comes whatever happens; nobody reads its status or its Retry-After.
bool is_pixel(const Route& route) { return route.pattern.starts_with("/pixel/"); }

bool changes_something(const Route& route) { return route.method != "GET"; }

bool stays_in_brands(Call& call) {
    const auto kept = keep_to_brands(call);
    if (!kept.ok()) call.reply_problem(status_of(kept.error()), kept.error());
    return kept.ok();
}

// Who sends this, for a route that asks for a role, by its head alone. Answers the request itself
// when nobody, or nobody who may.
bool let_in_by_head(Call& call) {
    const HttpRequest& request = call.request;
    // A page opens a stream again whenever it broke: that is nobody's doing.
    const auto use = is_stream(*call.route) ? engine::Use::Background : engine::Use::Person;
    auto asker = who_asks(call.runtime(), request, use);
    if (!asker.ok()) {
        call.reply_problem(401, asker.error());
        return false;
    }
    const auto& [in, by_cookie] = asker.value();
    call.role = in.caller.role;
    call.token = in.caller.token;
    call.via = in.caller.via;
    call.account = in.name;
    call.session = in.id;
    call.brands = in.brands;
    const bool exports = MUTANT(export_for_everyone) && call.route->pattern.ends_with("/members");
    if (!call.route->access.allows(call.role) && !exports) {
        call.reply_problem(
            403, {"http.role_may_not",
                  "The role '" + std::string(engine::name_of(call.role)) + "' may not do this.",
                  "x-roles in /api/v1/openapi.json names the roles that may."});
        return false;
    }
    if (!call.brands.empty() && !is_open_to_brands(*call.route)) return stays_in_brands(call);
    if (by_cookie && changes_something(*call.route) && !comes_from_own_page(request)) {
        call.reply_problem(403, {"http.other_site", "The request does not come from our own page.",
                                 "Send a bearer token instead of the session cookie."});
        return false;
    }
    return true;
}

// A misspelt parameter would be passed over: an answer that is right and not what was asked. Under
// /api/v1 alone; what SDKs and pages of others send along is theirs.
bool knows_parameters(const Call& call) {
    const Route& route = *call.route;
    if (!route.pattern.starts_with("/api/v1/") || route.access.is_write_key()) return true;
    const std::optional<std::string> stray = unknown_parameter(route, call.request.query);
    if (!stray) return true;
    std::string known;
    for (const std::string_view each : split(route.parameters, ','))
        known.append(known.empty() || each.empty() ? "" : ", ").append(each);
    call.reply_problem(
        422,
        {"http.unknown_parameter",
         "The address has a parameter '" + stray->substr(0, 64) + "', which is not known here.",
         known.empty() ? "It takes none." : "These are known here: " + known + "."});
    return false;
}

bool let_in(Call& call) {
    if (!let_in_by_head(call) || !knows_parameters(call) || !stays_in_brands(call)) return false;
    if (is_audited(*call.route) && !call.runtime().rights().audit_has_room()) {
        call.reply_problem(503, {"http.audit_overloaded",
                                 "Who reads cannot be written down: the disk has no room.",
                                 "Free space; reading goes on as soon as there is some."});
        return false;
    }
    return true;
}

// Keeps the answer, for whoever gives it.
struct KeptAnswer final : ResponderImpl {
    std::unique_ptr<HttpResponse> response;
    void reply(HttpResponse r) override { response = std::make_unique<HttpResponse>(std::move(r)); }
    void start_stream(HttpResponse head) override { reply(std::move(head)); }
    bool write(std::string_view) override { return false; }
    void end_stream() override {}
};

void find_values(const RouteFound& found, Call& call) {
    call.route = found.route;
    for (std::size_t i = 0; i < found.values_count; ++i)
        call.values.push_back(percent_decode(found.values[i], false).value_or(""));
}

// On a thread that may wait.
void run_noted(const CallPtr& call) {
    if (!is_first_of_its_key(call)) return;
    if (is_noted_first(*call->route)) {
        const auto noted =
            call->runtime().rights().note_durably(audit_entries(*call, 0, {}).front());
        if (!noted.ok()) return call->reply_problem(status_of(noted.error()), noted.error());
    }
    call->route->handler(call);
}

void reply_too_many_hashes(const Call& call) {
    HttpResponse response = problem_response(
        429, {"auth.too_many_at_once", "Too many passwords are being checked.", "Try again."});
    response.headers.emplace_back("Retry-After", "2");
    call.reply(std::move(response), "auth.too_many_at_once");
}

void dispatch(const CallPtr& call) {
    const Access& access = call->route->access;
    const bool is_open = access.is_everyone() || access.is_write_key();
    if (is_open ? !knows_parameters(*call) : !let_in(*call)) return;
    const bool is_whole = call->route->where == Where::Whole;
    if (is_whole && access.is_everyone() && !take_me_turn(*call)) return;
    if (!has_good_key(*call)) return;
    // What is kept for a repeat is written before the deed.
    const bool waits =
        (call->route->lane == Lane::Api && call->after() > call->runtime().folded()) ||
        wants_to_be_kept(*call);
    if (call->route->where == Where::Io && !waits) return call->route->handler(call);
    if (call->route->where == Where::Hash) {
        if (!call->services->hashing.run([call] { run_noted(call); })) reply_too_many_hashes(*call);
        return;
    }
    BlockingPool& pool = is_whole ? call->services->whole : call->services->pool;
    if (!pool.run([call] { run_noted(call); })) {
        call->reply_problem(503, {"http.pool_overloaded",
                                  "Too many long questions are being answered.", "Ask again."});
    }
}

void answer_held(const CallPtr& call, bool released) {
    if (released) return dispatch(call);
    ++call->services->counters.refused_starting;
    call->reply(is_pixel(*call->route) ? pixel_response() : not_now(503, 1, "starting"));
}

}  // namespace

Trace trace_of(const HttpRequest& request, Random& random) {
    Trace trace = parse_traceparent(request.header("traceparent")).value_or(Trace{});
    if (trace.id.is_zero()) trace.id = random.id<struct TraceTag>();
    trace.span = random.number();
    return trace;
}

void Services::answered(const Route& route, const Trace& trace, std::string_view code,
                        HttpResponse& response) {
    counters.answered(route, response.status);
    response.headers.emplace_back("X-Request-Id", trace.span_text());
    // A probe that is told "not yet" has not failed.
    if (response.status < 500 || route.lane == Lane::Health || !tell_failure) return;
    tell_failure({route.method, route.pattern, response.status, std::string(code),
                  trace.span_text(), trace.id.text()});
}

Routes::Routes(engine::Runtime& runtime, Random& random, const engine::Settings& settings,
               const RoutesOptions& options)
    : services_(std::make_shared<Services>(runtime, random, settings, options)),
      holding_(std::make_shared<Holding>(
          Holding::Limits{.requests = options.held_max, .time = options.hold_time})) {
    runtime.when_started([holding = std::weak_ptr(holding_)] {
        if (const auto still = holding.lock()) still->release();
    });
}

Routes::~Routes() { stop(); }

void Routes::stop() {
    // The pool is waited for, and a question has no bound of its own.
    services_->runtime.end_questions();
    holding_->stop();
    services_->pool.stop();
    services_->whole.stop();
    services_->hashing.stop();
}

std::uint64_t Routes::body_bytes_max(const HttpRequest& head) {
    const Route* route = find_route(head.method, head.path).route;
    return route == nullptr ? kUnreadBodyBytesMax : route->body_bytes_max;
}

std::unique_ptr<HttpResponse> Routes::refuse(const HttpRequest& head, const Arrival& arrival) {
    if (head.method == "OPTIONS") {
        if (arrival.content_length <= kUnreadBodyBytesMax) return nullptr;
        return std::make_unique<HttpResponse>(too_large());
    }
    const RouteFound found = find_route(head.method, head.path);
    if (found.route == nullptr) {
        return std::make_unique<HttpResponse>(found.path_known ? wrong_method(head)
                                                               : not_found(head));
    }
    const Route& route = *found.route;
    std::unique_ptr<HttpResponse> refusal = refuse_load(route, arrival);
    if (refusal == nullptr && arrival.content_length > route.body_bytes_max) {
        refusal = std::make_unique<HttpResponse>(too_large());
    }
    if (refusal == nullptr) return refuse_stranger(found, head, arrival);
    if (is_pixel(route)) *refusal = pixel_response();
    if (route.access.is_write_key()) add_cors(head, *refusal);
    services_->answered(route, trace_of(head, services_->random), {}, *refusal);
    return refusal;
}

// No body is read of who will be told 401 or 403: strangers, and whoever took the write key out of
// a page's source, would take the room that is kept for everybody's withdrawals.
std::unique_ptr<HttpResponse> Routes::refuse_stranger(const RouteFound& found,
                                                      const HttpRequest& head,
                                                      const Arrival& arrival) {
    const Access& access = found.route->access;
    if (access.is_everyone() || access.is_write_key()) return nullptr;
    const bool has_body = arrival.content_length > 0 || !head.header("transfer-encoding").empty();
    if (!has_body) return nullptr;  // handle() asks at once
    if (services_->runtime.state() == RuntimeState::Starting) return nullptr;  // nobody is known
    const auto kept = std::make_shared<KeptAnswer>();
    Call call;
    call.services = services_;
    find_values(found, call);
    call.request.path = head.path;
    call.request.query = head.query;
    call.request.headers = head.headers;
    call.responder = kept;
    call.trace = trace_of(head, services_->random);
    call.begun = std::chrono::steady_clock::now();
    return let_in_by_head(call) ? nullptr : std::move(kept->response);
}

// What can be told without the body. Held requests cost memory, so their number is known here.
std::unique_ptr<HttpResponse> Routes::refuse_load(const Route& route, const Arrival& arrival) {
    if (route.lane == Lane::Health) return nullptr;
    HttpCounters& counters = services_->counters;
    switch (services_->runtime.state()) {
        case RuntimeState::Starting:
            if (!holding_->is_full()) return nullptr;
            ++counters.refused_starting;
            return std::make_unique<HttpResponse>(not_now(503, 1, "starting"));
        case RuntimeState::Stopping:
            return std::make_unique<HttpResponse>(not_now(503, 1, "stopping"));
        case RuntimeState::Failed:
            if (route.lane == Lane::Api && !changes_something(route)) return nullptr;
            return std::make_unique<HttpResponse>(
                not_now(503, kFailedRetrySeconds, "storage failed"));
        case RuntimeState::Ready: break;
    }
    if (route.lane != Lane::Ingest) return nullptr;
    std::optional<int> busy = services_->runtime.overloaded();
    const std::int64_t wait_ms_max = arrival.queue_stands ? kTurnWaitMsMaxStanding : kTurnWaitMsMax;
    if (!busy && arrival.turn_wait_ms > wait_ms_max) busy = 1;
    if (!busy) return nullptr;
    ++counters.refused_overload;
    // 429, because SDKs wait for its Retry-After without counting the try, and not for 503's.
    return std::make_unique<HttpResponse>(not_now(429, *busy, "too many events, try again"));
}

// What brings events waits behind what brings events: a probe, a question and a withdrawal of
// consent do not.
bool Routes::goes_first(const HttpRequest& head) {
    const Route* route = find_route(head.method, head.path).route;
    return route == nullptr || route->lane != Lane::Ingest;
}

void Routes::hold(const std::shared_ptr<Call>& call) {
    const std::size_t bytes = call->request.body.size() + 2'048;
    ++services_->counters.held;
    if (!holding_->hold(bytes, [call](bool released) { answer_held(call, released); })) {
        answer_held(call, false);
    }
}

void Routes::handle(HttpRequest request, Responder responder) {
    if (request.method == "OPTIONS") {
        return responder->reply(preflight(request, tracking_route(request.path)));
    }
    const RouteFound found = find_route(request.method, request.path);
    if (found.route == nullptr) {
        return responder->reply(found.path_known ? wrong_method(request) : not_found(request));
    }
    auto call = std::make_shared<Call>();
    call->services = services_;
    find_values(found, *call);
    call->trace = trace_of(request, services_->random);
    call->begun = std::chrono::steady_clock::now() - std::chrono::microseconds(request.waited.us);
    call->request = std::move(request);
    call->responder = std::move(responder);
    if (call->request.body.size() > found.route->body_bytes_max) {
        return call->reply(too_large());
    }
    if (found.route->lane != Lane::Health && services_->runtime.state() == RuntimeState::Starting) {
        return hold(call);
    }
    dispatch(call);
}

}  // namespace filrouge::http
