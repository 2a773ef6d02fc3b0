// Everything a rule may look at: one person, at one instant, for one purpose. Built by the engine
// with what gate 2 lets through; a rule sees nothing else, so it cannot forget to ask.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "audience/rates.h"
#include "history/scan.h"
#include "model/purpose.h"

namespace filrouge::audience {

using AudienceNo = Num<struct AudienceTag>;

// Offset from UTC of the profile's zone, with its changes; implemented over the time-zone tables by
// the engine, by fixed offsets in tests. Calendar windows ask it, nothing else does.
struct Zone {
    virtual ~Zone() = default;
    virtual std::int64_t local_from_utc_us(std::int64_t utc_us) const = 0;
    virtual std::int64_t utc_from_local_us(
        std::int64_t local_us) const = 0;  // gaps: next valid instant
};

struct PersonView {
    EventTime now;
    std::span<const history::EventRow> events;  // by (at, sequence); none later than now
    std::span<const history::TraitRow> traits;  // by key; several of one: an array's
    PurposeSet granted;                         // purposes the person allows now
    PurposeSet refused;                         // asked and said no
    std::uint64_t split_hash = 0;               // of the profile id: the same for ever
    const Zone* zone = nullptr;
    const Rates* rates = nullptr;  // none: no amount is converted
    // Other audiences, by their current membership.
    const std::function<bool(AudienceNo)>* member_of = nullptr;
};

}  // namespace filrouge::audience
