// The figures of a run as JSON: what an operator reads before believing it.
#pragma once

#include <string>

#include "engine/match_choice.h"

namespace filrouge::engine {

struct MatchReport {
    MatchRunId id;
    EventTime at;
    const boost::json::object& asked;
    const MatchRequest& request;
    const MatchPeople& people;
    const matching::Matches& matches;
    const MatchChoice& choice;
};
std::string match_figures(const MatchReport& report);

}  // namespace filrouge::engine
