// Who is signed in: the one-time link, and the session of a browser.
#include "base/json_writer.h"
#include "base/text.h"
#include "http/call.h"
#include "http/credentials.h"
#include "http/handlers.h"
#include "http/protect.h"
#include "http/services.h"

namespace filrouge::http {

namespace {

constexpr int kSessionSeconds = 12 * 3600;

std::string html_escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '&')
            out += "&amp;";
        else if (c == '"')
            out += "&quot;";
        else
            out.push_back(c);
    }
    return out;
}

std::string signed_in_page(bool french, const std::string& token) {
    std::string out = R"(<!doctype html><html lang=")" + std::string(french ? "fr" : "en") +
                      R"("><meta charset="utf-8"><title>Filrouge</title>)"
                      R"(<meta name="viewport" content="width=device-width, initial-scale=1">)"
                      R"(<meta name="color-scheme" content="light dark">)"
                      R"(<link rel="stylesheet" href="/style.css"><main>)";
    out += french
               ? "<h1>Vous êtes connecté</h1><p><a href=\"/\">Ouvrir Filrouge</a></p>"
                 "<p class=\"note\">Le lien qui vous a amené ne sert plus. Le jeton de "
                 "l’administrateur, pour les programmes, n’est montré que maintenant ; gardez-le "
                 "secret :</p>"
               : "<h1>You are signed in</h1><p><a href=\"/\">Open Filrouge</a></p>"
                 "<p class=\"note\">The link you came by has no further use. The "
                 "administrator's token, for programs, is shown only now; keep it secret:</p>";
    return out + "<pre>" + html_escaped(token) + "</pre></main></html>\n";
}

HttpResponse signed_in(const Call& call, const std::string& token) {
    HttpResponse response;
    const bool tls = !call.services->settings.tls_certificate.empty() ||
                     ascii_equal_ignoring_case(call.request.header("x-forwarded-proto"), "https");
    response.headers.emplace_back("Content-Type", "text/html; charset=utf-8");
    std::string session(kSessionCookie);
    session.append("=").append(token).append("; Path=/; HttpOnly; SameSite=Lax; Max-Age=");
    session.append(std::to_string(kSessionSeconds)).append(tls ? "; Secure" : "");
    response.headers.emplace_back("Set-Cookie", std::move(session));
    protect(response);
    response.body = signed_in_page(call.request.header("accept-language").starts_with("fr"), token);
    return response;
}

}  // namespace

void get_session(const CallPtr& call) {
    const bool by_token = bearer_token(call->request) || basic_user(call->request);
    std::string json;
    JsonWriter(json)
        .open_object()
        .field("role", engine::name_of(call->role))
        .field("signed_in_by", by_token ? "token" : "session")
        .close();
    call->reply_json(std::move(json));
}

void delete_session(const CallPtr& call) {
    std::string nothing(kSessionCookie);
    nothing.append("=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    HttpResponse response;
    response.headers.emplace_back("Content-Type", "application/json");
    response.headers.emplace_back("Cache-Control", "no-store");
    response.headers.emplace_back("Set-Cookie", std::move(nothing));
    response.body = R"({"signed_out":true})";
    call->reply(std::move(response));
}

void admin_link(const CallPtr& call) {
    const std::optional<std::string> secret = call->query("secret");
    const Result<std::string> token = call->runtime().redeem_admin_link(secret.value_or(""));
    if (!token.ok()) {
        HttpResponse refused = text_response(
            403,
            "This link was used, or is not valid. 'filrouge token create --role admin' on the "
            "server makes a token.");
        protect(refused);
        return call->reply(std::move(refused));
    }
    call->reply(signed_in(*call, token.value()));
}

}  // namespace filrouge::http
