#include "seam/disk.h"

namespace filrouge {

Result<Bytes> read_whole(Disk& disk, const std::string& path, std::uint64_t size_max) {
    const auto file = TRY(disk.open(path, Disk::Open::Existing));
    const std::uint64_t size = TRY(file->size());
    if (size > size_max) {
        return Error{"disk.file_too_large",
                     path + " has " + std::to_string(size) + " bytes; at most " +
                         std::to_string(size_max) + " are expected.",
                     "Check that the file is the one Filrouge wrote."};
    }
    Bytes out;
    TRY(file->read_at(0, static_cast<std::size_t>(size), out));
    return out;
}

Result<void> replace_whole(Disk& disk, const std::string& path, BytesView bytes) {
    const std::string fresh = path + ".new";
    {
        const auto file = TRY(disk.open(fresh, Disk::Open::Create));
        TRY(file->truncate(0));
        TRY(file->write_at(0, bytes));
        TRY(file->sync_data());
    }
    TRY(disk.rename(fresh, path));
    const std::size_t slash = path.rfind('/');
    auto synced = disk.sync_folder(slash == std::string::npos ? "." : path.substr(0, slash));
    if (synced.ok() || synced.error().code != "disk.full") return synced;
    // "Full" tells the caller that the old file is there; now it may be either.
    return Error{"disk.io", synced.error().message, "Free space, then start filrouge again."};
}

}  // namespace filrouge
