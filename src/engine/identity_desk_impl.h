// The IdentityDesk's parts put together; private to engine/.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "engine/admission.h"
#include "engine/identity_desk.h"
#include "engine/identity_record.h"
#include "engine/queries.h"
#include "engine/questions_under_way.h"

namespace filrouge::engine {

// What the desk needs of the runtime.
struct IdentitySeams {
    std::function<EventId()> new_id;
    std::function<IngestTime()> now;
    std::function<Result<void>(std::uint64_t)> reach;  // waits until that record is folded
    // Returns once the records are durable and folded.
    std::function<Result<void>(std::vector<Prepared>)> write;
    std::mutex& commands;  // one at a time, from validation to folded
    QuestionsUnderWay& under_way;
    FairLock& tables;  // held shared by whoever answers under several holds of the fold's lock
};

class IdentityDeskImpl final : public IdentityDesk {
  public:
    IdentityDeskImpl(const Library& library, IdentitySeams seams)
        : library_(library), seams_(std::move(seams)) {}

    Result<std::string> graph(std::string_view profile, std::string_view purpose,
                              std::string_view brand, bool sees_values,
                              std::uint64_t after) override;
    void decide(std::string json, std::string_view actor, Reply done) override;
    Result<std::string> preview(std::string_view json) override;
    Result<std::string> suspicious(std::string_view brand, std::size_t skip,
                                   std::size_t limit) override;
    Result<std::string> rules() override;
    Result<std::string> preview_rules(std::string_view json) override;
    void set_rules(std::string json, std::string_view actor, Reply done) override;
    Result<std::string> decisions(std::uint64_t before, std::size_t limit) override;

  private:
    Result<void> write(const IdentityDecision& decision);
    // Who decided and why, as that record tells it; nothing when it was forgotten. Not under the
    // lock.
    std::optional<IdentityDecision> told_of(std::uint64_t sequence) const;

    Library library_;
    IdentitySeams seams_;
};

}  // namespace filrouge::engine
