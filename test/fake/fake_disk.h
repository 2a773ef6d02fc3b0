// A disk in memory that can lose power. It knows what was written and what was synced, of files
// (in sectors of 512 bytes) and of folders (create, rename, remove), so a crash can drop, tear and
// reorder everything that no sync has covered. Thread-safe.
//
//   disk.stop_at(n);                       // from the n-th change on, every change fails
//   ... run until the code under test gives up ...
//   disk.crash(Crash::KeepRandom, seed);   // what the machine finds when it comes back
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "seam/disk.h"

namespace filrouge::fake {

constexpr std::size_t kSectorBytes = 512;

enum class Crash : std::uint8_t {
    LoseUnsynced,  // exactly what was synced
    KeepPrefix,    // and some of the unsynced sectors and folder changes, the first ones
    KeepRandom,    // and any of them, in any order
    KeepAll,       // a killed process: the page cache lives on, as unsynced as it was
};
inline constexpr Crash kCrashes[] = {Crash::LoseUnsynced, Crash::KeepPrefix, Crash::KeepRandom,
                                     Crash::KeepAll};

struct DiskCounts {
    std::uint64_t writes = 0;   // write_at
    std::uint64_t syncs = 0;    // sync_data and sync_folder
    std::uint64_t changes = 0;  // both, and truncate, preallocate, create, rename, remove
};

class FakeDisk : public Disk {
  public:
    FakeDisk();
    ~FakeDisk() override;

    Result<std::unique_ptr<File>> open(const std::string& path, Open how) override;
    Result<std::vector<std::string>> list(const std::string& folder) override;
    Result<void> make_folder(const std::string& path) override;
    bool exists(const std::string& path) override;
    Result<void> rename(const std::string& from, const std::string& to) override;
    Result<void> remove(const std::string& path) override;
    Result<void> sync_folder(const std::string& path) override;
    Result<DiskSpace> space(const std::string& path) override;
    Result<bool> open_to_others(const std::string& path) override;
    Result<std::unique_ptr<DiskLock>> lock(const std::string& path) override;

    // Faults. The counting starts now: 1 is the next one. 0 takes the fault away.
    void stop_at(std::uint64_t change);  // and all changes after it
    void fail_write(std::uint64_t n, const std::string& code);
    // The machine then takes a file's unsynced bytes for written, as Linux does: a second sync
    // answers ok, and they are lost all the same. Of a folder it forgets nothing: file systems stop
    // when their own journal cannot be written.
    void fail_sync(std::uint64_t n, const std::string& code = "disk.io");
    void fail_read(std::uint64_t n);  // with disk.io; nothing is read
    void set_capacity(std::uint64_t bytes);
    std::uint64_t used() const;

    // Called after each change was made and before the code under test hears of it: a copy taken
    // then and crashed is a power cut at that very place. Cheaper than stop_at for every place.
    void watch(std::function<void()> each_change);

    void crash(Crash how, std::uint64_t seed);  // faults are gone after it; locks, too
    std::unique_ptr<FakeDisk> clone() const;    // as it is now, without faults

    DiskCounts counts() const;
    std::vector<std::string> paths() const;  // of all files
    // Bytes at rest, behind the back of the code under test: durable at once.
    Bytes raw(const std::string& path) const;
    void set_raw(const std::string& path, Bytes bytes);
    void set_open_to_others(const std::string& path);

  private:
    friend class FakeFile;
    struct Node;
    struct Change;  // of a folder, not yet synced
    struct State;
    class Told;
    std::unique_ptr<State> state_;
};

}  // namespace filrouge::fake
