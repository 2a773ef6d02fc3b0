// The Runtime's parts put together; private to engine/.
#pragma once

#include <atomic>
#include <boost/json/object.hpp>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <thread>

#include "base/standing_queue.h"
#include "engine/accounts.h"
#include "engine/admission.h"
#include "engine/appender.h"
#include "engine/audience_moves.h"
#include "engine/board.h"
#include "engine/column_keeper.h"
#include "engine/consents.h"
#include "engine/directory.h"
#include "engine/fair_lock.h"
#include "engine/fold.h"
#include "engine/followers.h"
#include "engine/identity_desk.h"
#include "engine/log_clock.h"
#include "engine/matching_desk.h"
#include "engine/offer_desk.h"
#include "engine/queries.h"
#include "engine/questions_under_way.h"
#include "engine/runtime.h"
#include "engine/timed_turn.h"
#include "storage/master_key.h"
#include "storage/snapshot.h"

namespace filrouge::engine {

struct ExpiredEvents;  // engine/retention.h

class RuntimeImpl final : public Runtime {
  public:
    RuntimeImpl(const RuntimeSeams& seams, Settings settings, std::string folder,
                std::unique_ptr<DiskLock> lock, std::unique_ptr<WrappedKeyStore> keys,
                std::unique_ptr<Erasures> erasures, std::unique_ptr<Expiries> expiries,
                std::unique_ptr<Log> log);
    ~RuntimeImpl() override;
    // Starts the thread that folds what is there.
    void begin(KeyStoreOpening keys, NextKey next);

    RuntimeState state() const override { return state_.load(); }
    IngestTime now() override { return clock_.now(); }
    std::string state_text() const override;
    std::optional<int> overloaded() const override;
    bool short_of_disk() const override { return free_disk_.load() < disk_reserve_.load(); }
    void when_started(std::function<void()> call) override;
    void ingest(IngestRequest request, std::function<void(Result<IngestReply>)> done) override;
    std::optional<SourceInfo> source_by_write_key(std::string_view key) const override;
    std::optional<SourceInfo> source_by_id(std::string_view id) const override;

    Result<std::string> stats(std::uint64_t after) override;
    Result<std::string> sources(std::string_view brand) override;
    Result<std::string> purposes() override;
    Result<std::string> find_profile(std::string_view type, std::string_view value,
                                     std::string_view brand, std::uint64_t after) override;
    Result<std::string> people_named(std::string_view name, std::string_view purpose,
                                     std::string_view brand, const Mask& mask) override;
    Result<std::string> profile(std::string_view id, std::string_view purpose,
                                std::string_view brand, std::uint64_t after, Role asker) override;
    Result<std::string> thread(std::string_view id, std::string_view purpose,
                               std::string_view brand, std::uint64_t before, std::size_t limit,
                               std::uint64_t after) override;
    Result<std::string> audiences(std::string_view brand, std::uint64_t after) override;
    Result<std::string> audience(std::string_view id, std::uint64_t after) override;
    Result<std::string> growth(std::string_view audience, std::uint64_t days,
                               std::uint64_t after) override;
    Result<std::string> members(std::string_view audience, std::string_view cursor,
                                std::size_t limit, std::uint64_t after) override;
    Result<std::string> why(std::string_view audience, std::string_view profile,
                            std::uint64_t after) override;
    Result<std::string> overlap(const std::vector<std::string>& audiences) override;
    Result<std::string> check_rule(std::string_view rule_text) override;
    Result<std::string> count_rule(std::string_view rule, std::string_view purpose,
                                   std::string_view brand) override;
    Result<std::string> ask(std::string_view json, AnswerForm form, const std::string& id,
                            const Mask& mask) override;
    Result<std::string> question_events(std::string_view json, const std::string& id,
                                        const Mask& mask) override;
    Result<std::string> questions(std::string_view id) override { return asked_.json(id); }
    Result<std::string> cancel_question(std::string_view id) override { return asked_.cancel(id); }
    Result<std::string> run_model(ModelKind kind, std::string_view json, const Mask& mask) override;
    Result<std::string> models(std::string_view brand) override;
    void delete_model(std::string id, bool confirmed, Reply done) override;
    Result<std::string> quarantine(std::string_view reason, std::uint64_t before,
                                   std::size_t limit) override;
    Result<std::string> quarantined(std::uint64_t sequence) override;
    Result<std::string> webhooks() override;
    Result<std::string> rates() override;
    Result<std::string> event_names() override;
    std::string metrics() override;
    Result<std::string> erasures(std::string_view id) override;

