// The answers to offers of a person's export, told again here as they stood there: each line at its
// time, what was taken back as taken back, the benefit as given. Offers are found by id and lines
// by name; what a person told here already stands. Of a line that was taken back or replaced nobody
// knows the answer any more, so it is told as nothing.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/admission.h"
#include "engine/export_document.h"
#include "seam/random.h"

namespace filrouge::engine {

struct OfferLineLeft {
    std::string offer, line;
    std::string why;  // a code: offer_not_found, offer.line_not_found, offer.invalid_answer,
                      // offer.not_allowed, offer.told_here
};
struct OffersTaken {
    std::uint64_t lines = 0;
    std::vector<OfferLineLeft> left;
};

struct OfferImportSeams {
    Random& random;
    // Returns once the records are durable and folded.
    std::function<Result<void>(std::vector<Prepared>)> write;
};
// Of the person `profile`. The caller holds the lock of commands. Error: nothing could be written.
Result<OffersTaken> take_offers(const Library& library, const OfferImportSeams& seams,
                                std::string_view profile, const boost::json::object& document);

}  // namespace filrouge::engine
