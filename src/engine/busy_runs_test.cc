// Long runs that are under way: who asks for another is told so soon and holds no thread.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>
#include <thread>

#include "engine/masking.h"
#include "engine/matching_desk.h"
#include "engine/shop_for_test.h"
#include "model/packed.h"

namespace filrouge::engine {
namespace {

thread_local bool held_here = false;

// Holds a thread that asks for the time, if it wants to be held.
class HoldingClock final : public fake::FakeClock {
  public:
    IngestTime now() override {
        if (held_here) {
            held_here = false;
            reached.set_value();
            going_on_.wait();
        }
        return FakeClock::now();
    }
    std::promise<void> reached, go_on;

  private:
    std::future<void> going_on_ = go_on.get_future();
};

class BusyRuns : public testing::Test {
  protected:
    void SetUp() override {
        auto opened = open_runtime({clock_, random_, disk_, http_}, shop_settings(), "shop");
        ASSERT_TRUE(opened.ok()) << opened.error().message;
        runtime_ = std::move(opened).value();
        std::promise<void> started;
        runtime_->when_started([&] { started.set_value(); });
        started.get_future().wait();
        for (const char* id : {"camille", "dominique"}) tell(id);
    }
    void tell(const std::string& id) {
        collect::Incoming incoming;
        incoming.event.kind = EventKind::Identify;
        incoming.event.at = as_event_time(clock_.now());
        incoming.event.message_id = id;
        incoming.event.identifiers = {{IdentifierType::UserId, id, {}}};
        PackedWriter w(incoming.event.traits);
        const std::size_t mark = w.begin_object(1);
        w.key("name");
        w.string(id);
        w.end(mark);
        incoming.consents = {{"measurement", true}};
        IngestRequest request;
        request.source = 1;
        request.items.push_back(std::move(incoming));
        std::promise<bool> told;
        runtime_->ingest(std::move(request),
                         [&told](const Result<IngestReply>& r) { told.set_value(r.ok()); });
        ASSERT_TRUE(told.get_future().get());
        runtime_->wait_until_folded();
    }
    // One run is in the midst of what it does when the other is asked for.
    std::string of_the_second(const std::function<std::string()>& run) {
        std::thread first([&] {
            held_here = true;
            run();
        });
        const bool held = clock_.reached.get_future().wait_for(std::chrono::seconds(60)) ==
                          std::future_status::ready;
        EXPECT_TRUE(held) << "the first never came so far";
        auto second = std::async(std::launch::async, run);
        const bool at_once = second.wait_for(std::chrono::seconds(10)) == std::future_status::ready;
        clock_.go_on.set_value();
        first.join();
        return at_once ? second.get() : "it waited for the first, and then: " + second.get();
    }
    std::string match() {
        const auto done = runtime_->matching().run(
            R"({"purpose":"measurement","fields":[{"trait":"name","kind":"surname"}]})", "");
        return done.ok() ? done.value() : done.error().code;
    }
    std::string fit() {
        const auto done =
            runtime_->run_model(ModelKind::Value, R"({"purpose":"measurement"})", Mask());
        return done.ok() ? done.value() : done.error().code;
    }
    std::string remove(void (Runtime::*what)(std::string, bool, Reply)) {
        std::string code = "done";
        (runtime_.get()->*what)("a", true, [&](const Result<std::string>& told) {
            if (!told.ok()) code = told.error().code;
        });
        return code;
    }

    fake::FakeDisk disk_;
    fake::FakeRandom random_{1};
    HoldingClock clock_;
    NoHttp http_;
    std::unique_ptr<Runtime> runtime_;
};

TEST_F(BusyRuns, ASecondMatchingIsRefusedAtOnce) {
    EXPECT_EQ(of_the_second([this] { return match(); }), "question.overloaded");
    EXPECT_NE(match(), "question.overloaded") << "when the first is done another may come";
}

TEST_F(BusyRuns, ASecondModelIsRefusedAtOnce) {
    EXPECT_EQ(of_the_second([this] { return fit(); }), "question.overloaded");
    EXPECT_NE(fit(), "question.overloaded");
}

TEST_F(BusyRuns, WhatAModelNeedsIsNotRemovedWhileItIsFittedAndNobodyWaitsForIt) {
    std::atomic<bool> fits{true};
    std::string of_audience;
    const auto run = [&] {
        if (fits.exchange(false)) return fit();
        of_audience = remove(&Runtime::delete_audience);
        return remove(&Runtime::delete_model);
    };
    EXPECT_EQ(of_the_second(run), "question.overloaded");
    EXPECT_EQ(of_audience, "question.overloaded");
}

}  // namespace
}  // namespace filrouge::engine
