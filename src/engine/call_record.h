// The record of a call that its caller gave a key, so that a repeat is told the first answer
// instead of doing the deed again (docs/api.md). Spec: docs/formats/records.md, CallKept.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/hash.h"

namespace filrouge::engine {

enum class CallStep : std::uint8_t {  // on disk
    Begun = 1,
    Answered = 2,
    NothingDone = 3,  // refused: the same key may begin again
};

struct CallKept {
    CallStep step = CallStep::Begun;
    Hash128 key;            // of caller and key, keyed; never zero
    Hash128 request;        // of what a repeat has to be the same in, keyed; of one that begins
    BytesView sealed = {};  // the answer, of one that is answered; empty: it was too large to keep
};
void encode_call_kept(const CallKept& call, Bytes& out);
bool decode_call_kept(BytesView clear, CallKept& call);  // `sealed` looks at `clear`

}  // namespace filrouge::engine
