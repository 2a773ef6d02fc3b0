// Matching of imported people through a whole runtime: what is tied, what waits, what is told.
#include "engine/matching_desk.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/seed_for_test.h"
#include "engine/identity_desk.h"
#include "engine/match_record.h"
#include "engine/shop_for_test.h"
#include "matching/people_for_test.h"
#include "model/packed.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;
using matching::test::People;
using matching::test::PersonValues;

constexpr std::int64_t kPeople = 60;  // known by the shop; the till knows every second, with slips
constexpr std::int64_t kBoth = kPeople / 2, kRecords = kPeople + kBoth;
constexpr std::array<const char*, 3> kTraits = {"first_name", "last_name", "birthday"};

std::uint64_t seed() { return test_seed(1); }

struct Desk {
    explicit Desk(fake::FakeDisk& disk, std::uint64_t of = 1) : shop(disk, of) {}

    void told(const std::string& id, const PersonValues& values, bool allows = true,
              IdentifierType type = IdentifierType::ExternalId, SourceNo source = 1) {
        collect::Incoming incoming;
        incoming.event.kind = EventKind::Identify;
        incoming.event.at = as_event_time(shop.clock.now());
        incoming.event.message_id = "of " + id;
        incoming.event.identifiers = {{type, id, {}}};
        Bytes traits;
        PackedWriter w(traits);
        const std::size_t mark = w.begin_object(kTraits.size());
        for (std::size_t t = 0; t < kTraits.size(); ++t) {
            w.key(kTraits[t]);
            w.string(values[t]);
        }
        w.end(mark);
        incoming.event.traits = traits;
        incoming.consents = {{"measurement", allows}};
        IngestRequest request;
        request.source = source;
        request.items.push_back(std::move(incoming));
        ASSERT_TRUE(shop.ingest(std::move(request)).has_value());
    }
    void fill() {
        People people(seed(), 10);
        for (std::int64_t i = 0; i < kPeople; ++i) {
            PersonValues person = people.person();
            told("shop:" + std::to_string(i), person);
            if (i % 4 == 0) people.mistype(person[1]);
            if (i % 2 == 0) told("till:" + std::to_string(i), person);
        }
        shop.runtime->wait_until_folded();
    }
    std::string second_source() {
        const std::string made = shop.command(&Runtime::create_source, R"({"name":"Till"})");
        return std::string(json::parse(made).at("id").as_string());
    }
    void fill_two_lists() {
        People people(seed() + 1, 10);
        for (int i = 0; i < 40; ++i) {
            const std::string number = std::to_string(i);
            PersonValues person = people.person();
            told("crm:" + number, person, true, IdentifierType::ExternalId, 2);
            told("web:" + number, person);
            people.mistype(person[1]);
            if (i % 2 == 0) told("again:" + number, person);  // nearly the same, and one too many
        }
        shop.runtime->wait_until_folded();
    }
    // The answer, or an error's code as a string.
    json::value run(const json::object& more = {}) {
        json::object body = {{"purpose", "measurement"}, {"fields", fields()}};
        for (const auto& member : more) body[member.key()] = member.value();
        const auto done = shop.runtime->matching().run(json::serialize(body), "");
        return done.ok() ? json::parse(done.value()) : json::value(done.error().code);
    }
    static json::array fields() {
        return {{{"trait", "first_name"}, {"kind", "given_name"}},
                {{"trait", "last_name"}, {"kind", "surname"}},
                {{"trait", "birthday"}, {"kind", "date"}}};
    }
    json::value review() { return json::parse(shop.runtime->matching().review("", 200).value()); }
    std::string decide(const std::string& pair, const std::string& verdict) {
        std::string out;
        shop.runtime->matching().decide(
            pair, json::serialize(json::object{{"verdict", verdict}}), "privacy",
            [&](const Result<std::string>& r) { out = r.ok() ? r.value() : r.error().code; });
        return out;
    }
    std::string person(const std::string& id) {
        const auto found = shop.runtime->find_profile("external_id", id, "", 0);
        return std::string(json::parse(found.value()).at("id").as_string());
    }
    std::int64_t persons() {
        return json::parse(shop.runtime->stats(0).value()).at("persons").to_number<std::int64_t>();
    }
    Shop shop;
};

std::int64_t number(const json::value& run, const char* name) {
    return run.at("pairs").at(name).to_number<std::int64_t>();
}

