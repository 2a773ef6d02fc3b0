#include "engine/appender.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/mutant.h"
#include "base/thread_name.h"

namespace filrouge::engine {
namespace {
constexpr std::size_t kGroupBytes = 4 * 1024 * 1024;  // of records; half of what a frame may hold
// Of what one request brings: the chain's links and what stands beside an event in quarantine are
// added later.
constexpr std::size_t kRequestBytesMax = kGroupBytesMax - 2 * 1024 * 1024;
constexpr std::size_t kRequestRecordBytesMax = kRecordBytesMax - 1'024;
constexpr std::size_t kCrowd = 4;  // requests in one group: more are on their way

// Asked before it joins a group, so that it is refused alone.
std::optional<Error> too_large(const PreparedRequest& request) {
    std::size_t sum = 0;
    for (const Prepared& p : request.records) {
        const std::size_t size = p.record.clear.size() + p.record.sealed.size();
        sum += size + kRecordOverheadBytes;
        if (size <= kRequestRecordBytesMax) continue;
        return Error{"engine.record_too_large",
                     "What was sent makes a record of " + std::to_string(size) +
                         " bytes; the limit is " + std::to_string(kRequestRecordBytesMax) + ".",
                     "Send less in one event or document."};
    }
    if (sum <= kRequestBytesMax) return std::nullopt;
    return Error{"engine.request_too_large",
                 "What was sent takes " + std::to_string(sum) + " bytes; the limit is " +
                     std::to_string(kRequestBytesMax) + ".",
                 "Send it in parts."};
}

// Whose id is asked for: an event's, and that of a row of an import which is in quarantine.
bool has_id(const Prepared& p) { return p.is_event || p.dedupe.key != 0; }

// Answered before anything was written.
bool leaves_the_log_untouched(const Error& error) {
    return is_disk_full(error) || error.code == "log.record_too_large" ||
           error.code == "log.group_too_large";
}

}  // namespace

std::uint64_t EventCounts::not_kept_in_all() const {
    std::uint64_t sum = 0;
    for (const auto& [reason, n] : not_kept) sum += n;
    return sum;
}

// The ids of a group, in order: a few are fetched ahead of the one that is judged. All at once
// would push each other out of the cache before their turn.
class Appender::IdsAhead {
  public:
    IdsAhead(const std::vector<PreparedRequest>& requests, const DedupeWindow& window,
             SettledIds::Known known)
        : window_(window), known_(std::move(known)) {
        std::size_t records = 0;
        for (const PreparedRequest& r : requests) records += r.records.size();
        keys_.reserve(records);
        for (const PreparedRequest& r : requests) {
            for (const Prepared& p : r.records) {
                if (has_id(p)) keys_.push_back(p.dedupe.key);
            }
        }
        for (std::size_t i = 0; i < std::min(kAhead, keys_.size()); ++i) fetch(keys_[i]);
    }
    // The next one is judged.
    void step() {
        if (judged_ + kAhead < keys_.size()) fetch(keys_[judged_ + kAhead]);
        ++judged_;
    }
    const SettledIds::Known& known() const { return known_; }

