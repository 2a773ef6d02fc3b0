// Questions. The engine answers them in JSON; here their arguments are read and bounded.
#include <algorithm>

#include "base/text.h"
#include "http/body_json.h"
#include "http/brand_limits.h"
#include "http/call.h"
#include "http/handlers.h"
#include "http/masked.h"

namespace filrouge::http {

namespace {

constexpr std::uint64_t kLimitDefault = 50;
constexpr std::uint64_t kLimitMax = 1'000;
constexpr std::size_t kOverlapAudiencesMax = 8;

std::size_t limit_of(const Call& call) {
    const std::uint64_t asked = call.query_number("limit", kLimitDefault);
    return static_cast<std::size_t>(std::clamp<std::uint64_t>(asked, 1, kLimitMax));
}

Error missing_argument(std::string_view name) {
    return {"http.missing_argument", "The address lacks '" + std::string(name) + "='.",
            "See /api/v1/openapi.json for what this address takes."};
}

// The number that stands in the path; 0, which no record has, when it is none.
std::uint64_t sequence_of(const Call& call) {
    const auto n = parse_int(call.values.at(0));
    return n && *n > 0 ? static_cast<std::uint64_t>(*n) : 0;
}

std::string purpose_of(const Call& call) { return call.query("purpose").value_or(""); }
// Of an event in quarantine, the profile of whom its text names; empty where nobody is known by it,
// or it cannot be read.
std::string person_in(const Call& call, std::string_view answer) {
    const auto item = read_object(answer);
    const auto event =
        read_object(item.ok() ? text_of(item.value(), "event").value_or("") : std::string());
    if (!event.ok()) return "";
    for (const auto& [member, type] :
         {std::pair{"userId", "user_id"}, {"anonymousId", "anonymous_id"}}) {
        const auto value = text_of(event.value(), member);
        if (!value) continue;
        const auto found = call.runtime().find_profile(type, *value, "", 0);
        const auto person = read_object(found.ok() ? found.value() : std::string());
        if (person.ok()) return text_of(person.value(), "id").value_or("");
    }
    return "";
}

std::string brand_of(const Call& call) { return call.query("brand").value_or(""); }

}  // namespace

void get_stats(const CallPtr& call) { call->reply_result(call->runtime().stats(call->after())); }
void get_sources(const CallPtr& call) {
    call->reply_result(call->runtime().sources(brand_of(*call)));
}
void get_rates(const CallPtr& call) { call->reply_result(call->runtime().rates()); }
// Purposes are the group's; what uses each may be another brand's.
void get_purposes(const CallPtr& call) {
    auto told = call->runtime().purposes();
    if (told.ok() && !call->brands.empty()) told = without_users(told.value());
    call->reply_result(std::move(told));
}
void get_webhooks(const CallPtr& call) { call->reply_result(call->runtime().webhooks()); }
void get_events(const CallPtr& call) { call->reply_result(call->runtime().event_names()); }

void get_audiences(const CallPtr& call) {
    call->reply_result(call->runtime().audiences(brand_of(*call), call->after()));
}

void get_audience(const CallPtr& call) {
    call->reply_result(call->runtime().audience(call->values.at(0), call->after()));
}

void get_growth(const CallPtr& call) {
    constexpr std::uint64_t kDays = 90;
    call->reply_result(call->runtime().growth(call->values.at(0), call->query_number("days", kDays),
                                              call->after()));
}

void get_members(const CallPtr& call) {
    call->reply_result(call->runtime().members(
        call->values.at(0), call->query("cursor").value_or(""), limit_of(*call), call->after()));
}

void get_why(const CallPtr& call) {
    const auto profile = call->query("profile");
    if (!profile) return call->reply_problem(422, missing_argument("profile"));
    if (const auto kept = keep_person_to_audience(*call, *profile); !kept.ok())
        return call->reply_problem(status_of(kept.error()), kept.error());
    call->reply_result(call->runtime().why(call->values.at(0), *profile, call->after()));
}

void get_overlap(const CallPtr& call) {
    const auto ids = call->query("ids");
    if (!ids) return call->reply_problem(422, missing_argument("ids"));
    std::vector<std::string> audiences;
    for (const std::string_view id : split(*ids, ',')) {
        if (!id.empty()) audiences.emplace_back(id);
    }
    if (audiences.size() > kOverlapAudiencesMax) {
        return call->reply_problem(422, {"http.too_many_audiences",
                                         "The overlap of " + std::to_string(audiences.size()) +
                                             " audiences was asked for; the limit is " +
                                             std::to_string(kOverlapAudiencesMax) + ".",
                                         "Ask for fewer at a time."});
    }
    call->reply_result(call->runtime().overlap(audiences));
}

void get_quarantine(const CallPtr& call) {
    call->reply_result(call->runtime().quarantine(
        call->query("reason").value_or(""), call->query_number("before", 0), limit_of(*call)));
}

void get_quarantined(const CallPtr& call) {
    auto told = call->runtime().quarantined(sequence_of(*call));
    if (told.ok()) call->about = person_in(*call, told.value());
    call->reply_result(std::move(told));
}

void get_find_profile(const CallPtr& call) {
    const auto type = call->query("type");
    const auto value = call->query("value");
    if (!type || !value) return call->reply_problem(422, missing_argument("type and value"));
    if (call->mask().hides(engine::FieldScope::Identifiers, *type))
        return call->reply_problem(403, engine::forbidden_field(*type));
    call->reply_result(call->runtime().find_profile(*type, *value, brand_of(*call), call->after()));
}

// The same with what names a person in the body: addresses end up in other people's logs.
void post_find_profile(const CallPtr& call) {
    const auto body = read_object(call->request.body);
    if (!body.ok()) return call->reply_problem(400, body.error());
    const auto type = text_of(body.value(), "type");
    const auto value = text_of(body.value(), "value");
    if (!type || !value) return call->reply_problem(422, missing_field(type ? "value" : "type"));
    if (call->mask().hides(engine::FieldScope::Identifiers, *type))
        return call->reply_problem(403, engine::forbidden_field(*type));
    const std::string brand = text_of(body.value(), "brand").value_or("");
    call->reply_result(call->runtime().find_profile(*type, *value, brand, call->after()));
}

void post_search_people(const CallPtr& call) {
    const auto body = read_object(call->request.body);
    if (!body.ok()) return call->reply_problem(400, body.error());
    const auto name = text_of(body.value(), "name");
    if (!name) return call->reply_problem(422, missing_field("name"));
    const std::string purpose = text_of(body.value(), "purpose").value_or("");
    const std::string brand = text_of(body.value(), "brand").value_or("");
    call->reply_result(call->runtime().people_named(*name, purpose, brand, call->mask()));
}

void get_profile(const CallPtr& call) {
    call->reply_result(call->runtime().profile(call->values.at(0), purpose_of(*call),
                                               brand_of(*call), call->after(), call->role));
}

void get_thread(const CallPtr& call) {
    call->reply_result(call->runtime().thread(call->values.at(0), purpose_of(*call),
                                              brand_of(*call), call->query_number("before", 0),
                                              limit_of(*call), call->after()));
}

void post_check_rule(const CallPtr& call) {
    const auto body = read_object(call->request.body);
    if (!body.ok()) return call->reply_problem(400, body.error());
    const auto rule = text_or_json(body.value(), "rule");
    if (!rule) return call->reply_problem(422, missing_field("rule"));
    if (const auto may = may_ask(*rule, call->mask()); !may.ok())
        return call->reply_problem(403, may.error());
    call->reply_result(call->runtime().check_rule(*rule));
}

void post_count_rule(const CallPtr& call) {
    const auto body = read_object(call->request.body);
    if (!body.ok()) return call->reply_problem(400, body.error());
    const auto rule = text_or_json(body.value(), "rule");
    if (!rule) return call->reply_problem(422, missing_field("rule"));
    if (const auto may = may_ask(*rule, call->mask()); !may.ok())
        return call->reply_problem(403, may.error());
    const std::string purpose = text_of(body.value(), "purpose").value_or("");
    const std::string brand = text_of(body.value(), "brand").value_or("");
    call->reply_result(call->runtime().count_rule(*rule, purpose, brand));
}

}  // namespace filrouge::http
