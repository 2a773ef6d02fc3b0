// Who is one person: evidence, what it would lead to, and what was decided about it.
#include <algorithm>

#include "engine/identity_desk.h"
#include "http/body_json.h"
#include "http/call.h"
#include "http/handlers.h"

namespace filrouge::http {

namespace {

constexpr std::uint64_t kLimitDefault = 50;
constexpr std::uint64_t kLimitMax = 200;

std::size_t limit_of(const Call& call) {
    return static_cast<std::size_t>(
        std::clamp<std::uint64_t>(call.query_number("limit", kLimitDefault), 1, kLimitMax));
}

bool handles_identity(engine::Role role) {
    return role == engine::Role::Privacy || role == engine::Role::Admin;
}

void ask(const CallPtr& call, Result<std::string> (engine::IdentityDesk::*what)(std::string_view)) {
    const auto body = read_object(call->request.body);
    if (!body.ok()) return call->reply_problem(400, body.error());
    call->reply_result((call->runtime().identity().*what)(call->request.body));
}

void command(const CallPtr& call,
             void (engine::IdentityDesk::*what)(std::string, std::string_view, engine::Reply)) {
    const auto body = read_object(call->request.body);
    if (!body.ok()) return call->reply_problem(400, body.error());
    (call->runtime().identity().*what)(std::move(call->request.body), call->token,
                                       call->when_done());
}

}  // namespace

void get_graph(const CallPtr& call) {
    call->reply_result(call->runtime().identity().graph(
        call->values.at(0), call->query("purpose").value_or(""), call->query("brand").value_or(""),
        handles_identity(call->role), call->after()));
}

void get_decisions(const CallPtr& call) {
    call->reply_result(
        call->runtime().identity().decisions(call->query_number("before", 0), limit_of(*call)));
}

void get_suspicious(const CallPtr& call) {
    const auto skip = static_cast<std::size_t>(call->query_number("skip", 0));
    call->reply_result(call->runtime().identity().suspicious(call->query("brand").value_or(""),
                                                             skip, limit_of(*call)));
}

void get_identity_rules(const CallPtr& call) {
    call->reply_result(call->runtime().identity().rules());
}

void post_identity_preview(const CallPtr& call) { ask(call, &engine::IdentityDesk::preview); }

void post_identity_rules_preview(const CallPtr& call) {
    ask(call, &engine::IdentityDesk::preview_rules);
}

void post_decision(const CallPtr& call) { command(call, &engine::IdentityDesk::decide); }

void post_identity_rules(const CallPtr& call) { command(call, &engine::IdentityDesk::set_rules); }

}  // namespace filrouge::http
