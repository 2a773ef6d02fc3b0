// Where notes and tasks of the staff stand in the log, and what of them is not sealed. They are
// known by an identifier of the person, so they follow it through merges and un-merges. A row is
// edited by the fold alone; words are read from the log when somebody asks.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "engine/staff_record.h"
#include "history/dictionary.h"
#include "storage/table.h"

namespace filrouge::engine {

enum class StaffKind : std::uint8_t { Note = 0, Task = 1 };  // on disk

class StaffBook {
  public:
    static constexpr std::int32_t kNoDay = INT32_MAX;
    struct Row {
        std::uint64_t id_high, id_low;
        std::uint64_t sequence;  // of the record that told it last
        std::int64_t made, changed;
        std::uint32_t fragment;
        std::uint32_t store;   // StringNo
        std::int32_t due_day;  // kNoDay: none, and so the last
        std::uint8_t kind;     // StaffKind
        std::uint8_t flags;
        std::uint16_t spare;
        StaffItemId id() const { return {id_high, id_low}; }
        bool is(StaffKind of) const { return kind == static_cast<std::uint8_t>(of); }
        bool has(std::uint8_t flag) const { return (flags & flag) != 0; }
    };

    StaffBook(TableSpace& space, std::uint16_t id) : rows_(space, id) {}
    std::uint32_t size() const { return rows_.size(); }
    const Row& at(std::uint32_t number) const { return rows_.at(number); }
    std::optional<std::uint32_t> find(const StaffItemId& id) const;
    const std::vector<std::uint32_t>& of(FragmentNo fragment) const;  // in order of the log
    void put(StaffKind kind, FragmentNo fragment, StringNo store, const StaffItem& item,
             std::uint64_t sequence);
    void after_load();  // finds again what is kept beside the table

  private:
    void know(std::uint32_t number);

    Table<Row> rows_;
    std::map<StaffItemId, std::uint32_t> by_id_;
    std::map<std::uint32_t, std::vector<std::uint32_t>> by_fragment_;
};

}  // namespace filrouge::engine
