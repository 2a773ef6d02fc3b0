#include "audience/live.h"

#include <algorithm>
#include <bit>

#include "audience/evaluate.h"

namespace filrouge::audience {
namespace {

enum RowState : std::uint32_t { kFree = 0, kFilling = 1, kComplete = 2, kAskedAgain = 3 };

bool holds(const std::vector<StringNo>& ascending, StringNo wanted) {
    return std::binary_search(ascending.begin(), ascending.end(), wanted);
}

}  // namespace

LiveIndex::LiveIndex(TableSpace& space, std::uint16_t first_id)
    : rows_(space, first_id),
      timers_(space, static_cast<std::uint16_t>(first_id + 1)),
      places_(space, static_cast<std::uint16_t>(first_id + 2)),
      put_off_(space, static_cast<std::uint16_t>(first_id + 3)) {
    known_.resize(kAudiencesMax);
    for (std::uint32_t i = 0; i < kAudiencesMax; ++i) {
        bits_.push_back(std::make_unique<Table<std::uint64_t>>(
            space, static_cast<std::uint16_t>(first_id + 10 + i), std::uint64_t{1} << 30));
    }
}

void LiveIndex::rebuild_order() {
    order_.clear();
    for (std::uint32_t slot = 0; slot < known_.size(); ++slot) {
        if (known_[slot]) order_.push_back(slot);
    }
    // A rule can only name audiences that were there before it.
    std::sort(order_.begin(), order_.end(), [this](std::uint32_t a, std::uint32_t b) {
        return known_[a]->order < known_[b]->order;
    });
}

void LiveIndex::define(AudienceNo slot, Compiled rule, Use use, std::uint64_t order) {
    ASSERT(slot.value < kAudiencesMax);
    known_[slot.value] = std::make_unique<Known>(Known{std::move(rule), use, order});
    rebuild_order();
}

void LiveIndex::start(AudienceNo slot) {
    if (rows_.size() == 0) rows_.resize(kAudiencesMax);
    bits_[slot.value]->resize(0);
    rows_.edit(slot.value) = Row{0, 0, kFilling};
}

void LiveIndex::rates_changed() {
    for (const std::uint32_t slot : order_) {
        if (known_[slot]->rule.triggers().rates) begin_again(slot);
    }
}

void LiveIndex::begin_again(std::uint32_t slot) {
    Row& row = rows_.edit(slot);
    row.cursor = 0;
    if (row.state == kComplete) row.state = kAskedAgain;
}

void LiveIndex::ask_again(People& people, std::vector<Change>& changes) {
    for (const std::uint32_t slot : order_) {
        begin_again(slot);
        drop_unwilling(slot, people, changes);
    }
}

void LiveIndex::drop_unwilling(std::uint32_t slot, People& people, std::vector<Change>& changes) {
    for (std::uint32_t w = 0; w < bits_[slot]->size(); ++w) {
        for (std::uint64_t left = bits_[slot]->at(w); left != 0; left &= left - 1) {
            const PersonNo person{w * 64 + static_cast<std::uint32_t>(std::countr_zero(left))};
            if (people.may_use(person, known_[slot]->use)) continue;
            set_member(slot, person, false);
            changes.push_back({AudienceNo{slot}, person, false});
        }
    }
}

void LiveIndex::remove(AudienceNo slot) {
    known_[slot.value].reset();
    bits_[slot.value]->resize(0);
    if (rows_.size() != 0) rows_.edit(slot.value) = Row{0, 0, kFree};
    rebuild_order();
}

bool LiveIndex::member(AudienceNo slot, PersonNo person) const {
    if (slot.value >= kAudiencesMax) return false;
    const Table<std::uint64_t>& bits = *bits_[slot.value];
    return person.value / 64 < bits.size() &&
           (bits.at(person.value / 64) >> (person.value % 64) & 1) != 0;
}

bool LiveIndex::set_member(std::uint32_t slot, PersonNo person, bool in) {
    if (member(AudienceNo{slot}, person) == in) return false;
    Table<std::uint64_t>& bits = *bits_[slot];
    if (person.value / 64 >= bits.size()) bits.resize(person.value / 64 + 1);
    bits.edit(person.value / 64) ^= std::uint64_t{1} << (person.value % 64);
    Row& row = rows_.edit(slot);
    row.members = in ? row.members + 1 : row.members - 1;
    return true;
}

bool LiveIndex::evaluate_one(std::uint32_t slot, PersonNo person, People& people, Look& look,
                             std::vector<Change>& changes) {
    const Known& known = *known_[slot];
    bool in = false;
    if (people.may_use(person, known.use)) {
        if (!look.taken || look.use != known.use)
            look = {true, known.use, people.look(person, known.use)};
        const Outcome outcome = evaluate(known.rule, look.view);
        in = outcome.in;
        if (outcome.next_change < kNever) wake(person, outcome.next_change.us);
    }
    if (!set_member(slot, person, in)) return false;
    changes.push_back({AudienceNo{slot}, person, in});
    return true;
}

bool LiveIndex::concerns(const Known& known, const Touch& touch) {
    if (touch.all) return true;
    if (touch.brand != known.use.brand) return false;
    if (touch.consent) return true;
    const Triggers& triggers = known.rule.triggers();
    if (touch.zone && triggers.zone) return true;
    if (touch.has_event && (triggers.all_events || holds(triggers.events, touch.event)))
        return true;
    return std::any_of(touch.traits.begin(), touch.traits.end(),
                       [&](StringNo trait) { return holds(triggers.traits, trait); });
}

bool LiveIndex::needs_changed(const Known& known, const Slots& changed) const {
    const auto& needs = known.rule.triggers().audiences;
    return std::any_of(changed.begin(), changed.end(), [&](std::uint32_t slot) {
        return std::binary_search(needs.begin(), needs.end(), AudienceNo{slot});
    });
}

template <class Wanted>
void LiveIndex::evaluate_where(PersonNo person, People& people, std::vector<Change>& changes,
                               When when, Wanted wanted) {
    const bool may_wait = when == When::LargeAtTick && people.is_large(person);
    Slots changed;
    Look look;
    for (const std::uint32_t slot : order_) {
        const Known& known = *known_[slot];
        if (!wanted(slot, known) && !needs_changed(known, changed)) continue;
        if (may_wait && people.may_use(person, known.use)) {
            put_off_.add(person, slot);
            continue;
        }
        if (evaluate_one(slot, person, people, look, changes)) changed.push_back(slot);
    }
}

void LiveIndex::touched(PersonNo person, const Touch& touch, People& people,
                        std::vector<Change>& changes) {
    if (order_.empty()) return;
    evaluate_where(person, people, changes, When::LargeAtTick,
                   [&](std::uint32_t, const Known& known) { return concerns(known, touch); });
}

void LiveIndex::vanished(PersonNo person, std::vector<Change>& changes) {
    for (const std::uint32_t slot : order_) {
        if (set_member(slot, person, false)) changes.push_back({AudienceNo{slot}, person, false});
    }
    if (person.value < places_.size() && places_.at(person.value) != 0)
        remove_timer(places_.at(person.value) - 1);
    put_off_.forget(person);
}

// One pending time a person: the earliest at which any outcome may differ. A ring that comes too
// early evaluates for nothing and sets the next one.
void LiveIndex::wake(PersonNo person, std::int64_t at) {
    if (person.value >= places_.size()) places_.resize(person.value + 1);
    const Timer timer{at, person.value, 0};
    if (const std::uint32_t place = places_.at(person.value); place == 0)
        sift_up(timers_.append(timer), timer);
    else if (timers_.at(place - 1).at > at)
        sift_up(place - 1, timer);
}

namespace {
template <class Timer>
bool sooner(const Timer& a, const Timer& b) {
    return a.at != b.at ? a.at < b.at : a.person < b.person;
}
}  // namespace

void LiveIndex::put_timer(std::uint32_t at, const Timer& timer) {
    timers_.edit(at) = timer;
    places_.edit(timer.person) = at + 1;
}

// `timer` goes to the place `at`, which is free, or to one above it.
void LiveIndex::sift_up(std::uint32_t at, const Timer& timer) {
    for (; at > 0 && sooner(timer, timers_.at((at - 1) / 2)); at = (at - 1) / 2)
        put_timer(at, timers_.at((at - 1) / 2));
    put_timer(at, timer);
}

// To that place, or to one below it.
void LiveIndex::sift_down(std::uint32_t at, const Timer& timer) {
    for (;;) {
        std::uint32_t child = 2 * at + 1;
        if (child >= timers_.size()) break;
        if (child + 1 < timers_.size() && sooner(timers_.at(child + 1), timers_.at(child))) ++child;
        if (!sooner(timers_.at(child), timer)) break;
        put_timer(at, timers_.at(child));
        at = child;
    }
    put_timer(at, timer);
}

void LiveIndex::remove_timer(std::uint32_t at) {
    places_.edit(timers_.at(at).person) = 0;
    const Timer last = timers_.at(timers_.size() - 1);
    timers_.pop_back();
    if (at == timers_.size()) return;
    if (at > 0 && sooner(last, timers_.at((at - 1) / 2)))
        sift_up(at, last);
    else
        sift_down(at, last);
}

void LiveIndex::advance(EventTime now, People& people, std::vector<Change>& changes,
                        std::uint32_t rings_max) {
    for (std::uint32_t rung = 0; rings_wait(now) && rung < rings_max;) {
        const PersonNo person{timers_.at(0).person};
        remove_timer(0);
        if (!people.is_large(person)) rung += people.events_of(person) / kEventsPerPerson;
        ++rung;
        evaluate_where(
            person, people, changes, When::LargeAtTick,
            [](std::uint32_t, const Known& known) { return known.rule.time_dependent(); });
    }
}

// Rules that stand at the same person are asked together: a person's history is read once.
void LiveIndex::backfill(std::uint32_t state, People& people, std::vector<Change>& changes) {
    for (std::uint32_t spent = 0; spent < kBackfillPerTick;) {
        const std::uint32_t end = people.end();
        std::uint32_t first = end, next = end;
        for (const std::uint32_t slot : order_) {
            if (rows_.at(slot).state == state) first = std::min(first, rows_.at(slot).cursor);
        }
        std::vector<bool> stands(known_.size());
        std::uint32_t rules = 0;
        for (const std::uint32_t slot : order_) {
            const Row& row = rows_.at(slot);
            if (row.state != state) continue;
            stands[slot] = row.cursor <= first;
            rules += stands[slot] ? 1 : 0;
            if (!stands[slot]) next = std::min(next, row.cursor);
        }
        if (rules == 0) return;
        std::uint32_t person = first;
        for (; person < next && spent < kBackfillPerTick; ++person) {
            if (!people.is_person(person)) continue;
            spent += rules * (1 + people.events_of(PersonNo{person}) / kEventsPerPerson);
            evaluate_where(PersonNo{person}, people, changes, When::Now,
                           [&](std::uint32_t slot, const Known&) { return stands[slot]; });
        }
        for (const std::uint32_t slot : order_) {
            if (!stands[slot]) continue;
            rows_.edit(slot).cursor = person;
            if (person >= end) rows_.edit(slot).state = kComplete;
        }
    }
}

void LiveIndex::catch_up(People& people, std::vector<Change>& changes) {
    std::uint32_t done = 0;
    for (std::uint64_t spent = 0; done < put_off_.size() && spent < kCatchUpPerTick; ++done) {
        const PutOff::Row row = put_off_.at(done);
        spent += std::uint64_t{people.events_of(PersonNo{row.person})} * row.count();
        evaluate_where(PersonNo{row.person}, people, changes, When::Now,
                       [&row](std::uint32_t slot, const Known&) { return row.has(slot); });
    }
    put_off_.drop(done);
    backfill(kAskedAgain, people, changes);
}

void LiveIndex::fill(People& people, std::vector<Change>& changes) {
    backfill(kFilling, people, changes);
}

std::optional<EventTime> LiveIndex::next_wake() const {
    if (timers_.size() == 0) return std::nullopt;
    return EventTime{timers_.at(0).at};
}

bool LiveIndex::backfilling() const {
    return std::any_of(order_.begin(), order_.end(), [this](std::uint32_t slot) {
        const std::uint32_t state = rows_.at(slot).state;
        return state == kFilling || state == kAskedAgain;
    });
}

std::uint64_t LiveIndex::count(AudienceNo slot) const {
    return rows_.size() == 0 ? 0 : rows_.at(slot.value).members;
}
bool LiveIndex::complete(AudienceNo slot) const {
    return rows_.size() != 0 && rows_.at(slot.value).state == kComplete;
}
std::span<const std::uint64_t> LiveIndex::words(AudienceNo slot) const {
    const Table<std::uint64_t>& bits = *bits_[slot.value];
    return bits.size() == 0 ? std::span<const std::uint64_t>{}
                            : std::span(&bits.at(0), bits.size());
}
const Compiled* LiveIndex::rule(AudienceNo slot) const {
    return slot.value < kAudiencesMax && known_[slot.value] ? &known_[slot.value]->rule : nullptr;
}

}  // namespace filrouge::audience
