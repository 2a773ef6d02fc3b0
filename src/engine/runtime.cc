#include "engine/runtime.h"

#include <algorithm>
#include <array>
#include <limits>
#include <shared_mutex>
#include <utility>

#include "base/fetch_ahead.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "base/thread_name.h"
#include "engine/access_desk_impl.h"
#include "engine/call_desk_impl.h"
#include "engine/consent_desk.h"
#include "engine/failure.h"
#include "engine/identity_desk_impl.h"
#include "engine/matching_desk_impl.h"
#include "engine/offer_desk_impl.h"
#include "engine/rights_desk_impl.h"
#include "engine/runtime_impl.h"
#include "engine/staff_desk_impl.h"

namespace filrouge::engine {
namespace {

// Raised when the tables of the directory or of the dedupe window are laid out otherwise. Numbers
// below are those of kFoldVersion, which named them once.
constexpr std::uint32_t kDoorTablesVersion = 1'003;
constexpr std::size_t kFoldSlice = 128;      // records under one hold of the lock
constexpr int kShortLagShare = 8;            // of fold_lag_seconds_max: no queue yet
constexpr Duration kSlowWrite = seconds(1);  // of the log: the disk does all it can
constexpr Duration kTickEvery = seconds(1);
constexpr Duration kTickRestMax = seconds(10);
constexpr Duration kWaitForMax = seconds(2);
constexpr Duration kForgetEvery = minutes(1);
constexpr Duration kLookEvery = seconds(1);        // at disk and clock
constexpr Duration kClockAheadTold = seconds(10);  // less is a clock that was put right

// What the fold reads of a record: a door's thread wrote it, so it lies in another core's cache.
void prefetch_bytes(const Prepared& p) {
    constexpr std::size_t kLine = 64, kLinesMax = 8;
    fetch_ahead(p.record.clear.data());
    fetch_ahead(p.record.clear.data() + kLine);
    for (std::size_t at = 0; at < std::min(p.plain.size(), kLinesMax * kLine); at += kLine)
        fetch_ahead(p.plain.data() + at);
}

HashKey hash_key(const DataKey& key) {
    HashKey out;
    std::memcpy(&out.k0, key.bytes.data(), 8);
    std::memcpy(&out.k1, key.bytes.data() + 8, 8);
    return out;
}

// Who withdraws a consent is heard to the last byte.
bool changes_consent(const IngestRequest& request) {
    return std::any_of(request.items.begin(), request.items.end(), [](const collect::Item& item) {
        const auto* incoming = std::get_if<collect::Incoming>(&item);
        return incoming != nullptr && incoming->consent_change;
    });
}

}  // namespace

RuntimeImpl::RuntimeImpl(const RuntimeSeams& seams, Settings settings, std::string folder,
                         std::unique_ptr<DiskLock> lock, std::unique_ptr<WrappedKeyStore> keys,
                         std::unique_ptr<Erasures> erasures, std::unique_ptr<Expiries> expiries,
                         std::unique_ptr<Log> log)
    : clock_(seams.clock),
      seams_{clock_, seams.random, seams.disk, seams.http, seams.tell},
      settings_(std::move(settings)),
      folder_(std::move(folder)),
      folder_lock_(std::move(lock)),
      keys_(std::move(keys)),
      erasures_(std::move(erasures)),
      expiries_(std::move(expiries)),
      log_(std::move(log)),
      fold_(fold_keys()),
      columns_(fold_, lock_),
      directory_(hash_key(keys_->process_key(kKeyIdentifierHash))),
      admission_(directory_, *keys_, board_, views_, seams_.random,
                 hash_key(keys_->process_key(kKeyDedupe)), erasures_.get()),
      settled_(seams_.disk, folder_ + "/state/settled"),
      consents_(make_consents(
          {library(), seams_.clock, seams_.random, views_, command_mutex_,
           [this](std::vector<Prepared> records) { return write_now(std::move(records)); },
           [this](IngestRequest request, std::function<void(Result<IngestReply>)> done) {
               ingest(std::move(request), std::move(done));
           }})),
      appender_(
          *log_, *keys_, directory_, settled_, seams_.clock,
          {days(settings_.dedupe_days), settings_.imported_ids_in_memory,
           Duration{settings_.group_commit_us}},
          [this](DurableGroup group) {
              {
                  const std::lock_guard guard(groups_mutex_);
                  if (groups_.empty()) oldest_unfolded_us_ = group.received.us;
                  unfolded_bytes_ += group.bytes;
                  groups_.push_back(std::move(group));
              }
              groups_wake_.notify_one();
          },
          [this](const Error& error) { fail(error); }),
      fold_snapshots_(seams_.disk, seams_.random, folder_ + "/state/fold",
                      keys_->process_key(kKeySnapshot), kFoldVersion),
      directory_snapshots_(seams_.disk, seams_.random, folder_ + "/state/directory",
                           keys_->process_key(kKeySnapshot), kDoorTablesVersion),
      dedupe_snapshots_(seams_.disk, seams_.random, folder_ + "/state/dedupe",
                        keys_->process_key(kKeySnapshot), kDoorTablesVersion),
      fold_queue_(std::int64_t{settings_.fold_lag_seconds_max} * 1'000 / kShortLagShare),
      identity_(std::make_unique<IdentityDeskImpl>(
          library(),
          IdentitySeams{
              [this] { return admission_.new_id(); }, [this] { return clock_.now(); },
              [this](std::uint64_t sequence) { return reach(sequence); },
              [this](std::vector<Prepared> records) { return write_now(std::move(records)); },
              command_mutex_, asked_, tables_lock_})),
      matching_(std::make_unique<MatchingDeskImpl>(
          library(),
          MatchingSeams{
              [this] { return admission_.new_id(); }, [this] { return clock_.now(); },
              [this] { return short_of_disk(); },
              [this](std::vector<Prepared> records) { return write_now(std::move(records)); },
              asked_, command_mutex_})),
      accounts_(views_, {[this] { return new_secret(8); }, [this] { return seams_.clock.now().us; },
                         [this](std::string_view id, std::string_view json) {
                             return put_document(RecordType::AccountChange, id, json, json.empty());
                         },
                         command_mutex_}),
      access_(std::make_unique<AccessDeskImpl>(
          library(), views_,
          AccessSeams{
              seams_.random, seams_.disk, folder_ + "/secrets/admin-link",
              [this] { return clock_.now(); },
              [this](std::vector<Prepared> records) { return write_now(std::move(records)); },
              command_mutex_,
              [this](AuditEntry entry) { return rights_->note_durably(std::move(entry)); },
              [this] { return rotate_master_key(); }})),
      calls_(std::make_unique<CallDeskImpl>(
          library(),
          CallSeams{seams_.random, [this] { return clock_.now(); },
                    [this](std::vector<Prepared> records) { return write_now(std::move(records)); },
                    [this](PreparedRequest request) { appender_.submit(std::move(request)); }})),
      offers_(std::make_unique<OfferDeskImpl>(
          library(),
          OfferSeams{
              [this] { return admission_.new_id(); }, [this] { return clock_.now(); },
              [this](std::vector<Prepared> records) { return write_now(std::move(records)); },
              [this](IngestRequest request) { return ingest_now(std::move(request)); },
              command_mutex_})),
      rights_(std::make_unique<RightsDeskImpl>(
          library(),
          RightsSeams{
              tables_lock_, seams_.random, [this] { return clock_.now(); },
              [this](std::vector<Prepared> records) { return write_now(std::move(records)); },
              [this](IngestRequest request) { return ingest_now(std::move(request)); },
              command_mutex_,
              [this](const std::vector<FragmentNo>& gone) { return erase_fragments(gone); },
              [this](EventTime now, bool due) { return expire_events(now, due); }})),
      staff_(std::make_unique<StaffDeskImpl>(
          library(), StaffSeams{seams_.random, [this] { return clock_.now(); },
                                [this](std::vector<Prepared> records) {
                                    return write_now(std::move(records));
                                },
                                command_mutex_})) {}

RuntimeImpl::~RuntimeImpl() { stop(); }

AccessDesk& RuntimeImpl::access() { return *access_; }
CallDesk& RuntimeImpl::calls() { return *calls_; }
RightsDesk& RuntimeImpl::rights() { return *rights_; }
StaffDesk& RuntimeImpl::staff() { return *staff_; }

FoldKeys RuntimeImpl::fold_keys() const {
    return {hash_key(keys_->process_key(kKeyIdentifierHash)), keys_->process_key(kKeyProfileId),
            erasures_.get(), expiries_.get()};
}

std::string RuntimeImpl::state_text() const {
    switch (state_.load()) {
        case RuntimeState::Starting:
            return "folding " + std::to_string(replayed_.load()) + " of " +
                   std::to_string(replay_total_.load()) + " records";
        case RuntimeState::Ready: return "ready";
        case RuntimeState::Stopping: return "stopping";
        case RuntimeState::Failed: {
            const std::lock_guard guard(started_mutex_);
            return "failed: " + failure_;
        }
    }
    return {};
}

void RuntimeImpl::fail(const Error& error) {
    const std::string why = error.message + (error.hint.empty() ? "" : " " + error.hint);
    bool is_first = false;  // what fails by it afterwards says nothing new
    {
        const std::lock_guard guard(started_mutex_);
        is_first = failure_.empty();
        if (is_first) failure_ = why;
    }
    if (is_first) tell({kNoticeFailed, {{"code", error.code}, {"why", why}}});
    state_ = RuntimeState::Failed;
    std::vector<std::function<void()>> calls;
    {
        const std::lock_guard guard(started_mutex_);
        calls.swap(on_started_);
    }
    for (auto& call : calls) call();
    folded_wake_.notify_all();
}

void RuntimeImpl::when_started(std::function<void()> call) {
    {
        const std::lock_guard guard(started_mutex_);
        if (state_.load() == RuntimeState::Starting) {
            on_started_.push_back(std::move(call));
            return;
        }
    }
    call();
}

std::optional<int> RuntimeImpl::overloaded() const {
    if (appender_.queued_bytes() + unfolded_bytes_.load() > settings_.queue_bytes_max) return 1;
    if (appender_.writing_for() > kSlowWrite || appender_.is_behind()) return 1;
    const std::int64_t oldest = oldest_unfolded_us_.load();
    if (oldest == 0) return std::nullopt;
    const std::int64_t lag_us = seams_.clock.now().us - oldest;
    if (lag_us > seconds(settings_.fold_lag_seconds_max).us) return 2;
    if (fold_stands_ && lag_us > fold_queue_.short_wait_ms() * 1'000) return 1;
    return std::nullopt;
}

// A burst may bring the fold as far behind as the settings say. When more comes than can be folded,
// so long a queue lets nobody more in, and a withdrawal of consent would wait behind all of it.
void RuntimeImpl::watch_fold_lag(IngestTime oldest) {
    const std::int64_t now_ms = seams_.clock.monotonic().us / 1'000;
    fold_queue_.saw((seams_.clock.now().us - oldest.us) / 1'000, now_ms);
    fold_stands_ = fold_queue_.stands(now_ms);
}

void RuntimeImpl::ingest(IngestRequest request, std::function<void(Result<IngestReply>)> done) {
    if (short_of_disk() && (request.import || !changes_consent(request))) {
        appender_.count_refused(static_cast<std::uint32_t>(request.items.size()));
        return done(Error{"engine.disk_full",
                          "The disk has " + std::to_string(free_disk_ >> 20) +
                              " MiB left, and the last " + std::to_string(disk_reserve_ >> 20) +
                              " are kept for withdrawals of consent.",
                          "Free space, or lower [engine] free_disk_bytes_min; events are taken "
                          "again within seconds."});
    }
    const std::shared_lock at_door(doors_lock_);
    PreparedRequest prepared = admission_.prepare(std::move(request), seams_.clock.now());
    prepared.done = std::move(done);
    appender_.submit(std::move(prepared));
}

std::optional<SourceInfo> RuntimeImpl::source_by_write_key(std::string_view key) const {
    const auto view = views_.get();
    const auto at = view->by_key.find(key);
    if (at == view->by_key.end()) return std::nullopt;
    return view->sources[at->second];
}

std::optional<SourceInfo> RuntimeImpl::source_by_id(std::string_view id) const {
    const auto view = views_.get();
    for (const SourceInfo& source : view->sources) {
        if (source.id == id) return source;
    }
    return std::nullopt;
}

// ---------------------------------------------------------------- folding

void RuntimeImpl::fold_thread() {
    name_thread("fold");
    for (;;) {
        std::vector<DurableGroup> groups;
        {
            std::unique_lock guard(groups_mutex_);
            groups_wake_.wait(guard, [this] { return folding_ends_ || !groups_.empty(); });
            if (groups_.empty()) return;
            groups = take_groups();
        }
        watch_fold_lag(groups.front().received);
        fold_groups(groups);
        {
            const std::lock_guard guard(groups_mutex_);
            for (const DurableGroup& group : groups) unfolded_bytes_ -= group.bytes;
            oldest_unfolded_us_ = groups_.empty() ? 0 : groups_.front().received.us;
        }
    }
}

// Those that wait, as far as one hold of the lock goes: beside readers the wait for it may be
// longer than the time in which the next group comes.
std::vector<DurableGroup> RuntimeImpl::take_groups() {
    std::vector<DurableGroup> taken;
    for (std::size_t records = 0; records < kFoldSlice && !groups_.empty(); groups_.pop_front()) {
        records += groups_.front().records.size();
        taken.push_back(std::move(groups_.front()));
    }
    return taken;
}

// Records of other persons lie elsewhere in memory: they are asked for while others are folded.
void RuntimeImpl::prefetch_ahead(const std::vector<Prepared>& records, std::size_t i) const {
    constexpr std::size_t kFurthest = 16, kFar = 8, kNear = 4;
    if (i + kFurthest < records.size()) fetch_ahead(&records[i + kFurthest].record);
    if (i + kFar < records.size()) {
        prefetch_bytes(records[i + kFar]);
        fold_.prefetch(records[i + kFar].record.fragment);
    }
    if (i + kNear < records.size()) fold_.prefetch_further(records[i + kNear].record.fragment);
}

void RuntimeImpl::fold_record(const DurableGroup& group, std::size_t i, Slice& slice) {
    prefetch_ahead(group.records, i);
    const Prepared& p = group.records[i];
    Consequences& out = slice.out;
    out.wants_event = slice.tells_events;
    const RecordView view{group.first_sequence + i, group.received,    p.record.type,
                          p.record.version,         p.record.fragment, p.record.clear,
                          p.record.sealed};
    fold_.apply(view, p.plain, &out);
    for (const PersonNo person : out.consent_of) {
        fold_.each_standing(
            person, [this](FragmentNo f, consent::Standing standing) { board_.set(f, standing); });
    }
    slice.doors_changed |=
        p.record.type == RecordType::Settings || p.record.type == RecordType::SourceChange ||
        p.record.type == RecordType::TokenChange || p.record.type == RecordType::IdentityDecision ||
        p.record.type == RecordType::Wording || p.record.type == RecordType::AccountChange;
    if (DocumentFacts document;
        p.record.type == RecordType::AudienceChange && decode_document(p.record.clear, document))
        slice.audiences_changed.push_back(std::move(document.id));
    if (!out.changes.empty() || out.has_event) slice.consequences.push_back(std::exchange(out, {}));
    out.consent_of.clear();
    slice.last = view.sequence;
}

void RuntimeImpl::fold_groups(std::vector<DurableGroup>& groups) {
    std::size_t i = 0, answered = 0;
    for (auto at = groups.begin(); at != groups.end();) {
        Slice slice;
        slice.tells_events = followers_.want_events();
        slice.last = folded_;
        {
            const std::lock_guard guard(lock_);
            for (std::size_t n = 0; at != groups.end(); ++at, i = 0) {
                for (; i < at->records.size() && n < kFoldSlice; ++i, ++n)
                    fold_record(*at, i, slice);
                if (i < at->records.size()) break;
            }
            if (slice.doors_changed) publish_doors();
        }
        folded_ = slice.last;
        for (const std::string& id : slice.audiences_changed) followers_.end_of(id);
        publish(slice.consequences);
        if (const auto done = static_cast<std::size_t>(at - groups.begin()); answered < done) {
            { const std::lock_guard guard(folded_mutex_); }
            folded_wake_.notify_all();
            for (; answered < done; ++answered) {
                for (auto& [reply, done_with] : groups[answered].waiting) done_with(reply);
            }
        }
    }
}

void RuntimeImpl::publish(std::vector<Consequences>& consequences) {
    for (const Consequences& c : consequences) {
        if (c.has_event) followers_.tell(c.event);
        if (!followers_.want_memberships()) continue;
        std::uint32_t ordinal = 0;
        for (const audience::Change& change : c.changes) {
            MembershipChange told{c.sequence, ordinal++, {}, {}, change.entered, c.at};
            {
                lock_.lock_shared();
                for (const auto& [id, info] : fold_.audiences) {
                    if (info.slot == change.audience) told.audience = id;
                }
                lock_.unlock_shared();
            }
            told.profile = fold_.names.name_of(FragmentNo{change.person.value}).text();
            followers_.tell(told);
        }
    }
}

void RuntimeImpl::follow_memberships(std::string audience,
                                     std::function<bool(const MembershipChange&)> each,
                                     std::function<bool()> still) {
    followers_.of_memberships(std::move(audience), std::move(each), std::move(still));
}

void RuntimeImpl::follow_events(std::function<bool(const StoredEvent&)> each,
                                std::function<bool()> still) {
    followers_.of_events(std::move(each), std::move(still));
}

bool RuntimeImpl::wait_for(std::uint64_t sequence) {
    if (folded_.load() >= sequence) return true;
    std::unique_lock guard(folded_mutex_);
    return folded_wake_.wait_for(guard, std::chrono::microseconds(kWaitForMax.us), [&] {
        return folded_.load() >= sequence || state_.load() == RuntimeState::Failed;
    }) && folded_.load() >= sequence;
}

void RuntimeImpl::wait_until_folded() {
    const std::uint64_t last = log_->last_sequence();
    while (folded_.load() < last && state_.load() != RuntimeState::Failed) wait_for(last);
}

std::string RuntimeImpl::state_hash() {
    lock_.lock_shared();
    const Hash128 hash = fold_.hash();
    lock_.unlock_shared();
    return Id<struct HashTag>{hash.high, hash.low}.text();
}

// ---------------------------------------------------------------- housekeeping

// Gives the fold its time: a Tick when a timer is due, at once while a backfill goes on, and now
// and then for large persons, however busy the fold is. The longer such a tick takes the longer is
// the rest after it, so that they have a fifth of the fold's time and not all of it.
void RuntimeImpl::housekeeping_thread() {
    name_thread("housekeeping");
    std::int64_t last_tick = std::numeric_limits<std::int64_t>::min() / 2;
    std::int64_t next_forgetting = 0;
    std::int64_t next_look = 0;
    std::int64_t rest = 0;
    std::int64_t no_tick_before = 0;
    bool tick_under_way = false;
    for (;;) {
        {
            std::unique_lock guard(stop_mutex_);
            if (stop_wake_.wait_for(guard, std::chrono::milliseconds(tick_under_way ? 1 : 20),
                                    [this] { return stopping_; }))
                return;
        }
        lock_.lock_shared();
        const auto wake = fold_.wake_at();
        const bool fills = fold_.wants_ticks();
        const bool waits = fold_.wants_tick();
        const std::uint64_t applied = fold_.applied();
        lock_.unlock_shared();
        tick_under_way = fills;
        const std::int64_t now = seams_.clock.now().us;
        const std::int64_t passed = seams_.clock.monotonic().us;
        const std::int64_t since_tick = passed - last_tick;
        const bool due = wake && wake->us <= now && since_tick >= kTickEvery.us / 10;
        const bool wanted =
            ((fills || due) && applied >= log_->last_sequence()) || (waits && since_tick >= rest);
        if (wanted && passed >= no_tick_before) {
            last_tick = passed;
            const Result<Duration> took = write_tick();
            if (took.ok())
                rest = std::clamp(5 * took.value().us, kTickEvery.us / 10, kTickRestMax.us);
            else  // a full disk: asking it all the time frees nothing
                no_tick_before = passed + kTickEvery.us;
        }
        if (passed >= next_look) {
            look_at_disk();
            look_at_clock();
            followers_.ask_still();
            appender_.prepare_growth({seams_.clock.now().us});
            next_look = passed + kLookEvery.us;
        }
        if (seams_.clock.monotonic().us >= next_forgetting) {
            // Not `now`: a clock that was set meanwhile made this due, and it is not due again
            // soon.
            forget_expired_quarantine(seams_.clock.now().us);
            tell_audience_days();
            next_forgetting = seams_.clock.monotonic().us + kForgetEvery.us;
        }
        access_->write_uses_now_and_then();
    }
}

// While nothing arrives the columns are brought up to date, so that the first question after a rest
// need not wait for it, and models are fitted again.
void RuntimeImpl::resting_thread() {
    name_thread("rest");
    std::uint64_t before = 0;
    for (;;) {
        {
            std::unique_lock guard(stop_mutex_);
            if (stop_wake_.wait_for(guard, std::chrono::seconds(2), [this] { return stopping_; }))
                return;
        }
        const std::uint64_t applied = folded_.load();
        const bool rests = applied == before && applied >= log_->last_sequence();
        before = applied;
        if (!rests) continue;
        while (!rights_->read_audit_ahead()) {
            const std::lock_guard guard(stop_mutex_);
            if (stopping_) return;
        }
        if (columns_.behind() != 0) {
            const std::shared_lock still(tables_lock_);
            if (const auto seat = asked_.enter("columns", std::chrono::seconds(0)); seat.ok())
                static_cast<void>(columns_.view(seat.value()->run));
        }
        refit_due_models();
    }
}

// A day whose last item has expired loses its key, and the log holds what nobody can read. Nothing
// is recorded: after a crash the same rows name the same days, and those whose key is gone are
// done.
void RuntimeImpl::forget_expired_quarantine(std::int64_t now_us) {
    const std::int64_t first_kept =
        (now_us / days(1).us - std::int64_t{settings_.quarantine_days}) * days(1).us;
    std::vector<FragmentNo> expired;
    std::uint32_t row = forgotten_rows_;
    lock_.lock_shared();
    for (; row < fold_.quarantine.size(); ++row) {
        const Fold::QuarantineRow& item = fold_.quarantine.at(row);
        if (item.received >= first_kept) break;
        const FragmentNo day{item.day};
        if (!day.is_none() && (expired.empty() || expired.back() != day)) expired.push_back(day);
    }
    lock_.unlock_shared();
    const std::lock_guard one(forget_mutex_);
    const Result<void> forgotten = keys_->forget(expired);
    if (forgotten.ok())
        forgotten_rows_ = row;
    else if (is_final(forgotten.error()))  // else in a minute
        fail(forgotten.error());
}

// Answers how long it took.
Result<Duration> RuntimeImpl::write_tick() {
    const std::int64_t before = seams_.clock.monotonic().us;
    Prepared tick;
    tick.record.type = RecordType::Tick;
    TRY(write_now(one_record(std::move(tick))));
    return Duration{seams_.clock.monotonic().us - before};
}

// A disk that cannot be asked keeps the answer it gave.
void RuntimeImpl::look_at_disk() {
    const auto space = seams_.disk.space(folder_);
    if (!space.ok()) return;
    free_disk_ = space.value().free_bytes;
    disk_reserve_ = std::max(settings_.free_disk_bytes_min,
                             space.value().bytes / 100 * settings_.free_disk_percent_min);
}

// A machine whose clock was far ahead for a while has left its mark in the log, and nothing else
// shows it: what comes in is kept, with a time of receipt that stands still.
void RuntimeImpl::look_at_clock() {
    const Duration ahead = clock_.ahead();
    clock_ahead_us_ = ahead.us;
    const bool is_ahead = ahead.us >= kClockAheadTold.us;
    if (std::exchange(clock_ahead_told_, is_ahead) != is_ahead)
        tell({is_ahead ? "clock ahead" : "clock caught up",
              {{"ahead_seconds", std::to_string(ahead.us / seconds(1).us)}}});
    static_cast<void>(clock_.now());  // a shop where nothing comes in looks at it all the same
    const Duration held = clock_.held_back();
    const bool is_held = held.us != 0;
    if ((clock_held_us_.exchange(held.us) != 0) == is_held) return;
    if (!is_held) return tell({"clock no longer held back", {}});
    tell({"clock held back",
          {{"ahead_seconds", std::to_string(held.us / seconds(1).us)},
           {"for_seconds", std::to_string(LogClock::held_for(held).us / seconds(1).us)}}});
}

void RuntimeImpl::stop() {
    {
        const std::lock_guard guard(stop_mutex_);
        if (stopped_) return;
        stopped_ = true;
        stopping_ = true;
    }
    stop_wake_.notify_all();
    asked_.cancel_all();
    if (starter_.joinable()) starter_.join();
    if (resting_.joinable()) resting_.join();
    if (refolder_.joinable()) refolder_.join();
    if (snapshooter_.joinable()) snapshooter_.join();
    if (sweeper_.joinable()) sweeper_.join();
    // A log that fails at this moment stays failed: who waits for it would wait for ever.
    RuntimeState ready = RuntimeState::Ready;
    const bool was_ready = state_.compare_exchange_strong(ready, RuntimeState::Stopping);
    if (housekeeper_.joinable()) housekeeper_.join();
    if (webhooks_.joinable()) webhooks_.join();
    if (was_ready) access_->write_uses();
    rights_->stop_audit();
    appender_.stop();
    {
        const std::lock_guard guard(groups_mutex_);
        folding_ends_ = true;
    }
    groups_wake_.notify_all();
    if (folder_thread_.joinable()) folder_thread_.join();
    if (was_ready && state_.load() != RuntimeState::Failed) take_snapshot();
}

}  // namespace filrouge::engine
