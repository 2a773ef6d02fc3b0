// "Did you mean ...?": the name that a mistyped one is nearest to.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace filrouge::engine {

// Insertions, deletions, replacements and swaps of neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b);
// The nearest within two edits, or a third of the name for long ones; the first of several.
std::optional<std::string_view> nearest(std::string_view name,
                                        const std::vector<std::string_view>& names);

}  // namespace filrouge::engine
