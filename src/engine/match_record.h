// Pairs of persons that matching decided on, as a record. Spec: docs/formats/records.md.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "engine/match_book.h"

namespace filrouge::engine {

constexpr std::size_t kPairsPerRecordMax = 512;

// A run's pairs, or the one that an operator decided on; then who it was stands in the sealed part,
// under the key of the pair's first identifier, which is the record's.
struct MatchDecision {
    EventId id;  // its first 96 bits the nonce of the seal
    MatchRunId run;
    EventTime at;
    BrandNo brand = 0;
    std::uint8_t purpose = 0;  // bit number
    std::vector<MatchedPair> pairs;
};
void encode_match_decision(const MatchDecision& decision, Bytes& out);
// False when malformed.
bool decode_match_decision(BytesView clear, MatchDecision& decision);

}  // namespace filrouge::engine
