// Single segments of a damaged log, taken from a backup. A log is a chain: whatever is put between
// two segments either fits both or is not accepted.
#include <iterator>
#include <map>
#include <set>

#include "storage/backup.h"
#include "storage/backup_folder.h"
#include "storage/log_end.h"
#include "storage/log_segment.h"

namespace filrouge {
namespace {

// The segment, read to its end; an Error when it is not what was written. Behind the last group of
// the newest one an unfinished one may stand.
Result<Segment> read_all(Disk& disk, const std::string& folder, std::uint64_t first, bool newest) {
    Segment segment = TRY(read_segment_header(disk, folder, first));
    const auto file = TRY(disk.open(segment.path, Disk::Open::Existing));
    const ScanEnd end = TRY(scan_segment(*file, segment, {.records = true}));
    if (newest) {
        TRY(torn_tail_bytes(*file, segment, end));
    } else if (end.bytes_end > segment.end) {
        return log_format::damaged(segment.path, segment.end, "a group is broken");
    }
    return segment;
}

Result<std::set<std::uint64_t>> firsts_in(Disk& disk, const std::string& folder) {
    std::set<std::uint64_t> firsts;
    for (const std::string& name : TRY(disk.list(folder))) {
        if (const auto first = parse_segment_name(name)) firsts.insert(*first);
    }
    return firsts;
}

Error not_in_backup(const std::string& path, const std::string& why) {
    return {"repair.not_in_backup", path + " cannot be repaired: " + why + ".",
            "Look for a newer backup, or restore one into a new folder. Nothing has been changed."};
}

Result<void> check_same_log(Disk& disk, const std::string& folder,
                            const std::set<std::uint64_t>& firsts, const BackupManifest& backup) {
    for (const std::uint64_t first : firsts) {
        const auto segment = read_segment_header(disk, folder, first);
        if (!segment.ok() || source_of_log(segment.value().header.log_id) == backup.source)
            continue;
        return Error{"backup.other_shop", "The backup is of another log than " + folder + ".",
                     "Name a backup of this shop. Nothing has been changed."};
    }
    return {};
}

// What the backup holds behind the newest segment that is left, as far as it joins on: that is
// lost, for the newest one there ever was has none behind it. Adds to `firsts`, and answers how far
// the log then reaches; 0 when the newest one that is left cannot be told.
Result<std::uint64_t> add_lost_end(Disk& disk, const std::string& folder,
                                   const std::set<std::uint64_t>& there,
                                   const Result<Segment>& newest, const BackupManifest& backup,
                                   std::set<std::uint64_t>& firsts) {
    const BackupFile* held = backup.find("log/" + segment_name(*there.rbegin()));
    std::uint64_t end = newest.ok()       ? newest.value().last_sequence
                        : held != nullptr ? held->last_sequence
                                          : 0;
    std::map<std::uint64_t, const BackupFile*> behind;
    for (const BackupFile& file : backup.files) {
        if (file.is_segment() && file.first_sequence > *there.rbegin())
            behind.emplace(file.first_sequence, &file);
    }
    for (const auto& [first, file] : behind) {
        if (first != end + 1) break;
        // A log that went on from an older backup may end at the same number.
        if (newest.ok() && *firsts.rbegin() == *there.rbegin()) {
            const std::string stored_path = backup_path(folder, *file);
            const auto stored = TRY(disk.open(stored_path, Disk::Open::Existing));
            Bytes header;
            TRY(stored->read_at(0, log_format::kSegmentHeaderBytes, header));
            const auto read = log_format::decode_header(header, stored_path);
            if (!read.ok() || read.value().chain != newest.value().last_crc) break;
        }
        firsts.insert(first);
        end = file->last_sequence;
    }
    return end;
}

// What the backup has in place of a segment, all of it.
Result<BackupFile> replacement(const BackupManifest& backup, const std::string& folder,
                               std::uint64_t first, const std::set<std::uint64_t>& firsts,
                               bool is_of_the_end) {
    const std::string name = segment_name(first);
    const std::string path = folder + "/" + name;
    const auto next = firsts.upper_bound(first);
    const BackupFile* held = backup.find("log/" + name);
    if (is_of_the_end && held != nullptr) return *held;
    if (next == firsts.end()) {
        return not_in_backup(path, "it is the newest, and how far it reached nobody knows");
    }
    if (held == nullptr) return not_in_backup(path, "the backup does not hold it");
    if (held->last_sequence + 1 != *next) {
        return not_in_backup(path, "the backup holds it up to record " +
                                       std::to_string(held->last_sequence) +
                                       ", and it reached to record " + std::to_string(*next - 1));
    }
    return *held;
}

Result<void> replace(Disk& disk, const std::string& data, const std::string& backup,
                     const BackupFile& file) {
    const std::string path = data + "/" + file.name;
    if (disk.exists(path)) TRY(disk.rename(path, path + ".damaged"));
    TRY(restore_file(disk, backup, file, data));
    return disk.sync_folder(data + "/log");
}

}  // namespace

Result<RepairReport> repair_from_backup(Disk& disk, const std::string& data,
                                        const std::string& folder) {
    const auto lock = TRY(disk.lock(data + "/lock"));
    const std::string log = data + "/log";
    const BackupManifest manifest = TRY(read_manifest(disk, folder));
    const std::uint64_t known = TRY(newest_snapshot(disk, data));
    const std::set<std::uint64_t> there = TRY(firsts_in(disk, log));
    if (there.empty())
        return not_in_backup(log, "no segment is left, and nothing else tells whose log it was");
    TRY(check_same_log(disk, log, there, manifest));
    std::set<std::uint64_t> firsts = there;
    for (const BackupFile& file : manifest.files) {
        if (file.is_segment() && file.first_sequence < *there.rbegin())
            firsts.insert(file.first_sequence);
    }
    const std::uint64_t end = TRY(add_lost_end(
        disk, folder, there, read_all(disk, log, *there.rbegin(), true), manifest, firsts));
    std::vector<BackupFile> wanted;
    for (auto first = firsts.begin(); first != firsts.end(); ++first) {
        const auto next = std::next(first);
        const auto segment = read_all(disk, log, *first, next == firsts.end());
        if (!segment.ok()) {
            wanted.push_back(
                TRY(replacement(manifest, log, *first, firsts, *first > *there.rbegin())));
            TRY(verify_backup_file(disk, folder, wanted.back()));
        } else if (next != firsts.end() && segment.value().last_sequence + 1 != *next) {
            return not_in_backup(log + "/" + segment_name(segment.value().last_sequence + 1),
                                 "it is missing, and the backup does not hold it");
        }
    }
    if (known > end)
        return not_in_backup(log, "a snapshot was taken at record " + std::to_string(known) +
                                      ", and with the backup it would end at record " +
                                      std::to_string(end));
    RepairReport report;
    for (const BackupFile& file : wanted) {
        TRY(replace(disk, data, folder, file));
        report.replaced.push_back(data + "/" + file.name);
    }
    report.log = TRY(verify_log(disk, log));
    return report;
}

}  // namespace filrouge
