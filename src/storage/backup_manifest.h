// backup.json: what a backup holds, and by which checksums it is known. Spec:
// docs/formats/backup.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "storage/backup.h"

namespace filrouge {

struct BackupFile {
    std::string name;    // below the data folder: "log/000000000001.frl"
    std::string stored;  // below files/ of the backup; another content has another one
    std::uint64_t bytes = 0;
    std::string sha256;  // in hex. No CRC: a file that ends with its own always has the same one
    // Of a segment of the log alone:
    std::uint64_t first_sequence = 0;
    std::uint64_t last_sequence = 0;
    std::uint64_t end = 0;       // past its last group; zeros follow
    std::uint32_t last_crc = 0;  // of that group: the chain of the next segment

    bool is_segment() const { return first_sequence != 0; }
};

struct BackupManifest {
    BackupKind kind = BackupKind::Data;
    std::string source;  // the id of the log or of the key store, in hex
    IngestTime taken;
    std::vector<BackupFile> files;  // segments in the order of the log

    const BackupFile* find(std::string_view name) const;
    const BackupFile* last_segment() const;
    BackupReport report() const;
};

Bytes encode_manifest(const BackupManifest& manifest);
Result<BackupManifest> decode_manifest(BytesView bytes, const std::string& path);

Error backup_damaged(const std::string& path, const std::string& what);

}  // namespace filrouge
