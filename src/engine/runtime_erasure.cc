// The erasure of a person, step by step; the order is what makes it finish after a crash anywhere:
//
//   1. keys/erasures.frk names the fragments and, by keyed hash, the identifiers: from here on it
//      is decided, and a start does whatever of the rest was not done;
//   2. the doors forget the identifiers: who comes with one is somebody new;
//   3. the record Erased is in the log, and the fold hides the person;
//   4. snapshots are removed, the fragments' keys forgotten, and in the same write the key of the
//      snapshots renewed: nothing on disk can be read any more;
//   5. in the background the log is folded again (runtime_refold.cc).
#include <algorithm>
#include <map>
#include <set>
#include <shared_mutex>

#include "base/json_writer.h"
#include "engine/failure.h"
#include "engine/named_in_text.h"
#include "engine/person_asked.h"
#include "engine/quarantined.h"
#include "engine/records.h"
#include "engine/runtime_impl.h"
#include "engine/thing_record.h"
#include "engine/times.h"

namespace filrouge::engine {
namespace {

constexpr std::size_t kQuarantineLooksMax = 100'000;  // the newest; older ones expire by themselves
constexpr std::size_t kPassedOnAtOnce = 10'000;       // records of one group

bool names_one_of(const std::string& text, const std::vector<std::string>& values) {
    return std::any_of(values.begin(), values.end(), [&](const std::string& value) {
        return value.starts_with('+') ? text_names_phone(text, value) : text_names(text, value);
    });
}

struct Kept {
    std::string_view what, why;
};
constexpr std::array kKept = {
    Kept{"suppression",
         "A keyed hash of each identifier, beside the keys, so that an old file does not bring the "
         "person back."},
    Kept{"facts without a name",
         "When, where, what and for how much: the clear part of events, under a number that leads "
         "to nobody. Accounts and counters stay right by it."},
    Kept{"the erasure itself", "Its id, its time and how many identifiers it was of, as proof."},
    Kept{"quarantined text",
         "What could not be read as an event is discarded at once; its bytes are closed with the "
         "key of its day when quarantine expires."},
    Kept{"copies of the keys",
         "Backups of keys/ made before the erasure open what they are restored beside: keep them "
         "no longer than docs/backup.md says."}};

void write_kept(JsonWriter& w) {
    w.key("kept").open_array();
    for (const Kept& each : kKept)
        w.open_object().field("what", each.what).field("why", each.why).close();
    w.close();
}

void write_erasure(JsonWriter& w, const ProfileNames& names, const Erasure& erasure,
                   std::string_view state) {
    w.open_object()
        .field("id", erasure.id.text())
        .field("at", iso_time(erasure.at))
        .field("state", state)
        .field("identifiers", static_cast<std::uint64_t>(erasure.identifiers.size()));
    if (!erasure.identifiers.empty())
        w.field("profile", names.name_of(erasure.identifiers.front().fragment).text());
}

}  // namespace

struct RuntimeImpl::ErasurePlan {
    Erasure erasure;
    std::uint64_t events = 0;
    std::vector<std::uint64_t> quarantined;  // sequences
};

// The identifiers as they were told, where they can still be read.
std::vector<std::string> RuntimeImpl::values_of(const std::vector<FragmentNo>& fragments) {
    std::vector<std::string> out;
    const Answering l = answering();
    for (const FragmentNo fragment : fragments) {
        Fold::FragmentRow row{};
        {
            const std::shared_lock reading(lock_);
            row = fold_.fragments.at(fragment.value);
        }
        auto value = identifier_value(l, row.first_sequence, row.in_identifiers);
        if (value) out.push_back(std::move(*value));
    }
    return out;
}

// Open items of quarantine that are of one of these, or whose text names one.
std::vector<std::uint64_t> RuntimeImpl::quarantined_of(const std::vector<std::string>& values) {
    std::vector<std::uint64_t> open, out;
    const Answering l = answering();
    {
        const std::shared_lock reading(lock_);
        for (std::uint32_t i = fold_.quarantine.size(); i-- > 0;) {
            if (fold_.quarantine.at(i).resolved == 0)
                open.push_back(fold_.quarantine.at(i).sequence);
            if (open.size() == kQuarantineLooksMax) break;
        }
    }
    for (const std::uint64_t sequence : open) {
        const auto item = open_quarantined(l, sequence);
        if (!item.ok()) continue;
        if (has_identifier(item.value(), values) || names_one_of(item.value().text, values))
            out.push_back(sequence);
    }
    return out;
}

Result<RuntimeImpl::ErasurePlan> RuntimeImpl::plan_erasure(std::string_view id) {
    std::vector<FragmentNo> fragments;
    {
        const std::shared_lock reading(lock_);
        const auto person = person_of(fold_, id);
        if (!person) return no_profile();
        fold_.graph.fragments_of(*person, fragments);
    }
    return plan_erasure(fragments);
}

// The identifiers on too many people that are not the person's, by how many of theirs go. One
// stands alone already, so a count too high frees it later and ties nobody.
std::vector<SharedWithErased> RuntimeImpl::shared_with(const std::vector<FragmentNo>& gone) const {
    const identity::Graph& graph = fold_.graph;
    const auto priority = [&graph](FragmentNo f) {
        return graph.limits().priority[static_cast<std::size_t>(graph.type_of(f))];
    };
    const std::set<FragmentNo> erased(gone.begin(), gone.end());
    std::set<PersonNo> persons;
    for (const FragmentNo f : gone) persons.insert(graph.person_of(f));
    std::vector<identity::EdgeView> edges;
    for (const PersonNo person : persons) graph.edges_of(person, edges);
    std::map<FragmentNo, std::uint32_t> shared;
    for (const identity::EdgeView& edge : edges) {
        const bool a_goes = erased.contains(edge.a);
        if (a_goes == erased.contains(edge.b) || edge.state == identity::EdgeState::Withdrawn)
            continue;
        const FragmentNo stays = a_goes ? edge.b : edge.a;
        if (graph.is_shared(stays) && priority(a_goes ? edge.a : edge.b) < priority(stays))
            ++shared[stays];
    }
    std::vector<SharedWithErased> out;
    for (const auto& [fragment, people] : shared) {
        if (out.size() < kSharedWithErasedMax) out.push_back({fragment, people});
    }
    return out;
}

RuntimeImpl::ErasurePlan RuntimeImpl::plan_erasure(const std::vector<FragmentNo>& fragments) {
    ErasurePlan plan;
    plan.erasure.id = seams_.random.id<struct ErasureTag>();
    plan.erasure.at = as_event_time(seams_.clock.now());
    {
        const std::shared_lock reading(lock_);
        for (const FragmentNo f : fragments) plan.events += fold_.history.events_of(f);
        plan.erasure.shared = shared_with(fragments);
    }
    plan.quarantined = quarantined_of(values_of(fragments));
    plan.erasure.identifiers = directory_.entries_of(fragments);
    return plan;
}

void RuntimeImpl::forget_at_doors(const Erasure& erasure) {
    const std::lock_guard nobody_on_the_way(doors_lock_);
    for (const ErasedIdentifier& each : erasure.identifiers) directory_.forget(each.hash);
}

// They are given to nobody else: who had one would count as erased, and the next erasure would take
// the key. Graph and doors no longer know them, and only the first of an event's has a key.
void RuntimeImpl::reserve_numbers_of(const Erasure& erasure) {
    for (const ErasedIdentifier& each : erasure.identifiers)
        directory_.reserve_below(each.fragment.value + 1);
}

// Also of periods that have expired. With `also_without`, the snapshots go even when there is no
// key left to forget.
Result<void> RuntimeImpl::forget_erased_keys(bool also_without) {
    std::vector<FragmentNo> fragments;
    for (const Erasure& erasure : erasures_->all()) {
        for (const ErasedIdentifier& each : erasure.identifiers) {
            if (keys_->find(each.fragment)) fragments.push_back(each.fragment);
        }
    }
    // What was told of somebody may stand in an answer that is kept for a repeat of its call.
    std::vector<std::string_view> renewed = {kKeySnapshot};
    if (!fragments.empty()) renewed.push_back(kKeyCallAnswers);
    if (const Expiry* expiry = expiries_->newest()) {
        for (const FragmentNo period : expiry->periods) {
            if (keys_->find(period)) fragments.push_back(period);
        }
        also_without |= !expiry->carried_out;
    }
    if (fragments.empty() && !also_without) return {};
    const std::lock_guard no_snapshot(snapshot_mutex_);
    const std::lock_guard one(forget_mutex_);
    ++erasures_begun_;
    an_erasure_waits();
    keys_to_forget_ = true;
    const std::array stores = {&fold_snapshots_, &directory_snapshots_, &dedupe_snapshots_};
    for (SnapshotStore* store : stores) TRY(store->remove_all());
    TRY(keys_->forget(fragments, renewed));
    for (SnapshotStore* store : stores) store->start_over(keys_->process_key(kKeySnapshot));
    snapshot_at_ = 0;
    TRY(expiries_->carried_out());
    keys_to_forget_ = false;
    return {};
}

// Keys of before an erasure beside a log of after it: what the log says is done again.
Result<void> RuntimeImpl::learn_erasures_of_log() {
    bool learnt = false;
    for (std::uint32_t i = 0; i < fold_.erased.size(); ++i) {
        const Fold::ErasedRow& row = fold_.erased.at(i);
        if (erasures_->has(ErasureId{row.id_high, row.id_low})) continue;
        Erasure erasure;
        TRY(log_->read(row.sequence, [&](const RecordView& record) {
            learnt |= decode_erasure(record.clear, erasure);
            return false;
        }));
        TRY(erasures_->add(erasure));
        forget_at_doors(erasure);
        reserve_numbers_of(erasure);
    }
    if (learnt) {
        TRY(forget_erased_keys(true));
        TRY(fold_again());
    }
    const std::lock_guard one(snapshot_mutex_);
    completed_erasures(erasures_begun_);
    return {};
}

void RuntimeImpl::an_erasure_waits() {
    std::int64_t nothing = kNothingWaits;
    erasure_waits_since_us_.compare_exchange_strong(nothing, seams_.clock.monotonic().us);
}

void RuntimeImpl::completed_erasures(std::uint64_t begun) {
    erasures_complete_ = begun;
    if (begun == erasures_begun_ && !erasures_unfinished()) erasure_waits_since_us_ = kNothingWaits;
}

// A log of before an erasure beside keys of after it, as from an older backup; or a crash between
// the two.
Result<void> RuntimeImpl::record_erasures() {
    std::vector<Prepared> records;
    for (const Erasure& erasure : erasures_->all()) {
        bool known = false;
        {
            const std::shared_lock reading(lock_);
            for (std::uint32_t i = 0; i < fold_.erased.size(); ++i) {
                const Fold::ErasedRow& row = fold_.erased.at(i);
                known |= row.id_high == erasure.id.high && row.id_low == erasure.id.low;
            }
        }
        if (known) continue;
        Prepared& p = records.emplace_back();
        p.record.type = RecordType::Erased;
        encode_erasure(erasure, p.record.clear);
    }
    return records.empty() ? Result<void>() : write_now(std::move(records));
}

// Of bindings that were recorded before there was a record of their own for it. While the person is
// there it says nothing new, so a crash after it changes nothing.
Result<void> RuntimeImpl::pass_things_on(const Erasure& erasure) {
    std::vector<Prepared> records;
    {
        const std::shared_lock reading(lock_);
        std::vector<identity::BindingView> bindings;
        fold_.graph.bindings_of(erasure.fragments(), bindings);
        for (const identity::BindingView& each : bindings) {
            Prepared& p = records.emplace_back();
            p.record.type = RecordType::ThingPassedOn;
            encode_thing_passed_on(
                {each.thing, fold_.graph.type_of(each.thing), each.from, 0, each.sequence},
                p.record.clear);
        }
    }
    for (std::size_t from = 0; from < records.size(); from += kPassedOnAtOnce) {
        const auto begin = records.begin() + static_cast<std::ptrdiff_t>(from);
        const auto end = records.begin() + static_cast<std::ptrdiff_t>(
                                               std::min(from + kPassedOnAtOnce, records.size()));
        TRY(write_now({std::make_move_iterator(begin), std::make_move_iterator(end)}));
    }
    return {};
}

// From the first line on it is decided. Where a full disk stops the rest, the thread that folds
// again goes on with it.
Result<void> RuntimeImpl::carry_out(const ErasurePlan& plan) {
    TRY(pass_things_on(plan.erasure));
    if (const auto decided = erasures_->add(plan.erasure); !decided.ok())
        return failed_unless_full(decided.error(), [this](const Error& e) { fail(e); });
    keys_to_forget_ = true;
    to_discard_.insert(to_discard_.end(), plan.quarantined.begin(), plan.quarantined.end());
    an_erasure_waits();
    forget_at_doors(plan.erasure);
    Result<void> done = finish_erasures();
    if (done.ok() || !(is_disk_full(done.error()) || done.error().code == "disk.full")) return done;
    return Error{"erasure.disk_full",
                 "The erasure is decided, but the disk has no space to carry it out.",
                 "Free space: it is then finished without being asked again."};
}

// The caller holds `command_mutex_`: nobody else records erasures meanwhile. An item of quarantine
// that could not be discarded keeps no key from being forgotten.
Result<void> RuntimeImpl::finish_erasures() {
    TRY(record_erasures());
    Result<void> discarded = discard_of_erased();
    if (!keys_to_forget_) return discarded;
    const Result<void> forgotten = forget_erased_keys(true);
    if (!forgotten.ok())
        return failed_unless_full(forgotten.error(), [this](const Error& e) { fail(e); });
    return discarded;
}

Result<void> RuntimeImpl::discard_of_erased() {
    discards_left_ = !to_discard_.empty();
    for (; !to_discard_.empty(); to_discard_.pop_back())
        TRY(resolve_quarantined(to_discard_.back(), kQuarantineDiscarded));
    discards_left_ = false;
    return {};
}

Result<std::string> RuntimeImpl::erase_fragments(const std::vector<FragmentNo>& fragments) {
    const ErasurePlan plan = plan_erasure(fragments);
    TRY(carry_out(plan));
    return plan.erasure.id.text();
}

void RuntimeImpl::erase_profile(std::string id, bool confirmed, Reply done) {
    const std::lock_guard guard(command_mutex_);
    done([&]() -> Result<std::string> {
        const ErasurePlan plan = TRY(plan_erasure(id));
        if (confirmed) TRY(carry_out(plan));
        std::string out;
        JsonWriter w(out);
        if (confirmed) {
            write_erasure(w, fold_.names, plan.erasure, "unreadable");
        } else {
            w.open_object()
                .field("state", "asked")
                .field("profile", id)
                .field("identifiers", static_cast<std::uint64_t>(plan.erasure.identifiers.size()));
        }
        w.field("events", plan.events)
            .field("quarantined", static_cast<std::uint64_t>(plan.quarantined.size()));
        write_kept(w);
        w.close();
        return out;
    }());
}

Result<std::string> RuntimeImpl::erasures(std::string_view id) {
    const std::vector<Erasure> all = erasures_->all();
    const bool complete = [this] {
        const std::lock_guard one(snapshot_mutex_);
        return erasures_complete_ == erasures_begun_ && !erasures_unfinished();
    }();
    const auto state_of = [&](const Erasure& each) -> std::string_view {
        const bool opens = std::any_of(
            each.identifiers.begin(), each.identifiers.end(),
            [this](const ErasedIdentifier& one) { return keys_->find(one.fragment).has_value(); });
        return opens ? "begun" : complete ? "complete" : "unreadable";
    };
    std::string out;
    JsonWriter w(out);
    if (id.empty()) {
        w.open_object().key("erasures").open_array();
        for (const Erasure& each : all) {
            write_erasure(w, fold_.names, each, state_of(each));
            w.close();
        }
        w.close().close();
        return out;
    }
    for (const Erasure& each : all) {
        if (each.id.text() != id) continue;
        write_erasure(w, fold_.names, each, state_of(each));
        write_kept(w);
        w.close();
        return out;
    }
    return Error{"erasure_not_found", "There is no such erasure.",
                 "GET /api/v1/erasures lists them."};
}

}  // namespace filrouge::engine
