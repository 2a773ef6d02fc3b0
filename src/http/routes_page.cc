// The built-in page, the API's document and the one-time sign-in link.
#include "base/text.h"
#include "http/call.h"
#include "http/credentials.h"
#include "http/embedded.h"
#include "http/handlers.h"
#include "http/services.h"

namespace filrouge::http {

namespace {

constexpr int kSessionSeconds = 12 * 3600;

void protect(HttpResponse& response) {
    response.headers.emplace_back("Content-Security-Policy",
                                  "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
                                  "form-action 'self'");
    response.headers.emplace_back("X-Content-Type-Options", "nosniff");
    response.headers.emplace_back("Referrer-Policy", "no-referrer");
}

std::string_view type_of(std::string_view name) {
    if (name.ends_with(".html")) return "text/html; charset=utf-8";
    if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
    if (name.ends_with(".css")) return "text/css; charset=utf-8";
    if (name.ends_with(".svg")) return "image/svg+xml";
    return "application/json; charset=utf-8";
}

void send_file(const Call& call, std::string_view name) {
    const std::optional<std::string_view> bytes = embedded_file(name);
    if (!bytes) return call.reply_text(404, "This build has no page.");
    HttpResponse response;
    response.headers.emplace_back("Content-Type", type_of(name));
    response.headers.emplace_back("Cache-Control", "no-cache");
    protect(response);
    response.body = *bytes;
    call.reply(std::move(response));
}

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
                      R"(<link rel="icon" type="image/svg+xml" href="/page/icon.svg">)"
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

void page_file(const CallPtr& call) {
    const std::string_view path = call->route->pattern;
    const std::string module = call->values.empty() ? std::string() : call->values.front();
    if (!module.empty()) {
        const bool of_the_page = module.ends_with(".js") || module.ends_with(".svg");
        return send_file(*call, of_the_page ? module : "");
    }
    send_file(*call, path == "/" ? "index.html" : path.substr(1));
}

void openapi(const CallPtr& call) { send_file(*call, "api.json"); }

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
