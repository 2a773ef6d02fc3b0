#include "engine/match_record.h"

namespace filrouge::engine {

void encode_match_decision(const MatchDecision& d, Bytes& out) {
    ByteWriter w(out);
    w.u64(d.id.high);
    w.u64(d.id.low);
    w.u64(d.run.high);
    w.u64(d.run.low);
    w.i64(d.at.us);
    w.varint(d.brand);
    w.u8(d.purpose);
    w.varint(d.pairs.size());
    for (const MatchedPair& pair : d.pairs) {
        w.u32(pair.a.value);
        w.u32(pair.b.value);
        w.u16(pair.probability);
        w.u8(static_cast<std::uint8_t>(pair.verdict));
    }
}

bool decode_match_decision(BytesView clear, MatchDecision& d) {
    ByteReader r(clear);
    d.id.high = r.u64();
    d.id.low = r.u64();
    d.run.high = r.u64();
    d.run.low = r.u64();
    d.at.us = r.i64();
    d.brand = static_cast<BrandNo>(r.varint());
    d.purpose = r.u8();
    const std::uint64_t count = r.varint();
    if (r.bad() || count > kPairsPerRecordMax || d.purpose >= kPurposesMax) return false;
    d.pairs.clear();
    for (std::uint64_t i = 0; i < count; ++i) {
        MatchedPair pair;
        pair.a = FragmentNo{r.u32()};
        pair.b = FragmentNo{r.u32()};
        pair.probability = r.u16();
        const std::uint8_t verdict = r.u8();
        if (pair.a >= pair.b || pair.probability > kProbabilityScale ||
            verdict < static_cast<std::uint8_t>(MatchVerdict::Tied) ||
            verdict > static_cast<std::uint8_t>(MatchVerdict::Different))
            return false;
        pair.verdict = static_cast<MatchVerdict>(verdict);
        d.pairs.push_back(pair);
    }
    return !r.bad();
}

}  // namespace filrouge::engine
