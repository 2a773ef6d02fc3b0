// Everything that is known of one person, for the person: as one JSON document
// (docs/formats/export.md), and back from it into another shop. No purpose limits what is told.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "engine/admission.h"
#include "engine/queries.h"

namespace filrouge::engine {

constexpr std::uint64_t kExportBytesMax = 256ull << 20;
constexpr std::string_view kExportFormat = "filrouge.person";
constexpr int kExportVersion = 1;

// What others answer about the person, as JSON.
struct PersonAnswers {
    std::string reads;        // who looked
    std::string restraints;   // restricted, objections
    std::string corrections;  // what was put right
    std::string requests;     // an array: those the person made
};
// Reads the whole log, for it alone has everything. Errors: profile_not_found, export.too_large.
Result<std::string> export_json(const Library& library, std::string_view id, EventTime now,
                                const PersonAnswers& answers);

// The same without events and reads, for the person's own page: nothing of it wants the whole log.
// The reads of `answers` are left out.
Result<std::string> overview_json(const Library& library, std::string_view id, EventTime now,
                                  const PersonAnswers& answers);

// Events of one source, as the document tells them and in its order.
struct PersonPart {
    std::string source;  // id
    std::vector<collect::Item> items;
};
// Errors: api.invalid_json, export.unknown_format, export.invalid.
Result<std::vector<PersonPart>> read_export(std::string_view json);

}  // namespace filrouge::engine
