#include "storage/key_files.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "base/crc32c.h"
#include "base/text.h"
#include "storage/aead.h"
#include "storage/raw_bytes.h"

namespace filrouge::key_files {
namespace {

constexpr std::uint32_t kFormat = 1;
constexpr BytesView kProcessMagic("FRKPROC1", 8);
constexpr BytesView kBucketMagic("FRKBUCK1", 8);
constexpr BytesView kJournalMagic("FRKJRNL1", 8);
constexpr BytesView kGroupMagic("FRKG", 4);
constexpr std::size_t kFileHeaderBytes = 40;  // of process.frk and of a bucket
constexpr std::size_t kWrappedBytes = 12 + 32 + aead::kTagBytes;
constexpr std::size_t kNameBytes = 32;
constexpr std::size_t kNamedBytes = kNameBytes + kWrappedBytes;
static_assert(kEntryBytes == 4 + kWrappedBytes);

enum class Kind : std::uint8_t { Process = 1, Bucket = 2, Data = 3 };  // on disk: never renumber

// What a wrapped key is bound to besides its kind.
class Binding {
  public:
    Binding(const StoreId& store, std::uint32_t number) : size_(store.size() + 4) {
        std::memcpy(bytes_.data(), store.data(), store.size());
        store_le(bytes_.data() + store.size(), number);
    }
    Binding(const StoreId& store, std::string_view name) : size_(store.size() + kNameBytes) {
        ASSERT(name.size() <= kNameBytes);
        std::memcpy(bytes_.data(), store.data(), store.size());
        std::memcpy(bytes_.data() + store.size(), name.data(), name.size());
    }
    BytesView view() const { return {bytes_.data(), size_}; }

