// The link of a double opt-in. Following it shows a page with a button, and the button confirms:
// what scans mails follows links, and presses nothing.
#include "engine/consents.h"
#include "http/call.h"
#include "http/handlers.h"
#include "http/link_page.h"

namespace filrouge::http {

namespace {

struct Words {
    std::string_view title, button, thanks, gone, again;
};
constexpr Words kFrench = {
    "Confirmer votre inscription", "Je confirme", "Merci, c\u2019est confirm\u00e9.",
    "Ce lien n\u2019est plus valable.",
    "Ce n\u2019est pas encore confirm\u00e9 : r\u00e9essayez dans un instant."};
constexpr Words kEnglish = {"Confirm your subscription", "I confirm", "Thank you, it is confirmed.",
                            "This link is not valid any more.",
                            "This is not confirmed yet: please press again in a moment."};

void reply_page(const Call& call, int status, std::string_view text, std::string_view button) {
    reply_link_page(call, {status, text, "", button, "", ""});
}

const Words& words_for(const Call& call) { return wants_french(call) ? kFrench : kEnglish; }

// A link that only the server cannot take now is as good as before, and so is its button.
void refuse_link(const Call& call, const Error& error) {
    const Words& words = words_for(call);
    const int status = status_of(error);
    if (status >= 500) return reply_page(call, status, words.again, words.button);
    reply_page(call, status == 422 ? 410 : status, words.gone, "");  // 422: it was good once
}

}  // namespace

void confirm_page(const CallPtr& call) {
    const Words& words = words_for(*call);
    const auto good = call->runtime().consents().check_confirmation(call->values.at(0));
    if (!good.ok()) return refuse_link(*call, good.error());
    reply_page(*call, 200, words.title, words.button);
}

void confirm(const CallPtr& call) {
    call->runtime().consents().confirm(call->values.at(0), [call](const Result<std::string>& done) {
        if (!done.ok()) return refuse_link(*call, done.error());
        reply_page(*call, 200, words_for(*call).thanks, "");
    });
}

}  // namespace filrouge::http
