// "2026-11-22T10:00:00.123Z"
#pragma once

#include <string>

#include "base/time.h"

namespace filrouge::http {

std::string iso_time(EventTime at);

}  // namespace filrouge::http
