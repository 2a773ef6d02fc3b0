// The log and the settings into a backup, and a backup back into a data folder. The keys go their
// own way: key_backup.cc.
#include "storage/backup.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/text.h"
#include "storage/backup_folder.h"
#include "storage/log_segment.h"

namespace filrouge {
namespace {

using log_format::damaged;

constexpr const char* kSettings = "filrouge.toml";
constexpr std::uint64_t kSettingsBytesMax = 1024 * 1024;

// In the order of the log. A segment that is made from now on is not among them, nor need it be.
Result<std::vector<Segment>> segments_of(Disk& disk, const std::string& folder) {
    std::vector<std::uint64_t> firsts;
    for (const std::string& name : TRY(disk.list(folder))) {
        if (const auto first = parse_segment_name(name)) firsts.push_back(*first);
    }
    std::sort(firsts.begin(), firsts.end());
    if (firsts.empty() || firsts.front() != 1) {
        return damaged(folder, 0, "the first segment of the log is missing");
    }
    std::vector<Segment> out;
    out.reserve(firsts.size());
    for (const std::uint64_t first : firsts) {
        out.push_back(TRY(read_segment_header(disk, folder, first)));
    }
    return out;
}

// The last segment, which a server may be writing: up to the last whole group. A group under way
// looks broken until it is whole, so damage is believed at the second look at the same place.
Result<void> scan_active(File& file, Segment& segment) {
    std::optional<std::uint64_t> broken_at;
    while (true) {
        const ScanEnd end = TRY(scan_segment(file, segment));
        auto torn = torn_tail_bytes(file, segment, end);
        if (torn.ok()) break;
        if (broken_at == segment.end) return std::move(torn).error();
        broken_at = segment.end;
    }
    // Else a power cut could take a group from the shop that its backup has, and the shop would
    // give its sequence to another one.
    return file.sync_data();
}

// `last` is what stands at the end of the segment before `next`.
bool continues(std::uint64_t last_sequence, std::uint32_t last_crc, const Segment& next) {
    return next.header.first_sequence == last_sequence + 1 && next.header.chain == last_crc;
}

Result<void> scan(File& file, Segment& segment, const Segment* next) {
    if (next == nullptr) return scan_active(file, segment);
    const ScanEnd end = TRY(scan_segment(file, segment));
    if (end.bytes_end > segment.end) return damaged(segment.path, segment.end, "a group is broken");
    if (!continues(segment.last_sequence, segment.last_crc, *next)) {
        return damaged(next->path, 24, "this segment does not belong behind the one before it");
    }
    return {};
}

Error ahead(std::uint64_t held) {
    return {"backup.ahead",
            "The backup reaches to record " + std::to_string(held) +
                ", further than the log it should be made from.",
            "The shop has lost the end of its log, or was restored from an older backup: keep "
            "this backup, and give the next one a new folder. Nothing has been changed."};
}

// That the log has grown from what the backup holds of this segment.
Result<void> check_growth(const File& file, const Segment& segment, bool log_goes_on,
                          const BackupFile& held) {
    if (held.last_sequence > segment.last_sequence) {
        if (!log_goes_on) return ahead(held.last_sequence);
    } else if (TRY(copy_content({file, held.end, held.bytes}, nullptr)) == held.sha256) {
        return {};
    }
    return Error{"backup.other_history",
                 "The backup holds other records than the log up to record " +
                     std::to_string(held.last_sequence) + ".",
                 "The shop was restored and has gone on from there: keep this backup, and give "
                 "the next one a new folder. Nothing has been changed."};
}

BackupFile entry_of(const Segment& segment) {
    BackupFile file;
    const std::string name = segment_name(segment.header.first_sequence);
    file.name = "log/" + name;
    // The last sequence tells one state of a growing segment from the next.
    file.stored = name + "." + std::to_string(segment.last_sequence);
    file.first_sequence = segment.header.first_sequence;
    file.last_sequence = segment.last_sequence;
    file.end = segment.end;
    file.last_crc = segment.last_crc;
    return file;
}

Result<void> take_segment(Disk& disk, BackupFolder& to, Segment& segment, const Segment* next) {
    const std::string name = "log/" + segment_name(segment.header.first_sequence);
    const BackupFile* held = to.former() ? to.former()->find(name) : nullptr;
    const bool there = held != nullptr && to.has(*held);
    // The chain in the header of the next segment vouches for every group before it: years of log
    // need not be read again each night.
    if (there && next != nullptr && continues(held->last_sequence, held->last_crc, *next)) {
        to.keep(*held);
        return {};
    }
    const auto file = TRY(disk.open(segment.path, Disk::Open::Existing));
    TRY(scan(*file, segment, next));
    if (held != nullptr) TRY(check_growth(*file, segment, next != nullptr, *held));
    if (there && held->last_sequence == segment.last_sequence) {
        to.keep(*held);
        return {};
    }
    return to.write(entry_of(segment), {*file, segment.end, segment.file_bytes});
}

Result<BackupManifest> verified(Disk& disk, const std::string& folder) {
    BackupManifest manifest = TRY(read_manifest(disk, folder));
    for (const BackupFile& file : manifest.files) TRY(verify_backup_file(disk, folder, file));
    return manifest;
}

Result<BackupManifest> verified(Disk& disk, const std::string& folder, BackupKind kind) {
    BackupManifest manifest = TRY(verified(disk, folder));
    if (manifest.kind == kind) return manifest;
    const bool data = kind == BackupKind::Data;
    return Error{"backup.other_kind",
                 folder + (data ? " holds keys, no data." : " holds data, no keys."),
                 "Name both: filrouge restore DATA_BACKUP --keys KEY_BACKUP --data NEW"};
}

Result<void> check_unused(Disk& disk, const std::string& data, bool with_keys) {
    for (const char* name : {"/log", "/state", "/keys"}) {
        const std::string path = data + name;
        if (!disk.exists(path) || (name == std::string_view("/keys") && !with_keys)) continue;
        if (TRY(disk.list(path)).empty()) continue;
        return Error{"backup.folder_in_use", "There is something in " + path + " already.",
                     "Restore into a new folder; what an unfinished restore left may be removed. "
                     "Nothing has been changed."};
    }
    return {};
}

// From the end, each made durable: a restore that stops has a log without its beginning, which
// nobody opens.
Result<void> restore_data(Disk& disk, const std::string& folder, const BackupManifest& manifest,
                          const std::string& data) {
    for (auto file = manifest.files.rbegin(); file != manifest.files.rend(); ++file) {
        TRY(restore_file(disk, folder, *file, data));
        TRY(disk.sync_folder(file->is_segment() ? data + "/log" : data));
    }
    return {};
}

}  // namespace

Result<BackupReport> back_up_data(Disk& disk, const std::string& data, const std::string& folder,
                                  IngestTime now) {
    std::vector<Segment> segments = TRY(segments_of(disk, data + "/log"));
    BackupFolder to = TRY(BackupFolder::open(disk, folder, BackupKind::Data,
                                             source_of_log(segments.front().header.log_id)));
    if (to.former()) {
        const BackupFile* last = to.former()->last_segment();
        if (last != nullptr && last->first_sequence > segments.back().header.first_sequence) {
            return ahead(last->last_sequence);
        }
    }
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const Segment* next = i + 1 < segments.size() ? &segments[i + 1] : nullptr;
        TRY(take_segment(disk, to, segments[i], next));
    }
    const std::string settings = data + "/" + kSettings;
    if (disk.exists(settings)) {
        TRY(to.take(kSettings, TRY(read_whole(disk, settings, kSettingsBytesMax))));
    }
    return to.finish(now);
}

Result<BackupReport> verify_backup(Disk& disk, const std::string& folder) {
    return TRY(verified(disk, folder)).report();
}

Result<RestoreReport> restore_backup(Disk& disk, const std::string& folder, const std::string& keys,
                                     const std::string& data) {
    TRY(check_unused(disk, data, !keys.empty()));
    const BackupManifest manifest = TRY(verified(disk, folder, BackupKind::Data));
    BackupManifest of_keys;
    if (!keys.empty()) of_keys = TRY(verified(disk, keys, BackupKind::Keys));
    for (const char* name : {"/log", "/keys"}) TRY(disk.make_folder(data + name));
    for (const BackupFile& file : of_keys.files) TRY(restore_file(disk, keys, file, data));
    TRY(disk.sync_folder(data + "/keys"));
    TRY(restore_data(disk, folder, manifest, data));
    RestoreReport report{TRY(verify_log(disk, data + "/log")), manifest.taken, !keys.empty(),
                         false};
    report.keys_older = report.keys && of_keys.taken.us < manifest.taken.us;
    return report;
}

}  // namespace filrouge
