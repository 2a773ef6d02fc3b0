// What the log does ahead of need and after the fact, so that an append rarely waits for either:
// keeps one segment prepared, and writes the index of closed ones. Owned by the SegmentLog; the
// destructor finishes what was begun. want_*() and take() are called by the appending thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "seam/disk.h"
#include "storage/log_segment.h"

namespace filrouge {

struct PreparedSegment {
    std::unique_ptr<File> file;  // zeros from end to end, synced, still under its passing name
    std::uint64_t bytes = 0;
};

// Synced every `step` bytes.
Result<PreparedSegment> prepare_segment(Disk& disk, const std::string& path, std::uint64_t bytes,
                                        std::uint64_t step);

class LogHelper {
  public:
    LogHelper(Disk& disk, std::string path, std::uint64_t segment_bytes);
    ~LogHelper();
    LogHelper(const LogHelper&) = delete;
    LogHelper& operator=(const LogHelper&) = delete;

    // Does nothing when one is prepared or under way, or when the last attempt failed and nobody
    // has taken note of it by take().
    void want_segment();
    void want_index(Segment closed);
    // Waits for the one under way. Empty when none was wanted or it failed: the caller then
    // prepares one itself and meets the error.
    std::unique_ptr<PreparedSegment> take();

  private:
    void run();

    Disk& disk_;
    const std::string path_;
    const std::uint64_t segment_bytes_;
    std::mutex mutex_;  // guards everything below
    std::condition_variable changed_;
    bool stop_ = false;
    bool wanted_ = false;
    bool failed_ = false;
    std::unique_ptr<PreparedSegment> prepared_;
    std::vector<Segment> closed_;  // one a roll, and a roll takes far longer than an index
    std::thread thread_;           // last: it runs on all of the above
};

}  // namespace filrouge
