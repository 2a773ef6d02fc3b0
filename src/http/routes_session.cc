// Who is signed in: the one-time link, and the session of a browser.
#include "base/json_writer.h"
#include "base/text.h"
#include "engine/access_desk.h"
#include "engine/account_desk.h"
#include "engine/password.h"
#include "engine/rights_desk.h"
#include "http/body_json.h"
#include "http/call.h"
#include "http/credentials.h"
#include "http/handlers.h"
#include "http/html.h"
#include "http/protect.h"
#include "http/services.h"

namespace filrouge::http {

namespace {

constexpr int kSessionSeconds = 12 * 3600;

std::string page_begin(bool french) {
    return R"(<!doctype html><html lang=")" + std::string(french ? "fr" : "en") +
           R"("><meta charset="utf-8"><title>Filrouge</title>)"
           R"(<meta name="viewport" content="width=device-width, initial-scale=1">)"
           R"(<meta name="color-scheme" content="light dark">)"
           R"(<link rel="stylesheet" href="/style.css"><main>)";
}

// The button alone uses the link up; `person` is whose page the console is to open at.
std::string admin_link_page(bool french, std::string_view secret, std::string_view person) {
    std::string out = page_begin(french);
    out += french
               ? "<h1>Se connecter à Filrouge</h1><p class=\"note\">Ce lien vaut une seule fois : "
                 "le bouton l’utilise, ouvrir cette page ne l’utilise pas.</p>"
               : "<h1>Sign in to Filrouge</h1><p class=\"note\">This link is good once: the button "
                 "uses it up, opening this page does not.</p>";
    out += R"(<form method="post" action="/admin"><input type="hidden" name="secret" value=")" +
           html_escaped(secret) + R"("><input type="hidden" name="person" value=")" +
           html_escaped(person) + R"(">)";
    out += french ? "<button>Se connecter</button>" : "<button>Sign in</button>";
    return out + "</form></main></html>\n";
}

// `place` is where the console opens: an address of ours.
std::string signed_in_page(bool french, const std::string& token, const std::string& place) {
    std::string out = page_begin(french);
    out += french ? "<h1>Vous êtes connecté</h1>" : "<h1>You are signed in</h1>";
    out.append("<p><a href=\"").append(place).append("\">");
    out +=
        french
            ? "Ouvrir Filrouge</a></p><p class=\"note\">Le lien que vous avez suivi ne sert plus. "
              "Le jeton de l’administrateur, pour les programmes, n’est affiché que cette fois ; "
              "gardez-le secret :</p>"
            : "Open Filrouge</a></p><p class=\"note\">The link you came by has no further use. The "
              "administrator's token, for programs, is shown only now; keep it secret:</p>";
    return out + "<pre>" + html_escaped(token) + "</pre></main></html>\n";
}

std::string used_link_page(bool french) {
    std::string out = page_begin(french);
    out += french ? "<h1>Ce lien ne sert plus</h1><p>Il a déjà servi, ou il n’est pas valable.</p>"
                    "<p class=\"note\">Sur le serveur, <code>filrouge token create --role "
                    "admin</code> crée un jeton d’administrateur.</p>"
                  : "<h1>This link has no further use</h1><p>It was used, or is not valid.</p>"
                    "<p class=\"note\">On the server, <code>filrouge token create --role "
                    "admin</code> makes an administrator's token.</p>";
    out += french ? "<p><a href=\"/\">Ouvrir Filrouge</a></p>"
                  : "<p><a href=\"/\">Open Filrouge</a></p>";
    return out + "</main></html>\n";
}

bool over_tls(const Call& call) {
    return !call.services->settings.tls_certificate.empty() ||
           ascii_equal_ignoring_case(call.request.header("x-forwarded-proto"), "https");
}

// An empty secret ends the cookie.
void set_cookie(const Call& call, std::string_view secret, HttpResponse& response) {
    const bool tls = over_tls(call);
    std::string session(tls ? kHostSessionCookie : kSessionCookie);
    session.append("=").append(secret).append("; Path=/; HttpOnly; SameSite=Lax; Max-Age=");
    session.append(std::to_string(secret.empty() ? 0 : kSessionSeconds));
    session.append(tls ? "; Secure" : "");
    response.headers.emplace_back("Set-Cookie", std::move(session));
}

bool wants_french(const Call& call) {
    return call.request.header("accept-language").starts_with("fr");
}

