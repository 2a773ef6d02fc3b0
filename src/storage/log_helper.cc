#include "storage/log_helper.h"

#include <algorithm>

#include "base/thread_name.h"

namespace filrouge {
namespace {

// A sync each, so that the syncs of groups, which go to the same device, never queue behind a
// whole segment of zeros.
constexpr std::uint64_t kStepBytes = 8 * 1024 * 1024;

}  // namespace

Result<PreparedSegment> prepare_segment(Disk& disk, const std::string& path, std::uint64_t bytes,
                                        std::uint64_t step) {
    auto file = TRY(disk.open(path, Disk::Open::Create));
    TRY(file->truncate(0));
    for (std::uint64_t size = 0; size < bytes;) {
        size = std::min(bytes, size + step);
        TRY(file->preallocate(size));
        TRY(file->sync_data());
    }
    return PreparedSegment{std::move(file), bytes};
}

LogHelper::LogHelper(Disk& disk, std::string path, std::uint64_t segment_bytes)
    : disk_(disk),
      path_(std::move(path)),
      segment_bytes_(segment_bytes),
      thread_([this] { run(); }) {}

LogHelper::~LogHelper() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void LogHelper::want_segment() {
    const std::lock_guard lock(mutex_);
    if (wanted_ || prepared_ || failed_) return;
    wanted_ = true;
    changed_.notify_all();
}

void LogHelper::want_index(Segment closed) {
    const std::lock_guard lock(mutex_);
    closed_.push_back(std::move(closed));
    changed_.notify_all();
}

std::unique_ptr<PreparedSegment> LogHelper::take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !wanted_; });
    failed_ = false;
    return std::move(prepared_);
}

void LogHelper::run() {
    name_thread("log-next");
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return stop_ || wanted_ || !closed_.empty(); });
        if (wanted_ && !stop_) {
            lock.unlock();
            auto made = prepare_segment(disk_, path_, segment_bytes_, kStepBytes);
            lock.lock();
            failed_ = !made.ok();
            if (made.ok()) prepared_ = std::make_unique<PreparedSegment>(std::move(made).value());
            wanted_ = false;
            changed_.notify_all();
        } else if (!closed_.empty()) {
            const Segment closed = std::move(closed_.back());
            closed_.pop_back();
            lock.unlock();
            store_index(disk_, closed);
            lock.lock();
        } else if (stop_) {
            return;
        }
    }
}

}  // namespace filrouge
