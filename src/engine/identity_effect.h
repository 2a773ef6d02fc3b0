// What a change of identity would lead to, person by person: asked of the fold as it stands, which
// it does not change. The fold's lock must be held.
#pragma once

#include <vector>

#include "base/json_writer.h"
#include "engine/fold.h"

namespace filrouge::engine {

struct PersonEffect {
    PersonNo person;                    // by the lowest of its fragments, as ever
    std::vector<FragmentNo> fragments;  // none: it would be part of another person
    bool is_known = false;              // there is a person of that number now
    std::uint64_t events = 0;
    // False for a person of so many events that audiences ask it at a tick (fold.sizes), and where
    // nobody wanted to know.
    bool asked = true;
    std::vector<audience::AudienceNo> stays, enters, leaves;
};

// Of persons there would be, as identity::Graph tells them; and of those that would be no more.
// Audiences are asked of the first `asked_max`.
std::vector<PersonEffect> effects_of(const Fold& fold, PersonReader& reader,
                                     const identity::Graph::Persons& persons,
                                     std::size_t asked_max = SIZE_MAX);
// One effect as JSON: the brand's part of the person, its audiences now and then.
void write_effect(JsonWriter& w, const Fold& fold, const PersonEffect& effect, BrandNo brand);

}  // namespace filrouge::engine
