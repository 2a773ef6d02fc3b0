#include "engine/sweep_record.h"

namespace filrouge::engine {

void encode_swept(const SweptFacts& facts, Bytes& out) {
    ByteWriter w(out);
    w.i64(facts.at.us);
    w.u8(facts.begins ? 1 : 0);
    for (const std::uint64_t n :
         {facts.persons, facts.left, facts.soon, facts.events, facts.periods})
        w.varint(n);
}

bool decode_swept(BytesView clear, SweptFacts& facts) {
    ByteReader r(clear);
    facts.at.us = r.i64();
    facts.begins = r.u8() != 0;
    for (std::uint64_t* n :
         {&facts.persons, &facts.left, &facts.soon, &facts.events, &facts.periods})
        *n = r.varint();
    return !r.bad();
}

}  // namespace filrouge::engine
