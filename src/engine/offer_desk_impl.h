// The OfferDesk's parts put together; private to engine/.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "engine/admission.h"
#include "engine/offer_desk.h"
#include "engine/offer_record.h"
#include "engine/queries.h"

namespace filrouge::engine {

// What the desk needs of the runtime.
struct OfferSeams {
    std::function<EventId()> new_id;
    std::function<IngestTime()> now;
    // Returns once the records are durable and folded.
    std::function<Result<void>(std::vector<Prepared>)> write;
    // Returns once the events are durable and folded.
    std::function<Result<IngestReply>(IngestRequest)> ingest;
    std::mutex& commands;  // one at a time, from validation to folded
};

// --- offer_person.cc: what a person told, over all identifiers. The fold's lock must be held.
struct ToldLine {
    FragmentNo fragment;
    OfferBook::Line line;
};
std::vector<ToldLine> lines_of_person(const Fold& fold, PersonNo person);
struct GivenBenefit {
    FragmentNo fragment;
    OfferBook::Benefit benefit;
};
std::vector<GivenBenefit> benefits_of_person(const Fold& fold, PersonNo person);
// Which of them an answer hangs on: the one that says best who the person is, so that it stays
// with that one when evidence is withdrawn; of several the oldest.
FragmentNo strongest(const Fold& fold, const std::vector<FragmentNo>& fragments);
// The member "wording": by which words the purpose is asked for now, in English and French.
void write_words_in_force(JsonWriter& w, const Fold& fold, std::string_view purpose, EventTime now);
bool is_open(const Offer& offer, EventTime now);
// Whether the line is told by any identifier.
bool is_told(const std::vector<ToldLine>& lines, std::uint32_t offer, std::size_t ask);
// An array: what of_person() tells.
Result<std::string> offers_of_person_json(const Library& library, std::string_view profile,
                                          EventTime now, bool with_answers);

class OfferDeskImpl final : public OfferDesk {
  public:
    OfferDeskImpl(const Library& library, OfferSeams seams)
        : library_(library), seams_(std::move(seams)) {}

    Result<std::string> offers(std::string_view brand) override;
    Result<std::string> make(std::string_view json) override;
    Result<std::string> end(std::string_view id) override;
    Result<std::string> of_person(std::string_view profile, bool with_answers) override;
    Result<std::string> tell(std::string_view profile, const OfferForm& form) override;
    Result<std::string> take_back(std::string_view profile, std::string_view offer,
                                  std::string_view line) override;

  private:
    struct Taking;  // of one offer by one person
    Result<Taking> taking_of(std::string_view profile, const OfferForm& form);
    Result<void> state_consent(const Taking& taking, const OfferForm& form);
    Result<void> check_room(PersonNo person, const Taking& taking) const;
    Result<void> check_before_consent(const Taking& taking) const;
    Result<void> write_answers(const Taking& taking);
    Result<void> put(const Offer& offer);
    Result<void> check_purpose(const Offer& offer) const;

    Library library_;
    OfferSeams seams_;
};

}  // namespace filrouge::engine
