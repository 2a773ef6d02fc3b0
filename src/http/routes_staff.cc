// What those who work here keep for themselves.
#include "engine/staff_desk.h"
#include "http/call.h"
#include "http/handlers.h"

namespace filrouge::http {

namespace {

engine::Caller caller_of(const Call& call) { return {call.role, call.token}; }

}  // namespace

void get_boards(const CallPtr& call) {
    call->reply_result(call->runtime().staff().boards(caller_of(*call)));
}

void get_board(const CallPtr& call) {
    call->reply_result(call->runtime().staff().board(call->values.at(0), caller_of(*call)));
}

void post_board(const CallPtr& call) {
    call->reply_result(call->runtime().staff().make_board(call->request.body, caller_of(*call)),
                       201);
}

void change_board(const CallPtr& call) {
    call->reply_result(call->runtime().staff().change_board(call->values.at(0), call->request.body,
                                                            caller_of(*call)));
}

void delete_board(const CallPtr& call) {
    call->reply_result(call->runtime().staff().remove_board(call->values.at(0), caller_of(*call)));
}

}  // namespace filrouge::http
