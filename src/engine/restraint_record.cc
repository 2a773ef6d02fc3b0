#include "engine/restraint_record.h"

namespace filrouge::engine {

using consent::Restraint;

void encode_restraint_clear(const RestraintTold& told, Bytes& out) {
    ByteWriter w(out);
    w.u64(told.id.high);
    w.u64(told.id.low);
    w.i64(told.at.us);
    w.u8(static_cast<std::uint8_t>(told.what));
    w.u8(told.lifted ? 1 : 0);
    w.varint(told.fragments.size());
    for (const FragmentNo fragment : told.fragments) w.u32(fragment.value);
}

bool decode_restraint_clear(BytesView clear, RestraintTold& told) {
    ByteReader r(clear);
    told.id.high = r.u64();
    told.id.low = r.u64();
    told.at.us = r.i64();
    const std::uint8_t what = r.u8();
    told.lifted = r.u8() != 0;
    const std::uint64_t count = r.varint();
    if (what < static_cast<std::uint8_t>(Restraint::Restricted) ||
        what > static_cast<std::uint8_t>(Restraint::Unprofiled) || count > kRestrainedAtOnceMax)
        return false;
    told.what = static_cast<Restraint>(what);
    told.fragments.clear();
    for (std::uint64_t i = 0; i < count; ++i) told.fragments.push_back(FragmentNo{r.u32()});
    return !r.bad();
}

void encode_restraint_sealed(const RestraintTold& told, Bytes& out) {
    ByteWriter w(out);
    w.sized(told.by);
    w.sized(told.reason);
}

bool decode_restraint_sealed(BytesView plain, RestraintTold& told) {
    ByteReader r(plain);
    told.by = r.sized();
    told.reason = r.sized();
    return !r.bad();
}

}  // namespace filrouge::engine
