#include "engine/offer_record.h"

namespace filrouge::engine {

void encode_offer_answered_clear(const OfferAnswered& told, Bytes& out) {
    ByteWriter w(out);
    w.u64(told.id.high);
    w.u64(told.id.low);
    w.i64(told.at.us);
    w.varint(told.brand);
    w.u8(told.purpose);
    w.u32(told.offer);
    w.u8(told.earns ? 1 : 0);
}

bool decode_offer_answered_clear(BytesView clear, OfferAnswered& told) {
    ByteReader r(clear);
    told.id.high = r.u64();
    told.id.low = r.u64();
    told.at.us = r.i64();
    told.brand = static_cast<BrandNo>(r.varint());
    told.purpose = r.u8();
    told.offer = r.u32();
    told.earns = r.u8() != 0;
    return !r.bad() && told.purpose < kPurposesMax;
}

void encode_offer_answered_sealed(const OfferAnswered& told, Bytes& out) {
    ByteWriter w(out);
    w.varint(told.answers.size());
    for (const auto& [ask, value] : told.answers) {
        w.u8(ask);
        w.sized(value);
    }
}

bool decode_offer_answered_sealed(BytesView plain, OfferAnswered& told) {
    ByteReader r(plain);
    const std::uint64_t count = r.varint();
    if (count == 0 || count > kAsksMax) return false;
    told.answers.clear();
    for (std::uint64_t i = 0; i < count && !r.bad(); ++i) {
        const std::uint8_t ask = r.u8();
        told.answers.emplace_back(ask, r.sized());
    }
    return !r.bad();
}

void encode_offer_taken_back(const OfferTakenBack& taken, Bytes& out) {
    ByteWriter w(out);
    w.u64(taken.id.high);
    w.u64(taken.id.low);
    w.i64(taken.at.us);
    w.u32(taken.offer);
    w.u8(taken.ask);
    w.u8(taken.benefit ? 1 : 0);
}

bool decode_offer_taken_back(BytesView clear, OfferTakenBack& taken) {
    ByteReader r(clear);
    taken.id.high = r.u64();
    taken.id.low = r.u64();
    taken.at.us = r.i64();
    taken.offer = r.u32();
    taken.ask = r.u8();
    taken.benefit = r.u8() != 0;
    return !r.bad() && taken.ask < kAsksMax;
}

}  // namespace filrouge::engine
