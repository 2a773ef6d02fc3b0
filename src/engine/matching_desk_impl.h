// The MatchingDesk's parts put together; private to engine/.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "engine/admission.h"
#include "engine/match_record.h"
#include "engine/matching_desk.h"
#include "engine/queries.h"
#include "engine/questions_under_way.h"
#include "engine/timed_turn.h"

namespace filrouge::engine {

// What the desk needs of the runtime.
struct MatchingSeams {
    std::function<EventId()> new_id;
    std::function<IngestTime()> now;
    std::function<bool()> short_of_disk;
    // Returns once the records are durable and folded.
    std::function<Result<void>(std::vector<Prepared>)> write;
    QuestionsUnderWay& asked;  // a run has a place among the questions
    std::mutex& commands;      // one at a time, from validation to folded
};

class MatchingDeskImpl final : public MatchingDesk {
  public:
    MatchingDeskImpl(const Library& library, MatchingSeams seams)
        : library_(library), seams_(std::move(seams)) {}

    Result<std::string> run(std::string_view json, const std::string& id) override;
    Result<std::string> runs() override;
    Result<std::string> review(std::string_view brand, std::size_t limit) override;
    void decide(std::string id, std::string json, std::string_view actor, Reply done) override;

  private:
    Result<void> write_pairs(const MatchDecision& common, const std::vector<MatchedPair>& pairs,
                             query::Run& run);
    Result<void> write_figures(const std::string& json);
    Result<std::string> decide_now(const std::string& id, std::string_view json,
                                   std::string_view actor);

    Library library_;
    MatchingSeams seams_;
    TimedTurn running_;  // one runs
};

}  // namespace filrouge::engine
