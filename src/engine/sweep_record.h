// RetentionSwept, what one look at retention did: docs/formats/records.md.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/time.h"

namespace filrouge::engine {

struct SweptFacts {
    EventTime at;
    bool begins = false;        // nothing was looked at: time is kept from now on
    std::uint64_t persons = 0;  // erased
    std::uint64_t left = 0;     // due, for the next time
    std::uint64_t soon = 0;     // persons of the days that follow
    std::uint64_t events = 0;   // whose term had passed
    std::uint64_t periods = 0;  // whose keys were forgotten
};
void encode_swept(const SweptFacts& facts, Bytes& out);
bool decode_swept(BytesView clear, SweptFacts& facts);

}  // namespace filrouge::engine
