#include "http/repeated_calls.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/call_desk.h"

namespace filrouge::http {

namespace {

// They ask, or are the same when done again: an import knows its rows by their own ids, and a
// password that was changed is not the present one any more (its answer is a cookie, besides).
constexpr std::array<std::string_view, 13> kSameTwice = {
    "/api/v1/profiles/find",    "/api/v1/profiles/search",  "/api/v1/staff/greet",
    "/api/v1/rules/check",      "/api/v1/rules/count",      "/api/v1/questions",
    "/api/v1/questions/events", "/api/v1/identity/preview", "/api/v1/identity/rules/preview",
    "/api/v1/permits",          "/api/v1/import",           "/api/v1/session",
    "/api/v1/session/password"};

std::size_t keys_told(const HttpRequest& request) {
    return static_cast<std::size_t>(
        std::count_if(request.headers.begin(), request.headers.end(),
                      [](const auto& header) { return header.first == kRepeatKeyHeader; }));
}

bool is_good_key(std::string_view key) {
    const auto visible = [](char c) { return c >= 0x20 && c < 0x7f; };
    return !key.empty() && key.size() <= kRepeatKeyBytesMax &&
           std::all_of(key.begin(), key.end(), visible);
}

// All but the body. Who sees less since, or other brands, is told nothing that was told before.
engine::CallAsked asked_by(const Call& call) {
    engine::CallAsked asked;
    asked.caller.append(call.token).append("/").append(call.via);
    asked.key = call.request.header(kRepeatKeyHeader);
    asked.request.append(call.route->method).append(" ").append(call.request.path);
    asked.request.append("?").append(call.request.query);
    asked.request.append("\n").append(engine::name_of(call.role));
    for (const std::string& brand : call.brands) asked.request.append("\n").append(brand);
    return asked;
}

int status_of_repeat(const Error& error) {
    if (error.code == "idempotency.under_way" || error.code == "idempotency.outcome_unknown" ||
        error.code == "idempotency.answer_gone")
        return 409;
    return status_of(error);
}

std::string content_type(const HttpResponse& response) {
    for (const auto& [name, value] : response.headers) {
        if (name == "Content-Type") return value;
    }
    return {};
}

// Nothing was done, so the same key may be used again: when there is room, or with the mistake put
// right. A server that cannot write any more does not know what it has done.
bool is_refused(int status, std::string_view code) {
    return (status >= 400 && status < 500) || status == 507 ||
           (status == 503 && code != "engine.failed");
}

void tell_again(const CallPtr& call, const engine::CallAnswer& first) {
    HttpResponse response;
    response.status = first.status;
    response.headers.emplace_back("Content-Type", first.type);
    response.headers.emplace_back("Idempotency-Replayed", "true");
    response.body = first.body;
    call->about = first.about;
    call->reply(std::move(response));
}

}  // namespace

bool keeps_answers(const Route& route) {
    const Access& access = route.access;
    return route.method == "POST" && route.pattern.starts_with("/api/v1/") &&
           !access.is_everyone() && !access.is_write_key() &&
           std::find(kSameTwice.begin(), kSameTwice.end(), route.pattern) == kSameTwice.end();
}

bool wants_to_be_kept(const Call& call) {
    return keeps_answers(*call.route) && keys_told(call.request) != 0;
}

bool has_good_key(const Call& call) {
    if (!wants_to_be_kept(call)) return true;
    if (keys_told(call.request) == 1 && is_good_key(call.request.header(kRepeatKeyHeader)))
        return true;
    call.reply_problem(400, {"idempotency.invalid_key",
                             "An Idempotency-Key has 1 to 255 printable ASCII characters, once.",
                             "A random UUID does; a repeat tells the same one."});
    return false;
}

bool is_first_of_its_key(const CallPtr& call) {
    if (!wants_to_be_kept(*call)) return true;
    auto asked = std::make_shared<const engine::CallAsked>(asked_by(*call));
    const auto first = call->runtime().calls().begin(*asked, call->request.body);
    if (!first.ok()) {
        call->reply_problem(status_of_repeat(first.error()), first.error());
        return false;
    }
    if (first.value()) {
        tell_again(call, *first.value());
        return false;
    }
    call->kept = std::move(asked);
    return true;
}

void keep_answer(const Call& call, HttpResponse response, std::string_view code) {
    engine::CallDesk& calls = call.runtime().calls();
    const engine::CallAsked& asked = *call.kept;
    const int status = response.status;
    engine::CallAnswer answer;
    if (status < 400)
        answer = {static_cast<std::uint16_t>(status), content_type(response), call.about,
                  response.body};
    auto tell = [call, response = std::make_shared<HttpResponse>(std::move(response)),
                 code = std::string(code)] { call.send(std::move(*response), code); };
    if (is_refused(status, code)) return calls.nothing_done(asked, std::move(tell));
    if (status < 400) return calls.finish(asked, answer, std::move(tell));
    calls.lose(asked);
    tell();
}

}  // namespace filrouge::http
