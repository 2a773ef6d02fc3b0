// Pieces of the customer's pages: sections on the thread, forms, and plain words for what machines
// call otherwise.
#pragma once

#include <string>
#include <string_view>

#include "http/person_page.h"

namespace filrouge::http {

// A knot on the thread; `id` is where links on the page lead.
void open_section(PersonPage& page, std::string_view id, Words title, Words lead);
void close_section(PersonPage& page);
// Posts to our own address and keeps the language. Closed by "</form>".
void open_form(PersonPage& page, std::string_view action, std::string_view classes = "");
void hidden(PersonPage& page, std::string_view name, std::string_view value);
// What is behind a line: closed by "</details>".
void open_details(PersonPage& page, Words summary, bool is_open = false);

// "2026-03-01T08:30:00.000Z" as "1 March 2026"; what is no such time as it stands.
std::string day_of(std::string_view iso, bool french);
void add_day(PersonPage& page, std::string_view iso);  // as a <time>

std::string plain_name(std::string_view name);  // "plan.until", "firstName" as words
// Of a trait: the usual ones in French, too; a model's by what they say. Another one as plain_name.
std::string trait_name(std::string_view name, bool of_model, bool french);
// The purposes a shop has unless it says otherwise, in French; another one as plain_name.
std::string purpose_name(std::string_view name, bool french);
Words identifier_words(std::string_view type);
Words role_words(std::string_view role);
Words basis_words(std::string_view basis);
Words request_words(std::string_view kind);
Words state_words(std::string_view state);  // of a request
// Where a trait came from: a source by its id, or the person.
void add_source(PersonPage& page, std::string_view source);

}  // namespace filrouge::http
