// Why an event cannot be taken as it came. Codes are stable: they stand in quarantine records,
// in reports and in docs/tracking.md. Messages name the limit, never what the event said.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "model/event.h"
#include "model/packed.h"

namespace filrouge::collect {

constexpr std::size_t kEventNameBytesMax = 200;
constexpr std::size_t kMessageIdBytesMax = 256;
constexpr std::size_t kTopPropertiesMax = 256;  // of properties and of traits, each
constexpr std::size_t kConsentsPerEventMax = 64;
constexpr std::size_t kOrderLinesMax = 1'000;  // past it a value is not computed from lines
constexpr std::size_t kPlaceBytesMax = 64;
constexpr std::size_t kProductBytesMax = 64;

enum class Fit : std::uint8_t {
    Ok = 0,
    NotAnObject,
    DuplicateKey,
    TooDeep,
    NumberOutOfRange,
    EventTooLarge,
    UnknownType,
    NoIdentity,
    NoEventName,
    EventNameTooLong,
    MessageIdTooLong,
    IdentifierTooLong,
    TooManyIdentifiers,
    WrongType,
    TooManyProperties,
    TooManyConsents,
    BadBinding,
    BadTime,
    BadCurrency,
    TooLate,
};

struct FitRow {
    Fit fit;
    std::string_view code;
    std::string_view message;
};
static_assert(kEventBytesMax == 32768 && kPackedDepthMax == 64 && kIdentifierBytesMax == 256 &&
                  kIdentifiersPerEventMax == 16 && kTopPropertiesMax == 256,
              "the messages below name these limits");
constexpr std::array kFitRows = {
    FitRow{Fit::Ok, "", ""},
    FitRow{Fit::NotAnObject, "collect.not_an_object", "An event must be a JSON object."},
    FitRow{Fit::DuplicateKey, "collect.duplicate_key",
           "An object of the event has the same key twice; the limit is once."},
    FitRow{Fit::TooDeep, "collect.too_deep",
           "The event nests deeper than the limit of 64 objects and arrays."},
    FitRow{Fit::NumberOutOfRange, "collect.number_out_of_range",
           "A number of the event is beyond the limit of 1.8e308."},
    FitRow{Fit::EventTooLarge, "collect.event_too_large",
           "The event is larger than the limit of 32768 bytes."},
    FitRow{Fit::UnknownType, "collect.unknown_type",
           "The type is none of track, identify, page, screen, group and alias."},
    FitRow{Fit::NoIdentity, "collect.no_identity",
           "The event names neither a user, an anonymous id nor any other identifier that counts."},
    FitRow{Fit::NoEventName, "collect.no_event_name", "A track event needs the name of the event."},
    FitRow{Fit::EventNameTooLong, "collect.event_name_too_long",
           "The name of the event is longer than the limit of 200 bytes."},
    FitRow{Fit::MessageIdTooLong, "collect.message_id_too_long",
           "The messageId is longer than the limit of 256 bytes."},
    FitRow{Fit::IdentifierTooLong, "collect.identifier_too_long",
           "An identifier is longer than the limit of 256 bytes."},
    FitRow{Fit::TooManyIdentifiers, "collect.too_many_identifiers",
           "The event has more identifiers than the limit of 16."},
    FitRow{Fit::WrongType, "collect.wrong_type",
           "A member of the protocol has the wrong JSON type: ids and names are text, properties, "
           "traits and context are objects."},
    FitRow{Fit::TooManyProperties, "collect.too_many_properties",
           "The properties or traits have more members than the limit of 256."},
    FitRow{Fit::TooManyConsents, "collect.too_many_consents",
           "The event states more consents than the limit of 64."},
    FitRow{Fit::BadBinding, "collect.bad_binding",
           "A binding needs properties.thing_type, one of the shared things, properties.thing_id, "
           "and a person where it begins."},
    FitRow{Fit::BadTime, "collect.bad_time",
           "The time cannot be read, and the source is strict: send ISO 8601."},
    FitRow{Fit::BadCurrency, "collect.bad_currency",
           "The currency is no ISO 4217 code, and the source is strict."},
    FitRow{Fit::TooLate, "collect.too_late",
           "The event is older than the source's limit; import it if it must count."},
};
constexpr const FitRow& row_of(Fit fit) { return kFitRows[static_cast<std::size_t>(fit)]; }

}  // namespace filrouge::collect
