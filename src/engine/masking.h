// Which fields of persons a role does not see: their values are left out of every answer, and no
// rule, split or figure may ask about them, so that nobody reads by asking what they may not read.
// Plain values, no shared state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audience/rule.h"
#include "base/result.h"
#include "engine/role.h"
#include "engine/settings.h"

namespace filrouge::engine {

enum class FieldScope : std::uint8_t { Traits, Properties, Identifiers };

// "email" is a field of that name wherever it stands, in any case and with or without '_'
// ("E-Mail", "contact.email"); "traits.name" one among traits alone (or properties, identifiers); a
// '*' at an end stands for any letters.
class Mask {
  public:
    Mask() = default;  // hides nothing
    Mask(const std::vector<std::string>& patterns, std::uint64_t small_counts_min);

    bool hides(FieldScope scope, std::string_view name) const;  // a path with dots
    bool hides_nothing() const { return patterns_.empty(); }
    // Numbers of persons below it, but 0, are not told; 0 where all are.
    std::uint64_t small_counts_min() const { return small_counts_min_; }
    bool hides_count(std::uint64_t persons) const {
        return persons != 0 && persons < small_counts_min_;
    }

  private:
    struct Pattern {
        std::optional<FieldScope> scope;  // none: everywhere
        std::string name;                 // letters and digits alone, in lower case
        bool open_before = false, open_after = false;
    };
    static bool fits(const Pattern& pattern, std::string_view name);
    std::vector<Pattern> patterns_;
    std::uint64_t small_counts_min_ = 0;
};

Mask mask_of(const Settings& settings, Role role);

// Error: masking.forbidden.
Error forbidden_field(std::string_view name);
Result<void> check_fields(const audience::Rule& rule, const Mask& mask);

}  // namespace filrouge::engine
