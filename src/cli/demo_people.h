// The customers of the demonstration shop, as they really are: couples who share an e-mail address
// or a tablet, people without a card, people who refuse. All of it follows from the seed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/demo_random.h"

namespace filrouge::cli {

enum class DemoChoice : std::uint8_t { All, Some, None };

struct DemoPerson {
    std::uint32_t number = 0;
    std::uint32_t household = 0;  // the number of its first member
    std::string first, last, email, phone, city;
    std::string user_id;     // "mc-u-00017"
    std::string card;        // empty for who has none
    std::string browser_id;  // anonymous id of the cookie; a couple's tablet has one for both
    std::string app_id;      // anonymous id of the app; empty for who has no app
    std::string device_id;
    bool shares_email = false;
    bool shares_tablet = false;
    DemoChoice choice = DemoChoice::All;
    bool privacy_control = false;  // the browser says so with every request
    bool decides_fast = false;
    std::uint32_t store = 0;
    std::uint32_t favourite = 0;  // category
    std::uint32_t agent = 0;      // index into kDemoAgents
};

constexpr std::size_t kDemoPeopleMax = 1'000'000;
constexpr std::string_view kDemoAgents[] = {
    // NOLINTNEXTLINE(bugprone-suspicious-missing-comma): a name takes two lines
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/129.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.6 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/17.6 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/129.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0",
};

std::vector<DemoPerson> make_demo_people(std::uint64_t seed, std::size_t count);

}  // namespace filrouge::cli
