// What a person may ask of a shop: to be forgotten, to be shown everything, to be left alone.
#include "http/call.h"
#include "http/handlers.h"

namespace filrouge::http {

// Without confirm=true the engine tells what would go and does nothing.
void post_erase(const CallPtr& call) {
    call->runtime().erase_profile(call->values.at(0), call->query("confirm") == "true",
                                  call->when_done());
}

void get_erasures(const CallPtr& call) {
    call->reply_result(call->runtime().erasures(call->values.empty() ? "" : call->values.front()));
}

}  // namespace filrouge::http
