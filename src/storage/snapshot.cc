#include "storage/snapshot.h"

#include <algorithm>
#include <vector>

#include "base/assert.h"
#include "storage/log_end.h"
#include "storage/snapshot_file.h"

namespace filrouge {
namespace {

using snapshot_file::Header;
using snapshot_file::Name;

// Files in the order they are loaded.
using Chain = std::vector<Name>;

struct Candidates {
    Chain wholes;      // newest first
    Chain increments;  // oldest first
};

// Skips what cannot belong to any chain.
Candidates choose(Disk& disk, const std::string& folder, const std::vector<std::string>& names,
                  std::uint32_t version, std::vector<Header>& increments,
                  std::vector<Error>& skipped) {
    Candidates out;
    for (const std::string& text : names) {
        const auto name = snapshot_file::parse_name(text);
        if (!name) continue;
        std::string path = folder;
        path.append("/").append(text);
        const auto header = snapshot_file::read_header(disk, path);
        if (!header.ok()) {
            skipped.push_back(header.error());
        } else if (header.value().fold_version != version) {
            skipped.push_back({std::string(kOtherFoldVersion),
                               path + ": made by fold version " +
                                   std::to_string(header.value().fold_version) + ", this one is " +
                                   std::to_string(version) + ".",
                               "It is ignored; the log has everything."});
        } else if (header.value().sequence != name->sequence ||
                   header.value().whole != name->whole) {
            skipped.push_back(snapshot_file::broken(path, "its name is not its own"));
        } else if (name->whole) {
            out.wholes.insert(out.wholes.begin(), *name);
        } else {
            out.increments.push_back(*name);
            increments.push_back(header.value());
        }
    }
    return out;
}

Chain chain_of(const Name& whole, const Candidates& files, const std::vector<Header>& increments) {
    Chain chain = {whole};
    for (std::size_t i = 0; i < files.increments.size(); ++i) {
        if (increments[i].builds_on == chain.back().sequence) chain.push_back(files.increments[i]);
    }
    return chain;
}

}  // namespace

Result<std::uint64_t> newest_snapshot(Disk& disk, const std::string& data) {
    std::uint64_t newest = 0;
    for (const char* folder : kSnapshotFolders) {
        if (!disk.exists(data + folder)) continue;
        for (const std::string& text : TRY(disk.list(data + folder))) {
            if (const auto name = snapshot_file::parse_name(text))
                newest = std::max(newest, name->sequence);
        }
    }
    return newest;
}

Result<void> check_log_end(const std::string& data, std::uint64_t last, std::uint64_t known) {
    if (known <= last) return {};
    // With nothing left of it, "going on" would be another, empty shop.
    const bool any_left = last > 0;
    return Error{
        "log.end_missing",
        "The log in " + data + "/log ends at record " + std::to_string(last) +
            ", but a snapshot in " + data + "/state was taken at record " + std::to_string(known) +
            ": log files are missing, or their end is damaged.",
        std::string("Put them back, or run `filrouge repair --from-backup FOLDER`, or "
                    "restore a backup into a new folder. Nothing has been changed.") +
            (any_left ? " To go on without the missing records, remove the folder state." : "")};
}

SnapshotStore::SnapshotStore(Disk& disk, Random& random, std::string folder, const DataKey& key,
                             std::uint32_t version)
    : disk_(disk), random_(random), folder_(std::move(folder)), key_(key), version_(version) {}

Result<std::uint64_t> SnapshotStore::load(TableSpace& space, std::vector<Error>* skipped) {
    std::vector<Error> nobody_asks;
    if (skipped == nullptr) skipped = &nobody_asks;
    TRY(disk_.make_folder(folder_));
    std::vector<Header> increments;
    const Candidates files =
        choose(disk_, folder_, TRY(disk_.list(folder_)), version_, increments, *skipped);
    for (const Name& whole : files.wholes) {
        Chain chain = chain_of(whole, files, increments);
        // A file that breaks half way has spoilt the space: once more, without it.
        while (!chain.empty()) {
            SnapshotStatus status;
            std::size_t good = 0;
            space.clear();
            for (; good < chain.size(); ++good) {
                const std::string path = folder_ + "/" + snapshot_file::name_of(chain[good]);
                const auto length = snapshot_file::apply(disk_, path, key_, space);
                if (!length.ok()) {
                    skipped->push_back(length.error());
                    break;
                }
                (good == 0 ? status.whole_bytes : status.increment_bytes) += length.value();
                status.sequence = chain[good].sequence;
            }
            if (good == chain.size()) {
                status_ = status;
                return status_.sequence;
            }
            chain.resize(good);
        }
    }
    space.clear();
    status_ = {};
    return std::uint64_t{0};
}

bool SnapshotStore::wants_whole() const {
    return status_.sequence == 0 || status_.increment_bytes > status_.whole_bytes;
}

Result<void> SnapshotStore::write(const CaptureHead& head, const CapturedPages& pages) {
    ASSERT(head.whole || (status_.sequence != 0 && head.sequence > status_.sequence));
    auto written = write_file(head, pages);
    if (!written.ok()) status_ = {};
    return written;
}

Result<void> SnapshotStore::write(Capture capture) {
    return write(capture, [&] { return std::exchange(capture.pages, {}); });
}

Result<void> SnapshotStore::remove_all() {
    status_ = {};
    for (const std::string& name : TRY(disk_.list(folder_))) {
        if (snapshot_file::parse_name(name) || name.ends_with(".frs.new"))
            TRY(disk_.remove(folder_ + "/" + name));
    }
    return disk_.sync_folder(folder_);
}

void SnapshotStore::start_over(const DataKey& key) {
    key_ = key;
    status_ = {};
}

Result<void> SnapshotStore::write_file(const CaptureHead& head, const CapturedPages& pages) {
    TRY(disk_.make_folder(folder_));
    const std::vector<std::string> before = TRY(disk_.list(folder_));
    const Name name{head.sequence, head.whole};
    const std::string path = folder_ + "/" + snapshot_file::name_of(name);
    const Header header{version_,
                        head.sequence,
                        head.whole ? 0 : status_.sequence,
                        head.whole,
                        static_cast<std::uint32_t>(head.arena_sizes.size()),
                        head.page_count};
    const auto wrote =
        snapshot_file::write(disk_, random_, path + ".new", key_, header, head, pages);
    if (!wrote.ok()) {
        static_cast<void>(disk_.remove(path + ".new"));  // a full disk gets back what it gave
        return wrote.error();
    }
    const std::uint64_t length = wrote.value();
    TRY(disk_.rename(path + ".new", path));
    TRY(disk_.sync_folder(folder_));
    status_.sequence = head.sequence;
    if (!head.whole) {
        status_.increment_bytes += length;
        return {};
    }
    status_.whole_bytes = length;
    status_.increment_bytes = 0;
    for (const std::string& old : before) {
        const bool ours = snapshot_file::parse_name(old).has_value() || old.ends_with(".frs.new");
        // One that stays is only space: what is loaded is the newest.
        if (ours && old != snapshot_file::name_of(name)) {
            static_cast<void>(disk_.remove(folder_ + "/" + old));
        }
    }
    return {};
}

}  // namespace filrouge
