// Every pair of persons that matching decided on: tied by a run, waiting for review, or told to be
// the same or not. A pair is known by one identifier of each person, so it follows them through
// merges and un-merges. Rows of the fold's tables; edited by the fold alone.
#pragma once

#include <cstdint>
#include <optional>

#include "base/id.h"
#include "model/event.h"
#include "storage/table.h"

namespace filrouge::engine {

using MatchRunId = Id<struct MatchRunTag>;

// On disk: never renumber. A run says the first two, an operator the others.
enum class MatchVerdict : std::uint8_t { Tied = 1, ToReview = 2, Same = 3, Different = 4 };
constexpr bool is_told(MatchVerdict verdict) { return verdict >= MatchVerdict::Same; }

constexpr std::uint16_t kProbabilityScale = 10'000;

struct MatchedPair {
    FragmentNo a, b;                // a < b, of one brand
    std::uint16_t probability = 0;  // in 1/kProbabilityScale, as the run had it
    MatchVerdict verdict = MatchVerdict::ToReview;
};

class MatchBook {
  public:
    struct Row {
        std::uint64_t run_high, run_low;
        std::uint64_t sequence;  // of the record that decided last
        std::uint32_t a, b;
        std::uint16_t probability;
        std::uint16_t brand;
        std::uint8_t purpose;  // bit number: what the run was for
        std::uint8_t verdict;
        std::uint16_t spare;
        MatchRunId run() const { return {run_high, run_low}; }
        MatchVerdict told() const { return static_cast<MatchVerdict>(verdict); }
    };
    static constexpr std::uint16_t kTableIds = 80;  // of which the index takes 65
    MatchBook(TableSpace& space, std::uint16_t first_id)
        : rows_(space, first_id), index_(space, static_cast<std::uint16_t>(first_id + 1)) {}

    std::uint32_t size() const { return rows_.size(); }
    const Row& at(std::uint32_t number) const { return rows_.at(number); }
    std::optional<std::uint32_t> find(FragmentNo a, FragmentNo b) const;
    // False when that changes nothing: a run says no more of a known pair, nobody of a told one.
    bool put(const MatchedPair& pair, const MatchRunId& run, BrandNo brand, std::uint8_t purpose,
             std::uint64_t sequence);

  private:
    Table<Row> rows_;
    HashIndex index_;  // pair -> row
};

}  // namespace filrouge::engine
