// A person's data restricted, or not to be profiled, and that lifted: as a record. Spec:
// docs/formats/records.md.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "consent/restraints.h"
#include "model/event.h"

namespace filrouge::engine {

constexpr std::size_t kRestrainedAtOnceMax = 8'192;  // identifiers of one person
constexpr std::size_t kReasonBytesMax = 1'000;

// Of every identifier the person has when it is told. The record's fragment is the person's first,
// whose key seals who told it and why; the fold reads the clear part alone.
struct RestraintTold {
    EventId id;    // its first 96 bits the nonce of the seal
    EventTime at;  // when it was told
    consent::Restraint what = consent::Restraint::Restricted;
    bool lifted = false;
    std::vector<FragmentNo> fragments;
    std::string by, reason;
};
void encode_restraint_clear(const RestraintTold& told, Bytes& out);
void encode_restraint_sealed(const RestraintTold& told, Bytes& out);
// False when malformed.
bool decode_restraint_clear(BytesView clear, RestraintTold& told);
bool decode_restraint_sealed(BytesView plain, RestraintTold& told);

}  // namespace filrouge::engine
