#include "engine/offer.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/text.h"
#include "collect/moment.h"
#include "engine/offer_desk.h"
#include "engine/request_body.h"
#include "engine/times.h"
#include "model/money.h"
#include "model/packed.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

constexpr std::array<std::pair<std::string_view, AskKind>, 7> kKinds = {{
    {"yes_no", AskKind::YesNo},
    {"choice", AskKind::Choice},
    {"choices", AskKind::Choices},
    {"text", AskKind::Text},
    {"number", AskKind::Number},
    {"date", AskKind::Date},
    {"plan", AskKind::Plan},
}};

Error invalid(std::string what, std::string hint = "") {
    return Error{"offer.invalid", std::move(what), std::move(hint)};
}

// In steps: of one expression GCC 12 believes that it writes past a short string.
Error invalid_field(std::string_view key, std::string_view why, std::string hint = "") {
    std::string what = "The field '";
    what.append(key).append("' ").append(why);
    return invalid(std::move(what), std::move(hint));
}

// A trait's name that no rule has to quote. The time zone decides what day it is for a person, and
// is not told by an offer.
bool is_ask_name(std::string_view name) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    };
    return !name.empty() && name.size() <= kAskNameBytesMax && name.front() >= 'a' &&
           name != "timezone" && std::all_of(name.begin(), name.end(), fits);
}

// English and French, both or none; `otherwise` stands for none.
Result<OfferText> read_text(const json::object& object, const char* key,
                            const std::string& otherwise) {
    const json::value* value = object.if_contains(key);
    if (value == nullptr && !otherwise.empty()) return OfferText{otherwise, otherwise};
    if (value == nullptr || !value->is_object())
        return invalid_field(key, "must be {\"en\": ..., \"fr\": ...}.");
    const json::object& texts = value->get_object();
    OfferText out;
    out.en = TRY(text_of(texts, "en", true, kOfferTextBytesMax));
    out.fr = TRY(text_of(texts, "fr", true, kOfferTextBytesMax));
    if (out.en.empty() || out.fr.empty()) return invalid_field(key, "has no text in one language.");
    return out;
}

Result<std::vector<AskChoice>> read_choices(const json::object& object, const std::string& name) {
    const json::value* value = object.if_contains("choices");
    std::vector<AskChoice> out;
    if (value == nullptr) return out;
    if (!value->is_array() || value->get_array().size() > kAskChoicesMax)
        return invalid("The choices of '" + name + "' must be a list of at most " +
                       std::to_string(kAskChoicesMax) + ".");
    for (const json::value& each : value->get_array()) {
        if (!each.is_object()) return invalid("A choice of '" + name + "' is {\"value\": ...}.");
        AskChoice choice;
        choice.value = TRY(text_of(each.get_object(), "value", true, kAnswerBytesMax));
        choice.label = TRY(read_text(each.get_object(), "label", choice.value));
        for (const AskChoice& known : out) {
            if (known.value == choice.value)
                return invalid("A choice of '" + name + "' stands there twice.");
        }
        out.push_back(std::move(choice));
    }
    return out;
}

Result<std::optional<std::int64_t>> read_bound(const json::object& object, const char* key) {
    const json::value* value = object.if_contains(key);
    if (value == nullptr) return std::optional<std::int64_t>();
    const auto number = parse_fixed(json::serialize(*value));
    if (!number) return invalid_field(key, "is a number with at most four decimals.");
    return std::optional<std::int64_t>(*number);
}

Result<bool> read_flag(const json::object& object, const char* key) {
    const json::value* value = object.if_contains(key);
    if (value == nullptr) return false;
    if (!value->is_bool()) return invalid_field(key, "is true or false.");
    return value->get_bool();
}

Result<Ask> read_ask(const json::value& value) {
    if (!value.is_object()) return invalid("A line is an object with 'name', 'type' and 'label'.");
    const json::object& object = value.get_object();
    Ask ask;
    ask.name = TRY(text_of(object, "name", true));
    if (!is_ask_name(ask.name))
        return invalid("The name of a line is 1 to " + std::to_string(kAskNameBytesMax) +
                           " of a-z, 0-9 and '_', begins with a letter, and is not 'timezone'.",
                       "It becomes the name of a trait, such as shirt_size.");
    const std::string type = TRY(text_of(object, "type", true));
    const auto* kind =
        std::find_if(kKinds.begin(), kKinds.end(), [&](const auto& k) { return k.first == type; });
    if (kind == kKinds.end())
        return invalid("The type of '" + ask.name + "' is not known.",
                       "One of: yes_no, choice, choices, text, number, date, plan.");
    ask.kind = kind->second;
    ask.label = TRY(read_text(object, "label", ""));
    ask.required = TRY(read_flag(object, "required"));
    ask.choices = TRY(read_choices(object, ask.name));
    ask.min = TRY(read_bound(object, "min"));
    ask.max = TRY(read_bound(object, "max"));
    const bool chooses = ask.kind == AskKind::Choice || ask.kind == AskKind::Choices;
    if (chooses && ask.choices.empty())
        return invalid("The line '" + ask.name + "' has no choices.");
    if (ask.min && ask.max && *ask.min > *ask.max)
        return invalid("In '" + ask.name + "' the least is more than the most.");
    return ask;
}

