// What a run of matching is asked to do.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/queries.h"
#include "matching/field.h"

namespace filrouge::engine {

enum class MatchWrites : std::uint8_t { Nothing, Review, All };

struct MatchRequest {
    std::vector<matching::Field> fields;  // named as the traits are
    audience::Use use;
    std::optional<SourceNo> source;  // its people against the rest; else all against all
    bool one_to_one = false;
    bool households = true;
    double precision = 0.99;  // expected of what is tied without asking anybody
    double review = 0.5;      // probability from which on somebody is asked
    MatchWrites writes = MatchWrites::Nothing;
    std::uint64_t seed = 1;
};

// {"purpose", "brand", "fields": [{"trait", "kind"}], "source", "one_to_one", "households",
// "precision", "review", "write", "seed"}. Errors: matching.fields, matching.unknown_kind,
// source_not_found, question.*, api.*.
Result<MatchRequest> match_request(const Library& library, const boost::json::object& json);
// The fields of a request that was accepted once, as its figures keep it.
std::vector<matching::Field> match_fields(const boost::json::object& json);

}  // namespace filrouge::engine
