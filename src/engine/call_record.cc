#include "engine/call_record.h"

namespace filrouge::engine {

namespace {

void write_hash(ByteWriter& w, const Hash128& hash) {
    w.u64(hash.high);
    w.u64(hash.low);
}

Hash128 read_hash(ByteReader& r) {
    Hash128 hash;
    hash.high = r.u64();
    hash.low = r.u64();
    return hash;
}

constexpr std::size_t kHeadBytes = 1 + 16;

}  // namespace

void encode_call_kept(const CallKept& call, Bytes& out) {
    ByteWriter w(out);
    w.u8(static_cast<std::uint8_t>(call.step));
    write_hash(w, call.key);
    if (call.step == CallStep::Begun) write_hash(w, call.request);
    if (call.step == CallStep::Answered) w.raw(call.sealed);
}

bool decode_call_kept(BytesView clear, CallKept& call) {
    ByteReader r(clear);
    const std::uint8_t step = r.u8();
    if (step < 1 || step > 3) return false;
    call.step = static_cast<CallStep>(step);
    call.key = read_hash(r);
    call.request = call.step == CallStep::Begun ? read_hash(r) : Hash128{};
    call.sealed = {};
    if (r.bad() || call.key == Hash128{}) return false;
    if (call.step == CallStep::Answered) call.sealed = clear.substr(kHeadBytes);
    return true;
}

}  // namespace filrouge::engine
