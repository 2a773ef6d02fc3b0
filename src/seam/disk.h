// Files as durable storage sees them. Every byte that Filrouge keeps goes through here, so that a
// test can cut, tear, reorder or refuse any write, and count the syncs.
//
// Durability contract, the one the log relies on:
//   - write_at() promises nothing until sync_data() of that file has returned ok;
//   - create(), rename() and remove() promise nothing until sync_folder() of the parent has;
//   - after a failed sync the state of the file is unknown: the caller must stop, never retry.
// Files are made 0600 and folders 0700. Thread-safe: different files from different threads; one
// file from one writer at a time, while any number of threads read_at().
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace filrouge {

struct File {
    virtual ~File() = default;  // closes
    virtual Result<void> write_at(std::uint64_t offset, BytesView bytes) = 0;
    // Reads up to `size` bytes into `out` (resized to what was there): short only at the end.
    virtual Result<void> read_at(std::uint64_t offset, std::size_t size, Bytes& out) const = 0;
    virtual Result<void> sync_data() = 0;  // fdatasync
    virtual Result<std::uint64_t> size() const = 0;
    // Makes the file `size` bytes long with its blocks reserved and written (zeros past the old
    // end), so that a later write inside it needs no new metadata at its sync.
    virtual Result<void> preallocate(std::uint64_t size) = 0;
    virtual Result<void> truncate(std::uint64_t size) = 0;
};

struct DiskSpace {
    std::uint64_t free_bytes = 0;  // for us, without what is kept for root
    std::uint64_t bytes = 0;
};

struct DiskLock {
    virtual ~DiskLock() = default;  // releases
};

struct Disk {
    enum class Open { Existing, Create, CreateNew };
    virtual ~Disk() = default;
    virtual Result<std::unique_ptr<File>> open(const std::string& path, Open how) = 0;
    virtual Result<std::vector<std::string>> list(const std::string& folder) = 0;  // names, sorted
    virtual Result<void> make_folder(const std::string& path) = 0;  // and its parents; 0700
    virtual bool exists(const std::string& path) = 0;
    virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
    virtual Result<void> remove(const std::string& path) = 0;  // a file
    virtual Result<void> sync_folder(const std::string& path) = 0;
    virtual Result<DiskSpace> space(const std::string& path) = 0;  // of the file system it is on
    virtual Result<bool> open_to_others(const std::string& path) = 0;  // group or world may read it
    // Refused with code "disk.locked" while another process holds it.
    virtual Result<std::unique_ptr<DiskLock>> lock(const std::string& path) = 0;
};

// Small files that are replaced whole: new file, sync, rename, sync of the folder.
Result<Bytes> read_whole(Disk& disk, const std::string& path, std::uint64_t size_max);
Result<void> replace_whole(Disk& disk, const std::string& path, BytesView bytes);

}  // namespace filrouge
