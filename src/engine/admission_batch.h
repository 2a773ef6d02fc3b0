// A request on its way through admission; private to it.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "engine/admission.h"
#include "engine/stated_in_batch.h"

namespace filrouge::engine {

struct Admission::Batch {
    PreparedRequest out;
    SourceInfo source;
    std::shared_ptr<const DoorView> view;
    IngestTime received;
    BrandNo brand = 0;
    bool import = false;
    bool confirmed = false;        // its yeses: IngestRequest::confirmed
    StatedInBatch stated;          // by earlier items
    consent::Standing standing;    // before the item at hand
    PurposeSet refused_by_each;    // before it, by every one of its identifiers
    std::uint8_t kept = 0;         // records of the item at hand
    std::uint64_t undeclared = 0;  // members of events that are kept without them
    std::uint64_t refused_identifiers = 0;
};

}  // namespace filrouge::engine
