// Tokens, everybody's and one's own; who is signed in where; and the master key.
#include "engine/access_desk.h"
#include "http/body_json.h"
#include "http/call.h"
#include "http/handlers.h"

namespace filrouge::http {

namespace {

// False when it has been answered.
bool has_object(const Call& call) {
    const auto body = read_object(call.request.body);
    if (!body.ok()) call.reply_problem(400, body.error());
    return body.ok();
}

// An admin's all, but of whoever is limited to brands one's own.
engine::Caller whose_sessions(const Call& call) {
    engine::Caller who = call.who();
    if (!call.brands.empty()) who.role = engine::Role::None;
    return who;
}

}  // namespace

void post_key_rotation(const CallPtr& call) {
    call->reply_result(call->runtime().access().rotate_master_key());
}

void get_tokens(const CallPtr& call) { call->reply_result(call->runtime().access().tokens()); }

void post_token(const CallPtr& call) {
    if (!has_object(*call)) return;
    call->reply_result(call->runtime().access().create_token(call->request.body), 201);
}

void delete_token(const CallPtr& call) {
    call->reply_result(call->runtime().access().revoke_token(call->values.at(0)));
}

void get_own_tokens(const CallPtr& call) {
    call->reply_result(call->runtime().access().own_tokens(call->who()));
}

void post_own_token(const CallPtr& call) {
    if (!has_object(*call)) return;
    if (call->session.empty())
        return call->reply_problem(
            403, {"token.forbidden", "A token cannot make another one.",
                  "Sign in by a name and a password; an admin makes tokens for any account."});
    call->reply_result(
        call->runtime().access().create_own_token(
            call->request.body, {call->who(), call->account, call->session, call->brands}),
        201);
}

void delete_own_token(const CallPtr& call) {
    call->reply_result(call->runtime().access().revoke_own_token(call->values.at(0), call->who()));
}

void get_sessions(const CallPtr& call) {
    call->reply_result(call->runtime().access().sessions(whose_sessions(*call)));
}

void end_session(const CallPtr& call) {
    call->reply_result(
        call->runtime().access().end_session(call->values.at(0), whose_sessions(*call)));
}

}  // namespace filrouge::http
