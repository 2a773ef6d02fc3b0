// What a consent statement's weight is called in an export (docs/formats/export.md): never changed.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "model/event.h"

namespace filrouge::engine {

constexpr std::array<std::string_view, 4> kConsentWeightNames = {"ambient", "objection", "choice",
                                                                 "own_words"};
constexpr std::string_view name_of(ConsentWeight weight) {
    return kConsentWeightNames.at(static_cast<std::size_t>(weight));
}
inline std::optional<ConsentWeight> consent_weight_named(std::string_view name) {
    const auto at = std::find(kConsentWeightNames.begin(), kConsentWeightNames.end(), name);
    if (at == kConsentWeightNames.end()) return std::nullopt;
    return static_cast<ConsentWeight>(at - kConsentWeightNames.begin());
}

}  // namespace filrouge::engine
