#include "consent/suppressions.h"

#include <cstring>

#include "storage/sha256.h"

namespace filrouge::consent {
namespace {

std::uint64_t key_of(const AddressHash& address) { return address.high | 1; }
std::uint32_t bit_of(ContactChannel channel) { return 1u << static_cast<unsigned>(channel); }

}  // namespace

AddressHash address_hash(const DataKey& key, IdentifierType type, std::string_view value) {
    Bytes text(1, static_cast<char>(type));
    text.append(value);
    const Digest digest =
        hmac_sha256({reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size()}, text);
    AddressHash out;
    std::memcpy(&out.high, digest.bytes.data(), sizeof out.high);
    std::memcpy(&out.low, digest.bytes.data() + sizeof out.high, sizeof out.low);
    return out;
}

void encode_suppression(const Suppression& s, Bytes& clear) {
    ByteWriter w(clear);
    w.sized(s.list);
    w.u8(static_cast<std::uint8_t>(s.channel));
    w.u8(s.lifted ? 1 : 0);
    w.varint(s.addresses.size());
    for (const AddressHash& address : s.addresses) {
        w.u64(address.high);
        w.u64(address.low);
    }
}

bool decode_suppression(BytesView clear, Suppression& s) {
    ByteReader r(clear);
    s.list = r.sized();
    const std::uint8_t channel = r.u8();
    s.lifted = r.u8() != 0;
    const std::uint64_t count = r.varint();
    if (r.bad() || channel >= kContactChannelNames.size() || count > kSuppressedAtOnceMax ||
        s.list.size() > kListNameBytesMax)
        return false;
    s.channel = static_cast<ContactChannel>(channel);
    s.addresses.resize(static_cast<std::size_t>(count));
    for (AddressHash& address : s.addresses) {
        address.high = r.u64();
        address.low = r.u64();
    }
    return !r.bad();
}

Suppressions::Suppressions(TableSpace& space, std::uint16_t first_id, std::uint16_t index_id)
    : rows_(space, first_id), index_(space, index_id) {}

std::uint32_t Suppressions::find(const AddressHash& address) const {
    const std::uint32_t first = index_.find(key_of(address));
    if (first == HashIndex::kAbsent) return 0;
    for (std::uint32_t r = first + 1; r != 0; r = rows_.at(r - 1).next) {
        const Row& row = rows_.at(r - 1);
        if (row.high == address.high && row.low == address.low) return r;
    }
    return 0;
}

void Suppressions::apply(const Suppression& told) {
    for (const AddressHash& address : told.addresses) {
        std::uint32_t row = find(address);
        if (row == 0 && told.lifted) continue;
        if (row == 0) {
            const std::uint32_t before = index_.find(key_of(address));
            const std::uint32_t next = before == HashIndex::kAbsent ? 0 : before + 1;
            row = rows_.append({address.high, address.low, 0, next}) + 1;
            index_.insert(key_of(address), row - 1);
        }
        std::uint32_t& channels = rows_.edit(row - 1).channels;
        channels = told.lifted ? channels & ~bit_of(told.channel) : channels | bit_of(told.channel);
    }
}

bool Suppressions::holds(const AddressHash& address, ContactChannel channel) const {
    const std::uint32_t row = find(address);
    return row != 0 &&
           (rows_.at(row - 1).channels & (bit_of(channel) | bit_of(ContactChannel::All))) != 0;
}

std::uint64_t Suppressions::count(ContactChannel channel) const {
    std::uint64_t n = 0;
    for (std::uint32_t i = 0; i < rows_.size(); ++i)
        n += (rows_.at(i).channels & bit_of(channel)) != 0 ? 1 : 0;
    return n;
}

}  // namespace filrouge::consent
