// The section of choices: each purpose in its own words, a switch, and what was said before.
#include <array>
#include <boost/json.hpp>

#include "http/me_markup.h"
#include "http/me_sections.h"

namespace filrouge::http {
namespace {

namespace json = boost::json;

// The words in force, in the page's language; empty when there are none.
std::string words_of(const json::value& purpose, bool french) {
    return member_of(value_in(value_in(purpose, "wording"), "texts"), french ? "fr" : "en");
}

void add_switch_button(PersonPage& page, std::string_view what, bool on) {
    page.raw("<button role=\"switch\" name=\"choice\" value=\"").raw(on ? "no" : "yes");
    page.raw("\" aria-checked=\"").raw(on ? "true" : "false").raw("\" aria-labelledby=\"p-");
    page.text(what).raw("\"><span aria-hidden=\"true\">");
    page.say(on ? Words{"On", "Oui"} : Words{"Off", "Non"}).raw("</span></button>");
}

void add_switch(PersonPage& page, const std::string& purpose, const std::string& version,
                bool allowed) {
    open_form(page, "/me/choices", "switch");
    hidden(page, "purpose", purpose);
    if (!version.empty()) hidden(page, "wording", version);
    add_switch_button(page, purpose, allowed);
    page.raw("</form>");
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
     {"Pause everything", "Tout suspendre"},
     {"We keep your data and use it for nothing, until you end the pause.",
      "Nous gardons vos données sans nous en servir, jusqu’à ce que vous y mettiez fin."}},
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
            const bool yes = member_of(said, "state") == "granted";
            page.say(yes ? Words{": yes", " : oui"} : Words{": no", " : non"});
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
    const std::string state = choice_of(overview, name);
    const bool asks = basis == "consent";
    const bool allowed = asks ? state == "granted" : state != "refused";
    page.raw("<li class=\"purpose\"><div><b id=\"p-").text(name).raw("\">");
    page.text(plain_name(name)).raw("</b><small>").say(basis_words(basis)).raw("</small></div>");
    const std::string version = member_of(value_in(purpose, "wording"), "version");
    if (asks || basis == "legitimate_interest")
        add_switch(page, name, version, allowed);
    else
        page.raw("<span class=\"pill\">").say({"Always", "Toujours"}).raw("</span>");
    const std::string words = words_of(purpose, page.french());
    if (!words.empty()) {
        page.raw("<blockquote>").text(words).raw("<small>").say({"version ", "version "});
        page.text(version).raw("</small></blockquote>");
    }
    if (asks && state != "granted" && state != "refused")
        page.raw("<small>")
            .say({"You were never asked.", "La question ne vous a jamais été posée."})
            .raw("</small>");
    add_statements(page, name, overview);
    page.raw("</li>");
}

}  // namespace

void add_choices(PersonPage& page, const json::value& overview) {
    open_section(page, "choices", {"Your choices", "Vos choix"},
                 {"A switch holds from the moment you press it.",
                  "Un choix prend effet dès que vous appuyez."});
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
