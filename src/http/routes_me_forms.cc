// What the forms of /me do: choices, answers to offers, requests, erasure. Each leads back to the
// page, which tells what became of it.
#include <algorithm>
#include <boost/json.hpp>

#include "base/json_writer.h"
#include "base/text.h"
#include "engine/offer_desk.h"
#include "engine/rights_desk.h"
#include "http/body_json.h"
#include "http/credentials.h"
#include "http/handlers.h"
#include "http/me_call.h"
#include "http/me_page.h"
#include "http/person_page.h"
#include "http/services.h"
#include "model/money.h"

namespace filrouge::http {
namespace {

namespace json = boost::json;

constexpr std::string_view kAnswer = "answer.";
constexpr std::size_t kFieldsMax = 1'000;

// Of the words that were shown: a page may show some of another language than its own.
std::string language_shown(const Call& call) {
    const std::string told = form_value(call, "language");
    return !told.empty() ? told : speaks_french(call) ? "fr" : "en";
}

// The fields that begin with "answer.", in their order and without it.
engine::AnswerFields answers_of(std::string_view form) {
    engine::AnswerFields out;
    for (const std::string_view pair : split(form, '&')) {
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos || out.size() >= kFieldsMax) continue;
        const auto name = percent_decode(pair.substr(0, equals), true);
        const auto value = percent_decode(pair.substr(equals + 1), true);
        if (name && value && name->starts_with(kAnswer))
            out.emplace_back(name->substr(kAnswer.size()), *value);
    }
    return out;
}

// In French a comma ends the whole part. On an English page 1,234 is doubtful, and 1,5 is not.
std::optional<std::int64_t> number_of(std::string value, bool french) {
    if (const std::size_t comma = value.find(','); comma != std::string::npos) {
        if (!french && value.size() - comma == 4) return std::nullopt;
        value[comma] = '.';
    }
    return parse_fixed(value);
}

// A right value is of the kind that was there: rules that compare numbers or truth find no text.
// False where it cannot be read as that.
bool write_as_it_was(JsonWriter& w, std::string_view was, const std::string& value, bool french) {
    if (was == "yes_no") {
        if (value != "yes" && value != "no") return false;
        w.field("value", value == "yes");
        return true;
    }
    if (was == "number") {
        const auto number = number_of(value, french);
        if (number) w.key("value").raw(fixed_text(*number));
        return number.has_value();
    }
    w.field("value", value);
    return !value.empty();
}

template <class T>
void send_back_with(const Call& call, const Result<T>& result, std::string_view good) {
    send_back(call, result.ok() ? good : me_said_of(result.error().code));
}

// Whether what was told earns the benefit: it may be given by answers of before. `offers` as
// OfferDesk::tell answers.
bool is_earned(const std::string& offers, const std::string& id) {
    const json::value doc = json::parse(offers);
    for (const json::value& offer : list_in(doc, "offers")) {
        if (member_of(offer, "id") != id) continue;
        for (const json::value& ask : list_in(offer, "asks")) {
            if (member_of(ask, "required") == "true" && member_of(ask, "state") != "told")
                return false;
        }
    }
    return true;
}

// Not by a redirect: what was written would be gone.
void show_again(const Call& call, const std::string& profile, engine::OfferForm form,
                std::string line) {
    const auto overview = call.runtime().rights().overview(profile);
    if (!overview.ok()) return send_back(call, "answer");
    const MeTried tried{std::move(form.offer), std::move(line), std::move(form.fields)};
    send_page(call, me_page(overview.value(), speaks_french(call), "", &tried), 422);
}

}  // namespace

void post_me_choice(const CallPtr& call) {
    const auto profile = signed_in(*call);
    if (!profile) return;
    const std::string said = form_value(*call, "choice");
    if (said != "yes" && said != "no" && said != "nothing")
        return call->reply_problem(422, missing_field("choice"));
    std::string body;
    JsonWriter w(body);
    w.open_object().field("purpose", form_value(*call, "purpose"));
    if (said == "nothing")
        w.field("taken_back", true);
    else
        w.field("granted", said == "yes");
    if (const std::string brand = form_value(*call, "brand"); !brand.empty())
        w.field("brand", brand);
    if (const auto wording = parse_int(form_value(*call, "wording")))
        w.field("wording", *wording).field("language", language_shown(*call));
    w.key("evidence").open_object().field("page", "/me").close().close();
    send_back_with(*call, call->runtime().rights().choose(*profile, body), kMeDone);
}

