// StaffNote and StaffTask: what the staff wrote about one person. Spec: docs/formats/records.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/id.h"
#include "base/time.h"
#include "model/event.h"

namespace filrouge::engine {

using StaffItemId = Id<struct StaffItemTag>;

constexpr std::size_t kNoteLettersMax = 2'000;
constexpr std::size_t kTaskLettersMax = 500;
constexpr std::size_t kStaffTextBytesMax = 4 * kNoteLettersMax;  // a letter of UTF-8 has 1 to 4
constexpr std::size_t kStoreBytesMax = 64;
constexpr std::size_t kStaffIdBytesMax = 64;  // of an account or a token

// On disk: never renumber.
constexpr std::uint8_t kStaffRemoved = 1;
constexpr std::uint8_t kStaffArrived = 2;  // what the person asked for is here
constexpr std::uint8_t kStaffDone = 4;
constexpr std::uint8_t kStaffFlags = kStaffRemoved | kStaffArrived | kStaffDone;

// A change tells the whole anew, under the same id and fragment.
struct StaffItem {
    // --- clear part
    EventId seal;    // of this record: its first 96 bits are the nonce
    StaffItemId id;  // of the note or task, through all its changes
    EventTime made, changed;
    std::uint8_t flags = 0;
    std::optional<std::int32_t> due_day;  // of a task: since 1970-01-01
    std::string store;                    // of a task; empty for any
    // --- sealed part, under the key of the record's fragment
    std::string text, author, done_by;  // the last two are ids of accounts or tokens
};

void encode_staff_clear(const StaffItem& item, Bytes& out);
void encode_staff_sealed(const StaffItem& item, Bytes& out);
bool decode_staff_clear(BytesView clear, StaffItem& item);
bool decode_staff_sealed(BytesView plain, StaffItem& item);

}  // namespace filrouge::engine
