// Which calls the audit tells of, and what: every one that only those may make who may see a person
// or arrange who may. Whoever may only see figures is not told of.
#pragma once

#include <vector>

#include "engine/rights_desk.h"
#include "http/call.h"

namespace filrouge::http {

bool is_audited(const Route& route);
// Must not happen without its entry: it is written before the handler runs.
bool is_noted_first(const Route& route);
// Its answer tells of several persons at once: each has an entry of their own.
bool tells_of_several(const Route& route);
constexpr std::size_t kAuditedPeopleMax = 1'000;  // of one answer; who comes after has none
std::vector<ProfileId> people_in(std::string_view answer);
// At least one. `body` is the answer's, for the person that a search found.
std::vector<engine::AuditEntry> audit_entries(const Call& call, int status, std::string_view body);

}  // namespace filrouge::http
