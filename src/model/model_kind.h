// Kinds of models that write predictions. On disk since format 1: never renumber.
#pragma once

#include <cstdint>
#include <string_view>

namespace filrouge {

enum class ModelKind : std::uint8_t {
    None = 0,   // told by somebody, not computed
    Value = 1,  // lifetime value: who buys again, how often, for how much
};

constexpr std::string_view name_of(ModelKind kind) {
    return kind == ModelKind::Value ? "value" : "none";
}

}  // namespace filrouge
