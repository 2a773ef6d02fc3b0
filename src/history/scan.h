// What the stages after history may see of it: one person's events in time order, decoded.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/time.h"
#include "history/dictionary.h"
#include "model/event.h"
#include "model/model_kind.h"

namespace filrouge::history {

enum class CellKind : std::uint8_t { Missing = 0, Bool = 1, Number = 2, Text = 3 };

// One value of a property or trait. Numbers are in 1/10,000.
struct Cell {
    StringNo key;
    CellKind kind = CellKind::Missing;
    std::int64_t number = 0;  // Bool: 0 or 1
    StringNo text;
};

// The price of a line that tells none: another fact than a price of 0.
constexpr std::int64_t kNoPrice = INT64_MIN;

// One line of a basket or receipt.
struct Line {
    StringNo product;
    StringNo category;
    std::int64_t quantity = 0;  // in 1/10,000
    std::int64_t price = 0;     // of one, in 1/10,000 of the event's currency; or kNoPrice
    bool has_price() const { return price != kNoPrice; }
};

struct EventRow {
    EventTime at;
    std::uint64_t sequence = 0;  // of the record: ties in time are broken by it
    FragmentNo fragment;
    StringNo name;  // "Order Completed"; the kind's name for identify, group, alias
    EventKind kind = EventKind::Track;
    Channel channel = Channel::Other;
    std::uint8_t flags = 0;  // EventFlag
    SourceNo source = 0;
    PurposeSet allowed;  // gate 1's verdict
    StringNo product;
    StringNo place;
    bool has_value = false;
    Money value;                // revenue of an order, price x quantity of a product event
    std::int64_t quantity = 0;  // in 1/10,000; 0 when none was given
    // Properties by ascending key, at most kCellsPerEventMax values. An array has a cell an
    // element, one after the other.
    std::span<const Cell> cells;
    std::span<const Line> lines;  // at most kLinesPerEventMax

    const Cell* cell(StringNo key) const {  // the first
        for (const Cell& c : cells) {
            if (c.key == key) return &c;
        }
        return nullptr;
    }
};
constexpr std::size_t kCellsPerEventMax = 64;
constexpr std::size_t kElementsPerArrayMax = 16;  // so that one long array leaves room for the rest
constexpr std::size_t kLinesPerEventMax = 200;

// Decoded rows with their cells in one place; reused from person to person. The spans of the rows
// are set by finish() (history/store.h), when the vectors have stopped growing.
struct Rows {
    struct Parts {
        std::uint32_t first_cell = 0, cells = 0, first_line = 0, lines = 0;
    };
    std::vector<EventRow> events;  // by (at, sequence)
    std::vector<Parts> parts;      // beside events until finish()
    std::vector<Cell> cells;
    std::vector<Line> lines;
    void clear() {
        events.clear();
        parts.clear();
        cells.clear();
        lines.clear();
    }
};

// A trait that was told as an array has a row an element, in its order; an empty one a single row
// whose value is missing.
struct TraitRow {
    Cell value;  // value.key names the trait
    EventTime at;
    std::uint64_t sequence = 0;
    SourceNo source = 0;
    FragmentNo fragment;
    PurposeSet allowed;
    bool in_array = false;
    std::uint8_t place = 0;             // in the array
    ModelKind model = ModelKind::None;  // that computed it, for the one purpose in `allowed`
    bool corrected = false;             // by the person or staff (profile/corrections.h)
};
static_assert(kElementsPerArrayMax <= UINT8_MAX);

}  // namespace filrouge::history
