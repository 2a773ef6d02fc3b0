// Who of the shop's customers is signed in at their own door, /me. A link is made for one person,
// is good once and for a quarter of an hour; it is exchanged for a session. Kept in memory and by
// SHA-256 alone: a restart signs everybody out, and nothing of it is ever on a disk.
//
// Thread-safe.
#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/identifier.h"
#include "seam/random.h"

namespace filrouge::engine {

constexpr Duration kMeLinkTime = minutes(15);
constexpr Duration kMeIdleTime = minutes(30);
constexpr Duration kMeSessionTime = hours(12);
constexpr std::size_t kMeSeatsMax = 100'000;    // of links, and of sessions
constexpr std::size_t kMeSecretBytes = 16;      // from the operating system's generator
constexpr std::size_t kMeNamesMax = 4'000'000;  // of the persons of all links, and of all sessions

// For whom a link was made: the profile id, and every id that led to the person then. One of them
// missing since, the two were separated, and what is shown by the id may be somebody else's.
struct MeSeat {
    std::string profile;
    std::vector<ProfileId> names;
    bool is_still(std::vector<ProfileId> names_now) const;  // of the same, or of more since
};

class MeSessions {
  public:
    explicit MeSessions(Random& random) : random_(random) {}
    // The secret of a link for the person. Error: me.overloaded.
    Result<std::string> make_link(MeSeat whose, IngestTime now);
    bool is_link(std::string_view secret, IngestTime now) const;  // changes nothing
    // The secret of a session; nothing when the link was used, is too old or never was. Error:
    // me.overloaded, and the link is still good.
    Result<std::optional<std::string>> sign_in(std::string_view secret, IngestTime now);
    // Whose session it is; being asked keeps it from idling out.
    std::optional<MeSeat> whose(std::string_view session, IngestTime now);
    void sign_out(std::string_view session);

  private:
    struct Seat {
        MeSeat whose;
        IngestTime made, used;
    };
    struct Seats {
        std::unordered_map<std::string, Seat> by_secret;  // its SHA-256
        std::size_t names = 0;                            // of all
        using At = std::unordered_map<std::string, Seat>::iterator;
        At remove(At at);
    };
    static bool is_over(const Seat& seat, IngestTime now);  // of a session
    Result<std::string> add(Seats& seats, Seat seat, bool links, IngestTime now);

    Random& random_;
    mutable std::mutex mutex_;
    Seats links_;     // guarded by mutex_
    Seats sessions_;  // guarded by mutex_
};

}  // namespace filrouge::engine
