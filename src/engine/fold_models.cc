#include "engine/fold_models.h"

#include <algorithm>

#include "engine/audience_needs.h"
#include "engine/model_names.h"

namespace filrouge::engine {
namespace {

std::optional<ModelName> model_of(const Fold& fold, std::string_view id) {
    for (const DocumentView& document : fold.documents.of(RecordType::ModelChange)) {
        if (document.id == id) return read_model_name(document.json);
    }
    return std::nullopt;
}

}  // namespace

void forget_model(Fold& fold, std::string_view id, Consequences& out) {
    const auto name = model_of(fold, id);
    if (!name) return;
    const auto brand = fold.brand_named(name->brand);
    const auto purpose = fold.purposes.bit_of(name->purpose);
    if (!brand || !purpose) return;  // gone from the settings, and nobody sees its traits since
    const std::vector<std::string> traits = traits_of(*name);
    std::vector<StringNo> keys;
    for (const std::string& trait : traits) {
        const StringNo key = fold.dictionary.find(trait);
        if (!key.is_none()) keys.push_back(key);
    }
    std::sort(keys.begin(), keys.end());
    const PurposeSet allowed = PurposeSet{}.with(*purpose);
    for (std::uint32_t i = 0; i < fold.graph.fragments(); ++i) {
        const FragmentNo fragment{i};
        if (fold.brand_of(fragment) != *brand) continue;
        for (const StringNo key : keys) fold.traits.forget(fragment, key, name->kind, allowed);
    }
    // No command removes a model that a rule asks for; a log made otherwise may.
    if (who_ask_for(fold, traits, {*brand, *purpose}).empty()) return;
    const audience::Touch what{.traits = keys, .brand = *brand};
    for (std::uint32_t i = 0; i < fold.end(); ++i) {
        if (fold.is_person(i)) fold.live.touched(PersonNo{i}, what, fold, out.changes);
    }
}

}  // namespace filrouge::engine
