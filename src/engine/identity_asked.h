// A decision about identity as a request asks for it, checked against what is known.
#pragma once

#include <boost/json/object.hpp>

#include "engine/identity_record.h"
#include "engine/person_asked.h"

namespace filrouge::engine {

struct DecisionAsked {
    Verdict verdict = Verdict::Withdraw;
    FragmentNo a, b;  // b: none where it is about an identifier
};
// {"action", "a", "b"}, identifiers by their profile ids. The fold's lock must be held. Errors:
// identity.unknown_action, profile_not_found, evidence_not_found, decision_conflict (it is so
// already), api.missing_field, api.invalid_field.
Result<DecisionAsked> decision_asked(const Fold& fold, const boost::json::object& body);

}  // namespace filrouge::engine