  private:
    std::array<char, 16 + kNameBytes> bytes_{};
    std::size_t size_;
};

void wrap(const DataKey& by, const Binding& binding, Kind kind, const DataKey& key, Random& random,
          char* out) {
    Nonce nonce;
    random.fill(reinterpret_cast<char*>(nonce.bytes.data()), nonce.bytes.size());
    std::memcpy(out, nonce.bytes.data(), nonce.bytes.size());
    const BytesView plain(reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size());
    aead::encrypt(by, nonce, binding.view(), static_cast<std::uint8_t>(kind), plain,
                  out + nonce.bytes.size());
}

std::optional<DataKey> unwrap(const DataKey& by, const Binding& binding, Kind kind,
                              const char* at) {
    Nonce nonce;
    std::memcpy(nonce.bytes.data(), at, nonce.bytes.size());
    DataKey key;
    const BytesView sealed(at + nonce.bytes.size(), kWrappedBytes - nonce.bytes.size());
    if (!aead::decrypt(by, nonce, binding.view(), static_cast<std::uint8_t>(kind), sealed,
                       reinterpret_cast<char*>(key.bytes.data()))) {
        return std::nullopt;
    }
    return key;
}

void write_entry(const KeyOfFragment& entry, const ProcessKeys& process, Random& random,
                 char* out) {
    store_le(out, entry.fragment.value);
    wrap(process.buckets[bucket_of(entry.fragment)], Binding(process.store, entry.fragment.value),
         Kind::Data, entry.key, random, out + 4);
}

std::optional<KeyOfFragment> read_entry(const char* at, const ProcessKeys& process) {
    const FragmentNo fragment{load_le<std::uint32_t>(at)};
    if (fragment.is_none()) return std::nullopt;
    const auto key = unwrap(process.buckets[bucket_of(fragment)],
                            Binding(process.store, fragment.value), Kind::Data, at + 4);
    if (!key) return std::nullopt;
    return KeyOfFragment{fragment, *key};
}

// Magic, format and the checksum at the end, the same for both kinds of file replaced whole.
Result<void> check_file(BytesView bytes, BytesView magic, const std::string& path) {
    if (bytes.size() < kFileHeaderBytes + 4 || bytes.substr(0, 8) != magic) {
        return damaged(path, "it does not begin like a key file");
    }
    const std::size_t body = bytes.size() - 4;
    if (load_le<std::uint32_t>(bytes.data() + body) != crc32c(bytes.substr(0, body))) {
        return damaged(path, "its checksum is wrong");
    }
    return {};
}

Result<void> check_format(BytesView bytes, const std::string& path) {
    const auto format = load_le<std::uint32_t>(bytes.data() + 8);
    if (format == kFormat) return {};
    if (format < kFormat) return damaged(path, "its format is unknown");
    return Error{"keys.newer_format",
                 path + " has key format " + std::to_string(format) +
                     "; this program knows formats up to " + std::to_string(kFormat) + ".",
                 "Start the newer filrouge that wrote it. Nothing has been changed."};
}

Bytes begin_file(BytesView magic, std::uint32_t number, const StoreId& store, std::uint32_t first,
                 std::uint32_t second) {
    Bytes out;
    ByteWriter writer(out);
    writer.raw(magic);
    writer.u32(kFormat);
    writer.u32(number);
    writer.raw(BytesView(store.data(), store.size()));
    writer.u32(first);
    writer.u32(second);
    return out;
}

std::uint32_t seed_of(const StoreId& store) {
    return crc32c(BytesView(store.data(), store.size()));
}

std::uint32_t journal_header_crc(BytesView header) {
    return crc32c(header.substr(64, kKeyBuckets / 8), crc32c(header.substr(0, 60)));
}

}  // namespace

Error damaged(const std::string& path, const std::string& what) {
    return {"keys.damaged", path + ": " + what + ".",
            "Restore the folder of keys from its own backup. Nothing has been changed."};
}

Bytes begin_list(BytesView magic) {
    Bytes list(magic);
    ByteWriter(list).u32(kFormat);
    return list;
}

void end_list(Bytes& list) { ByteWriter(list).u32(crc32c(list)); }

Result<BytesView> read_list(BytesView bytes, BytesView magic, const std::string& path) {
    constexpr std::size_t kBeginBytes = 8 + 4, kEndBytes = 4;
    if (bytes.size() < kBeginBytes + kEndBytes || bytes.substr(0, magic.size()) != magic)
        return damaged(path, "it does not begin like a list of its kind");
    const BytesView summed = bytes.substr(0, bytes.size() - kEndBytes);
    if (ByteReader(bytes.substr(summed.size())).u32() != crc32c(summed))
        return damaged(path, "its checksum is wrong");
    TRY(check_format(bytes, path));
    return summed.substr(kBeginBytes);
}

NamedKey make_named_key(std::string_view name, Random& random) {
    NamedKey made{std::string(name), {}};
    random.fill(reinterpret_cast<char*>(made.key.bytes.data()), made.key.bytes.size());
    return made;
}

void renew(std::vector<NamedKey>& keys, const std::vector<std::string_view>& names,
           Random& random) {
    for (NamedKey& key : keys) {
        if (std::find(names.begin(), names.end(), key.name) != names.end())
            key = make_named_key(key.name, random);
    }
}

DataKey key_named(const std::vector<NamedKey>& keys, std::string_view name) {
    const auto at = std::find_if(keys.begin(), keys.end(),
                                 [name](const auto& named) { return named.name == name; });
    ASSERT(at != keys.end());  // the names are constants of keys.h
    return at->key;
}

ProcessKeys make_process_keys(Random& random) {
    ProcessKeys made;
    random.fill(made.store.data(), made.store.size());
    made.buckets.resize(kKeyBuckets);
    for (DataKey& key : made.buckets) {
        random.fill(reinterpret_cast<char*>(key.bytes.data()), key.bytes.size());
    }
    return made;
}

Bytes encode_process(const ProcessKeys& keys, const DataKey& master, Random& random) {
    Bytes out = begin_file(kProcessMagic, 0, keys.store,
                           static_cast<std::uint32_t>(keys.named.size()), kKeyBuckets);
    std::size_t at = out.size();
    out.resize(at + keys.named.size() * kNamedBytes + kKeyBuckets * kWrappedBytes);
    for (const NamedKey& named : keys.named) {
        std::memcpy(out.data() + at, named.name.data(), named.name.size());
        wrap(master, Binding(keys.store, named.name), Kind::Process, named.key, random,
             out.data() + at + kNameBytes);
        at += kNamedBytes;
    }
    for (std::uint32_t b = 0; b < kKeyBuckets; ++b, at += kWrappedBytes) {
        wrap(master, Binding(keys.store, b), Kind::Bucket, keys.buckets[b], random,
             out.data() + at);
    }
    ByteWriter(out).u32(crc32c(out));
    return out;
}

Result<ProcessKeys> decode_process(BytesView bytes, const DataKey& master,
                                   const std::string& path) {
    TRY(check_file(bytes, kProcessMagic, path));
    TRY(check_format(bytes, path));
    const std::size_t named = load_le<std::uint32_t>(bytes.data() + 32);
    if (load_le<std::uint32_t>(bytes.data() + 36) != kKeyBuckets ||
        bytes.size() != kFileHeaderBytes + named * kNamedBytes + kKeyBuckets * kWrappedBytes + 4) {
        return damaged(path, "its length is wrong");
    }
    const Error wrong{"keys.wrong_master_key", path + " was made under another master key.",
                      "Give the master key that this folder was under when it was last written, or "
                      "when the backup that it comes from was made: docs/operations.md."};
    ProcessKeys out;
    std::memcpy(out.store.data(), bytes.data() + 16, out.store.size());
    const char* at = bytes.data() + kFileHeaderBytes;
    for (std::size_t i = 0; i < named; ++i, at += kNamedBytes) {
        const std::string_view padded(at, kNameBytes);
        const std::string name(padded.substr(0, padded.find('\0')));
        const auto key = unwrap(master, Binding(out.store, name), Kind::Process, at + kNameBytes);
        if (!key) return wrong;
        out.named.push_back({name, *key});
    }
    for (std::uint32_t b = 0; b < kKeyBuckets; ++b, at += kWrappedBytes) {
        const auto key = unwrap(master, Binding(out.store, b), Kind::Bucket, at);
        if (!key) return wrong;
        out.buckets.push_back(*key);
    }
    return out;
}

std::string bucket_name(std::uint32_t bucket) {
    const std::string digits = std::to_string(bucket);
    return std::string(4 - digits.size(), '0') + digits + ".frk";
}

Bytes encode_bucket(const Bucket& bucket, std::uint32_t number, const ProcessKeys& process,
                    Random& random) {
    Bytes out = begin_file(kBucketMagic, number, process.store, bucket.highest.value,
                           static_cast<std::uint32_t>(bucket.keys.size()));
    std::size_t at = out.size();
    out.resize(at + bucket.keys.size() * kEntryBytes);
    for (const KeyOfFragment& entry : bucket.keys) {
        write_entry(entry, process, random, out.data() + at);
        at += kEntryBytes;
    }
    ByteWriter(out).u32(crc32c(out));
    return out;
}

Result<Bucket> decode_bucket(BytesView bytes, std::uint32_t number, const ProcessKeys& process,
                             const std::string& path) {
    TRY(check_file(bytes, kBucketMagic, path));
    TRY(check_format(bytes, path));
    const std::size_t count = load_le<std::uint32_t>(bytes.data() + 36);
    if (load_le<std::uint32_t>(bytes.data() + 12) != number ||
        bytes.substr(16, 16) != BytesView(process.store.data(), process.store.size()) ||
        bytes.size() != kFileHeaderBytes + count * kEntryBytes + 4) {
        return damaged(path, "it is not this store's bucket, or its length is wrong");
    }
    Bucket out;
    out.highest = {load_le<std::uint32_t>(bytes.data() + 32)};
    out.keys.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto entry = read_entry(bytes.data() + kFileHeaderBytes + i * kEntryBytes, process);
        if (!entry || bucket_of(entry->fragment) != number) {
            return damaged(path, "entry " + std::to_string(i) + " does not unwrap");
        }
        out.keys.push_back(*entry);
    }
    return out;
}

