// The one writer of the log. Requests queue up; a thread takes all that wait, settles repeats,
// writes them as one group with one sync, and only then hands them to the fold and answers. A
// failed sync is final: nothing more is answered and `fatal` is called, once. A full disk is not:
// the group is refused as if it had never come, and the next one may be taken. A request that is
// larger than the log takes is refused alone (engine.record_too_large, engine.request_too_large).
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "base/histogram.h"
#include "base/standing_queue.h"
#include "consent/proof.h"
#include "engine/admission.h"
#include "engine/dedupe.h"
#include "seam/clock.h"
#include "storage/keys.h"
#include "storage/log.h"

namespace filrouge::engine {

// A durable group on its way to the fold.
struct DurableGroup {
    std::uint64_t first_sequence = 0;
    IngestTime received;
    std::vector<Prepared> records;
    std::vector<std::pair<IngestReply, std::function<void(Result<IngestReply>)>>> waiting;
    std::size_t bytes = 0;
};

// Events since start. All of one moment: received is the sum of the others, at any time.
struct EventCounts {
    std::uint64_t received = 0, stored = 0, deduplicated = 0, quarantined = 0, in_flight = 0;
    std::uint64_t refused = 0;  // for want of disk space, or because they are too large
    std::map<std::string, std::uint64_t> not_kept;  // by reason
    std::uint64_t not_kept_in_all() const;
};

struct AppenderCounters {
    std::atomic<std::uint64_t> groups{0}, records{0}, bytes{0}, sync_us{0}, sync_us_max{0};
    DurationHistogram sync;  // writing and syncing a group
};

struct AppenderBounds {
    Duration dedupe_window;
    std::uint64_t imported_ids_max = 0;  // in memory; then they are wanted on disk
    // When several senders wait at once, this long is waited for more of them before a sync: fewer
    // syncs, and each costs the processor as much as several events. A lone sender never waits.
    Duration gather;
};

class Appender {
  public:
    static constexpr std::int64_t kShortWaitMs = 100;
    Appender(Log& log, KeyStore& keys, Directory& directory, SettledIds& settled, Clock& clock,
             AppenderBounds bounds, std::function<void(DurableGroup)> fold,
             std::function<void(const Error&)> fatal);
    ~Appender() { stop(); }
    void start();
    void resume_chain(const consent::ChainHead& head) { chain_ = head; }  // before start()
    void submit(PreparedRequest request);
    void count_refused(std::uint32_t events);  // that were not submitted
    void stop();                               // writes what waits, then joins
    // Now and then, by another thread: the log's own does not wait for the system to clear memory
    // when the window of ids grows.
    void prepare_growth(IngestTime now);
    std::size_t queued_bytes() const { return queued_bytes_.load(); }
    // For how long the group that is being written has been; zero where none is.
    Duration writing_for() const;
    // More comes than the disk takes: those that wait have for long, and for half a second nobody
    // had a short wait. Urgent requests do not wait behind them.
    bool is_behind() const;
    const AppenderCounters& counters() const { return counters_; }
    EventCounts event_counts() const;

    // The dedupe window: filled by the replay before start(), captured between groups after.
    DedupeWindow& dedupe() { return dedupe_; }
    TableSpace& dedupe_space() { return dedupe_space_; }
    // What an id is, here or on disk; remembers it when it is new. An Error is the disk's.
    Result<DedupeVerdict> judge(const DedupeFacts& id, IngestTime received,
                                const SettledIds::Known& known);
    // Moves the ids of imports to disk, once there are many; beside the log's thread, or before it.
    bool wants_to_settle();
    Result<void> settle_imported();
    // As those of TableSpace. Nothing after a failed write: the window then knows ids that are not
    // in the log.
    std::optional<CaptureHead> begin_dedupe_capture(bool whole);
    std::vector<CapturedPage> take_dedupe_captured(std::size_t pages_max);
    void end_dedupe_capture();
    std::uint64_t dedupe_size();

  private:
    void run();
    std::vector<PreparedRequest> take_group();  // empty: the end
    void watch_waits(const std::vector<PreparedRequest>& requests);
    bool write_group(std::vector<PreparedRequest> requests);
    class IdsAhead;
    Result<void> settle_all(std::vector<PreparedRequest>& requests, DurableGroup& group);
    Result<void> settle(PreparedRequest& request, IdsAhead& ids, DurableGroup& group);
    Result<std::vector<SettledId>> not_settled(std::span<const std::vector<SettledId>> parts);
    Result<void> write_records(DurableGroup& group);
    void unsettle(const DurableGroup& group);
    void refuse(std::vector<PreparedRequest>& requests, const Error& error);
    bool give_up(const Error& error);
    void quarantine_conflict(Prepared& event, IngestTime now);
    void count(const std::vector<PreparedRequest>& requests);  // as answered
    void answer(std::vector<PreparedRequest>& requests, DurableGroup& group);

    Log& log_;
    KeyStore& keys_;
    Directory& directory_;
    SettledIds& settled_;
    Clock& clock_;
    const Duration gather_;
    const std::uint64_t imported_ids_max_;
    std::function<void(DurableGroup)> fold_;
    std::function<void(const Error&)> fatal_;
    TableSpace dedupe_space_;
    DedupeWindow dedupe_;
    std::mutex dedupe_mutex_;
    bool window_of_snapshot_ = true;  // it may know what is on disk; of the thread that settles
    mutable std::mutex mutex_;
    std::condition_variable wake_, stop_;
    std::deque<PreparedRequest> urgent_;  // guarded by mutex_; before queue_
    std::deque<PreparedRequest> queue_;   // guarded by mutex_
    bool stopping_ = false;               // guarded by mutex_
    bool failed_ = false;                 // guarded by mutex_
    EventCounts events_;                  // guarded by mutex_
    std::atomic<std::size_t> queued_bytes_{0};
    std::atomic<std::int64_t> writing_since_us_{-1};  // monotonic; -1: nothing is being written
    StandingQueue waits_{kShortWaitMs};               // of the log's thread
    std::atomic<bool> stands_{false};                 // waits_ does
    std::atomic<std::int64_t> queued_since_us_{-1};   // of the first in queue_; -1: it is empty
    std::size_t requests_before_ = 0;                 // in the group before
    consent::ChainHead chain_;  // of the log's thread: what the next proof follows
    AppenderCounters counters_;
    std::thread thread_;
};

}  // namespace filrouge::engine
