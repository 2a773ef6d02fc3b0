// Which of a person's identifiers says what is said for the person. After two people are told apart
// it stays where it was said, so it is said where it was: by the identifier that the request or the
// session names. The fold's lock must be held.
#pragma once

#include <string_view>
#include <vector>

#include "engine/fold.h"

namespace filrouge::engine {

// Of these identifiers of one person in one brand, not empty: the one that the id was made of, or
// what the brand knows it as; else the strongest. Shared things are somebody's for a while only,
// and speak where there is nothing else.
FragmentNo speaker_of(const Fold& fold, std::string_view id,
                      const std::vector<FragmentNo>& fragments);

}  // namespace filrouge::engine
