#include "engine/offer_import.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <shared_mutex>

#include "collect/moment.h"
#include "engine/offer_desk_impl.h"
#include "engine/person_asked.h"
#include "engine/sealed_record.h"
#include "model/money.h"
#include "model/packed.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;
using State = OfferBook::State;

// A line as the export tells it, and where it stands here.
struct Line {
    std::string offer, name;
    std::uint32_t document = 0;
    std::uint8_t ask = 0;
    BrandNo brand = 0;
    std::uint8_t purpose = 0;  // bit number
    FragmentNo fragment;
    State state = State::Told;
    EventTime at;
    Bytes answer;  // packed
};
struct Benefit {
    EventTime at;
    std::optional<EventTime> taken_back;
};

EventTime time_at(const json::object& object, std::string_view key) {
    return collect::parse_time(text_at(object, key)).value_or(EventTime{});
}

Bytes packed_nothing() {
    Bytes out;
    PackedWriter(out).null();
    return out;
}

std::optional<State> state_named(std::string_view name) {
    if (name == "told") return State::Told;
    if (name == "taken_back") return State::TakenBack;
    if (name == "replaced") return State::Replaced;
    return std::nullopt;
}

// As a form sends it; nothing for what no form can say.
std::string field_of(const json::value& answer) {
    if (answer.is_string()) return std::string(answer.get_string());
    if (answer.is_bool()) return answer.get_bool() ? "yes" : "no";
    if (answer.is_int64()) return std::to_string(answer.get_int64());
    // Numbers are told with four places; beyond some millions of millions a double has fewer.
    constexpr double kMost = 1e12;
    if (!answer.is_double() || std::abs(answer.get_double()) > kMost) return {};
    return fixed_text(std::llround(answer.get_double() * double{kFixedScale}));
}

// {"plan.what": ["coat"], "plan.until": ["2026-12-31"]} as the fields of its form.
AnswerFields fields_of(const Ask& ask, const json::object& answer) {
    AnswerFields out;
    for (const auto& [trait, values] : answer) {
        std::string name(trait);
        if (name == ask.name + ".what") name = ask.name;
        if (!values.is_array()) continue;
        for (const json::value& each : values.get_array()) out.emplace_back(name, field_of(each));
    }
    return out;
}

class Taking {
  public:
    Taking(const Library& library, const OfferImportSeams& seams, std::string_view profile)
        : library_(library), seams_(seams), profile_(profile) {}

    Result<OffersTaken> take(const json::object& document) {
        {
            const std::shared_lock reading(library_.lock);
            const auto person = person_of(library_.fold, profile_);
            if (!person) return std::move(taken_);
            here_ = lines_of_person(library_.fold, *person);
            given_here_ = benefits_of_person(library_.fold, *person);
            for (const json::value& offer : list_at(document, "offers")) {
                if (offer.is_object()) read(*person, offer.get_object());
            }
        }
        leave_replaced_by_nothing();
        tell_all();
        taken_.lines = lines_.size();
        if (!records_.empty()) TRY(seams_.write(std::move(records_)));
        return std::move(taken_);
    }

  private:
    void read(PersonNo person, const json::object& offer);
    std::string read_line(PersonNo person, const json::object& ask, Line& line) const;
    enum class Here { No, Same, Otherwise };
    Here told_here(const Line& line) const;
    void leave_replaced_by_nothing();
    void tell_all();
    void tell_benefit(const Line& line, const Benefit& benefit);
    void answered(const Line& line, EventTime at, const Bytes& answer, bool earns = false);
    void taken_back(const Line& line, EventTime at, bool benefit = false);

    const Library& library_;
    const OfferImportSeams& seams_;
    const std::string_view profile_;
    std::vector<ToldLine> here_;
    std::vector<GivenBenefit> given_here_;
    std::vector<Line> lines_;
    std::map<std::uint32_t, Benefit> benefits_;  // by document
    std::vector<Prepared> records_;
    OffersTaken taken_;
};

// What the person told here of the line, or of the same trait for another offer.
Taking::Here Taking::told_here(const Line& line) const {
    Here out = Here::No;
    for (const ToldLine& told : here_) {
        const bool is_line = told.line.offer == line.document && told.line.ask == line.ask;
        const bool is_trait = told.line.is() == State::Told && told.line.purpose == line.purpose &&
                              library_.fold.dictionary.text(StringNo{told.line.name}) == line.name;
        // The export tells times in milliseconds.
        const std::int64_t apart = std::abs(told.line.at - line.at.us);
        if (is_line && told.line.is() == line.state && apart < milliseconds(1).us)
            return Here::Same;
        if (is_line || is_trait) out = Here::Otherwise;
    }
    return out;
}

// Why it is left; empty when it is taken.
std::string Taking::read_line(PersonNo person, const json::object& ask, Line& line) const {
    const Fold& fold = library_.fold;
    const auto known = std::find_if(fold.offers.offers.begin(), fold.offers.offers.end(),
                                    [&](const auto& each) { return each.second.id == line.offer; });
    if (known == fold.offers.offers.end()) return "offer_not_found";
    const Offer& offer = known->second;
    const auto place = std::find_if(offer.asks.begin(), offer.asks.end(),
                                    [&](const Ask& each) { return each.name == line.name; });
    if (place == offer.asks.end()) return "offer.line_not_found";
    line.document = known->first;
    line.ask = static_cast<std::uint8_t>(place - offer.asks.begin());
    line.brand = fold.brand_named(offer.brand).value_or(0);
    line.purpose = fold.purposes.bit_of(offer.purpose).value_or(0);
    line.at = time_at(ask, "at");
    std::vector<FragmentNo> fragments;
    fold.fragments_of(person, line.brand, fragments);
    if (fragments.empty()) return "offer_not_found";
    line.fragment = strongest(fold, fragments);
    line.answer = packed_nothing();
    if (line.state == State::Told) {
        const json::object* answer = object_at(ask, "answer");
        auto packed =
            read_answer(*place, answer == nullptr ? AnswerFields() : fields_of(*place, *answer));
        if (!packed.ok() || !packed.value()) return "offer.invalid_answer";
        line.answer = *std::move(packed).value();
    }
    if (!library_.fold.may_read(person, {line.brand, line.purpose})) return "offer.not_allowed";
    return {};
}

