// Answers for people: aligned columns, and cells out of JSON. What is printed by these may have
// been sent by anybody: it cannot steer the terminal (base/terminal.h).
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace filrouge::cli {

class Table {
  public:
    explicit Table(std::vector<std::string> head) { add(std::move(head)); }
    void add(std::vector<std::string> row);
    void drop_if_empty(std::string_view head);  // the column, when no row says anything in it
    bool empty() const { return rows_.size() == 1; }
    void print() const;  // numbers to the right; the last column is never cut

  private:
    std::vector<std::vector<std::string>> rows_;
};

// The member as text: numbers plain, true and false as yes and no, arrays with commas, absent "".
std::string cell(const boost::json::value& object, std::string_view name);
// The members of the array `name`; nothing when it is none.
const boost::json::array& rows_of(const boost::json::value& object, std::string_view name);
void print_pair(std::string_view name, std::string_view value);
void print_line(std::string_view text);
// Of a removal: what follows, and whether it was done.
void print_follows(const boost::json::value& answer);

}  // namespace filrouge::cli
