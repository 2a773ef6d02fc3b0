// The fold's part for who is one person: what evidence, decisions and limits change, and what
// follows from it.
#include <algorithm>

#include "engine/fold.h"
#include "engine/identity_record.h"
#include "engine/records.h"
#include "engine/settings_record.h"
#include "engine/thing_record.h"

namespace filrouge::engine {

// What other brands know under the same identifier is tied to it; a shared thing is the brand's
// own.
void Fold::tie_brands(const Event& event, std::uint64_t sequence) {
    if (brands.size() == 1) return;
    for (const Identifier& id : event.identifiers) {
        const FragmentNo number = event.brand == 0 ? id.fragment : id.in_first_brand;
        if (!number.is_none() && !is_shared_thing(id.type))
            graph.same(id.fragment, number, event.at, sequence, event.source, changed_);
    }
}

// The withdrawn pair, or the blocked identifier, is in the clear part: a decision holds also when
// its reason, sealed under the person's key, was forgotten.
void Fold::apply_identity_decision(const RecordView& record, Consequences& out) {
    IdentityDecision decision;
    if (!decode_identity_decision_clear(record.clear, decision)) return;
    if (is_erased(decision.a) || is_erased(decision.b)) return;
    changed_.clear();
    if (!decide(decision)) return;
    decisions.append({record.sequence, decision.at.us, decision.a.value, decision.b.value,
                      static_cast<std::uint32_t>(decision.verdict), 0});
    regroup(out);
}

bool Fold::decide(const IdentityDecision& decision) {
    switch (decision.verdict) {
        case Verdict::Withdraw: return graph.withdraw(decision.a, decision.b, changed_);
        case Verdict::Restore: return graph.restore(decision.a, decision.b, changed_);
        case Verdict::Block: return graph.block(decision.a, true, changed_);
        case Verdict::Unblock: return graph.block(decision.a, false, changed_);
    }
    return false;
}

void Fold::apply_identity_rules(const RecordView& record, Consequences& out) {
    DocumentFacts facts;
    if (!decode_document(record.clear, facts)) return;
    documents.put(record.type, facts.id, facts.json, facts.removed, record.sequence);
    changed_.clear();
    graph.set_limits(limits_told(), changed_);
    regroup(out);
}

// The settings' file says some, an operator's rules others; what neither says is the default.
identity::Limits Fold::limits_by(const IdentityRules& rules) const {
    identity::Limits limits = identity::Limits::defaults();
    for (const DocumentView& document : documents.of(RecordType::Settings)) {
        if (const auto settings = parse_fold_settings(document.json)) limits = settings->limits;
    }
    rules.put_into(limits);
    return limits;
}

IdentityRules Fold::rules_told() const {
    for (const DocumentView& document : documents.of(RecordType::IdentityRules)) {
        if (auto rules = parse_identity_rules(document.json)) return std::move(*rules);
    }
    return {};
}

identity::Limits Fold::limits_told() const { return limits_by(rules_told()); }

void Fold::bind_things(const Event& event, std::uint64_t sequence,
                       std::vector<audience::Change>& changes) {
    if (!is_binding(event.kind, event.name)) return;
    const bool bind = event.name == kThingBound;
    FragmentNo thing, person;
    for (const Identifier& id : event.identifiers) {
        FragmentNo& slot = is_shared_thing(id.type) ? thing : person;
        if (slot.is_none()) slot = id.fragment;
    }
    if (thing.is_none()) return;
    const PersonNo before = graph.bound_to(thing, event.at);
    if (bind && !person.is_none() && graph.bind(thing, person, event.at, sequence)) {
        // What the thing did since may be the person's from now on; past the limit it is enough.
        const PersonNo holder = graph.person_of(person);
        sizes.add(person, holder, 1 + history.count_since(thing, event.at, sizes.large_from()));
    }
    if (!bind) graph.release(thing, event.at, sequence);
    look_at_holders(thing, before, event.at, changes);
}

// After the event it follows: where that still holds it says the same, and nothing is added.
void Fold::apply_thing_passed_on(const RecordView& record, Consequences& out) {
    ThingPassedOn told;
    if (!decode_thing_passed_on(record.clear, told) || is_erased(told.thing)) return;
    // One not met yet may have been lent earlier, by an event that comes later.
    graph.meet(told.thing, told.type);
    if (told.thing.value >= fragments.size()) fragments.resize(told.thing.value + 1);
    const std::uint64_t sequence =
        told.sequence != 0 ? told.sequence : record.sequence - told.before;
    if (graph.has_statement(told.thing, told.at, sequence)) return;
    const PersonNo before = graph.bound_to(told.thing, told.at);
    graph.release(told.thing, told.at, sequence);
    if (!before.is_none()) look_at_holders(told.thing, before, told.at, out.changes);
}

void Fold::look_at_holders(FragmentNo thing, PersonNo before, EventTime at,
                           std::vector<audience::Change>& changes) {
    stale_columns.mark(PersonNo{thing.value});
    for (const PersonNo p : {before, graph.bound_to(thing, at)}) {
        if (p.is_none() || !is_person(p.value)) continue;
        live.touched(p, {.all = true}, *this, changes);
        stale_columns.mark(p);
    }
}

// After evidence changed: who is no longer a person of their own leaves the audiences, and whoever
// gained or lost a fragment is looked at anew.
void Fold::regroup(Consequences& out) {
    if (changed_.empty()) return;
    std::vector<PersonNo> affected;
    for (const FragmentNo fragment : changed_) {
        if (fragment.value >= fragments.size()) fragments.resize(fragment.value + 1);
        const PersonNo person = graph.person_of(fragment);
        affected.push_back(PersonNo{fragments.at(fragment.value).person});
        affected.push_back(person);
        fragments.edit(fragment.value).person = person.value;
        if (person.value == fragment.value) continue;
        sizes.vanish(PersonNo{fragment.value});
        live.vanished(PersonNo{fragment.value}, out.changes);
    }
    std::sort(affected.begin(), affected.end());
    affected.erase(std::unique(affected.begin(), affected.end()), affected.end());
    std::vector<FragmentNo> mine;
    for (const PersonNo person : affected) {
        stale_columns.mark(person);
        if (!is_person(person.value)) continue;
        mine.clear();
        graph.fragments_of(person, mine);
        sizes.regroup(person, mine);
        out.consent_of.push_back(person);
        live.touched(person, {.all = true}, *this, out.changes);
    }
}

}  // namespace filrouge::engine
