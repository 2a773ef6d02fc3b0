#include "engine/followers.h"

#include <utility>

namespace filrouge::engine {

void Followers::note_wants() {
    wants_events_ = !events_.empty();
    wants_memberships_ = !memberships_.empty();
}

void Followers::of_events(std::function<bool(const StoredEvent&)> each, Still still) {
    const std::lock_guard guard(mutex_);
    events_.push_back({std::move(each), std::move(still)});
    note_wants();
}

void Followers::of_memberships(std::string audience,
                               std::function<bool(const MembershipChange&)> each, Still still) {
    const std::lock_guard guard(mutex_);
    memberships_.push_back({std::move(audience), std::move(each), std::move(still)});
    note_wants();
}

void Followers::end_of(const std::string& audience) {
    const std::lock_guard guard(mutex_);
    std::erase_if(memberships_, [&](const OfMemberships& follower) {
        return !audience.empty() && follower.audience == audience;
    });
    note_wants();
}

void Followers::tell(const StoredEvent& event) {
    const std::lock_guard guard(mutex_);
    std::erase_if(events_, [&](OfEvents& follower) { return !follower.each(event); });
    note_wants();
}

void Followers::tell(const MembershipChange& change) {
    const std::lock_guard guard(mutex_);
    std::erase_if(memberships_, [&](OfMemberships& follower) {
        return (follower.audience.empty() || follower.audience == change.audience) &&
               !follower.each(change);
    });
    note_wants();
}

void Followers::ask_still() {
    const std::unique_lock guard(mutex_, std::try_to_lock);
    if (!guard) return;  // somebody is being told something; there is a next second
    std::erase_if(events_, [](OfEvents& follower) { return !follower.still(); });
    std::erase_if(memberships_, [](OfMemberships& follower) { return !follower.still(); });
    note_wants();
}

}  // namespace filrouge::engine
