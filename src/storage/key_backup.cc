// The folder of keys into a backup of its own, while a server makes, folds and forgets keys.
#include <optional>
#include <string>

#include "base/text.h"
#include "storage/backup_folder.h"
#include "storage/key_files.h"

namespace filrouge {
namespace {

constexpr std::uint64_t kFileBytesMax = std::uint64_t{4} << 30;
constexpr std::string_view kProcess = "process.frk";
constexpr std::string_view kJournal = "journal-";
constexpr int kLooksMax = 5;      // at a journal that is being written
constexpr int kAttemptsMax = 10;  // each undone by an erasure or a fold that took files away

bool is_key_file(std::string_view name) { return name.ends_with(".frk") && name != kProcess; }

struct KeySource {
    Disk& disk;
    std::string path;

    Result<Bytes> read(const std::string& name) const {
        return read_whole(disk, path + "/" + name, kFileBytesMax);
    }
    Result<std::vector<std::string>> names(bool journals) const {
        std::vector<std::string> out = TRY(disk.list(path));
        std::erase_if(out, [journals](const std::string& name) {
            return !is_key_file(name) || name.starts_with(kJournal) != journals;
        });
        return out;
    }
};

// The last journal up to its last whole group: one that is being written may be seen in pieces,
// and a later look tells that from damage.
Result<Bytes> read_open_journal(const KeySource& keys, const std::string& name) {
    for (int look = 1;; ++look) {
        Bytes bytes = TRY(keys.read(name));
        const auto end = key_files::journal_end(bytes, keys.path + "/" + name);
        if (end.ok()) {
            std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(end.value()), bytes.end(), '\0');
            return bytes;
        }
        if (look == kLooksMax) return end.error();
    }
}

// Journals before buckets: a key that a fold moves meanwhile is then seen twice rather than never.
Result<void> take_journals(const KeySource& keys, BackupFolder& to) {
    const std::vector<std::string> names = TRY(keys.names(true));
    for (const std::string& name : names) {
        const bool open = name == names.back();
        TRY(to.take("keys/" + name, TRY(open ? read_open_journal(keys, name) : keys.read(name))));
    }
    return {};
}

// A bucket and what stands beside it: between two steps of an erasure only that one opens
// (docs/formats/keys.md). Looked at first, so that it is seen before or after its rename.
Result<void> take_buckets(const KeySource& keys, BackupFolder& to) {
    for (const std::string& name : TRY(keys.names(false))) {
        const auto beside = keys.read(name + ".new");
        if (beside.ok()) TRY(to.take("keys/" + name + ".new", beside.value()));
        TRY(to.take("keys/" + name, TRY(keys.read(name))));
    }
    return {};
}

}  // namespace

Result<BackupReport> back_up_keys(Disk& disk, const std::string& data, const std::string& folder,
                                  IngestTime now) {
    const KeySource keys{disk, data + "/keys"};
    const std::string process(kProcess);
    const std::string source = TRY(key_files::store_id(TRY(keys.read(process)), keys.path));
    BackupFolder to = TRY(BackupFolder::open(disk, folder, BackupKind::Keys, source));
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
        to.begin_again();
        const Bytes before = TRY(keys.read(process));
        Result<void> taken = take_journals(keys, to);
        if (taken.ok()) taken = take_buckets(keys, to);
        if (!taken.ok() && taken.error().code != "disk.not_found") return std::move(taken).error();
        // An erasure gives its buckets new wrapping keys: all must be from before it or after.
        if (!taken.ok() || TRY(keys.read(process)) != before) continue;
        TRY(to.take("keys/" + process, before));
        return to.finish(now);
    }
    return Error{"backup.keys_busy", "The keys kept changing while they were copied.",
                 "Back up the keys again when fewer persons are being erased."};
}

}  // namespace filrouge
