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
    std::future<void> submit() {
        PreparedRequest request;
        request.records.emplace_back().record.type = RecordType::Tick;
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
    Appender appender{*log,
                      *keys,
                      directory,
                      clock,
                      {days(7), seconds(3600)},
                      [](const DurableGroup&) {},
                      [](const Error&) {}};
};

TEST_F(AppenderTest, ALoneSenderNeverWaitsForOthers) {
    appender.start();
    for (int i = 0; i < 3; ++i) submit().get();  // an hour each, if it did
    EXPECT_EQ(groups(), 3u);
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
    Appender appender(
        *log, *keys, directory, clock, {days(7), {}}, [](const DurableGroup&) {},
        [&failed](const Error&) { failed.set_value(); });
    EXPECT_TRUE(appender.capture_dedupe(true));
    PreparedRequest request;
    Prepared& event = request.records.emplace_back();
    event.is_event = true;
    event.dedupe.key = 7;
    request.done = [](const Result<IngestReply>&) { FAIL() << "answered"; };
    disk.fail_sync(1);
    appender.submit(std::move(request));
    appender.start();
    failed.get_future().get();
    appender.stop();
    EXPECT_FALSE(appender.capture_dedupe(true));
}

}  // namespace
}  // namespace filrouge::engine
