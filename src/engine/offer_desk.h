// Offers of value for answers, as marketers make them and as persons take them: docs/offers.md.
// JSON of schema/api.json; errors as the Runtime's. Thread-safe; owned by the Runtime.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/offer.h"

namespace filrouge::engine {

// What a person sends of an offer's form.
struct OfferForm {
    std::string offer;          // id
    std::uint32_t wording = 0;  // version of the purpose's words that were shown; 0: none were
    std::string language;       // they were shown in; a tag such as fr
    AnswerFields fields;
};

// The line whose answer could not be read (offer.invalid_answer); nothing for any other error.
std::optional<std::string> unread_line(const Error& error);

class OfferDesk {
  public:
    virtual ~OfferDesk() = default;

    // --- for who makes them
    // Of one brand, or of all: each with whether it is open and how many took it.
    virtual Result<std::string> offers(std::string_view brand) = 0;
    // Errors: offer.*, offer_exists, api.*.
    virtual Result<std::string> make(std::string_view json) = 0;
    // From now on nobody takes it; what was told stays, and can be taken back.
    virtual Result<std::string> end(std::string_view id) = 0;

    // --- of one person. `with_answers` is for the person's own eyes.
    // The offers that are open to the person, and those that the person ever answered: line by
    // line whether it is told, and the benefit. None of whose data is restricted, but to the
    // person.
    virtual Result<std::string> of_person(std::string_view profile, bool with_answers) = 0;
    // The answers of a form, empty fields left out: first the consent to the offer's purpose, for
    // every identifier of the person, with the words that were shown; then the answers. Answers
    // what of_person does. Errors: offer_not_found, offer.ended, offer.nothing_told,
    // offer.invalid_answer, offer.not_allowed, offer.no_room, wording_conflict.
    virtual Result<std::string> tell(std::string_view profile, const OfferForm& form) = 0;
    // One line as if it had never been told; the consent stays. Errors: offer_not_found,
    // offer.not_told.
    virtual Result<std::string> take_back(std::string_view profile, std::string_view offer,
                                          std::string_view line) = 0;
};

}  // namespace filrouge::engine
