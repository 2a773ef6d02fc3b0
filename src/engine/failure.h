// What ends the engine for good, and how it is told.
#pragma once

#include <string_view>

#include "base/result.h"
#include "engine/runtime.h"

namespace filrouge::engine {

// A notice, once, before the state is Failed: its first field is the error's code, the second what
// it says.
constexpr std::string_view kNoticeFailed = "failed";

// Of a write to keys/, a failure is final as that of an append is: nobody knows what the disk has.
// One that found no space may be tried again.
inline bool is_final(const Error& error) {
    if (is_disk_full(error) || error.code == "disk.full") return false;
    return error.code.starts_with("disk.") || error.code.starts_with("keys.");
}

// `fail` is called where it is final. Answers what the caller is told.
template <typename Fail>
Error failed_unless_full(const Error& error, Fail fail) {
    if (!is_final(error)) return error;
    fail(error);
    return {"engine.failed", "The server can no longer write.", "Look at its diagnostic log."};
}

}  // namespace filrouge::engine
