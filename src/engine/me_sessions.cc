#include "engine/me_sessions.h"

#include "base/text.h"
#include "storage/sha256.h"

namespace filrouge::engine {

bool MeSessions::is_over(const Seat& seat, IngestTime now) {
    return now - seat.made > kMeSessionTime || now - seat.used > kMeIdleTime;
}

Result<std::string> MeSessions::add(Seats& seats, Seat seat, bool links, IngestTime now) {
    if (seats.size() >= kMeSeatsMax) {
        std::erase_if(seats, [&](const auto& each) {
            return links ? now - each.second.made > kMeLinkTime : is_over(each.second, now);
        });
    }
    if (seats.size() >= kMeSeatsMax)
        return Error{"me.overloaded",
                     "There are " + std::to_string(kMeSeatsMax) + " links or sessions, the limit.",
                     "Try again in a quarter of an hour."};
    std::string secret = hex_encode(random_.bytes(kMeSecretBytes));
    seats.emplace(sha256_hex(secret), std::move(seat));
    return secret;
}

Result<std::string> MeSessions::make_link(std::string_view profile, IngestTime now) {
    const std::lock_guard lock(mutex_);
    return add(links_, {std::string(profile), now, now}, true, now);
}

bool MeSessions::is_link(std::string_view secret, IngestTime now) const {
    const std::lock_guard lock(mutex_);
    const auto at = links_.find(sha256_hex(secret));
    return at != links_.end() && now - at->second.made <= kMeLinkTime;
}

Result<std::optional<std::string>> MeSessions::sign_in(std::string_view secret, IngestTime now) {
    const std::lock_guard lock(mutex_);
    const auto at = links_.find(sha256_hex(secret));
    if (at == links_.end() || now - at->second.made > kMeLinkTime)
        return std::optional<std::string>();
    std::string session = TRY(add(sessions_, {at->second.profile, now, now}, false, now));
    links_.erase(at);
    return std::optional<std::string>(std::move(session));
}

std::optional<std::string> MeSessions::profile_of(std::string_view session, IngestTime now) {
    const std::lock_guard lock(mutex_);
    const auto at = sessions_.find(sha256_hex(session));
    if (at == sessions_.end()) return std::nullopt;
    if (is_over(at->second, now)) {
        sessions_.erase(at);
        return std::nullopt;
    }
    at->second.used = now;
    return at->second.profile;
}

void MeSessions::sign_out(std::string_view session) {
    const std::lock_guard lock(mutex_);
    sessions_.erase(sha256_hex(session));
}

}  // namespace filrouge::engine
