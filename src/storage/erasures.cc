#include "storage/erasures.h"

#include <algorithm>
#include <mutex>

#include "storage/key_files.h"

namespace filrouge {
namespace {

constexpr BytesView kMagic = "FRKERAS1";
constexpr std::uint64_t kFileBytesMax = 256ull << 20;

Result<std::vector<Erasure>> decode_file(BytesView bytes, const std::string& path) {
    ByteReader r(TRY(key_files::read_list(bytes, kMagic, path)));
    const std::uint32_t count = r.u32();
    std::vector<Erasure> out;
    for (std::uint32_t i = 0; i < count && !r.bad(); ++i) {
        if (!decode_erasure(r.sized(), out.emplace_back()))
            return key_files::damaged(path, "entry " + std::to_string(i) + " cannot be read");
    }
    if (r.bad() || !r.done()) return key_files::damaged(path, "its length is wrong");
    return out;
}

Bytes encode_file(const std::vector<Erasure>& all, const Erasure& newest) {
    Bytes out = key_files::begin_list(kMagic), one;
    ByteWriter w(out);
    w.u32(static_cast<std::uint32_t>(all.size() + 1));
    const auto add = [&](const Erasure& erasure) {
        one.clear();
        encode_erasure(erasure, one);
        w.sized(one);
    };
    for (const Erasure& each : all) add(each);
    add(newest);
    key_files::end_list(out);
    return out;
}

}  // namespace

std::vector<FragmentNo> Erasure::fragments() const {
    std::vector<FragmentNo> out;
    for (const ErasedIdentifier& each : identifiers) out.push_back(each.fragment);
    return out;
}

void encode_erasure(const Erasure& erasure, Bytes& out) {
    ByteWriter w(out);
    w.u64(erasure.id.high);
    w.u64(erasure.id.low);
    w.i64(erasure.at.us);
    w.varint(erasure.identifiers.size());
    for (const ErasedIdentifier& each : erasure.identifiers) {
        w.u32(each.fragment.value);
        w.u64(each.hash.high);
        w.u32(each.hash.low);
    }
    if (erasure.shared.empty()) return;
    w.varint(erasure.shared.size());
    for (const SharedWithErased& each : erasure.shared) {
        w.u32(each.fragment.value);
        w.varint(each.people);
    }
}

namespace {

bool read_shared(ByteReader& r, std::vector<SharedWithErased>& out) {
    const std::uint64_t count = r.varint();
    if (count > kSharedWithErasedMax) return false;
    for (std::uint64_t i = 0; i < count && !r.bad(); ++i) {
        SharedWithErased each;
        each.fragment = {r.u32()};
        const std::uint64_t people = r.varint();
        if (each.fragment.is_none() || people > kErasedIdentifiersOfOneMax) return false;
        each.people = static_cast<std::uint32_t>(people);
        out.push_back(each);
    }
    return !r.bad();
}

}  // namespace

bool decode_erasure(BytesView bytes, Erasure& erasure) {
    ByteReader r(bytes);
    erasure.id = {r.u64(), r.u64()};
    erasure.at.us = r.i64();
    const std::uint64_t count = r.varint();
    if (count > kErasedIdentifiersOfOneMax) return false;
    erasure.identifiers.clear();
    for (std::uint64_t i = 0; i < count && !r.bad(); ++i) {
        ErasedIdentifier each;
        each.fragment = {r.u32()};
        each.hash.high = r.u64();
        each.hash.low = r.u32();
        if (each.fragment.is_none()) return false;
        erasure.identifiers.push_back(each);
    }
    erasure.shared.clear();
    if (!r.bad() && !r.done() && !read_shared(r, erasure.shared)) return false;
    return !r.bad() && r.done();
}

Result<std::unique_ptr<Erasures>> Erasures::open(Disk& disk, const std::string& folder) {
    std::unique_ptr<Erasures> out(new Erasures(disk, folder + "/erasures.frk"));
    if (!disk.exists(out->path_)) return out;
    const Bytes bytes = TRY(read_whole(disk, out->path_, kFileBytesMax));
    for (const Erasure& each : TRY(decode_file(bytes, out->path_))) out->take(each);
    return out;
}

void Erasures::take(const Erasure& erasure) {
    for (const ErasedIdentifier& each : erasure.identifiers) {
        fragments_.insert(each.fragment);
        EventTime& at = times_.try_emplace(each.hash, erasure.at).first->second;
        at = std::max(at, erasure.at);
    }
    for (const SharedWithErased& each : erasure.shared) shared_[each.fragment] += each.people;
    identifiers_ += erasure.identifiers.size();
    all_.push_back(erasure);
    count_.store(all_.size(), std::memory_order_release);
}

Result<void> Erasures::add(const Erasure& erasure) {
    const std::lock_guard lock(mutex_);
    const std::size_t after = identifiers_ + erasure.identifiers.size();
    if (after > kErasedIdentifiersMax || erasure.identifiers.size() > kErasedIdentifiersOfOneMax)
        return Error{"erasure.too_many",
                     "The erasure would be of " + std::to_string(after) +
                         " erased identifiers in all; the limit is " +
                         std::to_string(kErasedIdentifiersMax) + ", and " +
                         std::to_string(kErasedIdentifiersOfOneMax) + " of one person.",
                     "Tell the maintainers: the limit wants to be raised."};
    TRY(replace_whole(disk_, path_, encode_file(all_, erasure)));
    take(erasure);
    return {};
}

bool Erasures::has(FragmentNo fragment) const {
    if (empty()) return false;
    const std::shared_lock lock(mutex_);
    return fragments_.contains(fragment);
}

std::uint32_t Erasures::people_erased(FragmentNo shared) const {
    if (empty()) return 0;
    const std::shared_lock lock(mutex_);
    const auto at = shared_.find(shared);
    return at == shared_.end() ? 0 : at->second;
}

bool Erasures::has(const ErasureId& id) const {
    const std::shared_lock lock(mutex_);
    return std::any_of(all_.begin(), all_.end(), [&](const Erasure& e) { return e.id == id; });
}

std::optional<EventTime> Erasures::erased_at(const IdentifierHash& identifier) const {
    if (empty()) return std::nullopt;
    const std::shared_lock lock(mutex_);
    const auto at = times_.find(identifier);
    if (at == times_.end()) return std::nullopt;
    return at->second;
}

std::vector<Erasure> Erasures::all() const {
    const std::shared_lock lock(mutex_);
    return all_;
}

}  // namespace filrouge
