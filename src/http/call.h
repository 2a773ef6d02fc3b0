// One request on its way through a handler, and how it is answered.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/trace.h"
#include "engine/masking.h"
#include "engine/runtime.h"
#include "http/route.h"
#include "seam/listener.h"

namespace filrouge::http {

struct Services;
}

namespace filrouge::engine {
struct CallAsked;  // engine/call_desk.h
}

namespace filrouge::http {

struct Call {
    std::shared_ptr<Services> services;
    const Route* route = nullptr;
    HttpRequest request;
    Responder responder;
    std::vector<std::string> values;  // of the pattern's names, decoded
    engine::Role role = engine::Role::None;
    std::string account;              // name of who signed in by a password; never logged
    std::string token;                // the id of the caller's, or of the account
    std::string via;                  // the id of the account's own token, where one called
    std::string session;              // the id of the browser's session, where one called
    std::string about;                // the profile, where the handler found whose an identifier is
    std::vector<std::string> brands;  // all the caller may see; empty: every brand
    Trace trace;
    std::chrono::steady_clock::time_point begun;  // when the whole request was here
    std::shared_ptr<void> turn;  // of a customer's own long answer; see http/me_call.h
    // Where its caller gave it a key: the answer is kept before it is told (http/repeated_calls.h).
    std::shared_ptr<const engine::CallAsked> kept = {};

    engine::Runtime& runtime() const;
    // Of the query string, decoded; nothing when absent.
    std::optional<std::string> query(std::string_view name) const;
    std::uint64_t query_number(std::string_view name, std::uint64_t otherwise) const;
    std::uint64_t after() const { return query_number("after", 0); }
    engine::Caller who() const { return {role, token, via}; }
    const engine::Mask& mask() const;  // what the caller's role does not see

    // Who, what, of whom, for the audit; nothing where the route is not audited.
    void note(int status, std::string_view body = {}) const;
    // Adds what every answer of its lane carries, and notes it. `code` is the error's, for the
    // operator's log.
    void reply(HttpResponse response, std::string_view code = {}) const;
    void send(HttpResponse response, std::string_view code) const;  // for reply() alone
    void reply_json(std::string json, int status = 200) const;
    void reply_text(int status, std::string_view text) const;
    void reply_problem(int status, const Error& error) const;
    void reply_result(Result<std::string> json, int status = 200) const;
    // For a command: answers when it is done, from any thread.
    engine::Reply when_done(int status = 200) const;
};

constexpr const char* kDiskFullRetry = "10";  // seconds: somebody has to make room

HttpResponse text_response(int status, std::string_view text);
HttpResponse problem_response(int status, const Error& error);
// From an error's code: "..._not_found" is 404, "...forbidden" 403, "..._exists", "..._conflict"
// and "..._in_use" 409,
// "...invalid_json" 400, "...disk_full" and "disk.full" 507, "...overloaded", "...stopping",
// "..._timeout", "...not_yet" and "engine.failed" 503, what else "disk.", "keys.", "log." and
// "seal." tell 500, everything else 422.
int status_of(const Error& error);
// A page of another site may send events and read the plain answer, without cookies.
void add_cors(const HttpRequest& request, HttpResponse& response);

std::optional<std::string> query_value(std::string_view query, std::string_view name);

}  // namespace filrouge::http
