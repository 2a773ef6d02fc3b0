#include "http/credentials.h"

#include "base/text.h"

namespace filrouge::http {

namespace {

// What follows the scheme, in any case of its name.
std::optional<std::string_view> authorization(const HttpRequest& request, std::string_view scheme) {
    std::string_view header = request.header("authorization");
    if (header.size() <= scheme.size() || header[scheme.size()] != ' ') return std::nullopt;
    if (!ascii_equal_ignoring_case(header.substr(0, scheme.size()), scheme)) return std::nullopt;
    return trim(header.substr(scheme.size() + 1));
}

}  // namespace

std::optional<std::string> basic_user(const HttpRequest& request) {
    const auto encoded = authorization(request, "Basic");
    if (!encoded) return std::nullopt;
    std::optional<std::string> plain = base64_decode(*encoded);
    if (!plain) return std::nullopt;
    if (const std::size_t colon = plain->find(':'); colon != std::string::npos) {
        plain->resize(colon);
    }
    if (plain->empty()) return std::nullopt;
    return plain;
}

std::optional<std::string_view> bearer_token(const HttpRequest& request) {
    return authorization(request, "Bearer");
}

std::optional<std::string_view> cookie(const HttpRequest& request, std::string_view name) {
    for (const auto& [header, value] : request.headers) {
        if (header != "cookie") continue;
        for (const std::string_view pair : split(value, ';')) {
            const std::string_view trimmed = trim(pair);
            const std::size_t equals = trimmed.find('=');
            if (equals != std::string_view::npos && trimmed.substr(0, equals) == name) {
                return trimmed.substr(equals + 1);
            }
        }
    }
    return std::nullopt;
}

std::optional<std::string_view> session_cookie(const HttpRequest& request) {
    const auto of_host = cookie(request, kHostSessionCookie);
    return of_host ? of_host : cookie(request, kSessionCookie);
}

bool comes_from_own_page(const HttpRequest& request) {
    const std::string_view site = request.header("sec-fetch-site");
    if (!site.empty() && site != "same-origin") return false;
    const std::string_view origin = request.header("origin");
    const std::size_t scheme = origin.find("://");
    if (scheme == std::string_view::npos || origin.substr(scheme + 3) != request.header("host"))
        return false;
    // A page in clear is whoever's who stands on the way.
    return !cookie(request, kHostSessionCookie) || origin.substr(0, scheme) == "https";
}

}  // namespace filrouge::http
