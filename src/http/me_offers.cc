// The section of offers: tell this, get that; each line to change or take back.
#include <algorithm>
#include <boost/json.hpp>

#include "http/me_markup.h"
#include "http/me_page.h"
#include "http/me_sections.h"

namespace filrouge::http {
namespace {

namespace json = boost::json;

std::string in_language(const json::value& object, std::string_view key, bool french) {
    return member_of(value_in(object, key), french ? "fr" : "en");
}

// The label that belongs to a choice's value; else the value.
std::string label_of(const json::value& ask, const std::string& value, bool french) {
    for (const json::value& choice : list_in(ask, "choices")) {
        if (member_of(choice, "value") == value) return in_language(choice, "label", french);
    }
    return value;
}

std::string answer_text(const json::value& ask, bool french) {
    std::string out;
    for (const auto& [trait, values] : object_in(ask, "answer")) {
        const bool until = trait.ends_with(".until");
        for (const json::value& each : list_in(value_in(ask, "answer"), trait)) {
            std::string text = shown_text(each, french);
            if (each.is_bool())
                text = each.get_bool() ? (french ? "oui" : "yes") : (french ? "non" : "no");
            if (until || member_of(ask, "type") == "date") text = day_of(text, french);
            if (!out.empty()) out.append(until ? (french ? ", jusqu’au " : ", until ") : ", ");
            out.append(label_of(ask, text, french));
        }
    }
    return out;
}

// What stands in the fields of a line: what was sent and could not be kept, else the answer that
// holds. To change one box of five somebody must find the five.
struct Filled {
    std::vector<std::string> values;
    std::string until;
    bool sent = false, wrong = false;
    bool has(std::string_view value) const {
        return std::find(values.begin(), values.end(), value) != values.end();
    }
    std::string text() const { return values.empty() ? "" : values.front(); }
};

Filled filled_of(const json::value& offer, const json::value& ask, const MeTried* tried) {
    Filled out;
    const std::string name = member_of(ask, "name"), until = name + ".until";
    if (tried != nullptr && tried->offer == member_of(offer, "id")) {
        out.wrong = tried->line == name;
        for (const auto& [field, value] : tried->fields) {
            out.sent = out.sent || field == name || field == until;
            if (field == name) out.values.push_back(value);
            if (field == until) out.until = value;
        }
        if (out.sent) return out;
    }
    for (const auto& [trait, values] : object_in(ask, "answer")) {
        for (const json::value& each : list_in(value_in(ask, "answer"), trait)) {
            std::string text = plain_text(each);
            if (each.is_bool()) text = each.get_bool() ? "yes" : "no";
            if (trait.ends_with(".until"))
                out.until = std::move(text);
            else
                out.values.push_back(std::move(text));
        }
    }
    return out;
}

struct Field {
    const json::value& ask;
    const Filled& filled;
    bool required;  // for the benefit, in the form that earns it
};

// What a field of a form has besides its name.
void add_state(PersonPage& page, const Field& field) {
    if (field.required) page.raw(" required");
    if (field.filled.wrong) page.raw(" id=\"wrong\" aria-invalid=\"true\"");
    page.raw(">");
}

void add_option(PersonPage& page, const Field& field, const std::string& value) {
    page.raw("<option value=\"").text(value).raw("\"");
    page.raw(field.filled.has(value) ? " selected>" : ">");
}

void add_options(PersonPage& page, const Field& field) {
    page.raw("<option value=\"\">").say({"Please choose", "Choisissez"}).raw("</option>");
    for (const json::value& choice : list_in(field.ask, "choices")) {
        add_option(page, field, member_of(choice, "value"));
        page.text(in_language(choice, "label", page.french())).raw("</option>");
    }
}

void add_yes_no(PersonPage& page, const Field& field) {
    page.raw("<option value=\"\">").say({"Please choose", "Choisissez"}).raw("</option>");
    add_option(page, field, "yes");
    page.say({"yes", "oui"}).raw("</option>");
    add_option(page, field, "no");
    page.say({"no", "non"}).raw("</option>");
}

void add_input(PersonPage& page, const Field& field, const std::string& name, std::string_view type,
               const std::string& value) {
    page.raw("<input name=\"answer.").text(name).raw("\" type=\"").raw(type).raw("\"");
    for (const char* bound : {"min", "max"}) {
        const std::string most = member_of(field.ask, bound);
        if (type == "number" && !most.empty())
            page.raw(" ").raw(bound).raw("=\"").text(most).raw("\"");
    }
    if (type == "number") page.raw(" step=\"any\" inputmode=\"decimal\"");
    if (type == "text") page.raw(" maxlength=\"100\" autocomplete=\"off\"");
    if (!value.empty()) page.raw(" value=\"").text(value).raw("\"");
    add_state(page, field);
}

void add_boxes(PersonPage& page, const Field& field, const std::string& name) {
    for (const json::value& choice : list_in(field.ask, "choices")) {
        const std::string value = member_of(choice, "value");
        page.raw("<label class=\"chip\"><input type=\"checkbox\" name=\"answer.").text(name);
        page.raw("\" value=\"").text(value);
        page.raw(field.filled.has(value) ? "\" checked>" : "\">");
        page.text(in_language(choice, "label", page.french())).raw("</label>");
    }
}

// A text has room for a number of bytes (engine/offer.h), which a browser cannot count.
void add_what_is_wrong(PersonPage& page, const Field& field, std::string_view type) {
    if (!field.filled.wrong) return;
    page.raw("<small class=\"wrong\">");
    page.say({"This could not be read. ", "Ceci n’a pas pu être lu. "});
    const std::string min = shown_in(field.ask, "min", page.french());
    const std::string max = shown_in(field.ask, "max", page.french());
    if (type == "number") {
        page.say({"It is a number", "C’est un nombre"});
        if (!min.empty()) page.say({", at least ", ", au moins "}).text(min);
        if (!max.empty()) page.say({", at most ", ", au plus "}).text(max);
        page.raw(".");
    } else if (type == "date") {
        page.say({"It is a day, such as 2026-12-31.", "C’est un jour, comme 2026-12-31."});
    } else if (type == "text" || type == "plan") {
        page.say(
            {"A text has about 100 letters at most, 60 in Arabic, Cyrillic or Greek, 40 in "
             "Chinese or Japanese; a day is such as 2026-12-31.",
             "Un texte a environ 100 lettres au plus, 60 en arabe, en cyrillique ou en grec, "
             "40 en chinois ou en japonais ; un jour s’écrit comme 2026-12-31."});
    } else {
        page.say({"Please choose again.", "Choisissez à nouveau."});
    }
    page.raw("</small>");
}

void add_field(PersonPage& page, const Field& field) {
    const std::string name = member_of(field.ask, "name");
    const std::string type = member_of(field.ask, "type");
    std::string label = in_language(field.ask, "label", page.french());
    if (member_of(field.ask, "required") == "true") label.append(" *");
    if (type == "choices") {
        page.raw("<fieldset").raw(field.filled.wrong ? " id=\"wrong\">" : ">");
        page.raw("<legend>").text(label).raw("</legend>");
        add_boxes(page, field, name);
        add_what_is_wrong(page, field, type);
        return static_cast<void>(page.raw("</fieldset>"));
    }
    page.raw("<label>").text(label);
    const bool chooses = !list_in(field.ask, "choices").empty();
    if (type == "yes_no" || chooses) {
        page.raw("<select name=\"answer.").text(name).raw("\"");
        add_state(page, field);
        if (type == "yes_no")
            add_yes_no(page, field);
        else
            add_options(page, field);
        page.raw("</select>");
    } else {
        add_input(page, field, name, type == "number" || type == "date" ? type : "text",
                  field.filled.text());
    }
    add_what_is_wrong(page, field, type);
    page.raw("</label>");
    if (type != "plan") return;
    page.raw("<label>").say({"until", "jusqu’au"});
    const Filled day;
    add_input(page, {field.ask, day, false}, name + ".until", "date", field.filled.until);
    page.raw("</label>");
}

void open_offer_form(PersonPage& page, const json::value& offer, std::string_view action) {
    open_form(page, action, "fields");
    hidden(page, "offer", member_of(offer, "id"));
}

// The words that are accepted with the button, and the button.
void add_acceptance(PersonPage& page, const MeWords& words, Words button) {
    hidden_words(page, words);
    page.raw("<p class=\"note\">")
        .say({"With this button you agree: ", "En cliquant, vous acceptez : "});
    open_in_language(page, "q", words);
    page.text(words.text).raw("</q></p><button class=\"main\">").say(button).raw("</button>");
}

// Without words nothing can be agreed to.
std::optional<MeWords> acceptable(const json::value& offer, bool french) {
    if (member_of(offer, "open") != "true") return std::nullopt;
    return words_of(value_in(offer, "wording"), french);
}

void add_told(PersonPage& page, const json::value& offer, const json::value& ask,
              const MeTried* tried) {
    page.raw("<li><b>").text(in_language(ask, "label", page.french())).raw("</b><small>");
    page.text(answer_text(ask, page.french())).say({", told on ", ", répondu le "});
    add_day(page, member_of(ask, "at"));
    page.raw("</small><div class=\"buttons\">");
    open_offer_form(page, offer, "/me/offers/take-back");
    hidden(page, "line", member_of(ask, "name"));
    page.raw("<button aria-label=\"").say({"Take back: ", "Retirer : "});
    page.text(in_language(ask, "label", page.french())).raw("\">");
    page.say({"Take back", "Retirer"}).raw("</button></form>");
    if (const auto words = acceptable(offer, page.french())) {
        const Filled filled = filled_of(offer, ask, tried);
        open_details(page, {"Change", "Modifier"}, filled.sent);
        open_offer_form(page, offer, "/me/offers");
        add_field(page, {ask, filled, false});
        add_acceptance(page, *words, {"Change", "Modifier"});
        page.raw("</form></details>");
    }
    page.raw("</div></li>");
}

void add_benefits(PersonPage& page, const json::value& offer) {
    for (const json::value& benefit : list_in(offer, "benefits")) {
        const bool stands = member_of(benefit, "state") == "kept";
        page.raw(stands ? "<p class=\"benefit\"><b>" : "<p class=\"benefit ended\"><b>");
        page.say(stands ? Words{"Yours", "À vous"} : Words{"Taken back", "Retiré"});
        page.raw("</b> ").text(in_language(offer, "benefit", page.french()));
        if (stands) page.raw("<code>").text(member_of(benefit, "code")).raw("</code>");
        page.raw("<small>");
        page.say({"given on ", "accordé le "});
        add_day(page, member_of(benefit, "at"));
        page.say({", number ", ", numéro "}).text(member_of(benefit, "id").substr(0, 8));
        page.raw("</small></p>");
    }
}

void add_terms(PersonPage& page, const json::value& offer) {
    page.raw("<p class=\"note\">").say({"Open until ", "Ouverte jusqu’au "});
    add_day(page, member_of(offer, "to"));
    page.raw(". ");
    if (member_of(offer, "on_taking_back") == "kept")
        page.say({"If you take it back later, the benefit stays yours.",
                  "Si vous retirez vos réponses, vous gardez l’avantage."});
    else
        page.say({"If you take back a line marked *, the benefit ends.",
                  "Si vous retirez une réponse marquée *, l’avantage prend fin."});
    page.raw("</p>");
}

void add_offer(PersonPage& page, const json::value& offer, const MeTried* tried) {
    page.raw("<article class=\"offer\"><h3>").text(in_language(offer, "title", page.french()));
    page.raw("</h3><p class=\"gift\">").text(in_language(offer, "benefit", page.french()));
    page.raw("</p>");
    add_benefits(page, offer);
    bool told = false, open = false;
    for (const json::value& ask : list_in(offer, "asks")) {
        const bool is_told = member_of(ask, "state") == "told";
        if (is_told && !told) page.raw("<ul class=\"rows\">");
        if (is_told) add_told(page, offer, ask, tried);
        told = told || is_told;
        open = open || !is_told;
    }
    if (told) page.raw("</ul>");
    const auto words = acceptable(offer, page.french());
    if (open && words) {
        open_offer_form(page, offer, "/me/offers");
        for (const json::value& ask : list_in(offer, "asks")) {
            if (member_of(ask, "state") == "told") continue;
            const Filled filled = filled_of(offer, ask, tried);
            add_field(page, {ask, filled, member_of(ask, "required") == "true"});
        }
        add_acceptance(page, *words, {"Tell, and get it", "Répondre et en profiter"});
        page.raw("</form>");
    }
    add_terms(page, offer);
    page.raw("</article>");
}

}  // namespace

std::string wrong_line(const json::value& overview, const MeTried& tried, bool french) {
    for (const json::value& offer : list_in(overview, "offers")) {
        if (member_of(offer, "id") != tried.offer) continue;
        for (const json::value& ask : list_in(offer, "asks")) {
            if (member_of(ask, "name") == tried.line) return in_language(ask, "label", french);
        }
    }
    return {};
}

void add_offers(PersonPage& page, const json::value& overview, const MeTried* tried) {
    open_section(page, "more", {"Tell us more, get more", "Dites-nous-en plus, recevez davantage"},
                 {"Only what you like. Each line can be changed or taken back here.",
                  "Seulement ce que vous souhaitez. Chaque réponse se modifie ou se retire ici."});
    const json::array& offers = list_in(overview, "offers");
    if (offers.empty()) page.paragraph({"There is no offer now.", "Aucune offre en ce moment."});
    for (const json::value& offer : offers) add_offer(page, offer, tried);
    close_section(page);
}

}  // namespace filrouge::http
