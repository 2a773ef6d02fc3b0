#include "collect/bots.h"

#include <algorithm>

#include "base/hash.h"
#include "base/text.h"

namespace filrouge::collect {
namespace {

struct Family {
    std::string_view part;  // in lower case, anywhere in the user agent
    AgentKind kind;
};
constexpr AgentKind R = AgentKind::Robot;
constexpr AgentKind T = AgentKind::Tool;

// By first letter; a longer part before a shorter one of the same letter is not needed: the
// strongest kind wins.
constexpr std::array kFamilies = {
    Family{"adsbot", R},
    Family{"ahrefs", R},
    Family{"apache-httpclient", T},
    Family{"apis-google", R},
    Family{"aiohttp", T},
    Family{"axios/", T},
    Family{"archiver", R},
    Family{"bingpreview", R},
    Family{"bot/", R},
    Family{"bot ", R},
    Family{"bot;", R},
    Family{"bot)", R},
    Family{"bot-", R},
    Family{"bytespider", R},
    Family{"bitlybot", R},
    Family{"chatgpt-user", R},
    Family{"claude-web", R},
    Family{"cohere-ai", R},
    Family{"crawl", R},
    Family{"curl/", T},
    Family{"cypress/", R},
    Family{"datadog", R},
    Family{"deadlink", R},
    Family{"electron-fetch", T},
    Family{"facebookexternalhit", R},
    Family{"facebookcatalog", R},
    Family{"feedfetcher", R},
    Family{"go-http-client", T},
    Family{"google-inspectiontool", R},
    Family{"google-read-aloud", R},
    Family{"google web preview", R},
    Family{"gtmetrix", R},
    Family{"guzzlehttp", T},
    Family{"headless", R},
    Family{"httrack", R},
    Family{"httpie", T},
    Family{"insomnia/", T},
    Family{"java/", T},
    Family{"jsdom", R},
    Family{"kube-probe", R},
    Family{"libwww-perl", T},
    Family{"lighthouse", R},
    Family{"linkcheck", R},
    Family{"mediapartners-google", R},
    Family{"monitor", R},
    Family{"node-fetch", T},
    Family{"newrelic", R},
    Family{"nutch", R},
    Family{"okhttp", T},
    Family{"pagespeed", R},
    Family{"phantomjs", R},
    Family{"pingdom", R},
    Family{"playwright", R},
    Family{"postmanruntime", T},
    Family{"prerender", R},
    Family{"ptst/", R},
    Family{"puppeteer", R},
    Family{"python-", T},
    Family{"ruby", T},
    Family{"scrapy", R},
    Family{"screaming frog", R},
    Family{"selenium", R},
    Family{"semrush", R},
    Family{"sitechecker", R},
    Family{"skypeuripreview", R},
    Family{"slurp", R},
    Family{"spider", R},
    Family{"statuscake", R},
    Family{"synthetics", R},
    Family{"undici", T},
    Family{"uptime", R},
    Family{"urllib", T},
    Family{"w3c_validator", R},
    Family{"webdriver", R},
    Family{"wget", T},
    Family{"whatsapp/", R},
    Family{"yandex.com/bots", R},
    Family{"zgrab", R},
};

struct ByLetter {
    std::array<std::uint8_t, 256> first{};  // index + 1 of the first family with this letter
    constexpr ByLetter() {
        for (std::size_t i = kFamilies.size(); i-- > 0;) {
            first[static_cast<unsigned char>(kFamilies[i].part[0])] =
                static_cast<std::uint8_t>(i + 1);
        }
    }
};
constexpr ByLetter kByLetter;

constexpr bool families_are_in_order() {
    for (std::size_t i = 1; i < kFamilies.size(); ++i) {
        if (kFamilies[i - 1].part[0] > kFamilies[i].part[0]) return false;
    }
    return true;
}
static_assert(families_are_in_order() && kFamilies.size() < 255);

constexpr std::size_t kAgentBytesMax = 512;  // what is judged of a longer one

}  // namespace

AgentKind agent_kind(std::string_view user_agent) {
    std::array<char, kAgentBytesMax + 1> buffer;
    const std::size_t n = std::min(user_agent.size(), kAgentBytesMax);
    for (std::size_t i = 0; i < n; ++i) {
        const char c = user_agent[i];
        buffer[i] = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    buffer[n] = ' ';  // so that "...bot" at the end reads as "bot "
    const std::string_view agent(buffer.data(), n + 1);
    AgentKind found = AgentKind::Person;
    for (std::size_t i = 0; i < n; ++i) {
        const auto letter = static_cast<unsigned char>(agent[i]);
        std::size_t row = kByLetter.first[letter];
        if (row == 0) continue;
        for (--row; row < kFamilies.size() && kFamilies[row].part[0] == agent[i]; ++row) {
            const Family& family = kFamilies[row];
            if (family.kind <= found) continue;
            if (agent.compare(i, family.part.size(), family.part) != 0) continue;
            // CUBOT makes telephones.
            if (family.part.starts_with("bot") && i >= 2 && agent.compare(i - 2, 2, "cu") == 0) {
                continue;
            }
            if (family.kind == AgentKind::Robot) return AgentKind::Robot;
            found = family.kind;
        }
    }
    return found;
}

AgentKind AgentMemory::kind(std::string_view user_agent) {
    if (user_agent.empty()) return AgentKind::Person;
    // The end of a user agent varies most; the slot only has to be the same for the same text.
    std::uint64_t tail = user_agent.size();
    if (user_agent.size() >= 8) std::memcpy(&tail, user_agent.data() + user_agent.size() - 8, 8);
    Slot& slot = slots_[mix64(tail + user_agent.size() * 131) % slots_.size()];
    if (slot.agent == user_agent) return slot.kind;
    slot.kind = agent_kind(user_agent);
    slot.agent.assign(user_agent.substr(0, kAgentBytesMax));
    return slot.kind;
}

bool says_prefetch(std::string_view sec_purpose, std::string_view purpose, std::string_view x_moz) {
    const auto says = [](std::string_view header) {
        const std::string low = ascii_lower(header);
        return low.find("prefetch") != std::string::npos ||
               low.find("prerender") != std::string::npos ||
               low.find("preview") != std::string::npos;
    };
    return says(sec_purpose) || says(purpose) || says(x_moz);
}

bool says_global_privacy_control(std::string_view sec_gpc) { return trim(sec_gpc) == "1"; }

RateWatch::RateWatch(Limit limit, std::size_t keys_max) : limit_(limit) {
    std::size_t slots = kWays;
    while (slots < keys_max) slots *= 2;
    slots_.resize(slots);
}

std::uint32_t RateWatch::within_limit(std::uint64_t key, std::uint32_t events, IngestTime at) {
    const std::int64_t window_us = std::max<std::int64_t>(limit_.window.us, 1);
    const auto window = static_cast<std::uint32_t>(at.us / window_us + 1);
    const std::size_t set = (mix64(key) % (slots_.size() / kWays)) * kWays;
    Slot* victim = &slots_[set];
    for (std::size_t i = set; i < set + kWays; ++i) {
        Slot& slot = slots_[i];
        if (slot.window == window && slot.key == key) {
            const std::uint32_t before = std::min(slot.count, limit_.events);
            slot.count += std::min(events, UINT32_MAX - slot.count);
            return std::min(events, limit_.events - before);
        }
        const std::uint32_t kept = slot.window == window ? slot.count : 0;
        const std::uint32_t weakest = victim->window == window ? victim->count : 0;
        if (kept < weakest) victim = &slot;
    }
    *victim = Slot{key, window, events};
    return std::min(events, limit_.events);
}

}  // namespace filrouge::collect
