// Decisions about identity: checked, written to the log, listed.
#include <algorithm>
#include <boost/json.hpp>
#include <shared_mutex>

#include "base/json_writer.h"
#include "engine/identity_asked.h"
#include "engine/identity_desk_impl.h"
#include "engine/request_body.h"
#include "engine/sealed_record.h"
#include "engine/times.h"

namespace filrouge::engine {

namespace json = boost::json;

namespace {

using Reading = std::shared_lock<FairLock>;

Result<FragmentNo> identifier_at(const Fold& fold, const json::object& body, const char* field) {
    const auto fragment = identifier_named(fold, TRY(text_of(body, field, true)));
    if (!fragment) return no_profile();
    return *fragment;
}

Result<void> check_edge(const Fold& fold, const DecisionAsked& asked) {
    const auto edge = fold.graph.edge_between(asked.a, asked.b);
    if (!edge || edge->state == identity::EdgeState::Closed ||
        fold.brand_of(asked.a) != fold.brand_of(asked.b))
        return Error{"evidence_not_found", "Nothing in one brand ties these two identifiers.",
                     "GET /api/v1/profiles/{id}/graph shows what ties a person's."};
    const bool withdrawn = edge->state == identity::EdgeState::Withdrawn;
    if (withdrawn != (asked.verdict == Verdict::Restore))
        return Error{
            "decision_conflict",
            withdrawn ? "This evidence is withdrawn already." : "This evidence is not withdrawn.",
            "GET /api/v1/identity/decisions lists what was decided."};
    return {};
}

Result<void> check_identifier(const Fold& fold, const DecisionAsked& asked) {
    if (is_shared_thing(fold.graph.type_of(asked.a)))
        return Error{"identity.shared_thing", "A shared thing never ties people together.", ""};
    const bool blocked = fold.graph.is_blocked(asked.a);
    if (blocked != (asked.verdict == Verdict::Unblock))
        return Error{
            "decision_conflict",
            blocked ? "This identifier is blocked already." : "This identifier is not blocked.",
            "GET /api/v1/identity/decisions lists what was decided."};
    return {};
}

void write_identifier(JsonWriter& w, const Fold& fold, std::string_view name, FragmentNo fragment) {
    const IdentifierTypeRow* type = row_of(fold.graph.type_of(fragment));
    w.key(name)
        .open_object()
        .field("id", fold.names.name_of(fragment).text())
        .field("type", type != nullptr ? type->name : "")  // none: erased in this instant
        .field("person", profile_id(fold, fold.graph.person_of(fragment)))
        .close();
}

// Not of somebody erased.
bool is_known(const Fold& fold, const Fold::DecisionRow& row) {
    const FragmentNo a{row.a}, b{row.b};
    return fold.is_met(a) && (b.is_none() || fold.is_met(b));
}

}  // namespace

Result<DecisionAsked> decision_asked(const Fold& fold, const json::object& body) {
    const auto verdict = verdict_named(TRY(text_of(body, "action", true)));
    if (!verdict)
        return Error{"identity.unknown_action", "The action is not known.",
                     "One of: withdraw, restore (evidence 'a', 'b'); block, unblock (identifier "
                     "'a')."};
    DecisionAsked asked{*verdict, TRY(identifier_at(fold, body, "a")), {}};
    if (is_about_an_edge(*verdict)) {
        asked.b = TRY(identifier_at(fold, body, "b"));
        TRY(check_edge(fold, asked));
    } else {
        TRY(check_identifier(fold, asked));
    }
    return asked;
}

void IdentityDeskImpl::decide(std::string text, std::string_view actor, Reply done) {
    const std::lock_guard guard(seams_.commands);
    done([&]() -> Result<std::string> {
        const json::object body = TRY(object_of(text));
        IdentityDecision decision;
        decision.reason = TRY(text_of(body, "reason", true, kDecisionReasonBytesMax));
        decision.by = TRY(text_of(body, "by", false));
        if (decision.by.empty()) decision.by = actor;
        {
            const Reading reading(library_.lock);
            const DecisionAsked asked = TRY(decision_asked(library_.fold, body));
            decision.verdict = asked.verdict;
            decision.a = asked.a;
            decision.b = asked.b;
        }
        decision.id = seams_.new_id();
        decision.at = as_event_time(seams_.now());
        TRY(write(decision));
        const Reading still(seams_.tables);
        const Reading reading(library_.lock);
        std::string out;
        JsonWriter w(out);
        w.open_object()
            .field("sequence", library_.fold.applied())
            .field("action", name_of(decision.verdict));
        write_identifier(w, library_.fold, "a", decision.a);
        if (!decision.b.is_none()) write_identifier(w, library_.fold, "b", decision.b);
        w.close();
        return out;
    }());
}

Result<void> IdentityDeskImpl::write(const IdentityDecision& decision) {
    Bytes clear, plain;
    encode_identity_decision_clear(decision, clear);
    encode_identity_decision_sealed(decision, plain);
    return seams_.write(
        one_record(sealed_record(library_.keys, RecordType::IdentityDecision, decision.a,
                                 decision.id, std::move(clear), std::move(plain))));
}

Result<std::string> IdentityDeskImpl::decisions(std::uint64_t before, std::size_t limit) {
    const Reading still(seams_.tables);
    std::vector<Fold::DecisionRow> rows;  // newest first
    {
        const Reading reading(library_.lock);
        const auto& all = library_.fold.decisions;
        for (std::uint32_t i = all.size(); i-- > 0 && rows.size() <= limit;) {
            if (before != 0 && all.at(i).sequence >= before) continue;
            if (is_known(library_.fold, all.at(i))) rows.push_back(all.at(i));
        }
    }
    const bool more = rows.size() > limit;
    if (more) rows.pop_back();
    std::string out;
    JsonWriter w(out);
    w.open_object().key("decisions").open_array();
    for (const Fold::DecisionRow& row : rows) {
        const auto told = told_of(row.sequence);
        const Reading reading(library_.lock);
        w.open_object()
            .field("record", row.sequence)
            .field("at", iso_time(EventTime{row.at}))
            .field("action", name_of(static_cast<Verdict>(row.verdict)));
        write_identifier(w, library_.fold, "a", FragmentNo{row.a});
        if (const FragmentNo b{row.b}; !b.is_none()) write_identifier(w, library_.fold, "b", b);
        if (told) w.field("by", told->by).field("reason", told->reason);
        w.close();
    }
    w.close();
    if (more) w.field("next_before", rows.back().sequence);
    w.close();
    return out;
}

std::optional<IdentityDecision> IdentityDeskImpl::told_of(std::uint64_t sequence) const {
    const auto record = open_record(library_, sequence);
    IdentityDecision decision;
    if (!record.ok() || !record.value().opened ||
        !decode_identity_decision_sealed(record.value().plain, decision))
        return std::nullopt;
    return decision;
}

}  // namespace filrouge::engine
