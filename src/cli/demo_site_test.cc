// The pages of the demonstration sign their visitor in as an administrator: who may reach them,
// what they tell, and what the office makes of the API's answers.
#include "cli/demo_site.h"

#include <gtest/gtest.h>

#include <map>

#include "fake/fake_clock.h"

namespace filrouge::cli {
namespace {

constexpr std::string_view kMe = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

// Answers by the beginning of the path.
struct FakeApi final : HttpClient {
    explicit FakeApi(const std::map<std::string, HttpReply>& given) : answers(given) {}
    Result<HttpReply> call(const HttpCall& call) override {
        for (const auto& [path, reply] : answers) {
            if (call.url.starts_with("http://127.0.0.1:8180" + path)) return reply;
        }
        return Error{"http.unreachable", "Nobody is there.", ""};
    }
    const std::map<std::string, HttpReply>& answers;
};

struct Answer final : ResponderImpl {
    HttpResponse response;
    void reply(HttpResponse r) override {
        r.body.append(std::exchange(r.file, {}));
        response = std::move(r);
    }
    void start_stream(HttpResponse) override {}
    bool write(std::string_view) override { return false; }
    void end_stream() override {}
};

struct Pages {
    DemoOffice office() {
        return {"http://127.0.0.1:8180", "secret-token", "till-key",
                [this] { return std::make_unique<FakeApi>(answers); }, clock};
    }
    HttpResponse ask(std::string_view method, std::string_view path, std::string_view host,
                     std::string_view origin = "", std::string body = "") {
        DemoSite site({"http://127.0.0.1:8180",
                       8181,
                       "no-such-folder",
                       {{DemoDoor::Web, "web-key"}, {DemoDoor::Till, "till-key"}}},
                      office());
        HttpRequest request;
        request.method = method;
        request.path = path;
        request.headers = {{"host", std::string(host)}, {"origin", std::string(origin)}};
        request.body = std::move(body);
        if (auto refused = site.refuse(request, {.content_length = request.body.size()}))
            return *refused;
        auto answer = std::make_shared<Answer>();
        site.handle(std::move(request), answer);
        return answer->response;
    }
    std::map<std::string, HttpReply> answers;
    fake::FakeClock clock;
};

TEST(DemoSite, AnotherNameThatLeadsToThisMachineOpensNothing) {
    Pages pages;
    EXPECT_EQ(pages.ask("GET", "/site.json", "shop.attacker.test:8181").status, 421);
    EXPECT_EQ(pages.ask("GET", "/console", "127.0.0.1:8180").status, 421);
    EXPECT_EQ(pages.ask("GET", "/site.json", "127.0.0.1:8181").status, 200);
    EXPECT_EQ(pages.ask("GET", "/site.json", "localhost:8181").status, 200);
}

TEST(DemoSite, AFormOfAnotherSiteIsRefusedAndSoIsALongBody) {
    Pages pages;
    const std::string here = "127.0.0.1:8181";
    EXPECT_EQ(pages.ask("POST", "/my-data", here, "https://attacker.test").status, 403);
    EXPECT_EQ(pages.ask("POST", "/my-data", here).status, 403);
    EXPECT_EQ(pages.ask("DELETE", "/", here, "http://127.0.0.1:8181").status, 403);
    EXPECT_EQ(
        pages.ask("POST", "/tour/card", here, "http://127.0.0.1:8181", std::string(5'000, 'x'))
            .status,
        413);
}

TEST(DemoSite, ItTellsThePublicKeysAndNoSecret) {
    Pages pages;
    const std::string body = pages.ask("GET", "/site.json", "127.0.0.1:8181").body;
    EXPECT_NE(body.find("web-key"), std::string::npos);
    EXPECT_EQ(body.find("secret-token"), std::string::npos);
}

TEST(DemoOffice, ATourIsWhereTheApiSaysItIs) {
    Pages pages;
    const std::string me = std::string(R"({"id":")").append(kMe).append("\"}");
    pages.answers["/api/v1/profiles/find"] = {200, me};
    pages.answers["/api/v1/profiles/" + std::string(kMe) + "/thread"] = {
        200, R"({"events":[{"source":"camelia-web","at":"2026-11-22T10:00:09.000Z"},)"
             R"({"source":"camelia-tills","at":"2026-11-22T09:59:59.000Z"}]})"};
    pages.answers["/api/v1/audit"] = {
        200, R"({"entries":[{"route":"GET /api/v1/profiles/{id}/thread"}]})"};
    pages.answers["/api/v1/audiences/"] = {200, R"({"member":true})"};
    const DemoTourAsk ask{"a-1", "CAM0123456789", "2026-11-22T10:00:00.000Z",
                          "2026-11-22T10:00:00.000Z"};
    const std::string both =
        std::string(R"({"web":")").append(kMe).append(R"(","card":")").append(kMe);
    EXPECT_EQ(pages.office().tour_state(ask).value(),
              both + R"(","till_sale":false,"looked":false,"member":true})")
        << "a sale before the tour and our own reading are no steps of it";
    pages.answers["/api/v1/profiles/" + std::string(kMe) + "/thread"].body =
        R"({"events":[{"source":"camelia-tills","at":"2026-11-22T10:00:00.000Z"}]})";
    pages.answers["/api/v1/audit"].body = R"({"entries":[{"route":"GET /api/v1/profiles/{id}"}]})";
    EXPECT_EQ(pages.office().tour_state(ask).value(),
              both + R"(","till_sale":true,"looked":true,"member":true})");
}

TEST(DemoOffice, WhoIsErasedIsNobodyAndAServerThatIsGoneIsNoErasure) {
    Pages pages;
    const DemoTourAsk ask{"a-1", "CAM0123456789", "2026", "2026"};
    EXPECT_EQ(pages.office().tour_state(ask).error().code, "demo.unreachable");
    pages.answers["/api/v1/profiles/find"] = {503, ""};
    EXPECT_EQ(pages.office().tour_state(ask).error().code, "demo.unreachable");
    pages.answers["/api/v1/profiles/find"] = {401, "{}"};
    EXPECT_EQ(pages.office().tour_state(ask).error().code, "demo.refused");
    pages.answers["/api/v1/profiles/find"] = {404, "{}"};
    EXPECT_EQ(pages.office().tour_state(ask).value(),
              R"({"web":null,"card":null,"till_sale":false,"looked":false,"member":false})");
    EXPECT_EQ(pages.office().my_data("a-1").error().code, "demo.no_visitor");
}

TEST(DemoOffice, ACardIsThreeLettersAndTenDigits) {
    EXPECT_TRUE(DemoOffice::is_card("CAM0123456ABC"));
    for (const char* card :
         {"", "CAM", "CAM0123456ABCD", "CAM0123456abc", "XAM0123456ABC", "CAM../456ABC"})
        EXPECT_FALSE(DemoOffice::is_card(card)) << card;
}

}  // namespace
}  // namespace filrouge::cli
