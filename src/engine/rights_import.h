// The part of a person's export (docs/formats/export.md) that is no event: what they put right,
// what they object to, and that their data is restricted. Told anew in the shop that reads it.
#pragma once

#include <cstdint>
#include <string>

#include "engine/export_document.h"
#include "engine/rights_desk.h"

namespace filrouge::engine {

struct RightsTaken {
    std::uint64_t corrections = 0;
    std::uint64_t restraints = 0;  // objections, to a purpose or to profiling, and a restriction
    std::uint64_t not_taken = 0;   // such as an objection to a purpose that is not known here
};
// Of the person `id`, once the document's events are in.
RightsTaken take_rights(RightsDesk& desk, const std::string& id,
                        const boost::json::object& document);

}  // namespace filrouge::engine
