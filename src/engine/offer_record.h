// The bytes of OfferAnswered and OfferTakenBack. Spec: docs/formats/records.md.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "engine/offer.h"
#include "model/event.h"

namespace filrouge::engine {

// What a person told of an offer's lines, at once. Clear: all but the answers; sealed, under the
// key of the record's fragment: each line by its place in the offer, and the packed value.
struct OfferAnswered {
    EventId id;  // its first 96 bits are the nonce of the seal
    EventTime at;
    BrandNo brand = 0;
    std::uint8_t purpose = 0;  // bit number
    std::uint32_t offer = 0;   // number of its document
    bool earns = false;        // with it the benefit is given, under the id of this record
    std::vector<std::pair<std::uint8_t, Bytes>> answers;
};
void encode_offer_answered_clear(const OfferAnswered& told, Bytes& out);
void encode_offer_answered_sealed(const OfferAnswered& told, Bytes& out);
bool decode_offer_answered_clear(BytesView clear, OfferAnswered& told);
bool decode_offer_answered_sealed(BytesView plain, OfferAnswered& told);

// One line taken back, of the identifier that the record names. Nothing is sealed.
struct OfferTakenBack {
    EventId id;
    EventTime at;
    std::uint32_t offer = 0;
    std::uint8_t ask = 0;  // its place in the offer
    bool benefit = false;  // and the benefit with it
};
void encode_offer_taken_back(const OfferTakenBack& taken, Bytes& out);
bool decode_offer_taken_back(BytesView clear, OfferTakenBack& taken);

}  // namespace filrouge::engine
