#include "http/audited.h"

#include <array>

namespace filrouge::http {
namespace {

using engine::Role;

constexpr std::string_view kFoundBegins = R"({"id":")";
constexpr std::size_t kProfileDigits = 32;

// Changes of who is who, of who may what, of what is kept; and everything at once.
constexpr std::array<std::string_view, 10> kGrave = {
    "/accounts", "/erase",           "/export",      "/tokens",    "/rights",
    "/identity", "/profiles/import", "/restriction", "/objection", "/corrections"};

constexpr std::string_view kAboutBegins = R"({"profile":")";

std::string_view id_after(std::string_view begins, std::string_view body) {
    return body.starts_with(begins) ? body.substr(begins.size(), kProfileDigits)
                                    : std::string_view();
}

std::string_view profile_of(const Call& call, std::string_view body, std::string& held) {
    const std::string_view pattern = call.route->pattern;
    if (pattern.find("/profiles/{id}") != pattern.npos) return call.values.at(0);
    if (pattern.ends_with("/profiles/find") || pattern.ends_with("/staff/greet"))
        return id_after(kFoundBegins, body);
    if (pattern.find("/tasks") != pattern.npos && call.route->method == "POST")
        return id_after(kAboutBegins, body);
    held = call.query("profile").value_or("");
    return held;
}

}  // namespace

bool is_audited(const Route& route) {
    const Access& access = route.access;
    // Everybody may end what is theirs and make tokens of their own: that is kept as well.
    const bool is_own_access = route.pattern.starts_with("/api/v1/session") &&
                               route.pattern != "/api/v1/session" && route.method != "GET";
    if (is_own_access) return true;
    return !access.is_everyone() && !access.is_write_key() && !access.allows(Role::Analyst);
}

bool is_noted_first(const Route& route) {
    if (!is_audited(route)) return false;
    const bool exports = route.pattern.ends_with("/export");
    if (route.method == "GET" && !exports) return false;
    for (const std::string_view part : kGrave) {
        if (route.pattern.find(part) != std::string_view::npos) return true;
    }
    return false;
}

engine::AuditEntry audit_entry(const Call& call, int status, std::string_view body) {
    engine::AuditEntry entry;
    entry.at = call.runtime().now();
    entry.role = call.role;
    entry.actor = call.token;
    if (!call.via.empty()) entry.actor.append("/").append(call.via);
    entry.route.append(call.route->method).append(" ").append(call.route->pattern);
    std::string held;
    entry.profile = ProfileId::parse(profile_of(call, body, held)).value_or(ProfileId{});
    entry.status = static_cast<std::uint16_t>(status);
    return entry;
}

}  // namespace filrouge::http
