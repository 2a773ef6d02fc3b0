// Consents: the words they are asked for by, their proofs, their receipts.
#include "engine/consents.h"
#include "http/body_json.h"
#include "http/call.h"
#include "http/handlers.h"

namespace filrouge::http {

namespace {

using Command = void (engine::Consents::*)(std::string json, engine::Reply done);

// Answers itself when the body is no object.
bool has_object(const CallPtr& call) {
    const auto body = read_object(call->request.body);
    if (!body.ok()) call->reply_problem(400, body.error());
    return body.ok();
}

void command(const CallPtr& call, Command what) {
    if (!has_object(call)) return;
    (call->runtime().consents().*what)(std::move(call->request.body), call->when_done());
}

}  // namespace

void get_shown(const CallPtr& call) {
    const auto text = [&call](const char* name) { return call->query(name).value_or(""); };
    call->reply_result(call->runtime().consents().shown(
        {text("profile"), text("brand"), text("purpose"), text("at"), text("language")}));
}

void get_verify(const CallPtr& call) { call->reply_result(call->runtime().consents().verify()); }

void get_receipt(const CallPtr& call) {
    call->reply_result(
        call->runtime().consents().receipt(call->values.at(0), call->query("brand").value_or("")));
}

void get_receipt_key(const CallPtr& call) {
    call->reply_json(call->runtime().consents().receipt_key());
}

void get_wordings(const CallPtr& call) {
    call->reply_result(call->runtime().consents().wordings(call->values.at(0)));
}

void get_wording(const CallPtr& call) {
    call->reply_result(call->runtime().consents().wording(call->values.at(0), call->values.at(1)));
}

void post_wording(const CallPtr& call) {
    if (!has_object(call)) return;
    call->runtime().consents().add_wording(call->values.at(0), std::move(call->request.body),
                                           call->when_done(201));
}

void post_permit(const CallPtr& call) {
    if (!has_object(call)) return;
    call->reply_result(call->runtime().consents().permit_json(call->request.body));
}

void post_sms(const CallPtr& call) { command(call, &engine::Consents::take_sms); }
void post_suppression(const CallPtr& call) { command(call, &engine::Consents::suppress); }
void get_suppressions(const CallPtr& call) {
    call->reply_result(call->runtime().consents().suppressions());
}

}  // namespace filrouge::http
