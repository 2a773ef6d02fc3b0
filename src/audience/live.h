// Who is in which audience now, kept current: after an event only the rules that name what changed
// are looked at, for that person; a timer per person rings when a window runs out. Membership is a
// bitmap per audience over person numbers.
//
// A large person is not asked at every event and timer but at the next tick, once for all of them;
// one who no longer allows a rule's purpose leaves at once.
//
// What one record makes it do is bounded: at midnight the timers of everybody who was there ring.
//
// Law: what the index holds equals evaluating every rule on every person at the fold's now, for
// large persons once nothing is put_off() any more, and for whoever a timer is due once it has
// rung.
//
// Part of the fold's state (bitmaps, timers, backfill cursors, what is put off); the compiled rules
// beside it are rebuilt by define() after a snapshot was loaded.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "audience/compile.h"
#include "audience/person.h"
#include "audience/put_off.h"
#include "model/event.h"
#include "model/identifier.h"
#include "storage/table.h"

namespace filrouge::audience {

// Persons times the rules that are asked of each; a tick stays under a few ms.
constexpr std::uint32_t kBackfillPerTick = 2'048;
constexpr std::uint32_t kEventsPerPerson = 256;  // more of them count as several persons there
// Persons whose timers ring: all that depends on time is asked of each. Few at an event, so that
// events that come meanwhile are folded in time.
constexpr std::uint32_t kRingsPerRecord = 8;
constexpr std::uint32_t kRingsPerTick = 256;
// From here on a person is a large one: asking one rule reads all the events, about 0.2 ms for so
// many, fifty times what the event itself costs. Few people ever get there; a machine that sends
// under one identifier does.
constexpr std::uint32_t kLargePersonEvents = 4'096;
// Of put off evaluations, events times rules; then a tick leaves the rest to the next. The first
// person is always done.
constexpr std::uint64_t kCatchUpPerTick = 1'000'000;

// Whose audience it is and what it is for: who is not of the brand, or does not allow the purpose,
// is never looked at.
struct Use {
    BrandNo brand = 0;
    std::uint8_t purpose = 0;
    bool operator==(const Use&) const = default;
};

// What the index asks of the engine.
struct People {
    virtual ~People() = default;
    // The person as the brand knows it and the purpose may see it now; valid until the next call.
    virtual PersonView look(PersonNo person, Use use) = 0;
    virtual bool may_use(PersonNo person, Use use) = 0;
    virtual bool is_person(std::uint32_t number) = 0;  // names a person, not an alias or a thing
    virtual std::uint32_t end() = 0;                   // one past the highest number
    virtual std::uint32_t events_of(PersonNo person) = 0;  // that look() reads
    virtual bool is_large(PersonNo person) = 0;            // too many for a look at every event
};

struct Change {
    AudienceNo audience;
    PersonNo person;
    bool entered = false;
};

// What happened to one person.
struct Touch {
    bool has_event = false;
    StringNo event{};                    // its name; none when the dictionary had no room for it
    std::span<const StringNo> traits{};  // changed ones
    bool zone = false;                   // the person may live by another clock now
    bool consent = false;
    bool all = false;   // merged, un-merged: everything may differ, for every brand
    BrandNo brand = 0;  // else: whose audiences it can concern
};

class LiveIndex {
  public:
    LiveIndex(TableSpace& space, std::uint16_t first_id);  // takes 10 + kAudiencesMax ids
    // Rules by slot. `define` makes a rule known (also after a load, where the members are there
    // already); `start` empties the members and begins the backfill; `remove` forgets both.
    void define(AudienceNo slot, Compiled rule, Use use, std::uint64_t order);
    void start(AudienceNo slot);
    void remove(AudienceNo slot);

    void touched(PersonNo person, const Touch& touch, People& people, std::vector<Change>& changes);
    void vanished(PersonNo person, std::vector<Change>& changes);  // became another person's alias
    // Rings timers due at `now`, the earliest first, for about so many persons.
    void advance(EventTime now, People& people, std::vector<Change>& changes,
                 std::uint32_t rings_max);
    bool rings_wait(EventTime now) const {
        return timers_.size() != 0 && timers_.at(0).at <= now.us;
    }
    // A rate was told: the rules that convert amounts are asked again for everybody. Who is in
    // stays in until then.
    void rates_changed();
    // The same for every rule, after all of them were defined anew. Who no longer allows a rule's
    // purpose leaves at once.
    void ask_again(People& people, std::vector<Change>& changes);
    // At a tick: goes on with what was put off and with what rates changed, a bounded step.
    void catch_up(People& people, std::vector<Change>& changes);
    // Goes on with backfills, a bounded step: apart, because who is found there entered long ago.
    void fill(People& people, std::vector<Change>& changes);
    std::optional<EventTime> next_wake() const;
    bool backfilling() const;
    std::uint32_t put_off() const { return put_off_.size(); }  // persons who wait for a tick
    std::uint32_t timers() const { return timers_.size(); }    // at most one a person

    bool member(AudienceNo slot, PersonNo person) const;
    std::uint64_t count(AudienceNo slot) const;
    bool complete(AudienceNo slot) const;                         // the backfill is done
    std::span<const std::uint64_t> words(AudienceNo slot) const;  // bit p: person p
    const Compiled* rule(AudienceNo slot) const;

  private:
    struct Known {
        Compiled rule;
        Use use;
        std::uint64_t order = 0;
    };
    struct Row {
        std::uint64_t members;
        std::uint32_t cursor;  // persons below it were looked at
        std::uint32_t state;   // 0 free, 1 filling, 2 complete, 3 asked again
    };
    struct Timer {
        std::int64_t at;
        std::uint32_t person;
        std::uint32_t spare;
    };
    using Slots = std::vector<std::uint32_t>;
    void rebuild_order();
    static bool concerns(const Known& known, const Touch& touch);
    bool needs_changed(const Known& known, const Slots& changed) const;
    enum class When { Now, LargeAtTick };
    // Asks the rules that are wanted, and those that name an audience which changed by it.
    template <class Wanted>
    void evaluate_where(PersonNo person, People& people, std::vector<Change>& changes, When when,
                        Wanted wanted);
    // The last look at a person: rules of one use share it.
    struct Look {
        bool taken = false;
        Use use;
        PersonView view;
    };
    // Evaluates one rule on one person; keeps the member bit and the timer. True when it changed.
    bool evaluate_one(std::uint32_t slot, PersonNo person, People& people, Look& look,
                      std::vector<Change>& changes);
    bool set_member(std::uint32_t slot, PersonNo person, bool in);
    void wake(PersonNo person, std::int64_t at);
    void begin_again(std::uint32_t slot);
    void drop_unwilling(std::uint32_t slot, People& people, std::vector<Change>& changes);
    // Of all rules in this state: asks the persons the first of them has come to.
    void backfill(std::uint32_t state, People& people, std::vector<Change>& changes);
    void put_timer(std::uint32_t at, const Timer& timer);
    void sift_up(std::uint32_t at, const Timer& timer);
    void sift_down(std::uint32_t at, const Timer& timer);
    void remove_timer(std::uint32_t at);

    std::vector<std::unique_ptr<Known>> known_;                // by slot
    Slots order_;                                              // slots, a rule after those it names
    std::vector<std::unique_ptr<Table<std::uint64_t>>> bits_;  // by slot
    Table<Row> rows_;                                          // by slot
    Table<Timer> timers_;                                      // binary heap by (at, person)
    Table<std::uint32_t> places_;  // by person: of the timer in the heap, + 1; 0 for none
    PutOff put_off_;
};

}  // namespace filrouge::audience
