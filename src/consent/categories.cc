#include "consent/categories.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace filrouge::consent {
namespace {

// Each manager has one of a line: the built-in purposes name them all, so that any is understood.
using Synonyms = std::array<std::string_view, 3>;
constexpr std::array<Synonyms, 4> kSynonyms = {{{"Analytics", "Performance"},
                                                {"Functional", "Preferences", "Personalization"},
                                                {"Advertising", "Marketing", "Targeting"},
                                                {"Location", "Geolocation"}}};

enum class Vocabulary : std::uint8_t { Named, Framework, ConsentMode };
constexpr std::size_t kVocabularies = 3;

bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
    return std::any_of(names.begin(), names.end(), [name](std::string_view each) {
        return !each.empty() && ascii_equal_ignoring_case(each, name);
    });
}

Vocabulary vocabulary_of(std::string_view category) {
    static constexpr std::array<std::string_view, 7> kMode = {
        "ad_storage",        "ad_user_data",          "ad_personalization",
        "analytics_storage", "functionality_storage", "personalization_storage",
        "security_storage"};
    if (ascii_equal_ignoring_case(category.substr(0, 4), "tcf:")) return Vocabulary::Framework;
    return is_one_of(category, kMode) ? Vocabulary::ConsentMode : Vocabulary::Named;
}

// It was told, or another name that the purpose has for the same thing.
bool is_told(const Purpose& purpose, std::string_view category,
             std::span<const std::string_view> yeses) {
    if (is_one_of(category, yeses)) return true;
    const auto same =
        std::find_if(kSynonyms.begin(), kSynonyms.end(),
                     [category](const Synonyms& s) { return is_one_of(category, s); });
    if (same == kSynonyms.end()) return false;
    return std::any_of(purpose.categories.begin(), purpose.categories.end(),
                       [&](const std::string& other) {
                           return is_one_of(other, *same) && is_one_of(other, yeses);
                       });
}

bool is_agreed_to(const Purpose& purpose, std::span<const std::string_view> yeses) {
    std::array<bool, kVocabularies> told{}, lacks{};
    for (const std::string& category : purpose.categories) {
        const auto in = static_cast<std::size_t>(vocabulary_of(category));
        (is_told(purpose, category, yeses) ? told : lacks).at(in) = true;
    }
    bool any = false;
    for (std::size_t in = 0; in < kVocabularies; ++in) {
        if (told.at(in) && lacks.at(in)) return false;
        any |= told.at(in);
    }
    return any;
}

}  // namespace

PurposeSet agreed_to(const Purposes& purposes, std::span<const std::string_view> yeses) {
    PurposeSet by_itself, by_category;
    for (const std::string_view name : yeses) {
        if (const auto bit = purposes.bit_of(name))
            by_itself = by_itself.with(*bit);
        else
            by_category = by_category | purposes.named(name);
    }
    PurposeSet out = by_itself;
    for (std::size_t i = 0; i < purposes.list.size(); ++i) {
        const auto p = static_cast<std::uint8_t>(i);
        if (by_category.has(p) && is_agreed_to(purposes.list[i], yeses)) out = out.with(p);
    }
    return out;
}

}  // namespace filrouge::consent