  private:
    static constexpr std::size_t kAhead = 16;
    void fetch(std::uint64_t key) const {
        window_.prefetch(key);
        known_.prefetch(key);
    }
    const DedupeWindow& window_;
    const SettledIds::Known known_;
    std::vector<std::uint64_t> keys_;
    std::size_t judged_ = 0;
};

Appender::Appender(Log& log, KeyStore& keys, Directory& directory, SettledIds& settled,
                   Clock& clock, AppenderBounds bounds, std::function<void(DurableGroup)> fold,
                   std::function<void(const Error&)> fatal)
    : log_(log),
      keys_(keys),
      directory_(directory),
      settled_(settled),
      clock_(clock),
      gather_(bounds.gather),
      imported_ids_max_(bounds.imported_ids_max),
      fold_(std::move(fold)),
      fatal_(std::move(fatal)),
      dedupe_(dedupe_space_, bounds.dedupe_window) {}

void Appender::start() {
    thread_ = std::thread([this] {
        name_thread("append");
        run();
    });
}

void Appender::submit(PreparedRequest request) {
    if (auto error = too_large(request)) {
        count_refused(request.reply.received);
        return request.done(std::move(*error));
    }
    queued_bytes_ += request.bytes;
    bool urgent = false;
    {
        const std::lock_guard lock(mutex_);
        if (failed_ || stopping_) {
            queued_bytes_ -= request.bytes;
            if (failed_) return;  // no answer is the only honest one; the process is ending
            request.done(
                Error{"engine.stopping", "The server is stopping.", "Send it again in a moment."});
            return;
        }
        events_.received += request.reply.received;
        events_.in_flight += request.reply.received;
        urgent = request.urgent;
        request.queued_us = clock_.monotonic().us;
        if (!urgent && queue_.empty()) queued_since_us_ = request.queued_us;
        (urgent ? urgent_ : queue_).push_back(std::move(request));
    }
    wake_.notify_one();
    if (urgent) stop_.notify_one();  // gathers no more
}

void Appender::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    stop_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void Appender::run() {
    for (;;) {
        std::vector<PreparedRequest> requests = take_group();
        if (requests.empty() || !write_group(std::move(requests))) return;
    }
}

std::vector<PreparedRequest> Appender::take_group() {
    std::vector<PreparedRequest> requests;
    std::unique_lock lock(mutex_);
    const auto hurry = [this] { return stopping_ || !urgent_.empty(); };
    wake_.wait(lock, [&] { return hurry() || !queue_.empty(); });
    if (requests_before_ >= kCrowd && queue_.size() < requests_before_ && gather_.us > 0)
        stop_.wait_for(lock, std::chrono::microseconds(gather_.us), hurry);
    std::size_t bytes = 0;
    for (;;) {
        std::deque<PreparedRequest>& from = urgent_.empty() ? queue_ : urgent_;
        if (from.empty()) break;
        bytes += from.front().bytes;
        if (!requests.empty() && bytes > kGroupBytes) break;
        requests.push_back(std::move(from.front()));
        from.pop_front();
    }
    requests_before_ = requests.size();
    queued_since_us_ = queue_.empty() ? -1 : queue_.front().queued_us;
    watch_waits(requests);
    return requests;
}

void Appender::watch_waits(const std::vector<PreparedRequest>& requests) {
    const std::int64_t now_us = clock_.monotonic().us;
    for (const PreparedRequest& request : requests) {
        if (request.urgent) continue;
        waits_.saw((now_us - request.queued_us) / 1'000, now_us / 1'000);
        break;  // the others came later
    }
    stands_ = waits_.stands(now_us / 1'000);
}

bool Appender::is_behind() const {
    const std::int64_t since_us = queued_since_us_;
    return stands_ && since_us >= 0 && clock_.monotonic().us - since_us > kShortWaitMs * 1'000;
}

Result<DedupeVerdict> Appender::judge(const DedupeFacts& id, IngestTime received,
                                      const SettledIds::Known& known) {
    if (const auto check = TRY(known.find(std::max<std::uint64_t>(id.key, 1))))
        return *check == id.check ? DedupeVerdict::Repeat : DedupeVerdict::Conflict;
    return dedupe_.admit(id.key, id.check, id.for_ever, received);
}

Result<void> Appender::settle_all(std::vector<PreparedRequest>& requests, DurableGroup& group) {
    // Ids leave the window under the lock that is held, and are known here before they do.
    IdsAhead ids(requests, dedupe_, settled_.known());
    std::size_t records = 0;
    for (const PreparedRequest& r : requests) records += r.records.size();
    group.records.reserve(records);
    for (PreparedRequest& r : requests) {
        TRY(settle(r, ids, group));
        r.reply.sequence = group.records.size();  // of the group, until its first is known
    }
    return {};
}

Result<void> Appender::settle(PreparedRequest& request, IdsAhead& ids, DurableGroup& group) {
    bool states = true;  // the last event; else what follows it says nothing
    for (Prepared& p : request.records) {
        if (!has_id(p)) {
            if (states || !p.of_event) group.records.push_back(std::move(p));
            continue;
        }
        states = false;
        ids.step();
        switch (TRY(judge(p.dedupe, group.received, ids.known()))) {
            case DedupeVerdict::New:
                if (p.is_event) ++request.reply.stored;
                p.new_to_window = true;
                states = true;
                break;
            case DedupeVerdict::Repeat:
                if (MUTANT(repeat_stored)) break;
                ++request.reply.deduplicated;
                if (!p.is_event) --request.reply.quarantined;  // counted by admission
                continue;
            case DedupeVerdict::Conflict:
                if (!p.is_event) break;  // it is there already
                quarantine_conflict(p, group.received);
                ++request.reply.quarantined;
                break;
        }
        group.records.push_back(std::move(p));
    }
    return {};
}

// Kept whole, sealed anew under the key of its day: it expires with the rest of quarantine.
void Appender::quarantine_conflict(Prepared& event, IngestTime now) {
    QuarantineFacts facts;
    facts.code = "collect.id_conflict";
    facts.message = "An event with this message id and another content was stored before.";
    facts.source = event.source;
    facts.id = event.id;
    facts.dedupe_key = event.dedupe.key;
    facts.body_check = event.dedupe.check;
    facts.embedded = true;
    facts.event_clear = std::move(event.record.clear);
    event.record.type = RecordType::Quarantined;
    event.record.fragment = quarantine_day(directory_, now);
    event.record.clear.clear();
    encode_quarantine_clear(facts, event.record.clear);
    event.record.sealed.clear();
    seal(keys_.create(event.record.fragment), nonce_of(facts.id), facts.event_clear, event.plain,
         event.record.sealed);
    event.plain.clear();
}

// The log takes the records and gives them back: no copy of their bytes.
Result<void> Appender::write_records(DurableGroup& group) {
    const Duration start = clock_.monotonic();
    writing_since_us_ = start.us;
    std::vector<NewRecord> records;
    records.reserve(group.records.size());
    consent::ChainHead chain = chain_;  // moves on when the group is durable
    for (Prepared& p : group.records) {
        if (p.record.type == RecordType::ConsentTold) consent::link(p.record.clear, chain);
        records.push_back(std::move(p.record));
    }
    if (keys_.has_unpersisted()) TRY(keys_.persist());
    const std::uint64_t last = TRY(log_.append(group.received, records));
    for (std::size_t i = 0; i < records.size(); ++i)
        group.records[i].record = std::move(records[i]);
    group.first_sequence = last - records.size() + 1;
    chain_ = chain;
    const auto took = static_cast<std::uint64_t>((clock_.monotonic() - start).us);
    counters_.sync_us += took;
    counters_.sync.add(static_cast<std::int64_t>(took));
    counters_.sync_us_max = std::max(counters_.sync_us_max.load(), took);
    ++counters_.groups;
    counters_.records += group.records.size();
    return {};
}

Duration Appender::writing_for() const {
    const std::int64_t since_us = writing_since_us_;
    return {since_us < 0 ? 0 : clock_.monotonic().us - since_us};
}

bool Appender::write_group(std::vector<PreparedRequest> requests) {
    if (MUTANT(answer_before_commit)) {
        for (PreparedRequest& r : requests) std::exchange(r.done, nullptr)(r.reply);
    }
    DurableGroup group;
    group.received = clock_.now();
    Result<void> settled, written;
    {
        const std::lock_guard lock(dedupe_mutex_);
        settled = settle_all(requests, group);
        if (settled.ok() && !group.records.empty()) {
            written = write_records(group);
            writing_since_us_ = -1;
        }
        if (!written.ok() && leaves_the_log_untouched(written.error())) {
            unsettle(group);
        } else if (!settled.ok() || !written.ok()) {
            // With the lock: a window that knows ids which are not in the log is captured by
            // nobody.
            const std::lock_guard queue_lock(mutex_);
            failed_ = true;
        }
    }
    // Without it: whoever is told of it may ask for figures.
    if (!settled.ok()) return give_up(settled.error());
    if (written.ok()) {
        answer(requests, group);
        return true;
    }
    if (!leaves_the_log_untouched(written.error())) return give_up(written.error());
    refuse(requests, written.error());
    return true;
}

void Appender::unsettle(const DurableGroup& group) {
    for (const Prepared& p : group.records) {
        if (p.new_to_window) dedupe_.forget(p.dedupe.key);
    }
}

void Appender::count_refused(std::uint32_t events) {
    const std::lock_guard lock(mutex_);
    events_.received += events;
    events_.refused += events;
}

void Appender::refuse(std::vector<PreparedRequest>& requests, const Error& error) {
    {
        const std::lock_guard lock(mutex_);
        for (const PreparedRequest& r : requests) {
            events_.refused += r.reply.received;
            events_.in_flight -= r.reply.received;
        }
    }
    for (PreparedRequest& r : requests) {
        queued_bytes_ -= r.bytes;
        if (r.done) r.done(error);
    }
}

bool Appender::give_up(const Error& error) {
    fatal_(error);
    return false;
}

void Appender::count(const std::vector<PreparedRequest>& requests) {
    const std::lock_guard lock(mutex_);
    for (const PreparedRequest& r : requests) {
        events_.stored += r.reply.stored;
        events_.deduplicated += r.reply.deduplicated;
        events_.quarantined += r.reply.quarantined;
        for (const auto& [reason, n] : r.not_kept) events_.not_kept[reason] += n;
        events_.in_flight -= r.reply.received;
    }
}

void Appender::answer(std::vector<PreparedRequest>& requests, DurableGroup& group) {
    count(requests);
    const bool wrote = !group.records.empty();
    if (!wrote) group.first_sequence = log_.last_sequence() + 1;
    const std::uint64_t before = group.first_sequence - 1;
    for (PreparedRequest& r : requests) {
        queued_bytes_ -= r.bytes;
        group.bytes += r.bytes;
        r.reply.sequence += before;
        // Also who only repeats: what is repeated may not be folded yet, and a group without
        // records comes after it.
        if (r.wait_for_fold && r.done) group.waiting.emplace_back(r.reply, std::move(r.done));
    }
    if (wrote || !group.waiting.empty()) fold_(std::move(group));
    for (PreparedRequest& r : requests) {
        if (r.done) r.done(r.reply);
    }
}

EventCounts Appender::event_counts() const {
    const std::lock_guard lock(mutex_);
    return events_;
}

std::optional<CaptureHead> Appender::begin_dedupe_capture(bool whole) {
    const std::lock_guard lock(dedupe_mutex_);
    {
        const std::lock_guard queue_lock(mutex_);
        if (failed_) return std::nullopt;
    }
    return dedupe_space_.begin_capture(log_.last_sequence(), whole);
}

std::vector<CapturedPage> Appender::take_dedupe_captured(std::size_t pages_max) {
    const std::lock_guard lock(dedupe_mutex_);
    return dedupe_space_.take_captured(pages_max);
}

void Appender::end_dedupe_capture() {
    const std::lock_guard lock(dedupe_mutex_);
    dedupe_space_.end_capture();
}

void Appender::prepare_growth(IngestTime now) {
    std::vector<MemoryAhead> all;
    {
        const std::lock_guard lock(dedupe_mutex_);
        all = dedupe_.ahead(now);
    }
    for (const MemoryAhead& memory : all) clear_ahead(memory);
}

bool Appender::wants_to_settle() {
    const std::lock_guard lock(dedupe_mutex_);
    return dedupe_.imported() >= imported_ids_max_;
}

// On disk first, then out of memory: an id is known at every moment. The window is asked part by
// part, so that the log never waits for long.
Result<void> Appender::settle_imported() {
    std::array<std::vector<SettledId>, DedupeWindow::kParts> parts;
    std::uint64_t sequence = 0;
    for (std::uint32_t part = 0; part < DedupeWindow::kParts; ++part) {
        {
            const std::lock_guard lock(dedupe_mutex_);
            const std::lock_guard queue_lock(mutex_);
            if (failed_) return {};  // it knows ids that are not in the log
            parts[part] = dedupe_.imported_ids(part);
            sequence = log_.last_sequence();
        }
        std::sort(parts[part].begin(), parts[part].end());
    }
    TRY(settled_.add(TRY(not_settled(parts)), sequence));
    {
        // Before the first one leaves: a snapshot of a window that lacks some tells how many there
        // are on disk, also while files are joined, and when that fails.
        const std::lock_guard lock(dedupe_mutex_);
        dedupe_.set_moved(settled_.size());
    }
    for (std::uint32_t part = 0; part < DedupeWindow::kParts; ++part) {
        const std::lock_guard lock(dedupe_mutex_);
        dedupe_.forget_imported(part, parts[part]);
    }
    window_of_snapshot_ = false;
    return settled_.merge();
}

// All ids in order, but for those that are on disk: of those that were judged none is, but the
// window of a snapshot may know some that were moved after it.
Result<std::vector<SettledId>> Appender::not_settled(
    std::span<const std::vector<SettledId>> parts) {
    std::size_t count = 0;
    for (const auto& part : parts) count += part.size();
    std::vector<SettledId> fresh;
    fresh.reserve(count);
    const SettledIds::Known known = settled_.known();
    for (const auto& part : parts) {
        if (!window_of_snapshot_) {
            fresh.insert(fresh.end(), part.begin(), part.end());
            continue;
        }
        for (const SettledId& id : part) {
            if (!TRY(known.find(id.key))) fresh.push_back(id);
        }
    }
    return fresh;
}

std::uint64_t Appender::dedupe_size() {
    const std::lock_guard lock(dedupe_mutex_);
    return dedupe_.size();
}

}  // namespace filrouge::engine
