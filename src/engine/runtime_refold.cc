// Folds the whole log again beside the living fold, without the persons erased meanwhile, and puts
// the result in its place. So what is left of them in memory (texts, numbers, free rows) goes, and
// live and rebuilt state are the same by construction. Costs the time of a start and, until it is
// done, the memory of a second fold; erasures that come meanwhile share the next one.
#include <shared_mutex>
#include <thread>

#include "base/thread_name.h"

#include "engine/runtime_impl.h"

namespace filrouge::engine {
namespace {

// Applied under the fold's lock at the end; the fold stands still for some milliseconds.
constexpr std::uint64_t kLastRecords = 512;
// How long those who follow an audience by webhook have, to be told that the person left it.
constexpr Duration kTellingMax = minutes(10);
// A long question keeps the fold in place; after this long no other is let in before it is over.
constexpr int kPoliteTries = 1'000;
constexpr auto kBetweenTries = std::chrono::milliseconds(10);
constexpr auto kLookEvery = std::chrono::milliseconds(50);

}  // namespace

// From where it is up to `last`, which is in the log.
Result<void> RuntimeImpl::fold_up_to(Fold& fresh, std::uint64_t last) {
    Bytes plain;
    Result<void> broken;
    if (fresh.applied() >= last) return {};
    TRY(log_->read(fresh.applied() + 1, [&](const RecordView& record) {
        broken = unseal_for_fold(record, plain);
        if (broken.ok()) fresh.apply(record, plain, nullptr);
        return broken.ok() && record.sequence < last && !stop_requested();
    }));
    return broken;
}

// False when the log's end could not be read, or somebody was erased meanwhile: then the fold has
// some of what they were seen with and not the rest, and might take strangers for one person.
bool RuntimeImpl::replace_fold(Fold& fresh, std::size_t erasures, AudienceMoves& moves) {
    std::unique_lock alone(tables_lock_, std::try_to_lock);
    for (int i = 0; i < kPoliteTries && !alone.owns_lock() && !stop_requested(); ++i) {
        std::this_thread::sleep_for(kBetweenTries);
        alone.try_lock();
    }
    if (!alone.owns_lock()) alone.lock();
    const std::lock_guard guard(lock_);
    if (!fold_up_to(fresh, fold_.applied()).ok() || fresh.applied() != fold_.applied())
        return false;
    if (erasures_->size() != erasures) return false;
    moves = moves_between(fold_, fresh);
    fold_.space().swap(fresh.space());
    fold_.after_load();
    return true;
}

// What it changed of who is in which audience.
Result<AudienceMoves> RuntimeImpl::fold_again() {
    std::uint64_t begun = 0;
    {
        const std::lock_guard one(snapshot_mutex_);
        begun = erasures_begun_;
    }
    const std::size_t erasures = erasures_->size();
    Fold fresh(fold_keys());
    const auto applied = [this] {
        const std::shared_lock reading(lock_);
        return fold_.applied();
    };
    while (fresh.applied() + kLastRecords < applied()) {
        TRY(fold_up_to(fresh, applied()));
        if (stop_requested()) return AudienceMoves{};
    }
    AudienceMoves moves;
    if (!replace_fold(fresh, erasures, moves)) {
        TRY(fold_up_to(fresh, applied()));  // the error, if there is one
        return moves;
    }
    fill_board(fresh.graph.fragments());  // the tables are exchanged: it has those of before
    const std::lock_guard one(snapshot_mutex_);
    completed_erasures(begun);
    return moves;
}

// After the exchange: whoever moves again before this is folded tells it by that, and the fold
// passes over what no longer holds.
void RuntimeImpl::tell_moves(const AudienceMoves& moves) {
    const std::span<const AudienceMove> all(moves.moves);
    std::uint64_t left_out = moves.left_out;
    for (std::size_t i = 0; i < all.size(); i += kMovesMax) {
        const auto some = all.subspan(i, std::min(kMovesMax, all.size() - i));
        std::vector<Prepared> records(1);
        records[0].record.type = RecordType::AudienceMoves;
        encode_audience_moves(some, records[0].record.clear);
        if (!write_now(std::move(records)).ok()) left_out += some.size();  // as on a full disk
    }
    if (left_out != 0) tell({"webhooks not told who moved", {{"moves", std::to_string(left_out)}}});
}

// Whether a webhook has yet to be told that somebody erased left an audience.
bool RuntimeImpl::tells_of_erased() {
    const std::shared_lock reading(lock_);
    for (std::uint32_t i = fold_.first_waiting(); i < fold_.outbox.size(); ++i) {
        const Fold::OutboxRow& row = fold_.outbox.at(i);
        if (row.done == 0 && !fold_.is_met(FragmentNo{row.person})) return true;
    }
    return false;
}

// Whether there are erasures to complete.
bool RuntimeImpl::refold_wanted() {
    if (erasures_unfinished()) return true;
    const std::lock_guard one(snapshot_mutex_);
    return erasures_complete_ < erasures_begun_;
}

// Whether nothing is left of them but to fold again; does what is, where there is space for it.
bool RuntimeImpl::finished_erasures() {
    if (!erasures_unfinished()) return true;
    const std::lock_guard guard(command_mutex_);
    return finish_erasures().ok();
}

void RuntimeImpl::refold_thread() {
    name_thread("fold-again");
    std::int64_t since = -1;
    for (;;) {
        {
            std::unique_lock guard(stop_mutex_);
            if (stop_wake_.wait_for(guard, kLookEvery, [this] { return stopping_; })) return;
        }
        if (!refold_wanted() || !finished_erasures()) continue;
        const std::int64_t now = seams_.clock.monotonic().us;
        if (since < 0) since = now;
        if (tells_of_erased() && now - since < kTellingMax.us) continue;
        const Result<AudienceMoves> done = fold_again();
        if (stop_requested()) return;
        if (!done.ok()) {
            // The next start folds the log anyway, for there is no snapshot.
            tell({"erased persons still in memory", {{"code", done.error().code}}});
            return;
        }
        since = -1;
        tell_moves(done.value());
        take_snapshot();
    }
}

}  // namespace filrouge::engine
