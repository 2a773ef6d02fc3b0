// The customer's own door, /me: plain pages, no script. Whoever is signed in reaches their own data
// and nobody else's, for no address there takes a profile. Links, sessions and pages; what their
// forms do is in routes_me_forms.cc.
#include <boost/json.hpp>

#include "base/json_writer.h"
#include "engine/consents.h"
#include "engine/me_sessions.h"
#include "engine/rights_desk.h"
#include "http/body_json.h"
#include "http/credentials.h"
#include "http/embedded.h"
#include "http/export_page.h"
#include "http/handlers.h"
#include "http/me_call.h"
#include "http/me_page.h"
#include "http/services.h"

namespace filrouge::http {
namespace {

std::string cookie_of(std::string_view session, Duration time) {
    std::string out(kMeCookie);
    out.append("=").append(session).append("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=");
    return out.append(std::to_string(time.us / seconds(1).us));
}

// What the person said, signed: one for each brand that knows the person.
Result<std::vector<std::string>> receipts_of(const Call& call, const std::string& profile,
                                             const std::string& overview) {
    std::vector<std::string> out;
    for (const std::string& brand : me_brands(overview))
        out.push_back(TRY(call.runtime().consents().receipt(profile, brand)));
    return out;
}

void send_receipts(const Call& call, const std::string& profile) {
    const auto overview = call.runtime().rights().overview(profile);
    if (!overview.ok()) return call.reply_problem(status_of(overview.error()), overview.error());
    const auto receipts = receipts_of(call, profile, overview.value());
    if (!receipts.ok()) return call.reply_problem(status_of(receipts.error()), receipts.error());
    std::string out;
    JsonWriter w(out);
    w.open_object().key("receipts").open_array();
    for (const std::string& receipt : receipts.value()) w.raw(receipt);
    w.close().close();
    call.reply_json(out);
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
    auto names = call->runtime().rights().names_of(*profile);
    if (!names.ok()) return call->reply_problem(status_of(names.error()), names.error());
    const auto secret =
        call->services->me.make_link({*profile, std::move(names).value()}, call->runtime().now());
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
    send_back(*call, "", cookie_of(*session.value(), engine::kMeSessionTime));
}

void post_me_sign_out(const CallPtr& call) {
    if (!signed_in(*call)) return;
    call->services->me.sign_out(cookie(call->request, kMeCookie).value_or(""));
    send_back(*call, "", cookie_of("", Duration{}));
}

void get_me(const CallPtr& call) {
    const auto profile = signed_in(*call);
    if (!profile) return;
    const bool french = speaks_french(*call);
    const auto overview = call->runtime().rights().overview(*profile);
    if (!overview.ok()) return send_page(*call, me_signed_out_page(french), 401);
    send_page(*call, me_page(overview.value(), french, call->query("said").value_or("")));
}

// Reads the whole audit, so it has a page of its own.
void get_me_looked(const CallPtr& call) {
    const auto profile = signed_in(*call);
    if (!profile) return;
    const auto reads = call->runtime().rights().audit({.profile = *profile, .daily = true});
    call->turn.reset();
    if (!reads.ok()) return call->reply_problem(status_of(reads.error()), reads.error());
    send_page(*call, me_looked_page(reads.value(), speaks_french(*call)));
}

void get_me_export(const CallPtr& call) {
    const auto profile = signed_in(*call);
    if (!profile) return;
    const bool as_page = call->values.at(0) == "export.html";
    if (!as_page && call->values.at(0) != "export.json")
        return call->reply_problem(404, {"http.route_not_found", "There is nothing here.", ""});
    const auto text = call->runtime().rights().export_profile(*profile);
    call->turn.reset();
    if (!text.ok()) return call->reply_problem(status_of(text.error()), text.error());
    if (as_page) return call->reply(export_page(text.value(), speaks_french(*call)));
    call->reply_json(text.value());
}

void get_me_receipt(const CallPtr& call) {
    if (const auto profile = signed_in(*call)) send_receipts(*call, *profile);
}

void me_style(const CallPtr& call) {
    HttpResponse response;
    response.headers.emplace_back("Content-Type", "text/css; charset=utf-8");
    response.headers.emplace_back("Cache-Control", "max-age=300");
    protect(response);
    response.body = embedded_file("me.css").value_or("");
    call->reply(std::move(response));
}

}  // namespace filrouge::http
