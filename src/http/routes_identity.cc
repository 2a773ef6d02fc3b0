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

void post_decision(const CallPtr& call) {
    const auto body = read_object(call->request.body);
    if (!body.ok()) return call->reply_problem(400, body.error());
    call->runtime().identity().decide(std::move(call->request.body), engine::name_of(call->role),
                                      call->when_done());
}

}  // namespace filrouge::http
