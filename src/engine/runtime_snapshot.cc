// The Runtime's snapshots: what it knows, written down beside all that goes on, so that a start
// need not read the whole log. And the ids of imports, which move from memory to files.
#include <chrono>
#include <shared_mutex>

#include "base/thread_name.h"
#include "engine/runtime_impl.h"

namespace filrouge::engine {
namespace {

constexpr std::chrono::milliseconds kSnapshotLook{20};
constexpr Duration kSettleAgainAfter = minutes(1);  // where it failed
constexpr std::size_t kPagesAHold = 16;  // of a lock: 1 MiB, some tenths of a millisecond

// `end` comes also when writing fails: else every edit would go on setting pages aside.
bool write_snapshot(SnapshotStore& store, const CaptureHead& head, const CapturedPages& pages,
                    const std::function<void()>& end) {
    const bool ok = store.write(head, pages).ok();
    end();
    return ok;
}

}  // namespace

bool RuntimeImpl::snapshot_fold() {
    CaptureHead head;
    {
        const std::lock_guard guard(lock_);
        if (fold_.applied() == fold_snapshots_.status().sequence) return false;
        head = fold_.space().begin_capture(fold_.applied(), fold_snapshots_.wants_whole());
    }
    const auto pages = [this] {
        const std::shared_lock reading(lock_);
        return fold_.space().take_captured(kPagesAHold);
    };
    return write_snapshot(fold_snapshots_, head, pages, [this] {
        const std::lock_guard guard(lock_);
        fold_.space().end_capture();
    });
}

bool RuntimeImpl::snapshot_directory(std::uint64_t logged) {
    const bool whole = directory_snapshots_.wants_whole();
    return write_snapshot(
        directory_snapshots_, directory_.begin_capture(logged, whole),
        [this] { return directory_.take_captured(kPagesAHold); },
        [this] { directory_.end_capture(); });
}

bool RuntimeImpl::snapshot_dedupe() {
    const auto head = appender_.begin_dedupe_capture(dedupe_snapshots_.wants_whole());
    return head && write_snapshot(
                       dedupe_snapshots_, *head,
                       [this] { return appender_.take_dedupe_captured(kPagesAHold); },
                       [this] { appender_.end_dedupe_capture(); });
}

// Apart from the housekeeping, whose ticks must not wait for it, nor for files of ids: one that is
// joined is as large as all that was ever imported.
void RuntimeImpl::snapshot_thread() {
    name_thread("snapshot");
    std::int64_t last = seams_.clock.monotonic().us, next_settling = last;
    for (;;) {
        {
            std::unique_lock guard(stop_mutex_);
            if (stop_wake_.wait_for(guard, kSnapshotLook, [this] { return stopping_; })) return;
        }
        // What is not moved stays in memory, and is known all the same: no file of it lives on the
        // reserve.
        if (seams_.clock.monotonic().us >= next_settling && !short_of_disk() &&
            appender_.wants_to_settle() && !appender_.settle_imported().ok())
            next_settling = seams_.clock.monotonic().us + kSettleAgainAfter.us;
        if (seams_.clock.monotonic().us - last <= seconds(settings_.snapshot_seconds).us) continue;
        take_snapshot();
        last = seams_.clock.monotonic().us;
    }
}

void RuntimeImpl::take_snapshot() {
    const std::lock_guard one(snapshot_mutex_);
    if (short_of_disk()) return;  // a snapshot only saves time, and may be as large as the reserve
    if (state_.load() == RuntimeState::Failed || folded_.load() == snapshot_at_) return;
    if (erasures_complete_ < erasures_begun_ || keys_to_forget_) return;
    if (!snapshot_fold()) return;
    const std::uint64_t sequence = fold_snapshots_.status().sequence;
    // The directory holds at least what was logged before it is captured; more does no harm. While
    // the fold catches up the log may stand still: then the last ones of the log's side still hold.
    const std::uint64_t logged = log_->last_sequence();
    const auto newer = [logged](const SnapshotStore& store) {
        return logged > store.status().sequence;
    };
    bool ok = !newer(directory_snapshots_) || snapshot_directory(logged);
    ok = ok && (!newer(dedupe_snapshots_) || snapshot_dedupe());
    if (ok) snapshot_at_ = sequence;
}

}  // namespace filrouge::engine
