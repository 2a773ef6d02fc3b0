#include "engine/audit.h"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/json.hpp>
#include <random>
#include <thread>

#include "base/seed_for_test.h"
#include "engine/erasing_for_test.h"
#include "engine/rights_desk.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

AuditEntry entry_of(const std::string& actor, std::uint64_t profile, std::int64_t at_us) {
    return {IngestTime{at_us}, Role::Staff, actor, "GET /api/v1/profiles/{id}", {profile, 1}, 200};
}

std::string page_of(Log& log, const AuditQuestion& question, const AuditStretches& where = {}) {
    AuditReader reader(log, 0);
    return audit_json(reader, question, where).value();
}

// Writes to a log in memory, each record received when its last entry was noted.
struct Chain {
    std::unique_ptr<Log> log = make_memory_log();
    DataKey key{};
    std::atomic<std::int64_t> now{1};
    Audit audit{key, [this](std::vector<Prepared> records) -> Result<void> {
                    std::vector<NewRecord> out;
                    out.reserve(records.size());
                    for (Prepared& p : records) out.push_back(std::move(p.record));
                    TRY(log->append(IngestTime{now}, out));
                    return {};
                }};
    std::string verdict(std::uint64_t entries) const {
        const auto told = verify_audit(*log, key, entries);
        return told.ok() ? "right" : told.error().code + ": " + told.error().message;
    }
};

std::vector<NewRecord> records_of(Log& log) {
    std::vector<NewRecord> out;
    EXPECT_TRUE(log.read(1,
                         [&](const RecordView& r) {
                             NewRecord record;
                             record.type = r.type;
                             record.clear = r.clear;
                             out.push_back(std::move(record));
                             return true;
                         })
                    .ok());
    return out;
}

std::string verdict_on(const std::vector<NewRecord>& records, std::uint64_t entries) {
    Chain chain;
    EXPECT_TRUE(records.empty() || chain.log->append(IngestTime{1}, records).ok());
    return chain.verdict(entries);
}

TEST(Audit, WhatWasChangedAddedOrTakenOutIsFound) {
    Chain chain;
    chain.audit.start(0, {});
    for (int i = 0; i < 6; ++i)
        ASSERT_TRUE(chain.audit.note_durably(entry_of("t" + std::to_string(i), 1, i)).ok());
    chain.audit.stop();
    const std::vector<NewRecord> all = records_of(*chain.log);
    ASSERT_EQ(all.size(), 6u);
    EXPECT_EQ(verdict_on(all, 6), "right");
    for (std::size_t r = 0; r < all.size(); ++r) {
        for (std::size_t i = 0; i < all[r].clear.size(); ++i) {
            auto changed = all;
            changed[r].clear[i] = static_cast<char>(changed[r].clear[i] ^ 1);
            ASSERT_NE(verdict_on(changed, 6), "right") << "byte " << i << " of record " << r;
        }
        auto without = all;
        without.erase(without.begin() + static_cast<std::ptrdiff_t>(r));
        EXPECT_NE(verdict_on(without, 6), "right") << "without record " << r;
        auto twice = all;
        twice.insert(twice.begin() + static_cast<std::ptrdiff_t>(r), all[r]);
        EXPECT_NE(verdict_on(twice, 6), "right") << "record " << r << " twice";
    }
    DataKey forged{};
    forged.bytes[0] = 1;  // who has the log and not the keys
    AuditRecord next;
    ASSERT_TRUE(decode_audit(all.back().clear, next));
    next.first += 1;
    next.before = next.hash;
    auto longer = all;
    longer.push_back(all.back());
    longer.back().clear.clear();
    encode_audit(next, forged, longer.back().clear);
    EXPECT_NE(verdict_on(longer, 6), "right");
}

