#include "engine/event_told.h"

#include "engine/event_record.h"
#include "engine/times.h"
#include "model/packed.h"

namespace filrouge::engine {

void write_event(JsonWriter& w, const Library& l, const history::EventRow& row,
                 const EventWords& words) {
    w.open_object().field("sequence", row.sequence);
    if (!words.profile.empty()) w.field("profile", words.profile);
    w.field("at", iso_time(row.at))
        .field("name", words.name)
        .field("channel", name_of(row.channel))
        .field("source", words.source)
        .field("bot", (row.flags & kEventBot) != 0);
    if (const auto why = bot_reason(row.flags); !why.empty()) w.field("bot_reason", why);
    if ((row.flags & kEventSyntheticTime) != 0) w.field("time", "synthetic");
    if ((row.flags & kEventTimeClamped) != 0) w.field("time", "corrected");
    if (row.has_value) w.field("value", row.value.text());
    const auto record = open_record(l, row.sequence);
    Event event;
    if (record.ok() && record.value().opened &&
        decode_event(record.value().clear, record.value().plain, event)) {
        if (!event.place.empty()) w.field("place", event.place);
        if (!event.properties.empty()) w.key("properties").raw(PackedView(event.properties).json());
        if (!event.traits.empty()) w.key("traits").raw(PackedView(event.traits).json());
        w.key("identifiers").open_array();
        for (const Identifier& id : event.identifiers) w.value(row_of(id.type)->name);
        w.close();
    } else {
        w.field("note", "The event's free part can no longer be read.");
    }
    w.close();
}

}  // namespace filrouge::engine
