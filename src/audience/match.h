// How one event is held against a rule: its name, its properties, its values. Private to
// evaluate.cc, measure.cc, sequence.cc and explain.cc; everything here is pure and allocates
// nothing.
#pragma once

#include <cstdint>

#include "audience/compile.h"
#include "audience/person.h"

namespace filrouge::audience {

using history::CellKind;
using history::EventRow;

// What stands in a field of an event, of one of its lines, or in a trait.
struct Seen {
    CellKind kind = CellKind::Missing;
    bool is_channel = false;
    std::int64_t number = 0;
    StringNo text;
    Currency currency;  // of a number: the event's
    bool present() const { return kind != CellKind::Missing; }
};

bool fits(const Compiled& c, const compiled::Test& test, const Seen& seen);
bool fits(const Compiled& c, const compiled::Filter& filter, const EventRow& row);

// An event that a rule never sees: an automatic visitor's, unless asked for, or one that was kept
// for the consent it states and for nothing else.
inline bool hidden(const EventRow& row, bool bots) {
    return (row.flags & (bots ? kEventConsentOnly : kEventConsentOnly | kEventBot)) != 0;
}
inline bool fits(const Compiled& c, const compiled::Event& event, const EventRow& row) {
    if (!event.any && (event.name.is_none() || event.name != row.name)) return false;
    return event.where == compiled::kAbsent || fits(c, c.filters[event.where], row);
}

Seen seen_in_event(FieldKind field, const EventRow& row);  // one that has one value at most
Seen seen_in_line(FieldKind field, const history::Line& line, const EventRow& row);
Seen seen_in_property(const history::Cell& cell, const EventRow& row);
Seen seen_in_cell(const history::Cell& cell);

// f(const Seen&) for each value that is there: one of the event, one an element, or one a line.
template <class F>
void each_seen(const compiled::Field& field, const EventRow& row, F&& f) {
    if (field.kind >= FieldKind::LineProduct) {
        for (const history::Line& line : row.lines) {
            const Seen seen = seen_in_line(field.kind, line, row);
            if (seen.present()) f(seen);
        }
        return;
    }
    if (field.kind == FieldKind::Property) {
        if (field.property.is_none()) return;
        for (const history::Cell& cell : row.cells) {
            if (cell.key == field.property) f(seen_in_property(cell, row));
        }
        return;
    }
    const Seen seen = seen_in_event(field.kind, row);
    if (seen.present()) f(seen);
}

}  // namespace filrouge::audience
