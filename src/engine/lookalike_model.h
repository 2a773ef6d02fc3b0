// Who resembles an audience: a logistic regression (measure/lookalike.h) on what persons did
// (engine/question_features.h), learned from an audience's members and everybody else. Asked as a
// question, and run as a model whose score rules may use.
#pragma once

#include <optional>
#include <vector>

#include "engine/question_features.h"
#include "measure/lookalike.h"

namespace filrouge::engine {

struct LookalikeRequest {
    std::optional<std::int64_t> size;  // persons at the top whose precision is told
};

struct LookalikeFit {
    query::FeatureCounts counts;      // of everybody
    query::FeatureTable table;        // of the people drawn
    std::vector<std::uint8_t> seeds;  // of them, who is in the audience
    measure::Lookalike found;
    std::size_t seeds_drawn = 0;
    std::size_t top = 0;   // of the people drawn
    double threshold = 1;  // the score that the `top` best of the others have at least
};

// "features", "currency" and "size". Error: question.invalid.
Result<LookalikeRequest> lookalike_request(Features& features, Arguments& arguments);
// `audience`: bit by person. Seconds for 100,000 people. Error: measure.lookalike_*, query.*.
Result<LookalikeFit> fit_lookalike(Asking& asking, const Features& features,
                                   const std::vector<std::uint64_t>& audience,
                                   const LookalikeRequest& request);
// How good the score is, on people the model had not seen, and what it is made of.
void tell_lookalike(const Features& features, const LookalikeFit& fit, Answer& answer);
// The score of each of counts.people, those included whom the model was not learned from: their
// features are read again, as many people at once as fit. Lets go of the fit's matrix.
// Error: query.*.
Result<std::vector<float>> score_everybody(Asking& asking, const Features& features,
                                           LookalikeFit& fit);

}  // namespace filrouge::engine
