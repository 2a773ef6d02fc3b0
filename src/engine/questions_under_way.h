// The questions that are being answered: their number is bounded, how far each is can be seen, and
// anybody with the role to ask may cancel one by the name its asker gave it. Thread-safe.
#pragma once

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
    };
    // Error: question.overloaded, question_exists, question.invalid.
    Result<std::unique_ptr<Seat>> enter(const std::string& id);
    std::string json(std::string_view id) const;  // empty: all
    std::string cancel(std::string_view id);      // JSON: whether there was such a one
    void cancel_all();                            // those to come, too

  private:
    void leave(const Seat& seat);
    mutable std::mutex mutex_;
    std::list<Seat*> seats_;  // guarded by mutex_
    bool closed_ = false;     // guarded by mutex_
};

}  // namespace filrouge::engine
