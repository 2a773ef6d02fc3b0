#include "engine/questions_under_way.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>
#include <vector>

namespace filrouge::engine {
namespace {
using std::chrono::seconds;

class UnderWay : public testing::Test {
  protected:
    UnderWay() {
        for (std::size_t i = 0; i < kQuestionsMax; ++i) seats_.push_back(all_.enter("").value());
    }
    std::future<std::string> one_more(const std::string& id) {
        auto code = std::async(std::launch::async, [this, id] {
            const auto seat = all_.enter(id, seconds(600));
            return seat.ok() ? "" : seat.error().code;
        });
        while (all_.json(id).find("waiting for its turn") == std::string::npos)
            std::this_thread::yield();
        return code;
    }
    QuestionsUnderWay all_;
    std::vector<std::unique_ptr<QuestionsUnderWay::Seat>> seats_;
};

TEST_F(UnderWay, OneTooManyIsRefusedWhenItsTimeIsOver) {
    EXPECT_EQ(all_.enter("", seconds(0)).error().code, "question.overloaded");
    seats_.pop_back();
    EXPECT_TRUE(all_.enter("", seconds(0)).ok()) << "who was refused keeps no place";
}

TEST_F(UnderWay, OneTooManyIsAnsweredWhenAnotherIsDone) {
    auto code = one_more("mine");
    EXPECT_EQ(all_.enter("mine", seconds(0)).error().code, "question_exists");
    seats_.pop_back();
    EXPECT_EQ(code.get(), "");
}

TEST_F(UnderWay, WhoWaitsCanBeCancelled) {
    auto code = one_more("mine");
    EXPECT_EQ(all_.cancel("mine"), R"({"cancelled":true})");
    EXPECT_EQ(code.get(), "query.cancelled");
}

TEST_F(UnderWay, AServerThatStopsKeepsNobodyWaiting) {
    auto code = one_more("mine");
    all_.cancel_all();
    EXPECT_EQ(code.get(), "question.overloaded");
}

}  // namespace
}  // namespace filrouge::engine
