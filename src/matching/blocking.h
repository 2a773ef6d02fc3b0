// Which pairs are compared at all: those that agree on a key. A key is a field, or two fields
// loosely (matching/spelling.h); many passes, each by another key, reach a pair that any one of
// them would miss. A few rows more are compared with everybody.
//
// Bounded: all passes together take no more pairs than asked for. Each gets an equal share of what
// the more selective ones before it left, and gives it to its small blocks first; a key that more
// rows share than fit is hot: skipped, counted, and left to the other passes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "matching/records.h"

namespace filrouge::matching {

constexpr std::size_t kPassesMax = 60;
constexpr std::uint64_t kPairsARow = 40;         // compared, on average
constexpr std::uint64_t kPairsAlways = 500'000;  // as many are compared whatever the keys say
constexpr std::uint32_t kBlockRowsMax = 4'096;

struct Key {
    std::uint8_t field = 0;
    bool loose = false;
};
struct Pass {
    std::vector<Key> keys;      // one or two; none: everybody with everybody
    std::uint32_t mask = 0;     // a bit for each key: 2 x field, and one more when loose
    double pairs_expected = 0;  // from how often values are shared
};
struct PassFigures {
    std::uint64_t blocks = 0, pairs = 0;       // taken; a pair of an earlier pass counts here too
    std::uint64_t hot_keys = 0, hot_rows = 0;  // skipped
    std::uint32_t block_rows_max = 0;          // of those taken
};

// The blocks of a pass. A block's rows stand together: of the First side, then of the Second.
struct Blocks {
    std::vector<std::uint32_t> rows;
    struct Block {
        std::uint32_t begin = 0, second = 0, end = 0;  // in rows; second: where that side begins
    };
    std::vector<Block> blocks;
    PassFigures figures;
};

class Blocking {
  public:
    // `between`: pairs have one row of either side; else the sides are ignored.
    Blocking(const Records& records, bool between);

    const std::vector<Pass>& passes() const { return passes_; }  // the most selective first
    std::uint64_t pairs_possible() const;
    std::uint64_t pairs_max() const;  // for all passes

    // A share 1 / sample of the keys, chosen by their hash. `remember` notes which rows' keys were
    // hot, for met_in: do so for each pass in order, with all keys.
    Blocks blocks(std::size_t pass, std::uint64_t pairs, std::uint32_t sample, unsigned threads,
                  bool remember);
    // A bit for each of the first `passes` that brings the two rows together.
    std::uint64_t met_in(std::uint32_t a, std::uint32_t b, std::size_t passes) const;
    bool between() const { return between_; }

  private:
    struct Entry {
        std::uint64_t key;
        std::uint32_t row;  // with the side as its highest bit, so that sides stand apart
        bool operator<(const Entry& o) const { return key != o.key ? key < o.key : row < o.row; }
    };
    using Entries = std::vector<Entry>;
    std::vector<Pass> candidates() const;
    double shared(const Key& key) const;
    std::uint32_t number(std::uint32_t row, const Key& key) const;
    std::uint64_t key_of(std::uint32_t row, const Pass& pass) const;
    Entries entries(const Pass& pass, std::uint32_t sample, unsigned part, unsigned parts) const;
    void take(const Entries& entries, std::uint64_t block_pairs_max, std::size_t pass,
              bool remember, Blocks& out);
    std::uint64_t pairs_of(std::uint64_t first, std::uint64_t second) const;
    template <class Each>
    void each_block(const Entries& entries, Each each) const;

    const Records& records_;
    bool between_;
    std::vector<Pass> passes_;
    std::vector<std::uint64_t> hot_;  // by row: a bit for each pass
};

// each(a, b) for every pair of a block.
template <class Each>
void each_pair(const Blocks& blocks, const Blocks::Block& block, bool between, Each each) {
    for (std::uint32_t i = block.begin; i < (between ? block.second : block.end); ++i) {
        for (std::uint32_t j = between ? block.second : i + 1; j < block.end; ++j)
            each(blocks.rows[i], blocks.rows[j]);
    }
}

}  // namespace filrouge::matching
