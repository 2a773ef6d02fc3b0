// Who has tried too often to sign in. In memory only. Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace filrouge::http {

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
        std::string name;
        std::string address;  // or network: what one machine cannot choose (sender_rates.h)
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
