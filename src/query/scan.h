// How every question reads the history: batches of rows, each with whole persons in it, decoded
// into memory that stays in the processor's cache. A batch shows only parts of the asked brand
// whose persons allow the purpose now; which of its rows the purpose may see is said row by row.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <thread>
#include <vector>

#include "base/result.h"
#include "history/columns.h"
#include "model/event.h"
#include "query/run.h"

namespace filrouge::query {

constexpr std::uint32_t kBatchRows = 8'192;  // a person with more has a batch of their own
constexpr std::uint32_t kUnitRows = 131'072;
constexpr std::size_t kThreads = 2;  // the machine this is made for has two cores

// On whose behalf a question reads.
struct Scope {
    BrandNo brand = 0;
    std::uint8_t purpose = 0;
    bool bots = false;                              // also what automatic visitors did
    bool nobodies = false;                          // also what no person did (history/segment.h)
    std::int64_t from = INT64_MIN, to = INT64_MAX;  // event time in microseconds, [from, to)
    // Bit by person: ask these only; empty: everybody.
    std::span<const std::uint64_t> who;
    bool includes(PersonNo person) const {
        return who.empty() || (person.value / 64 < who.size() &&
                               (who[person.value / 64] >> (person.value % 64) & 1));
    }
};

// The same with so much time before it, in which the causes of what is asked about lie.
inline Scope with_time_before(Scope scope, std::int64_t length_us) {
    if (__builtin_sub_overflow(scope.from, length_us, &scope.from)) scope.from = INT64_MIN;
    return scope;
}

struct PartRows {
    PersonNo person;                   // none: nobody's
    std::uint32_t begin = 0, end = 0;  // in the batch; one row at least
};

class Batch {
  public:
    const history::Segment& segment() const { return *segment_; }
    std::uint32_t first_row() const { return first_row_; }
    std::uint32_t rows() const { return rows_; }
    std::span<const PartRows> parts() const { return parts_; }
    // 1 for a row of parts() that the scope includes, else 0.
    std::span<const std::uint8_t> visible();
    bool all_visible();  // within parts(); between them there may be rows of others
    bool everything_visible() { return whole_ && all_visible(); }
    void keep_visible(std::span<std::uint8_t> mask);  // clears what is not
    std::span<const std::int64_t> at();
    std::span<const std::uint8_t> channel();
    // Of some rows; the rest is not decoded for them. Until the next call.
    std::span<const std::uint8_t> channel(std::uint32_t first, std::uint32_t rows);
    std::span<const std::uint32_t> name_codes();
    // The same where a byte holds them, else null.
    const std::uint8_t* small_name_codes() const {
        const history::PackedColumn& c = segment_->name;
        const bool plain = c.width == 1 && c.base == 0 && c.unit == 1;
        return plain ? reinterpret_cast<const std::uint8_t*>(c.data) + first_row_ : nullptr;
    }

  private:
    friend class Reader;
    enum Has : std::uint8_t { kVisible = 1, kAt = 2, kChannel = 4, kNames = 8 };
    void fill_visible();
    const history::Segment* segment_ = nullptr;
    const Scope* scope_ = nullptr;
    std::uint32_t first_row_ = 0, rows_ = 0;
    std::uint8_t has_ = 0;
    bool all_visible_ = false;
    bool whole_ = false;  // no rows but those of parts
    std::vector<PartRows> parts_;
    std::vector<std::uint8_t> visible_, channel_, channel_of_few_;
    std::vector<std::int64_t> at_;
    std::vector<std::uint32_t> names_;
};

// Cuts a view into units that threads take one by one.
class Plan {
  public:
    Plan(const history::View& view, const Scope& scope, Run& run);
    const Scope& scope() const { return scope_; }
    Run& run() { return run_; }

  private:
    friend class Reader;
    struct Unit {
        const history::Piece* piece;
        std::uint32_t first_part, end_part;
    };
    const history::View& view_;
    Scope scope_;
    Run& run_;
    std::vector<Unit> units_;
    std::atomic<std::size_t> next_{0};
};

// One thread's way through a plan.
class Reader {
  public:
    explicit Reader(Plan& plan) : plan_(plan) {}
    Batch* next();  // null at the end, or when the question was cancelled

  private:
    bool fill();
    void take_all();
    void take_open();
    void begin_unit(const Plan::Unit& unit);
    bool open(std::uint32_t part) const;

    Plan& plan_;
    const Plan::Unit* unit_ = nullptr;
    std::uint32_t part_ = 0;  // from the unit's first
    bool all_open_ = false;   // every part of the unit may be read and is asked for
    std::vector<std::uint32_t> first_rows_, persons_;  // of the unit's parts, and one row more
    Batch batch_;
};

// How many rows ahead sparse reads are asked for.
constexpr std::size_t kReadAhead = 16;

// The places of the ones in a mask of zeros and ones, ascending; they lie in `room`, which only
// grows.
std::span<const std::uint32_t> places_of_ones(std::span<const std::uint8_t> mask,
                                              std::vector<std::uint32_t>& room);
// The places of `wanted`, as above.
std::span<const std::uint32_t> places_equal(std::span<const std::uint8_t> codes,
                                            std::uint8_t wanted, std::vector<std::uint32_t>& room);
std::uint32_t count_ones(std::span<const std::uint8_t> mask);

// Each worker sees its share of the batches: worker.segment(const Segment&) before the first batch
// of each segment, then worker.batch(Batch&). One thread a worker.
template <class Worker>
Result<void> scan(const history::View& view, const Scope& scope, Run& run,
                  std::span<Worker> workers) {
    Plan plan(view, scope, run);
    const auto work = [&plan](Worker& worker) {
        Reader reader(plan);
        const history::Segment* last = nullptr;
        while (Batch* batch = reader.next()) {
            if (&batch->segment() != last) worker.segment(batch->segment());
            last = &batch->segment();
            worker.batch(*batch);
        }
    };
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 1; i < workers.size(); ++i)
            threads.emplace_back([&, i] { work(workers[i]); });
        work(workers[0]);
    }
    return run.check();
}

}  // namespace filrouge::query
