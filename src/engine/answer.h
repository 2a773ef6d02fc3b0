// The answer to a question: single facts, and tables. One form for JSON, where the first table is
// "rows", and for CSV, which has one table alone: the first, or the one that was chosen.
#pragma once

#include <cstdint>
#include <deque>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/money.h"

namespace filrouge::engine {

class Answer {
  public:
    struct Fixed {  // in 1/10,000, written as a decimal number
        std::int64_t value = 0;
    };
    // Nothing is null in JSON and empty in CSV. A double that is not finite is null, too.
    using Value =
        std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, Fixed, std::string>;
    struct Table {
        std::string name;
        std::vector<std::string> columns;
        std::vector<std::vector<Value>> rows;
        std::vector<std::uint64_t> persons;  // of each row, where it was told; else 0
        void add(std::vector<Value> row) { rows.push_back(std::move(row)); }
        // Of how many persons the last row is: never told, but hide_small() reads it. Of several
        // counts the least that is not 0 holds.
        void is_of(std::uint64_t count);
    };

    void fact(std::string_view name, Value value);
    // The same, of so many persons.
    void fact(std::string_view name, Value value, std::uint64_t persons);
    // Of how many persons all of the answer is, as Table::is_of.
    void is_of(std::uint64_t count);
    // Stays where it is while others are made.
    Table& table(std::string_view name, std::initializer_list<std::string_view> columns);
    // The one that csv() has. Error: question.no_such_table, naming those there are.
    Result<void> choose_table(std::string_view name);
    void note(std::string text);
    // Of fewer persons than `least`, but some, nothing is told but what the row is about.
    void hide_small(std::uint64_t least);

    std::string json() const;
    std::string csv() const;  // RFC 4180, with a header line

  private:
    struct Fact {
        std::string name;
        Value value;
        std::uint64_t persons = 0;  // 0: not told
    };
    std::vector<Fact> facts_;
    std::uint64_t persons_ = 0;  // of all; 0: not told
    std::deque<Table> tables_;
    std::vector<std::string> notes_;
    std::string chosen_;  // empty: the first
};

}  // namespace filrouge::engine