TEST(Audit, OfAMillionReadsItTellsWhomAKeySawBetweenTwoTimes) {
    Chain chain;
    chain.audit.start(0, {});
#ifdef __SANITIZE_ADDRESS__
    constexpr int kEntries = 600'000;
#else
    constexpr int kEntries = 1'000'000;
#endif
    for (int i = 0; i < kEntries; ++i) {
        chain.now = i;
        if (i % 1'000 == 999)
            ASSERT_TRUE(chain.audit
                            .note_durably(entry_of("t" + std::to_string(i % 10),
                                                   static_cast<std::uint64_t>(i % 5'000) + 1, i))
                            .ok());
        else
            chain.audit.note(entry_of("t" + std::to_string(i % 10),
                                      static_cast<std::uint64_t>(i % 5'000) + 1, i));
    }
    chain.audit.stop();
    const auto begin = std::chrono::steady_clock::now();
    const json::value told =
        json::parse(page_of(*chain.log, {"t3", {}, IngestTime{500'000}, IngestTime{599'999}}));
    const auto all = json::parse(page_of(*chain.log, {"t3", {}, {}, IngestTime{INT64_MAX}}));
    const auto took = std::chrono::steady_clock::now() - begin;
    EXPECT_EQ(told.at("found"), 10'000);
    EXPECT_EQ(told.at("profiles"), 500);
    EXPECT_EQ(all.at("found"), kEntries / 10);
    EXPECT_TRUE(all.at("more").as_bool());
    std::printf("both questions: %lld ms\n",
                static_cast<long long>(
                    std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
    EXPECT_LT(took, std::chrono::seconds(60));
    EXPECT_EQ(chain.verdict(kEntries), "right");
}

// Pages put together are the whole, newest first, also while others are noted.
TEST(Audit, PagesFollowEachOtherFromTheNewestWithoutAGapOrARepeat) {
    Chain chain;
    chain.audit.start(0, {});
    for (int i = 0; i < 57; ++i) {
        const std::string actor = i % 3 == 0 ? "account/token" : i % 3 == 1 ? "account" : "other";
        ASSERT_TRUE(
            chain.audit.note_durably(entry_of(actor, static_cast<std::uint64_t>(i % 7 + 1), i))
                .ok());
    }
    const auto pages = [&](const std::string& actor, std::size_t limit) {
        std::vector<std::int64_t> numbers;
        AuditQuestion question{actor, {}, {}, IngestTime{INT64_MAX}};
        question.limit = limit;
        for (bool more = true; more;) {
            const json::value told = json::parse(page_of(*chain.log, question));
            for (const json::value& entry : told.at("entries").as_array())
                numbers.push_back(entry.at("number").as_int64());
            more = told.at("more").as_bool();
            if (more) question.before = static_cast<std::uint64_t>(told.at("before").as_int64());
            if (!more) continue;
            EXPECT_TRUE(
                chain.audit.note_durably(entry_of("later", 1, 100)).ok());  // between two pages
        }
        return numbers;
    };
    std::vector<std::int64_t> of_other, of_account, of_token;
    for (int i = 57; i >= 1; --i) {
        if (i % 3 == 0) of_other.push_back(i);
        if (i % 3 != 0) of_account.push_back(i);
        if (i % 3 == 1) of_token.push_back(i);
    }
    for (const std::size_t limit : {1u, 2u, 5u, 100u}) {
        EXPECT_EQ(pages("other", limit), of_other) << limit;
        EXPECT_EQ(pages("account", limit), of_account) << limit;
        EXPECT_EQ(pages("token", limit), of_token) << limit;
    }
    chain.audit.stop();
}

// Only stretches of the log are read that hold entries, some entries are held and no longer read,
// and what is said is the same.
TEST(Audit, WhereTheAuditIsMakesNoDifferenceToWhatItTells) {
    for (const std::uint64_t seed : test_seeds(20)) {
        std::mt19937_64 rng(seed);
        Chain chain;
        TableSpace space;
        AuditPlaces places(space, 1);
        std::uint64_t noted_to = 0;
        int said = 0;
        Audit audit(chain.key, [&](std::vector<Prepared> records) -> Result<void> {
            TRY(chain.log->append(IngestTime{said}, {records[0].record}));
            return {};
        });
        audit.start(0, {});
        for (int step = 0; step < 30; ++step) {
            NewRecord event;
            event.clear = Bytes("event");
            const std::vector<NewRecord> events(rng() % 3 == 0 ? rng() % 5'000 : rng() % 20, event);
            ASSERT_TRUE(chain.log->append(IngestTime{said}, events).ok());
            ++said;
            ASSERT_TRUE(
                audit.note_durably(entry_of(said % 2 == 0 ? "even" : "odd", rng() % 3 + 1, said))
                    .ok());
            if (step == 20) noted_to = rng() % (chain.log->last_sequence() + 1);
        }
        ASSERT_TRUE(chain.log
                        ->read(1,
                               [&](const RecordView& record) {
                                   if (record.type == RecordType::AuditEntries &&
                                       record.sequence <= noted_to)
                                       places.note(record.sequence);
                                   return true;
                               })
                        .ok());
        const AuditStretches where = places.up_to(noted_to);
        AuditReader all_held(*chain.log), some_held(*chain.log, rng() % 12 + 1);
        ASSERT_TRUE(all_held.read_ahead(where, rng() % 4).ok());
        AuditQuestion question{"", {}, {}, IngestTime{INT64_MAX}};
        for (int ask = 0; ask < 12; ++ask) {
            question.actor = ask % 3 == 0 ? "" : ask % 3 == 1 ? "odd" : "even";
            question.names.clear();
            if (ask % 2 == 1) question.names.push_back(ProfileId{rng() % 4, rng() % 4});
            question.from = IngestTime{static_cast<std::int64_t>(rng() % 20)};
            question.to = IngestTime{static_cast<std::int64_t>(rng() % 30) + 5};
            question.limit = rng() % 9 + 1;
            const std::string right = page_of(*chain.log, question);
            EXPECT_EQ(page_of(*chain.log, question, where), right) << "seed " << seed;
            for (AuditReader* reader : {&all_held, &some_held}) {
                if (rng() % 3 == 0) {
                    ASSERT_TRUE(reader->read_ahead(where, rng() % 4).ok());
                }
                EXPECT_EQ(audit_json(*reader, question, where).value(), right) << "seed " << seed;
            }
            if (ask == 5) {
                ASSERT_TRUE(audit.note_durably(entry_of("odd", 1, 12)).ok());
            }
        }
        audit.stop();
    }
}

TEST(Audit, DayByDayEachCallerAndDeedIsToldOnceWithHowOften) {
    Chain chain;
    chain.audit.start(0, {});
    const std::int64_t day = days(1).us;
    for (int d = 0; d < 3; ++d) {
        for (int i = 0; i < 20; ++i) {
            const std::string actor = i % 5 == 0 ? "seldom" : "open-page";
            ASSERT_TRUE(chain.audit.note_durably(entry_of(actor, 1, d * day + i)).ok());
        }
    }
    AuditQuestion question{"", {ProfileId{1, 1}}, {}, IngestTime{INT64_MAX}};
    question.daily = true;
    const auto told = [&](std::uint64_t before, std::size_t limit) {
        question.before = before;
        question.limit = limit;
        return json::parse(page_of(*chain.log, question)).as_object();
    };
    const json::object all = told(UINT64_MAX, 100);
    EXPECT_EQ(all.at("found"), 60);
    EXPECT_FALSE(all.at("more").as_bool());
    std::string lines;
    for (const json::value& entry : all.at("entries").as_array())
        lines += json::serialize(entry.at("number")) + " " + entry.at("actor").as_string().c_str() +
                 " " + json::serialize(entry.at("times")) + "; ";
    EXPECT_EQ(lines,
              "60 open-page 16; 56 seldom 4; 40 open-page 16; 36 seldom 4; 20 open-page 16; "
              "16 seldom 4; ");
    const json::object page = told(UINT64_MAX, 3);
    EXPECT_EQ(page.at("before"), 40);
    EXPECT_EQ(told(40, 3).at("entries").as_array().at(0).at("number"), 36);
    chain.audit.stop();
}

TEST(Audit, ADiskThatIsFullForAWhileLosesNoEntryAndBreaksNoChain) {
    Chain chain;
    std::atomic<bool> full = true;
    Audit audit(chain.key, [&](std::vector<Prepared> records) -> Result<void> {
        if (full) return Error{"engine.disk_full", "full", ""};
        TRY(chain.log->append(IngestTime{1}, {records[0].record}));
        return {};
    });
    audit.start(0, {});
    EXPECT_FALSE(audit.note_durably(entry_of("t1", 1, 1)).ok());
    EXPECT_TRUE(audit.has_room());
    for (std::size_t i = 1; i < kAuditWaitingMax; ++i) audit.note(entry_of("t2", 1, 2));
    EXPECT_FALSE(audit.has_room()) << "nobody is let in";
    EXPECT_EQ(audit.dropped(), 0u);
    for (int i = 0; i < 5; ++i) audit.note(entry_of("me", 1, 2));
    EXPECT_EQ(audit.dropped(), 5u) << "what goes on all the same takes no room";
    EXPECT_FALSE(audit.note_durably(entry_of("t2", 1, 2)).ok());
    full = false;
    ASSERT_TRUE(audit.note_durably(entry_of("t3", 1, 3)).ok());
    audit.stop();
    EXPECT_EQ(chain.verdict(kAuditWaitingMax + 1), "right");
}

TEST(Audit, OfTheShopGoesOnAfterAPowerCutAndEntersTheExport) {
    fake::FakeDisk disk;
    std::string id;
    {
        ErasingShop shop(disk);
        shop.sees("camille");
        id = shop.id_of("camille");
        const ProfileId profile = *ProfileId::parse(id);
        ASSERT_TRUE(shop.runtime->rights()
                        .note_durably({shop.clock.now(), Role::Staff, "t1",
                                       "GET /api/v1/profiles/{id}", profile, 200})
                        .ok());
        const auto after = disk.clone();
        after->crash(fake::Crash::LoseUnsynced, 1);
        ErasingShop again(*after, 2);
        ASSERT_TRUE(again.runtime->rights()
                        .note_durably({again.clock.now(), Role::Privacy, "t2",
                                       "GET /api/v1/profiles/{id}/export", profile, 0})
                        .ok());
        const json::value verdict = json::parse(again.runtime->rights().verify_audit().value());
        EXPECT_EQ(verdict.at("entries"), 2);
        const json::value told = json::parse(again.runtime->rights().export_profile(id).value());
        EXPECT_EQ(told.at("reads").at("found"), 2);
        EXPECT_EQ(json::parse(again.runtime->rights().audit({.actor = "t2"}).value()).at("found"),
                  1);
        EXPECT_EQ(again.runtime->rights().audit({.profile = "none"}).error().code,
                  "profile_not_found");
        EXPECT_FALSE(again.runtime->rights().audit({.from = "yesterday"}).ok());
    }
}

}  // namespace
}  // namespace filrouge::engine
