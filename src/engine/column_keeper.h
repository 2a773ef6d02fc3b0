// Keeps the history's columns (history/columns.h) up with the fold, for questions: what they are
// given holds everything folded until then, as identity and consent stood in that instant. Work is
// done when somebody asks, or beforehand when the fold rests; the fold's lock is held for a few
// persons at a time.
#pragma once

#include <atomic>
#include <mutex>

#include "base/result.h"
#include "engine/fair_lock.h"
#include "engine/fold.h"
#include "history/columns.h"
#include "query/run.h"

namespace filrouge::engine {

class ColumnKeeper {
  public:
    ColumnKeeper(Fold& fold, FairLock& lock) : fold_(fold), lock_(lock) {}
    // Waits while another asks. Error: query.cancelled.
    Result<history::View> view(query::Run& run);
    std::uint64_t bytes() const { return bytes_; }  // of the columns as last asked for
    // Persons whose columns are to be made.
    std::uint64_t behind();

  private:
    using Persons = std::vector<std::uint32_t>;
    Result<void> build_ranges(const std::vector<std::uint32_t>& ranges, query::Run& run);
    using Segments = std::vector<std::shared_ptr<const history::Segment>>;
    Segments write_range(std::uint32_t range, query::Run& run);
    std::shared_ptr<const history::Segment> write(const Persons& persons, query::Run& run);
    // Answers how many rows it read.
    std::size_t write_person(class PersonReader& reader, PersonNo person,
                             history::SegmentBuilder& out);
    std::vector<std::uint32_t> missing_ranges();
    bool few_rows_changed() const;
    Result<void> tidy(query::Run& run);

    Fold& fold_;
    FairLock& lock_;
    std::atomic<std::uint64_t> bytes_{0};
    std::mutex mutex_;          // one maintains
    history::Columns columns_;  // guarded by mutex_
};

}  // namespace filrouge::engine
