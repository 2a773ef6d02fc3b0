// The folder of a backup while one is made: which of the former's files stay, which are written,
// and the one moment at which the new list replaces the former. Owned by one call.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "seam/disk.h"
#include "storage/backup_manifest.h"

namespace filrouge {

// The first `end` bytes of `from`, then zeros up to `bytes`.
struct FileContent {
    const File& from;
    std::uint64_t end = 0;
    std::uint64_t bytes = 0;
};
// Writes the part that is not zeros to `to`, when there is one; the SHA-256 is of all.
Result<std::string> copy_content(const FileContent& content, File* to);

std::string backup_path(const std::string& folder, const BackupFile& file);
std::string source_of_log(std::uint64_t log_id);  // as a manifest names it
// That the file is there and is what the manifest says.
Result<void> verify_backup_file(Disk& disk, const std::string& folder, const BackupFile& file);
// Into the data folder, under a passing name until it is whole; its folder is the caller's to sync.
Result<void> restore_file(Disk& disk, const std::string& folder, const BackupFile& file,
                          const std::string& data);
Result<BackupManifest> read_manifest(Disk& disk, const std::string& folder);

class BackupFolder {
  public:
    // Takes its lock. Refuses a data folder and a backup of the other kind or of another source.
    static Result<BackupFolder> open(Disk& disk, const std::string& folder, BackupKind kind,
                                     const std::string& source);

    const std::optional<BackupManifest>& former() const { return former_; }
    // Whether the former's file is where it should be, as far as its length tells.
    bool has(const BackupFile& file) const;

    void keep(const BackupFile& file) { manifest_.files.push_back(file); }
    // Sets bytes and checksum; `file.stored` is not one that the former holds with other content.
    Result<void> write(BackupFile file, const FileContent& content);
    // A small file, known by its content.
    Result<void> take(const std::string& name, const Bytes& bytes);
    void begin_again() { manifest_.files.clear(); }

    // From its rename on, the new backup is the one that counts.
    Result<BackupReport> finish(IngestTime now);

  private:
    BackupFolder(Disk& disk, std::string path) : disk_(&disk), path_(std::move(path)) {}
    void remove_what_nobody_lists();

    Disk* disk_;
    std::string path_;
    std::unique_ptr<DiskLock> lock_;
    std::optional<BackupManifest> former_;
    BackupManifest manifest_;
    std::uint64_t copied_ = 0;
};

}  // namespace filrouge
