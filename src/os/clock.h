// The machine's clocks behind seam/clock.h. Stateless; any thread.
#pragma once

#include <memory>

#include "seam/clock.h"

namespace filrouge::os {

std::unique_ptr<Clock> make_clock();

}  // namespace filrouge::os
