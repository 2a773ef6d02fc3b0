// The folder keys/ as an opened whole: reads every file into memory and leaves one journal to
// append to. Looks first and changes afterwards: whatever is refused is left as it was.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "seam/disk.h"
#include "seam/random.h"
#include "storage/key_files.h"
#include "storage/key_table.h"

namespace filrouge {

struct OpenJournal {
    std::unique_ptr<File> file;
    std::uint32_t number = 0;
    std::uint32_t groups = 0;
    std::uint64_t end = 0;
    std::uint64_t file_bytes = 0;
};

struct StoredBucket {
    bool exists = false;
    std::uint32_t keys = 0;
    FragmentNo highest;
};

// Everything in it but the table stays as it was opened.
struct KeyFolder {
    std::string path;
    std::unique_ptr<key_files::ProcessKeys> process;
    std::unique_ptr<KeyTable> table;
    std::vector<StoredBucket> buckets;
    std::uint32_t oldest_journal = 0;
    OpenJournal journal;           // the newest
    std::uint64_t torn_bytes = 0;  // that were cut off it
};

// Whether there are files of keys, be they whole or not. Changes nothing.
Result<bool> has_key_files(Disk& disk, const std::string& path);

struct KeyFolderOptions {
    std::uint64_t journal_bytes = 0;
    std::vector<std::string_view> process_keys;  // made when they are missing
};
Result<KeyFolder> open_key_folder(Disk& disk, Random& random, const std::string& path,
                                  const DataKey& master, const KeyFolderOptions& options);

// process.frk, replaced whole. "disk.full" leaves the old one.
Result<void> write_process(Disk& disk, Random& random, const std::string& path,
                           const key_files::ProcessKeys& process, const DataKey& master);

// Durable on return. "disk.full" leaves nothing behind and may be tried again.
// `header.buckets` may only name files whose directory entry is durable.
Result<OpenJournal> start_journal(Disk& disk, const std::string& path,
                                  const key_files::ProcessKeys& process,
                                  const key_files::JournalHeader& header);

}  // namespace filrouge
