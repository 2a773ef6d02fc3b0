#include "engine/appender.h"

#include <gtest/gtest.h>

#include <future>

#include "fake/fake_clock.h"
#include "fake/fake_disk.h"
#include "fake/fake_random.h"

namespace filrouge::engine {
namespace {

class AppenderTest : public testing::Test {
  protected:
    std::future<void> submit(bool urgent = false) {
        PreparedRequest request;
        request.urgent = urgent;
        request.records.emplace_back().record.type = RecordType::Tick;
        if (urgent) request.records.back().record.clear = "urgent";
        request.bytes = 1;
        auto answered = std::make_shared<std::promise<void>>();
        request.done = [answered](const Result<IngestReply>&) { answered->set_value(); };
        appender.submit(std::move(request));
        return answered->get_future();
    }
    std::uint64_t groups() const { return appender.counters().groups.load(); }

    fake::FakeClock clock;
    fake::FakeRandom random{1};
    std::unique_ptr<Log> log = make_memory_log();
    std::unique_ptr<KeyStore> keys = make_memory_key_store(random);
    Directory directory{HashKey{}};
    fake::FakeDisk disk;
    SettledIds settled{disk, "settled"};
    Appender appender{*log,
                      *keys,
                      directory,
                      settled,
                      clock,
                      {days(7), 1'000, seconds(3600)},
                      [](const DurableGroup&) {},
                      [](const Error&) {}};
};

TEST_F(AppenderTest, ALoneSenderNeverWaitsForOthers) {
    appender.start();
    for (int i = 0; i < 3; ++i) submit().get();  // an hour each, if it did
    EXPECT_EQ(groups(), 3u);
}

TEST_F(AppenderTest, NothingIsAnsweredBeforeItIsInTheLog) {
    std::promise<std::uint64_t> logged;
    PreparedRequest request;
    request.records.emplace_back().record.type = RecordType::Tick;
    request.done = [&](const Result<IngestReply>&) { logged.set_value(log->last_sequence()); };
    appender.submit(std::move(request));
    appender.start();
    EXPECT_EQ(logged.get_future().get(), 1u);
}

TEST_F(AppenderTest, WhereManySendThoseThatComeNextShareOneSync) {
    std::vector<std::future<void>> first;
    first.reserve(8);
    for (int i = 0; i < 8; ++i) first.push_back(submit());
    appender.start();
    for (auto& f : first) f.get();
    EXPECT_EQ(groups(), 1u);
    for (int i = 0; i < 3; ++i) submit();
    EXPECT_EQ(groups(), 1u);  // they wait for the other five
    appender.stop();          // which does not wait
    EXPECT_EQ(groups(), 2u);
    EXPECT_EQ(log->last_sequence(), 11u);
}

// A snapshot of it would make the next start answer "seen before" to an event that nobody has.
TEST(Appender, AWindowThatKnowsMoreThanTheLogIsNotCaptured) {
    fake::FakeDisk disk;
    fake::FakeClock clock;
    fake::FakeRandom random(1);
    const auto log = open_segment_log(disk, "log").value();
    const auto keys = make_memory_key_store(random);
    Directory directory(HashKey{});
    std::promise<void> failed;
    SettledIds settled(disk, "settled");
    ASSERT_TRUE(settled.open(0).ok());
    Appender appender(
        *log, *keys, directory, settled, clock, {days(7), 1, {}}, [](const DurableGroup&) {},
        [&failed](const Error&) { failed.set_value(); });
    EXPECT_TRUE(appender.begin_dedupe_capture(true));
    PreparedRequest request;
    Prepared& event = request.records.emplace_back();
    event.is_event = true;
    event.dedupe = {7, 7, true};
    request.done = [](const Result<IngestReply>&) { FAIL() << "answered"; };
    disk.fail_sync(1);
    appender.submit(std::move(request));
    appender.start();
    failed.get_future().get();
    appender.stop();
    EXPECT_FALSE(appender.begin_dedupe_capture(true));
    EXPECT_TRUE(appender.wants_to_settle());
    EXPECT_TRUE(appender.settle_imported().ok());
    EXPECT_EQ(settled.size(), 0u) << "nor does its import's id go to disk";
}

TEST_F(AppenderTest, AChoiceToldToTheApiGoesBeforeTheEventsThatWait) {
    for (int i = 0; i < 100; ++i) submit();
    auto choice = submit(/*urgent=*/true);
    std::vector<std::uint64_t> urgent_at;
    appender.start();
    choice.get();
    appender.stop();
    ASSERT_TRUE(log->read(1,
                          [&](const RecordView& record) {
                              if (record.clear == "urgent") urgent_at.push_back(record.sequence);
                              return true;
                          })
                    .ok());
    EXPECT_EQ(urgent_at, std::vector<std::uint64_t>{1});
}

TEST_F(AppenderTest, AChoiceToldToTheApiEndsTheWaitForMoreSenders) {
    std::vector<std::future<void>> first;
    first.reserve(8);
    for (int i = 0; i < 8; ++i) first.push_back(submit());
    appender.start();
    for (auto& f : first) f.get();
    submit();
    submit(/*urgent=*/true).get();  // an hour, if it did not
    EXPECT_EQ(log->last_sequence(), 10u);
}

}  // namespace
}  // namespace filrouge::engine
