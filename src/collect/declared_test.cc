// What a strict source keeps of an event.
#include "collect/declared.h"

#include <random>

#include "collect/test_request.h"

namespace filrouge::collect {
namespace {

struct StrictDoor : Door {
    StrictDoor() {
        rules.strict = true;
        rules.declared = {"coat_length", "colour"};
    }
};

TEST(Declared, AStrictSourceKeepsTheVocabularyAndWhatItsSettingsDeclare) {
    StrictDoor door;
    const Incoming in = door.track(
        R"({"userId":"u","event":"Product Viewed","properties":{"product_id":"p","price":"9.90",)"
        R"("coat_length":90,"mood":"blue","colour":{"name":"navy"},"notes":["a",{"b":1}]}})");
    EXPECT_EQ(properties(in),
              R"({"product_id":"p","price":"9.90","coat_length":90,"colour":{"name":"navy"}})");
    EXPECT_EQ(in.undeclared, 2u);
    EXPECT_EQ(in.event.product, "p");
    EXPECT_EQ(in.event.value.amount, 99'000);
}

TEST(Declared, TheSameHoldsForPeopleAndForWhatSurroundsTheEvent) {
    StrictDoor door;
    const Incoming in = door.event(
        Route::Identify,
        R"({"userId":"u","shoe_size":38,"traits":{"firstName":"Camille","star_sign":"leo"},)"
        R"("context":{"locale":"fr","secret":{"a":1},"traits":{"city":"Lyon","mood":"blue"}}})");
    EXPECT_EQ(traits(in), R"({"firstName":"Camille","city":"Lyon"})");
    EXPECT_EQ(context(in), R"({"locale":"fr"})");
    EXPECT_EQ(in.undeclared, 4u);
}

TEST(Declared, WhoSomebodyIsAndWhatTheyChoseIsReadAsEver) {
    StrictDoor door;
    const std::string body =
        R"({"userId":"u","event":"Consent Updated","properties":{"loyalty_card":"AB 12",)"
        R"("email":"camille@shop.test","purposes":{"measurement":true}},)"
        R"("context":{"kiosk_id":"k-3","gpc":true,"device":{"id":"d-1"}}})";
    const Incoming strict = door.track(body);
    EXPECT_EQ(strict.undeclared, 0u);
    Door open;
    const Incoming free = open.track(body);
    EXPECT_EQ(identifiers(strict), identifiers(free));
    EXPECT_EQ(strict.consents, free.consents);
    EXPECT_EQ(strict.global_privacy_control, free.global_privacy_control);
}

TEST(Declared, WhatIsDroppedHidesNoFault) {
    StrictDoor door;
    EXPECT_EQ(door.unfit(Route::Track,
                         R"({"userId":"u","event":"e","properties":{"mood":{"a":1,"a":2}}})"),
              "collect.duplicate_key");
    EXPECT_EQ(
        door.unfit(Route::Track, R"({"userId":"u","event":"e","properties":{"mood":1,"mood":2}})"),
        "collect.duplicate_key");
}

TEST(Declared, ARetryIsTheSameEventWhateverIsDropped) {
    StrictDoor strict;
    Door open;
    const std::string body = R"({"userId":"u","event":"e","messageId":"m","properties":{"x":1}})";
    EXPECT_EQ(strict.track(body).event.body_check, open.track(body).event.body_check);
}

// Law: of random events a strict source keeps exactly what an open one keeps of the same event
// without the undeclared members, and counts those.
TEST(Declared, DroppingIsAsIfItHadNeverBeenSent) {
    static const char* const kDeclared[] = {"price", "colour", "coat_length", "currency", "name"};
    static const char* const kOther[] = {"mood", "x", "Price", "priced", "secret note"};
    static const char* const kValues[] = {"1",      "true",  "null",
                                          R"("a")", "[1,2]", R"({"k":{"l":0}})"};
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        std::mt19937_64 rng(seed);
        std::string sent, wanted;
        std::uint32_t dropped = 0;
        for (std::size_t i = 0; i < 5; ++i) {
            for (const bool declared : {true, false}) {
                if (rng() % 2 == 0) continue;
                const std::string member = std::string("\"") +
                                           (declared ? kDeclared[i] : kOther[i]) +
                                           "\":" + kValues[rng() % 6];
                sent += (sent.empty() ? "" : ",") + member;
                if (declared) wanted += (wanted.empty() ? "" : ",") + member;
                dropped += declared ? 0 : 1;
            }
        }
        const auto body = [](const std::string& members) {
            return R"({"userId":"u","event":"e","properties":{)" + members + "}}";
        };
        StrictDoor strict;
        Door open;
        const Incoming kept = strict.track(body(sent));
        const Incoming never_sent = open.track(body(wanted));
        EXPECT_EQ(properties(kept), properties(never_sent)) << seed;
        EXPECT_EQ(context(kept), context(never_sent)) << seed;
        EXPECT_EQ(kept.event.value, never_sent.event.value) << seed;
        EXPECT_EQ(kept.undeclared, dropped) << seed;
    }
}

}  // namespace
}  // namespace filrouge::collect
