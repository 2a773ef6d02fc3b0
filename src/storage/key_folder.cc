#include "storage/key_folder.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

namespace filrouge {
namespace {

using key_files::damaged;

constexpr std::uint64_t kFileBytesMax = std::uint64_t{4} << 30;
constexpr std::string_view kProcessName = "process.frk";

struct Names {
    bool process = false;
    std::vector<std::uint32_t> buckets;
    std::vector<std::uint32_t> journals;
    std::vector<std::string> unfinished;  // *.new
};

std::optional<std::uint32_t> number_between(std::string_view name, std::string_view before) {
    constexpr std::string_view kAfter = ".frk";
    if (!name.starts_with(before) || !name.ends_with(kAfter)) return std::nullopt;
    if (name.size() < before.size() + kAfter.size()) return std::nullopt;
    const char* end = name.data() + name.size() - kAfter.size();
    std::uint32_t number = 0;
    const auto [stopped, code] = std::from_chars(name.data() + before.size(), end, number);
    if (code != std::errc() || stopped != end) return std::nullopt;
    return number;
}

Result<Names> list_names(Disk& disk, const std::string& path) {
    Names names;
    for (const std::string& name : TRY(disk.list(path))) {
        if (name == kProcessName) {
            names.process = true;
        } else if (name.ends_with(".new")) {
            names.unfinished.push_back(name);
        } else if (const auto journal = number_between(name, "journal-")) {
            names.journals.push_back(*journal);
        } else if (const auto bucket = number_between(name, "")) {
            if (*bucket < kKeyBuckets) names.buckets.push_back(*bucket);
        }
    }
    std::sort(names.journals.begin(), names.journals.end());
    return names;
}

// A bucket's file, or the one beside it: after a crash between the two last steps of forgetting
// only that one opens (docs/formats/keys.md), and its name goes to `unrenamed`.
Result<key_files::Bucket> read_bucket(Disk& disk, const Names& names, const KeyFolder& folder,
                                      std::uint32_t number, std::vector<std::string>& unrenamed) {
    const std::string name = key_files::bucket_name(number);
    const std::string path = folder.path + "/" + name;
    auto bucket = key_files::decode_bucket(TRY(read_whole(disk, path, kFileBytesMax)), number,
                                           *folder.process, path);
    if (bucket.ok() || std::find(names.unfinished.begin(), names.unfinished.end(), name + ".new") ==
                           names.unfinished.end()) {
        return bucket;
    }
    auto beside = key_files::decode_bucket(TRY(read_whole(disk, path + ".new", kFileBytesMax)),
                                           number, *folder.process, path + ".new");
    if (!beside.ok()) return bucket;
    unrenamed.push_back(name);
    return beside;
}

Result<void> read_buckets(Disk& disk, const Names& names, KeyFolder& folder,
                          std::vector<std::string>& unrenamed) {
    for (const std::uint32_t number : names.buckets) {
        const std::string path = folder.path + "/" + key_files::bucket_name(number);
        const auto bucket = TRY(read_bucket(disk, names, folder, number, unrenamed));
        for (const auto& entry : bucket.keys) {
            if (!folder.table->put(entry.fragment, entry.key)) {
                return damaged(path, "it holds a second key of one fragment");
            }
        }
        folder.table->raise_highest(bucket.highest);
        folder.buckets[number] = {true, static_cast<std::uint32_t>(bucket.keys.size()),
                                  bucket.highest};
    }
    return {};
}

Result<void> check_bucket_files(const key_files::JournalHeader& header, const KeyFolder& folder) {
    for (std::uint32_t b = 0; b < kKeyBuckets; ++b) {
        if (header.buckets[b] && !folder.buckets[b].exists) {
            return damaged(folder.path + "/" + key_files::bucket_name(b), "the file is missing");
        }
    }
    return {};
}

// Into the table; the last one becomes the open journal. Answers its last group as it stands there.
Result<Bytes> read_journals(Disk& disk, const Names& names, KeyFolder& folder) {
    if (names.journals.empty() && !names.buckets.empty()) {
        return damaged(folder.path,
                       "there are buckets but no journal; the newest is never removed");
    }
    Bytes last_group;
    for (std::size_t i = 0; i < names.journals.size(); ++i) {
        const std::uint32_t number = names.journals[i];
        const std::string path = folder.path + "/" + key_files::journal_name(number);
        const bool is_last = i + 1 == names.journals.size();
        const Bytes bytes = TRY(read_whole(disk, path, kFileBytesMax));
        const auto journal = TRY(key_files::decode_journal(bytes, is_last, *folder.process, path));
        if (journal.header.number != number || (i > 0 && number != names.journals[i - 1] + 1)) {
            return damaged(path, "this is not the journal that belongs here");
        }
        TRY(check_bucket_files(journal.header, folder));
        for (const auto& entry : journal.keys) {
            if (!folder.table->put(entry.fragment, entry.key)) {
                return damaged(path, "it holds a second key of one fragment");
            }
        }
        folder.table->raise_highest(journal.header.highest);
        if (!is_last) continue;
        folder.torn_bytes = journal.torn_bytes;
        folder.journal = {TRY(disk.open(path, Disk::Open::Existing)), number, journal.groups,
                          journal.end, journal.header.file_bytes};
        last_group.assign(bytes, journal.last_begin, journal.end - journal.last_begin);
    }
    return last_group;
}

// True when a key had to be made.
bool make_missing(key_files::ProcessKeys& process, const std::vector<std::string_view>& wanted,
                  Random& random) {
    bool made = false;
    for (const std::string_view name : wanted) {
        const bool there = std::any_of(process.named.begin(), process.named.end(),
                                       [name](const auto& named) { return named.name == name; });
        if (there) continue;
        process.named.push_back(key_files::make_named_key(name, random));
        made = true;
    }
    return made;
}

Result<void> read_process(Disk& disk, const Names& names, const DataKey& master,
                          KeyFolder& folder) {
    const std::string path = folder.path + "/" + std::string(kProcessName);
    if (!names.process) {
        // New wrapping keys here would make every key of the folder useless for ever.
        return damaged(path, "the file is missing although there are keys beside it");
    }
    const Bytes bytes = TRY(read_whole(disk, path, kFileBytesMax));
    *folder.process = TRY(key_files::decode_process(bytes, master, path));
    return {};
}

// What a crash left unfinished, when all that stands is known to be good.
Result<void> clean_up(Disk& disk, const Names& names, KeyFolder& folder,
                      const std::vector<std::string>& unrenamed, const Bytes& last_group) {
    for (const std::string& name : unrenamed) {
        const std::string path = folder.path + "/" + name;
        TRY(disk.rename(path + ".new", path));
    }
    // Files that a killed process has renamed are built on from now on.
    TRY(disk.sync_folder(folder.path));
    for (const std::string& name : names.unfinished) {
        const std::string path = folder.path + "/" + name;
        if (disk.exists(path)) TRY(disk.remove(path));
    }
    if (folder.journal.file == nullptr) return {};
    if (folder.torn_bytes > 0)
        TRY(folder.journal.file->write_at(folder.journal.end, Bytes(folder.torn_bytes, '\0')));
    // It counts as persisted from now on. Written once more, because its sync may have failed: then
    // the system takes the bytes for written, and another sync alone would do nothing.
    if (!last_group.empty()) {
        TRY(folder.journal.file->write_at(folder.journal.end - last_group.size(), last_group));
    }
    return folder.journal.file->sync_data();
}

}  // namespace

Result<void> write_process(Disk& disk, Random& random, const std::string& path,
                           const key_files::ProcessKeys& process, const DataKey& master) {
    return replace_whole(disk, path + "/" + std::string(kProcessName),
                         key_files::encode_process(process, master, random));
}

Result<OpenJournal> start_journal(Disk& disk, const std::string& path,
                                  const key_files::ProcessKeys& process,
                                  const key_files::JournalHeader& header) {
    const std::string name = path + "/" + key_files::journal_name(header.number);
    const std::string passing = name + ".new";
    OpenJournal journal;
    journal.file = TRY(disk.open(passing, Disk::Open::Create));
    const auto reserved = journal.file->preallocate(header.file_bytes);
    if (!reserved.ok()) {
        static_cast<void>(disk.remove(passing));  // gives back what it did get
        return reserved.error();
    }
    TRY(journal.file->write_at(0, key_files::encode_journal_header(header, process)));
    TRY(journal.file->sync_data());
    TRY(disk.rename(passing, name));
    TRY(disk.sync_folder(path));
    journal.number = header.number;
    journal.end = key_files::kJournalHeaderBytes;
    journal.file_bytes = header.file_bytes;
    return journal;
}

// process.frk alone opens nobody's events: a first start makes it just before the first journal.
Result<bool> has_key_files(Disk& disk, const std::string& path) {
    const Names names = TRY(list_names(disk, path));
    return !names.journals.empty() || !names.buckets.empty();
}

Result<KeyFolder> open_key_folder(Disk& disk, Random& random, const std::string& path,
                                  const DataKey& master, const KeyFolderOptions& options) {
    TRY(disk.make_folder(path));
    const Names names = TRY(list_names(disk, path));
    KeyFolder folder;
    folder.path = path;
    folder.table = std::make_unique<KeyTable>();
    folder.buckets.resize(kKeyBuckets);
    const bool first_start = !names.process && names.buckets.empty() && names.journals.empty();
    folder.process = std::make_unique<key_files::ProcessKeys>();
    if (first_start) {
        *folder.process = key_files::make_process_keys(random);
    } else {
        TRY(read_process(disk, names, master, folder));
    }
    std::vector<std::string> unrenamed;  // buckets
    TRY(read_buckets(disk, names, folder, unrenamed));
    const Bytes last_group = TRY(read_journals(disk, names, folder));
    TRY(clean_up(disk, names, folder, unrenamed, last_group));
    if (make_missing(*folder.process, options.process_keys, random) || first_start) {
        TRY(write_process(disk, random, path, *folder.process, master));
    }
    if (folder.journal.file == nullptr) {
        // The first one; the folder has no other journal, so no buckets either.
        folder.journal =
            TRY(start_journal(disk, path, *folder.process,
                              {1, FragmentNo{}, options.journal_bytes, key_files::BucketSet{}}));
    }
    folder.oldest_journal = names.journals.empty() ? folder.journal.number : names.journals.front();
    return folder;
}

}  // namespace filrouge
