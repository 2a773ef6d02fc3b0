// W3C Trace Context, version 00 (https://www.w3.org/TR/trace-context/): which step of which chain
// of calls this is. The header is "00-<trace>-<span of the caller>-<flags>", in lower-case hex.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"

namespace filrouge {

using TraceId = Id<struct TraceTag>;

struct Trace {
    TraceId id;
    std::uint64_t span = 0;  // of this step; the next one names it as its parent
    bool sampled = false;

    std::string span_text() const;    // 16 digits
    std::string traceparent() const;  // for the next step
};

// What a caller sent; nothing when it is absent, malformed or all zeros. Of a later version the
// first four fields are read, as the standard asks.
std::optional<Trace> parse_traceparent(std::string_view header);

}  // namespace filrouge