void post_me_offer(const CallPtr& call) {
    const auto profile = signed_in(*call);
    if (!profile) return;
    engine::OfferForm form;
    form.offer = form_value(*call, "offer");
    form.wording = static_cast<std::uint32_t>(std::clamp<std::int64_t>(
        parse_int(form_value(*call, "wording")).value_or(0), 0, INT32_MAX));
    form.language = language_shown(*call);
    form.fields = answers_of(call->request.body);
    const auto told = call->runtime().offers().tell(*profile, form);
    if (told.ok())
        return send_back(*call, is_earned(told.value(), form.offer) ? kMeDone : kMePartly);
    if (auto line = engine::unread_line(told.error()))
        return show_again(*call, *profile, std::move(form), *std::move(line));
    send_back(*call, me_said_of(told.error().code));
}

void post_me_take_back(const CallPtr& call) {
    const auto profile = signed_in(*call);
    if (!profile) return;
    send_back_with(*call,
                   call->runtime().offers().take_back(*profile, form_value(*call, "offer"),
                                                      form_value(*call, "line")),
                   kMeDone);
}

void post_me_request(const CallPtr& call) {
    const auto profile = signed_in(*call);
    if (!profile) return;
    std::string body;
    JsonWriter(body)
        .open_object()
        .field("kind", form_value(*call, "kind"))
        .field("profile", *profile)
        .close();
    send_back_with(*call, call->runtime().rights().make_request(body, "me"), kMeAsked);
}

// {"what": "pause" or "no-profiling", "choice": "yes" or "no"}: a pause of everything, or no
// profiling; each until it is taken back in the same way.
void post_me_restraint(const CallPtr& call) {
    const auto profile = signed_in(*call);
    if (!profile) return;
    const bool wanted = form_value(*call, "choice") == "yes";
    engine::RightsDesk& rights = call->runtime().rights();
    std::string body;
    JsonWriter w(body);
    w.open_object();
    if (form_value(*call, "what") == "no-profiling") {
        w.field("profiling", true).field("withdrawn", !wanted);
        w.key("evidence").open_object().field("page", "/me").close().close();
        return send_back_with(*call, rights.object(*profile, body, "me"), kMeDone);
    }
    w.field("action", wanted ? "restrict" : "lift").field("reason", "/me").close();
    send_back_with(*call, rights.restrict(*profile, body, "me"), kMeDone);
}

// {"trait", "brand", "act": "correct", "remove" or "release", "value", "was": "number" or "yes_no";
// absent: a text}.
void post_me_correction(const CallPtr& call) {
    const auto profile = signed_in(*call);
    if (!profile) return;
    const std::string act = form_value(*call, "act");
    const std::string value = form_value(*call, "value");
    std::string body;
    JsonWriter w(body);
    w.open_object().field("trait", form_value(*call, "trait")).field("reason", "/me");
    if (const std::string brand = form_value(*call, "brand"); !brand.empty())
        w.field("brand", brand);
    if (act == "remove" || act == "release")
        w.field(act, true);
    else if (!write_as_it_was(w, form_value(*call, "was"), value, speaks_french(*call)))
        return send_back(*call, "answer");
    w.close();
    send_back_with(*call, call->runtime().rights().correct(*profile, body, "me"), kMeDone);
}

// Only with the box ticked: there is no way back.
void post_me_erase(const CallPtr& call) {
    const auto profile = signed_in(*call);
    if (!profile) return;
    if (form_value(*call, "sure") != "yes") return send_back(*call, "");
    const auto erased = wait_for([&](engine::Reply done) {
        call->runtime().erase_profile(*profile, true, std::move(done));
    });
    if (!erased.ok()) return call->reply_problem(status_of(erased.error()), erased.error());
    call->services->me.sign_out(cookie(call->request, kMeCookie).value_or(""));
    send_page(*call, me_erased_page(speaks_french(*call), erased.value()));
}

}  // namespace filrouge::http