    void create_source(std::string json, Reply done) override;
    void delete_source(std::string id, bool confirmed, Reply done) override;
    void create_audience(std::string json, Reply done) override;
    void delete_audience(std::string id, bool confirmed, Reply done) override;
    void set_consent(std::string json, Reply done) override;
    Consents& consents() override { return *consents_; }
    void create_webhook(std::string json, Reply done) override;
    void delete_webhook(std::string id, Reply done) override;
    void set_rate(std::string json, Reply done) override;
    void replay_quarantined(std::uint64_t sequence, std::string repaired_json, Reply done) override;
    void discard_quarantined(std::uint64_t sequence, Reply done) override;
    void erase_profile(std::string id, bool confirmed, Reply done) override;

    IdentityDesk& identity() override { return *identity_; }
    MatchingDesk& matching() override { return *matching_; }
    AccountDesk& accounts() override { return accounts_; }
    AccessDesk& access() override;
    CallDesk& calls() override;
    OfferDesk& offers() override { return *offers_; }
    RightsDesk& rights() override;
    StaffDesk& staff() override;

    void follow_memberships(std::string audience, std::function<bool(const MembershipChange&)> each,
                            std::function<bool()> still) override;
    void follow_events(std::function<bool(const StoredEvent&)> each,
                       std::function<bool()> still) override;

    void end_questions() override { asked_.cancel_all(); }
    void stop() override;
    std::string state_hash() override;
    void wait_until_folded() override;
    std::uint64_t folded() const override { return folded_.load(); }

  private:
    // --- starting (runtime_start.cc)
    void start_thread(const KeyStoreOpening& keys);
    Result<void> load_and_replay();
    Result<void> replay_record(const RecordView& record, std::uint64_t dedupe_at,
                               std::uint64_t directory_at, Bytes& plain);
    Result<void> tell_cut_keys(const KeyStoreOpening& keys);
    void tell_skipped(const std::vector<Error>& snapshots);
    void record_settings();
    static std::vector<BrandSetting> numbered_brands(std::vector<BrandSetting> wanted,
                                                     const std::vector<BrandInfo>& known);
    void record_sources();
    void first_start();
    void publish_doors();
    void fill_board(std::uint32_t numbers_before);
    void fail(const Error& error);
    bool stop_requested();

    // --- erasure (runtime_erasure.cc), and the log folded without the erased (runtime_refold.cc)
    struct ErasurePlan;
    Result<ErasurePlan> plan_erasure(std::string_view id);
    ErasurePlan plan_erasure(const std::vector<FragmentNo>& fragments);
    std::vector<SharedWithErased> shared_with(const std::vector<FragmentNo>& gone) const;
    Result<void> pass_things_on(const Erasure& erasure);
    Result<void> carry_out(const ErasurePlan& plan);
    Result<void> finish_erasures();
    Result<void> discard_of_erased();
    static constexpr std::int64_t kNothingWaits = INT64_MIN;
    void an_erasure_waits();
    void completed_erasures(std::uint64_t begun);  // under snapshot_mutex_
    bool erasures_unfinished() const { return keys_to_forget_ || discards_left_; }
    Result<std::string> erase_fragments(const std::vector<FragmentNo>& fragments);
    std::vector<std::string> values_of(const std::vector<FragmentNo>& fragments);
    std::vector<std::uint64_t> quarantined_of(const std::vector<std::string>& values);
    void forget_at_doors(const Erasure& erasure);
    void reserve_numbers_of(const Erasure& erasure);
    Result<void> forget_erased_keys(bool also_without);
    Result<void> learn_erasures_of_log();
    Result<void> record_erasures();
    // --- the terms of events, and the server's own sweeps (runtime_retention.cc)
    Result<ExpiredEvents> expire_events(EventTime now, bool due);
    std::vector<FragmentNo> periods_over(const Expiry& expiry);
    Result<void> learn_expiries_of_log();
    Result<void> record_expiry();
    void tell_terms();
    void tell_swept();
    void sweep_thread();
    bool sweep_is_due(const audience::Zone& zone, EventTime now);
    void begin_to_sweep();
    Result<void> unseal_for_fold(const RecordView& record, Bytes& plain) const;
    FoldKeys fold_keys() const;
    void refold_thread();
    bool refold_wanted();
    bool finished_erasures();
    Result<AudienceMoves> fold_again();
    Result<void> fold_up_to(Fold& fresh, std::uint64_t last);
    bool replace_fold(Fold& fresh, std::size_t erasures, AudienceMoves& moves);
    void tell_moves(const AudienceMoves& moves);
    bool tells_of_erased();

