#include "http/audited.h"

#include <array>

#include "http/body_json.h"

namespace filrouge::http {
namespace {

using engine::Role;

// Changes of who is who, of who may what, of what is kept; and everything at once.
constexpr std::array<std::string_view, 11> kGrave = {
    "/accounts",        "/erase",       "/export",    "/tokens",      "/rights",  "/identity",
    "/profiles/import", "/restriction", "/objection", "/corrections", "/me/links"};

// Where a call whose path names nobody says of whom it is.
enum class NamedIn : std::uint8_t { Query, Body, Answer, FoundId };

struct NamingRow {
    std::string_view method, pattern;
    NamedIn where;
};

constexpr std::array kNaming = {
    NamingRow{"GET", "/api/v1/profiles/find", NamedIn::FoundId},
    NamingRow{"POST", "/api/v1/profiles/find", NamedIn::FoundId},
    NamingRow{"GET", "/api/v1/staff/greet", NamedIn::FoundId},
    NamingRow{"POST", "/api/v1/staff/greet", NamedIn::FoundId},
    NamingRow{"POST", "/api/v1/tasks", NamedIn::Answer},
    NamingRow{"POST", "/api/v1/tasks/{id}", NamedIn::Answer},
    NamingRow{"POST", "/api/v1/me/links", NamedIn::Body},
    NamingRow{"POST", "/api/v1/permits", NamedIn::Body},
    NamingRow{"POST", "/api/v1/rights/requests", NamedIn::Body},
    NamingRow{"POST", "/api/v1/rights/requests/{id}", NamedIn::Answer},
};

NamedIn named_in(const Route& route) {
    for (const NamingRow& row : kNaming) {
        if (row.method == route.method && row.pattern == route.pattern) return row.where;
    }
    return NamedIn::Query;
}

std::string member_of(std::string_view json, std::string_view name) {
    const auto object = read_object(json);
    return object.ok() ? text_of(object.value(), name).value_or("") : std::string();
}

std::string profile_of(const Call& call, std::string_view answer) {
    if (!call.about.empty()) return call.about;
    if (call.route->pattern.find("/profiles/{id}") != std::string_view::npos)
        return call.values.at(0);
    switch (named_in(*call.route)) {
        case NamedIn::Body: return member_of(call.request.body, "profile");
        case NamedIn::Answer: return member_of(answer, "profile");
        case NamedIn::FoundId: return member_of(answer, "id");
        case NamedIn::Query: break;
    }
    return call.query("profile").value_or("");
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
    entry.profile = ProfileId::parse(profile_of(call, body)).value_or(ProfileId{});
    entry.status = static_cast<std::uint16_t>(status);
    return entry;
}

}  // namespace filrouge::http