Result<std::vector<Ask>> read_asks(const json::object& body) {
    const json::value* value = body.if_contains("asks");
    const std::size_t count = value != nullptr && value->is_array() ? value->get_array().size() : 0;
    if (count == 0 || count > kAsksMax)
        return invalid("'asks' must be a list of 1 to " + std::to_string(kAsksMax) + " lines.");
    std::vector<Ask> out;
    for (const json::value& each : value->get_array()) {
        Ask ask = TRY(read_ask(each));
        for (const Ask& known : out) {
            if (known.name == ask.name)
                return invalid("The line '" + ask.name + "' stands there twice.");
        }
        out.push_back(std::move(ask));
    }
    return out;
}

Result<EventTime> read_time(const json::object& body, const char* key) {
    const auto time = collect::parse_time(TRY(text_of(body, key, true)));
    if (!time) return invalid_field(key, "cannot be read.", "Write it as 2026-03-01T08:30:00Z.");
    return *time;
}

constexpr std::string_view kUnfit = "The answer to '";

Error unfit(const Ask& ask, std::string_view why) {
    std::string what(kUnfit);
    what.append(ask.name).append("' ").append(why);
    return Error{"offer.invalid_answer", std::move(what), "Nothing of the form was kept."};
}

Result<Bytes> packed_text(const Ask& ask, const std::string& text) {
    if (text.size() > kAnswerBytesMax)
        return unfit(ask, "has more than " + std::to_string(kAnswerBytesMax) + " bytes.");
    Bytes out;
    PackedWriter(out).string(text);
    return out;
}

Result<Bytes> packed_choice(const Ask& ask, const std::string& value) {
    const auto known = std::any_of(ask.choices.begin(), ask.choices.end(),
                                   [&](const AskChoice& c) { return c.value == value; });
    if (!known) return unfit(ask, "is none of its choices.");
    return packed_text(ask, value);
}

Result<Bytes> packed_choices(const Ask& ask, const std::vector<std::string>& values) {
    std::vector<Bytes> elements;
    for (const AskChoice& choice : ask.choices) {  // in the offer's order, each once
        if (std::find(values.begin(), values.end(), choice.value) == values.end()) continue;
        elements.push_back(TRY(packed_choice(ask, choice.value)));
    }
    if (elements.size() != values.size()) return unfit(ask, "has one that is none of its choices.");
    Bytes out;
    PackedWriter w(out);
    const std::size_t mark = w.begin_array(elements.size());
    for (const Bytes& element : elements) out.append(element);
    w.end(mark);
    return out;
}

Result<Bytes> packed_number(const Ask& ask, const std::string& text) {
    const auto number = parse_fixed(text);
    if (!number) return unfit(ask, "is no number with at most four decimals.");
    if ((ask.min && *number < *ask.min) || (ask.max && *number > *ask.max))
        return unfit(ask, "is not within its limits.");
    Bytes out;
    PackedWriter(out).fixed(*number);
    return out;
}

Result<Bytes> packed_date(const Ask& ask, const std::string& text) {
    if (text.size() != 10 || !collect::parse_time(text))
        return unfit(ask, "has a date that is none, as 2026-12-31 is.");
    return packed_text(ask, text);
}

Result<Bytes> packed_plan(const Ask& ask, const std::string& what, const std::string& until) {
    const Bytes said = TRY(ask.choices.empty() ? packed_text(ask, what) : packed_choice(ask, what));
    const Bytes end = until.empty() ? Bytes() : TRY(packed_date(ask, until));
    Bytes out;
    PackedWriter w(out);
    const std::size_t mark = w.begin_object(end.empty() ? 1 : 2);
    w.key("what");
    out.append(said);
    if (!end.empty()) {
        w.key("until");
        out.append(end);
    }
    w.end(mark);
    return out;
}

