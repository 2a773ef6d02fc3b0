#include "cli/demo_event.h"

#include "http/iso_time.h"

namespace filrouge::cli {
namespace {

constexpr std::size_t kTooLongBytes = 40'000;

void write_context(JsonWriter& json, const DemoEvent& event) {
    const DemoDoorRow& row = row_of(event.door);
    std::string context = "{\"library\":{\"name\":\"";
    context.append(row.library).append("\",\"version\":\"1.0.0\"}");
    if (!event.context.empty()) context.append(",").append(event.context);
    json.key("context").raw(context + "}");
}

// What a faulty client would have written.
void spoil(std::string& object, DemoOddity oddity) {
    object.pop_back();
    if (oddity == DemoOddity::RepeatedKey) object += R"(,"messageId":"again")";
    if (oddity == DemoOddity::TooLargeNumber) object += R"(,"score":1e999)";
    if (oddity == DemoOddity::TooLong) {
        object += R"(,"description":")" + std::string(kTooLongBytes, 'x') + "\"";
    }
    object += "}";
}

}  // namespace

void append_event(std::string& out, const DemoEvent& event, const DemoTime& time) {
    const bool named = event.oddity != DemoOddity::NoName && !event.name.empty();
    std::string object;
    JsonWriter json(object);
    json.open_object();
    const bool unknown = event.oddity == DemoOddity::UnknownType;
    json.field("type", unknown ? "tracking" : event.type.c_str());
    json.field("messageId", event.message_id);
    json.field("timestamp", http::iso_time(time.of(event.at)));
    if (!event.user_id.empty()) json.field("userId", event.user_id);
    if (!event.anonymous_id.empty()) json.field("anonymousId", event.anonymous_id);
    if (named) json.field(event.type == "track" ? "event" : "name", event.name);
    if (!event.properties.empty()) {
        json.key(event.type == "identify" ? "traits" : "properties").raw(event.properties);
    }
    write_context(json, event);
    json.close();
    if (is_bad(event.oddity)) spoil(object, event.oddity);
    out += object;
}

}  // namespace filrouge::cli
