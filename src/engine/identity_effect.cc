#include "engine/identity_effect.h"

#include <algorithm>
#include <array>
#include <set>

#include "audience/evaluate.h"

namespace filrouge::engine {
namespace {

using Slots = std::array<bool, audience::kAudiencesMax>;

bool would_be_in(const Fold& fold, PersonReader& reader, const PersonEffect& person,
                 const AudienceInfo& audience,
                 const std::function<bool(audience::AudienceNo)>& member_of) {
    const audience::Compiled* rule = fold.live.rule(audience.slot);
    bool is_known_there = false;
    consent::Standing standing;
    for (const FragmentNo f : person.fragments) {
        if (fold.brand_of(f) != audience.use.brand) continue;
        is_known_there = true;
        standing = standing.join(fold.stated_by(f));
    }
    if (rule == nullptr || !is_known_there ||
        !consent::may_use(fold.purposes, audience.use.purpose, standing))
        return false;
    return audience::evaluate(
               *rule, reader.look_as(person.person, person.fragments, audience.use, member_of))
        .in;
}

// A rule after the audiences it names; they never name it in turn.
Slots would_be_in(const Fold& fold, PersonReader& reader, const PersonEffect& person) {
    Slots in{}, done{};
    const std::function<bool(audience::AudienceNo)> member_of = [&in](audience::AudienceNo slot) {
        return in[slot.value];
    };
    for (bool more = true; more;) {
        more = false;
        for (const auto& [id, audience] : fold.audiences) {
            const bool ready =
                std::all_of(audience.needs.begin(), audience.needs.end(),
                            [&](audience::AudienceNo need) { return done[need.value]; });
            if (done[audience.slot.value] || !ready) continue;
            in[audience.slot.value] = would_be_in(fold, reader, person, audience, member_of);
            done[audience.slot.value] = more = true;
        }
    }
    return in;
}

void ask_audiences(const Fold& fold, PersonReader& reader, PersonEffect& person) {
    Slots in{};
    if (!person.fragments.empty()) in = would_be_in(fold, reader, person);
    for (const auto& [id, audience] : fold.audiences) {
        const bool is_in = fold.live.member(audience.slot, person.person);
        if (in[audience.slot.value])
            (is_in ? person.stays : person.enters).push_back(audience.slot);
        else if (is_in)
            person.leaves.push_back(audience.slot);
    }
}

}  // namespace

std::vector<PersonEffect> effects_of(const Fold& fold, PersonReader& reader,
                                     const identity::Graph::Persons& persons,
                                     std::size_t asked_max) {
    std::vector<PersonEffect> out;
    std::set<std::uint32_t> would_be_no_more;
    for (std::vector<FragmentNo> fragments : persons) {
        std::erase_if(fragments, [&](FragmentNo f) { return !fold.is_met(f); });  // erased
        if (fragments.empty()) continue;
        PersonEffect& effect = out.emplace_back();
        effect.person = PersonNo{fragments.front().value};
        effect.fragments = fragments;
        effect.is_known = fold.graph.person_of(fragments.front()) == effect.person;
        for (const FragmentNo f : fragments) {
            would_be_no_more.insert(fold.graph.person_of(f).value);
            effect.events += fold.history.events_of(f);
        }
    }
    for (const PersonEffect& effect : out) would_be_no_more.erase(effect.person.value);
    for (const std::uint32_t number : would_be_no_more) {
        PersonEffect& effect = out.emplace_back();
        effect.person = PersonNo{number};
        effect.is_known = true;
    }
    for (PersonEffect& effect : out) {
        effect.asked = asked_max != 0 && effect.events <= fold.sizes.large_from();
        if (!effect.asked) continue;
        ask_audiences(fold, reader, effect);
        --asked_max;
    }
    return out;
}

}  // namespace filrouge::engine