    // --- folding (runtime.cc)
    void fold_thread();
    void watch_fold_lag(IngestTime oldest);
    struct Slice {  // of records, folded under one hold of the lock
        bool tells_events = false;
        bool doors_changed = false;
        std::uint64_t last = 0;  // the sequence of the last one
        Consequences out;
        std::vector<Consequences> consequences;  // that somebody may want to hear of
        std::vector<std::string> audiences_changed;
    };
    std::vector<DurableGroup> take_groups();  // under groups_mutex_, which are some
    void fold_record(const DurableGroup& group, std::size_t i, Slice& slice);
    void fold_groups(std::vector<DurableGroup>& groups);
    void prefetch_ahead(const std::vector<Prepared>& records, std::size_t i) const;
    void publish(std::vector<Consequences>& consequences);
    void housekeeping_thread();
    void resting_thread();
    void snapshot_thread();
    void forget_expired_quarantine(std::int64_t now_us);
    void tell_audience_days();
    Result<Duration> write_tick();
    void take_snapshot();
    bool snapshot_fold();  // true when it was written, as of the other two
    bool snapshot_directory(std::uint64_t logged);
    bool snapshot_dedupe();
    void look_at_disk();
    void look_at_clock();
    void tell(const Notice& notice) const {
        if (seams_.tell) seams_.tell(notice);
    }
    bool wait_for(std::uint64_t sequence);
    Result<void> reach(std::uint64_t sequence);  // the same, or the error to tell
    Library library() { return {fold_, lock_, *log_, *keys_, directory_, settings_, columns_}; }
    // For an answer given under several holds of lock_: the tables are not replaced meanwhile.
    struct Answering : Library {
        std::shared_lock<FairLock> still;
    };
    Answering answering() { return {library(), std::shared_lock(tables_lock_)}; }

    // --- commands (commands.cc): one at a time, from validation to folded.
    // Writes the records, waits until they are folded.
    Result<void> write_now(std::vector<Prepared> records);
    Result<IngestReply> write_now(PreparedRequest request);  // of events, which are counted
    Result<void> put_document(RecordType type, std::string_view id, std::string_view json,
                              bool removed);
    Result<void> resolve_quarantined(std::uint64_t sequence, std::uint8_t how);
    std::string new_secret(std::size_t bytes);
    Result<std::string> rotate_master_key();  // runtime_keys.cc
    void tell_next_key(NextKey next) const;
    Result<IngestReply> ingest_now(IngestRequest request);  // until it is folded
    Result<BrandNo> brand_named(std::string_view id);       // whose a new thing is

    // --- models (runtime_models.cc)
    Result<std::string> fit_and_write(ModelKind kind, const boost::json::object& request,
                                      const Mask& mask);
    void refit_due_models();

    // --- webhooks (webhooks.cc)
    struct Delivery {
        std::uint32_t webhook = 0, ordinal = 0;
        std::uint64_t sequence = 0;
        std::int64_t at_us = 0;
        std::string url, secret, body;
    };
    struct WebhookCalls;  // what its threads share
    void webhook_thread();
    void call_webhooks(WebhookCalls& calls);
    std::optional<Delivery> next_delivery(WebhookCalls& calls);
    std::optional<Delivery> find_delivery(WebhookCalls& calls);
    Delivery read_delivery(const Fold::OutboxRow& row);  // under lock_
    void deliver(const Delivery& delivery, WebhookCalls& calls);
    void tell_dropped(WebhookCalls& calls);
    bool send_webhook(const Delivery& delivery);
    bool record_delivery(const Delivery& delivery, bool sent);

