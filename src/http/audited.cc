#include "http/audited.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <vector>

#include "http/body_json.h"

namespace filrouge::http {
namespace {

namespace json = boost::json;
using engine::Role;

// Changes of who is who, of who may what, of what is kept; and everything at once.
constexpr std::array<std::string_view, 13> kGrave = {
    "/accounts",        "/erase",       "/export",    "/tokens",      "/rights",   "/identity",
    "/profiles/import", "/restriction", "/objection", "/corrections", "/me/links", "/keys",
    "/session/password"};

// Where a call whose path names nobody says of whom it is.
enum class NamedIn : std::uint8_t { Query, Body, Answer, FoundId, Everybody, Events };

struct NamingRow {
    std::string_view method, pattern;
    NamedIn where;
};

// Everybody: an answer about several persons, each of them by an id somewhere in it. Events: the
// same by the "profile" of each event, whose own properties may hold whatever looks like an id.
constexpr std::array kNaming = {
    NamingRow{"GET", "/api/v1/profiles/find", NamedIn::FoundId},
    NamingRow{"POST", "/api/v1/profiles/find", NamedIn::FoundId},
    NamingRow{"POST", "/api/v1/profiles/search", NamedIn::Everybody},
    NamingRow{"GET", "/api/v1/staff/greet", NamedIn::FoundId},
    NamingRow{"POST", "/api/v1/staff/greet", NamedIn::FoundId},
    NamingRow{"GET", "/api/v1/identity/decisions", NamedIn::Everybody},
    NamingRow{"POST", "/api/v1/identity/decisions", NamedIn::Everybody},
    NamingRow{"POST", "/api/v1/identity/preview", NamedIn::Everybody},
    NamingRow{"POST", "/api/v1/identity/rules/preview", NamedIn::Everybody},
    NamingRow{"GET", "/api/v1/identity/suspicious", NamedIn::Everybody},
    NamingRow{"GET", "/api/v1/matching/review", NamedIn::Everybody},
    NamingRow{"POST", "/api/v1/matching/review/{id}", NamedIn::Everybody},
    NamingRow{"POST", "/api/v1/questions/events", NamedIn::Events},
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
        case NamedIn::Query:
        case NamedIn::Events:
        case NamedIn::Everybody: break;
    }
    return call.query("profile").value_or("");
}

// Members of our own answers that hold the id of a person, or of an identifier: what the person is
// called who is known by it alone.
bool names_a_person(std::string_view member) {
    constexpr std::array<std::string_view, 6> kMembers = {"a",      "b",       "id",
                                                          "person", "profile", "members"};
    return std::find(kMembers.begin(), kMembers.end(), member) != kMembers.end();
}

// In the order they are told, each once.
void collect_people(const json::value& value, std::string_view member,
                    std::vector<ProfileId>& out) {
    if (out.size() == kAuditedPeopleMax) return;
    if (const json::string* text = value.if_string()) {
        const auto id = names_a_person(member) ? ProfileId::parse(*text) : std::nullopt;
        if (id && std::find(out.begin(), out.end(), *id) == out.end()) out.push_back(*id);
    } else if (const json::array* array = value.if_array()) {
        for (const json::value& each : *array) collect_people(each, member, out);
    } else if (const json::object* object = value.if_object()) {
        for (const auto& [key, each] : *object) collect_people(each, key, out);
    }
}

// Of whom the events are that an answer shows, each once.
std::vector<ProfileId> people_of_events(std::string_view answer) {
    json::error_code wrong;
    const json::value told = json::parse(json::string_view(answer.data(), answer.size()), wrong);
    std::vector<ProfileId> people;
    const json::object* object = wrong ? nullptr : told.if_object();
    const json::value* events = object == nullptr ? nullptr : object->if_contains("events");
    if (events == nullptr || !events->is_array()) return people;
    for (const json::value& event : events->get_array()) {
        const json::object* each = event.if_object();
        const json::value* profile = each == nullptr ? nullptr : each->if_contains("profile");
        if (profile != nullptr) collect_people(*profile, "profile", people);
    }
    return people;
}

// Who changed what a figure means, whoever may: it changes every board that shows it.
bool defines_figures(const Route& route) {
    return route.method != "GET" && route.pattern.starts_with("/api/v1/metrics");
}

}  // namespace

bool tells_of_several(const Route& route) {
    return named_in(route) == NamedIn::Everybody || named_in(route) == NamedIn::Events;
}

bool is_audited(const Route& route) {
    const Access& access = route.access;
    // Everybody may end what is theirs and make tokens of their own: that is kept as well.
    const bool is_own_access = route.pattern.starts_with("/api/v1/session") &&
                               route.pattern != "/api/v1/session" && route.method != "GET";
    if (is_own_access || defines_figures(route)) return true;
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

std::vector<ProfileId> people_in(std::string_view answer) {
    json::error_code wrong;
    const json::value told = json::parse(json::string_view(answer.data(), answer.size()), wrong);
    std::vector<ProfileId> people;
    if (!wrong) collect_people(told, {}, people);
    return people;
}

std::vector<engine::AuditEntry> audit_entries(const Call& call, int status, std::string_view body) {
    engine::AuditEntry entry;
    entry.at = call.runtime().now();
    entry.role = call.role;
    entry.actor = call.token;
    if (!call.via.empty()) entry.actor.append("/").append(call.via);
    entry.route.append(call.route->method).append(" ").append(call.route->pattern);
    entry.status = static_cast<std::uint16_t>(status);
    std::vector<engine::AuditEntry> out;
    if (tells_of_several(*call.route)) {
        const bool of_events = named_in(*call.route) == NamedIn::Events;
        const std::vector<ProfileId> people = of_events ? people_of_events(body) : people_in(body);
        out.reserve(people.size());
        for (const ProfileId& person : people) {
            out.push_back(entry);
            out.back().profile = person;
        }
    }
    if (out.empty()) {
        entry.profile = ProfileId::parse(profile_of(call, body)).value_or(ProfileId{});
        out.push_back(std::move(entry));
    }
    return out;
}

}  // namespace filrouge::http
