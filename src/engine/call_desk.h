// Calls that their caller gave a key (the header Idempotency-Key), so that a repeat is one deed:
// the beginning is on disk before the deed, the answer before it is told. A repeat is told the
// first answer, through a restart and a kill at any moment; where a crash came between the two
// nobody knows whether the deed was done, and a repeat is told just that (docs/api.md).
//
// Keys and requests are kept as keyed hashes. An answer is sealed with a key that follows from a
// process key and the caller's own, which is written nowhere: neither disk nor memory opens it, but
// a repeat does. An erasure renews the process key, so that nothing told of anybody outlives it.
//
// Thread-safe; owned by the Runtime.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace filrouge::engine {

constexpr std::size_t kKeptAnswerBytesMax = 128 * 1024;  // of a larger one its repeat tells so

struct CallAsked {
    std::string caller;   // who may repeat it: each has keys of their own
    std::string key;      // as the caller told it
    std::string request;  // all that has to be the same in a repeat, but its body
};

struct CallAnswer {
    std::uint16_t status = 0;
    std::string type;   // of its content
    std::string about;  // the profile whose it was, for the audit of a repeat; may be empty
    std::string body;
    bool operator==(const CallAnswer&) const = default;
};

class CallDesk {
  public:
    virtual ~CallDesk() = default;
    // The first answer, where this is a repeat. Nothing: the deed is to be done, its beginning is
    // durable, and one of the three below follows. Blocks for the disk. Errors:
    // idempotency.key_reused (for another request), .under_way, .outcome_unknown, .answer_gone,
    // .overloaded.
    virtual Result<std::optional<CallAnswer>> begin(const CallAsked& asked,
                                                    std::string_view body) = 0;
    // Both call `then` when it is durable, from any thread; or when it cannot be written.
    virtual void finish(const CallAsked& asked, const CallAnswer& answer,
                        std::function<void()> then) = 0;
    virtual void nothing_done(const CallAsked& asked, std::function<void()> then) = 0;
    virtual void lose(const CallAsked& asked) = 0;  // what became of it is not known
};

}  // namespace filrouge::engine
