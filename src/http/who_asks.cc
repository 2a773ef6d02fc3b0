#include "http/who_asks.h"

#include "engine/runtime.h"
#include "http/credentials.h"

namespace filrouge::http {

namespace {

Error unknown() {
    return {"http.unknown_token", "This token is unknown, has ended or was revoked.",
            "Sign in again, or make another with 'filrouge token create'."};
}

Result<Asker> by_secret(engine::Runtime& runtime, std::string_view secret) {
    auto in = runtime.access().caller_of_token(secret);
    if (in.ok()) return Asker{std::move(in).value(), false};
    if (runtime.source_by_write_key(secret))
        return Asker{{{engine::Role::Write, {}}, {}, {}, {}}, false};
    return unknown();
}

}  // namespace

Result<Asker> who_asks(engine::Runtime& runtime, const HttpRequest& request, engine::Use use) {
    if (const auto token = bearer_token(request)) return by_secret(runtime, *token);
    if (const auto user = basic_user(request)) return by_secret(runtime, *user);
    const auto cookie = session_cookie(request);
    if (!cookie)
        return Error{"http.no_credential", "This address needs a token or a session.",
                     "Send 'Authorization: Bearer TOKEN', or open the sign-in link that the "
                     "server prints at its start."};
    if (request.header(kBackgroundHeader) == "1") use = engine::Use::Background;
    auto in = runtime.access().session(*cookie, use);
    if (!in) return unknown();
    return Asker{std::move(*in), true};
}

}  // namespace filrouge::http
