// Pages about one person, made of that person's export (docs/formats/export.md): plain HTML, every
// word of it escaped, in English or French.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace filrouge::http {

using Rows = std::vector<std::vector<std::string>>;
using Words = std::pair<std::string_view, std::string_view>;  // English, French; may hold markup

// Of an object; empty where there is none of that name and kind.
std::string member_of(const boost::json::value& object, std::string_view key);
const boost::json::array& list_in(const boost::json::value& object, std::string_view key);
const boost::json::object& object_in(const boost::json::value& object, std::string_view key);

extern const std::string_view kPersonStyle;

class PersonPage {
  public:
    enum class Style { Inline, Linked };  // a page that stands alone; one of this server
    explicit PersonPage(bool french) : french_(french) {}
    void heading(Words words);
    void paragraph(Words words);
    void table(const std::vector<Words>& columns, const Rows& rows);
    // Pieces of a form, in the order of reading.
    PersonPage& raw(std::string_view markup);
    PersonPage& text(std::string_view plain);
    PersonPage& say(Words words) { return raw(french_ ? words.second : words.first); }
    std::string finished(Words title, Style style) const;

  private:
    const bool french_;
    std::string out_;
};

// What is known, concluded and expected, what happened, and who looked.
void add_person(PersonPage& page, const boost::json::value& doc);

}  // namespace filrouge::http
