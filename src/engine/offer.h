// An offer of the brand to its customers, "tell us this and get that": what is asked line by line,
// for which purpose, and the benefit. Made once and never changed but for its end, so what a person
// accepted is what the log still says. And the reading of what a person answers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/json_writer.h"
#include "base/result.h"
#include "base/time.h"

namespace filrouge::engine {

constexpr std::size_t kOffersMax = 500;  // with those that ended
constexpr std::size_t kAsksMax = 12;     // lines of one offer
constexpr std::size_t kAskChoicesMax = 50;
constexpr std::size_t kOfferTextBytesMax = 400;  // in one language
constexpr std::size_t kBenefitCodeBytesMax = 64;
constexpr std::size_t kAskNameBytesMax = 40;
// Of a text or a choice: rules compare texts of up to 128 bytes whole.
constexpr std::size_t kAnswerBytesMax = 120;

enum class AskKind : std::uint8_t { YesNo, Choice, Choices, Text, Number, Date, Plan };

struct OfferText {
    std::string en, fr;
};
struct AskChoice {
    std::string value;
    OfferText label;
};
struct Ask {
    std::string name;  // of the trait that the answer becomes
    AskKind kind = AskKind::Text;
    bool required = false;  // for the benefit; no line is ever owed
    OfferText label;
    std::vector<AskChoice> choices;        // of Choice, Choices; of Plan, where there are any
    std::optional<std::int64_t> min, max;  // of Number, in 1/10,000
};
struct Offer {
    std::string id, brand, purpose;
    OfferText title, benefit;
    std::string code;  // what the benefit is redeemed by
    EventTime from, to;
    bool takes_back = false;  // the benefit ends when what it was given for is taken back
    std::vector<Ask> asks;
};

std::string_view name_of(AskKind kind);

// The body of a request and the document of a record are the same JSON. Errors: api.*, offer.*.
Result<Offer> read_offer(std::string_view json);
void write_offer(JsonWriter& w, const Offer& offer);  // its members, into an open object
void write_ask(JsonWriter& w, const Ask& ask);        // the same
void write_in_both(JsonWriter& w, std::string_view key, const OfferText& text);
std::string offer_json(const Offer& offer);

// A form's fields in its order; the name of a line may stand there several times. Of a plan, NAME
// says what and NAME.until says until when.
using AnswerFields = std::vector<std::pair<std::string, std::string>>;
// A line's answer as a packed value (model/packed.h); nothing where its fields are empty. Error:
// offer.invalid_answer, which names the line and never the answer.
Result<std::optional<Bytes>> read_answer(const Ask& ask, const AnswerFields& fields);

// Whether a trait of this key belongs to the line: its own name, or a part of it (NAME.until).
bool is_of_line(std::string_view trait, std::string_view line);

}  // namespace filrouge::engine
