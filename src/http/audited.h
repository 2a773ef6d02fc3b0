// Which calls the audit tells of, and what: every one that only those may make who may see a person
// or arrange who may. Whoever may only see figures is not told of.
#pragma once

#include "engine/rights_desk.h"
#include "http/call.h"

namespace filrouge::http {

bool is_audited(const Route& route);
// Must not happen without its entry: it is written before the handler runs.
bool is_noted_first(const Route& route);
// `body` is the answer's, for the person that a search found.
engine::AuditEntry audit_entry(const Call& call, int status, std::string_view body);

}  // namespace filrouge::http
