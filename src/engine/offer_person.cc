// What a person told in answer to offers, and was given for it: as one JSON document.
#include <algorithm>
#include <set>
#include <shared_mutex>

#include "base/json_writer.h"
#include "engine/offer_desk_impl.h"
#include "engine/person_asked.h"
#include "engine/retention.h"
#include "engine/times.h"

namespace filrouge::engine {
namespace {

std::vector<FragmentNo> fragments_of(const Fold& fold, PersonNo person) {
    std::vector<FragmentNo> out;
    fold.graph.fragments_of(person, out);
    return out;
}

// The one to show of a line: told before taken back, then the latest.
const ToldLine* line_to_show(const std::vector<ToldLine>& lines, std::uint32_t offer,
                             std::size_t ask) {
    const ToldLine* best = nullptr;
    const auto rank = [](const ToldLine& told) {
        return std::tuple(told.line.is() == OfferBook::State::Told, told.line.at,
                          told.line.sequence);
    };
    for (const ToldLine& told : lines) {
        if (told.line.offer != offer || told.line.ask != ask) continue;
        if (best == nullptr || rank(*best) < rank(told)) best = &told;
    }
    return best;
}

std::string_view state_name(OfferBook::State state) {
    switch (state) {
        case OfferBook::State::Told: return "told";
        case OfferBook::State::TakenBack: return "taken_back";
        case OfferBook::State::Replaced: return "replaced";
    }
    return "";
}

// {"shirt_size": ["M"], "plan.what": ["coat"], "plan.until": ["2026-12-31"]}: by trait.
void write_answer(JsonWriter& w, const Fold& fold, const ToldLine& told, std::string_view name) {
    std::vector<history::TraitRow> rows;
    fold.traits.read(told.fragment, rows);
    std::erase_if(rows, [&](const history::TraitRow& row) {
        return row.model != ModelKind::Person || row.sequence != told.line.sequence ||
               !is_of_line(fold.dictionary.text(row.value.key), name);
    });
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
        return std::tie(a.value.key, a.place) < std::tie(b.value.key, b.place);
    });
    w.key("answer").open_object();
    for (std::size_t i = 0; i < rows.size();) {
        const StringNo key = rows[i].value.key;
        w.key(fold.dictionary.text(key)).open_array();
        for (; i < rows.size() && rows[i].value.key == key; ++i) write_cell(w, fold, rows[i].value);
        w.close();
    }
    w.close();
}

void write_benefits(JsonWriter& w, const std::vector<GivenBenefit>& given, std::uint32_t document,
                    const Offer& offer) {
    w.key("benefits").open_array();
    for (const GivenBenefit& each : given) {
        if (each.benefit.offer != document) continue;
        const bool stands = each.benefit.taken_back_at == 0;
        w.open_object().field("id", each.benefit.id().text());
        w.field("at", iso_time(EventTime{each.benefit.at})).field("code", offer.code);
        w.field("state", stands ? "kept" : "taken_back");
        if (!stands) w.field("taken_back", iso_time(EventTime{each.benefit.taken_back_at}));
        w.close();
    }
    w.close();
}

// The text in this language, or in the first variety of it: "fr-CA" for "fr".
auto text_in(const consent::Wording& words, std::string_view language) {
    const auto at = words.texts.lower_bound(language);
    const bool fits = at != words.texts.end() && at->first.starts_with(language) &&
                      (at->first.size() == language.size() || at->first[language.size()] == '-');
    return fits ? at : words.texts.end();
}

}  // namespace

// A version says what was shown. Who reads neither language of our pages is shown some text, by its
// own tag: a choice needs something to be read, and its proof names that.
void write_words_in_force(JsonWriter& w, const Fold& fold, std::string_view purpose,
                          EventTime now) {
    const consent::Wording* words = fold.wordings->in_force(purpose, now);
    if (words == nullptr) return;
    w.key("wording").open_object().field("version", words->version).key("texts").open_object();
    bool any = false;
    for (const std::string_view language : {"en", "fr"}) {
        const auto shown = text_in(*words, language);
        if (shown == words->texts.end()) continue;
        w.field(shown->first, shown->second.text);
        any = true;
    }
    if (!any) w.field(words->texts.begin()->first, words->texts.begin()->second.text);
    w.close().close();
}

