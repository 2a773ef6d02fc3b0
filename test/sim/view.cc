#include "sim/view.h"

#include <boost/json.hpp>
#include <limits>

#include "sim/calendar.h"

namespace filrouge::sim {

namespace json = boost::json;

std::string user_of(std::uint32_t person) { return "user-" + std::to_string(person); }
std::string device_name(std::uint32_t person) { return "app-" + std::to_string(person); }

static std::string names_of(const SentEvent& event) {
    std::string out;
    if (event.named != Named::ByDevice)
        out.append(R"("userId":")").append(user_of(event.person)).append("\",");
    if (event.named != Named::ByAccount)
        out.append(R"("anonymousId":")").append(device_name(event.person)).append("\",");
    return out;
}

std::string text_of(const SentEvent& event) {
    const std::string n = std::to_string(event.number);
    const std::string told =
        event.told_us ? R"("timestamp":)" + std::to_string(*event.told_us) + "," : "";
    return R"({"type":"track","messageId":"m)" + n + "\"," + names_of(event) + told +
           R"("event":")" + (event.order ? "Order Completed" : "Product Viewed") +
           R"(","properties":{"n":)" + n + "}}";
}

json::value View::ask(std::string_view target) {
    const auto answer = world_.send("GET", target, "", world_.operator_token());
    if (!answer || answer->status != 200) return nullptr;
    json::error_code error;
    return json::parse(answer->body, error);
}

std::int64_t View::now() {
    const json::value stats = ask("/api/v1/stats");
    return stats.is_object() ? time_of(stats.at("now").as_string()) : 0;
}

std::optional<HttpResponse> View::find(ThreadKey key) {
    const std::string target =
        "/api/v1/profiles/find?" +
        (is_device(key) ? "type=anonymous_id&value=" + device_name(key - device_of(0))
                        : "type=user_id&value=" + user_of(key));
    return world_.send("GET", target, "", world_.operator_token());
}

std::string View::id_of(const HttpResponse& found) {
    return std::string(json::parse(found.body).at("id").as_string());
}

std::optional<std::string> View::profile_of(ThreadKey key) {
    const auto found = find(key);
    return found && found->status == 200 ? std::optional(id_of(*found)) : std::nullopt;
}

// The newest event first.
void View::read_thread(ThreadKey key, bool of_views, Shown& shown) {
    const std::string purpose = of_views ? "measurement" : "service";
    const json::value thread =
        ask("/api/v1/profiles/" + profiles_[key] + "/thread?limit=200&purpose=" + purpose);
    if (!thread.is_object()) {
        faults_.push_back("the thread " + std::to_string(key) + " is not shown");
        return;
    }
    if (of_views) shown.views_readable = thread.at("may_use").as_bool();
    std::int64_t before = std::numeric_limits<std::int64_t>::max();
    for (const json::value& event : thread.at("events").as_array()) {
        const std::int64_t at = time_of(event.at("at").as_string());
        if (at > before)
            faults_.push_back("the thread " + std::to_string(key) + " is not in order of time");
        before = at;
        if (event.at("name").as_string() != (of_views ? "Product Viewed" : "Order Completed"))
            continue;
        // Without its key it is closed: its person is being erased meanwhile, or it is lost.
        const json::value* properties = event.as_object().if_contains("properties");
        if (properties == nullptr) continue;
        const json::value& number = properties->at("n");
        (of_views ? shown.views : shown.orders)[number.to_number<std::uint32_t>()].push_back(at);
        if (!sequences_.insert(event.at("sequence").to_number<std::int64_t>()).second)
            faults_.push_back("two events have one number");
    }
}

Shown View::show(ThreadKey key) {
    Shown shown;
    const auto id = profile_of(key);
    if (!id) return shown;
    shown.known = true;
    profiles_[key] = *id;
    read_thread(key, false, shown);
    read_thread(key, true, shown);
    return shown;
}

Model::Threads View::show_all(std::uint32_t persons) {
    Model::Threads threads;
    sequences_.clear();
    profiles_.clear();
    for (std::uint32_t person = 0; person < persons; ++person) {
        const Shown account = threads[person] = show(person);
        const auto device = profile_of(device_of(person));
        const bool joined = account.known && device && profiles_[person] == *device;
        if (joined)
            profiles_[device_of(person)] = *device;
        else
            threads[device_of(person)] = show(device_of(person));
    }
    return threads;
}

std::optional<std::set<std::string>> View::members(const std::string& audience) {
    while (!world_.over()) {
        const json::value known = ask("/api/v1/audiences/" + audience);
        if (!known.is_object()) return std::nullopt;
        if (known.at("complete").as_bool()) break;
        scheduler_.sleep(milliseconds(20));
    }
    const json::value listed = ask("/api/v1/audiences/" + audience + "/members");
    if (!listed.is_object()) return std::nullopt;
    std::set<std::string> ids;
    for (const json::value& id : listed.at("members").as_array()) ids.emplace(id.as_string());
    return ids;
}

}  // namespace filrouge::sim
