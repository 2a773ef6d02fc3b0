#include "engine/me_sessions.h"

#include <algorithm>

#include "base/text.h"
#include "storage/sha256.h"

namespace filrouge::engine {

bool MeSeat::is_still(std::vector<ProfileId> names_now) const {
    std::sort(names_now.begin(), names_now.end());
    return std::all_of(names.begin(), names.end(), [&](const ProfileId& name) {
        return std::binary_search(names_now.begin(), names_now.end(), name);
    });
}

bool MeSessions::is_over(const Seat& seat, IngestTime now) {
    return now - seat.made > kMeSessionTime || now - seat.used > kMeIdleTime;
}

MeSessions::Seats::At MeSessions::Seats::remove(At at) {
    names -= at->second.whose.names.size();
    return by_secret.erase(at);
}

Result<std::string> MeSessions::add(Seats& seats, Seat seat, bool links, IngestTime now) {
    const auto has_room = [&] {
        return seats.by_secret.size() < kMeSeatsMax &&
               seats.names + seat.whose.names.size() <= kMeNamesMax;
    };
    if (!has_room()) {
        for (auto at = seats.by_secret.begin(); at != seats.by_secret.end();) {
            const bool over =
                links ? now - at->second.made > kMeLinkTime : is_over(at->second, now);
            at = over ? seats.remove(at) : std::next(at);
        }
    }
    if (seats.by_secret.size() >= kMeSeatsMax)
        return Error{"me.overloaded",
                     "There are " + std::to_string(kMeSeatsMax) + " links or sessions, the limit.",
                     "Try again in a quarter of an hour."};
    if (!has_room())
        return Error{"me.overloaded",
                     "Those who have links or sessions have " + std::to_string(kMeNamesMax) +
                         " identifiers, the limit.",
                     "Try again in a quarter of an hour."};
    std::string secret = hex_encode(random_.bytes(kMeSecretBytes));
    seats.names += seat.whose.names.size();
    seats.by_secret.emplace(sha256_hex(secret), std::move(seat));
    return secret;
}

Result<std::string> MeSessions::make_link(MeSeat whose, IngestTime now) {
    const std::lock_guard lock(mutex_);
    return add(links_, {std::move(whose), now, now}, true, now);
}

bool MeSessions::is_link(std::string_view secret, IngestTime now) const {
    const std::lock_guard lock(mutex_);
    const auto at = links_.by_secret.find(sha256_hex(secret));
    return at != links_.by_secret.end() && now - at->second.made <= kMeLinkTime;
}

Result<std::optional<std::string>> MeSessions::sign_in(std::string_view secret, IngestTime now) {
    const std::lock_guard lock(mutex_);
    const auto at = links_.by_secret.find(sha256_hex(secret));
    if (at == links_.by_secret.end() || now - at->second.made > kMeLinkTime)
        return std::optional<std::string>();
    std::string session = TRY(add(sessions_, {at->second.whose, now, now}, false, now));
    links_.remove(at);
    return std::optional<std::string>(std::move(session));
}

std::optional<MeSeat> MeSessions::whose(std::string_view session, IngestTime now) {
    const std::lock_guard lock(mutex_);
    const auto at = sessions_.by_secret.find(sha256_hex(session));
    if (at == sessions_.by_secret.end()) return std::nullopt;
    if (is_over(at->second, now)) {
        sessions_.remove(at);
        return std::nullopt;
    }
    at->second.used = now;
    return at->second.whose;
}

void MeSessions::sign_out(std::string_view session) {
    const std::lock_guard lock(mutex_);
    const auto at = sessions_.by_secret.find(sha256_hex(session));
    if (at != sessions_.by_secret.end()) sessions_.remove(at);
}

}  // namespace filrouge::engine
