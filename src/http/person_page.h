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

// With spaces that do not break before two-part signs and inside quotation marks.
std::string typeset_french(std::string_view text);

// A text as it is; a number as people write it, 42.5 and not 4.25E1; the rest as JSON.
std::string plain_text(const boost::json::value& value);
// The same as a page shows it: in French with a decimal comma.
std::string shown_text(const boost::json::value& value, bool french);
// Of an object; empty where there is none of that name and kind. As plain_text.
std::string member_of(const boost::json::value& object, std::string_view key);
const boost::json::array& list_in(const boost::json::value& object, std::string_view key);
const boost::json::object& object_in(const boost::json::value& object, std::string_view key);
const boost::json::value& value_in(const boost::json::value& object, std::string_view key);
std::string shown_in(const boost::json::value& object, std::string_view key, bool french);
// They answer a part of what they are given: not of a copy that is gone at the next line, which an
// object or array becomes when it is handed on as a value.
const boost::json::array& list_in(boost::json::value&&, std::string_view) = delete;
const boost::json::object& object_in(boost::json::value&&, std::string_view) = delete;
const boost::json::value& value_in(boost::json::value&&, std::string_view) = delete;

class PersonPage {
  public:
    explicit PersonPage(bool french) : french_(french) {}
    void heading(Words words);
    void paragraph(Words words);
    void table(const std::vector<Words>& columns, const Rows& rows);
    // Pieces of a form, in the order of reading.
    PersonPage& raw(std::string_view markup);
    PersonPage& text(std::string_view plain);
    PersonPage& say(Words words) {
        return raw(french_ ? typeset_french(words.second) : words.first);
    }
    bool french() const { return french_; }
    const std::string& body() const { return out_; }
    std::string finished(Words title) const;  // a page that stands alone

  private:
    const bool french_;
    std::string out_;
};

// What is known, concluded and expected, what happened, and who looked.
void add_person(PersonPage& page, const boost::json::value& doc);

}  // namespace filrouge::http