    LogClock clock_;
    RuntimeSeams seams_;  // with clock_ for its clock
    Settings settings_;
    std::string folder_;
    std::unique_ptr<DiskLock> folder_lock_;
    std::unique_ptr<WrappedKeyStore> keys_;
    std::unique_ptr<Erasures> erasures_;
    std::unique_ptr<Expiries> expiries_;
    std::unique_ptr<Log> log_;
    Fold fold_;  // guarded by lock_
    mutable FairLock lock_;
    FairLock tables_lock_;  // shared: whoever reads under more than one hold of lock_
    FairLock doors_lock_;   // shared: from the look-up of an identifier until it is in the queue
    ColumnKeeper columns_;
    QuestionsUnderWay asked_;
    Directory directory_;
    ConsentBoard board_;
    DoorViews views_;
    Admission admission_;
    SettledIds settled_;
    std::unique_ptr<Consents> consents_;
    Appender appender_;
    SnapshotStore fold_snapshots_, directory_snapshots_, dedupe_snapshots_;

    std::atomic<RuntimeState> state_{RuntimeState::Starting};
    std::atomic<std::uint64_t> replayed_{0}, replay_total_{0};
    std::atomic<std::uint64_t> folded_{0};
    std::atomic<std::int64_t> oldest_unfolded_us_{0};
    StandingQueue fold_queue_;              // of the folding thread
    std::atomic<bool> fold_stands_{false};  // fold_queue_ does
    std::atomic<std::uint64_t> free_disk_{0}, disk_reserve_{0};
    std::atomic<std::uint64_t> damaged_snapshots_{0};  // that the start has met
    std::atomic<std::int64_t> clock_ahead_us_{0}, clock_held_us_{0};
    bool clock_ahead_told_ = false;  // of the starting thread, then of the housekeeping thread
    std::atomic<std::size_t> unfolded_bytes_{0};
    mutable std::mutex started_mutex_;
    std::vector<std::function<void()>> on_started_;  // guarded by started_mutex_
    std::string failure_;                            // guarded by started_mutex_

    std::mutex groups_mutex_;
    std::condition_variable groups_wake_;
    std::deque<DurableGroup> groups_;  // guarded by groups_mutex_
    bool folding_ends_ = false;        // guarded by groups_mutex_
    std::mutex folded_mutex_;
    std::condition_variable folded_wake_;

    Followers followers_;

    std::uint32_t forgotten_rows_ = 0;  // of quarantine, from the first; of the housekeeping thread

    std::mutex forget_mutex_;  // one thread forgets keys
    std::mutex command_mutex_;
    std::unique_ptr<IdentityDesk> identity_;
    std::unique_ptr<MatchingDesk> matching_;
    Accounts accounts_;
    std::unique_ptr<class AccessDeskImpl> access_;
    std::unique_ptr<class CallDeskImpl> calls_;
    std::unique_ptr<OfferDesk> offers_;
    std::unique_ptr<class RightsDeskImpl> rights_;
    std::unique_ptr<class StaffDeskImpl> staff_;
    TimedTurn model_mutex_;            // one runs
    EventTime next_refit_{INT64_MIN};  // of the resting thread
    std::mutex snapshot_mutex_;
    std::uint64_t snapshot_at_ = 0;  // guarded by snapshot_mutex_
    // Erasures whose persons the fold may still hold: no snapshot until it is folded again.
    std::uint64_t erasures_begun_ = 0;     // guarded by snapshot_mutex_
    std::uint64_t erasures_complete_ = 0;  // guarded by snapshot_mutex_
    // Since when one waits to be completed, by the monotonic clock; nothing: none does.
    std::atomic<std::int64_t> erasure_waits_since_us_{kNothingWaits};
    // What a full disk left of erasures that are decided. Set under command_mutex_, or at the
    // start.
    std::atomic<bool> keys_to_forget_{false}, discards_left_{false};
    std::vector<std::uint64_t> to_discard_;  // of quarantine; guarded by command_mutex_

    std::mutex stop_mutex_;
    std::condition_variable stop_wake_;
    bool stopping_ = false;  // guarded by stop_mutex_
    bool stopped_ = false;
    std::thread starter_, folder_thread_, housekeeper_, webhooks_, resting_, refolder_, sweeper_,
        snapshooter_;
};

}  // namespace filrouge::engine
