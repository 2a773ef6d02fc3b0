#include "os/disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

namespace filrouge::os {
namespace {

constexpr std::size_t kZeroBlockBytes = 1024 * 1024;

Error failed(const char* call, const std::string& path, int number) {
    const std::string message =
        std::string(call) + " of " + path + " failed: " + std::strerror(number) + ".";
    switch (number) {
        case ENOSPC:
        case EDQUOT: return {"disk.full", message, "Free space on this file system."};
        case ENOENT:
        case ENOTDIR: return {"disk.not_found", message, "Check the path in the settings."};
        case EEXIST: return {"disk.exists", message, ""};
        case EACCES:
        case EPERM: return {"disk.denied", message, "Check the owner and the mode of the path."};
        default: return {"disk.io", message, "Look for disk errors in the kernel's log."};
    }
}

// Owns a descriptor; moves nowhere, so it is closed exactly once.
class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return fd_; }

  private:
    int fd_;
};

template <class Call>
auto retried(Call call) {  // a signal must not look like a broken disk
    auto done = call();
    while (done < 0 && errno == EINTR) done = call();
    return done;
}

class RealFile : public File {
  public:
    RealFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}

    Result<void> write_at(std::uint64_t offset, BytesView bytes) override {
        while (!bytes.empty()) {
            const ssize_t n = retried([&] {
                return ::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
            });
            if (n < 0) return failed("write", path_, errno);
            if (n == 0) return failed("write", path_, EIO);
            offset += static_cast<std::uint64_t>(n);
            bytes.remove_prefix(static_cast<std::size_t>(n));
        }
        return {};
    }

    Result<void> read_at(std::uint64_t offset, std::size_t size, Bytes& out) const override {
        out.resize(size);
        std::size_t have = 0;
        while (have < size) {
            const ssize_t n = retried([&] {
                return ::pread(fd_.get(), out.data() + have, size - have,
                               static_cast<off_t>(offset + have));
            });
            if (n < 0) return failed("read", path_, errno);
            if (n == 0) break;
            have += static_cast<std::size_t>(n);
        }
        out.resize(have);
        return {};
    }

    Result<void> sync_data() override {
        // Never retried: after a failure the kernel may have dropped the dirty pages, and a
        // second call would answer ok for bytes that are gone.
        if (::fdatasync(fd_.get()) != 0) return failed("fdatasync", path_, errno);
        return {};
    }

    Result<std::uint64_t> size() const override {
        struct stat info {};
        if (::fstat(fd_.get(), &info) != 0) return failed("stat", path_, errno);
        return static_cast<std::uint64_t>(info.st_size);
    }

    Result<void> preallocate(std::uint64_t size_wanted) override {
        std::uint64_t at = TRY(size());
        if (at >= size_wanted) return {};
        // Reserving first answers "full" before anything is written; writing zeros afterwards
        // turns the reserved blocks into written ones, which is what spares the later metadata.
        const int refused = retried([&] {
            const int code = ::posix_fallocate(fd_.get(), static_cast<off_t>(at),
                                               static_cast<off_t>(size_wanted - at));
            errno = code;
            return code == EINTR ? -1 : code;
        });
        if (refused != 0 && refused != EOPNOTSUPP && refused != EINVAL) {
            return failed("preallocation", path_, refused);
        }
        const Bytes zeros(std::min<std::uint64_t>(kZeroBlockBytes, size_wanted - at), '\0');
        while (at < size_wanted) {
            const std::uint64_t n = std::min<std::uint64_t>(zeros.size(), size_wanted - at);
            TRY(write_at(at, BytesView(zeros.data(), n)));
            at += n;
        }
        return {};
    }

    Result<void> truncate(std::uint64_t size_wanted) override {
        const int done =
            retried([&] { return ::ftruncate(fd_.get(), static_cast<off_t>(size_wanted)); });
        if (done != 0) return failed("truncate", path_, errno);
        return {};
    }

  private:
    Descriptor fd_;
    std::string path_;
};

class RealLock : public DiskLock {
  public:
    explicit RealLock(int fd) : fd_(fd) {}  // closing the descriptor releases the lock

  private:
    Descriptor fd_;
};

