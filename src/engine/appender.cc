#include "engine/appender.h"

#include <algorithm>
#include <utility>

#include "base/mutant.h"
#include "base/thread_name.h"

namespace filrouge::engine {
namespace {
constexpr std::size_t kGroupBytes = 4 * 1024 * 1024;  // of records; half of what a frame may hold
constexpr std::size_t kCrowd = 4;  // requests in one group: more are on their way
}  // namespace

std::uint64_t EventCounts::not_kept_in_all() const {
    std::uint64_t sum = 0;
    for (const auto& [reason, n] : not_kept) sum += n;
    return sum;
}

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
    return requests;
}

Result<DedupeVerdict> Appender::judge(const DedupeFacts& id, IngestTime received,
                                      const SettledIds::Known& known) {
    if (const auto check = TRY(known.find(std::max<std::uint64_t>(id.key, 1))))
        return *check == id.check ? DedupeVerdict::Repeat : DedupeVerdict::Conflict;
    return dedupe_.admit(id.key, id.check, id.for_ever, received);
}

Result<void> Appender::settle(PreparedRequest& request, const SettledIds::Known& known,
                              DurableGroup& group) {
    bool states = true;  // the last event; else the proof that follows it proves nothing
    for (Prepared& p : request.records) {
        if (!p.is_event) {
            if (states || p.record.type != RecordType::ConsentTold)
                group.records.push_back(std::move(p));
            continue;
        }
        states = false;
        switch (TRY(judge(p.dedupe, group.received, known))) {
            case DedupeVerdict::New:
                ++request.reply.stored;
                p.new_to_window = true;
                states = true;
                break;
            case DedupeVerdict::Repeat:
                if (MUTANT(repeat_stored)) break;
                ++request.reply.deduplicated;
                continue;
            case DedupeVerdict::Conflict:
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

bool Appender::write_group(std::vector<PreparedRequest> requests) {
    if (MUTANT(answer_before_commit)) {
        for (PreparedRequest& r : requests) std::exchange(r.done, nullptr)(r.reply);
    }
    DurableGroup group;
    group.received = clock_.now();
    Result<void> written;
    {
        const std::lock_guard lock(dedupe_mutex_);
        // Ids leave the window under this lock, and are known here before they do.
        const SettledIds::Known known = settled_.known();
        for (const PreparedRequest& r : requests) {
            for (const Prepared& p : r.records) {
                if (!p.is_event) continue;
                dedupe_.prefetch(p.dedupe.key);
                known.prefetch(p.dedupe.key);
            }
        }
        std::size_t records_at_most = 0;
        for (const PreparedRequest& r : requests) records_at_most += r.records.size();
        group.records.reserve(records_at_most);
        for (PreparedRequest& r : requests) {
            if (auto settled = settle(r, known, group); !settled.ok())
                return give_up(settled.error());
            r.reply.sequence = group.records.size();  // of the group, until its first is known
        }
        if (!group.records.empty()) written = write_records(group);
        if (!written.ok()) {
            if (!is_disk_full(written.error())) return give_up(written.error());
            unsettle(group);
        }
    }
    if (written.ok())
        answer(requests, group);
    else
        refuse(requests, written.error());
    return true;
}

void Appender::unsettle(const DurableGroup& group) {
    for (const Prepared& p : group.records) {
        if (p.is_event && p.new_to_window) dedupe_.forget(p.dedupe.key);
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
    {
        const std::lock_guard queue_lock(mutex_);
        failed_ = true;
    }
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
    const std::uint64_t before = wrote ? group.first_sequence - 1 : log_.last_sequence();
    for (PreparedRequest& r : requests) {
        queued_bytes_ -= r.bytes;
        group.bytes += r.bytes;
        r.reply.sequence += before;
        if (r.wait_for_fold && wrote) group.waiting.emplace_back(r.reply, std::move(r.done));
    }
    if (wrote) fold_(std::move(group));
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

bool Appender::wants_to_settle() {
    const std::lock_guard lock(dedupe_mutex_);
    return dedupe_.imported() >= imported_ids_max_;
}

// On disk first, then out of memory: an id is known at every moment.
Result<void> Appender::settle_imported() {
    std::vector<SettledId> ids;
    std::uint64_t sequence = 0;
    {
        const std::lock_guard lock(dedupe_mutex_);
        const std::lock_guard queue_lock(mutex_);
        if (failed_) return {};  // it knows ids that are not in the log
        ids = dedupe_.imported_ids();
        sequence = log_.last_sequence();
    }
    std::sort(ids.begin(), ids.end());
    std::vector<SettledId> fresh;  // a snapshot may know some that were moved after it
    for (const SettledId& id : ids) {
        if (!TRY(settled_.find(id.key))) fresh.push_back(id);
    }
    TRY(settled_.add(std::move(fresh), sequence));
    for (std::uint32_t part = 0; part < DedupeWindow::kParts; ++part) {
        const std::lock_guard lock(dedupe_mutex_);
        dedupe_.forget_imported(part, ids);
    }
    TRY(settled_.merge());
    const std::lock_guard lock(dedupe_mutex_);
    dedupe_.set_moved(settled_.size());
    return {};
}

std::uint64_t Appender::dedupe_size() {
    const std::lock_guard lock(dedupe_mutex_);
    return dedupe_.size();
}

}  // namespace filrouge::engine
