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
    // identifier or lets it in again. `actor`, an id, decides where nobody is named.
    virtual void decide(std::string json, std::string_view actor, Reply done) = 0;
    // {"action", "a", "b"}: what that would lead to, person by person; changes nothing.
    virtual Result<std::string> preview(std::string_view json) = 0;
    // Merges to review, evidence that gave way and identifiers on too many people, the most
    // suspicious first, of one brand or of all. Blocks for up to seconds: not on an I/O thread.
    virtual Result<std::string> suspicious(std::string_view brand, std::size_t skip,
                                           std::size_t limit) = 0;
    // Limits, priorities, and how many people an identifier may be on: as they are, and from where;
    // what is blocked.
    virtual Result<std::string> rules() = 0;
    // {"people_max", "types": [{"type", "per_person_max", "priority"}]}: what would change over the
    // history; changes nothing. Blocks for up to minutes: not on an I/O thread.
    virtual Result<std::string> preview_rules(std::string_view json) = 0;
    // The same with "reason" and "by": in force once it is answered, for all that was ever seen.
    // What it does not name is as the settings' file says.
    virtual void set_rules(std::string json, std::string_view actor, Reply done) = 0;
    // Those there were, the newest first, before that record (0: all).
    virtual Result<std::string> decisions(std::uint64_t before, std::size_t limit) = 0;
};

}  // namespace filrouge::engine
