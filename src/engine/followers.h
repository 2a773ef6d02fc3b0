// Who listens to what happens as it happens: streams of events and of members who enter and leave.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <string>

#include "engine/runtime.h"

namespace filrouge::engine {

// Thread-safe. A follower is heard by one thread at a time and must not block; what it answers
// false to ends it.
class Followers {
  public:
    using Still = std::function<bool()>;

    void of_events(std::function<bool(const StoredEvent&)> each, Still still);
    // Of all audiences when `audience` is empty.
    void of_memberships(std::string audience, std::function<bool(const MembershipChange&)> each,
                        Still still);

    // Whoever follows this audience alone: it is removed, and the next of its id may be another
    // brand's.
    void end_of(const std::string& audience);

    // Without a lock, so that nothing is made for nobody.
    bool want_events() const { return wants_events_; }
    bool want_memberships() const { return wants_memberships_; }
    void tell(const StoredEvent& event);
    void tell(const MembershipChange& change);
    // Once a second: where nothing happens, who has gone away is noticed by this alone.
    void ask_still();

  private:
    struct OfEvents {
        std::function<bool(const StoredEvent&)> each;
        Still still;
    };
    struct OfMemberships {
        std::string audience;
        std::function<bool(const MembershipChange&)> each;
        Still still;
    };
    void note_wants();  // with mutex_ held

    std::mutex mutex_;
    std::list<OfEvents> events_;            // guarded by mutex_
    std::list<OfMemberships> memberships_;  // guarded by mutex_
    std::atomic<bool> wants_events_{false}, wants_memberships_{false};
};

}  // namespace filrouge::engine
