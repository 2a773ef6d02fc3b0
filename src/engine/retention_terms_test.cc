// Terms of events: when one has passed, what happened is gone from what is known, from what can be
// read, and does not come back; identifiers and consents stay as they were told.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <random>

#include "base/seed_for_test.h"
#include "engine/consents.h"
#include "engine/erasing_for_test.h"
#include "engine/rights_desk.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

constexpr const char* kCanary = "xq7zhappened9k";
constexpr const char* kKept = "wb3rbought5m";

json::object parsed(const Result<std::string>& told) {
    EXPECT_TRUE(told.ok()) << (told.ok() ? "" : told.error().message);
    return told.ok() ? json::parse(told.value()).as_object() : json::object();
}

Settings without_terms() {
    Settings s = ErasingShop::small_files();
    s.retention_days = 0;
    s.purposes.push_back({"statistics", LegalBasis::LegitimateInterest, false, {}});
    return s;
}
Settings with_terms() {
    Settings s = without_terms();
    s.event_terms = {{{"Coat Viewed", "Identify"}, "", 100}, {{}, "statistics", 200}};
    return s;
}

struct TermsShop : ErasingShop {
    explicit TermsShop(fake::FakeDisk& on, std::uint64_t seed = 1, Duration later = {},
                       const Settings& settings = with_terms())
        : ErasingShop(on, seed, later, settings) {}
    // All of it carries the mark; the person is somebody else's word.
    collect::Incoming doing(const std::string& name, const std::string& who,
                            const std::string& mark) {
        collect::Incoming out = event_of(mark);
        out.event.name = name;
        out.event.identifiers = {{IdentifierType::UserId, "user-" + who, {}}};
        out.event.product = mark + "-p";
        out.event.place = mark + "-s";
        out.event.value = {123'400, *Currency::parse("EUR")};
        out.event.has_value = true;
        return out;
    }
    void does(const std::string& name, const std::string& who, const std::string& mark) {
        clock.advance(minutes(1));
        sends(doing(name, who, mark));
        runtime->wait_until_folded();
    }
    json::object preview(const char* days = "30") {
        return parsed(runtime->rights().retention(days));
    }
    std::int64_t events_due() {
        const json::object plan = preview("0");
        std::int64_t out = 0;
        for (const json::value& each : plan.at("events").as_array())
            out += each.at("due").to_number<std::int64_t>();
        return out;
    }
    json::object sweep() { return parsed(runtime->rights().sweep_retention()); }
    std::int64_t expired() const {
        const std::string all = runtime->metrics();
        const std::string name = "\nfilrouge_retention_events_expired ";
        return std::strtoll(all.c_str() + all.find(name) + name.size(), nullptr, 10);
    }
    void wait_until_expired(std::int64_t n) {
        for (int i = 0; i < 1'000 && expired() != n; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        EXPECT_EQ(expired(), n);
    }
    std::string thread_of(const std::string& who) {
        return runtime->thread(id_of(who), "measurement", "", 0, 200, 0).value();
    }
};

TEST(RetentionTerms, WhatHappenedIsGoneFromThreadProfileColumnsAudiencesAndEveryByte) {
    fake::FakeDisk disk;
    TermsShop shop(disk);
    shop.command(
        &Runtime::create_audience,
        R"x({"id":"viewers","name":"V","purpose":"measurement","rule":"any(Coat Viewed)"})x");
    shop.does("Coat Viewed", "anna", kCanary);
    shop.does("Order Completed", "anna", kKept);
    ASSERT_GT(found_in(readable(disk), kCanary), 0);
    const std::string counted =
        shop.runtime->count_rule("any(Coat Viewed)", "measurement", "").value();
    EXPECT_NE(counted.find("\"count\":1,"), std::string::npos);
    ASSERT_TRUE(back_up_data(disk, "shop", "safe/data", {1}).ok());

    shop.clock.advance(days(99));
    EXPECT_EQ(shop.preview("0").at("events").as_array().at(0).at("due").to_number<int>(), 0);
    EXPECT_EQ(shop.preview("2").at("events").as_array().at(0).at("soon").to_number<int>(), 1);
    EXPECT_EQ(shop.sweep().at("periods").to_number<int>(), 0);
    shop.clock.advance(days(2));
    const json::object plan = shop.preview("0");
    EXPECT_EQ(plan.at("events").as_array().at(0).at("due").to_number<int>(), 1);
    EXPECT_EQ(plan.at("events").as_array().at(0).at("not_closed").to_number<int>(), 0);
    EXPECT_EQ(shop.sweep().at("periods").to_number<int>(), 1);
    EXPECT_EQ(found_in(readable(disk), kCanary), 0) << "when the answer comes";
    shop.wait_until_expired(1);

    EXPECT_EQ(shop.thread_of("anna").find("Coat Viewed"), std::string::npos);
    EXPECT_NE(shop.thread_of("anna").find("Order Completed"), std::string::npos);
    const std::string id = shop.id_of("anna");
    const std::string profile = shop.runtime->profile(id, "measurement", "", 0).value();
    EXPECT_EQ(profile.find(kCanary), std::string::npos) << profile;
    EXPECT_NE(profile.find(kKept), std::string::npos);
    EXPECT_NE(profile.find("user_id"), std::string::npos) << "who she is stays";
    EXPECT_EQ(shop.runtime->members("viewers", "", 10, 0).value().find(id), std::string::npos);
    const std::string whole = shop.runtime->rights().export_profile(id).value();
    EXPECT_EQ(found_in(whole, kCanary), 0);
    EXPECT_GT(found_in(whole, kKept), 0);
    shop.runtime->stop();
    EXPECT_EQ(found_in(readable(disk), kCanary), 0) << "in a snapshot of after";
    EXPECT_GT(found_in(readable(disk), kKept), 0);
}

// Beside a shop in which those events told their identifiers and consents and nothing else.
class RetentionTermsLaw : public ::testing::TestWithParam<std::uint64_t> {};

struct Told {
    collect::Incoming incoming;
    Duration before;  // it comes
    bool import = false;
};
std::vector<Told> history(TermsShop& shop, std::mt19937_64& random) {
    static constexpr std::array<const char*, 3> kNames = {"Coat Viewed", "Order Completed",
                                                          "Mail Opened"};
    const auto pick = [&random](std::size_t n) { return random() % n; };
    std::vector<Told> out;
    for (int i = 0; i < 60; ++i) {
        Told& told = out.emplace_back();
        const std::string who = std::to_string(pick(6));
        told.incoming = shop.doing(kNames[pick(3)], who, "mark" + std::to_string(pick(9)));
        told.incoming.event.message_id = "m-" + std::to_string(i);
        if (pick(3) == 0)
            told.incoming.event.identifiers.push_back(
                {IdentifierType::AnonymousId, "device-" + std::to_string(pick(6)), {}});
        if (pick(4) == 0) told.incoming.event.kind = EventKind::Identify;
        if (pick(4) == 0) told.incoming.consents = {{"measurement", false}};
        if (pick(3) == 0) told.incoming.consents = {{"statistics", true}};
        told.before = hours(static_cast<std::int64_t>(pick(120)));
        told.import = pick(4) == 0;
    }
    return out;
}

// As a world that knows the terms of its future would have been told it.
void forget_what_happened(collect::Incoming& incoming, EventTime swept) {
    const Event& e = incoming.event;
    const bool named = e.kind == EventKind::Identify || e.name == "Coat Viewed";
    if (named && day_of(e.at) <= day_of(swept) - 100) drop_content(incoming.event);
}

// `"name":123` as `"name":0`.
std::string without_number(std::string text, std::string_view name) {
    const std::string member = '"' + std::string(name) + "\":";
    for (std::size_t at = text.find(member); at != std::string::npos; at = text.find(member, at)) {
        at += member.size();
        const std::size_t end = text.find_first_not_of("0123456789", at);
        if (end != at) text.replace(at, end - at, "0");
    }
    return text;
}

// Ids of 128 bits as "device".
std::string without_ids(const std::string& text) {
    constexpr std::size_t kDigits = 32;
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end =
            std::min(text.find_first_not_of("0123456789abcdef", at), text.size());
        if (end - at >= kDigits)
            out += "device";
        else
            out.append(text, at, end - at);
        if (end < text.size()) out.push_back(text[end]);
        at = end + 1;
    }
    return out;
}

std::string seen_of(TermsShop& shop) {
    std::string out;
    for (int p = 0; p < 6; ++p) {
        const std::string who = std::to_string(p);
        if (!shop.knows(who)) continue;
        const std::string id = shop.id_of(who);
        std::string told = shop.runtime->profile(id, "measurement", "", 0).value() +
                           shop.thread_of(who) +
                           shop.runtime->members("viewers", "", 100, 0).value();
        for (int q = 0; q < 6; ++q) {  // ids are drawn by chance
            const std::string other = shop.id_of(std::to_string(q));
            for (std::size_t at = 0; (at = told.find(other)) != told.npos;)
                told.replace(at, other.size(), "person " + std::to_string(q));
        }
        out += told + "\n";
    }
    // A device's id is drawn by chance as well; sweeps and the clock's ticks stand in the log.
    out = without_ids(without_number(without_number(out, "sequence"), "record"));
    return out + shop.runtime->count_rule("any(Coat Viewed)", "measurement", "").value();
}

TEST_P(RetentionTermsLaw, ASweptShopIsOneInWhichThoseEventsToldWhoAndWhatConsentAlone) {
    std::mt19937_64 random(GetParam());
    fake::FakeDisk disk, other;
    TermsShop shop(disk, GetParam());
    TermsShop twin(other, GetParam(), {}, without_terms());
    const std::vector<Told> told = history(shop, random);
    EventTime swept = as_event_time(shop.clock.now()) + days(60);
    for (const Told& each : told) swept = swept + each.before;
    for (TermsShop* each : {&shop, &twin})
        each->command(
            &Runtime::create_audience,
            R"x({"id":"viewers","name":"V","purpose":"measurement","rule":"any(Coat Viewed)"})x");
    for (const Told& each : told) {
        Told copy = each;
        for (TermsShop* in : {&shop, &twin}) {
            in->clock.advance(each.before);
            copy.incoming.event.at = as_event_time(in->clock.now());
            if (in == &twin) forget_what_happened(copy.incoming, swept);
            in->sends(copy.incoming, each.import);
            in->runtime->wait_until_folded();
        }
    }
    shop.clock.advance(days(60));
    twin.clock.advance(days(60));
    const std::int64_t due = shop.events_due();
    ASSERT_GT(due, 0) << "the seed tells nothing";
    shop.sweep();
    shop.wait_until_expired(due);
    const std::string known = seen_of(shop);
    EXPECT_EQ(known, seen_of(twin));

    // What an old file tells, be it again or in other words, does not come back.
    for (const Told& each : told) {
        collect::Incoming old = each.incoming;
        old.event.at = EventTime{as_event_time(shop.clock.now()).us - days(150).us};
        old.event.name = "Coat Viewed";
        old.event.kind = EventKind::Track;
        old.consents.clear();
        if (old.event.body_check++ % 2 == 0) old.event.message_id += "-again";
        EXPECT_EQ(shop.sends(old, true).stored, 0u);
    }
    shop.runtime->wait_until_folded();
    EXPECT_EQ(seen_of(shop), known);

    const std::uint64_t folded = shop.runtime->folded();
    const std::string hash = shop.runtime->state_hash();
    const auto copy = disk.clone();
    copy->crash(fake::Crash::KeepAll, 1);
    for (const std::string& path : copy->paths()) {  // from the log alone
        if (path.starts_with("shop/state/")) {
            ASSERT_TRUE(copy->remove(path).ok());
        }
    }
    const TermsShop again(*copy, GetParam() + 1'000);
    again.runtime->wait_until_folded();
    ASSERT_EQ(again.runtime->folded(), folded);
    EXPECT_EQ(again.runtime->state_hash(), hash);
}
INSTANTIATE_TEST_SUITE_P(Seeds, RetentionTermsLaw,
                         ::testing::Values(test_seed(1), test_seed(2), test_seed(3)));

TEST(RetentionTerms, APowerCutAtAnyWriteLeavesAllOfItOrNothing) {
    fake::FakeDisk disk;
    TermsShop shop(disk);
    shop.does("Coat Viewed", "anna", kCanary);
    shop.does("Order Completed", "anna", kKept);
    shop.clock.advance(days(120));
    std::vector<std::unique_ptr<fake::FakeDisk>> cuts;
    std::mutex mutex;
    disk.watch([&] {
        const std::lock_guard lock(mutex);
        cuts.push_back(disk.clone());
    });
    shop.sweep();
    std::size_t answered = 0;
    {
        const std::lock_guard lock(mutex);
        answered = cuts.size();
    }
    shop.wait_until_expired(1);
    shop.runtime->stop();
    disk.watch(nullptr);
    std::size_t there = 0, gone = 0;
    for (std::size_t i = 0; i < cuts.size(); ++i) {
        SCOPED_TRACE("cut " + std::to_string(i) + " of " + std::to_string(cuts.size()));
        cuts[i]->crash(fake::kCrashes[i % std::size(fake::kCrashes)], i);
        bool has = false;
        {
            TermsShop again(*cuts[i], 100 + i, days(120));
            has = again.thread_of("anna").find("Coat Viewed") != std::string::npos;
            EXPECT_NE(again.thread_of("anna").find("Order Completed"), std::string::npos);
            EXPECT_EQ(again.expired(), has ? 0 : 1);
        }
        ++(has ? there : gone);
        EXPECT_EQ(found_in(readable(*cuts[i]), kCanary) == 0, !has);
        if (i >= answered) {
            EXPECT_FALSE(has);
        }
    }
    EXPECT_GT(there, 0u);
    EXPECT_GT(gone, 5u);
}

TEST(RetentionTerms, OlderDataBesideTodaysKeysAndOlderKeysBesideTodaysDataTellNothingMore) {
    for (const bool older_keys : {false, true}) {
        SCOPED_TRACE(older_keys);
        fake::FakeDisk disk;
        TermsShop shop(disk);
        shop.does("Coat Viewed", "anna", kCanary);
        shop.does("Order Completed", "anna", kKept);
        shop.clock.advance(days(120));
        const auto keys = [&](std::int64_t at) {
            ASSERT_TRUE(back_up_keys(disk, "shop", "safe/keys", {at}).ok());
        };
        const auto data = [&](std::int64_t at) {
            ASSERT_TRUE(back_up_data(disk, "shop", "safe/data", {at}).ok());
        };
        older_keys ? keys(1) : data(1);
        shop.sweep();
        older_keys ? data(2) : keys(2);
        const auto other = restored(disk);
        TermsShop again(*other, 9, days(120));
        EXPECT_EQ(again.thread_of("anna").find("Coat Viewed"), std::string::npos);
        EXPECT_NE(again.thread_of("anna").find("Order Completed"), std::string::npos);
        EXPECT_EQ(found_in(readable(*other), kCanary), 0);
        EXPECT_GT(found_in(readable(*other), kKept), 0);
    }
}

// Beside older keys nothing but the clear part of her event tells of its period's number. Whoever
// got it would have a key under which the event does not open, and no start would come to its end.
TEST(RetentionTerms, BesideOlderKeysThePeriodOfAnEventIsGivenToNobody) {
    for (const bool started_between : {false, true}) {
        SCOPED_TRACE(started_between);
        fake::FakeDisk disk;
        TermsShop shop(disk);
        shop.does("Order Completed", "anna", kKept);
        ASSERT_TRUE(back_up_keys(disk, "shop", "safe/keys", {1}).ok());
        shop.does("Coat Viewed", "anna", kCanary);
        ASSERT_TRUE(back_up_data(disk, "shop", "safe/data", {2}).ok());
        const auto other = restored(disk);
        if (started_between) {  // the next start reads snapshots and no record of before
            const TermsShop between(*other, 8, hours(1));
        }
        {
            TermsShop again(*other, 9, hours(2));
            again.serial = 100;  // messages of their own
            again.does("Order Completed", "bert", "bertwasthere");
            EXPECT_NE(again.thread_of("anna").find("Order Completed"), std::string::npos);
            EXPECT_NE(again.thread_of("bert").find("Order Completed"), std::string::npos);
        }
        for (const std::string& path : other->paths()) {
            if (path.starts_with("shop/state/")) {
                ASSERT_TRUE(other->remove(path).ok());
            }
        }
        TermsShop last(*other, 10, hours(3));
        last.runtime->wait_until_folded();
        EXPECT_NE(last.thread_of("anna").find("Order Completed"), std::string::npos);
        EXPECT_NE(last.thread_of("bert").find("Order Completed"), std::string::npos);
    }
}

TEST(RetentionTerms, BesideOlderKeysNobodyIsToldAnotherOnesChoices) {
    for (const bool started_between : {false, true}) {
        SCOPED_TRACE(started_between);
        fake::FakeDisk disk;
        TermsShop shop(disk);
        shop.does("Order Completed", "anna", kKept);
        ASSERT_TRUE(back_up_keys(disk, "shop", "safe/keys", {1}).ok());
        shop.sees("carla", {{IdentifierType::Email, "carla@shop.test", {}}});
        ASSERT_TRUE(back_up_data(disk, "shop", "safe/data", {2}).ok());
        const auto other = restored(disk);
        if (started_between) {
            const TermsShop between(*other, 8, hours(1));
        }
        TermsShop again(*other, 9, hours(2));
        again.serial = 100;  // messages of their own
        again.does("Order Completed", "bert", "bertwasthere");
        again.does("Order Completed", "dora", "dorawasthere");
        for (const char* who : {"bert", "dora"}) {
            const json::object told =
                parsed(again.runtime->consents().receipt(again.id_of(who), ""));
            EXPECT_EQ(told.at("receipt").at("statements").as_array().size(), 1u) << who;
        }
    }
}

// The list beside the keys is written, the record is not, and no period's key tells that something
// is left to do.
TEST(RetentionTerms, ASweepThatAFullDiskStoppedIsFinishedByTheNext) {
    fake::FakeDisk disk;
    const auto roomy = [](Settings s) {
        s.free_disk_bytes_min = s.free_disk_percent_min = 0;
        s.log_segment_bytes = 256 * 1'024;
        return s;
    };
    {
        TermsShop shop(disk, 1, {}, roomy(without_terms()));
        shop.does("Coat Viewed", "anna", kCanary);
        shop.does("Order Completed", "anna", kKept);
    }
    Settings settings = roomy(with_terms());
    for (int i = 0; i < 60; ++i)  // what the record says is longer than what is left of the log
        settings.event_terms.front().names.push_back(std::string(200, 'n') + std::to_string(i));
    TermsShop shop(disk, 2, days(120), settings);
    disk.set_capacity(disk.used() + 100 * 1'024);  // no further segment
    const auto send = [&shop] {
        IngestRequest request;
        request.source = shop.runtime->source_by_write_key("wk")->number;
        request.items.push_back(shop.doing("Order Completed", "anna", kKept));
        return shop.ingest(std::move(request)).has_value();
    };
    int sent = 0;
    while (sent < 5'000 && send()) ++sent;
    ASSERT_LT(sent, 5'000);
    shop.runtime->wait_until_folded();
    const auto stopped = shop.runtime->rights().sweep_retention();
    ASSERT_FALSE(stopped.ok());
    EXPECT_EQ(stopped.error().code, "log.disk_full");
    disk.set_capacity(1 << 30);
    shop.sweep();
    shop.wait_until_expired(1);
    EXPECT_EQ(shop.thread_of("anna").find("Coat Viewed"), std::string::npos);
    EXPECT_NE(shop.thread_of("anna").find("Order Completed"), std::string::npos);
}

TEST(RetentionTerms, WhatWasRecordedBeforeTheTermWasSetIsDroppedAndThePreviewSaysItsBytesStay) {
    fake::FakeDisk disk;
    {
        TermsShop shop(disk, 1, {}, without_terms());
        shop.does("Coat Viewed", "anna", kCanary);
        shop.does("Order Completed", "anna", kKept);
        shop.runtime->stop();
    }
    TermsShop shop(disk, 2, days(120));
    const json::object plan = shop.preview("0");
    const json::value& of_coats = plan.at("events").as_array().at(0);
    EXPECT_EQ(of_coats.at("due").to_number<int>(), 1);
    EXPECT_EQ(of_coats.at("not_closed").to_number<int>(), 1);
    EXPECT_EQ(shop.sweep().at("periods").to_number<int>(), 0);
    shop.wait_until_expired(1);
    EXPECT_EQ(shop.thread_of("anna").find("Coat Viewed"), std::string::npos);
    EXPECT_NE(shop.thread_of("anna").find("Order Completed"), std::string::npos);
    EXPECT_EQ(found_in(shop.runtime->rights().export_profile(shop.id_of("anna")).value(), kCanary),
              0);
    const std::string wrote = "wrote " + std::string(kCanary);
    EXPECT_GT(found_in(readable(disk), wrote), 0) << "under her own key";
    ASSERT_TRUE(shop.erase(shop.id_of("anna")).ok());
    EXPECT_EQ(found_in(readable(disk), wrote), 0);
}

TEST(RetentionTerms, AnEventIsKeptWhileOneOfItsPurposesNeedsIt) {
    fake::FakeDisk disk;
    Settings settings = without_terms();
    settings.event_terms = {{{}, "statistics", 20}, {{}, "measurement", 50}};
    TermsShop shop(disk, 1, {}, settings);
    shop.does("Coat Viewed", "anna", kCanary);
    shop.clock.advance(days(49));
    EXPECT_EQ(shop.events_due(), 0);
    shop.sweep();
    EXPECT_GT(found_in(readable(disk), kCanary), 0);
    shop.clock.advance(days(2));
    EXPECT_EQ(shop.events_due(), 1);
    shop.sweep();
    EXPECT_EQ(found_in(readable(disk), kCanary), 0);
}

// A person's own term counts from contacts that are no longer kept, and an opened mail is none.
TEST(RetentionTerms, APersonIsKeptByTheContactsThatHaveExpired) {
    fake::FakeDisk disk;
    Settings settings = with_terms();
    settings.retention_days = 300;
    settings.event_terms = {{{"Coat Viewed", "Email Opened"}, "", 100}};
    TermsShop shop(disk, 1, {}, settings);
    const auto quietly = [&shop](const std::string& name, const std::string& who) {
        collect::Incoming incoming = shop.doing(name, who, who);
        incoming.consents.clear();  // a choice would be a contact of its own
        shop.sends(incoming);
        shop.runtime->wait_until_folded();
    };
    for (const char* who : {"anna", "bert"}) shop.does("Coat Viewed", who, who);
    shop.clock.advance(days(50));
    quietly("Coat Viewed", "anna");
    quietly("Email Opened", "bert");
    shop.clock.advance(days(120));
    shop.sweep();
    shop.wait_until_expired(4);
    shop.clock.advance(days(135));  // 305 after the first, 255 after the second
    const json::object plan = shop.preview("0");
    EXPECT_EQ(plan.at("due").to_number<int>(), 1);
    EXPECT_EQ(plan.at("profiles").as_array().at(0).at("profile").as_string(), shop.id_of("bert"));
}

TEST(RetentionTerms, CustomersAndProspectsHaveTermsOfTheirOwn) {
    fake::FakeDisk disk;
    Settings settings = without_terms();
    settings.person_terms = {{"customer", 500}, {"prospect", 200}};
    TermsShop shop(disk, 1, {}, settings);
    shop.does("Coat Viewed", "anna", kCanary);
    shop.does("Order Completed", "bert", kKept);
    shop.clock.advance(days(201));
    const json::object plan = shop.preview("0");
    EXPECT_EQ(plan.at("due").to_number<int>(), 1);
    EXPECT_EQ(plan.at("profiles").as_array().at(0).at("who").as_string(), "prospect");
    EXPECT_EQ(shop.sweep().at("erased").to_number<int>(), 1);
    EXPECT_FALSE(shop.knows("anna"));
    EXPECT_TRUE(shop.knows("bert"));
    shop.clock.advance(days(300));
    EXPECT_EQ(shop.sweep().at("erased").to_number<int>(), 1);
    EXPECT_FALSE(shop.knows("bert"));
}

// ---------------------------------------------------------------- by the clock

struct NightShop : TermsShop {
    static Settings nightly() {
        Settings s = with_terms();
        s.sweep_at = "03:30";
        s.brands.front().time_zone = "Europe/Paris";
        return s;
    }
    explicit NightShop(fake::FakeDisk& on, std::uint64_t seed = 1, Duration later = {},
                       const Settings& settings = nightly())
        : TermsShop(on, seed, later, settings) {}
    bool sweeps_within(int tries) {
        for (int i = 0; i < tries; ++i) {
            if (!notices.find("retention swept persons").empty()) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        return false;
    }
    void wait_until_time_is_kept() {
        const auto begun = [this] {
            return runtime->metrics().find("filrouge_retention_sweeps_since") != std::string::npos;
        };
        for (int i = 0; i < 500 && !begun(); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        EXPECT_TRUE(begun());
    }
};

// The clock of the test begins at 23:13 in Paris.
TEST(RetentionTerms, TheServerSweepsByItselfAtItsHourAndCatchesUpAMissedNight) {
    fake::FakeDisk disk;
    {
        NightShop shop(disk);
        shop.wait_until_time_is_kept();
        shop.does("Coat Viewed", "anna", kCanary);
        EXPECT_FALSE(shop.sweeps_within(50)) << "a setting just made sweeps nothing at once";
        shop.clock.advance(hours(5));
        EXPECT_TRUE(shop.sweeps_within(500));
        shop.runtime->stop();
    }
    NightShop later(disk, 2, days(120));  // down for months
    EXPECT_TRUE(later.sweeps_within(500));
    EXPECT_NE(later.notices.find("retention swept persons").find("events=1"), std::string::npos);
    EXPECT_EQ(found_in(readable(disk), kCanary), 0);
    later.wait_until_expired(1);
    EXPECT_NE(later.preview("0").at("last_sweep").as_string(), "");
    EXPECT_EQ(later.preview("0").at("sweep_at").as_string(), "03:30");
}

TEST(RetentionTerms, WithTermsAndNoHourNothingGoesByItselfAndTheStartSaysSo) {
    fake::FakeDisk disk;
    TermsShop shop(disk);
    EXPECT_FALSE(shop.notices.find("retention swept only on request").empty());
    shop.does("Coat Viewed", "anna", kCanary);
    shop.clock.advance(days(400));
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    EXPECT_GT(found_in(readable(disk), kCanary), 0);
    EXPECT_EQ(shop.preview("0").at("sweep_at").as_string(), "");
}

}  // namespace
}  // namespace filrouge::engine
