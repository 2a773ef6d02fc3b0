// Which of the given files belongs to which input and lookup of a map.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "files/map.h"

namespace filrouge::files {

struct Plan {
    struct One {
        std::size_t index = 0;  // into the map's inputs or lookups
        std::string path;
    };
    std::vector<One> inputs;  // in the map's order, then as given
    std::vector<One> lookups;
    std::uint64_t bytes_total = 0;
};

// A given file is a path, "name=path", or a folder whose files are taken by the map's patterns.
// With `all`, inputs that are only for checks are planned too.
Result<Plan> plan_files(const ImportMap& map, const std::vector<std::string>& given, bool all);

}  // namespace filrouge::files
