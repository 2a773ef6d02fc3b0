// Calls that may come twice: where a caller gives one a key (the header Idempotency-Key), the deed
// is done once and its repeats are told the first answer (docs/api.md). One place around every
// handler: a new route that makes something is kept without knowing of it.
#pragma once

#include <string_view>

#include "http/call.h"

namespace filrouge::http {

constexpr std::string_view kRepeatKeyHeader = "idempotency-key";
constexpr std::size_t kRepeatKeyBytesMax = 255;

// Whether a key counts there: what makes or changes something by POST, but for what is the same
// when it is done twice.
bool keeps_answers(const Route& route);
// There, and the caller gave it a key.
bool wants_to_be_kept(const Call& call);
// False: it gave it one that is none, and has been answered.
bool has_good_key(const Call& call);
// False: it is a repeat, and has been answered. Blocks for the disk.
bool is_first_of_its_key(const CallPtr& call);
// Tells the answer once it is kept.
void keep_answer(const Call& call, HttpResponse response, std::string_view code);

}  // namespace filrouge::http
