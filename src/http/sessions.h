// Who is signed in by a browser, and who has tried too often. In memory only: a start of the server
// signs everybody out. Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "engine/role.h"
#include "seam/random.h"

namespace filrouge::http {

constexpr std::int64_t kSessionIdleUs = 30LL * 60 * 1'000'000;
constexpr std::int64_t kSessionLifeUs = 12LL * 3'600 * 1'000'000;
constexpr std::size_t kSessionsMax = 4'096;  // past it the one that was idle longest ends

struct Session {
    std::string account;  // id
    std::string name;
    engine::Role role = engine::Role::None;
};

class Sessions {
  public:
    explicit Sessions(Random& random) : random_(random) {}
    // A new secret of 128 random bits; nobody's former one lives on in it.
    std::string begin(Session session, std::int64_t now_us);
    // Nothing when it is unknown, was idle for half an hour, or is twelve hours old.
    std::optional<Session> find(std::string_view secret, std::int64_t now_us);
    void end(std::string_view secret);
    // Of an account that was removed, or has another role or password.
    void end_all_of(std::string_view account);

  private:
    struct Kept {
        Session session;
        std::int64_t begun_us = 0, used_us = 0;
    };
    Random& random_;
    std::mutex mutex_;
    std::map<std::string, Kept, std::less<>> kept_;  // by secret; guarded by mutex_
};

// Who has tried too often, within a quarter of an hour: ten wrong passwords for one name from one
// address; many more for one address whatever the name (one password tried on everybody), and for
// one name whatever the address (many machines on one account). The last two are so much wider
// because people share an address, and because who knows a name must not lock its owner out at
// once.
class SignInTries {
  public:
    static constexpr std::uint32_t kPairMax = 10;
    static constexpr std::uint32_t kAddressMax = 50;
    static constexpr std::uint32_t kNameMax = 100;
    static constexpr std::int64_t kWindowUs = 15LL * 60 * 1'000'000;
    static constexpr std::size_t kKeysMax = 16'384;

    struct Who {
        std::string name, address;
    };
    // 0, or how long nothing more is heard.
    std::int64_t wait_us(const Who& who, std::int64_t now_us);
    void failed(const Who& who, std::int64_t now_us);
    void succeeded(const Who& who);  // forgets the wrong tries of the name

  private:
    struct Counted {
        std::uint32_t tries = 0;
        std::int64_t since_us = 0;
    };
    void make_room(std::int64_t now_us);
    std::mutex mutex_;
    std::map<std::string, Counted, std::less<>> counted_;  // guarded by mutex_
};

}  // namespace filrouge::http
