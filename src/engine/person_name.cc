#include "engine/person_name.h"

namespace filrouge::engine {

namespace {

constexpr std::span kNames(kNameTraits);
constexpr auto kWholeNames = kNames.subspan<0, 3>();
constexpr auto kFirstNames = kNames.subspan<3, 3>();
constexpr auto kLastNames = kNames.subspan<6, 3>();

using Traits = std::span<const history::TraitRow>;

std::string_view text_of_trait(const Fold& fold, Traits traits, std::string_view name) {
    const StringNo key = fold.dictionary.find(name);
    for (const history::TraitRow& row : traits) {
        if (!key.is_none() && row.value.key == key && row.value.kind == history::CellKind::Text)
            return fold.dictionary.text(row.value.text);
    }
    return {};
}

ToldName first_told(const Fold& fold, Traits traits, const Mask* mask,
                    std::span<const std::string_view> names) {
    for (const std::string_view name : names) {
        const std::string_view told = text_of_trait(fold, traits, name);
        if (!told.empty())
            return {std::string(told), mask != nullptr && mask->hides(FieldScope::Traits, name)};
    }
    return {};
}

}  // namespace

ToldName name_told(const Fold& fold, Traits traits, const Mask* mask) {
    ToldName whole = first_told(fold, traits, mask, kWholeNames);
    if (!whole.text.empty()) return whole;
    ToldName name = first_told(fold, traits, mask, kFirstNames);
    const ToldName last = first_told(fold, traits, mask, kLastNames);
    if (!name.text.empty() && !last.text.empty()) name.text.push_back(' ');
    name.text += last.text;
    name.hidden = name.hidden || last.hidden;
    return name;
}

}  // namespace filrouge::engine
