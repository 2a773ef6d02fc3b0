// Where a request says who sends it. Tracking SDKs put the write key in four places; people and
// servers send a bearer token, a browser its session cookie.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "seam/listener.h"

namespace filrouge::http {

constexpr std::string_view kSessionCookie = "filrouge_session";
// Over TLS: a browser then takes it from this host alone, for all of it, and never in clear.
constexpr std::string_view kHostSessionCookie = "__Host-filrouge_session";

// The user of "Authorization: Basic base64(user:password)"; the colon may be missing.
std::optional<std::string> basic_user(const HttpRequest& request);
std::optional<std::string_view> bearer_token(const HttpRequest& request);
std::optional<std::string_view> cookie(const HttpRequest& request, std::string_view name);

std::optional<std::string_view> session_cookie(const HttpRequest& request);

// A browser sends the session cookie with whatever another site makes it send. A request that
// changes something must therefore say that it comes from our own page: by its Origin, and by
// Sec-Fetch-Site where the browser tells that (docs/decisions/0010-no-token-in-forms.md).
bool comes_from_own_page(const HttpRequest& request);

}  // namespace filrouge::http