Result<Bytes> packed(const Ask& ask, const std::vector<std::string>& values,
                     const std::string& until) {
    if (ask.kind != AskKind::Choices && values.size() != 1)
        return unfit(ask, "stands there more than once.");
    switch (ask.kind) {
        case AskKind::Choice: return packed_choice(ask, values[0]);
        case AskKind::Choices: return packed_choices(ask, values);
        case AskKind::Text: return packed_text(ask, values[0]);
        case AskKind::Number: return packed_number(ask, values[0]);
        case AskKind::Date: return packed_date(ask, values[0]);
        case AskKind::Plan: return packed_plan(ask, values[0], until);
        case AskKind::YesNo: break;
    }
    if (values[0] != "yes" && values[0] != "no") return unfit(ask, "is neither yes nor no.");
    Bytes out;
    PackedWriter(out).boolean(values[0] == "yes");
    return out;
}

}  // namespace

void write_ask(JsonWriter& w, const Ask& ask) {
    w.field("name", ask.name).field("type", name_of(ask.kind)).field("required", ask.required);
    write_in_both(w, "label", ask.label);
    if (!ask.choices.empty()) {
        w.key("choices").open_array();
        for (const AskChoice& choice : ask.choices) {
            w.open_object().field("value", choice.value);
            write_in_both(w, "label", choice.label);
            w.close();
        }
        w.close();
    }
    if (ask.min) w.key("min").raw(fixed_text(*ask.min));
    if (ask.max) w.key("max").raw(fixed_text(*ask.max));
}

std::string_view name_of(AskKind kind) { return kKinds[static_cast<std::size_t>(kind)].first; }

Result<Offer> read_offer(std::string_view text) {
    const json::object body = TRY(object_of(text));
    Offer offer;
    offer.id = TRY(text_of(body, "id", true));
    offer.brand = TRY(text_of(body, "brand", false));
    offer.purpose = TRY(text_of(body, "purpose", true));
    offer.title = TRY(read_text(body, "title", ""));
    offer.benefit = TRY(read_text(body, "benefit", ""));
    offer.code = TRY(text_of(body, "code", true, kBenefitCodeBytesMax));
    offer.from = TRY(read_time(body, "from"));
    offer.to = TRY(read_time(body, "to"));
    if (offer.to < offer.from) return invalid("'to' is before 'from'.");
    const std::string back = TRY(text_of(body, "on_taking_back", true));
    if (back != "kept" && back != "taken_back")
        return invalid("'on_taking_back' is 'kept' or 'taken_back'.",
                       "It is what becomes of the benefit; people read it before they accept.");
    offer.takes_back = back == "taken_back";
    offer.asks = TRY(read_asks(body));
    if (std::none_of(offer.asks.begin(), offer.asks.end(), [](const Ask& a) { return a.required; }))
        return invalid("No line is required, so nothing would earn the benefit.",
                       "Say \"required\": true in at least one of 'asks'.");
    return offer;
}

void write_in_both(JsonWriter& w, std::string_view key, const OfferText& text) {
    w.key(key).open_object().field("en", text.en).field("fr", text.fr).close();
}

void write_offer(JsonWriter& w, const Offer& offer) {
    w.field("id", offer.id);
    if (!offer.brand.empty()) w.field("brand", offer.brand);
    w.field("purpose", offer.purpose);
    write_in_both(w, "title", offer.title);
    write_in_both(w, "benefit", offer.benefit);
    w.field("code", offer.code).field("from", iso_time(offer.from)).field("to", iso_time(offer.to));
    w.field("on_taking_back", offer.takes_back ? "taken_back" : "kept").key("asks").open_array();
    for (const Ask& ask : offer.asks) {
        w.open_object();
        write_ask(w, ask);
        w.close();
    }
    w.close();
}

std::string offer_json(const Offer& offer) {
    std::string out;
    JsonWriter w(out);
    w.open_object();
    write_offer(w, offer);
    w.close();
    return out;
}

Result<std::optional<Bytes>> read_answer(const Ask& ask, const AnswerFields& fields) {
    std::vector<std::string> values;
    std::string until;
    for (const auto& [name, value] : fields) {
        if (value.empty()) continue;
        if (name == ask.name) values.push_back(value);
        if (ask.kind == AskKind::Plan && name == ask.name + ".until") until = value;
    }
    if (values.empty() && until.empty()) return std::optional<Bytes>();
    if (values.empty()) return unfit(ask, "says until when and not what.");
    return std::optional<Bytes>(TRY(packed(ask, values, until)));
}

std::optional<std::string> unread_line(const Error& error) {
    if (error.code != "offer.invalid_answer" || !error.message.starts_with(kUnfit))
        return std::nullopt;
    const std::string_view rest = std::string_view(error.message).substr(kUnfit.size());
    return std::string(rest.substr(0, rest.find('\'')));
}

bool is_of_line(std::string_view trait, std::string_view line) {
    return trait.starts_with(line) && (trait.size() == line.size() || trait[line.size()] == '.');
}

}  // namespace filrouge::engine
