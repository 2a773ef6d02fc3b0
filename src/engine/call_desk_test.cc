// Calls with a key of their caller's, through a whole runtime: one deed each, whatever comes
// between.
#include "engine/call_desk.h"

#include <gtest/gtest.h>

#include <array>
#include <future>
#include <map>
#include <random>
#include <thread>

#include "engine/call_book.h"
#include "engine/call_record.h"
#include "engine/shop_for_test.h"

namespace filrouge::engine {
namespace {

constexpr const char* kSecret = "fk_a-token-that-is-shown-once";

CallAnswer answer_of(const std::string& body) {
    return {201, "application/json", "", R"({"id":")" + body + R"("})"};
}

CallAsked asked(const std::string& key, const std::string& caller = "c1") {
    return {caller, key, "POST /api/v1/tasks?"};
}

struct Calls : Shop {
    using Shop::Shop;
    CallDesk& desk() { return runtime->calls(); }
    // "new", the body that is told again, or the error's code.
    std::string begin(const CallAsked& call, std::string_view body = "{}") {
        const auto first = desk().begin(call, body);
        if (!first.ok()) return first.error().code;
        return first.value() ? first.value()->body : "new";
    }
    void finish(const CallAsked& call, const CallAnswer& answer) {
        std::promise<void> told;
        desk().finish(call, answer, [&] { told.set_value(); });
        told.get_future().wait();
    }
    void nothing_done(const CallAsked& call) {
        std::promise<void> told;
        desk().nothing_done(call, [&] { told.set_value(); });
        told.get_future().wait();
    }
};

TEST(CallRecord, IsReadAsItWasWrittenAndNothingElseIs) {
    for (const CallKept& told : {CallKept{CallStep::Begun, {1, 2}, {3, 4}, {}},
                                 CallKept{CallStep::Answered, {1, 2}, {}, "sealed"},
                                 CallKept{CallStep::NothingDone, {1, 2}, {}, {}}}) {
        Bytes bytes;
        encode_call_kept(told, bytes);
        CallKept read;
        ASSERT_TRUE(decode_call_kept(bytes, read));
        EXPECT_EQ(read.step, told.step);
        EXPECT_EQ(read.key, told.key);
        EXPECT_EQ(read.request, told.request);
        EXPECT_EQ(read.sealed, told.sealed);
        for (std::size_t cut = 0; cut < 17; ++cut)
            EXPECT_FALSE(decode_call_kept(BytesView(bytes).substr(0, cut), read));
    }
    CallKept read;
    EXPECT_FALSE(decode_call_kept(Bytes(33, '\0'), read));
    EXPECT_FALSE(decode_call_kept(Bytes(33, '\4'), read));
}

TEST(Calls, ARepeatIsToldTheFirstAnswerAndIsOnePerCallerAndKey) {
    fake::FakeDisk disk;
    Calls shop(disk);
    EXPECT_EQ(shop.begin(asked("k")), "new");
    EXPECT_EQ(shop.begin(asked("k")), "idempotency.under_way");
    EXPECT_EQ(shop.begin(asked("k"), "other"), "idempotency.key_reused") << "also while it runs";
    shop.finish(asked("k"), answer_of("a"));
    EXPECT_EQ(shop.begin(asked("k")), R"({"id":"a"})");
    EXPECT_EQ(shop.begin(asked("k"), "other"), "idempotency.key_reused");
    CallAsked elsewhere = asked("k");
    elsewhere.request = "POST /api/v1/boards?";
    EXPECT_EQ(shop.begin(elsewhere), "idempotency.key_reused");
    EXPECT_EQ(shop.begin(asked("k", "c2")), "new") << "a key is its caller's";
    EXPECT_EQ(shop.begin(asked("k2")), "new");
    const auto first = shop.desk().begin(asked("k"), "{}");
    EXPECT_EQ(first.value(), answer_of("a")) << "status, type and body";
}

TEST(Calls, WhatWasRefusedMayComeAgainWithTheSameKeyAlsoWhenNothingCouldBeWritten) {
    fake::FakeDisk disk;
    Calls shop(disk);
    EXPECT_EQ(shop.begin(asked("k")), "new");
    shop.nothing_done(asked("k"));
    EXPECT_EQ(shop.begin(asked("k"), "put right"), "new");
    shop.finish(asked("k"), answer_of("a"));
    EXPECT_EQ(shop.begin(asked("k"), "put right"), R"({"id":"a"})");
}

TEST(Calls, WhatBecameOfItIsToldAsUnknownWhereNobodyKnows) {
    fake::FakeDisk disk;
    Calls shop(disk);
    EXPECT_EQ(shop.begin(asked("lost")), "new");
    shop.desk().lose(asked("lost"));
    EXPECT_EQ(shop.begin(asked("lost")), "idempotency.outcome_unknown");
    EXPECT_EQ(shop.begin(asked("killed")), "new");
    const auto after = disk.clone();
    after->crash(fake::Crash::LoseUnsynced, 1);
    Calls again(*after, 1'000);
    EXPECT_EQ(again.begin(asked("killed")), "idempotency.outcome_unknown");
    EXPECT_EQ(again.begin(asked("killed"), "other"), "idempotency.key_reused");
    EXPECT_EQ(again.begin(asked("killed")), "idempotency.outcome_unknown") << "for ever the same";
}

TEST(Calls, AreForgottenAfterSevenDaysAndNotBefore) {
    fake::FakeDisk disk;
    {
        Calls shop(disk);
        EXPECT_EQ(shop.begin(asked("k")), "new");
        shop.finish(asked("k"), answer_of("a"));
        shop.clock.advance(days(7));
        EXPECT_EQ(shop.begin(asked("k")), R"({"id":"a"})");
        shop.clock.advance(seconds(1));
        EXPECT_EQ(shop.begin(asked("k"), "another day"), "new");
        shop.finish(asked("k"), answer_of("b"));
        EXPECT_EQ(shop.begin(asked("k"), "another day"), R"({"id":"b"})");
        shop.runtime->stop();
    }
    Calls again(disk, 9, seconds(7 * 86'400 + 2));
    EXPECT_EQ(again.begin(asked("k"), "another day"), R"({"id":"b"})");
}

// Neither what is on disk nor the keys beside it open an answer: a repeat does.
TEST(Calls, NoSecretOfAnAnswerAndNoKeyStandsOnTheDisk) {
    fake::FakeDisk disk;
    const std::string key = "the-key-of-a-caller-7f3a";
    {
        Calls shop(disk);
        EXPECT_EQ(shop.begin(asked(key), R"({"password":"velours"})"), "new");
        shop.finish(asked(key), answer_of(kSecret));
        shop.runtime->stop();
    }
    for (const std::string& path : disk.paths()) {
        const Bytes bytes = disk.raw(path);
        for (const std::string& word : {std::string(kSecret), key, std::string("velours")})
            EXPECT_EQ(bytes.find(word), Bytes::npos) << path;
    }
    Calls again(disk, 5);
    EXPECT_NE(again.begin(asked(key), R"({"password":"velours"})").find(kSecret),
              std::string::npos);
}

TEST(Calls, AnAnswerLeavesWithTheNextErasureAndATooLargeOneIsNotKept) {
    fake::FakeDisk disk;
    Calls shop(disk);
    ASSERT_TRUE(shop.send({"0-a"}));
    shop.runtime->wait_until_folded();
    EXPECT_EQ(shop.begin(asked("k")), "new");
    shop.finish(asked("k"), answer_of("Zoe wants the red coat"));
    const std::string found = shop.runtime->find_profile("user_id", "u0", "", 0).value();
    const std::size_t at = found.find(R"("id":")") + 6;
    std::promise<bool> erased;
    shop.runtime->erase_profile(found.substr(at, 32), true, [&](const Result<std::string>& reply) {
        erased.set_value(reply.ok());
    });
    ASSERT_TRUE(erased.get_future().get());
    EXPECT_EQ(shop.begin(asked("k")), "idempotency.answer_gone") << "and it is not done again";
    EXPECT_EQ(shop.begin(asked("later")), "new");
    shop.finish(asked("later"), answer_of("b"));
    EXPECT_EQ(shop.begin(asked("later")), R"({"id":"b"})");
    EXPECT_EQ(shop.begin(asked("large")), "new");
    shop.finish(asked("large"), answer_of(std::string(kKeptAnswerBytesMax, 'x')));
    EXPECT_EQ(shop.begin(asked("large")), "idempotency.answer_gone");
}

TEST(Calls, OfManyAtOnceOneDoesTheDeed) {
    fake::FakeDisk disk;
    Calls shop(disk);
    std::atomic<int> deeds = 0, told = 0, waited = 0;
    constexpr std::size_t kCallers = 8;
    std::vector<std::thread> threads;
    threads.reserve(kCallers);
    for (std::size_t i = 0; i < kCallers; ++i) {
        threads.emplace_back([&] {
            for (int k = 0; k < 20; ++k) {
                const CallAsked call = asked("k" + std::to_string(k));
                for (;;) {
                    const std::string what = shop.begin(call);
                    if (what == "idempotency.under_way") {
                        ++waited;
                        std::this_thread::yield();
                        continue;
                    }
                    if (what == "new") {
                        ++deeds;
                        shop.finish(call, answer_of(call.key));
                    } else {
                        EXPECT_EQ(what, answer_of(call.key).body);
                        ++told;
                    }
                    break;
                }
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(deeds, 20);
    EXPECT_EQ(told, 8 * 20 - 20);
}

TEST(CallBook, IsBoundedAndNeverForgetsWhatIsNotOld) {
    TableSpace space;
    CallBook book(space, 1);
    const IngestTime begun{1'000'000};
    for (std::uint64_t i = 0; i < kCallsKeptMax; ++i) {
        ASSERT_TRUE(book.has_room(0, begun)) << i;
        book.apply({CallStep::Begun, {1, i + 1}, {i, i}, {}}, i + 1, begun);
    }
    EXPECT_FALSE(book.has_room(0, begun));
    EXPECT_NE(book.find({1, 1}), nullptr);
    const IngestTime later{begun.us + kCallsKeptFor.us + 1};
    EXPECT_TRUE(book.has_room(3, later));
    book.apply({CallStep::Begun, {2, 1}, {}, {}}, kCallsKeptMax + 1, later);
    EXPECT_EQ(book.size(), 1u);
    EXPECT_EQ(book.find({1, 1}), nullptr);
}

// --- the law, at every change of the disk

enum class Stage : std::uint8_t { Fresh, Beginning, Begun, Finishing, Answered };
struct Model {
    Stage stage = Stage::Fresh;
    std::string answer;
};
constexpr std::size_t kKeys = 6;
using World = std::array<Model, kKeys>;

void expect_fits(const Model& model, const std::string& told, const std::string& where) {
    const bool is_new = told == "new", unknown = told == "idempotency.outcome_unknown";
    const bool answered = !model.answer.empty() && told == answer_of(model.answer).body;
    switch (model.stage) {
        case Stage::Fresh: EXPECT_TRUE(is_new) << told << where; break;
        case Stage::Beginning: EXPECT_TRUE(is_new || unknown) << told << where; break;
        case Stage::Begun: EXPECT_TRUE(unknown) << told << where; break;
        case Stage::Finishing: EXPECT_TRUE(unknown || answered) << told << where; break;
        case Stage::Answered: EXPECT_TRUE(answered) << told << where; break;
    }
}

// A random history of calls and repeats; at each change of the disk, now and then, the power goes.
TEST(Calls, NoDeedIsDoneTwiceAndNoAnswerIsLostWhereverThePowerGoes) {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        fake::FakeDisk disk;
        std::vector<std::pair<std::unique_ptr<fake::FakeDisk>, World>> cuts;
        {
            Calls shop(disk, seed);
            std::mt19937_64 rng(seed), chance(seed + 100);
            std::mutex mutex;
            World world;
            disk.watch([&] {
                const std::lock_guard lock(mutex);
                if (chance() % 4 == 0 && cuts.size() < 12) cuts.emplace_back(disk.clone(), world);
            });
            const auto now = [&](std::size_t key, Stage stage, const std::string& answer = "") {
                const std::lock_guard lock(mutex);
                world[key].stage = stage;
                if (!answer.empty()) world[key].answer = answer;
                if (stage == Stage::Fresh) world[key].answer.clear();
            };
            for (int step = 0; step < 30; ++step) {
                const std::size_t key = rng() % kKeys;
                const CallAsked call = asked("k" + std::to_string(key));
                const Model before = world[key];
                if (before.stage != Stage::Fresh) {
                    expect_fits(before, shop.begin(call), " live");
                    continue;
                }
                now(key, Stage::Beginning);
                ASSERT_EQ(shop.begin(call), "new");
                now(key, Stage::Begun);
                const std::string answer = "answer " + std::to_string(step);
                switch (rng() % 4) {
                    case 0: shop.desk().lose(call); break;
                    case 1:
                        // Between the two nobody can say which it is.
                        now(key, Stage::Beginning);
                        shop.nothing_done(call);
                        now(key, Stage::Fresh);
                        break;
                    default:
                        now(key, Stage::Finishing, answer);
                        shop.finish(call, answer_of(answer));
                        now(key, Stage::Answered);
                }
            }
            disk.watch(nullptr);
        }
        EXPECT_GT(cuts.size(), 1u);
        for (std::size_t i = 0; i < cuts.size(); ++i) {
            auto& [cut, world] = cuts[i];
            const fake::Crash how = fake::kCrashes[i % std::size(fake::kCrashes)];
            cut->crash(how, seed + i);
            Calls again(*cut, seed + 1'000 + i);
            for (std::size_t key = 0; key < kKeys; ++key)
                expect_fits(world[key], again.begin(asked("k" + std::to_string(key))),
                            " seed " + std::to_string(seed) + " cut " + std::to_string(i));
        }
    }
}

}  // namespace
}  // namespace filrouge::engine