std::string journal_name(std::uint32_t number) {
    const std::string digits = std::to_string(number);
    return "journal-" + std::string(digits.size() < 6 ? 6 - digits.size() : 0, '0') + digits +
           ".frk";
}

Bytes encode_journal_header(const JournalHeader& header, const ProcessKeys& process) {
    Bytes out = begin_file(kJournalMagic, header.number, process.store, header.highest.value, 0);
    out.resize(kJournalHeaderBytes);
    store_le(out.data() + 40, header.file_bytes);
    for (std::size_t b = 0; b < kKeyBuckets; ++b) {
        if (header.buckets[b]) out[64 + b / 8] = static_cast<char>(out[64 + b / 8] | 1 << (b % 8));
    }
    store_le(out.data() + 60, journal_header_crc(out));
    return out;
}

Bytes encode_group(const std::vector<KeyOfFragment>& keys, std::uint32_t number,
                   const ProcessKeys& process, Random& random) {
    ASSERT(!keys.empty() && keys.size() <= kGroupKeysMax);
    Bytes out(kGroupHeaderBytes + keys.size() * kEntryBytes, '\0');
    std::memcpy(out.data(), kGroupMagic.data(), kGroupMagic.size());
    store_le(out.data() + 8, static_cast<std::uint32_t>(keys.size()));
    store_le(out.data() + 12, number);
    char* at = out.data() + kGroupHeaderBytes;
    for (const KeyOfFragment& entry : keys) {
        write_entry(entry, process, random, at);
        at += kEntryBytes;
    }
    store_le(out.data() + 4, crc32c(BytesView(out).substr(8), seed_of(process.store)));
    return out;
}

