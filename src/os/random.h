// The kernel's CSPRNG behind seam/random.h. Any thread.
#pragma once

#include <memory>

#include "seam/random.h"

namespace filrouge::os {

std::unique_ptr<Random> make_random();

}  // namespace filrouge::os
