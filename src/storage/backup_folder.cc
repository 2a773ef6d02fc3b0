#include "storage/backup_folder.h"

#include <openssl/evp.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "storage/log_format.h"
#include "storage/sha256.h"

namespace filrouge {
namespace {

constexpr const char* kManifest = "/backup.json";
constexpr const char* kFiles = "/files";
constexpr std::size_t kDigestDigitsOfName = 16;
constexpr std::uint64_t kManifestBytesMax = std::uint64_t{1} << 30;

std::string base_name(const std::string& name) { return name.substr(name.rfind('/') + 1); }

// In pieces; nothing of it can fail once there is memory for it.
class Sha256 {
  public:
    Sha256() : context_(EVP_MD_CTX_new()) {
        ASSERT(context_ && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1);
    }
    void add(BytesView bytes) {
        ASSERT(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
    }
    std::string hex() {
        Bytes digest(static_cast<std::size_t>(EVP_MD_size(EVP_sha256())), '\0');
        ASSERT(EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(digest.data()),
                                  nullptr) == 1);
        return hex_encode(digest);
    }

  private:
    struct Free {
        void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    };
    std::unique_ptr<EVP_MD_CTX, Free> context_;
};

Error refused(std::string code, const std::string& folder, const std::string& what) {
    return {std::move(code), folder + " " + what + ".",
            "Give this backup a folder of its own. Nothing has been changed."};
}

}  // namespace

Result<std::string> copy_content(const FileContent& content, File* to) {
    constexpr std::uint64_t kBlock = log_format::kReadBlockBytes;
    Sha256 digest;
    Bytes block;
    for (std::uint64_t at = 0; at < content.end; at += kBlock) {
        const std::uint64_t size = std::min(kBlock, content.end - at);
        TRY(content.from.read_at(at, static_cast<std::size_t>(size), block));
        // A file that ends too early is for the digest to tell.
        digest.add(block);
        if (to != nullptr) TRY(to->write_at(at, block));
    }
    block.assign(std::min(kBlock, content.bytes - content.end), '\0');
    for (std::uint64_t at = content.end; at < content.bytes; at += kBlock) {
        digest.add(BytesView(block).substr(0, content.bytes - at));
    }
    return digest.hex();
}

std::string backup_path(const std::string& folder, const BackupFile& file) {
    return folder + kFiles + "/" + file.stored;
}

std::string source_of_log(std::uint64_t log_id) {
    Bytes bytes;
    ByteWriter(bytes).u64(log_id);
    return hex_encode(bytes);
}

Result<void> verify_backup_file(Disk& disk, const std::string& folder, const BackupFile& file) {
    const std::string path = backup_path(folder, file);
    if (!disk.exists(path)) return backup_damaged(path, "the file is missing");
    const auto opened = TRY(disk.open(path, Disk::Open::Existing));
    const std::uint64_t size = TRY(opened->size());
    if (size != file.bytes) {
        return backup_damaged(path, "it has " + std::to_string(size) + " bytes instead of " +
                                        std::to_string(file.bytes));
    }
    if (TRY(copy_content({*opened, size, size}, nullptr)) == file.sha256) return {};
    return backup_damaged(path, "its checksum is wrong");
}

Result<void> restore_file(Disk& disk, const std::string& folder, const BackupFile& file,
                          const std::string& data) {
    const std::string path = data + "/" + file.name;
    const std::string passing = path + ".restoring";
    {
        const auto from = TRY(disk.open(backup_path(folder, file), Disk::Open::Existing));
        const auto to = TRY(disk.open(passing, Disk::Open::Create));
        TRY(to->truncate(0));
        const std::uint64_t end = file.is_segment() ? file.end : file.bytes;
        if (TRY(copy_content({*from, end, file.bytes}, to.get())) != file.sha256) {
            return backup_damaged(backup_path(folder, file), "it changed while it was copied");
        }
        TRY(to->preallocate(file.bytes));  // room for what the log will append
        TRY(to->sync_data());
    }
    return disk.rename(passing, path);
}

Result<BackupManifest> read_manifest(Disk& disk, const std::string& folder) {
    const std::string path = folder + kManifest;
    if (!disk.exists(path)) {
        return Error{"backup.not_found", "There is no backup in " + folder + ".",
                     "Name the folder that holds backup.json."};
    }
    return decode_manifest(TRY(read_whole(disk, path, kManifestBytesMax)), path);
}

Result<BackupFolder> BackupFolder::open(Disk& disk, const std::string& folder, BackupKind kind,
                                        const std::string& source) {
    if (disk.exists(folder + "/log")) {
        return refused("backup.data_folder", folder, "is itself a data folder");
    }
    TRY(disk.make_folder(folder + kFiles));
    BackupFolder out(disk, folder);
    out.lock_ = TRY(disk.lock(folder + "/lock"));
    out.manifest_.kind = kind;
    out.manifest_.source = source;
    if (!disk.exists(folder + kManifest)) return out;
    out.former_ = TRY(read_manifest(disk, folder));
    if (out.former_->kind != kind) {
        return refused("backup.other_kind", folder,
                       kind == BackupKind::Keys ? "holds a backup of data; keys are kept apart"
                                                : "holds a backup of keys; data is kept apart");
    }
    if (out.former_->source != source) {
        return refused("backup.other_shop", folder, "holds the backup of another shop");
    }
    return out;
}

bool BackupFolder::has(const BackupFile& file) const {
    const auto found = disk_->open(backup_path(path_, file), Disk::Open::Existing);
    if (!found.ok()) return false;
    const auto size = found.value()->size();
    return size.ok() && size.value() == file.bytes;
}

Result<void> BackupFolder::write(BackupFile file, const FileContent& content) {
    const auto to = TRY(disk_->open(backup_path(path_, file), Disk::Open::Create));
    TRY(to->truncate(0));
    file.sha256 = TRY(copy_content(content, to.get()));
    file.bytes = content.bytes;
    TRY(to->truncate(file.bytes));  // the zeros, without room on the disk
    TRY(to->sync_data());
    manifest_.files.push_back(std::move(file));
    ++copied_;
    return {};
}

Result<void> BackupFolder::take(const std::string& name, const Bytes& bytes) {
    BackupFile file;
    file.name = name;
    file.bytes = bytes.size();
    file.sha256 = sha256_hex(bytes);
    file.stored = base_name(name) + "." + file.sha256.substr(0, kDigestDigitsOfName);
    const BackupFile* held = former_ ? former_->find(name) : nullptr;
    if (held != nullptr && held->stored == file.stored && has(file)) {
        keep(file);
        return {};
    }
    const auto to = TRY(disk_->open(backup_path(path_, file), Disk::Open::Create));
    TRY(to->truncate(0));
    // Zeros at the end, as in a journal of keys, need no room.
    const BytesView content = BytesView(bytes).substr(0, bytes.find_last_not_of('\0') + 1);
    TRY(to->write_at(0, content));
    TRY(to->truncate(bytes.size()));
    TRY(to->sync_data());
    keep(file);
    ++copied_;
    return {};
}

Result<BackupReport> BackupFolder::finish(IngestTime now) {
    manifest_.taken = now;
    TRY(disk_->sync_folder(path_ + kFiles));
    TRY(replace_whole(*disk_, path_ + kManifest, encode_manifest(manifest_)));
    remove_what_nobody_lists();
    BackupReport report = manifest_.report();
    report.copied = copied_;
    return report;
}

// Of former backups and of unfinished ones. What cannot be removed now is only room on the disk,
// and the next backup tries again.
void BackupFolder::remove_what_nobody_lists() {
    std::set<std::string> listed;
    for (const BackupFile& file : manifest_.files) listed.insert(file.stored);
    const auto names = disk_->list(path_ + kFiles);
    if (!names.ok()) return;
    for (const std::string& name : names.value()) {
        if (!listed.contains(name)) static_cast<void>(disk_->remove(path_ + kFiles + "/" + name));
    }
}

}  // namespace filrouge
