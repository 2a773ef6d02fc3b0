// What a session cookie alone does not open: docs/decisions/0010-no-token-in-forms.md.
#include <gtest/gtest.h>

#include <array>

#include "http/credentials.h"
#include "http/door_for_test.h"
#include "http/route.h"

namespace filrouge::http {
namespace {

constexpr std::array<const char*, 9> kOrigins = {"",
                                                 "null",
                                                 "https://evil.test",
                                                 "https://track.shop.test.evil.test",
                                                 "https://track.shop.test:8443",
                                                 "https://shop.test",
                                                 "track.shop.test",
                                                 "http://track.shop.test",
                                                 "https://track.shop.test"};
constexpr std::array<const char*, 5> kSites = {"", "same-origin", "same-site", "cross-site",
                                               "none"};

TEST(Protect, AChangeByCookieComesFromOurOwnPageOrNotAtAll) {
    int let_in = 0;
    for (const std::string origin : kOrigins) {
        for (const std::string site : kSites) {
            for (const std::string name : {"filrouge_session", "__Host-filrouge_session"}) {
                Headers headers = {{"cookie", name + "=session-admin"}};
                if (!origin.empty()) headers.emplace_back("origin", origin);
                if (!site.empty()) headers.emplace_back("sec-fetch-site", site);
                Door door;
                const int status = door.ask("POST", "/api/v1/audiences", "{}", headers).status;
                const bool own = origin.ends_with("://track.shop.test") &&
                                 (site.empty() || site == "same-origin") &&
                                 (name == "filrouge_session" || origin.starts_with("https"));
                EXPECT_EQ(status, own ? 201 : 403) << origin << " " << site << " " << name;
                EXPECT_EQ(door.runtime.asked.size(), own ? 1u : 0u);
                let_in += own ? 1 : 0;
            }
        }
    }
    EXPECT_EQ(let_in, 6);
}

// The law holds for each route that changes something, also for one to come.
TEST(Protect, NoRouteThatChangesSomethingOpensToAnotherSite) {
    int checked = 0;
    for (const Route& route : all_routes()) {
        if (route.access.is_everyone() || route.access.is_write_key() || route.method == "GET")
            continue;
        std::string path(route.pattern);
        for (std::size_t at = 0; (at = path.find('{')) != path.npos;)
            path.replace(at, path.find('}') - at + 1, "7");
        Door door;
        for (const Headers& from :
             {Headers{}, Headers{{"origin", "https://evil.test"}},
              Headers{{"origin", "http://track.shop.test"}, {"sec-fetch-site", "same-site"}}}) {
            Headers headers = from;
            headers.emplace_back("cookie", "filrouge_session=session-admin");
            const HttpResponse told = door.ask(route.method, path, "{}", headers);
            EXPECT_EQ(told.status, 403) << route.method << " " << path;
            EXPECT_NE(told.body.find("http.other_site"), std::string::npos) << path;
            ++checked;
        }
        EXPECT_TRUE(door.runtime.asked.empty()) << path;
    }
    EXPECT_GT(checked, 150);
}

}  // namespace
}  // namespace filrouge::http