TEST(MatchingDesk, FiguresAloneChangeNothing) {
    fake::FakeDisk disk;
    Desk desk(disk);
    desk.fill();
    const std::string before = desk.shop.runtime->state_hash();
    const json::value run = desk.run();
    EXPECT_EQ(run.at("people").at("matched").to_number<std::int64_t>(), kRecords);
    EXPECT_NEAR(run.at("matches_expected").to_number<double>(), kBoth, 8);
    EXPECT_EQ(run.at("fields").as_array().size(), 3u);
    EXPECT_EQ(desk.shop.runtime->state_hash(), before);
    EXPECT_EQ(json::serialize(run), [&] {  // again, but for its name
        json::value again = desk.run();
        again.as_object()["id"] = run.at("id");
        return json::serialize(again);
    }());
}

TEST(MatchingDesk, WhatIsSureIsTiedOnceAndAReplayTellsTheSame) {
    fake::FakeDisk disk;
    std::string hash;
    std::int64_t persons = 0;
    {
        Desk desk(disk);
        desk.fill();
        EXPECT_EQ(desk.persons(), kRecords);
        const json::value run = desk.run({{"write", "all"}});
        EXPECT_GT(number(run, "tied"), kBoth / 2);
        persons = desk.persons();
        EXPECT_EQ(persons, kRecords - number(run, "tied"));
        EXPECT_EQ(desk.person("till:2"), desk.person("shop:2"));
        const json::value again = desk.run({{"write", "all"}});
        EXPECT_EQ(number(again, "tied"), 0);
        EXPECT_EQ(number(again, "queued"), 0);
        EXPECT_EQ(desk.persons(), persons);
        hash = desk.shop.runtime->state_hash();
        EXPECT_EQ(
            json::parse(desk.shop.runtime->matching().runs().value()).at("runs").as_array().size(),
            2u);
    }
    Desk replayed(disk, 3);
    EXPECT_EQ(replayed.shop.runtime->state_hash(), hash);
    EXPECT_EQ(replayed.persons(), persons);
}

TEST(MatchingDesk, WhoIsAskedDecidesOnceAndIsNeverAskedAgain) {
    fake::FakeDisk disk;
    Desk desk(disk);
    desk.fill();
    const json::value run = desk.run({{"write", "review"}});
    EXPECT_EQ(number(run, "tied"), 0);
    EXPECT_EQ(desk.persons(), kRecords);
    const json::value waiting = desk.review();
    ASSERT_EQ(waiting.at("waiting").to_number<std::int64_t>(), number(run, "queued"));
    ASSERT_GT(number(run, "queued"), 2);
    const json::value& first = waiting.at("pairs").at(0);
    EXPECT_EQ(first.at("fields").at(0).at("agreement").as_string(), "equal");
    EXPECT_FALSE(first.at("fields").at(0).at("a").as_string().empty());
    const std::string same(first.at("id").as_string());
    const std::string different(waiting.at("pairs").at(1).at("id").as_string());
    const json::value decided = json::parse(desk.decide(same, "same"));
    EXPECT_EQ(decided.at("a"), decided.at("b"));
    EXPECT_EQ(desk.persons(), kRecords - 1);
    const json::value apart = json::parse(desk.decide(different, "different"));
    EXPECT_NE(apart.at("a"), apart.at("b"));
    EXPECT_EQ(desk.decide(same, "same"), "match_conflict");
    EXPECT_EQ(desk.decide(different, "same"), "match_conflict");
    EXPECT_EQ(desk.decide("9999", "same"), "match_not_found");
    EXPECT_EQ(desk.decide(different, "perhaps"), "matching.unknown_verdict");
    const json::value again = desk.run({{"write", "all"}});
    EXPECT_EQ(number(again, "tied"), 0);
    EXPECT_EQ(number(again, "known"), number(run, "queued") - 1);
    EXPECT_EQ(desk.review().at("waiting").to_number<std::int64_t>(), number(run, "queued") - 2);
}

TEST(MatchingDesk, AMatchThatWasWithdrawnIsNotTiedAgain) {
    fake::FakeDisk disk;
    Desk desk(disk);
    desk.fill();
    desk.run({{"write", "all"}});
    const std::string person = desk.person("shop:2");
    ASSERT_EQ(desk.person("till:2"), person);
    const json::value graph =
        json::parse(desk.shop.runtime->identity().graph(person, "", "", true, 0).value());
    const json::value& edge = graph.at("edges").at(0);
    EXPECT_EQ(edge.at("rule").as_string(), "match");
    desk.shop.runtime->identity().decide(json::serialize(json::object{{"action", "withdraw"},
                                                                      {"a", edge.at("a")},
                                                                      {"b", edge.at("b")},
                                                                      {"reason", "two people"}}),
                                         "privacy",
                                         [](const Result<std::string>& r) { EXPECT_TRUE(r.ok()); });
    EXPECT_NE(desk.person("till:2"), desk.person("shop:2"));
    const json::value again = desk.run({{"write", "all"}});
    EXPECT_EQ(number(again, "tied"), 0);
    EXPECT_GE(number(again, "known"), 1);
    EXPECT_NE(desk.person("till:2"), desk.person("shop:2"));
}

