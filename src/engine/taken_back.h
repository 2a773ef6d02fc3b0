// What was said of a purpose, taken back: neither yes nor no any more. No event tells it, so no
// page, file or consent manager can, by mistake or otherwise: only the API, the person's own door
// and a person's export that is read again write its entry of the chain of proofs
// (docs/formats/consent_proof.md), which is also what makes it hold.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "consent/proof.h"
#include "engine/admission.h"
#include "engine/export_document.h"
#include "engine/queries.h"

namespace filrouge::engine {

struct TakenBack {
    FragmentNo fragment;
    BrandNo brand = 0;
    // Each purpose once; how far it reaches is its weight (consent::State::TakenBack).
    std::vector<std::pair<std::uint8_t, ConsentWeight>> what;
    EventTime at;
    consent::Means means = consent::Means::Api;
    std::string evidence;  // a JSON object of at most consent::kEvidenceBytesMax; or empty
};

struct TakenBackSeams {
    const Library& library;
    Random& random;
    const std::function<Result<void>(std::vector<Prepared>)>& write;
};

// An entry for each identifier that is somebody's still, all in one group; returns once they are
// durable and folded. The caller holds `commands`.
Result<void> write_taken_back(const TakenBackSeams& seams, std::vector<TakenBack> taken);

// The entries as an export tells them: [{"type", "value", "brand", "at", "at_us", "purposes":
// {NAME: WEIGHT}}]. Reads the log.
void write_taken_back_export(JsonWriter& w, const Library& library,
                             const std::vector<consent::Entry>& entries);

// Of such a list those that are of the person `id` and still change something here.
struct TakenBackRead {
    std::vector<TakenBack> taken;
    std::uint64_t not_taken = 0;  // no such identifier of the person, purpose or weight
};
TakenBackRead read_taken_back_export(const Library& library, const std::string& id,
                                     const boost::json::object& document, EventTime now);

}  // namespace filrouge::engine
