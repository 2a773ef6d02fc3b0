// Signing in by a password at the door: what a browser is given, what stops guessing, what nobody
// is told. What ends a session is engine/access_test.cc's.
#include "http/sign_in_tries.h"

#include "engine/password.h"
#include "http/door_for_test.h"
#include "http/route.h"

namespace filrouge::http {
namespace {

constexpr std::int64_t kMinuteUs = 60'000'000;
const char* const kGood = R"({"name":"camille","password":"corail velours minuit"})";
const char* const kWrong = R"({"name":"camille","password":"corail velours midi"})";

struct WithAccount : Door {
    WithAccount() {
        runtime.account =
            engine::Account{"a1", "camille", engine::Role::Marketer,
                            engine::password_hash("corail velours minuit").value(), 0};
    }
    HttpResponse sign_in(const char* body, Headers headers = {}) {
        return ask("POST", "/api/v1/session", body, std::move(headers));
    }
    std::string secret_of(const HttpResponse& answer) const {
        const std::string cookie = header(answer, "Set-Cookie");
        const std::size_t equals = cookie.find('=');
        return cookie.substr(equals + 1, cookie.find(';') - equals - 1);
    }
    int status_with(const std::string& secret) {
        return ask("GET", "/api/v1/session", "", {{"cookie", "filrouge_session=" + secret}}).status;
    }
};

TEST(Password, OnlyTheRightOneFitsAndNoTwoHashesAreTheSame) {
    const std::string one = engine::password_hash("corail velours minuit").value();
    const std::string two = engine::password_hash("corail velours minuit").value();
    EXPECT_NE(one, two);
    EXPECT_EQ(one.find("$argon2id$v=19$m=19456,t=2,p=1$"), 0u);
    EXPECT_TRUE(engine::password_fits(one, "corail velours minuit"));
    EXPECT_FALSE(engine::password_fits(one, "corail velours minuit "));
    EXPECT_FALSE(engine::password_fits(one, ""));
    EXPECT_FALSE(engine::password_fits("", "x"));
    EXPECT_EQ(engine::password_hash("eleven long").error().code, "account.weak_password");
    EXPECT_EQ(engine::password_hash(std::string(257, 'x')).error().code, "account.weak_password");
}

TEST(Session, APasswordOpensOneWithTheRoleOfItsAccount) {
    WithAccount door;
    const HttpResponse answer = door.sign_in(kGood);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(
        answer.body,
        R"({"role":"marketer","name":"camille","signed_in_by":"session","brands_of_shop":[]})");
    const std::string cookie = header(answer, "Set-Cookie");
    EXPECT_EQ(cookie.find("filrouge_session=s_1;"), 0u) << cookie;
    for (const char* part : {"; Path=/", "; HttpOnly", "; SameSite=Lax"})
        EXPECT_NE(cookie.find(part), std::string::npos) << part;
    const Headers session = {{"cookie", "filrouge_session=" + door.secret_of(answer)}};
    EXPECT_EQ(door.ask("GET", "/api/v1/session", "", session).body, answer.body);
    EXPECT_EQ(door.ask("GET", "/api/v1/audiences", "", session).status, 200);
    EXPECT_EQ(door.ask("GET", "/api/v1/tokens", "", session).status, 403);
    EXPECT_EQ(door.ask("POST", "/api/v1/audiences", "{}", session).status, 403);  // no Origin
}

TEST(Session, OverTlsItsCookieBelongsToThisHostAlone) {
    WithAccount door;
    const HttpResponse answer = door.sign_in(kGood, {{"x-forwarded-proto", "https"}});
    const std::string cookie = header(answer, "Set-Cookie");
    EXPECT_EQ(cookie.find("__Host-filrouge_session=s_"), 0u) << cookie;
    EXPECT_NE(cookie.find("; Secure"), std::string::npos);
    const Headers session = {{"cookie", "__Host-filrouge_session=" + door.secret_of(answer)}};
    EXPECT_EQ(door.ask("GET", "/api/v1/session", "", session).status, 200);
}

TEST(Session, AnUnknownNameIsAnsweredAsAWrongPassword) {
    WithAccount door;
    const HttpResponse wrong = door.sign_in(kWrong);
    const HttpResponse unknown = door.sign_in(R"({"name":"nobody","password":"x"})");
    EXPECT_EQ(wrong.status, 401);
    EXPECT_EQ(unknown.status, 401);
    EXPECT_EQ(wrong.body, unknown.body);
    EXPECT_EQ(wrong.body.find("camille"), std::string::npos);
    EXPECT_EQ(header(wrong, "Set-Cookie"), "");
}

// Who gets in by a password is written down before, who does not after; never the password, and
// nothing of a name that is nobody's.
TEST(Session, TheAuditKnowsEachTryOfAnAccountAndNobodyElses) {
    WithAccount door;
    EXPECT_EQ(door.sign_in(kGood).status, 200);
    EXPECT_EQ(door.sign_in(kWrong).status, 401);
    EXPECT_EQ(door.sign_in(R"({"name":"corail velours minuit","password":"x"})").status, 401);
    const auto& audited = door.runtime.audited;
    ASSERT_EQ(audited.size(), 2u);
    EXPECT_EQ(audited[0].status, 0);
    EXPECT_EQ(audited[1].status, 401);
    for (const engine::AuditEntry& entry : audited) {
        EXPECT_EQ(entry.actor, "a1");
        EXPECT_EQ(entry.role, engine::Role::Marketer);
        EXPECT_EQ(entry.route, "POST /api/v1/session");
    }
}

TEST(Session, AnotherSiteCannotSignABrowserIn) {
    WithAccount door;
    EXPECT_EQ(door.sign_in(kGood, {{"origin", "https://evil.test"}}).status, 403);
    EXPECT_EQ(door.sign_in(kGood, {{"origin", "https://track.shop.test"}}).status, 200);
}

TEST(Session, SigningOutEndsItAndTheCookie) {
    WithAccount door;
    const std::string secret = door.secret_of(door.sign_in(kGood));
    EXPECT_EQ(door.status_with(secret), 200);
    const HttpResponse answer =
        door.ask("DELETE", "/api/v1/session", "",
                 {{"cookie", "filrouge_session=" + secret}, {"origin", "http://track.shop.test"}});
    EXPECT_EQ(answer.status, 200);
    EXPECT_NE(header(answer, "Set-Cookie").find("Max-Age=0"), std::string::npos);
    EXPECT_EQ(door.status_with(secret), 401);
}

TEST(Session, WhatAPageAsksByItselfAndAStreamAreNobodysDoing) {
    Door door;
    const auto asked_in_background = [&](const char* path, const char* value) {
        door.runtime.asked.clear();
        door.begin(Door::request("GET", path, "",
                                 {{"cookie", "filrouge_session=session-admin"},
                                  {"x-filrouge-background", value}}))
            ->wait();
        const auto& asked = door.runtime.asked;
        return std::find(asked.begin(), asked.end(), "in the background") != asked.end();
    };
    EXPECT_FALSE(asked_in_background("/api/v1/stats", ""));
    EXPECT_FALSE(asked_in_background("/api/v1/stats", "0"));
    EXPECT_TRUE(asked_in_background("/api/v1/stats", "1"));
    EXPECT_TRUE(asked_in_background("/api/v1/tail", ""));
    EXPECT_TRUE(asked_in_background("/api/v1/audiences/stream", ""));
}

// A window left open over a person used to write 360 entries an hour, which hid who else looked.
TEST(Session, WhatALeftPageReadsAgainIsToldOnceAQuarterOfAnHour) {
    Door door;
    const std::string person = "/api/v1/profiles/0f1e2d3c4b5a69788796a5b4c3d2e1f0";
    const auto told_of = [&](const std::string& path, Headers headers, Duration later) {
        door.runtime.audited.clear();
        door.clock.advance(later);
        door.begin(Door::request("GET", path, "", std::move(headers)))->wait();
        return door.runtime.audited.size();
    };
    const Headers left = {{"cookie", "filrouge_session=session-admin"},
                          {"x-filrouge-background", "1"}};
    const Headers here = {{"cookie", "filrouge_session=session-admin"}};
    const Headers token = {{"authorization", "Bearer token-admin"}, {"x-filrouge-background", "1"}};
    EXPECT_EQ(told_of(person, left, seconds(0)), 1u) << "nobody hides a first look";
    EXPECT_EQ(told_of(person, left, minutes(14)), 0u);
    EXPECT_EQ(told_of(person, here, seconds(1)), 1u) << "who is there looks";
    EXPECT_EQ(told_of(person + "/thread", left, seconds(1)), 1u) << "another thing of the person";
    EXPECT_EQ(told_of(person, left, minutes(1)), 1u) << "a quarter of an hour after the first";
    EXPECT_EQ(told_of(person, token, seconds(0)), 1u);
    EXPECT_EQ(told_of(person, token, seconds(1)), 1u) << "of a program each is told";
}

TEST(Session, AStreamEndsWithIt) {
    WithAccount door;
    const std::string secret = door.secret_of(door.sign_in(kGood));
    const auto stream = door.begin(
        Door::request("GET", "/api/v1/tail", "", {{"cookie", "filrouge_session=" + secret}}));
    ASSERT_EQ(stream->wait().status, 200);
    EXPECT_TRUE(door.runtime.still_followed());
    EXPECT_NE(stream->text().find(":\n\n"), std::string::npos) << "a proxy sees that it lives";
    static_cast<void>(door.runtime.access().sign_out(secret));
    EXPECT_FALSE(door.runtime.still_followed());
}

TEST(Session, OnlyASessionMakesATokenOfOnesOwn) {
    WithAccount door;
    EXPECT_EQ(door.as("admin", "POST", "/api/v1/session/tokens", R"({"name":"x"})").status, 403);
    const HttpResponse made =
        door.ask("POST", "/api/v1/session/tokens", R"({"name":"x"})",
                 {{"cookie", "filrouge_session=" + door.secret_of(door.sign_in(kGood))},
                  {"origin", "http://track.shop.test"}});
    EXPECT_EQ(made.status, 201);
    EXPECT_EQ(door.runtime.last(), R"(token of a1 {"name":"x"})");
    EXPECT_EQ(door.as("staff", "GET", "/api/v1/session/tokens").status, 200);
    EXPECT_EQ(door.runtime.last(), "tokens of id-staff");
}

TEST(SignIn, TwoAreCheckedAtOnceTwentyWaitAndTheNextIsToldToComeAgain) {
    RoutesOptions none_is_done;
    none_is_done.hash_threads = 0;
    Door door(engine::RuntimeState::Ready, none_is_done);
    EXPECT_EQ(RoutesOptions{}.hash_threads, 2u);
    std::vector<std::shared_ptr<Answer>> waiting;
    for (int i = 0; i < 20; ++i) {
        waiting.push_back(door.begin(Door::request("POST", "/api/v1/session", kGood)));
        EXPECT_FALSE(waiting.back()->answered()) << i;
    }
    const HttpResponse refused = door.ask("POST", "/api/v1/session", kGood);
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(header(refused, "Retry-After"), "2");
    EXPECT_EQ(door.as("admin", "POST", "/api/v1/accounts", "{}").status, 429);
    EXPECT_EQ(door.as("admin", "GET", "/api/v1/audiences").status, 200) << "others go on";
}

TEST(SignIn, TenWrongTriesCloseANameForThatAddressUntilAQuarterOfAnHourIsOver) {
    SignInTries tries;
    const SignInTries::Who here{"camille", "1"}, elsewhere{"camille", "2"};
    for (std::uint32_t i = 0; i < SignInTries::kPairMax; ++i) {
        EXPECT_EQ(tries.wait_us(here, i), 0);
        tries.failed(here, i);
    }
    EXPECT_EQ(tries.wait_us(here, 20), SignInTries::kWindowUs - 20 + 1);
    EXPECT_EQ(tries.wait_us(elsewhere, 20), 0);
    EXPECT_GT(tries.wait_us(here, SignInTries::kWindowUs), 0);
    EXPECT_EQ(tries.wait_us(here, SignInTries::kWindowUs + 1), 0);
}

TEST(SignIn, OnePasswordTriedOnEverybodyClosesTheAddressAndManyMachinesCloseTheName) {
    SignInTries tries;
    for (std::uint32_t i = 0; i < SignInTries::kAddressMax; ++i) {
        EXPECT_EQ(tries.wait_us({"somebody else", "1"}, 0), 0);
        tries.failed({"name " + std::to_string(i), "1"}, 0);
    }
    EXPECT_GT(tries.wait_us({"somebody else", "1"}, 0), 0);
    EXPECT_EQ(tries.wait_us({"somebody else", "2"}, 0), 0);
    for (std::uint32_t i = 0; i < SignInTries::kNameMax; ++i) {
        EXPECT_EQ(tries.wait_us({"camille", "new"}, 0), 0);
        tries.failed({"camille", "machine " + std::to_string(i)}, 0);
    }
    EXPECT_GT(tries.wait_us({"camille", "new"}, 0), 0);
    EXPECT_EQ(tries.wait_us({"marc", "new"}, 0), 0);
}

TEST(SignIn, TheRightPasswordForgetsTheWrongOnes) {
    SignInTries tries;
    const SignInTries::Who who{"camille", "1"};
    for (int round = 0; round < 3; ++round) {
        for (std::uint32_t i = 1; i < SignInTries::kPairMax; ++i) tries.failed(who, 0);
        EXPECT_EQ(tries.wait_us(who, 0), 0);
        tries.succeeded(who);
    }
}

TEST(SignIn, PastTheLimitEvenTheRightPasswordIsRefused) {
    WithAccount door;
    for (std::uint32_t i = 0; i < SignInTries::kPairMax; ++i)
        EXPECT_EQ(door.sign_in(kWrong).status, 401);
    const HttpResponse refused = door.sign_in(kGood);
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(header(refused, "Retry-After"), "901");
    door.clock.advance(Duration{16 * kMinuteUs});
    EXPECT_EQ(door.sign_in(kGood).status, 200);
}

struct OwnPassword : WithAccount {
    OwnPassword() : secret(secret_of(sign_in(kGood))) {}
    HttpResponse change(const std::string& present, const std::string& wanted,
                        const std::string& origin = "http://track.shop.test") {
        return ask("POST", "/api/v1/session/password",
                   R"({"present":")" + present + R"(","password":")" + wanted + R"("})",
                   {{"cookie", "filrouge_session=" + secret}, {"origin", origin}});
    }
    std::string secret;
};

TEST(OwnPassword, WhoKnowsThePresentOneChangesItAndStaysSignedIn) {
    OwnPassword door;
    const HttpResponse changed = door.change("corail velours minuit", "ocre lin matin");
    EXPECT_EQ(changed.status, 200);
    EXPECT_EQ(header(changed, "Set-Cookie").find("filrouge_session=s_1;"), 0u);
    EXPECT_EQ(changed.body.find("ocre"), std::string::npos);
    EXPECT_EQ(door.sign_in(kGood).status, 401);
    EXPECT_EQ(door.sign_in(R"({"name":"camille","password":"ocre lin matin"})").status, 200);
    bool noted_first = false;
    for (const engine::AuditEntry& entry : door.runtime.audited)
        noted_first |= entry.route == "POST /api/v1/session/password" && entry.status == 0;
    EXPECT_TRUE(noted_first);
}

TEST(OwnPassword, AWrongPresentOneCountsAsATryToSignIn) {
    OwnPassword door;
    for (std::uint32_t i = 0; i < SignInTries::kPairMax; ++i) {
        const HttpResponse refused = door.change("corail velours midi", "ocre lin matin");
        EXPECT_EQ(refused.status, 422) << "and the session goes on";
        EXPECT_NE(refused.body.find("account.wrong_password"), std::string::npos);
    }
    EXPECT_EQ(door.change("corail velours minuit", "ocre lin matin").status, 429);
    EXPECT_EQ(door.sign_in(kGood).status, 429) << "they are the same tries";
    door.clock.advance(Duration{16 * kMinuteUs});
    EXPECT_EQ(door.change("corail velours minuit", "ocre lin matin").status, 200);
}

TEST(OwnPassword, IsNotForTokensOtherSitesOrWhatIsTriedFirst) {
    OwnPassword door;
    const char* const good = R"({"present":"corail velours minuit","password":"ocre lin matin"})";
    EXPECT_EQ(door.as("admin", "POST", "/api/v1/session/password", good).status, 403);
    EXPECT_EQ(door.ask("POST", "/api/v1/session/password", good).status, 401);
    EXPECT_EQ(door.change("corail velours minuit", "ocre lin matin", "https://evil.test").status,
              403);
    EXPECT_NE(
        door.change("corail velours minuit", "camille-1234").body.find("account.common_password"),
        std::string::npos);
    EXPECT_NE(door.change("corail velours minuit", "short").body.find("account.weak_password"),
              std::string::npos);
    EXPECT_EQ(door.sign_in(kGood).status, 200) << "the former holds";
}

TEST(SignIn, TheAddressesOfOneHomeCountAsOne) {
    WithAccount door;
    const auto tries_from = [&](const std::string& peer) {
        HttpRequest request = Door::request("POST", "/api/v1/session", kWrong);
        request.peer = peer;
        return door.begin(std::move(request))->wait().status;
    };
    for (std::uint32_t i = 0; i < SignInTries::kPairMax; ++i)
        EXPECT_EQ(tries_from("2a00:1450:4007:80::" + std::to_string(i + 1)), 401);
    EXPECT_EQ(tries_from("2a00:1450:4007:80:1:2:3:4"), 429) << "of the same /64";
    EXPECT_EQ(tries_from("2a00:1450:4007:81::1"), 401) << "of another home";
}

}  // namespace
}  // namespace filrouge::http
