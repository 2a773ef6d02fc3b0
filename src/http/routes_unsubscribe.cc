// The button of a mail program (RFC 8058), and the page for who follows its link: no cookie, no
// sign-in, and no end but by the button.
#include "engine/consents.h"
#include "http/call.h"
#include "http/handlers.h"
#include "http/link_page.h"

namespace filrouge::http {

namespace {

constexpr std::string_view kField = "List-Unsubscribe";
constexpr std::string_view kValue = "One-Click";

struct Words {
    std::string_view title, text, button, done, done_text, gone, gone_text, again, unknown;
};
constexpr Words kFrench = {
    "Ne plus recevoir ces messages\u00a0?",
    "Nous cesserons d\u2019\u00e9crire \u00e0 cette adresse pour cette utilisation.",
    "Me d\u00e9sinscrire",
    "C\u2019est fait.",
    "Vous ne recevrez plus ces messages.",
    "Ce lien n\u2019est plus valable.",
    "Servez-vous du lien d\u2019un message plus r\u00e9cent, ou dites-le \u00e0 la boutique.",
    "Ce n\u2019est pas encore fait\u00a0: r\u00e9essayez dans un instant.",
    "Cette demande ne dit pas qu\u2019elle d\u00e9sinscrit."};
constexpr Words kEnglish = {"Stop these messages?",
                            "We will no longer write to this address for this use.",
                            "Unsubscribe",
                            "Done.",
                            "You will not get these messages any more.",
                            "This link is not valid any more.",
                            "Use the link of a newer message, or tell the shop.",
                            "This is not done yet: please press again in a moment.",
                            "This request does not say that it unsubscribes."};

const Words& words_for(const Call& call) { return wants_french(call) ? kFrench : kEnglish; }

void refuse_link(const Call& call, const Error& error) {
    const Words& words = words_for(call);
    const int status = status_of(error);
    if (status >= 500)
        return reply_link_page(call, {status, words.again, "", words.button, kField, kValue});
    // 422: it was good once
    reply_link_page(call, {status == 422 ? 410 : status, words.gone, words.gone_text, "", "", ""});
}

// As a form or as its parts: both hold the two words.
bool says_so(std::string_view body) {
    return body.find(kField) != body.npos && body.find(kValue) != body.npos;
}

}  // namespace

void unsubscribe_page(const CallPtr& call) {
    const auto good = call->runtime().consents().unsubscribes_from(call->values.at(0));
    if (!good.ok()) return refuse_link(*call, good.error());
    const Words& words = words_for(*call);
    reply_link_page(*call, {200, words.title, words.text, words.button, kField, kValue});
}

void unsubscribe(const CallPtr& call) {
    if (!says_so(call->request.body))
        return reply_link_page(*call, {422, words_for(*call).unknown, "", "", "", ""});
    call->runtime().consents().unsubscribe(
        call->values.at(0), [call](const Result<std::string>& done) {
            if (!done.ok()) return refuse_link(*call, done.error());
            const Words& words = words_for(*call);
            reply_link_page(*call, {200, words.done, words.done_text, "", "", ""});
        });
}

}  // namespace filrouge::http
