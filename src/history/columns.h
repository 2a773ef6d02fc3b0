// The whole history in columns, as questions read it: pieces that never change, and which parts of
// them still hold. Persons lie in ranges by number, each range some base pieces; those who changed
// since are in newer, smaller pieces (deltas), which are merged as they grow in number, and a range
// is written anew when too many of its persons have changed. So what a change costs depends on who
// changed, not on how many there are.
//
// Derived and not part of the fold's state: made from the rows of history/store.h by a Writer,
// under the fold's lock in short holds. One thread at a time maintains; any number hold views.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "history/segment.h"

namespace filrouge::history {

constexpr std::uint32_t kPersonsPerRange = 32'768;
// A range of more is several base pieces: while one is made it takes several times its bytes.
constexpr std::uint32_t kRowsPerPiece = 768 * 1'024;

// Bit by part: its person is in a newer piece.
using DeadParts = std::vector<std::uint64_t>;

struct Piece {
    std::shared_ptr<const Segment> segment;
    std::shared_ptr<const DeadParts> dead;  // null: none
    bool live(std::uint32_t part) const {
        return dead == nullptr || ((*dead)[part / 64] >> (part % 64) & 1) == 0;
    }
};
// What a question reads from its beginning to its end.
struct View {
    std::vector<Piece> pieces;
    std::uint64_t sequence = 0;  // everything up to it is in, nothing later
    std::uint64_t rows() const;
    std::uint64_t bytes() const;
};

// Persons whose columns no longer hold. Marked by the fold's thread under its exclusive lock, taken
// by who maintains the columns, under the shared one.
class Changed {
  public:
    void mark(PersonNo person) {
        const std::uint32_t range = person.value / kPersonsPerRange;
        if (range >= watched_.size() || !watched_[range]) return;
        const std::size_t word = person.value / 64;
        if (word >= bits_.size()) bits_.resize(word * 5 / 4 + 64);
        const std::uint64_t bit = 1ull << (person.value % 64);
        if ((bits_[word] & bit) != 0) return;
        bits_[word] |= bit;
        list_.push_back(person.value);
    }
    void mark_all() { all_ = true; }  // purposes or brands are others now
    void watch(std::uint32_t range);  // from now on; what changed before is not told
    std::size_t size() const { return list_.size(); }
    std::span<const std::uint32_t> list() const { return list_; }
    std::vector<std::uint32_t> take();  // ascending
    bool changed_all() const { return all_; }
    bool take_all();  // everything changed; nothing is watched any more

  private:
    std::vector<std::uint64_t> bits_;
    std::vector<std::uint32_t> list_;
    std::vector<bool> watched_;
    bool all_ = false;
};

class Columns {
  public:
    // A whole range, made from persons as they are now: one segment at least, each with later
    // persons than those before it.
    void put_range(std::uint32_t range, std::span<const std::shared_ptr<const Segment>> segments);
    // Persons of built ranges, as they are now; who has no events and no part is no person any
    // more.
    void put_changed(std::span<const std::uint32_t> persons,
                     std::shared_ptr<const Segment> segment);
    // Persons of deltas that are worth being one delta, ascending; empty when none are.
    std::vector<std::uint32_t> worth_merging() const;
    // Ranges so much changed that they are worth being written anew.
    std::vector<std::uint32_t> worth_rewriting() const;
    std::uint32_t ranges() const { return static_cast<std::uint32_t>(ranges_.size()); }
    bool has_range(std::uint32_t range) const {
        return range < ranges_.size() && !ranges_[range].parts.empty();
    }
    void clear();
    View view(std::uint64_t sequence) const;

  private:
    struct Part {  // a piece under maintenance
        std::shared_ptr<const Segment> segment;
        DeadParts dead;
        std::uint32_t dead_parts = 0;
        mutable std::shared_ptr<const DeadParts>
            shared;  // of dead, for views; null when it changed
    };
    struct Range {
        std::vector<Part> parts;
        std::uint32_t persons = 0;
        std::uint32_t changed = 0;  // of them: are or were in deltas
    };
    struct Delta {
        Part part;
        std::uint32_t number = 0;            // ascending
        std::vector<std::uint32_t> persons;  // also those without a part
        std::uint32_t gone = 0;              // of persons: in a newer piece
    };
    static Part part_of(std::shared_ptr<const Segment> segment);
    static void kill(Part& part, PersonNo person);
    static Piece piece_of(const Part& part);
    void forget(std::uint32_t person);  // in deltas
    void drop_empty_deltas();

    std::vector<Range> ranges_;
    std::vector<Delta> deltas_;                            // oldest first
    std::unordered_map<std::uint32_t, std::uint32_t> in_;  // person -> number of its delta
    std::uint32_t next_number_ = 1;
};

}  // namespace filrouge::history
