// What operators ask and decide about who is one person: the evidence of a person as a graph, its
// withdrawal and return, and what either would lead to. JSON of schema/api.json; errors as the
// Runtime's questions. Thread-safe; owned by the Runtime.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/runtime.h"

namespace filrouge::engine {

class IdentityDesk {
  public:
    virtual ~IdentityDesk() = default;

    // A person's identifiers as nodes, evidence as edges, refused and withdrawn ones too. Values of
    // identifiers are there when the person allows `purpose`, or `sees_values` whatever they allow:
    // who separates two persons must see whom.
    virtual Result<std::string> graph(std::string_view profile, std::string_view purpose,
                                      std::string_view brand, bool sees_values,
                                      std::uint64_t after) = 0;
    // {"action", "a", "b", "reason", "by"}: withdraws evidence or puts it back, blocks an
    // identifier or lets it in again. `role` decides where nobody is named.
    virtual void decide(std::string json, std::string_view role, Reply done) = 0;
    // Those there were, the newest first, before that record (0: all).
    virtual Result<std::string> decisions(std::uint64_t before, std::size_t limit) = 0;
};

}  // namespace filrouge::engine
