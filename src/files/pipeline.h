// Reads the planned files, row by row, and hands on rows and items. Import and verification are
// two listeners of this one loop, so what is verified is what is imported.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "collect/incoming.h"
#include "files/importer.h"
#include "files/layout.h"
#include "files/map.h"
#include "files/plan.h"
#include "files/row_mapper.h"

namespace filrouge::files {

struct RowPlace {
    std::uint64_t number = 0;    // of its record, from 1
    std::uint64_t position = 0;  // within an exploded record
    std::uint64_t hash = 0;
};

class RowListener {
  public:
    virtual ~RowListener() = default;
    // A file begins. `mapper` is nullptr where the input is only read for checks.
    virtual Result<void> begin(RowLayout& layout, RowMapper* mapper) = 0;
    virtual void row(const Row& row, const RowPlace& place) = 0;  // before the input's filter
    virtual Result<void> item(const InputMap& input, const collect::Item& item) = 0;
    virtual void unfit() = 0;
    virtual Result<void> end() = 0;  // of the file
};

struct PipelineFigures {
    std::uint64_t rows = 0, items = 0, unfit_rows = 0, skipped_rows = 0;
    std::uint64_t unfit_lookup_rows = 0;
    std::uint64_t reopened_groups = 0;  // lines of one group lay further apart than the window
    double seconds = 0;
};

Result<PipelineFigures> run_pipeline(const ImportMap& map, const Plan& plan, std::int64_t now_us,
                                     const std::function<void(const Progress&)>& progress,
                                     RowListener& listener);

}  // namespace filrouge::files
