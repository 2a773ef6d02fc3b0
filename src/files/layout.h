// The columns that a map may name for one file, each with its place in a row: those of the file,
// "lookup.column" of what is joined, and the ones that the position of the row gives:
//   $file the file's name without folder and packing, $line, $row (from 1),
//   $item, $position (from 0), $items: of a line that is exploded.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "files/expression.h"
#include "files/lookup.h"
#include "files/map.h"
#include "files/record.h"

namespace filrouge::files {

// Cells by Slot; an empty one is "nothing".
using Row = std::vector<Cell>;

class RowLayout {
  public:
    RowLayout(const ImportMap& map, const InputMap& input, const std::vector<Lookup>& lookups,
              std::vector<std::string> file_columns, std::string file_name);

    // Gives a column its place, and from then on fills it. Nothing: no such column.
    std::optional<Slot> slot_of(std::string_view name);
    Result<Slot> slot(std::string_view name, int line);  // or an error that names the map's line
    Result<Expression> expression(const std::string& text, int line);
    Result<void> join();  // finds the columns that the map joins on; before any slot()

    // Completes the fields of a record to a row, in place.
    void complete(const Record& record, Row& row) { complete(record, row, 0, 0); }
    // The same for one field of an exploded record.
    void explode(const Record& record, std::size_t item, Row& row) {
        row.clear();
        item_ = record.fields[item];
        complete(record, row, item, record.fields.size());
    }
    const ImportMap& map() const { return map_; }
    const InputMap& input() const { return input_; }
    const std::string& file_name() const { return file_name_; }
    std::size_t file_columns() const { return file_columns_.size(); }

  private:
    enum class Kind : std::uint8_t { Joined, FileName, LineNo, RowNo, Item, Position, Items };
    struct Extra {
        std::string name;
        Kind kind;
        std::size_t join = 0, column = 0;
        std::array<char, 24> digits{};
    };
    struct Join {
        const Lookup* lookup;
        Slot on;
        const Cell* found = nullptr;  // for the row at hand
    };
    void complete(const Record& record, Row& row, std::size_t position, std::size_t items);
    std::optional<Slot> add(Extra extra);

    const ImportMap& map_;
    const InputMap& input_;
    const std::vector<Lookup>& lookups_;
    std::vector<std::string> file_columns_;
    std::string file_name_;
    std::deque<Extra> extras_;  // behind the file's columns; views point into them
    std::vector<Join> joins_;
    Cell item_;
};

// "transactions.csv" of "/data/transactions.csv.gz".
std::string plain_file_name(std::string_view path);

}  // namespace filrouge::files
