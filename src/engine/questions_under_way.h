// The questions that are being answered: their number is bounded, how far each is can be seen, and
// anybody with the role to ask may cancel one by the name its asker gave it. One too many waits a
// while for its turn. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "query/run.h"

namespace filrouge::engine {

constexpr std::size_t kQuestionsMax = 4;  // each takes up to query::kMemoryMaxDefault
constexpr std::size_t kQuestionIdMax = 64;
// A page asks for several figures at once, and each is there within a second or two.
constexpr std::chrono::seconds kQuestionWait{10};

class QuestionsUnderWay {
  public:
    // A question's place, given back when it goes.
    class Seat {
      public:
        Seat(QuestionsUnderWay& all, std::string id) : all_(all), id_(std::move(id)) {}
        ~Seat() { all_.leave(*this); }
        Seat(const Seat&) = delete;
        Seat& operator=(const Seat&) = delete;
        query::Run run;

      private:
        friend class QuestionsUnderWay;
        QuestionsUnderWay& all_;
        std::string id_;
        bool waits_ = true;  // guarded by mutex_ of all
    };
    // Whoever waits for a place can be seen and cancelled like those who have one.
    // Error: question.overloaded, question_exists, question.invalid, query.cancelled.
    Result<std::unique_ptr<Seat>> enter(const std::string& id,
                                        std::chrono::milliseconds wait = kQuestionWait);
    std::string json(std::string_view id) const;  // empty: all
    std::string cancel(std::string_view id);      // JSON: whether there was such a one
    void cancel_all();                            // those to come, too

  private:
    void leave(const Seat& seat);
    bool has_place() const;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::list<Seat*> seats_;  // guarded by mutex_; those that wait among them
    bool closed_ = false;     // guarded by mutex_
};

}  // namespace filrouge::engine
