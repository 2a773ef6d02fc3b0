#include "http/brand_limits.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/json_writer.h"
#include "base/text.h"
#include "engine/staff_desk.h"
#include "http/body_json.h"
#include "http/call.h"

namespace filrouge::http {

namespace {

// Whose the answer is: nobody's data; of the brand that the query or the body names; of the brand
// of the audience, the task or the note in the path.
enum class Of { Nobody, QueryBrand, BodyBrand, Audience, Task, Note };

struct Row {
    std::string_view method, pattern;
    Of of;
};

constexpr std::array kRows = {
    Row{"GET", "/api/v1/session", Of::Nobody},
    Row{"DELETE", "/api/v1/session", Of::Nobody},
    Row{"POST", "/api/v1/session/password", Of::Nobody},
    Row{"GET", "/api/v1/sessions", Of::Nobody},  // one's own
    Row{"DELETE", "/api/v1/sessions/{id}", Of::Nobody},
    Row{"GET", "/api/v1/session/tokens", Of::Nobody},
    Row{"POST", "/api/v1/session/tokens", Of::Nobody},
    Row{"DELETE", "/api/v1/session/tokens/{id}", Of::Nobody},
    Row{"GET", "/api/v1/purposes", Of::Nobody},
    Row{"GET", "/api/v1/purposes/{name}/wordings", Of::Nobody},
    Row{"GET", "/api/v1/purposes/{name}/wordings/{version}", Of::Nobody},
    Row{"GET", "/api/v1/rates", Of::Nobody},
    Row{"GET", "/api/v1/sources", Of::QueryBrand},
    Row{"GET", "/api/v1/models", Of::QueryBrand},
    Row{"GET", "/api/v1/offers", Of::QueryBrand},
    Row{"GET", "/api/v1/audiences", Of::QueryBrand},
    Row{"POST", "/api/v1/audiences", Of::BodyBrand},
    Row{"GET", "/api/v1/audiences/{id}", Of::Audience},
    Row{"DELETE", "/api/v1/audiences/{id}", Of::Audience},
    Row{"GET", "/api/v1/audiences/{id}/growth", Of::Audience},
    Row{"GET", "/api/v1/audiences/{id}/members", Of::Audience},
    Row{"GET", "/api/v1/audiences/{id}/why", Of::Audience},
    Row{"GET", "/api/v1/audiences/{id}/stream", Of::Audience},
    Row{"POST", "/api/v1/rules/check", Of::Nobody},
    Row{"POST", "/api/v1/rules/count", Of::BodyBrand},
    Row{"POST", "/api/v1/questions", Of::BodyBrand},
    Row{"POST", "/api/v1/questions/events", Of::BodyBrand},
    Row{"GET", "/api/v1/metrics", Of::Nobody},  // what figures mean, in every brand
    Row{"GET", "/api/v1/metrics/{name}", Of::Nobody},
    Row{"GET", "/api/v1/profiles/find", Of::QueryBrand},
    Row{"POST", "/api/v1/profiles/find", Of::BodyBrand},
    Row{"POST", "/api/v1/profiles/search", Of::BodyBrand},
    Row{"GET", "/api/v1/profiles/{id}", Of::QueryBrand},
    Row{"GET", "/api/v1/profiles/{id}/thread", Of::QueryBrand},
    Row{"GET", "/api/v1/profiles/{id}/graph", Of::QueryBrand},
    Row{"GET", "/api/v1/profiles/{id}/receipts", Of::QueryBrand},
    Row{"GET", "/api/v1/profiles/{id}/notes", Of::QueryBrand},
    Row{"POST", "/api/v1/profiles/{id}/notes", Of::BodyBrand},
    Row{"DELETE", "/api/v1/profiles/{id}/notes/{note}", Of::Note},
    Row{"GET", "/api/v1/tasks", Of::QueryBrand},
    Row{"POST", "/api/v1/tasks", Of::BodyBrand},
    Row{"POST", "/api/v1/tasks/{id}", Of::Task},
    Row{"DELETE", "/api/v1/tasks/{id}", Of::Task},
    Row{"GET", "/api/v1/staff/greet", Of::QueryBrand},
    Row{"POST", "/api/v1/staff/greet", Of::BodyBrand},
    Row{"POST", "/api/v1/consents", Of::BodyBrand},
    Row{"POST", "/api/v1/consents/take-back", Of::BodyBrand},
    Row{"GET", "/api/v1/consents/shown", Of::QueryBrand},
    Row{"POST", "/api/v1/permits", Of::BodyBrand},
    Row{"POST", "/api/v1/inbound/sms", Of::BodyBrand},
};

const Row* row_of(const Route& route) {
    return std::find_if(kRows.begin(), kRows.end(), [&](const Row& each) {
        return each.method == route.method && each.pattern == route.pattern;
    });
}

Error refused(std::string_view message) {
    return {"brand.forbidden", std::string(message),
            "GET /api/v1/session tells the brands of this credential."};
}

// The brand to fill in, if none is named.
Result<std::string> brand_for(const Call& call, const std::string& named) {
    const auto& own = call.brands;
    if (named.empty() && own.size() == 1) return own.front();
    if (named.empty())
        return Error{"brand.missing", "This credential has several brands: none is named.",
                     "Add 'brand' with the id of one of them."};
    if (std::find(own.begin(), own.end(), named) == own.end())
        return refused("This credential is of other brands.");
    return std::string();
}

Result<void> keep_query(Call& call) {
    const std::string brand = TRY(brand_for(call, call.query("brand").value_or("")));
    if (brand.empty()) return {};
    // Before the others: the first of a name counts.
    std::string query = "brand=";
    query.append(brand);
    if (!call.request.query.empty()) query.append("&").append(call.request.query);
    call.request.query = std::move(query);
    return {};
}

// As text: a number of the body may not survive being read and written.
Result<void> keep_body(Call& call) {
    const auto body = TRY(read_object(call.request.body));
    const auto* told = body.if_contains("brand");
    const bool none = told == nullptr || told->is_null();
    if (!none && !told->is_string()) return refused("The member 'brand' must be a text.");
    const std::string brand =
        TRY(brand_for(call, none ? std::string() : std::string(told->as_string())));
    if (brand.empty()) return {};
    if (told != nullptr) return refused("The member 'brand' is empty.");
    const std::size_t open = call.request.body.find('{');
    std::string member;
    JsonWriter(member).open_object().field("brand", brand);
    call.request.body.replace(open, 1, member.append(body.empty() ? "" : ","));
    return {};
}

bool is_own(const Call& call, std::string_view brand) {
    return std::find(call.brands.begin(), call.brands.end(), brand) != call.brands.end();
}

Result<void> keep_audience(const Call& call) {
    const std::string& id = call.values.at(0);
    const auto told = read_object(TRY(call.runtime().audience(id, 0)));
    const std::string brand = told.ok() ? text_of(told.value(), "brand").value_or("") : "";
    if (is_own(call, brand)) return {};
    return Error{"audience_not_found", "There is no audience '" + id.substr(0, 64) + "'.",
                 "GET /api/v1/audiences lists them."};
}

// Another brand's is not there, as one that never was: the engine's words for that.
Result<void> keep_task(const Call& call) {
    const auto brand = call.runtime().staff().brand_of_task(call.values.at(0));
    if (brand && is_own(call, *brand)) return {};
    return Error{"task_not_found", "There is no such task.", "GET /api/v1/tasks lists them."};
}

Result<void> keep_note(const Call& call) {
    const auto brand = call.runtime().staff().brand_of_note(call.values.at(0), call.values.at(1));
    if (brand && is_own(call, *brand)) return {};
    return Error{"note_not_found", "There is no such note about this person.",
                 "GET /api/v1/profiles/{id}/notes lists them."};
}

}  // namespace

bool is_open_to_brands(const Route& route) { return row_of(route) != kRows.end(); }

Result<void> keep_to_brands(Call& call) {
    if (call.brands.empty()) return {};
    const auto* const row = row_of(*call.route);
    if (row == kRows.end())
        return refused("A credential of some brands may not do this: it is of all of them.");
    switch (row->of) {
        case Of::Nobody: return {};
        case Of::QueryBrand: return keep_query(call);
        case Of::BodyBrand: return keep_body(call);
        case Of::Audience: return keep_audience(call);
        case Of::Task: return keep_task(call);
        case Of::Note: return keep_note(call);
    }
    return {};
}

std::string without_users(const std::string& purposes) {
    boost::json::value told = boost::json::parse(purposes);
    boost::json::value* list = told.as_object().if_contains("purposes");
    if (list == nullptr || !list->is_array()) return purposes;
    for (boost::json::value& purpose : list->get_array()) {
        if (purpose.is_object())
            purpose.get_object()["used_by"] = {{"audiences", boost::json::array()},
                                               {"sources", boost::json::array()}};
    }
    return boost::json::serialize(told);
}

Result<void> keep_person_to_audience(const Call& call, std::string_view profile) {
    if (call.brands.empty()) return {};
    const auto audience = TRY(read_object(TRY(call.runtime().audience(call.values.at(0), 0))));
    TRY(call.runtime().profile(profile, text_of(audience, "purpose").value_or(""),
                               text_of(audience, "brand").value_or(""), call.after()));
    return {};
}

}  // namespace filrouge::http
