// Times as people and programs read them.
#pragma once

#include <string>

#include "base/time.h"

namespace filrouge::engine {

std::string iso_time(EventTime t);  // "2026-03-01T08:30:00.000Z"

}  // namespace filrouge::engine
