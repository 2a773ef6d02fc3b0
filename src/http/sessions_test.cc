// Signing in by a password: what ends a session, what stops guessing, what nobody is told.
#include "http/sessions.h"

#include "engine/password.h"
#include "http/door_for_test.h"

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
    EXPECT_EQ(answer.body, R"({"role":"marketer","name":"camille","signed_in_by":"session"})");
    const std::string cookie = header(answer, "Set-Cookie");
    EXPECT_EQ(cookie.find("filrouge_session=s_"), 0u) << cookie;
    for (const char* part : {"; Path=/", "; HttpOnly", "; SameSite=Lax"})
        EXPECT_NE(cookie.find(part), std::string::npos) << part;
    EXPECT_EQ(door.secret_of(answer).size(), 2u + 32u);  // 128 bits
    const Headers session = {{"cookie", "filrouge_session=" + door.secret_of(answer)}};
    EXPECT_EQ(door.ask("GET", "/api/v1/session", "", session).body, answer.body);
    EXPECT_EQ(door.ask("GET", "/api/v1/audiences", "", session).status, 200);
    EXPECT_EQ(door.ask("GET", "/api/v1/tokens", "", session).status, 403);
    EXPECT_EQ(door.ask("POST", "/api/v1/audiences", "{}", session).status, 403);  // no Origin
    EXPECT_NE(door.secret_of(door.sign_in(kGood)), door.secret_of(answer));
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

TEST(Session, AnotherSiteCannotSignABrowserIn) {
    WithAccount door;
    EXPECT_EQ(door.sign_in(kGood, {{"origin", "https://evil.test"}}).status, 403);
    EXPECT_EQ(door.sign_in(kGood, {{"origin", "https://track.shop.test"}}).status, 200);
}

TEST(Session, ItEndsWhenIdleWhenOldAndWhenSignedOut) {
    WithAccount door;
    const std::string idle = door.secret_of(door.sign_in(kGood));
    door.clock.advance(Duration{29 * kMinuteUs});
    EXPECT_EQ(door.status_with(idle), 200);
    door.clock.advance(Duration{31 * kMinuteUs});
    EXPECT_EQ(door.status_with(idle), 401);
    const std::string old = door.secret_of(door.sign_in(kGood));
    for (int i = 0; i < 28; ++i) {
        door.clock.advance(Duration{25 * kMinuteUs});
        EXPECT_EQ(door.status_with(old), 200) << i;
    }
    door.clock.advance(Duration{25 * kMinuteUs});
    EXPECT_EQ(door.status_with(old), 401);
    const std::string left = door.secret_of(door.sign_in(kGood));
    EXPECT_EQ(
        door.ask("DELETE", "/api/v1/session", "",
                 {{"cookie", "filrouge_session=" + left}, {"origin", "http://track.shop.test"}})
            .status,
        200);
    EXPECT_EQ(door.status_with(left), 401);
}

TEST(Sessions, AnAccountThatChangesEndsItsOwnAndNoOthers) {
    fake::FakeRandom random{7};
    Sessions sessions(random);
    const std::string one = sessions.begin({"a", "one", engine::Role::Admin}, 0);
    const std::string two = sessions.begin({"b", "two", engine::Role::Staff}, 0);
    sessions.end_all_of("a");
    EXPECT_FALSE(sessions.find(one, 1).has_value());
    EXPECT_EQ(sessions.find(two, 1)->role, engine::Role::Staff);
}

TEST(Sessions, PastTheirBoundTheOneIdleLongestEnds) {
    fake::FakeRandom random{7};
    Sessions sessions(random);
    const std::string oldest = sessions.begin({"a", "", engine::Role::Staff}, 1);
    const std::string used = sessions.begin({"a", "", engine::Role::Staff}, 2);
    for (std::size_t i = 2; i < kSessionsMax; ++i)
        sessions.begin({"b", "", engine::Role::Staff}, 10);
    EXPECT_TRUE(sessions.find(used, 20).has_value());
    sessions.begin({"c", "", engine::Role::Staff}, 30);
    EXPECT_FALSE(sessions.find(oldest, 31).has_value());
    EXPECT_TRUE(sessions.find(used, 31).has_value());
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

}  // namespace
}  // namespace filrouge::http
