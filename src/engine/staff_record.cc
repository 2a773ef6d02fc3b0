#include "engine/staff_record.h"

namespace filrouge::engine {

void encode_staff_clear(const StaffItem& item, Bytes& out) {
    ByteWriter w(out);
    w.u64(item.seal.high);
    w.u64(item.seal.low);
    w.u64(item.id.high);
    w.u64(item.id.low);
    w.i64(item.made.us);
    w.i64(item.changed.us);
    w.u8(item.flags);
    w.u8(item.due_day ? 1 : 0);
    if (item.due_day) w.varint_signed(*item.due_day);
    w.sized(item.store);
}

bool decode_staff_clear(BytesView clear, StaffItem& item) {
    ByteReader r(clear);
    item.seal.high = r.u64();
    item.seal.low = r.u64();
    item.id.high = r.u64();
    item.id.low = r.u64();
    item.made.us = r.i64();
    item.changed.us = r.i64();
    item.flags = r.u8();
    item.due_day.reset();
    bool good = true;
    if (r.u8() != 0) {
        const std::int64_t day = r.varint_signed();
        good = day >= INT32_MIN && day <= INT32_MAX;
        item.due_day = static_cast<std::int32_t>(day);
    }
    item.store = r.sized();
    return good && !r.bad() && (item.flags & ~kStaffFlags) == 0 &&
           item.store.size() <= kStoreBytesMax;
}

void encode_staff_sealed(const StaffItem& item, Bytes& out) {
    ByteWriter w(out);
    w.sized(item.text);
    w.sized(item.author);
    w.sized(item.done_by);
}

bool decode_staff_sealed(BytesView plain, StaffItem& item) {
    ByteReader r(plain);
    item.text = r.sized();
    item.author = r.sized();
    item.done_by = r.sized();
    return !r.bad() && item.text.size() <= kStaffTextBytesMax &&
           item.author.size() <= kStaffIdBytesMax && item.done_by.size() <= kStaffIdBytesMax;
}

}  // namespace filrouge::engine
