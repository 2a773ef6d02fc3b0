// Diagnostic lines for operators: one JSON object a line on stderr, with time, level and event.
// No personal data: counts, codes, our own ids.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace filrouge::server {

enum class Level { Info, Warning, Error };
using LogField = std::pair<std::string_view, std::string>;

void diagnose(Level level, std::string_view event, const std::vector<LogField>& fields = {});

}  // namespace filrouge::server
