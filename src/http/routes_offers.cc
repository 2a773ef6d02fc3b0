// Offers of value for answers, as the brand makes them: docs/offers.md.
#include "engine/offer_desk.h"
#include "http/call.h"
#include "http/handlers.h"

namespace filrouge::http {

void get_offers(const CallPtr& call) {
    call->reply_result(call->runtime().offers().offers(call->query("brand").value_or("")));
}

void post_offer(const CallPtr& call) {
    call->reply_result(call->runtime().offers().make(call->request.body), 201);
}

void end_offer(const CallPtr& call) {
    call->reply_result(call->runtime().offers().end(call->values.at(0)));
}

// Which lines a person told, and the benefits; not the answers, which a purpose's profile shows.
void get_profile_offers(const CallPtr& call) {
    call->reply_result(call->runtime().offers().of_person(call->values.at(0), false));
}

}  // namespace filrouge::http
