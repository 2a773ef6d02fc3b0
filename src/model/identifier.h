// What a person or a shared thing is known by. On disk since format 1: never renumber.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"

namespace filrouge {

// One identifier is one fragment: what is learnt under it. Dense, given at the door, never reused.
using FragmentNo = Num<struct FragmentTag>;
// A person is named by the lowest fragment number that evidence ties to it.
using PersonNo = Num<struct PersonTag>;
// The name of a person outside the process.
using ProfileId = Id<struct ProfileTag>;
using EventId = Id<struct EventTag>;

enum class IdentifierType : std::uint8_t {
    None = 0,
    UserId = 1,
    LoyaltyCard = 2,
    Email = 3,
    Phone = 4,
    Badge = 5,
    DeviceId = 6,
    AdvertisingId = 7,
    AnonymousId = 8,
    ExternalId = 9,  // any other system's id, written "system:value"
    Household = 10,  // customers of a file that only knows the household: belongs to one "person"
    // Things that several people share. They never make a lasting edge (design: section 4).
    Kiosk = 32,
    Till = 33,
    StaffTablet = 34,
    HouseholdTv = 35,
    Trolley = 36,
    LentBadge = 37,
    Session = 38,  // a visit that names nobody; keeps anonymous files apart
    // Not a person at all: holds the key of what the process itself seals (settings, quarantine).
    System = 63,
};

struct IdentifierTypeRow {
    IdentifierType type;
    std::string_view name;
    std::uint8_t priority;         // 1 is the strongest evidence
    std::uint16_t per_person_max;  // default limit, a setting can change it
    bool shared_thing;
};
constexpr std::array kIdentifierTypes = {
    IdentifierTypeRow{IdentifierType::UserId, "user_id", 1, 1, false},
    IdentifierTypeRow{IdentifierType::LoyaltyCard, "loyalty_card", 2, 3, false},
    IdentifierTypeRow{IdentifierType::Email, "email", 3, 5, false},
    IdentifierTypeRow{IdentifierType::Phone, "phone", 4, 5, false},
    IdentifierTypeRow{IdentifierType::Badge, "badge", 5, 5, false},
    IdentifierTypeRow{IdentifierType::ExternalId, "external_id", 6, 20, false},
    IdentifierTypeRow{IdentifierType::Household, "household", 6, 1, false},
    IdentifierTypeRow{IdentifierType::DeviceId, "device_id", 7, 20, false},
    IdentifierTypeRow{IdentifierType::AdvertisingId, "advertising_id", 8, 20, false},
    IdentifierTypeRow{IdentifierType::AnonymousId, "anonymous_id", 9, 50, false},
    IdentifierTypeRow{IdentifierType::Kiosk, "kiosk", 20, 0, true},
    IdentifierTypeRow{IdentifierType::Till, "till", 20, 0, true},
    IdentifierTypeRow{IdentifierType::StaffTablet, "staff_tablet", 20, 0, true},
    IdentifierTypeRow{IdentifierType::HouseholdTv, "household_tv", 20, 0, true},
    IdentifierTypeRow{IdentifierType::Trolley, "trolley", 20, 0, true},
    IdentifierTypeRow{IdentifierType::LentBadge, "lent_badge", 20, 0, true},
    IdentifierTypeRow{IdentifierType::Session, "session", 20, 0, true},
};
constexpr const IdentifierTypeRow* row_of(IdentifierType type) {
    for (const auto& row : kIdentifierTypes) {
        if (row.type == type) return &row;
    }
    return nullptr;
}
// Of several people, or of none: a type this version does not know cannot be held for a person's.
constexpr bool is_shared_thing(IdentifierType type) {
    const IdentifierTypeRow* row = row_of(type);
    return row == nullptr || row->shared_thing;
}
constexpr std::optional<IdentifierType> identifier_type_named(std::string_view name) {
    for (const auto& row : kIdentifierTypes) {
        if (row.name == name) return row.type;
    }
    return std::nullopt;
}

struct Identifier {
    IdentifierType type = IdentifierType::None;
    std::string value;    // normalised (identity rules are in collect/normalise.h)
    FragmentNo fragment;  // none until the door has looked it up
    // The fragment this identifier has, or would have, in the first brand; none in its own events.
    FragmentNo in_first_brand = {};
};

constexpr std::size_t kIdentifierBytesMax = 256;
constexpr std::size_t kIdentifiersPerEventMax = 16;

}  // namespace filrouge
