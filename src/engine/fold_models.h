// The fold's part for models that are removed.
#pragma once

#include <string_view>

#include "engine/fold.h"

namespace filrouge::engine {

// Takes back from everybody what the model of that id has written, also from who is restricted or
// allows its purpose no more. Called before its document goes. Reads each fragment once.
void forget_model(Fold& fold, std::string_view id, Consequences& out);

}  // namespace filrouge::engine
