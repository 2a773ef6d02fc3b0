// Which calls were given a key by their caller, and where their answers stand: the fold's part of
// it. A row is edited by the fold alone and forgotten after kCallsKeptFor, by the times of the
// records, so that a log folded again forgets the same.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "base/hash.h"
#include "base/time.h"
#include "engine/call_record.h"
#include "storage/table.h"

namespace filrouge::engine {

constexpr Duration kCallsKeptFor = days(7);
// Of all callers. Past it a call with a new key is refused until the oldest is forgotten: what
// could not be kept must not be promised. 64 bytes each.
constexpr std::size_t kCallsKeptMax = 200'000;

class CallBook {
  public:
    struct Row {
        std::uint64_t key_high, key_low;  // zeros: free
        std::uint64_t request_high, request_low;
        std::uint64_t begun_sequence;
        std::int64_t begun;
        std::uint64_t answered;  // sequence of the record that has the answer; 0: none yet
        std::uint64_t spare;
        Hash128 key() const { return {key_high, key_low}; }
        Hash128 request() const { return {request_high, request_low}; }
        bool is_free() const { return key_high == 0 && key_low == 0; }
    };

    CallBook(TableSpace& space, std::uint16_t id) : rows_(space, id) {}
    const Row* find(const Hash128& key) const;
    std::size_t size() const { return by_key_.size(); }
    // For one more, with so many that are about to begin; or will have, once it forgets what is too
    // old by then.
    bool has_room(std::size_t beginning, IngestTime now) const;
    static bool is_over(const Row& row, IngestTime now) {
        return row.begun + kCallsKeptFor.us < now.us;
    }
    void apply(const CallKept& call, std::uint64_t sequence, IngestTime at);
    void after_load();  // finds again what is kept beside the table

  private:
    void begin(const CallKept& call, std::uint64_t sequence, IngestTime at);
    void forget(std::uint32_t number);
    Table<Row> rows_;
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint32_t> by_key_;
    std::map<std::uint64_t, std::uint32_t> by_age_;  // by the sequence of the beginning
    std::set<std::uint32_t> free_;  // the lowest is taken first: not by what was free before a load
};

}  // namespace filrouge::engine