TEST(MatchingDesk, TwoWhomSomebodyToldApartAreNotTiedThroughAThird) {
    fake::FakeDisk disk;
    Desk desk(disk);
    desk.fill();
    const PersonValues values = {"camille", "lefebvre", "1969-07-21"};
    for (const char* who : {"x:1", "x:2"}) desk.told(who, values);
    desk.shop.runtime->wait_until_folded();
    desk.run({{"write", "review"}});
    const std::string one = desk.person("x:1"), other = desk.person("x:2");
    const json::value waiting = desk.review();
    for (const json::value& pair : waiting.at("pairs").as_array()) {
        const bool is_theirs =
            (pair.at("a").as_string() == one) + (pair.at("b").as_string() == one) +
                (pair.at("a").as_string() == other) + (pair.at("b").as_string() == other) ==
            2;
        if (is_theirs) desk.decide(std::string(pair.at("id").as_string()), "different");
    }
    desk.told("x:3", values);
    desk.shop.runtime->wait_until_folded();
    const json::value run = desk.run({{"write", "all"}});
    EXPECT_EQ(number(run, "tied"), 1);
    EXPECT_EQ(number(run, "kept_apart"), 1);
    EXPECT_NE(desk.person("x:1"), desk.person("x:2"));
}

// Pairs that no run can tie are near-certain, and would pay for doubtful ones.
TEST(MatchingDesk, WhatCannotBeTiedPaysForNothing) {
    fake::FakeDisk disk;
    Desk desk(disk);
    desk.fill();
    People people(seed() + 1, 10);
    for (int i = 0; i < 100; ++i) {  // each with two numbers, of which nobody has more than one
        const PersonValues person = people.person();
        for (const char* list : {"a", "b"})
            desk.told(list + std::to_string(i), person, true, IdentifierType::UserId);
    }
    desk.shop.runtime->wait_until_folded();
    const json::value run = desk.run({{"write", "all"}});
    EXPECT_GE(number(run, "past_limits"), 90);
    ASSERT_GT(number(run, "tied"), kBoth / 3);
    EXPECT_EQ(run.at("automatic").at("pairs").to_number<std::int64_t>(), number(run, "tied"));
    EXPECT_GE(run.at("automatic").at("precision").to_number<double>(), 0.99);
}

// Two lists in which nobody stands twice, and a run that is asked again.
TEST(MatchingDesk, OneToOneHoldsFromRunToRun) {
    fake::FakeDisk disk;
    Desk desk(disk);
    const std::string till = desk.second_source();
    desk.fill();
    desk.fill_two_lists();
    const json::object asked = {{"source", till}, {"one_to_one", true}, {"write", "all"}};
    const json::value run = desk.run(asked);
    ASSERT_TRUE(run.is_object()) << json::serialize(run);
    ASSERT_GE(number(run, "tied"), 30);
    const std::int64_t persons = desk.persons();
    const json::value again = desk.run(asked);
    ASSERT_TRUE(again.is_object()) << json::serialize(again);
    EXPECT_EQ(number(again, "tied") + number(again, "queued"), 0);
    EXPECT_EQ(desk.persons(), persons);
}

// The right partner shows once the wrong one was sent away.
TEST(MatchingDesk, WhoWasToldApartKeepsNobodyFromAnother) {
    fake::FakeDisk disk;
    Desk desk(disk);
    const std::string till = desk.second_source();
    desk.fill();
    desk.fill_two_lists();
    PersonValues values = {"camille", "lefebvre", "1969-07-21"};
    desk.told("crm", values, true, IdentifierType::ExternalId, 2);
    desk.told("web:wrong", values);
    values[1] = "lefebvres";
    desk.told("web:right", values);
    desk.shop.runtime->wait_until_folded();
    const json::object asked = {{"source", till}, {"one_to_one", true}, {"write", "review"}};
    const auto waits = [&]() -> std::string {
        const json::value all = desk.review();
        for (const json::value& pair : all.at("pairs").as_array()) {
            for (const char* side : {"a", "b"}) {
                if (pair.at(side).as_string() == desk.person("crm"))
                    return std::string(pair.at("id").as_string());
            }
        }
        return "";
    };
    desk.run(asked);
    const std::string wrong = waits();
    ASSERT_FALSE(wrong.empty());
    desk.decide(wrong, "different");
    desk.run(asked);
    EXPECT_FALSE(waits().empty());
    EXPECT_NE(waits(), wrong);
}

