// The section of choices: each purpose in its own words, a switch, and what was said before.
#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "http/me_markup.h"
#include "http/me_sections.h"

namespace filrouge::http {
namespace {

namespace json = boost::json;

bool is_in(std::string_view tag, std::string_view language) {
    return tag.starts_with(language) && (tag.size() == language.size() || tag[2] == '-');
}

void add_switch_button(PersonPage& page, std::string_view what, bool on) {
    page.raw("<button role=\"switch\" name=\"choice\" value=\"").raw(on ? "no" : "yes");
    page.raw("\" aria-checked=\"").raw(on ? "true" : "false").raw("\" aria-labelledby=\"p-");
    page.text(what).raw("\"><span aria-hidden=\"true\">");
    page.say(on ? Words{"On", "Oui"} : Words{"Off", "Non"}).raw("</span></button>");
}

// One purpose as it is shown, with one brand where the brands differ.
struct Asked {
    const std::string& purpose;
    const std::optional<MeWords>& words;
    bool asks, by_mail;
};

void open_choice(PersonPage& page, const Asked& asked, const std::string& brand) {
    open_form(page, "/me/choices", "switch");
    hidden(page, "purpose", asked.purpose);
    if (!brand.empty()) hidden(page, "brand", brand);
    if (asked.words) hidden_words(page, *asked.words);
}

// A yes that counts once a link in a mail was followed is given where the shop asks for it: this
// page sends no mail. The no is as near as for any other use.
void add_confirmed_by_mail(PersonPage& page, const Asked& asked, const MeChoice& choice,
                           const std::string& brand) {
    if (choice.state == "refused") {
        page.raw("<span class=\"pill\">").say({"Off", "Non"}).raw("</span>");
    } else {
        open_choice(page, asked, brand);
        page.raw("<button name=\"choice\" value=\"no\" aria-describedby=\"p-").text(asked.purpose);
        page.raw("\">").say({"Say no", "Refuser"}).raw("</button></form>");
    }
    page.raw("<small>")
        .say({"Not on. It is switched on by the link in an e-mail, which you get when you sign up "
              "for it in the shop.",
              "Non activée. Cette utilisation s’active par le lien d’un e-mail, que vous recevez "
              "en vous y inscrivant dans notre boutique, en ligne ou en magasin."})
        .raw("</small>");
}

void add_control(PersonPage& page, const Asked& asked, const MeChoice& choice,
                 const std::string& brand) {
    if (asked.by_mail && !choice.allowed) return add_confirmed_by_mail(page, asked, choice, brand);
    open_choice(page, asked, brand);
    const std::string label = brand.empty() ? asked.purpose : asked.purpose + "-" + brand;
    add_switch_button(page, label, choice.allowed);
    page.raw("</form>");
}

// Neither yes nor no any more: as near as the switch, for who answered and would rather not have.
void add_taking_back(PersonPage& page, const Asked& asked, const std::vector<MeChoice>& choices,
                     const std::string& brand) {
    const bool answered = std::any_of(choices.begin(), choices.end(), [&](const MeChoice& each) {
        const bool meant = brand.empty() || each.brand == brand;
        return meant && (each.state == "granted" || each.state == "refused");
    });
    if (!answered) return;
    open_form(page, "/me/choices", "quiet");
    hidden(page, "purpose", asked.purpose);
    if (!brand.empty()) hidden(page, "brand", brand);
    page.raw("<button name=\"choice\" value=\"nothing\" aria-describedby=\"p-");
    page.text(asked.purpose).raw("\">");
    page.say({"Take my answer back", "Retirer ma réponse"}).raw("</button></form>");
}

// Whether a brand was told anything at all, also what still waits for its mail.
bool was_asked(const json::value& overview, std::string_view purpose) {
    for (const json::value& brand : list_in(overview, "statements")) {
        for (const json::value& said : list_in(brand, "statements")) {
            if (member_of(said, "purpose") == purpose) return true;
        }
    }
    return false;
}

// A line for each brand, with what stands there: a switch for all of them would have to say yes to
// one before it could say no to another.
void add_brands(PersonPage& page, const Asked& asked, const std::vector<MeChoice>& choices) {
    page.raw("<ul class=\"brands\">");
    for (const MeChoice& choice : choices) {
        page.raw("<li class=\"purpose\"><b id=\"p-").text(asked.purpose).raw("-");
        page.text(choice.brand).raw("\">").text(plain_name(choice.brand));
        page.raw("<span class=\"unseen\">: ")
            .text(purpose_name(asked.purpose, page.french()))
            .raw("</span></b>");
        add_control(page, asked, choice, choice.brand);
        add_taking_back(page, asked, choices, choice.brand);
        page.raw("</li>");
    }
    page.raw("</ul>");
}

struct Restraint {
    std::string_view what, flag;
    Words name, meaning;
};
constexpr std::array<Restraint, 2> kRestraints = {{
    {"no-profiling",
     "objects_to_profiling",
     {"Do not profile me", "Pas de profilage"},
     {"No group, no score, no figure is made of what you do.",
      "Aucun groupe, aucun score, aucun chiffre n’est tiré de ce que vous faites."}},
    {"pause",
     "restricted",
     {"Pause everything", "Tout mettre en pause"},
     {"We keep your data and use it for nothing, until you end the pause.",
      "Nous gardons vos données sans nous en servir, jusqu’à ce que vous leviez la pause."}},
}};

void add_restraint(PersonPage& page, const json::value& overview, const Restraint& restraint) {
    const bool held = member_of(value_in(overview, "restraints"), restraint.flag) == "true";
    page.raw("<li class=\"purpose\"><div><b id=\"p-").raw(restraint.what).raw("\">");
    page.say(restraint.name).raw("</b><small>").say(restraint.meaning).raw("</small></div>");
    open_form(page, "/me/restraints", "switch");
    hidden(page, "what", restraint.what);
    add_switch_button(page, restraint.what, held);
    page.raw("</form></li>");
}

Words said_words(std::string_view state) {
    if (state == "granted") return {": yes", " : oui"};
    if (state == "taken_back") return {": taken back", " : réponse retirée"};
    if (state == "pending")
        return {": yes, to be confirmed by e-mail", " : oui, à confirmer par e-mail"};
    return {": no", " : non"};
}

void add_statements(PersonPage& page, const std::string& purpose, const json::value& overview) {
    bool any = false;
    for (const json::value& brand : list_in(overview, "statements")) {
        for (const json::value& said : list_in(brand, "statements")) {
            if (member_of(said, "purpose") != purpose) continue;
            if (!any) {
                open_details(page, {"What you said, and when", "Ce que vous avez dit, et quand"});
                page.raw("<ul>");
            }
            any = true;
            page.raw("<li>");
            add_day(page, member_of(said, "at"));
            page.say(said_words(member_of(said, "state")));
            const json::value& wording = value_in(said, "wording");
            if (const std::string version = member_of(wording, "version"); !version.empty())
                page.say({", to version ", ", à la version "}).text(version);
            if (const std::string words = member_of(wording, "text"); !words.empty())
                page.raw("<q>").text(words).raw("</q>");
            page.raw("</li>");
        }
    }
    if (any) page.raw("</ul></details>");
}

void add_purpose(PersonPage& page, const json::value& overview, const json::value& purpose) {
    const std::string name = member_of(purpose, "name");
    const std::string basis = member_of(purpose, "basis");
    const std::vector<MeChoice> choices = choices_of(overview, purpose);
    page.raw("<li class=\"purpose\"><div><b id=\"p-").text(name).raw("\">");
    page.text(purpose_name(name, page.french()))
        .raw("</b><small>")
        .say(basis_words(basis))
        .raw("</small></div>");
    const auto words = words_of(value_in(purpose, "wording"), page.french());
    const Asked asked{name, words, basis == "consent",
                      member_of(purpose, "double_opt_in") == "true"};
    const bool differ = std::any_of(choices.begin(), choices.end(), [&](const MeChoice& each) {
        return each.allowed != choices[0].allowed ||
               (asked.by_mail && each.state != choices[0].state);
    });
    const bool answered = std::any_of(choices.begin(), choices.end(), [](const MeChoice& each) {
        return each.state == "granted" || each.state == "refused";
    });
    if (!asked.asks && basis != "legitimate_interest")
        page.raw("<span class=\"pill\">").say({"Always", "Toujours"}).raw("</span>");
    else if (differ)
        add_brands(page, asked, choices);
    else
        add_control(page, asked, choices[0], "");
    if (!differ && (asked.asks || basis == "legitimate_interest"))
        add_taking_back(page, asked, choices, "");
    if (words) {
        open_in_language(page, "blockquote", *words);
        page.text(words->text).raw("<small>").say({"version ", "version "});
        page.text(words->version).raw("</small></blockquote>");
    }
    if (asked.asks && !answered && !was_asked(overview, name))
        page.raw("<small>")
            .say({"You were never asked.", "La question ne vous a jamais été posée."})
            .raw("</small>");
    add_statements(page, name, overview);
    page.raw("</li>");
}

}  // namespace

std::optional<MeWords> words_of(const json::value& wording, bool french) {
    const json::object& texts = object_in(wording, "texts");
    const auto own = std::find_if(texts.begin(), texts.end(), [french](const auto& each) {
        return is_in(each.key(), french ? "fr" : "en");
    });
    const auto shown = own != texts.end() ? own : texts.begin();
    if (shown == texts.end() || !shown->value().is_string()) return std::nullopt;
    return MeWords{member_of(wording, "version"), std::string(shown->key()),
                   std::string(shown->value().get_string())};
}

void hidden_words(PersonPage& page, const MeWords& words) {
    hidden(page, "wording", words.version);
    hidden(page, "language", words.language);
}

void open_in_language(PersonPage& page, std::string_view element, const MeWords& words) {
    page.raw("<").raw(element);
    if (!is_in(words.language, page.french() ? "fr" : "en"))
        page.raw(" lang=\"").text(words.language).raw("\"");
    page.raw(">");
}

void add_choices(PersonPage& page, const json::value& overview) {
    open_section(page, "choices", {"Your choices", "Vos choix"},
                 {"A switch holds from the moment you press it.",
                  "Un choix prend effet dès que vous l’actionnez."});
    page.raw("<ul class=\"rows\">");
    for (const json::value& purpose : list_in(overview, "purposes"))
        add_purpose(page, overview, purpose);
    page.raw("</ul><h3>").say({"Whatever the use", "Pour toutes les utilisations"});
    page.raw("</h3><ul class=\"rows\">");
    for (const Restraint& restraint : kRestraints) add_restraint(page, overview, restraint);
    page.raw("</ul><p><a class=\"button\" href=\"/me/receipt.json\" download=\"receipt.json\">");
    page.say({"Download the signed receipt", "Télécharger le reçu signé"}).raw("</a></p>");
    close_section(page);
}

}  // namespace filrouge::http