HttpResponse html_response(std::string body) {
    HttpResponse response;
    response.headers.emplace_back("Content-Type", "text/html; charset=utf-8");
    protect(response);
    response.body = std::move(body);
    return response;
}

HttpResponse signed_in(const Call& call, const engine::FirstSignIn& first) {
    const auto person = ProfileId::parse(query_value(call.request.body, "person").value_or(""));
    HttpResponse response = html_response(signed_in_page(
        wants_french(call), first.token, person ? "/#/people/" + person->text() : "/"));
    set_cookie(call, first.session, response);
    return response;
}

HttpResponse json_response(std::string json) {
    HttpResponse response;
    response.headers.emplace_back("Content-Type", "application/json");
    response.headers.emplace_back("Cache-Control", "no-store");
    response.body = std::move(json);
    return response;
}

void write_ids(JsonWriter& w, std::string_view key, const std::vector<std::string>& ids) {
    w.key(key).open_array();
    for (const std::string& id : ids) w.value(id);
    w.close();
}

// Who takes a customer's yes says for which brand, and only some roles may ask the shop's figures:
// so everybody is told here which brands there are, as far as they may see them.
std::string session_json(const Call& call, engine::Role role, std::string_view name,
                         std::string_view how, const std::vector<std::string>& brands) {
    std::string json;
    JsonWriter w(json);
    w.open_object().field("role", engine::name_of(role));
    if (!name.empty()) w.field("name", name);
    w.field("signed_in_by", how);
    if (!brands.empty()) write_ids(w, "brands", brands);
    write_ids(w, "brands_of_shop",
              brands.empty() ? call.runtime().access().brands_of_shop() : brands);
    w.close();
    return json;
}

// Who answers for the tries. Kept in memory only.
SignInTries::Who who_tries(const Call& call, std::string_view name) {
    const auto sender = sender_of(call.request);
    return {ascii_lower(name.substr(0, engine::kAccountNameBytesMax)),
            sender ? std::string(network_of(*sender)) : call.request.peer};
}

void reply_too_many_tries(const Call& call, std::int64_t wait_us) {
    HttpResponse response = problem_response(
        429, {"auth.too_many_tries", "There were too many wrong tries in 15 minutes.",
              "Wait a quarter of an hour, or ask an admin for another password."});
    response.headers.emplace_back("Retry-After", std::to_string(wait_us / 1'000'000 + 1));
    call.reply(std::move(response), "auth.too_many_tries");
}

// Whether the password is the account's; an unknown name takes as long.
bool fits(const std::optional<engine::Account>& account, std::string_view password) {
    if (account) return engine::password_fits(account->password, password);
    engine::password_fits_nobody(password);
    return false;
}

// Of a try to sign in as that account. The route is one of everybody, who has no id.
engine::AuditEntry try_of(const Call& call, const engine::Account& account, int status) {
    engine::AuditEntry entry;
    entry.at = call.runtime().now();
    entry.role = account.role;
    entry.actor = account.id;
    entry.route.append(call.route->method).append(" ").append(call.route->pattern);
    entry.status = static_cast<std::uint16_t>(status);
    return entry;
}

void refuse_try(const CallPtr& call, const std::optional<engine::Account>& account) {
    // How many tries there may be is bounded, and so are these. What an unknown name was is not
    // kept: people type their password there.
    if (account) call->runtime().rights().note(try_of(*call, *account, 401));
    call->reply_problem(401,
                        {"auth.wrong_password", "No account has this name and this password.", ""});
}

}  // namespace

void get_session(const CallPtr& call) {
    const bool by_token = bearer_token(call->request) || basic_user(call->request);
    call->reply_json(session_json(*call, call->role, call->account, by_token ? "token" : "session",
                                  call->brands));
}

