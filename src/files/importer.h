// Years of history from CSV and JSON-lines files, by a map that says which column is what. Running
// an import twice adds nothing: each row has a key (the map's key columns and, for exact repeats,
// an occurrence number) that is deduplicated for ever.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "collect/incoming.h"

namespace filrouge::files {

// Where imported items go: the runtime in this process, or a server. Returns once the items are
// durable; bounded by the caller to kImportBatchMax items. Several may be in flight.
constexpr std::size_t kImportBatchMax = 2'000;
// As bytes_of_item() estimates them: encoded, a batch then stays under kBatchBytesMax, which is
// what a server takes.
constexpr std::size_t kImportBatchBytesMax = 768 * 1024;
std::size_t bytes_of_item(const collect::Item& item);
struct ImportSink {
    virtual ~ImportSink() = default;
    struct Done {
        std::uint64_t stored = 0, deduplicated = 0, not_kept = 0, quarantined = 0;
    };
    // A batch as collect/incoming_codec.h packs it. Blocks only when its own bound of batches in
    // flight is reached; an Error ends the import.
    virtual Result<void> send(Bytes batch) = 0;
    // A batch that states consents. Whether an event is kept depends on those told before it, so
    // what was sent before is stored when this one sets out, and this one is before the next does.
    virtual Result<void> send_in_turn(Bytes batch) { return send(std::move(batch)); }
    virtual Result<Done> finish() = 0;  // waits for all
};

struct Progress {
    std::uint64_t bytes_read = 0, bytes_total = 0;  // of the compressed files
    std::uint64_t rows = 0, items = 0, bad_rows = 0;
    double seconds = 0;
    std::string file;
};

struct ImportReport {
    std::uint64_t rows = 0, items = 0, bad_rows = 0;
    std::uint64_t skipped_rows = 0;     // by the map's filters
    std::uint64_t bad_lookup_rows = 0;  // of lookups: what would have been joined is missing
    std::uint64_t reopened_groups = 0;  // whose lines lay further apart than the map's window
    ImportSink::Done done;
    double seconds = 0;
};

struct ImportOptions {
    std::string map_path;
    std::vector<std::string> files;  // paths, folders (files by the map's patterns), or input=path
    std::int64_t now_us = 0;         // for synthetic times and clamps
    std::function<void(const Progress&)> progress;  // about ten times a second; may be empty
};

// The source id that the map imports into.
Result<std::string> import_source_of(const std::string& map_path);
Result<ImportReport> run_import(const ImportOptions& options, ImportSink& sink);

// Reads the files once more without importing and computes the map's [[check]]s.
struct CheckLine {
    std::string name, expected, got;
    bool equal = false;
    std::string text() const;  // "name: expected E, got G, equal|DIFFERENT"
};
Result<std::vector<CheckLine>> verify_files(const ImportOptions& options);

// What the map says a data folder must answer once everything is imported. The command line asks:
// a rule by Runtime::count_rule, the others by its counts of this source.
struct StoredCheck {
    enum class What { Events, Value, Persons, Rule } what = What::Events;
    std::string name, source;
    std::string event;          // of Events and Value; empty: all
    std::string rule, purpose;  // of Rule
    std::string expected;
    CheckLine compare(std::string got) const;
};
Result<std::vector<StoredCheck>> stored_checks(const std::string& map_path);

}  // namespace filrouge::files
