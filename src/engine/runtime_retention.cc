// The end of a term of events, step by step; the order is that of an erasure (runtime_erasure.cc),
// and so it finishes after a crash anywhere:
//
//   1. keys/expiries.frk tells up to which day each class is dropped and names the periods: from
//      here on it is decided;
//   2. the record EventsExpired is in the log;
//   3. snapshots are removed, the periods' keys forgotten, and in the same write the key of the
//      snapshots renewed: what happened cannot be read any more;
//   4. in the background the log is folded again without it (runtime_refold.cc).
//
// And the hour of the day at which the server looks by itself.
#include <algorithm>
#include <shared_mutex>

#include "engine/event_terms.h"
#include "engine/failure.h"
#include "engine/retention.h"
#include "engine/rights_desk_impl.h"
#include "engine/runtime_impl.h"
#include "engine/settings_checks.h"
#include "engine/sweep_record.h"
#include "engine/term_book.h"
#include "engine/zone.h"

namespace filrouge::engine {
namespace {

constexpr auto kLookEvery = std::chrono::milliseconds(200);
constexpr Duration kAgainAfter = minutes(60);  // a sweep that failed

Expiry expiry_at(const EventTerms& terms, EventTime now) {
    Expiry out;
    out.at = now;
    for (const auto& [name, term] : terms.names()) out.names[name] = first_day_kept(now, term);
    for (const auto& [purpose, term] : terms.purposes())
        out.purposes[purpose] = first_day_kept(now, term);
    return out;
}

// Whether what `before` covers is all that `wanted` would.
bool is_covered(const Expiry& wanted, const Expiry* before) {
    if (before == nullptr) return false;
    const auto within = [](const auto& mine, const auto& theirs) {
        return std::all_of(mine.begin(), mine.end(), [&](const auto& each) {
            const auto at = theirs.find(each.first);
            return at != theirs.end() && at->second >= each.second;
        });
    };
    return within(wanted.names, before->names) && within(wanted.purposes, before->purposes);
}

}  // namespace

// Whose keys are still here; the oldest first, as many as one expiry takes.
std::vector<FragmentNo> RuntimeImpl::periods_over(const Expiry& expiry) {
    std::vector<std::pair<std::int64_t, FragmentNo>> over;
    {
        const std::shared_lock reading(lock_);
        const TermBook& book = *fold_.terms;
        for (std::uint32_t i = 0; i < book.periods.size(); ++i) {
            const TermBook::PeriodRow& row = book.periods.at(i);
            const std::string_view name =
                row.purposes != 0 ? std::string_view() : fold_.dictionary.text(StringNo{row.name});
            if (expiry.covers(name, PurposeSet{row.purposes}, EventTime{row.day * days(1).us}))
                over.emplace_back(row.day, FragmentNo{row.fragment});
        }
    }
    std::sort(over.begin(), over.end());
    std::vector<FragmentNo> out;
    for (const auto& [day, period] : over) {
        if (out.size() < kPeriodsOfOneMax && keys_->find(period)) out.push_back(period);
    }
    return out;
}

Result<ExpiredEvents> RuntimeImpl::expire_events(EventTime now, bool due) {
    const auto terms = views_.get()->terms;
    if (terms == nullptr || terms->empty()) return ExpiredEvents{};
    Expiry expiry = expiry_at(*terms, now);
    expiry.id = seams_.random.id<struct ExpiryTag>();
    expiry.periods = periods_over(expiry);
    const std::uint64_t periods = expiry.periods.size();
    const Expiry* before = expiries_->newest();
    if (periods != 0 || (due && !is_covered(expiry, before))) {
        const auto decided = expiries_->add(std::move(expiry));
        if (!decided.ok())
            return failed_unless_full(decided.error(), [this](const Error& e) { fail(e); });
    } else {  // it is decided; but a full disk may have stopped what follows
        const std::shared_lock reading(lock_);
        if (before == nullptr || (before->carried_out && fold_.terms->knows(before->id)))
            return ExpiredEvents{};
    }
    TRY(record_expiry());
    const auto forgotten = forget_erased_keys(true);
    if (!forgotten.ok())
        return failed_unless_full(forgotten.error(), [this](const Error& e) { fail(e); });
    return ExpiredEvents{periods, true};
}

// A log of before an expiry beside keys of after it, as from an older backup; or a crash between
// the two.
Result<void> RuntimeImpl::record_expiry() {
    const Expiry* newest = expiries_->newest();
    if (newest == nullptr) return {};
    {
        const std::shared_lock reading(lock_);
        if (fold_.terms->knows(newest->id)) return {};
    }
    std::vector<Prepared> records(1);
    records.front().record.type = RecordType::EventsExpired;
    Expiry told = *newest;
    told.carried_out = false;  // whoever reads it in the log does it again
    encode_expiry(told, records.front().record.clear);
    return write_now(std::move(records));
}

// Keys of before an expiry beside a log of after it: what the log says is done again.
Result<void> RuntimeImpl::learn_expiries_of_log() {
    const Expiry* known = expiries_->newest();
    const TermBook& book = *fold_.terms;
    if (known != nullptr && !book.knows(known->id)) return {};  // the log is the older one
    bool learnt = false;
    for (std::uint32_t i = 0; i < book.expiries.size(); ++i) {
        const TermBook::ExpiryRow row = book.expiries.at(i);
        if (known != nullptr) {
            if (known->id == ExpiryId{row.id_high, row.id_low}) known = nullptr;
            continue;
        }
        Expiry expiry;
        bool decoded = false;
        TRY(log_->read(row.sequence, [&](const RecordView& record) {
            decoded = decode_expiry(record.clear, expiry);
            return false;
        }));
        if (!decoded) continue;
        TRY(expiries_->add(std::move(expiry)));
        TRY(forget_erased_keys(true));
        learnt = true;
    }
    if (!learnt) return {};
    TRY(fold_again());
    return {};
}

// ---------------------------------------------------------------- by the clock

void RuntimeImpl::tell_terms() {
    const bool has_terms = !settings_.event_terms.empty() || !settings_.person_terms.empty();
    if (has_terms && settings_.sweep_at.empty())
        tell({"retention swept only on request", {{"setting", "retention.sweep_at"}}});
}

// The first look keeps time from then on: what was due before it waits for the next hour, so that a
// setting just made erases nothing in the middle of the day.
void RuntimeImpl::begin_to_sweep() {
    SweptFacts facts;
    facts.at = as_event_time(seams_.clock.now());
    facts.begins = true;
    std::vector<Prepared> records(1);
    records.front().record.type = RecordType::RetentionSwept;
    encode_swept(facts, records.front().record.clear);
    static_cast<void>(write_now(std::move(records)));  // else at the next look
}

// Whether the hour has passed since the last sweep, be it in a night when nothing ran.
bool RuntimeImpl::sweep_is_due(const audience::Zone& zone, EventTime now) {
    std::optional<TermBook::SweptRow> swept;
    {
        const std::shared_lock reading(lock_);
        swept = fold_.terms->swept();
    }
    if (!swept) {
        begin_to_sweep();
        return false;
    }
    const auto minute = minute_of_day(settings_.sweep_at);
    if (!minute) return false;
    const std::int64_t today = day_of(EventTime{zone.local_from_utc_us(now.us)});
    const auto hour_of = [&](std::int64_t day) {
        return zone.utc_from_local_us(day * days(1).us + *minute * minutes(1).us);
    };
    const std::int64_t last = hour_of(today) <= now.us ? hour_of(today) : hour_of(today - 1);
    return std::max(swept->at, swept->since) < last;
}

void RuntimeImpl::tell_swept() {
    std::optional<TermBook::SweptRow> swept;
    {
        const std::shared_lock reading(lock_);
        swept = fold_.terms->swept();
    }
    if (!swept) return;
    tell({"retention swept",
          {{"persons", std::to_string(swept->last_persons)},
           {"events", std::to_string(swept->last_events)},
           {"left", std::to_string(swept->left)},
           {"soon", std::to_string(swept->soon)}}});
}

void RuntimeImpl::sweep_thread() {
    const auto zone = find_zone(settings_.brands.front().time_zone);
    if (zone == nullptr) return;  // the settings' check knows it, so this machine has lost it
    std::int64_t not_before = INT64_MIN;
    for (;;) {
        {
            std::unique_lock guard(stop_mutex_);
            if (stop_wake_.wait_for(guard, kLookEvery, [this] { return stopping_; })) return;
        }
        if (seams_.clock.monotonic().us < not_before) continue;
        if (!sweep_is_due(*zone, as_event_time(seams_.clock.now()))) continue;
        const Result<std::string> swept = rights_->sweep_retention();
        if (swept.ok()) {
            tell_swept();
        } else {
            tell({"retention sweep failed", {{"code", swept.error().code}}});
            not_before = seams_.clock.monotonic().us + kAgainAfter.us;
        }
    }
}

}  // namespace filrouge::engine
