// What a model is known by: its id, the traits that it writes, and whose it is.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/model_kind.h"

namespace filrouge::engine {

// Traits that a run of the model of value writes.
constexpr std::string_view kTraitAlive = "p_alive";
constexpr std::string_view kTraitPurchases = "predicted_purchases";
constexpr std::string_view kTraitValue = "predicted_value";  // in the model's currency
// And that of the model of who resembles an audience: this, then the audience's id.
constexpr std::string_view kTraitLookalike = "lookalike_";

// There is one of value for each purpose of a brand, and one of each audience's lookalikes: the
// next run takes the place of the last.
struct ModelName {
    ModelKind kind = ModelKind::Value;
    std::string purpose;
    std::string brand = {};     // id; empty where there is one brand
    std::string audience = {};  // id; of lookalikes alone
};

std::string model_id(const ModelName& name);
std::vector<std::string> traits_of(const ModelName& name);
// From a model's document; nothing where it is none.
std::optional<ModelName> read_model_name(std::string_view document);

}  // namespace filrouge::engine
