// Matching of imported people, as operators ask for it: runs, the pairs that wait for review, and
// what is decided about them. JSON of schema/api.json; docs/matching.md tells it to an operator.
// Thread-safe; owned by the Runtime.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/runtime.h"

namespace filrouge::engine {

class MatchingDesk {
  public:
    virtual ~MatchingDesk() = default;

    // Matches people by traits and answers the figures; writes what the request says should be
    // written. `id` is the asker's name for it, as of a question: how far it is and its cancelling
    // are those of questions. Blocks for as long as it takes. Errors: matching.*, question.*,
    // api.*.
    virtual Result<std::string> run(std::string_view json, const std::string& id) = 0;
    // The last runs, the newest first.
    virtual Result<std::string> runs() = 0;
    // Pairs that wait for somebody to decide, the likeliest first; of one brand, or of all. Of whom
    // does not allow the run's purpose any more nothing is shown but a count.
    virtual Result<std::string> review(std::string_view brand, std::size_t limit) = 0;
    // {"verdict": "same" or "different", "by"}; `actor`, an id, decides where nobody is
    // named.
    virtual void decide(std::string id, std::string json, std::string_view actor, Reply done) = 0;
};

}  // namespace filrouge::engine
