// First form of the history columns: every fragment's events in time order, one packed row an
// event, in chunks of an arena. A late event is put where its time belongs, unless that is too far
// back: then it stands at the end and finish() brings it into order. Rows are decoded for a whole
// person at a time. About 20 to 28 bytes an event; docs/formats/history.md has the row.
//
// Part of the fold's state: edited by the fold's thread, read under its lock.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "history/scan.h"
#include "storage/table.h"

namespace filrouge::history {

// How far back a late row is put in its place. To walk further would cost a sender of old events
// nothing and us the whole chain for each of them.
constexpr std::uint32_t kLateChunksMax = 64;

// The newest rows of some fragments that a purpose may see, at most `limit`, before a place in
// time: a page of a long history, read without decoding the rest. Filled by Store::offer. `limit` >
// 0.
class Newest {
  public:
    struct Cursor {
        EventTime at{INT64_MAX};
        std::uint64_t sequence = UINT64_MAX;
    };
    Newest(Cursor before, std::uint8_t purpose, std::size_t limit)
        : before_(before), purpose_(purpose), limit_(limit) {}

  private:
    friend class Store;
    struct Found {
        std::int64_t at;
        std::uint64_t sequence;
        FragmentNo fragment;
        BytesView body;  // in the store
    };
    static bool newer(const Found& a, const Found& b) {
        return a.at != b.at ? a.at > b.at : a.sequence > b.sequence;
    }
    bool full() const { return found_.size() >= limit_; }
    void add(const Found& found);

    Cursor before_;
    std::uint8_t purpose_;
    std::size_t limit_;
    std::vector<Found> found_;  // a heap, the oldest on top
};

class Store {
  public:
    Store(TableSpace& space, std::uint16_t first_id);  // takes 8 ids
    // The spans of `row` are read before the call returns.
    void add(FragmentNo fragment, const EventRow& row);
    // Appends the fragment's rows; call finish() before using them.
    void read(FragmentNo fragment, Rows& out) const;
    // Rows of [from, to) alone.
    void read_between(FragmentNo fragment, EventTime from, EventTime to, Rows& out) const;
    // Rows of [from, to) that belong to the page; nothing may be added until take().
    void offer(FragmentNo fragment, EventTime from, EventTime to, Newest& page) const;
    // Appends the page's rows; call finish() before using them.
    static void take(const Newest& page, Rows& out);
    // Sorts by (at, sequence) where they are not in order, and sets the spans.
    static void finish(Rows& rows);
    void prefetch(FragmentNo fragment) const { heads_.prefetch(fragment.value); }
    void prefetch_tail(FragmentNo fragment) const;  // once prefetch() is done
    std::uint32_t events_of(FragmentNo fragment) const;
    // Events from `at` on, about: at most a chunk too many, and counted to about `enough`.
    std::uint32_t count_since(FragmentNo fragment, EventTime at, std::uint32_t enough) const;
    std::uint64_t events() const { return totals_.size() == 0 ? 0 : totals_.at(0).events; }
    std::uint64_t bytes_used() const { return totals_.size() == 0 ? 0 : totals_.at(0).bytes; }
    std::uint64_t bytes_reserved() const { return chunks_.size(); }

  private:
    struct Head {
        std::uint32_t tail;  // chunk handle + 1 of the newest chunk, 0 for none
        std::uint32_t events;
    };
    struct Totals {
        std::uint64_t events;
        std::uint64_t bytes;
    };
    struct Chunk;
    Chunk& chunk(std::uint32_t handle);
    const Chunk& chunk(std::uint32_t handle) const;
    std::uint32_t allocate(std::uint8_t size_class);
    void release(std::uint32_t handle);
    // Room for `bytes` more in the tail: grows it or starts a new chunk. Answers its handle.
    std::uint32_t make_room(Head& head, std::size_t bytes);
    // False when its place is too far back.
    bool insert_late(Head& head, std::int64_t at, std::uint64_t sequence, BytesView body);
    std::uint32_t rebuild(std::uint32_t handle, std::int64_t at, std::uint64_t sequence,
                          BytesView body);
    void put_row(Chunk& c, std::int64_t at, std::uint64_t sequence, BytesView body);

    Table<Head> heads_;  // by fragment
    Arena chunks_;
    Table<std::uint32_t> free_;  // by size class: chunk handle + 1
    Table<Totals> totals_;
    Bytes scratch_;
};

}  // namespace filrouge::history
