#include "engine/correction_record.h"

#include "model/packed.h"

namespace filrouge::engine {

using profile::CorrectionAct;

namespace {

bool is_single(PackedView value) {
    switch (value.kind()) {
        case PackedKind::Bool:
        case PackedKind::Int:
        case PackedKind::Fixed:
        case PackedKind::Number:
        case PackedKind::String: return true;
        default: return false;
    }
}

}  // namespace

void encode_correction_clear(const Correction& told, Bytes& out) {
    ByteWriter w(out);
    w.u64(told.id.high);
    w.u64(told.id.low);
    w.i64(told.at.us);
    w.u8(static_cast<std::uint8_t>(told.act));
    w.u32(told.allowed.bits);
}

bool decode_correction_clear(BytesView clear, Correction& told) {
    ByteReader r(clear);
    told.id.high = r.u64();
    told.id.low = r.u64();
    told.at.us = r.i64();
    const std::uint8_t act = r.u8();
    told.allowed.bits = r.u32();
    if (act < static_cast<std::uint8_t>(CorrectionAct::Correct) ||
        act > static_cast<std::uint8_t>(CorrectionAct::Release))
        return false;
    told.act = static_cast<CorrectionAct>(act);
    return !r.bad();
}

void encode_correction_sealed(const Correction& told, Bytes& out) {
    ByteWriter w(out);
    w.sized(told.trait);
    w.sized(told.value);
    w.sized(told.by);
    w.sized(told.reason);
}

bool decode_correction_sealed(BytesView plain, Correction& told) {
    ByteReader r(plain);
    told.trait = r.sized();
    told.value = r.sized();
    told.by = r.sized();
    told.reason = r.sized();
    if (r.bad() || told.trait.empty() || told.value.size() > kCorrectedValueBytesMax) return false;
    return told.act != CorrectionAct::Correct || is_single(PackedView(told.value));
}

}  // namespace filrouge::engine
