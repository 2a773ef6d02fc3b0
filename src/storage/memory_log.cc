// A log that lasts as long as the object: for tests and for trying things out. It keeps the same
// promises and limits as the one on disk, apart from surviving.
#include <atomic>
#include <deque>
#include <mutex>

#include "storage/log.h"
#include "storage/log_format.h"

namespace filrouge {
namespace {

class MemoryLog : public Log {
  public:
    Result<std::uint64_t> append(IngestTime received,
                                 const std::vector<NewRecord>& records) override {
        if (records.empty()) return last_sequence();
        const std::uint64_t length = TRY(log_format::frame_bytes(records));
        const std::lock_guard lock(mutex_);
        for (const NewRecord& record : records) records_.push_back({received, record});
        bytes_.fetch_add(length, std::memory_order_relaxed);
        last_sequence_.store(records_.size(), std::memory_order_release);
        return std::uint64_t{records_.size()};
    }

    std::uint64_t last_sequence() const override {
        return last_sequence_.load(std::memory_order_acquire);
    }

    Result<void> read(std::uint64_t from,
                      const std::function<bool(const RecordView&)>& each) override {
        const std::uint64_t until = last_sequence();
        for (std::uint64_t sequence = from == 0 ? 1 : from; sequence <= until; ++sequence) {
            const Stored& stored = at(sequence);
            const NewRecord& r = stored.record;
            const RecordView view{sequence,   stored.received, r.type,  r.version,
                                  r.fragment, r.clear,         r.sealed};
            if (!each(view)) return {};
        }
        return {};
    }

    std::uint64_t bytes() const override { return bytes_.load(std::memory_order_relaxed); }

  private:
    struct Stored {
        IngestTime received;
        NewRecord record;
    };
    // A deque never moves what it holds, so only finding the place needs the lock.
    const Stored& at(std::uint64_t sequence) const {
        const std::lock_guard lock(mutex_);
        return records_[sequence - 1];
    }

    mutable std::mutex mutex_;
    std::deque<Stored> records_;  // guarded by mutex_
    std::atomic<std::uint64_t> last_sequence_{0};
    std::atomic<std::uint64_t> bytes_{0};
};

}  // namespace

std::unique_ptr<Log> make_memory_log() { return std::make_unique<MemoryLog>(); }

}  // namespace filrouge
