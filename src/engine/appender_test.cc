#include "engine/appender.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

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
    // Over the log as it is now: a test may have put its own there.
    Appender writing(std::function<void(DurableGroup)> durable) {
        return {*log,
                *keys,
                directory,
                settled,
                clock,
                {days(7), 1'000, {}},
                std::move(durable),
                [](const Error&) {}};
    }

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

TEST_F(AppenderTest, WhatTheLogCannotTakeIsRefusedAloneAndNothingEnds) {
    const auto ask = [&](const std::vector<std::size_t>& sizes) {
        PreparedRequest request;
        for (const std::size_t size : sizes) {
            Prepared& p = request.records.emplace_back();
            p.record.type = RecordType::Tick;
            p.record.clear.assign(size, 'x');
        }
        std::promise<std::string> told;
        request.done = [&told](const Result<IngestReply>& reply) {
            told.set_value(reply.ok() ? "ok" : reply.error().code);
        };
        appender.submit(std::move(request));
        return told.get_future().get();
    };
    appender.start();
    EXPECT_EQ(ask({kRecordBytesMax}), "engine.record_too_large");
    EXPECT_EQ(ask(std::vector<std::size_t>(40, 200'000)), "engine.request_too_large");
    EXPECT_EQ(ask(std::vector<std::size_t>(30, 200'000)), "ok");
    EXPECT_EQ(ask({1}), "ok");
}

// Whose disk takes as long as the test likes.
class HeldLog : public Log {
  public:
    Result<std::uint64_t> append(IngestTime, const std::vector<NewRecord>& records) override {
        begun.set_value();
        go_on.get_future().wait();
        return last_ += records.size();
    }
    std::uint64_t last_sequence() const override { return last_; }
    Result<void> read(std::uint64_t, const std::function<bool(const RecordView&)>&) override {
        return {};
    }
    std::uint64_t bytes() const override { return 0; }

    std::promise<void> begun, go_on;

  private:
    std::uint64_t last_ = 0;
};

TEST_F(AppenderTest, HowLongAGroupIsBeingWrittenIsKnownWhileItIs) {
    auto held = std::make_unique<HeldLog>();
    HeldLog& slow = *held;
    log = std::move(held);
    Appender writer = writing([](const DurableGroup&) {});
    EXPECT_EQ(writer.writing_for().us, 0);
    PreparedRequest request;
    request.records.emplace_back().record.type = RecordType::Tick;
    std::promise<void> answered;
    request.done = [&](const Result<IngestReply>&) { answered.set_value(); };
    writer.start();
    writer.submit(std::move(request));
    slow.begun.get_future().wait();
    clock.advance(seconds(3));
    EXPECT_EQ(writer.writing_for(), seconds(3));
    slow.go_on.set_value();
    answered.get_future().wait();
    EXPECT_EQ(writer.writing_for().us, 0);
}

// Each group takes it 300 ms, and asks meanwhile.
class SlowLog : public HeldLog {
  public:
    explicit SlowLog(fake::FakeClock& clock) : clock_(clock) {}
    Result<std::uint64_t> append(IngestTime, const std::vector<NewRecord>& records) override {
        clock_.advance(milliseconds(300));
        asked.push_back(ask());
        return sequence_ += records.size();
    }
    std::function<bool()> ask;
    std::vector<bool> asked;

  private:
    fake::FakeClock& clock_;
    std::uint64_t sequence_ = 0;
};

TEST_F(AppenderTest, WhereMoreComesThanTheDiskTakesTheQueueIsKnownToStand) {
    auto owned = std::make_unique<SlowLog>(clock);
    SlowLog& slow = *owned;
    log = std::move(owned);
    Appender writer = writing([](const DurableGroup&) {});
    slow.ask = [&] { return writer.is_behind(); };
    std::promise<void> last;
    constexpr int kRequests = 12;
    for (int i = 0; i < kRequests; ++i) {
        PreparedRequest request;
        request.records.emplace_back().record.type = RecordType::Tick;
        request.bytes = 3 << 20;  // each is a group of its own
        request.done = [&, i](const Result<IngestReply>&) {
            if (i + 1 == kRequests) last.set_value();
        };
        writer.submit(std::move(request));
    }
    EXPECT_FALSE(writer.is_behind());
    writer.start();
    last.get_future().wait();
    ASSERT_EQ(slow.asked.size(), std::size_t{kRequests});
    EXPECT_FALSE(slow.asked[0]) << "a burst";
    EXPECT_TRUE(slow.asked[5]);
    EXPECT_FALSE(slow.asked.back()) << "nobody waits any more";
    EXPECT_FALSE(writer.is_behind());
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

// A batch that was lost on its way back is sent again: its answer says that all of it counts.
TEST(Appender, WhoWaitsForTheFoldIsNotAnsweredBeforeItWhereAllWasStoredBefore) {
    fake::FakeDisk disk;
    fake::FakeClock clock;
    fake::FakeRandom random(1);
    const auto log = make_memory_log();
    const auto keys = make_memory_key_store(random);
    Directory directory(HashKey{});
    SettledIds settled(disk, "settled");
    std::atomic<int> folded{0}, answered{0};
    std::vector<DurableGroup> groups;
    Appender appender(
        *log, *keys, directory, settled, clock, {days(7), 1'000, {}},
        [&](DurableGroup group) {
            groups.push_back(std::move(group));
            ++folded;
        },
        [](const Error&) {});
    for (int i = 0; i < 2; ++i) {
        PreparedRequest request;
        Prepared& event = request.records.emplace_back();
        event.is_event = true;
        event.dedupe = {7, 7, true};
        request.wait_for_fold = true;
        request.done = [&](const Result<IngestReply>&) { ++answered; };
        appender.submit(std::move(request));
        if (i == 0) appender.start();
        for (int wait = 0; wait < 1'000 && folded + answered <= i; ++wait)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    appender.stop();
    EXPECT_EQ(answered, 0) << "before the fold had either";
    for (DurableGroup& group : groups) {
        for (auto& [reply, done] : group.waiting) done(reply);
    }
    EXPECT_EQ(answered, 2);
    EXPECT_EQ(log->last_sequence(), 1u);
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

// A fold that takes its groups when the test says so.
class HeldGroups {
  public:
    void add(DurableGroup group) {
        const std::lock_guard lock(mutex_);
        groups_.push_back(std::move(group));
        added_.notify_all();
    }
    bool wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        return added_.wait_for(lock, std::chrono::seconds(5),
                               [&] { return groups_.size() >= count; });
    }
    const DurableGroup& at(std::size_t i) const { return groups_.at(i); }
    void fold() {
        const std::lock_guard lock(mutex_);
        for (DurableGroup& group : groups_) {
            for (auto& [reply, done] : group.waiting) done(reply);
            group.waiting.clear();
        }
    }

  private:
    std::mutex mutex_;
    std::condition_variable added_;
    std::vector<DurableGroup> groups_;  // guarded by mutex_
};

// Else the sender's next event could still be judged by what held before the withdrawal.
TEST_F(AppenderTest, AWithdrawalThatIsSentAgainIsAnsweredWhenTheFirstIsFolded) {
    ASSERT_TRUE(settled.open(0).ok());
    HeldGroups groups;
    Appender writer = writing([&groups](DurableGroup group) { groups.add(std::move(group)); });
    const auto send = [&writer] {
        PreparedRequest request;
        Prepared& withdrawal = request.records.emplace_back();
        withdrawal.is_event = true;
        withdrawal.dedupe = {7, 7, true};
        request.wait_for_fold = true;
        auto told = std::make_shared<std::promise<IngestReply>>();
        request.done = [told](const Result<IngestReply>& reply) { told->set_value(reply.value()); };
        writer.submit(std::move(request));
        return told->get_future();
    };
    writer.start();
    auto first = send();
    ASSERT_TRUE(groups.wait_for(1));
    auto again = send();
    EXPECT_EQ(again.wait_for(std::chrono::milliseconds(100)), std::future_status::timeout);
    ASSERT_TRUE(groups.wait_for(2));
    EXPECT_TRUE(groups.at(1).records.empty());
    EXPECT_EQ(groups.at(1).first_sequence, 2u) << "the next one that will be";
    groups.fold();
    EXPECT_EQ(first.get().sequence, 1u);
    const IngestReply reply = again.get();
    EXPECT_EQ(reply.deduplicated, 1u);
    EXPECT_EQ(reply.sequence, 1u);
    EXPECT_EQ(log->last_sequence(), 1u);
}

// Whoever waits for the start is answered by what is called, and may ask for figures.
TEST(Appender, WhoIsToldThatTheLogFailedMayAskTheAppender) {
    fake::FakeDisk disk;
    fake::FakeClock clock;
    fake::FakeRandom random(1);
    const auto log = open_segment_log(disk, "log").value();
    const auto keys = make_memory_key_store(random);
    Directory directory(HashKey{});
    SettledIds settled(disk, "settled");
    std::future<std::uint64_t> asked;
    std::promise<std::future_status> answered;
    Appender* told = nullptr;
    Appender appender(
        *log, *keys, directory, settled, clock, {days(7), 1, {}}, [](const DurableGroup&) {},
        [&](const Error&) {
            asked = std::async(std::launch::async, [&] { return told->dedupe_size(); });
            answered.set_value(asked.wait_for(std::chrono::seconds(5)));
        });
    told = &appender;
    PreparedRequest request;
    request.records.emplace_back().record.type = RecordType::Tick;
    disk.fail_sync(1);
    appender.submit(std::move(request));
    appender.start();
    EXPECT_EQ(answered.get_future().get(), std::future_status::ready);
    appender.stop();
}

}  // namespace
}  // namespace filrouge::engine
