// Where in the log the records of the audit are, so that a page of it is not a pass over all events
// of years: a bit for each stretch of the log. Part of the fold's state.
#pragma once

#include <cstdint>
#include <vector>

#include "storage/table.h"

namespace filrouge::engine {

constexpr std::uint64_t kAuditStretch = 1'024;  // sequences

// What a reader of the audit has to look at.
struct AuditStretches {
    std::vector<std::uint64_t> begins;  // first sequences of stretches, ascending, below `rest`
    std::uint64_t rest = 1;             // and everything from there on: nobody knows yet
};

class AuditPlaces {
  public:
    AuditPlaces(TableSpace& space, std::uint16_t id) : words_(space, id) {}
    void note(std::uint64_t sequence);  // of a record of the audit
    // Of a log that was noted up to `applied`.
    AuditStretches up_to(std::uint64_t applied) const;

  private:
    Table<std::uint64_t> words_;  // a bit for each stretch
};

}  // namespace filrouge::engine