namespace {

Result<JournalHeader> decode_journal_header(BytesView bytes, const ProcessKeys& process,
                                            const std::string& path) {
    if (bytes.size() < kJournalHeaderBytes || bytes.substr(0, 8) != kJournalMagic ||
        load_le<std::uint32_t>(bytes.data() + 60) != journal_header_crc(bytes)) {
        return damaged(path, "the journal's header is broken");
    }
    TRY(check_format(bytes, path));
    JournalHeader header;
    header.number = load_le<std::uint32_t>(bytes.data() + 12);
    header.highest = {load_le<std::uint32_t>(bytes.data() + 32)};
    header.file_bytes = load_le<std::uint64_t>(bytes.data() + 40);
    for (std::size_t b = 0; b < kKeyBuckets; ++b) {
        header.buckets[b] = (static_cast<unsigned char>(bytes[64 + b / 8]) >> (b % 8) & 1) != 0;
    }
    if (bytes.substr(16, 16) != BytesView(process.store.data(), process.store.size())) {
        return damaged(path, "the journal belongs to another store");
    }
    if (bytes.size() < header.file_bytes) {
        return damaged(path, "the file ends at " + std::to_string(bytes.size()) +
                                 "; it was made with " + std::to_string(header.file_bytes) +
                                 " bytes");
    }
    return header;
}

// The length of the right group that begins `bytes`; 0 when there is none.
std::size_t group_length(BytesView bytes, const ProcessKeys& process) {
    if (bytes.size() < kGroupHeaderBytes || bytes.substr(0, 4) != kGroupMagic) return 0;
    const std::size_t count = load_le<std::uint32_t>(bytes.data() + 8);
    const std::size_t length = kGroupHeaderBytes + count * kEntryBytes;
    if (count == 0 || count > kGroupKeysMax || length > bytes.size()) return 0;
    const std::uint32_t crc = crc32c(bytes.substr(8, length - 8), seed_of(process.store));
    return crc == load_le<std::uint32_t>(bytes.data() + 4) ? length : 0;
}

bool group_follows(BytesView bytes, const ProcessKeys& process) {
    for (std::size_t at = bytes.find(kGroupMagic); at != BytesView::npos;
         at = bytes.find(kGroupMagic, at + 1)) {
        if (group_length(bytes.substr(at), process) != 0) return true;
    }
    return false;
}

// How many bytes of an unfinished group `rest`, what follows the last good one, holds; none when
// it is damage instead.
std::optional<std::uint64_t> torn_bytes(BytesView rest, std::uint32_t expected,
                                        const ProcessKeys& process) {
    if (all_zero(rest)) return 0;
    const std::uint64_t end = rest.find_last_not_of('\0') + 1;
    const std::size_t count =
        rest.size() < kGroupHeaderBytes ? 0 : load_le<std::uint32_t>(rest.data() + 8);
    const bool header_seen = rest.size() >= kGroupHeaderBytes && rest.substr(0, 4) == kGroupMagic &&
                             count <= kGroupKeysMax &&
                             load_le<std::uint32_t>(rest.data() + 12) == expected;
    if (header_seen && end > kGroupHeaderBytes + count * kEntryBytes) return std::nullopt;
    if (group_follows(rest.substr(1), process)) return std::nullopt;
    return end;
}

}  // namespace

Result<Journal> decode_journal(BytesView bytes, bool is_last, const ProcessKeys& process,
                               const std::string& path) {
    Journal out;
    out.header = TRY(decode_journal_header(bytes, process, path));
    while (const std::size_t length = group_length(bytes.substr(out.end), process)) {
        if (load_le<std::uint32_t>(bytes.data() + out.end + 12) != out.groups) {
            return damaged(path,
                           "the group at offset " + std::to_string(out.end) + " is out of place");
        }
        for (std::size_t at = out.end + kGroupHeaderBytes; at < out.end + length;
             at += kEntryBytes) {
            const auto entry = read_entry(bytes.data() + at, process);
            if (!entry)
                return damaged(path, "the entry at " + std::to_string(at) + " does not unwrap");
            out.keys.push_back(*entry);
        }
        out.last_begin = out.end;
        out.end += length;
        ++out.groups;
    }
    const auto torn = torn_bytes(bytes.substr(out.end), out.groups, process);
    if (!torn || (*torn > 0 && !is_last)) {
        return damaged(path, "the group at offset " + std::to_string(out.end) + " is broken");
    }
    out.torn_bytes = *torn;
    return out;
}

Result<std::uint64_t> journal_end(BytesView bytes, const std::string& path) {
    ProcessKeys known;  // the store's id alone: it is what the groups' checksums start from
    if (bytes.size() < kJournalHeaderBytes) return damaged(path, "it is shorter than its header");
    std::memcpy(known.store.data(), bytes.data() + 16, known.store.size());
    TRY(decode_journal_header(bytes, known, path));
    std::uint64_t end = kJournalHeaderBytes;
    std::uint32_t groups = 0;
    while (const std::size_t length = group_length(bytes.substr(end), known)) {
        end += length;
        ++groups;
    }
    if (torn_bytes(bytes.substr(end), groups, known)) return end;
    return damaged(path, "the group at offset " + std::to_string(end) + " is broken");
}

Result<std::string> store_id(BytesView process_file, const std::string& path) {
    TRY(check_file(process_file, kProcessMagic, path));
    TRY(check_format(process_file, path));
    return hex_encode(process_file.substr(16, StoreId().size()));
}

}  // namespace filrouge::key_files
