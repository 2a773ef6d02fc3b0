// Where the proofs of each fragment stand in the log, the end of their chain, and what waits for a
// confirmation. Part of the fold's state.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "consent/proof.h"
#include "storage/table.h"

namespace filrouge::consent {

class ProofIndex {
  public:
    // Takes 4 ids from `first_id` and those of a HashIndex from `pending_id`.
    ProofIndex(TableSpace& space, std::uint16_t first_id, std::uint16_t pending_id);
    // Of the record with this clear part, in the order of the log. `entry` is what it says; none
    // when it cannot be read, and then it is a link of the chain all the same.
    void add(const std::optional<Entry>& entry, BytesView clear, std::uint64_t sequence);

    ChainHead head() const;
    // Sequences of the entries about this fragment, the newest first.
    void entries_of(FragmentNo fragment, std::vector<std::uint64_t>& out) const;
    // The entry that waits for this token; nothing when there is none, or not any more.
    std::optional<std::uint64_t> pending(const Digest& token_hash) const;

  private:
    struct Row {
        std::uint64_t sequence;
        std::uint32_t next;  // row + 1, of the same fragment's entry before
        std::uint32_t spare;
    };
    struct Chain {  // one row
        std::array<std::uint64_t, 4> hash;
        std::uint64_t count;
    };
    Table<Row> rows_;
    Table<std::uint32_t> heads_;  // by fragment: row + 1
    Table<Chain> chain_;
    Table<std::uint64_t> waiting_;  // sequences
    HashIndex waiting_index_;       // by token hash: row of waiting_
};

}  // namespace filrouge::consent
