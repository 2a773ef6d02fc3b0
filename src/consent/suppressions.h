// Addresses nobody is to be reached at, whatever was agreed: bounced, complained of, stopped by a
// word, on a do-not-contact list. An address stands here as a keyed hash alone, so that it can stay
// when everything else about its owner is erased. Part of the fold's state.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "consent/contact_channel.h"
#include "model/identifier.h"
#include "storage/keys.h"
#include "storage/table.h"

namespace filrouge::consent {

// 128 bits of HMAC-SHA-256 over the identifier's type and its normalised value.
struct AddressHash {
    std::uint64_t high = 0, low = 0;
    bool operator==(const AddressHash&) const = default;
};
AddressHash address_hash(const DataKey& key, IdentifierType type, std::string_view value);

constexpr std::size_t kSuppressedAtOnceMax = 5'000;
constexpr std::size_t kListNameBytesMax = 64;

// The clear part of a Suppressed record; nothing is sealed. Spec: docs/formats/records.md.
struct Suppression {
    std::string list;  // why: "stop", "bounce", "do-not-call"
    ContactChannel channel = ContactChannel::All;
    bool lifted = false;  // may be reached again
    std::vector<AddressHash> addresses;
    bool operator==(const Suppression&) const = default;
};
void encode_suppression(const Suppression& suppression, Bytes& clear);
bool decode_suppression(BytesView clear, Suppression& suppression);

class Suppressions {
  public:
    // Takes `first_id` and those of a HashIndex from `index_id`.
    Suppressions(TableSpace& space, std::uint16_t first_id, std::uint16_t index_id);
    void apply(const Suppression& told);
    bool holds(const AddressHash& address, ContactChannel channel) const;  // it, or all channels
    std::uint64_t count(ContactChannel channel) const;
    bool empty() const { return rows_.size() == 0; }

  private:
    struct Row {
        std::uint64_t high, low;
        std::uint32_t channels;  // a bit each
        std::uint32_t next;      // row + 1, of the same key of the index
    };
    std::uint32_t find(const AddressHash& address) const;  // row + 1; 0 for none
    Table<Row> rows_;
    HashIndex index_;
};

}  // namespace filrouge::consent
