#include "storage/expiries.h"

#include <algorithm>
#include <bit>

#include "storage/key_files.h"

namespace filrouge {
namespace {

constexpr BytesView kMagic = "FRKEXPI1";
constexpr std::uint64_t kFileBytesMax = 16ull << 20;

Result<Expiry> decode_file(BytesView bytes, const std::string& path) {
    Expiry out;
    if (!decode_expiry(TRY(key_files::read_list(bytes, kMagic, path)), out))
        return key_files::damaged(path, "what it covers cannot be read");
    return out;
}

Bytes encode_file(const Expiry& expiry) {
    Bytes out = key_files::begin_list(kMagic);
    encode_expiry(expiry, out);
    key_files::end_list(out);
    return out;
}

}  // namespace

bool Expiry::covers(std::string_view name, PurposeSet allowed, EventTime when) const {
    const std::int64_t day = day_of(when);
    const auto named = names.find(name);
    if (named != names.end() && day < named->second) return true;
    for (std::uint32_t bits = allowed.bits; bits != 0; bits &= bits - 1) {
        const auto kept = purposes.find(static_cast<std::uint8_t>(std::countr_zero(bits)));
        if (kept == purposes.end() || day >= kept->second) return false;
    }
    return !allowed.empty();
}

void encode_expiry(const Expiry& expiry, Bytes& out) {
    ByteWriter w(out);
    w.u64(expiry.id.high);
    w.u64(expiry.id.low);
    w.i64(expiry.at.us);
    w.varint(expiry.names.size());
    for (const auto& [name, day] : expiry.names) {
        w.sized(name);
        w.varint_signed(day);
    }
    w.varint(expiry.purposes.size());
    for (const auto& [purpose, day] : expiry.purposes) {
        w.u8(purpose);
        w.varint_signed(day);
    }
    w.varint(expiry.periods.size());
    for (const FragmentNo period : expiry.periods) w.u32(period.value);
    w.u8(expiry.carried_out ? 1 : 0);
}

bool decode_expiry(BytesView bytes, Expiry& expiry) {
    ByteReader r(bytes);
    expiry = {};
    expiry.id = {r.u64(), r.u64()};
    expiry.at.us = r.i64();
    const std::uint64_t names = r.varint();
    if (names > kExpiryNamesMax) return false;
    for (std::uint64_t i = 0; i < names && !r.bad(); ++i) {
        std::string name(r.sized());
        expiry.names[std::move(name)] = r.varint_signed();
    }
    const std::uint64_t purposes = r.varint();
    if (purposes > kPurposesMax) return false;
    for (std::uint64_t i = 0; i < purposes && !r.bad(); ++i) {
        const std::uint8_t purpose = r.u8();
        if (purpose >= kPurposesMax) return false;
        expiry.purposes[purpose] = r.varint_signed();
    }
    const std::uint64_t periods = r.varint();
    if (periods > kPeriodsOfOneMax) return false;
    for (std::uint64_t i = 0; i < periods && !r.bad(); ++i)
        expiry.periods.push_back(FragmentNo{r.u32()});
    expiry.carried_out = r.u8() != 0;
    return !r.bad() && r.done();
}

Result<std::unique_ptr<Expiries>> Expiries::open(Disk& disk, const std::string& folder) {
    std::unique_ptr<Expiries> out(new Expiries(disk, folder + "/expiries.frk"));
    if (!disk.exists(out->path_)) return out;
    const Bytes bytes = TRY(read_whole(disk, out->path_, kFileBytesMax));
    out->held_.push_back(std::make_unique<const Expiry>(TRY(decode_file(bytes, out->path_))));
    out->newest_ = out->held_.back().get();
    return out;
}

Result<void> Expiries::add(Expiry expiry) {
    const std::lock_guard lock(mutex_);
    const auto keep_later = [](auto& mine, const auto& theirs) {
        for (const auto& [what, day] : theirs) {
            const auto [at, fresh] = mine.try_emplace(what, day);
            if (!fresh) at->second = std::max(at->second, day);
        }
    };
    if (const Expiry* before = newest()) {
        keep_later(expiry.names, before->names);
        keep_later(expiry.purposes, before->purposes);
    }
    if (expiry.names.size() > kExpiryNamesMax || expiry.periods.size() > kPeriodsOfOneMax)
        return Error{"retention.too_many_names",
                     "The terms of events would be of " + std::to_string(expiry.names.size()) +
                         " names; the limit is " + std::to_string(kExpiryNamesMax) +
                         " that ever had one.",
                     "Give the events a purpose of their own, and that purpose a term."};
    return replace(std::move(expiry));
}

Result<void> Expiries::carried_out() {
    const std::lock_guard lock(mutex_);
    const Expiry* told = newest();
    if (told == nullptr || told->carried_out) return {};
    Expiry done = *told;
    done.carried_out = true;
    return replace(std::move(done));
}

Result<void> Expiries::replace(Expiry expiry) {
    TRY(replace_whole(disk_, path_, encode_file(expiry)));
    held_.push_back(std::make_unique<const Expiry>(std::move(expiry)));
    newest_.store(held_.back().get(), std::memory_order_release);
    return {};
}

}  // namespace filrouge
