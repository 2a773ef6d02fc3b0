// Imported people matched with the others: runs, and the pairs that wait for somebody to decide.
#include <algorithm>

#include "engine/matching_desk.h"
#include "http/body_json.h"
#include "http/call.h"
#include "http/handlers.h"

namespace filrouge::http {

namespace {

constexpr std::uint64_t kLimitDefault = 20;
constexpr std::uint64_t kLimitMax = 200;

}  // namespace

void post_match_run(const CallPtr& call) {
    const auto body = read_object(call->request.body);
    if (!body.ok()) return call->reply_problem(400, body.error());
    call->reply_result(
        call->runtime().matching().run(call->request.body, call->query("id").value_or("")));
}

void get_match_runs(const CallPtr& call) { call->reply_result(call->runtime().matching().runs()); }

void get_match_review(const CallPtr& call) {
    const std::uint64_t limit =
        std::clamp<std::uint64_t>(call->query_number("limit", kLimitDefault), 1, kLimitMax);
    call->reply_result(call->runtime().matching().review(call->query("brand").value_or(""),
                                                         static_cast<std::size_t>(limit)));
}

void post_match_decision(const CallPtr& call) {
    const auto body = read_object(call->request.body);
    if (!body.ok()) return call->reply_problem(400, body.error());
    call->runtime().matching().decide(std::string(call->values.at(0)),
                                      std::move(call->request.body), call->token,
                                      call->when_done());
}

}  // namespace filrouge::http