class RealDisk : public Disk {
  public:
    Result<std::unique_ptr<File>> open(const std::string& path, Open how) override {
        int flags = O_RDWR | O_CLOEXEC;
        if (how != Open::Existing) flags |= O_CREAT;
        if (how == Open::CreateNew) flags |= O_EXCL;
        int fd = retried([&] { return ::open(path.c_str(), flags, 0600); });
        if (fd < 0 && errno == EACCES && how == Open::Existing) {
            // `verify` may run as a user who may only read; a later write then says "denied".
            fd = retried([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); });
        }
        if (fd < 0) return failed("open", path, errno);
        return std::unique_ptr<File>(std::make_unique<RealFile>(fd, path));
    }

    Result<std::vector<std::string>> list(const std::string& folder) override {
        DIR* handle = ::opendir(folder.c_str());
        if (handle == nullptr) return failed("listing", folder, errno);
        std::vector<std::string> names;
        errno = 0;
        while (const dirent* entry = ::readdir(handle)) {
            const std::string_view name = entry->d_name;
            if (name != "." && name != "..") names.emplace_back(name);
        }
        const int number = errno;
        ::closedir(handle);
        if (number != 0) return failed("listing", folder, number);
        std::sort(names.begin(), names.end());
        return names;
    }

    Result<void> make_folder(const std::string& path) override {
        std::size_t slash = 0;
        while (slash != std::string::npos) {
            slash = path.find('/', slash + 1);
            const std::string part = path.substr(0, slash);
            if (::mkdir(part.c_str(), 0700) == 0) {
                TRY(sync_folder(parent_of(part)));  // else a crash could take the folder away
            } else if (errno != EEXIST) {
                return failed("making the folder", part, errno);
            }
        }
        struct stat info {};
        if (::stat(path.c_str(), &info) != 0) return failed("stat", path, errno);
        if (!S_ISDIR(info.st_mode)) return failed("making the folder", path, EEXIST);
        return {};
    }

    bool exists(const std::string& path) override { return ::access(path.c_str(), F_OK) == 0; }

    Result<void> rename(const std::string& from, const std::string& to) override {
        if (::rename(from.c_str(), to.c_str()) != 0) return failed("rename", from, errno);
        return {};
    }

    Result<void> remove(const std::string& path) override {
        if (::unlink(path.c_str()) != 0) return failed("removal", path, errno);
        return {};
    }

    Result<void> sync_folder(const std::string& path) override {
        const Descriptor fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (fd.get() < 0) return failed("open", path, errno);
        if (::fsync(fd.get()) == 0) return {};
        // Never "full", after which one may try again: which changes of the folder will last is
        // not known.
        Error error = failed("fsync", path, errno);
        if (error.code == "disk.full") error.code = "disk.io";
        return error;
    }

    Result<DiskSpace> space(const std::string& path) override {
        struct statvfs info {};
        if (::statvfs(path.c_str(), &info) != 0) return failed("statvfs", path, errno);
        const std::uint64_t block = info.f_frsize;
        return DiskSpace{info.f_bavail * block, info.f_blocks * block};
    }

    Result<bool> open_to_others(const std::string& path) override {
        struct stat info {};
        if (::stat(path.c_str(), &info) != 0) return failed("stat", path, errno);
        return (info.st_mode & (S_IRWXG | S_IRWXO)) != 0;
    }

    Result<std::unique_ptr<DiskLock>> lock(const std::string& path) override {
        const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0) return failed("open", path, errno);
        auto held = std::make_unique<RealLock>(fd);
        if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
            const int number = errno;
            if (number != EWOULDBLOCK) return failed("lock", path, number);
            return Error{
                "disk.locked", path + " is held by another process.",
                "Stop the other filrouge that uses this folder, or give this one its own."};
        }
        return std::unique_ptr<DiskLock>(std::move(held));
    }

  private:
    static std::string parent_of(const std::string& path) {
        const std::size_t slash = path.rfind('/');
        if (slash == std::string::npos) return ".";
        return slash == 0 ? "/" : path.substr(0, slash);
    }
};

}  // namespace

std::unique_ptr<Disk> make_disk() { return std::make_unique<RealDisk>(); }

}  // namespace filrouge::os
