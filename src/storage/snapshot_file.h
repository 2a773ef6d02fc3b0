// One file of a snapshot: written and read as a stream of pages, so that a gigabyte of state needs
// a few megabytes on the way. Spec: docs/formats/snapshot.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "seam/disk.h"
#include "seam/random.h"
#include "storage/seal.h"
#include "storage/table.h"

namespace filrouge::snapshot_file {

struct Header {
    std::uint32_t fold_version = 0;
    std::uint64_t sequence = 0;
    std::uint64_t builds_on = 0;  // 0 in a whole capture
    bool whole = false;
    std::uint32_t arenas = 0;
    std::uint64_t pages = 0;
};

struct Name {
    std::uint64_t sequence = 0;
    bool whole = false;
};
std::string name_of(const Name& name);
std::optional<Name> parse_name(const std::string& name);

// Writes and syncs `path`, which is new; answers the length. snapshot.broken_off: fewer pages came
// than `head` promised.
Result<std::uint64_t> write(Disk& disk, Random& random, const std::string& path, const DataKey& key,
                            const Header& header, const CaptureHead& head,
                            const CapturedPages& pages);

Error broken(const std::string& path, const std::string& what);  // kSnapshotBroken
// Only the header, for choosing. Errors: "snapshot.broken", or "snapshot.newer_format".
Result<Header> read_header(Disk& disk, const std::string& path);
// Puts the file on top of `space`. An Error may come in the middle, and then `space` is of no use.
Result<std::uint64_t> apply(Disk& disk, const std::string& path, const DataKey& key,
                            TableSpace& space);

}  // namespace filrouge::snapshot_file
