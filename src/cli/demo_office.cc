#include "cli/demo_office.h"

#include <boost/json.hpp>

#include "base/text.h"
#include "http/iso_time.h"

namespace filrouge::cli {
namespace {

namespace json = boost::json;

// Of kDemoAudiences, by the id its name gives.
constexpr std::string_view kTourAudience = "looked-online-bought-in-store";
constexpr std::string_view kReadsProfile = "GET /api/v1/profiles/{id}";
constexpr std::size_t kCardDigits = 10;

Error refused(int status) {
    return {"demo.refused", "The server answered " + std::to_string(status) + ".", ""};
}

Result<json::object> object_in(const HttpReply& reply) {
    json::error_code error;
    json::value value = json::parse(reply.body, error);
    if (reply.status >= 300 || error || !value.is_object()) return refused(reply.status);
    return std::move(value.as_object());
}

std::string text_in(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

// Whether a list of the answer has an object of which `fits` is true.
template <class Fits>
bool any_in(const json::object& object, std::string_view list, const Fits& fits) {
    const json::value* found = object.if_contains(list);
    if (found == nullptr || !found->is_array()) return false;
    for (const json::value& one : found->as_array()) {
        if (one.is_object() && fits(one.as_object())) return true;
    }
    return false;
}

void write_past_event(JsonWriter& w, std::string_view card, std::string_view name, EventTime at,
                      std::string_view properties) {
    w.open_object().field("type", "track").field("event", name);
    w.field("messageId", std::string(card) + " " + std::string(name));  // told twice, kept once
    w.field("timestamp", http::iso_time(at)).key("properties").raw(properties);
    w.key("context").open_object().field("loyalty_card", card).field("place", "lyon-bellecour");
    w.close().close();
}

}  // namespace

DemoOffice::DemoOffice(std::string url, std::string token, std::string till_key,
                       std::function<std::unique_ptr<HttpClient>()> http, Clock& clock)
    : url_(std::move(url)),
      token_(std::move(token)),
      till_key_(std::move(till_key)),
      http_(std::move(http)),
      clock_(clock) {}

bool DemoOffice::is_card(std::string_view card) {
    return card.size() == 3 + kCardDigits && card.starts_with("CAM") &&
           card.find_first_not_of("0123456789ABCDEF", 3) == std::string_view::npos;
}

Result<HttpReply> DemoOffice::ask(std::string_view method, std::string_view path,
                                  std::string body) const {
    HttpCall call;
    call.method = method;
    call.url = url_ + std::string(path);
    const bool tracks = path.starts_with("/v1/");
    call.headers = {
        {"Authorization", tracks ? "Basic " + base64_encode(till_key_ + ":") : "Bearer " + token_},
        {"Content-Type", "application/json"}};
    call.body = std::move(body);
    Result<HttpReply> reply = http_()->call(call);
    if (!reply.ok() || reply.value().status == 503)
        return Error{"demo.unreachable", "The server does not answer.", "It is started again."};
    return reply;
}

// As an import: what is weeks old is too late for the other doors.
Result<void> DemoOffice::issue_card(std::string_view card) const {
    const EventTime now = as_event_time(clock_.now());
    std::string body;
    JsonWriter w(body);
    w.open_object().key("batch").open_array();
    write_past_event(w, card, "Consent Updated", EventTime{now.us - days(40).us},
                     R"({"purposes":{"measurement":true},"evidence":{"form":"paper, Lyon"}})");
    write_past_event(w, card, "Order Completed", EventTime{now.us - days(33).us},
                     json_object([&](JsonWriter& j) {
                         j.field("order_id", "TB-" + std::string(card));
                         j.field("currency", "EUR").field("affiliation", "lyon-bellecour");
                         j.key("products").open_array().open_object();
                         j.field("product_id", "CAM019").field("name", "Écharpe Rhône");
                         j.field("category", "Accessoires").field("quantity", 1);
                         j.key("price").raw("49.00").close().close();
                     }));
    w.close().close();
    const HttpReply reply = TRY(ask("POST", "/v1/import", std::move(body)));
    if (reply.status != 200) return refused(reply.status);
    return {};
}

Result<std::optional<std::string>> DemoOffice::find(std::string_view type,
                                                    std::string_view value) const {
    std::string body =
        json_object([&](JsonWriter& j) { j.field("type", type).field("value", value); });
    const HttpReply reply = TRY(ask("POST", "/api/v1/profiles/find", std::move(body)));
    if (reply.status == 404) return std::optional<std::string>();
    return std::optional<std::string>(text_in(TRY(object_in(reply)), "id"));
}

Result<bool> DemoOffice::used_at_till(const std::string& profile, std::string_view since) const {
    const json::object thread = TRY(object_in(
        TRY(ask("GET", "/api/v1/profiles/" + profile + "/thread?purpose=service&limit=20", ""))));
    const std::string_view tills = row_of(DemoDoor::Till).source;
    // Both times are written in the same form, which sorts as they do.
    return any_in(thread, "events", [&](const json::object& event) {
        return text_in(event, "source") == tills && text_in(event, "at") >= since;
    });
}

Result<bool> DemoOffice::was_read(const std::string& profile, const std::string& since) const {
    const json::object audit =
        TRY(object_in(TRY(ask("GET", "/api/v1/audit?profile=" + profile + "&from=" + since, ""))));
    // This office itself never reads a whole profile.
    return any_in(audit, "entries", [](const json::object& entry) {
        return text_in(entry, "route") == kReadsProfile;
    });
}

Result<bool> DemoOffice::is_member(const std::string& profile) const {
    const std::string path =
        "/api/v1/audiences/" + std::string(kTourAudience) + "/why?profile=" + profile;
    const json::object why = TRY(object_in(TRY(ask("GET", path, ""))));
    const json::value* member = why.if_contains("member");
    return member != nullptr && member->is_bool() && member->as_bool();
}

Result<std::string> DemoOffice::tour_state(const DemoTourAsk& asked) const {
    const auto web = TRY(find("anonymous_id", asked.anonymous_id));
    const auto card = TRY(find("loyalty_card", asked.card));
    const bool till_sale = card && TRY(used_at_till(*card, asked.since));
    const bool looked = web && TRY(was_read(*web, asked.read_since));
    const bool member = web && card && *web == *card && TRY(is_member(*web));
    const auto write_id = [](JsonWriter& j, std::string_view name,
                             const std::optional<std::string>& id) {
        j.key(name);
        id ? j.value(*id) : j.null();
    };
    return json_object([&](JsonWriter& j) {
        write_id(j, "web", web);
        write_id(j, "card", card);
        j.field("till_sale", till_sale).field("looked", looked).field("member", member);
    });
}

Result<std::string> DemoOffice::my_data(std::string_view anonymous_id) const {
    const auto profile = TRY(find("anonymous_id", anonymous_id));
    if (!profile)
        return Error{"demo.no_visitor", "Nothing is known of this visitor.",
                     "Allow measurement in the shop first, or nothing was kept."};
    std::string body = json_object([&](JsonWriter& j) { j.field("profile", *profile); });
    const HttpReply reply = TRY(ask("POST", "/api/v1/me/links", std::move(body)));
    return url_ + text_in(TRY(object_in(reply)), "path");
}

}  // namespace filrouge::cli
