// What the tests of this folder share: a request received on a fixed day, and short ways to one
// event or to the reason why it did not fit.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "collect/moment.h"
#include "collect/parser.h"
#include "model/packed.h"

namespace filrouge::collect {

inline const EventTime kReceived = *parse_time("2026-11-22T06:00:35Z");

struct Door {
    Door() {
        request.received = IngestTime{kReceived.us};
        rules.calling_code = "33";
        rules.currency = *Currency::parse("EUR");
    }
    Result<Parsed> parse(Route route, std::string_view body) {
        return parser.parse_tracking(route, body, request, rules);
    }
    Item item(Route route, std::string_view body) {
        auto parsed = parse(route, body);
        if (!parsed.ok()) {
            ADD_FAILURE() << parsed.error().code << " for " << body.substr(0, 200);
            return Unfit{};
        }
        EXPECT_EQ(parsed.value().items.size(), 1u);
        return std::move(parsed.value().items.at(0));
    }
    Incoming event(Route route, std::string_view body) {
        Item one = item(route, body);
        if (auto* incoming = std::get_if<Incoming>(&one)) return std::move(*incoming);
        ADD_FAILURE() << std::get<Unfit>(one).code << " for " << body.substr(0, 200);
        return {};
    }
    Incoming track(std::string_view body) { return event(Route::Track, body); }
    std::string unfit(Route route, std::string_view body) {  // the code, or "" when it fits
        const Item one = item(route, body);
        const auto* unfit = std::get_if<Unfit>(&one);
        return unfit != nullptr ? unfit->code : "";
    }
    std::string error(Route route, std::string_view body) {
        const auto parsed = parse(route, body);
        return parsed.ok() ? "" : parsed.error().code;
    }

    Parser parser;
    RequestContext request;
    Rules rules;
};

inline std::string identifiers(const Incoming& incoming) {
    std::string out;
    for (const Identifier& id : incoming.event.identifiers) {
        if (!out.empty()) out += " ";
        out += std::string(row_of(id.type)->name) + "=" + id.value;
    }
    return out;
}
inline std::string properties(const Incoming& in) { return PackedView(in.event.properties).json(); }
inline std::string traits(const Incoming& in) { return PackedView(in.event.traits).json(); }
inline std::string context(const Incoming& in) { return PackedView(in.event.context).json(); }

}  // namespace filrouge::collect
