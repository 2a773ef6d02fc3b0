#include "http/route.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <vector>

#include "base/text.h"
#include "http/handlers.h"
#include "model/event.h"

namespace filrouge::http {

namespace {

using engine::Role;

constexpr Access kEveryone = Access::everyone();
constexpr Access kWrites = Access::write_key();
constexpr Access kSignedIn = Access::roles(
    {Role::Staff, Role::CallCentre, Role::Analyst, Role::Marketer, Role::Privacy, Role::Admin});
constexpr Access kAdmins = Access::roles({Role::Admin});
// Who plans audiences sees figures; who serves or protects a person sees that person.
constexpr Access kFigures =
    Access::roles({Role::Analyst, Role::Marketer, Role::Privacy, Role::Admin});
// A figure's events are those of persons.
constexpr Access kTraced = Access::roles({Role::Marketer, Role::Privacy, Role::Admin});
constexpr Access kPeople = Access::roles({Role::Staff, Role::Marketer, Role::Privacy, Role::Admin});
// One person at a time, whom somebody serves; not the lists of them.
constexpr Access kServed =
    Access::roles({Role::Staff, Role::CallCentre, Role::Marketer, Role::Privacy, Role::Admin});
// Who stands in the shop or on the telephone with somebody.
constexpr Access kServes = Access::roles({Role::Staff, Role::CallCentre, Role::Admin});
constexpr Access kAudiences = Access::roles({Role::Marketer, Role::Admin});
constexpr Access kConsents =
    Access::roles({Role::Staff, Role::CallCentre, Role::Privacy, Role::Admin});
constexpr Access kProtects = Access::roles({Role::Privacy, Role::Admin});
// Quarantine shows events as they came: with everything they say of a person.
constexpr Access kQuarantine = Access::roles({Role::Privacy, Role::Admin});
// Who separates two persons sees both, whatever they allow.
constexpr Access kIdentity = Access::roles({Role::Privacy, Role::Admin});

// The words a purpose is asked for by, and whether their proofs are whole.
constexpr Access kProofs = Access::roles({Role::Privacy, Role::Admin});

constexpr std::size_t kBatch = kBatchBytesMax;
constexpr std::size_t kBeacon = 64 * 1024;
constexpr std::size_t kJson = 256 * 1024;
constexpr std::size_t kForm = 4 * 1024;            // a name and a password
constexpr std::size_t kPerson = 16 * 1024 * 1024;  // an export
constexpr std::size_t kAnswers = 32 * 1024;        // of one offer
constexpr std::size_t kNone = kUnreadBodyBytesMax;

constexpr Lane H = Lane::Health;
constexpr Lane I = Lane::Ingest;
constexpr Lane A = Lane::Api;
constexpr Where Io = Where::Io;
constexpr Where Pool = Where::Pool;
constexpr Where Hash = Where::Hash;
constexpr Where Whole = Where::Whole;

constexpr std::array kRoutes = {
    // Tracking, as the SDKs know it.
    Route{"POST", "/v1/batch", kWrites, I, Io, kBatch, track_batch},
    Route{"POST", "/v1/b", kWrites, I, Io, kBatch, track_batch},
    Route{"POST", "/beacon/v1/batch", kWrites, I, Io, kBeacon, track_batch},
    Route{"POST", "/v1/import", kWrites, I, Io, kBatch, track_import},
    Route{"POST", "/v1/track", kWrites, I, Io, kBatch, track_track},
    Route{"POST", "/v1/t", kWrites, I, Io, kBatch, track_track},
    Route{"POST", "/v1/identify", kWrites, I, Io, kBatch, track_identify},
    Route{"POST", "/v1/i", kWrites, I, Io, kBatch, track_identify},
    Route{"POST", "/v1/page", kWrites, I, Io, kBatch, track_page},
    Route{"POST", "/v1/p", kWrites, I, Io, kBatch, track_page},
    Route{"POST", "/v1/screen", kWrites, I, Io, kBatch, track_screen},
    Route{"POST", "/v1/s", kWrites, I, Io, kBatch, track_screen},
    Route{"POST", "/v1/group", kWrites, I, Io, kBatch, track_group},
    Route{"POST", "/v1/g", kWrites, I, Io, kBatch, track_group},
    Route{"POST", "/v1/alias", kWrites, I, Io, kBatch, track_alias},
    Route{"POST", "/v1/a", kWrites, I, Io, kBatch, track_alias},
    Route{"POST", "/v1/merge", kWrites, I, Io, kBatch, track_typed},
    Route{"POST", "/v1/audiencelist", kWrites, I, Io, kBatch, track_typed},
    Route{"POST", "/v1/webhook", kWrites, I, Io, kBatch, track_webhook},
    Route{"GET", "/v1/webhook", kWrites, I, Io, kNone, track_webhook},
    Route{"POST", "/v1/m", kWrites, I, Io, kBeacon, sdk_metrics},
    Route{"GET", "/pixel/v1/track", kWrites, I, Io, kNone, pixel_track},
    Route{"GET", "/pixel/v1/page", kWrites, I, Io, kNone, pixel_page},
    Route{"GET", "/v1/projects/{writeKey}/settings", kWrites, A, Io, kNone, segment_settings},
    Route{"GET", "/v1/projects/{writeKey}/consent", kWrites, A, Io, kNone, consent_asked},
    Route{"GET", "/sourceConfig", kWrites, A, Io, kNone, rudder_source_config},
    Route{"GET", "/analytics.js/v1/{writeKey}/analytics.min.js", kEveryone, H, Io, kNone,
          sdk_bundle},
    // Probes.
    Route{"GET", "/health", kEveryone, H, Io, kNone, health},
    Route{"GET", "/version", kEveryone, H, Io, kNone, version},
    Route{"GET", "/robots.txt", kEveryone, H, Io, kNone, robots},
    Route{"GET", "/healthz", kEveryone, H, Io, kNone, healthz},
    Route{"GET", "/readyz", kEveryone, H, Io, kNone, readyz},
    Route{"GET", "/metrics", kEveryone, H, Io, kNone, metrics},
    // Figures.
    Route{"GET", "/api/v1/stats", kFigures, A, Io, kNone, get_stats, "after"},
    Route{"GET", "/api/v1/purposes", kFigures, A, Io, kNone, get_purposes},
    Route{"GET", "/api/v1/events", kFigures, A, Io, kNone, get_events},
    Route{"GET", "/api/v1/rates", kFigures, A, Pool, kNone, get_rates},
    Route{"GET", "/api/v1/audiences", kFigures, A, Io, kNone, get_audiences, "after,brand"},
    Route{"GET", "/api/v1/audiences/overlap", kFigures, A, Io, kNone, get_overlap, "ids"},
    Route{"GET", "/api/v1/audiences/{id}", kFigures, A, Io, kNone, get_audience, "after"},
    Route{"GET", "/api/v1/audiences/{id}/growth", kFigures, A, Io, kNone, get_growth, "days,after"},
    Route{"POST", "/api/v1/rules/check", kFigures, A, Io, kJson, post_check_rule},
    Route{"POST", "/api/v1/rules/count", kFigures, A, Whole, kJson, post_count_rule},
    Route{"POST", "/api/v1/questions", kFigures, A, Whole, kJson, post_question, "id"},
    Route{"POST", "/api/v1/questions/events", kTraced, A, Whole, kJson, post_question_events, "id"},
    Route{"GET", "/api/v1/models", kFigures, A, Pool, kNone, get_models, "brand"},
    Route{"GET", "/api/v1/questions", kFigures, A, Io, kNone, get_questions},
    Route{"DELETE", "/api/v1/questions/{id}", kFigures, A, Io, kNone, delete_question},
    Route{"GET", "/api/v1/boards", kFigures, A, Pool, kNone, get_boards},
    Route{"POST", "/api/v1/boards", kFigures, A, Pool, kJson, post_board},
    Route{"GET", "/api/v1/boards/{id}", kFigures, A, Pool, kNone, get_board},
    Route{"POST", "/api/v1/boards/{id}", kFigures, A, Pool, kJson, change_board},
    Route{"DELETE", "/api/v1/boards/{id}", kFigures, A, Pool, kNone, delete_board},
    Route{"GET", "/api/v1/metrics", kFigures, A, Pool, kNone, get_named_metrics},
    Route{"POST", "/api/v1/metrics", kFigures, A, Pool, kJson, post_named_metric},
    Route{"GET", "/api/v1/metrics/{name}", kFigures, A, Pool, kNone, get_named_metric},
    Route{"POST", "/api/v1/metrics/{name}", kFigures, A, Pool, kJson, change_named_metric},
    Route{"DELETE", "/api/v1/metrics/{name}", kFigures, A, Pool, kNone, delete_named_metric,
          "even_in_use"},
    // People.
    Route{"GET", "/api/v1/audiences/{id}/members", kPeople, A, Pool, kNone, get_members,
          "cursor,limit,after"},
    Route{"GET", "/api/v1/audiences/{id}/why", kPeople, A, Pool, kNone, get_why, "profile,after"},
    Route{"GET", "/api/v1/audiences/{id}/stream", kPeople, A, Io, kNone, stream_audience},
    Route{"GET", "/api/v1/audiences/stream", kPeople, A, Io, kNone, stream_audiences},
    Route{"GET", "/api/v1/tail", kPeople, A, Io, kNone, stream_tail},
    Route{"GET", "/api/v1/profiles/find", kServed, A, Io, kNone, get_find_profile,
          "type,value,after,brand"},
    Route{"POST", "/api/v1/profiles/find", kServed, A, Io, kJson, post_find_profile, "after"},
    Route{"POST", "/api/v1/profiles/search", kServed, A, Whole, kJson, post_search_people},
    Route{"GET", "/api/v1/profiles/{id}", kServed, A, Pool, kNone, get_profile,
          "purpose,brand,after"},
    Route{"GET", "/api/v1/profiles/{id}/thread", kServed, A, Pool, kNone, get_thread,
          "purpose,brand,before,limit,after"},
    Route{"GET", "/api/v1/profiles/{id}/graph", kServed, A, Pool, kNone, get_graph,
          "purpose,brand,after"},
    Route{"GET", "/api/v1/profiles/{id}/notes", kServes, A, Pool, kNone, get_notes, "brand"},
    Route{"POST", "/api/v1/profiles/{id}/notes", kServes, A, Pool, kJson, post_note},
    Route{"DELETE", "/api/v1/profiles/{id}/notes/{note}", kServes, A, Pool, kNone, delete_note},
    Route{"GET", "/api/v1/tasks", kServes, A, Pool, kNone, get_tasks,
          "state,store,profile,brand,limit"},
    Route{"POST", "/api/v1/tasks", kServes, A, Pool, kJson, post_task},
    Route{"POST", "/api/v1/tasks/{id}", kServes, A, Pool, kJson, change_task},
    Route{"DELETE", "/api/v1/tasks/{id}", kServes, A, Pool, kNone, delete_task},
    Route{"GET", "/api/v1/staff/greet", kServes, A, Pool, kNone, get_greet, "card,profile,brand"},
    Route{"POST", "/api/v1/staff/greet", kServes, A, Pool, kForm, post_greet},
    Route{"GET", "/api/v1/identity/rules", kIdentity, A, Pool, kNone, get_identity_rules},
    Route{"POST", "/api/v1/identity/rules", kIdentity, A, Pool, kJson, post_identity_rules},
    Route{"POST", "/api/v1/identity/rules/preview", kIdentity, A, Whole, kJson,
          post_identity_rules_preview},
    Route{"GET", "/api/v1/identity/suspicious", kIdentity, A, Whole, kNone, get_suspicious,
          "brand,skip,limit"},
    Route{"POST", "/api/v1/identity/preview", kIdentity, A, Whole, kJson, post_identity_preview},
    Route{"GET", "/api/v1/identity/decisions", kIdentity, A, Pool, kNone, get_decisions,
          "before,limit"},
    Route{"POST", "/api/v1/identity/decisions", kIdentity, A, Pool, kJson, post_decision},
    Route{"POST", "/api/v1/profiles/{id}/erase", kProtects, A, Pool, kNone, post_erase, "confirm"},
    Route{"GET", "/api/v1/profiles/{id}/export", kProtects, A, Whole, kNone, get_export,
          "format,lang"},
    Route{"POST", "/api/v1/profiles/import", kProtects, A, Pool, kPerson, post_person},
    Route{"GET", "/api/v1/rights/requests", kProtects, A, Pool, kNone, get_rights_requests,
          "state"},
    Route{"POST", "/api/v1/rights/requests", kProtects, A, Pool, kJson, post_rights_request},
    Route{"POST", "/api/v1/rights/requests/{id}", kProtects, A, Pool, kJson, move_rights_request},
    Route{"POST", "/api/v1/profiles/{id}/restriction", kProtects, A, Pool, kJson, post_restriction},
    Route{"GET", "/api/v1/rights/restricted", kProtects, A, Pool, kNone, get_restricted},
    Route{"POST", "/api/v1/profiles/{id}/objection", kProtects, A, Pool, kJson, post_objection},
    Route{"GET", "/api/v1/profiles/{id}/corrections", kProtects, A, Pool, kNone, get_corrections},
    Route{"POST", "/api/v1/profiles/{id}/corrections", kProtects, A, Pool, kJson, post_correction},
    Route{"GET", "/api/v1/rights/retention", kProtects, A, Whole, kNone, get_retention, "days"},
    Route{"POST", "/api/v1/rights/retention/sweep", kProtects, A, Whole, kNone,
          post_retention_sweep, "confirm"},
    Route{"GET", "/api/v1/audit", kProtects, A, Whole, kNone, get_audit,
          "actor,profile,from,to,before,limit,daily"},
    Route{"GET", "/api/v1/audit/verify", kProtects, A, Whole, kNone, get_audit_verdict},
    Route{"GET", "/api/v1/actors", kProtects, A, Pool, kNone, get_actors},
    Route{"GET", "/api/v1/erasures", kProtects, A, Pool, kNone, get_erasures},
    Route{"GET", "/api/v1/erasures/{id}", kProtects, A, Pool, kNone, get_erasures},
    Route{"GET", "/api/v1/matching/runs", kIdentity, A, Pool, kNone, get_match_runs},
    Route{"POST", "/api/v1/matching/runs", kIdentity, A, Whole, kJson, post_match_run, "id"},
    Route{"GET", "/api/v1/matching/review", kIdentity, A, Pool, kNone, get_match_review,
          "brand,limit"},
    Route{"POST", "/api/v1/matching/review/{id}", kIdentity, A, Pool, kJson, post_match_decision},
    Route{"POST", "/api/v1/consents", kConsents, A, Io, kJson, post_consent},
    Route{"POST", "/api/v1/consents/take-back", kConsents, A, Pool, kJson, post_take_back},
    Route{"POST", "/api/v1/permits", kServed, A, Pool, kJson, post_permit},
    Route{"POST", "/api/v1/inbound/sms", kConsents, A, Pool, kJson, post_sms},
    Route{"GET", "/api/v1/suppressions", kProofs, A, Pool, kNone, get_suppressions},
    Route{"POST", "/api/v1/suppressions", kProofs, A, Pool, kBatch, post_suppression},
    Route{"GET", "/confirm/{token}", kEveryone, A, Pool, kNone, confirm_page},
    Route{"POST", "/confirm/{token}", kEveryone, A, Pool, kNone, confirm},
    Route{"GET", "/v1/unsubscribe/{token}", kEveryone, A, Pool, kNone, unsubscribe_page},
    Route{"POST", "/v1/unsubscribe/{token}", kEveryone, A, Pool, kForm, unsubscribe},
    Route{"GET", "/v1/receipts/key", kEveryone, A, Io, kNone, get_receipt_key},
    Route{"GET", "/api/v1/consents/shown", kConsents, A, Pool, kNone, get_shown,
          "profile,purpose,at,language,brand"},
    Route{"GET", "/api/v1/consents/verify", kProofs, A, Whole, kNone, get_verify},
    Route{"GET", "/api/v1/profiles/{id}/receipts", kConsents, A, Pool, kNone, get_receipt, "brand"},
    Route{"GET", "/api/v1/purposes/{name}/wordings", kFigures, A, Io, kNone, get_wordings},
    Route{"POST", "/api/v1/purposes/{name}/wordings", kProofs, A, Pool, kJson, post_wording},
    Route{"GET", "/api/v1/purposes/{name}/wordings/{version}", kFigures, A, Io, kNone, get_wording},
    Route{"GET", "/api/v1/quarantine", kQuarantine, A, Pool, kNone, get_quarantine,
          "reason,before,limit"},
    Route{"GET", "/api/v1/quarantine/{seq}", kQuarantine, A, Pool, kNone, get_quarantined},
    Route{"POST", "/api/v1/quarantine/{seq}/replay", kQuarantine, A, Pool, kJson, post_replay},
    Route{"DELETE", "/api/v1/quarantine/{seq}", kQuarantine, A, Pool, kNone, delete_quarantined},
    // Arrangements. Commands wait for the disk, so the pool runs them; a consent does not wait.
    Route{"POST", "/api/v1/audiences", kAudiences, A, Pool, kJson, post_audience},
    Route{"DELETE", "/api/v1/audiences/{id}", kAudiences, A, Pool, kNone, delete_audience,
          "confirm"},
    Route{"POST", "/api/v1/models/value", kAudiences, A, Whole, kJson, post_value_model},
    Route{"POST", "/api/v1/models/lookalike", kAudiences, A, Whole, kJson, post_lookalike_model},
    Route{"DELETE", "/api/v1/models/{id}", kAudiences, A, Pool, kNone, delete_model, "confirm"},
    Route{"GET", "/api/v1/sources", kAdmins, A, Io, kNone, get_sources, "brand"},
    Route{"POST", "/api/v1/sources", kAdmins, A, Pool, kJson, post_source},
    Route{"DELETE", "/api/v1/sources/{id}", kAdmins, A, Pool, kNone, delete_source, "confirm"},
    Route{"GET", "/api/v1/tokens", kAdmins, A, Pool, kNone, get_tokens},
    Route{"POST", "/api/v1/tokens", kAdmins, A, Pool, kJson, post_token},
    Route{"DELETE", "/api/v1/tokens/{id}", kAdmins, A, Pool, kNone, delete_token},
    Route{"POST", "/api/v1/keys/rotation", kAdmins, A, Pool, kNone, post_key_rotation},
    Route{"POST", "/api/v1/rates", kAdmins, A, Pool, kJson, post_rate},
    Route{"GET", "/api/v1/webhooks", kAdmins, A, Io, kNone, get_webhooks},
    Route{"POST", "/api/v1/webhooks", kAdmins, A, Pool, kJson, post_webhook},
    Route{"DELETE", "/api/v1/webhooks/{id}", kAdmins, A, Pool, kNone, delete_webhook},
    Route{"POST", "/api/v1/import", kAdmins, I, Io, kBatch, post_import, "source"},
    Route{"GET", "/api/v1/openapi.json", kEveryone, H, Io, kNone, openapi},
    // Who is signed in.
    Route{"GET", "/api/v1/session", kSignedIn, A, Io, kNone, get_session},
    Route{"POST", "/api/v1/session", kEveryone, A, Hash, kForm, post_session},
    Route{"DELETE", "/api/v1/session", kSignedIn, A, Pool, kNone, delete_session},
    Route{"POST", "/api/v1/session/password", kSignedIn, A, Hash, kForm, post_own_password},
    Route{"GET", "/api/v1/sessions", kSignedIn, A, Io, kNone, get_sessions},
    Route{"DELETE", "/api/v1/sessions/{id}", kSignedIn, A, Pool, kNone, end_session},
    Route{"GET", "/api/v1/session/tokens", kSignedIn, A, Pool, kNone, get_own_tokens},
    Route{"POST", "/api/v1/session/tokens", kSignedIn, A, Pool, kForm, post_own_token},
    Route{"DELETE", "/api/v1/session/tokens/{id}", kSignedIn, A, Pool, kNone, delete_own_token},
    Route{"GET", "/api/v1/accounts", kAdmins, A, Io, kNone, get_accounts},
    Route{"POST", "/api/v1/accounts", kAdmins, A, Hash, kForm, post_account},
    Route{"DELETE", "/api/v1/accounts/{id}", kAdmins, A, Pool, kNone, delete_account},
    // The customer's own door: a session of its own decides, not a role.
    Route{"POST", "/api/v1/me/links", kProtects, A, Pool, kJson, post_me_link},
    Route{"GET", "/me/sign-in", kEveryone, A, Io, kNone, get_me_sign_in},
    Route{"POST", "/me/sign-in", kEveryone, A, Io, kNone, post_me_sign_in},
    Route{"POST", "/me/sign-out", kEveryone, A, Pool, kNone, post_me_sign_out},
    Route{"GET", "/me", kEveryone, A, Pool, kNone, get_me},
    Route{"GET", "/me/style.css", kEveryone, A, Io, kNone, me_style},
    Route{"GET", "/me/receipt.json", kEveryone, A, Pool, kNone, get_me_receipt},
    Route{"GET", "/me/{file}", kEveryone, A, Whole, kNone, get_me_export},
    Route{"POST", "/me/choices", kEveryone, A, Pool, kNone, post_me_choice},
    Route{"POST", "/me/erase", kEveryone, A, Pool, kNone, post_me_erase},
    Route{"GET", "/me/looked", kEveryone, A, Whole, kNone, get_me_looked},
    Route{"POST", "/me/offers", kEveryone, A, Pool, kAnswers, post_me_offer},
    Route{"POST", "/me/offers/take-back", kEveryone, A, Pool, kNone, post_me_take_back},
    Route{"POST", "/me/requests", kEveryone, A, Pool, kNone, post_me_request},
    Route{"POST", "/me/restraints", kEveryone, A, Pool, kNone, post_me_restraint},
    Route{"POST", "/me/corrections", kEveryone, A, Pool, kNone, post_me_correction},
    // Value for answers.
    Route{"GET", "/api/v1/offers", kFigures, A, Pool, kNone, get_offers, "brand"},
    Route{"POST", "/api/v1/offers", kAudiences, A, Pool, kJson, post_offer},
    Route{"POST", "/api/v1/offers/{id}/end", kAudiences, A, Pool, kNone, end_offer},
    Route{"GET", "/api/v1/profiles/{id}/offers", kPeople, A, Pool, kNone, get_profile_offers},
    // Pages.
    Route{"GET", "/", kEveryone, H, Io, kNone, console_index},
    Route{"GET", "/style.css", kEveryone, H, Io, kNone, page_style},
    Route{"GET", "/licences.txt", kEveryone, H, Io, kNone, console_licences},
    Route{"GET", "/assets/{file}", kEveryone, H, Io, kNone, console_asset},
    Route{"GET", "/banner/{version}/banner.js", kEveryone, H, Io, kNone, banner_script},
    Route{"GET", "/admin", kEveryone, A, Io, kNone, get_admin},
    Route{"POST", "/admin", kEveryone, A, Pool, kForm, post_admin},
};

struct Index {
    // Paths without names, each with the routes of its methods.
    std::unordered_map<std::string_view, std::vector<const Route*>> exact;
    std::vector<std::pair<std::vector<std::string_view>, const Route*>> patterns;
    Index() {
        for (const Route& route : kRoutes) {
            if (route.pattern.find('{') == std::string_view::npos) {
                exact[route.pattern].push_back(&route);
            } else {
                patterns.emplace_back(split(route.pattern, '/'), &route);
            }
        }
    }
};

const Index& index() {
    static const Index made;
    return made;
}

bool matches(const std::vector<std::string_view>& pattern,
             const std::vector<std::string_view>& path, RouteFound& found) {
    if (pattern.size() != path.size()) return false;
    found.values_count = 0;
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (!pattern[i].starts_with('{')) {
            if (pattern[i] != path[i]) return false;
        } else if (path[i].empty()) {
            return false;
        } else {
            found.values[found.values_count++] = path[i];
        }
    }
    return true;
}

std::string_view without_slash(std::string_view path) {
    if (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
    return path;
}

}  // namespace

std::span<const Route> all_routes() { return kRoutes; }

std::size_t greatest_body_bytes_max() {
    const auto smaller = [](const Route& a, const Route& b) {
        return a.body_bytes_max < b.body_bytes_max;
    };
    return std::max_element(kRoutes.begin(), kRoutes.end(), smaller)->body_bytes_max;
}

namespace {

RouteFound find_exactly(std::string_view method, std::string_view path) {
    RouteFound found;
    if (const auto at = index().exact.find(path); at != index().exact.end()) {
        found.path_known = true;
        for (const Route* route : at->second) {
            if (route->method == method) found.route = route;
        }
        return found;
    }
    const std::vector<std::string_view> segments = split(path, '/');
    for (const auto& [pattern, route] : index().patterns) {
        RouteFound tried;
        if (!matches(pattern, segments, tried)) continue;
        found.path_known = true;
        if (route->method != method) continue;
        tried.path_known = true;
        tried.route = route;
        return tried;
    }
    return found;
}

}  // namespace

bool is_stream(const Route& route) {
    return route.pattern.ends_with("/stream") || route.pattern.ends_with("/tail");
}

// What a stream has to tell comes after its head.
RouteFound find_route(std::string_view method, std::string_view path) {
    RouteFound found = find_exactly(method == "HEAD" ? "GET" : method, without_slash(path));
    if (method == "HEAD" && found.route != nullptr && is_stream(*found.route))
        found.route = nullptr;
    return found;
}

std::string methods_of(std::string_view path) {
    std::string methods;
    for (const std::string_view method : {"GET", "POST", "DELETE"}) {
        if (find_route(method, path).route == nullptr) continue;
        methods.append(methods.empty() ? "" : ", ").append(method);
    }
    return methods + ", OPTIONS";
}

std::optional<std::string> unknown_parameter(const Route& route, std::string_view query) {
    const auto known = split(route.parameters, ',');
    for (const std::string_view pair : split(query, '&')) {
        if (pair.empty()) continue;
        const std::string_view raw = pair.substr(0, pair.find('='));
        std::string name = percent_decode(raw, true).value_or(std::string(raw));
        if (std::find(known.begin(), known.end(), name) == known.end()) return name;
    }
    return std::nullopt;
}

}  // namespace filrouge::http
