// What a person is called, by the traits that shops and SDKs tell a name in. The fold's lock must
// be held.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "engine/fold.h"
#include "engine/masking.h"

namespace filrouge::engine {

// The whole of a name goes before its parts; of several spellings of one trait the first counts.
constexpr std::array<std::string_view, 9> kNameTraits = {
    "name",       "full_name", "fullName",  // whole
    "first_name", "firstName", "firstname", "last_name", "lastName", "lastname"};

struct ToldName {
    std::string text;     // empty: none is known
    bool hidden = false;  // a trait that it is made of is masked
};
ToldName name_told(const Fold& fold, std::span<const history::TraitRow> traits, const Mask* mask);

}  // namespace filrouge::engine
