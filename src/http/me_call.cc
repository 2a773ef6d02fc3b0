#include "http/me_call.h"

#include <future>
#include <memory>

#include "engine/rights_desk.h"
#include "http/credentials.h"
#include "http/me_page.h"
#include "http/services.h"

namespace filrouge::http {

bool speaks_french(const Call& call) {
    const std::string lang =
        call.query("lang").value_or(std::string(call.request.header("accept-language")));
    return lang.starts_with("fr");
}

void send_page(const Call& call, std::string body, int status) {
    HttpResponse response;
    response.status = status;
    response.headers.emplace_back("Content-Type", "text/html; charset=utf-8");
    response.headers.emplace_back("Cache-Control", "no-store");
    if (status == 503) response.headers.emplace_back("Retry-After", kDiskFullRetry);
    protect(response);
    response.body = std::move(body);
    call.reply(std::move(response));
}

void send_back(const Call& call, std::string_view said, std::string_view cookie_now) {
    HttpResponse response;
    response.status = 303;
    std::string place = speaks_french(call) ? "/me?lang=fr" : "/me?lang=en";
    if (!said.empty()) place.append("&said=").append(said);
    response.headers.emplace_back("Location", place);
    if (!cookie_now.empty()) response.headers.emplace_back("Set-Cookie", std::string(cookie_now));
    call.reply(std::move(response));
}

namespace {

// What takes something from the shop. It goes on where nobody can be told what is held of them: a
// full disk must not keep anybody from ending it.
bool withdraws(const Call& call) {
    const std::string_view path = call.route->pattern;
    if (call.route->method != "POST") return false;
    if (path == "/me/choices") return form_value(call, "choice") == "no";
    if (path == "/me/restraints") return form_value(call, "choice") == "yes";
    return path == "/me/erase" || path == "/me/offers/take-back" || path == "/me/sign-out";
}

std::optional<engine::MeSeat> seat_of(const Call& call) {
    const auto session = cookie(call.request, kMeCookie);
    return session ? call.services->me.whose(*session, call.runtime().now())
                   : std::optional<engine::MeSeat>();
}

// The person of the session, while that is still who signed in: after the two that a link was made
// for were separated, the id may lead to somebody else's data.
std::optional<std::string> profile_of_session(const Call& call) {
    auto seat = seat_of(call);
    if (!seat) return std::nullopt;
    auto names = call.runtime().rights().names_of(seat->profile);
    if (names.ok() && seat->is_still(std::move(names).value())) return std::move(seat->profile);
    call.services->me.sign_out(cookie(call.request, kMeCookie).value_or(""));
    return std::nullopt;
}

void reply_signed_out(const Call& call) {
    send_page(call, me_signed_out_page(speaks_french(call)), 401);
}

}  // namespace

std::optional<std::string> signed_in(Call& call) {
    auto profile = profile_of_session(call);
    const bool foreign = call.route->method == "POST" && !comes_from_own_page(call.request);
    const bool unseen = !call.runtime().rights().audit_has_room() && !withdraws(call);
    // Before it is refused, as a handler does before it answers.
    if (!profile || foreign || unseen) call.turn.reset();
    if (!profile) {
        reply_signed_out(call);
        return std::nullopt;
    }
    if (foreign) {
        call.reply_problem(403, {"http.other_site", "The request does not come from our own page.",
                                 "Open /me and use its buttons."});
        return std::nullopt;
    }
    if (unseen) {
        send_page(call, me_not_now_page(speaks_french(call), call.query("said").value_or("")), 503);
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

// On a thread that must not wait for the fold: whether the session is still of the same person is
// asked by the handler.
bool take_me_turn(Call& call) {
    const auto seat = seat_of(call);
    if (!seat) {
        reply_signed_out(call);
        return false;
    }
    call.turn = call.services->me_turns.take(seat->profile);
    if (call.turn == nullptr) send_page(call, me_busy_page(speaks_french(call)), 429);
    return call.turn != nullptr;
}

std::string form_value(const Call& call, std::string_view name) {
    return query_value(call.request.body, name).value_or("");
}

Result<std::string> wait_for(const std::function<void(engine::Reply)>& command) {
    auto told = std::make_shared<std::promise<Result<std::string>>>();
    auto answer = told->get_future();
    command([told](Result<std::string> r) { told->set_value(std::move(r)); });
    return answer.get();
}

}  // namespace filrouge::http
