// What a credential that is limited to brands may ask: only what can be answered of these brands
// alone. A route that is not in the table is refused to it, so a new one is closed until somebody
// says how it keeps to a brand.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "http/route.h"

namespace filrouge::http {

bool is_open_to_brands(const Route& route);

// Nothing where the call may go on; the one brand the credential has is filled in where none is
// named. Errors: brand.forbidden, brand.missing; audience_not_found, task_not_found and
// note_not_found (another brand's).
Result<void> keep_to_brands(Call& call);

// The purposes as the engine tells them, without what uses each.
std::string without_users(const std::string& purposes);

// For a question about a person and the audience in the path: whether somebody is known to another
// brand is not for who is limited to this one. Reads the person: not on an I/O thread. Error:
// profile_not_found.
Result<void> keep_person_to_audience(const Call& call, std::string_view profile);

}  // namespace filrouge::http
