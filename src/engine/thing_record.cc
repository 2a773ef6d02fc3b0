#include "engine/thing_record.h"

namespace filrouge::engine {

void encode_thing_passed_on(const ThingPassedOn& told, Bytes& out) {
    ByteWriter w(out);
    w.u32(told.thing.value);
    w.u8(static_cast<std::uint8_t>(told.type));
    w.i64(told.at.us);
    w.u8(told.before);
    w.u64(told.sequence);
}

bool decode_thing_passed_on(BytesView clear, ThingPassedOn& told) {
    ByteReader r(clear);
    told.thing = FragmentNo{r.u32()};
    told.type = static_cast<IdentifierType>(r.u8());
    told.at.us = r.i64();
    told.before = r.u8();
    told.sequence = r.u64();
    return !r.bad() && r.done() && !told.thing.is_none() && row_of(told.type) != nullptr &&
           is_shared_thing(told.type);
}

}  // namespace filrouge::engine
