#include "http/call.h"

#include <algorithm>
#include <charconv>

#include "base/json_writer.h"
#include "base/text.h"
#include "engine/rights_desk.h"
#include "http/audited.h"
#include "http/masked.h"
#include "http/repeated_calls.h"
#include "http/services.h"
#include "http/who_asks.h"

namespace filrouge::http {

namespace {

constexpr std::string_view kDiskFull = "The server's disk has no space for it.";
constexpr std::string_view kStorageFailed = "The server could not read or write its files.";
constexpr std::string_view kJson = "application/json; charset=utf-8";

std::string_view title_of(int status) {
    switch (status) {
        case 400: return "Bad request";
        case 401: return "Not signed in";
        case 403: return "Not allowed";
        case 404: return "Not found";
        case 405: return "Method not allowed";
        case 409: return "Conflict";
        case 413: return "Too large";
        case 422: return "Cannot be done as asked";
        case 429: return "Too many requests";
        case 503: return "Not now";
        case 507: return "Not enough disk space";
        default: return "Error";
    }
}

// Which file it was, and what the system said of it, is the operator's business.
bool is_of_storage(std::string_view code) {
    const bool is_ours = code.starts_with("disk.") || code.starts_with("keys.") ||
                         code.starts_with("log.") || code.starts_with("seal.");
    return is_ours && !code.ends_with("_too_large");
}

bool ends_with_any(std::string_view code, std::initializer_list<std::string_view> ends) {
    for (const std::string_view end : ends) {
        if (code.ends_with(end)) return true;
    }
    return false;
}

// Whose counts could tell of one person; the others count events, or are of no rule.
bool counts_persons(const Route& route) {
    return route.pattern.ends_with("/rules/count") || route.pattern.ends_with("/audiences") ||
           route.pattern.ends_with("/audiences/overlap") ||
           route.pattern.ends_with("/audiences/{id}") || route.pattern.ends_with("/growth");
}

// What a page that nobody touches reads again. Of a session alone: no program may ask to be told of
// less often.
bool repeats_a_look(const Call& call, int status) {
    if (call.session.empty() || call.route->method != "GET" || is_noted_first(*call.route) ||
        call.request.header(kBackgroundHeader) != "1")
        return false;
    std::string look = call.session;
    look.append("\n").append(call.request.path).append("?").append(call.request.query);
    look.append("\n").append(std::to_string(status));
    return call.services->looks.is_repeated(look, call.runtime().now());
}

}  // namespace

engine::Runtime& Call::runtime() const { return services->runtime; }

const engine::Mask& Call::mask() const {
    return services->masks.at(static_cast<std::size_t>(role));
}

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
    for (const std::string_view pair : split(query, '&')) {
        const std::size_t equals = pair.find('=');
        if (percent_decode(pair.substr(0, equals), true) != name) continue;
        if (equals == std::string_view::npos) return std::string();
        return percent_decode(pair.substr(equals + 1), true);
    }
    return std::nullopt;
}

std::optional<std::string> Call::query(std::string_view name) const {
    return query_value(request.query, name);
}

std::uint64_t Call::query_number(std::string_view name, std::uint64_t otherwise) const {
    const std::optional<std::string> text = query(name);
    if (!text) return otherwise;
    std::uint64_t n = 0;
    const char* end = text->data() + text->size();
    const auto [stopped, error] = std::from_chars(text->data(), end, n);
    return error == std::errc{} && stopped == end ? n : otherwise;
}

void Call::note(int status, std::string_view body) const {
    if (!is_audited(*route) || token.empty() || repeats_a_look(*this, status)) return;
    for (engine::AuditEntry& entry : audit_entries(*this, status, body))
        runtime().rights().note(std::move(entry));
}

void Call::reply(HttpResponse response, std::string_view code) const {
    if (kept == nullptr) return send(std::move(response), code);
    keep_answer(*this, std::move(response), code);
}

