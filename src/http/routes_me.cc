// The customer's own door, /me: plain pages, no script. Whoever is signed in reaches their own data
// and nobody else's, for no address there takes a profile.
#include <algorithm>
#include <boost/json.hpp>
#include <future>
#include <memory>

#include "base/json_writer.h"
#include "engine/rights_desk.h"
#include "http/body_json.h"
#include "http/call.h"
#include "http/credentials.h"
#include "http/export_page.h"
#include "http/handlers.h"
#include "http/me_page.h"
#include "http/person_page.h"
#include "http/protect.h"
#include "http/services.h"

namespace filrouge::http {
namespace {

namespace json = boost::json;

constexpr std::string_view kMeCookie = "__Host-filrouge-me";

bool speaks_french(const Call& call) {
    const std::string lang =
        call.query("lang").value_or(std::string(call.request.header("accept-language")));
    return lang.starts_with("fr");
}

void send_page(const Call& call, std::string body, int status = 200) {
    HttpResponse response;
    response.status = status;
    response.headers.emplace_back("Content-Type", "text/html; charset=utf-8");
    protect(response);
    response.body = std::move(body);
    call.reply(std::move(response));
}

// After a form: the page again, so that a reload sends nothing twice.
void send_back(const Call& call, std::string_view cookie_now = {}) {
    HttpResponse response;
    response.status = 303;
    response.headers.emplace_back("Location", speaks_french(call) ? "/me?lang=fr" : "/me");
    if (!cookie_now.empty()) response.headers.emplace_back("Set-Cookie", std::string(cookie_now));
    call.reply(std::move(response));
}

std::string cookie_of(std::string_view session, Duration time) {
    std::string out(kMeCookie);
    out.append("=").append(session).append("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=");
    return out.append(std::to_string(time.us / seconds(1).us));
}

// Whose session this request has. Answers the request itself when there is none, or when a form
// was not sent from our own page.
std::optional<std::string> signed_in(const Call& call) {
    const auto session = cookie(call.request, kMeCookie);
    auto profile = session ? call.services->me.profile_of(*session, call.runtime().now())
                           : std::optional<std::string>();
    if (!profile) {
        send_page(call, me_signed_out_page(speaks_french(call)), 401);
        return std::nullopt;
    }
    if (call.route->method == "POST" && !comes_from_own_page(call.request)) {
        call.reply_problem(403, {"http.other_site", "The request does not come from our own page.",
                                 "Open /me and use its buttons."});
        return std::nullopt;
    }
    engine::AuditEntry entry;
    entry.at = call.runtime().now();
    entry.actor = "me";
    entry.route.append(call.route->method).append(" ").append(call.route->pattern);
    entry.profile = ProfileId::parse(*profile).value_or(ProfileId{});
    entry.status = 200;
    call.runtime().rights().note(std::move(entry));
    return profile;
}

std::string form_value(const Call& call, std::string_view name) {
    return query_value(call.request.body, name).value_or("");
}

struct Known {
    std::string type, value, brand;
    bool operator==(const Known&) const = default;
};

// As what the person is known: choices are told for each, because one refusal refuses.
std::vector<Known> identifiers_of(const std::string& text) {
    std::vector<Known> out;
    const json::value doc = json::parse(text);
    for (const json::value& profile : list_in(doc, "profiles")) {
        for (const json::value& id : list_in(profile, "identifiers")) {
            Known known{member_of(id, "type"), member_of(id, "value"), member_of(profile, "brand")};
            const bool there = std::find(out.begin(), out.end(), known) != out.end();
            if (!there && !known.value.empty()) out.push_back(std::move(known));
        }
    }
    return out;
}

Result<std::string> wait_for(const std::function<void(engine::Reply)>& command) {
    auto told = std::make_shared<std::promise<Result<std::string>>>();
    auto answer = told->get_future();
    command([told](Result<std::string> r) { told->set_value(std::move(r)); });
    return answer.get();
}

Result<void> choose(const Call& call, const std::string& profile, const std::string& purpose,
                    bool granted) {
    const std::string text = TRY(call.runtime().rights().export_profile(profile));
    for (const Known& known : identifiers_of(text)) {
        std::string body;
        JsonWriter w(body);
        w.open_object().field("type", known.type).field("value", known.value);
        if (!known.brand.empty()) w.field("brand", known.brand);
        w.key("purposes").open_object().field(purpose, granted).close().close();
        TRY(wait_for(
            [&](engine::Reply done) { call.runtime().set_consent(body, std::move(done)); }));
    }
    return {};
}

}  // namespace

// {"profile": id}: a link to send to that person, by the shop's own means.
void post_me_link(const CallPtr& call) {
    const auto body = read_object(call->request.body);
    if (!body.ok()) return call->reply_problem(400, body.error());
    const auto profile = text_of(body.value(), "profile");
    if (!profile) return call->reply_problem(422, missing_field("profile"));
    // For no purpose nobody is shown; whether there is such a person is told before that.
    const auto there = call->runtime().profile(*profile, "", "", 0);
    if (!there.ok() && there.error().code == "profile_not_found")
        return call->reply_problem(404, there.error());
    const auto secret = call->services->me.make_link(*profile, call->runtime().now());
    if (!secret.ok()) return call->reply_problem(503, secret.error());
    std::string out;
    JsonWriter(out)
        .open_object()
        .field("path", "/me/sign-in?link=" + secret.value())
        .field("seconds", engine::kMeLinkTime.us / seconds(1).us)
        .field("note", "Good once. Send it to the person alone; only its hash is kept.")
        .close();
    call->reply_json(out, 201);
}

// A mail scanner opens links: only the button signs in.
void get_me_sign_in(const CallPtr& call) {
    const std::string link = call->query("link").value_or("");
    const bool good = call->services->me.is_link(link, call->runtime().now());
    const bool french = speaks_french(*call);
    send_page(*call, good ? me_sign_in_page(french, link) : me_signed_out_page(french),
              good ? 200 : 401);
}

void post_me_sign_in(const CallPtr& call) {
    if (!comes_from_own_page(call->request))
        return send_page(*call, me_signed_out_page(false), 403);
    const auto session =
        call->services->me.sign_in(form_value(*call, "link"), call->runtime().now());
    if (!session.ok()) return call->reply_problem(503, session.error());
    if (!session.value()) return send_page(*call, me_signed_out_page(speaks_french(*call)), 401);
    send_back(*call, cookie_of(*session.value(), engine::kMeSessionTime));
}

void post_me_sign_out(const CallPtr& call) {
    if (!signed_in(*call)) return;
    call->services->me.sign_out(cookie(call->request, kMeCookie).value_or(""));
    send_back(*call, cookie_of("", Duration{}));
}

void get_me(const CallPtr& call) {
    const auto profile = signed_in(*call);
    if (!profile) return;
    const auto text = call->runtime().rights().export_profile(*profile);
    if (!text.ok()) return send_page(*call, me_signed_out_page(speaks_french(*call)), 401);
    send_page(*call, me_page(text.value(), speaks_french(*call)));
}

void get_me_export(const CallPtr& call) {
    const auto profile = signed_in(*call);
    if (!profile) return;
    const auto text = call->runtime().rights().export_profile(*profile);
    if (!text.ok()) return call->reply_problem(status_of(text.error()), text.error());
    if (call->values.at(0) == "export.html")
        return call->reply(export_page(text.value(), speaks_french(*call)));
    if (call->values.at(0) != "export.json")
        return call->reply_problem(404, {"http.route_not_found", "There is nothing here.", ""});
    call->reply_json(text.value());
}

void post_me_choice(const CallPtr& call) {
    const auto profile = signed_in(*call);
    if (!profile) return;
    const std::string choice = form_value(*call, "choice");
    if (choice != "yes" && choice != "no") return call->reply_problem(422, missing_field("choice"));
    const auto chosen = choose(*call, *profile, form_value(*call, "purpose"), choice == "yes");
    if (!chosen.ok()) return call->reply_problem(status_of(chosen.error()), chosen.error());
    send_back(*call);
}

// Only with the box ticked: there is no way back.
void post_me_erase(const CallPtr& call) {
    const auto profile = signed_in(*call);
    if (!profile) return;
    if (form_value(*call, "sure") != "yes") return send_back(*call);
    const auto erased = wait_for([&](engine::Reply done) {
        call->runtime().erase_profile(*profile, true, std::move(done));
    });
    if (!erased.ok()) return call->reply_problem(status_of(erased.error()), erased.error());
    call->services->me.sign_out(cookie(call->request, kMeCookie).value_or(""));
    send_page(*call, me_erased_page(speaks_french(*call), erased.value()));
}

void me_style(const CallPtr& call) {
    HttpResponse response;
    response.headers.emplace_back("Content-Type", "text/css; charset=utf-8");
    protect(response);
    response.body = kPersonStyle;
    call->reply(std::move(response));
}

}  // namespace filrouge::http
