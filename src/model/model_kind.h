// Kinds of models that write predictions, and who else tells traits outside events. On disk since
// format 1: never renumber.
#pragma once

#include <cstdint>
#include <string_view>

namespace filrouge {

enum class ModelKind : std::uint8_t {
    None = 0,       // told by somebody, not computed
    Value = 1,      // lifetime value: who buys again, how often, for how much
    Person = 2,     // no model: the person's own answer to an offer, which the person may take back
    Lookalike = 3,  // how much a person resembles an audience
};

constexpr std::string_view name_of(ModelKind kind) {
    switch (kind) {
        case ModelKind::None: return "none";
        case ModelKind::Value: return "value";
        case ModelKind::Person: return "person";
        case ModelKind::Lookalike: return "lookalike";
    }
    return "none";
}

// Fitted to everybody's history, not told by anybody.
constexpr bool is_fitted(ModelKind kind) {
    return kind == ModelKind::Value || kind == ModelKind::Lookalike;
}

}  // namespace filrouge