void Call::send(HttpResponse response, std::string_view code) const {
    note(response.status, response.body);
    services->answered(*route, trace, code, response);
    const auto took = std::chrono::steady_clock::now() - begun;
    services->counters.took(*route,
                            std::chrono::duration_cast<std::chrono::microseconds>(took).count());
    if (route->access.is_write_key()) add_cors(request, response);
    if (route->lane == Lane::Api ||
        (route->lane == Lane::Ingest && !route->access.is_write_key())) {
        const bool says = std::any_of(response.headers.begin(), response.headers.end(),
                                      [](const auto& h) { return h.first == "Cache-Control"; });
        if (!says) response.headers.emplace_back("Cache-Control", "no-store");
        response.headers.emplace_back("X-Content-Type-Options", "nosniff");
    }
    responder->reply(std::move(response));
}

void Call::reply_json(std::string json, int status) const {
    HttpResponse response;
    response.status = status;
    if (!mask().hides_nothing()) json = masked_json(json, mask(), counts_persons(*route));
    response.headers.emplace_back("Content-Type", kJson);
    response.body = std::move(json);
    reply(std::move(response));
}

void Call::reply_text(int status, std::string_view text) const {
    reply(text_response(status, text));
}

void Call::reply_problem(int status, const Error& error) const {
    reply(problem_response(status, error), error.code);
}

void Call::reply_result(Result<std::string> json, int status) const {
    if (!json.ok()) return reply_problem(status_of(json.error()), json.error());
    reply_json(std::move(json).value(), status);
}

engine::Reply Call::when_done(int status) const {
    return [call = *this, status](Result<std::string> json) {
        call.reply_result(std::move(json), status);
    };
}

HttpResponse text_response(int status, std::string_view text) {
    HttpResponse response;
    response.status = status;
    response.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
    response.body.assign(text).push_back('\n');
    return response;
}

HttpResponse problem_response(int status, const Error& error) {
    HttpResponse response;
    response.status = status;
    response.headers.emplace_back("Content-Type", "application/problem+json");
    if (status == 503) response.headers.emplace_back("Retry-After", "1");
    if (status == 507) response.headers.emplace_back("Retry-After", kDiskFullRetry);
    if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
    JsonWriter json(response.body);
    json.open_object()
        .field("title", title_of(status))
        .field("status", status)
        .field("code", error.code)
        .field("message", !is_of_storage(error.code) ? std::string_view(error.message)
                          : status == 507            ? kDiskFull
                                                     : kStorageFailed);
    if (!error.hint.empty()) json.field("hint", error.hint);
    json.close();
    return response;
}

int status_of(const Error& error) {
    const std::string_view code = error.code;
    if (ends_with_any(code, {"not_found"})) return 404;
    if (ends_with_any(code, {".forbidden"})) return 403;
    if (ends_with_any(code, {"_exists", "_conflict", "_in_use"})) return 409;
    if (ends_with_any(code, {"invalid_json"})) return 400;
    if (engine::is_disk_full(error) || code == "disk.full") return 507;
    if (ends_with_any(code, {"record_too_large", "group_too_large", "request_too_large"}))
        return 413;
    if (ends_with_any(code, {"overloaded", "stopping", "_timeout", "not_yet", "engine.failed"})) {
        return 503;
    }
    return is_of_storage(code) ? 500 : 422;
}

void add_cors(const HttpRequest& request, HttpResponse& response) {
    // Also where no page asks: a cache must not give the answer without permission to one that
    // does.
    response.headers.emplace_back("Vary", "Origin");
    const std::string_view origin = request.header("origin");
    if (origin.empty()) return;
    response.headers.emplace_back("Access-Control-Allow-Origin", origin);
    response.headers.emplace_back("Access-Control-Expose-Headers",
                                  "Filrouge-Sequence, Retry-After, X-Request-Id");
}

}  // namespace filrouge::http