void post_session(const CallPtr& call) {
    // A page of another site could sign a browser in as somebody else.
    if (!call->request.header("origin").empty() && !comes_from_own_page(call->request)) {
        return call->reply_problem(
            403, {"http.other_site", "The request does not come from our own page.", ""});
    }
    const auto body = read_object(call->request.body);
    if (!body.ok()) return call->reply_problem(400, body.error());
    const std::string name = text_of(body.value(), "name").value_or("");
    const std::string password = text_of(body.value(), "password").value_or("");
    const std::int64_t now = call->runtime().now().us;
    const SignInTries::Who who = who_tries(*call, name);
    SignInTries& tries = call->services->tries;
    if (const std::int64_t wait = tries.wait_us(who, now); wait != 0)
        return reply_too_many_tries(*call, wait);
    const auto account = call->runtime().accounts().named(name);
    if (!fits(account, password)) {
        tries.failed(who, now);
        return refuse_try(call, account);
    }
    tries.succeeded(who);
    const auto noted = call->runtime().rights().note_durably(try_of(*call, *account, 0));
    if (!noted.ok()) return call->reply_problem(status_of(noted.error()), noted.error());
    engine::AccessDesk& access = call->runtime().access();
    const Result<std::string> secret = access.sign_in(account->document, account->version);
    if (!secret.ok()) return call->reply_problem(status_of(secret.error()), secret.error());
    if (const auto former = session_cookie(call->request))
        static_cast<void>(access.sign_out(*former));  // else it ends by its time
    HttpResponse response = json_response(
        session_json(*call, account->role, account->name, "session", account->brands));
    set_cookie(*call, secret.value(), response);
    call->reply(std::move(response));
}

// A stolen session must not become the account, nor a way to guess its password: the present one is
// asked for, under the limits of signing in.
void post_own_password(const CallPtr& call) {
    const auto body = read_object(call->request.body);
    if (!body.ok()) return call->reply_problem(400, body.error());
    auto account = call->runtime().accounts().named(call->account);
    if (call->session.empty() || !account || account->id != call->token)
        return call->reply_problem(
            403, {"password.forbidden", "Only who is signed in by a password changes it.",
                  "Sign in by a name and a password."});
    const auto present = text_of(body.value(), "present"),
               wanted = text_of(body.value(), "password");
    if (!present) return call->reply_problem(422, missing_field("present"));
    if (!wanted) return call->reply_problem(422, missing_field("password"));
    const std::int64_t now = call->runtime().now().us;
    const SignInTries::Who who = who_tries(*call, account->name);
    SignInTries& tries = call->services->tries;
    if (const std::int64_t wait = tries.wait_us(who, now); wait != 0)
        return reply_too_many_tries(*call, wait);
    if (!engine::password_fits(account->password, *present)) {
        tries.failed(who, now);
        return call->reply_problem(
            422, {"account.wrong_password", "This is not the present password.", ""});
    }
    tries.succeeded(who);
    const auto changed = call->runtime().accounts().change_password(*account, *wanted);
    if (!changed.ok()) return call->reply_problem(status_of(changed.error()), changed.error());
    // By the record that ended every session of the account, this one among them.
    account = changed.value();
    const auto secret = call->runtime().access().sign_in(account->document, account->version);
    if (!secret.ok()) return call->reply_problem(status_of(secret.error()), secret.error());
    HttpResponse response = json_response(
        session_json(*call, account->role, account->name, "session", account->brands));
    set_cookie(*call, secret.value(), response);
    call->reply(std::move(response));
}

void delete_session(const CallPtr& call) {
    if (const auto secret = session_cookie(call->request)) {
        const auto ended = call->runtime().access().sign_out(*secret);
        if (!ended.ok()) return call->reply_problem(status_of(ended.error()), ended.error());
    }
    HttpResponse response = json_response(R"({"signed_out":true})");
    set_cookie(*call, "", response);
    call->reply(std::move(response));
}

void get_accounts(const CallPtr& call) { call->reply_result(call->runtime().accounts().list()); }

// Whoever is signed in by a former password or role signs in again: a session is as good as the
// account's record that it began by.
void post_account(const CallPtr& call) {
    call->reply_result(call->runtime().accounts().put(call->request.body), 201);
}

void delete_account(const CallPtr& call) {
    call->reply_result(call->runtime().accounts().remove(call->values.at(0)));
}

// Previews of messages, scanners and `curl -I` open links: only the button signs in.
void get_admin(const CallPtr& call) {
    call->reply(
        html_response(admin_link_page(wants_french(*call), call->query("secret").value_or(""),
                                      call->query("person").value_or(""))));
}

void post_admin(const CallPtr& call) {
    if (!comes_from_own_page(call->request)) {
        return call->reply_problem(
            403, {"http.other_site", "The request does not come from our own page.", ""});
    }
    const std::string secret = query_value(call->request.body, "secret").value_or("");
    const auto first = call->runtime().access().redeem_admin_link(secret);
    if (!first.ok()) {
        HttpResponse refused = html_response(used_link_page(wants_french(*call)));
        refused.status = 403;
        return call->reply(std::move(refused));
    }
    call->reply(signed_in(*call, first.value()));
}

}  // namespace filrouge::http
