#include "collect/bots.h"

#include <gtest/gtest.h>

namespace filrouge::collect {
namespace {

TEST(Bots, KnownFamiliesAreFound) {
    for (const char* agent :
         {"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
          "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
          "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0.0.0",
          "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
          "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
          "Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (compatible; Bytespider)",
          "facebookexternalhit/1.1", "Chrome-Lighthouse", "Twitterbot", "Baiduspider/2.0",
          "Mozilla/5.0 (compatible; SemrushBot/7~bl)", "Scrapy/2.11 (+https://scrapy.org)",
          "GPTBot/1.0", "Mozilla/5.0 Slurp", "UptimeRobot/2.0", "WhatsApp/2.23.20.0 A"}) {
        EXPECT_EQ(agent_kind(agent), AgentKind::Robot) << agent;
    }
    for (const char* agent : {"curl/8.5.0", "python-requests/2.31.0", "okhttp/4.12.0",
                              "Go-http-client/2.0", "Wget/1.21", "PostmanRuntime/7.36"}) {
        EXPECT_EQ(agent_kind(agent), AgentKind::Tool) << agent;
    }
}

TEST(Bots, PeopleAndTheSdksOfServersAreNone) {
    for (const char* agent :
         {"", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
          "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) Version/17.1 Safari/604.1",
          "Mozilla/5.0 (Linux; Android 13; CUBOT X30) AppleWebKit/537.36 Chrome/120.0 Mobile",
          "Mozilla/5.0 (Linux; Android 9; CUBOT) AppleWebKit/537.36", "analytics-node-next/latest",
          "analytics-node/3.0.13"}) {
        EXPECT_EQ(agent_kind(agent), AgentKind::Person) << agent;
    }
}

TEST(Bots, TheMemoryAnswersLikeTheTable) {
    AgentMemory memory;
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 500; ++i) {
            const std::string agent = (i % 3 == 0 ? "Crawler " : "Person ") + std::to_string(i);
            EXPECT_EQ(memory.kind(agent), agent_kind(agent));
        }
    }
    std::string endless(100'000, 'x');
    endless.append("bot");
    EXPECT_EQ(memory.kind(endless), AgentKind::Person);
}

TEST(Bots, APreviewIsNoVisit) {
    EXPECT_TRUE(says_prefetch("prefetch;prerender", "", ""));
    EXPECT_TRUE(says_prefetch("", "Prefetch", ""));
    EXPECT_TRUE(says_prefetch("", "preview", ""));
    EXPECT_TRUE(says_prefetch("", "", "prefetch"));
    EXPECT_FALSE(says_prefetch("", "", ""));
    EXPECT_TRUE(says_global_privacy_control("1"));
    EXPECT_FALSE(says_global_privacy_control("0"));
    EXPECT_FALSE(says_global_privacy_control(""));
}

TEST(RateWatch, ASenderIsTooFastFromTheEventPastTheLimit) {
    RateWatch watch({.events = 5, .window = seconds(10)}, 64);
    const IngestTime at{1'000'000'000'000};
    for (int i = 0; i < 5; ++i) EXPECT_EQ(watch.within_limit(7, 1, at), 1u);
    EXPECT_EQ(watch.within_limit(7, 1, at), 0u);
    EXPECT_EQ(watch.within_limit(8, 1, at), 1u);
    EXPECT_EQ(watch.within_limit(7, 1, at + seconds(9)), 0u);
    EXPECT_EQ(watch.within_limit(7, 1, at + seconds(10)), 1u);
}

TEST(RateWatch, ABatchCountsAsItsEvents) {
    RateWatch watch({.events = 5, .window = seconds(10)}, 64);
    const IngestTime at{1'000'000'000'000};
    EXPECT_EQ(watch.within_limit(7, 3, at), 3u);
    EXPECT_EQ(watch.within_limit(7, 4, at), 2u);
    EXPECT_EQ(watch.within_limit(7, 4, at), 0u);
    EXPECT_EQ(watch.within_limit(8, 5'000, at), 5u) << "the first of them are people's";
    EXPECT_EQ(watch.within_limit(8, UINT32_MAX, at), 0u);
    EXPECT_EQ(watch.within_limit(8, 1, at), 0u) << "the count does not wrap";
}

TEST(RateWatch, ACrowdNeverHidesTheFastOneNorNeedsMoreMemory) {
    RateWatch watch({.events = 50, .window = seconds(10)}, 256);
    const std::size_t bytes = watch.bytes();
    const IngestTime at{1'000'000'000'000};
    for (std::uint64_t i = 0; i < 200; ++i) {
        EXPECT_EQ(watch.within_limit(7, 1, at), i >= 50 ? 0u : 1u);
        for (std::uint64_t k = 0; k < 300; ++k) {
            EXPECT_EQ(watch.within_limit(1'000'000 + i * 300 + k, 1, at), 1u);
        }
    }
    EXPECT_EQ(watch.bytes(), bytes);
}

}  // namespace
}  // namespace filrouge::collect
