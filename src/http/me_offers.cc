// The section of offers: tell this, get that; each line to change or take back.
#include <boost/json.hpp>

#include "http/me_markup.h"
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

void add_options(PersonPage& page, const json::value& ask) {
    page.raw("<option value=\"\">").say({"Please choose", "À choisir"}).raw("</option>");
    for (const json::value& choice : list_in(ask, "choices")) {
        page.raw("<option value=\"").text(member_of(choice, "value")).raw("\">");
        page.text(in_language(choice, "label", page.french())).raw("</option>");
    }
}

void add_input(PersonPage& page, const json::value& ask, const std::string& name,
               std::string_view type) {
    page.raw("<input name=\"answer.").text(name).raw("\" type=\"").raw(type).raw("\"");
    for (const char* bound : {"min", "max"}) {
        const std::string value = member_of(ask, bound);
        if (type == "number" && !value.empty())
            page.raw(" ").raw(bound).raw("=\"").text(value).raw("\"");
    }
    if (type == "number") page.raw(" step=\"any\" inputmode=\"decimal\"");
    if (type == "text") page.raw(" maxlength=\"100\" autocomplete=\"off\"");
    page.raw(">");
}

void add_boxes(PersonPage& page, const json::value& ask, const std::string& name) {
    for (const json::value& choice : list_in(ask, "choices")) {
        page.raw("<label class=\"chip\"><input type=\"checkbox\" name=\"answer.").text(name);
        page.raw("\" value=\"").text(member_of(choice, "value")).raw("\">");
        page.text(in_language(choice, "label", page.french())).raw("</label>");
    }
}

void add_field(PersonPage& page, const json::value& ask) {
    const std::string name = member_of(ask, "name");
    const std::string type = member_of(ask, "type");
    std::string label = in_language(ask, "label", page.french());
    if (member_of(ask, "required") == "true") label.append(" *");
    if (type == "choices") {
        page.raw("<fieldset><legend>").text(label).raw("</legend>");
        add_boxes(page, ask, name);
        return static_cast<void>(page.raw("</fieldset>"));
    }
    page.raw("<label>").text(label);
    if (type == "yes_no") {
        page.raw("<select name=\"answer.").text(name).raw("\"><option value=\"\">");
        page.say({"Please choose", "À choisir"}).raw("</option><option value=\"yes\">");
        page.say({"yes", "oui"}).raw("</option><option value=\"no\">").say({"no", "non"});
        page.raw("</option></select>");
    } else if (!list_in(ask, "choices").empty()) {
        page.raw("<select name=\"answer.").text(name).raw("\">");
        add_options(page, ask);
        page.raw("</select>");
    } else {
        add_input(page, ask, name, type == "number" || type == "date" ? type : "text");
    }
    page.raw("</label>");
    if (type != "plan") return;
    page.raw("<label>").say({"until", "jusqu’au"});
    add_input(page, ask, name + ".until", "date");
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

void add_told(PersonPage& page, const json::value& offer, const json::value& ask) {
    page.raw("<li><b>").text(in_language(ask, "label", page.french())).raw("</b><small>");
    page.text(answer_text(ask, page.french())).say({", told on ", ", dit le "});
    add_day(page, member_of(ask, "at"));
    page.raw("</small><div class=\"buttons\">");
    open_offer_form(page, offer, "/me/offers/take-back");
    hidden(page, "line", member_of(ask, "name"));
    page.raw("<button aria-label=\"").say({"Take back: ", "Retirer : "});
    page.text(in_language(ask, "label", page.french())).raw("\">");
    page.say({"Take back", "Retirer"}).raw("</button></form>");
    if (const auto words = acceptable(offer, page.french())) {
        open_details(page, {"Change", "Modifier"});
        open_offer_form(page, offer, "/me/offers");
        add_field(page, ask);
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

void add_offer(PersonPage& page, const json::value& offer) {
    page.raw("<article class=\"offer\"><h3>").text(in_language(offer, "title", page.french()));
    page.raw("</h3><p class=\"gift\">").text(in_language(offer, "benefit", page.french()));
    page.raw("</p>");
    add_benefits(page, offer);
    bool told = false, open = false;
    for (const json::value& ask : list_in(offer, "asks")) {
        const bool is_told = member_of(ask, "state") == "told";
        if (is_told && !told) page.raw("<ul class=\"rows\">");
        if (is_told) add_told(page, offer, ask);
        told = told || is_told;
        open = open || !is_told;
    }
    if (told) page.raw("</ul>");
    const auto words = acceptable(offer, page.french());
    if (open && words) {
        open_offer_form(page, offer, "/me/offers");
        for (const json::value& ask : list_in(offer, "asks")) {
            if (member_of(ask, "state") != "told") add_field(page, ask);
        }
        add_acceptance(page, *words, {"Tell, and get it", "Répondre et en profiter"});
        page.raw("</form>");
    }
    add_terms(page, offer);
    page.raw("</article>");
}

}  // namespace

void add_offers(PersonPage& page, const json::value& overview) {
    open_section(page, "more", {"Tell us more, get more", "Dites-en plus, recevez plus"},
                 {"Only what you like. Each line can be changed or taken back here.",
                  "Seulement si vous le voulez. Chaque réponse se modifie ou se retire ici."});
    const json::array& offers = list_in(overview, "offers");
    if (offers.empty()) page.paragraph({"There is no offer now.", "Pas d’offre en ce moment."});
    for (const json::value& offer : offers) add_offer(page, offer);
    close_section(page);
}

}  // namespace filrouge::http