void Taking::read(PersonNo person, const json::object& offer) {
    std::optional<std::uint32_t> taken;  // its document, once a line is
    for (const json::value& each : list_at(offer, "asks")) {
        if (!each.is_object()) continue;
        const json::object& ask = each.get_object();
        const auto state = state_named(text_at(ask, "state"));
        if (!state) continue;  // nothing was told
        Line line;
        line.offer = text_at(offer, "id");
        line.name = text_at(ask, "name");
        line.state = *state;
        std::string why = read_line(person, ask, line);
        const Here here = why.empty() ? told_here(line) : Here::No;
        if (here == Here::Same) continue;  // the export is read a second time
        if (here == Here::Otherwise) why = "offer.told_here";
        if (!why.empty()) {
            taken_.left.push_back({line.offer, line.name, std::move(why)});
            continue;
        }
        taken = line.document;
        lines_.push_back(std::move(line));
    }
    const json::array given = list_at(offer, "benefits");
    if (!taken || given.empty() || !given.front().is_object()) return;
    // An offer gives once: what was given here, under whichever identifier, stays as it is here.
    if (std::any_of(given_here_.begin(), given_here_.end(),
                    [&](const GivenBenefit& each) { return each.benefit.offer == *taken; }))
        return;
    const json::object& benefit = given.front().get_object();
    Benefit& out = benefits_[*taken];
    out.at = time_at(benefit, "at");
    if (text_at(benefit, "state") == "taken_back") out.taken_back = time_at(benefit, "taken_back");
}

void Taking::answered(const Line& line, EventTime at, const Bytes& answer, bool earns) {
    OfferAnswered told;
    told.id = seams_.random.id<struct EventTag>();
    told.at = at;
    told.brand = line.brand;
    told.purpose = line.purpose;
    told.offer = line.document;
    told.earns = earns;
    told.answers.emplace_back(line.ask, answer);
    Bytes clear, plain;
    encode_offer_answered_clear(told, clear);
    encode_offer_answered_sealed(told, plain);
    records_.push_back(sealed_record(library_.keys, RecordType::OfferAnswered, line.fragment,
                                     told.id, std::move(clear), std::move(plain)));
}

void Taking::taken_back(const Line& line, EventTime at, bool benefit) {
    OfferTakenBack taken;
    taken.id = seams_.random.id<struct EventTag>();
    taken.at = at;
    taken.offer = line.document;
    taken.ask = line.ask;
    taken.benefit = benefit;
    Prepared p;
    p.id = taken.id;
    p.record.type = RecordType::OfferTakenBack;
    p.record.fragment = line.fragment;
    encode_offer_taken_back(taken, p.record.clear);
    records_.push_back(std::move(p));
}

// What took their place was left: then they would be told here, without an answer.
void Taking::leave_replaced_by_nothing() {
    std::erase_if(lines_, [&](const Line& line) {
        const bool stays = line.state != State::Replaced ||
                           std::any_of(lines_.begin(), lines_.end(), [&](const Line& other) {
                               return other.state != State::Replaced && other.name == line.name &&
                                      other.purpose == line.purpose;
                           });
        if (!stays) taken_.left.push_back({line.offer, line.name, "offer_not_found"});
        return !stays;
    });
    std::erase_if(benefits_, [&](const auto& each) {
        return std::none_of(lines_.begin(), lines_.end(),
                            [&](const Line& line) { return line.document == each.first; });
    });
}

// By a line that is told for good afterwards.
void Taking::tell_benefit(const Line& line, const Benefit& benefit) {
    answered(line, benefit.at, packed_nothing(), true);
    if (benefit.taken_back) taken_back(line, *benefit.taken_back, true);
}

// First the benefits, then what stands no more, so that it leaves nothing of what does: a line is
// replaced by the next one that tells the same trait, at that one's time.
void Taking::tell_all() {
    const auto rank = [](const Line& line) {
        return line.state == State::Replaced ? 0 : line.state == State::TakenBack ? 1 : 2;
    };
    std::stable_sort(lines_.begin(), lines_.end(), [&](const Line& a, const Line& b) {
        return std::pair(rank(a), a.at) < std::pair(rank(b), b.at);
    });
    for (const auto& each : benefits_) {
        const auto line = std::find_if(lines_.begin(), lines_.end(),
                                       [&](const Line& one) { return one.document == each.first; });
        tell_benefit(*line, each.second);
    }
    std::map<std::pair<std::string_view, std::uint8_t>, EventTime> replaced;  // trait and purpose
    for (const Line& line : lines_) {
        const auto before = replaced.find({line.name, line.purpose});
        const EventTime first = before == replaced.end() ? line.at : before->second;
        const bool stands = line.state == State::Told;
        if (!stands || first != line.at) answered(line, first, packed_nothing());
        if (stands) answered(line, line.at, line.answer);
        if (line.state == State::TakenBack) taken_back(line, line.at);
        if (line.state == State::Replaced) replaced[{line.name, line.purpose}] = line.at;
    }
}

}  // namespace

Result<OffersTaken> take_offers(const Library& library, const OfferImportSeams& seams,
                                std::string_view profile, const json::object& document) {
    return Taking(library, seams, profile).take(document);
}

}  // namespace filrouge::engine