TEST(MatchingDesk, WhoSaysNoIsNotMadeOneByAPageThatWasOpen) {
    fake::FakeDisk disk;
    Desk desk(disk);
    desk.fill();
    desk.run({{"write", "review"}});
    const json::value pair = desk.review().at("pairs").at(0);
    const std::string id(pair.at("id").as_string());
    for (int i = 0; i < kPeople; i += 2) {
        const std::string till = "till:" + std::to_string(i);
        if (desk.person(till) != pair.at("a").as_string() &&
            desk.person(till) != pair.at("b").as_string())
            continue;
        desk.shop.command(&Runtime::set_consent, R"({"type":"external_id","value":")" + till +
                                                     R"(","purposes":{"measurement":false}})");
    }
    ASSERT_EQ(desk.review().at("hidden").to_number<int>(), 1);
    const std::int64_t persons = desk.persons();
    EXPECT_EQ(desk.decide(id, "same"), "match_conflict");
    EXPECT_EQ(desk.persons(), persons);
    EXPECT_NE(desk.decide(id, "different"), "match_conflict");
}

TEST(MatchingDesk, WhoDoesNotAllowThePurposeIsLeftOutAndCounted) {
    fake::FakeDisk disk;
    Desk desk(disk);
    desk.fill();
    desk.run({{"write", "review"}});
    const std::int64_t waiting = desk.review().at("waiting").to_number<std::int64_t>();
    desk.shop.command(
        &Runtime::set_consent,
        R"({"type":"external_id","value":"till:2","purposes":{"measurement":false}})");
    const json::value run = desk.run();
    EXPECT_EQ(run.at("people").at("without_consent").to_number<int>(), 1);
    EXPECT_EQ(run.at("people").at("matched").to_number<std::int64_t>(), kRecords - 1);
    EXPECT_EQ(desk.review().at("waiting").to_number<std::int64_t>(), waiting - 1);
    EXPECT_EQ(desk.review().at("hidden").to_number<int>(), 1);
}

TEST(MatchingDesk, WhatCannotBeAskedIsRefusedWithItsReason) {
    fake::FakeDisk disk;
    Desk desk(disk);
    EXPECT_EQ(desk.run(), "matching.nothing");
    EXPECT_EQ(desk.run({{"purpose", "none"}}), "api.unknown_purpose");
    EXPECT_EQ(desk.run({{"fields", json::array()}}), "matching.fields");
    EXPECT_EQ(desk.run({{"fields", json::array(13, desk.fields()[0])}}), "matching.fields");
    EXPECT_EQ(desk.run({{"fields", {{{"trait", "x"}, {"kind", "colour"}}}}}),
              "matching.unknown_kind");
    EXPECT_EQ(desk.run({{"source", "moon"}}), "source_not_found");
    EXPECT_EQ(desk.run({{"write", "some"}}), "matching.unknown_write");
    EXPECT_EQ(desk.run({{"precision", 2}}), "question.invalid");
    EXPECT_EQ(desk.run({{"colour", 2}}), "question.unknown_argument");
}

TEST(MatchRecords, APairComesBackAndWhatIsCutShortIsNone) {
    MatchDecision decision;
    decision.run = {7, 8};
    decision.at = EventTime{9};
    decision.brand = 2;
    decision.purpose = 3;
    decision.pairs = {{FragmentNo{1}, FragmentNo{5}, 9'900, MatchVerdict::Tied},
                      {FragmentNo{2}, FragmentNo{6}, 5'100, MatchVerdict::ToReview}};
    Bytes bytes, again;
    encode_match_decision(decision, bytes);
    MatchDecision read;
    ASSERT_TRUE(decode_match_decision(bytes, read));
    encode_match_decision(read, again);
    EXPECT_EQ(again, bytes);
    for (std::size_t n = 0; n < bytes.size(); ++n)
        EXPECT_FALSE(decode_match_decision(BytesView(bytes).substr(0, n), read)) << n;
    decision.pairs = {{FragmentNo{5}, FragmentNo{1}, 9'900, MatchVerdict::Tied}};
    bytes.clear();
    encode_match_decision(decision, bytes);
    EXPECT_FALSE(decode_match_decision(bytes, read));
}

}  // namespace
}  // namespace filrouge::engine
