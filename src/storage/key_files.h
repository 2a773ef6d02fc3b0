// The bytes of the files in keys/: what they hold, encoded and decoded, with every key wrapped. No
// threads and no state beyond one journal's place. Spec: docs/formats/keys.md.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "model/identifier.h"
#include "seam/disk.h"
#include "seam/random.h"
#include "storage/keys.h"
#include "storage/seal.h"

namespace filrouge::key_files {

using StoreId = std::array<char, 16>;
using BucketSet = std::bitset<kKeyBuckets>;

inline std::uint32_t bucket_of(FragmentNo fragment) { return fragment.value % kKeyBuckets; }

struct KeyOfFragment {
    FragmentNo fragment;
    DataKey key;
};
struct NamedKey {
    std::string name;
    DataKey key;
};

// process.frk, opened.
struct ProcessKeys {
    StoreId store{};
    std::vector<NamedKey> named;
    std::vector<DataKey> buckets;  // kKeyBuckets of them
};
DataKey key_named(const std::vector<NamedKey>& keys, std::string_view name);  // which is there
ProcessKeys make_process_keys(Random& random);
NamedKey make_named_key(std::string_view name, Random& random);
// New values for the keys of these names.
void renew(std::vector<NamedKey>& keys, const std::vector<std::string_view>& names, Random& random);
Bytes encode_process(const ProcessKeys& keys, const DataKey& master, Random& random);
Result<ProcessKeys> decode_process(BytesView bytes, const DataKey& master, const std::string& path);

struct Bucket {
    FragmentNo highest;
    std::vector<KeyOfFragment> keys;  // ascending
};
std::string bucket_name(std::uint32_t bucket);
Bytes encode_bucket(const Bucket& bucket, std::uint32_t number, const ProcessKeys& process,
                    Random& random);
Result<Bucket> decode_bucket(BytesView bytes, std::uint32_t number, const ProcessKeys& process,
                             const std::string& path);

constexpr std::size_t kJournalHeaderBytes = 64 + kKeyBuckets / 8;
constexpr std::size_t kEntryBytes = 64;
constexpr std::size_t kGroupHeaderBytes = 16;
constexpr std::size_t kGroupKeysMax = 16'384;

struct JournalHeader {
    std::uint32_t number = 0;
    FragmentNo highest;
    std::uint64_t file_bytes = 0;
    BucketSet buckets;  // whose files existed
};
std::string journal_name(std::uint32_t number);
Bytes encode_journal_header(const JournalHeader& header, const ProcessKeys& process);
Bytes encode_group(const std::vector<KeyOfFragment>& keys, std::uint32_t number,
                   const ProcessKeys& process, Random& random);

struct Journal {
    JournalHeader header;
    std::vector<KeyOfFragment> keys;
    std::uint64_t end = kJournalHeaderBytes;         // past the last good group
    std::uint64_t last_begin = kJournalHeaderBytes;  // of that group; `end` when there is none
    std::uint32_t groups = 0;
    std::uint64_t torn_bytes = 0;  // of an unfinished group behind it
};
// The whole file in `bytes`. Torn bytes are accepted in the last journal only.
Result<Journal> decode_journal(BytesView bytes, bool is_last, const ProcessKeys& process,
                               const std::string& path);

// For who copies files and has no key to open them. The end of the last whole group of the newest
// journal; damage is an Error, an unfinished group is not.
Result<std::uint64_t> journal_end(BytesView bytes, const std::string& path);
Result<std::string> store_id(BytesView process_file, const std::string& path);  // in hex

// The lists beside the keys (erasures, expiries), in the clear: a magic of eight bytes, the format,
// what is listed, a checksum.
Bytes begin_list(BytesView magic);
void end_list(Bytes& list);
// What is listed. Errors: "keys.damaged", "keys.newer_format".
Result<BytesView> read_list(BytesView bytes, BytesView magic, const std::string& path);

Error damaged(const std::string& path, const std::string& what);

}  // namespace filrouge::key_files
