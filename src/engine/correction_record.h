// A trait that the person or staff put right, as a record. Spec: docs/formats/records.md.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/time.h"
#include "model/event.h"
#include "profile/corrections.h"

namespace filrouge::engine {

constexpr std::size_t kCorrectedValueBytesMax = 1'024;  // packed

// The record's fragment is the identifier it hangs on, whose key seals everything that is said.
struct Correction {
    EventId id;    // its first 96 bits the nonce of the seal
    EventTime at;  // when it was told
    profile::CorrectionAct act = profile::CorrectionAct::Correct;
    PurposeSet allowed;  // purposes that saw the trait
    std::string trait;
    Bytes value;  // packed: a string, number or boolean; empty but for Correct
    std::string by, reason;
};
void encode_correction_clear(const Correction& told, Bytes& out);
void encode_correction_sealed(const Correction& told, Bytes& out);
// False when malformed.
bool decode_correction_clear(BytesView clear, Correction& told);
bool decode_correction_sealed(BytesView plain, Correction& told);

}  // namespace filrouge::engine
