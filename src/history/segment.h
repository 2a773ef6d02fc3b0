// An immutable piece of the history in columns: the events of some persons, person after person,
// each in order of (time, sequence), as one block of bytes that can be read where it lies. What a
// question reads; the rows of history/store.h stay the truth it is made from.
//
// A person's part is what one brand knows of a person (one part a person where there is one brand).
// docs/formats/columns.md has the bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "history/packed_column.h"
#include "history/scan.h"
#include "model/purpose.h"

namespace filrouge::history {

// On disk since format 1: never renumber, never reuse a number.
enum class FieldId : std::uint8_t {
    Value = 1,     // an amount in 1/10,000; its currency is Currency, entry by entry
    Currency = 2,  // code
    Quantity = 3,  // in 1/10,000
    Product = 4,
    Place = 5,
    Property = 6,  // of the event, by key
    LineProduct = 7,
    LineCategory = 8,
    LineQuantity = 9,
    LinePrice = 10,
};

constexpr std::uint32_t kIndexedRows = 64;
constexpr std::uint32_t kNoEntry = UINT32_MAX;

// Finds the entries of a row; made when a segment is opened.
struct EntryIndex {
    std::vector<std::uint32_t> first;  // entry of each kIndexedRows rows or later, and one more
    // Bit by row: whether it has an entry. Empty where a row has several, so that entries cannot be
    // counted by rows.
    std::vector<std::uint64_t> has;
};

// Values that not every event has: entries in order of their rows, several of one row where it is
// an array or has lines.
struct FieldColumn {
    PackedColumn rows;  // of each entry; unused where `every_row`
    std::shared_ptr<const EntryIndex> index;
    bool every_row = false;
    PackedColumn kinds;   // CellKind
    PackedColumn values;  // a number, or of a text its place in `texts`
    PackedColumn texts;   // StringNo, ascending

    std::uint32_t entries() const { return values.size; }
    std::uint32_t row(std::uint32_t entry) const {
        return every_row ? entry : static_cast<std::uint32_t>(rows.at(entry));
    }
    // The first entry of `row` or of a later one.
    std::uint32_t first_entry(std::uint32_t row) const;
    // out[i] is the first entry of the row first + rows[i], kNoEntry where it has none.
    void first_entries(std::uint32_t first, std::span<const std::uint32_t> rows,
                       std::span<std::uint32_t> out) const;
    CellKind kind(std::uint32_t entry) const { return static_cast<CellKind>(kinds.at(entry)); }
    bool only(CellKind kind) const {
        return kinds.constant() && kinds.base == static_cast<std::int64_t>(kind);
    }
    StringNo text(std::uint32_t entry) const {
        return StringNo{
            static_cast<std::uint32_t>(texts.at(static_cast<std::uint32_t>(values.at(entry))))};
    }
    // Where a text stands in `texts`, nothing when no entry has it.
    std::optional<std::uint32_t> code_of(StringNo text) const;
};

class Segment {
  public:
    // Error: columns.damaged, columns.newer. The bytes are kept by `owner`.
    static Result<std::shared_ptr<const Segment>> open(BytesView bytes,
                                                       std::shared_ptr<const void> owner);
    static std::shared_ptr<const Segment> of(Bytes bytes);  // that a builder just made

    std::uint32_t parts() const { return person_.size; }
    std::uint32_t rows() const { return at.size; }
    std::size_t bytes() const { return bytes_; }
    PersonNo person(std::uint32_t part) const {
        return PersonNo{static_cast<std::uint32_t>(person_.at(part))};
    }
    // The parts of a person, [first, second).
    std::pair<std::uint32_t, std::uint32_t> parts_of(PersonNo person) const;
    std::uint16_t brand(std::uint32_t part) const {
        return static_cast<std::uint16_t>(brand_.at(part));
    }
    // The purposes that may read the part, as its consents stood when it was written.
    PurposeSet usable(std::uint32_t part) const {
        return PurposeSet{static_cast<std::uint32_t>(usable_.at(part))};
    }
    std::uint32_t first_row(std::uint32_t part) const {  // parts(): rows()
        return static_cast<std::uint32_t>(first_row_.at(part));
    }
    // What a shared thing did, or a visit that names nobody: its events count, it is no person. The
    // part's number is the thing's own.
    bool nobody(std::uint32_t part) const { return nobody_.size != 0 && nobody_.at(part) != 0; }
    bool no_nobody() const {
        return nobody_.size == 0 || (nobody_.constant() && nobody_.base == 0);
    }
    bool one_brand() const { return brand_.constant(); }
    bool one_usable() const { return usable_.constant(); }
    // Of parts from `part` on.
    void persons(std::uint32_t part, std::span<std::uint32_t> out) const {
        person_.read_as(part, out);
    }
    void first_rows(std::uint32_t part, std::span<std::uint32_t> out) const {
        first_row_.read_as(part, out);
    }

    // By row.
    PackedColumn at;  // microseconds UTC
    PackedColumn sequence;
    PackedColumn name;  // place in name_texts
    PackedColumn kind;  // EventKind
    PackedColumn channel;
    PackedColumn flags;
    PackedColumn source;
    PackedColumn allowed;     // PurposeSet
    PackedColumn name_texts;  // StringNo, ascending
    std::optional<std::uint32_t> name_code(StringNo name) const;

    // Null where no event of the segment has the field.
    const FieldColumn* field(FieldId id, StringNo property = {}) const;
    // A part's events as rows, with all they have; fragment is not told. Appends; finish() of
    // history/store.h sets the spans.
    void read(std::uint32_t part, Rows& out) const;

  private:
    friend class SegmentReader;
    PackedColumn person_, brand_, usable_, first_row_, nobody_;
    std::unordered_map<std::uint64_t, FieldColumn> fields_;            // by id and property
    std::vector<std::pair<StringNo, const FieldColumn*>> properties_;  // ascending
    std::size_t bytes_ = 0;
    std::shared_ptr<const void> owner_;
};

// Parts by ascending person (then brand), each one's rows in order.
class SegmentBuilder {
  public:
    SegmentBuilder();
    ~SegmentBuilder();
    void begin_part(PersonNo person, std::uint16_t brand, PurposeSet usable, bool nobody = false);
    void add(const EventRow& row);
    std::uint32_t rows() const;
    Bytes finish();  // leaves the builder empty

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace filrouge::history