FragmentNo strongest(const Fold& fold, const std::vector<FragmentNo>& fragments) {
    const auto rank = [&](FragmentNo f) {
        const IdentifierTypeRow* type = row_of(fold.graph.type_of(f));
        return std::pair(type != nullptr ? type->priority : UINT8_MAX,
                         fold.fragments.at(f.value).first_sequence);
    };
    return *std::min_element(fragments.begin(), fragments.end(),
                             [&](FragmentNo a, FragmentNo b) { return rank(a) < rank(b); });
}

std::vector<ToldLine> lines_of_person(const Fold& fold, PersonNo person) {
    std::vector<ToldLine> out;
    for (const FragmentNo fragment : fragments_of(fold, person)) {
        for (const OfferBook::Line& line : fold.offers.lines_of(fragment))
            out.push_back({fragment, line});
    }
    return out;
}

std::vector<GivenBenefit> benefits_of_person(const Fold& fold, PersonNo person) {
    std::vector<GivenBenefit> out;
    for (const FragmentNo fragment : fragments_of(fold, person)) {
        for (const OfferBook::Benefit& benefit : fold.offers.benefits_of(fragment))
            out.push_back({fragment, benefit});
    }
    return out;
}

bool is_open(const Offer& offer, EventTime now) { return offer.from <= now && now < offer.to; }

bool is_told(const std::vector<ToldLine>& lines, std::uint32_t offer, std::size_t ask) {
    const ToldLine* line = line_to_show(lines, offer, ask);
    return line != nullptr && line->line.is() == OfferBook::State::Told;
}

Result<std::string> offers_of_person_json(const Library& l, std::string_view profile, EventTime now,
                                          bool with_answers) {
    const std::shared_lock reading(l.lock);
    const Fold& fold = l.fold;
    const auto person = person_of(fold, profile);
    if (!person) return no_profile();
    if (!with_answers && is_restricted(fold, *person)) return std::string("[]");
    const std::vector<ToldLine> lines = lines_of_person(fold, *person);
    const std::vector<GivenBenefit> benefits = benefits_of_person(fold, *person);
    std::string out;
    JsonWriter w(out);
    w.open_array();
    for (const auto& each : fold.offers.offers) {  // Clang 14 captures no structured binding
        const std::uint32_t document = each.first;
        const Offer& offer = each.second;
        const auto brand = fold.brand_named(offer.brand);
        const bool answered = std::any_of(lines.begin(), lines.end(), [&](const ToldLine& told) {
            return told.line.offer == document;
        });
        const bool shown = is_open(offer, now) && fold.is_known_to(*person, brand.value_or(0));
        if (!answered && !shown) continue;
        w.open_object().field("id", offer.id).field("open", shown);
        w.field("purpose", offer.purpose);
        write_in_both(w, "title", offer.title);
        write_in_both(w, "benefit", offer.benefit);
        w.field("to", iso_time(offer.to));
        w.field("on_taking_back", offer.takes_back ? "taken_back" : "kept");
        write_words_in_force(w, fold, offer.purpose, now);
        w.key("asks").open_array();
        for (std::size_t i = 0; i < offer.asks.size(); ++i) {
            const ToldLine* told = line_to_show(lines, document, i);
            w.open_object();
            write_ask(w, offer.asks[i]);
            w.field("state", told == nullptr ? "open" : state_name(told->line.is()));
            if (told != nullptr) w.field("at", iso_time(EventTime{told->line.at}));
            if (with_answers && told != nullptr && told->line.is() == OfferBook::State::Told)
                write_answer(w, fold, *told, offer.asks[i].name);
            w.close();
        }
        w.close();
        write_benefits(w, benefits, document, offer);
        w.close();
    }
    w.close();
    return out;
}

}  // namespace filrouge::engine
