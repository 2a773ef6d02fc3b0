// Consents: the words they are asked for by, their proofs, their receipts.
#include "engine/consents.h"
#include "http/body_json.h"
#include "http/call.h"
#include "http/handlers.h"

namespace filrouge::http {

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

void get_wordings(const CallPtr& call) {
    call->reply_result(call->runtime().consents().wordings(call->values.at(0)));
}

void get_wording(const CallPtr& call) {
    call->reply_result(call->runtime().consents().wording(call->values.at(0), call->values.at(1)));
}

void post_wording(const CallPtr& call) {
    const auto body = read_object(call->request.body);
    if (!body.ok()) return call->reply_problem(400, body.error());
    call->runtime().consents().add_wording(call->values.at(0), std::move(call->request.body),
                                           call->when_done(201));
}

}  // namespace filrouge::http
