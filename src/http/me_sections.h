// The sections of the customer's page, each from the person's overview (engine/rights_desk.h).
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/person_page.h"

namespace filrouge::http {

struct MeTried;

void add_who(PersonPage& page, const boost::json::value& overview);
void add_known(PersonPage& page, const boost::json::value& overview);
void add_choices(PersonPage& page, const boost::json::value& overview);  // me_choices.cc
// me_offers.cc; `tried` may be null.
void add_offers(PersonPage& page, const boost::json::value& overview, const MeTried* tried);
// What the line that could not be read is called on the page; empty where it is not there.
std::string wrong_line(const boost::json::value& overview, const MeTried& tried, bool french);
void add_requests(PersonPage& page, const boost::json::value& overview);
void add_looked(PersonPage& page);
void add_farewell(PersonPage& page);  // downloads and erasure

// The figures of the four lines on top, which lead to their sections.
struct MeFigures {
    std::size_t identifiers = 0, facts = 0, uses = 0;
    std::size_t allowed = 0;  // of the uses, by any brand
    std::size_t offers = 0;
};
MeFigures figures_of(const boost::json::value& overview);

// --- of the overview, which tells profiles once a purpose: each thing once.
struct MeFact {
    std::string name, value, source, at, model, purpose, brand;
    bool corrected = false;
    bool is_list = false, is_number = false, is_yes_no = false;
};
std::vector<MeFact> facts_of(const boost::json::value& overview);
// What is shown of a wording ("texts" by language): the page's language, else another of theirs.
// Nothing when there are no words.
struct MeWords {
    std::string version, language, text;
};
std::optional<MeWords> words_of(const boost::json::value& wording, bool french);
// As a form sends back what was shown.
void hidden_words(PersonPage& page, const MeWords& words);
// An element that is told to be in another language than the page, where it is.
void open_in_language(PersonPage& page, std::string_view element, const MeWords& words);

// How a purpose ("name", "basis") stands with each brand that knows the person: what one was told
// says nothing for another. Never empty; without a name where there is only one brand.
struct MeChoice {
    std::string brand, state;
    bool allowed = false;
};
std::vector<MeChoice> choices_of(const boost::json::value& overview,
                                 const boost::json::value& purpose);

}  // namespace filrouge::http
