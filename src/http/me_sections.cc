#include "http/me_sections.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <set>

#include "base/text.h"
#include "http/me_markup.h"

namespace filrouge::http {
namespace {

namespace json = boost::json;

std::set<std::pair<std::string, std::string>> identifiers_of(const json::value& overview) {
    std::set<std::pair<std::string, std::string>> out;
    for (const json::value& profile : list_in(overview, "profiles")) {
        for (const json::value& id : list_in(profile, "identifiers"))
            out.emplace(member_of(id, "type"), member_of(id, "value"));
    }
    return out;
}

std::set<std::vector<std::string>> evidence_of(const json::value& overview) {
    std::set<std::vector<std::string>> out;
    for (const json::value& profile : list_in(overview, "profiles")) {
        for (const json::value& edge : list_in(profile, "evidence")) {
            if (member_of(edge, "state") == "accepted" && !member_of(edge, "b_type").empty())
                out.insert({member_of(edge, "at"), member_of(edge, "a_type"),
                            member_of(edge, "b_type"), member_of(edge, "source")});
        }
    }
    return out;
}

// ["a","b"] as "a, b", "x" as x.
std::string value_text(const json::value& trait) {
    const json::value& value = value_in(trait, "value");
    if (!value.is_array()) return plain_text(value);
    std::string out;
    for (const json::value& each : value.get_array()) {
        if (!out.empty()) out.append(", ");
        out.append(plain_text(each));
    }
    return out;
}

std::string name_of(const PersonPage& page, const MeFact& fact) {
    return trait_name(fact.name, !fact.model.empty(), page.french());
}

void add_act(PersonPage& page, const MeFact& fact, std::string_view act, Words words) {
    page.raw("<button name=\"act\" value=\"").raw(act).raw("\" aria-label=\"").say(words);
    page.say({": ", " : "}).text(name_of(page, fact)).raw("\">").say(words).raw("</button>");
}

std::string with_comma(std::string number) {
    std::replace(number.begin(), number.end(), '.', ',');
    return number;
}

Words yes_or_no(const MeFact& fact) {
    return fact.value == "true" ? Words{"yes", "oui"} : Words{"no", "non"};
}

void add_right_value(PersonPage& page, const MeFact& fact) {
    page.raw("<label>").say({"What is right", "Valeur exacte"});
    if (fact.is_yes_no) {
        const bool yes = fact.value == "true";
        page.raw("<select name=\"value\"><option value=\"yes\"").raw(yes ? " selected>" : ">");
        page.say({"yes", "oui"}).raw("</option><option value=\"no\"").raw(yes ? ">" : " selected>");
        page.say({"no", "non"}).raw("</option></select></label>");
        return;
    }
    page.raw("<input type=\"text\" name=\"value\" maxlength=\"100\" autocomplete=\"off\" value=\"");
    page.text(fact.value).raw("\"></label>");
}

// One value is written anew; a list is taken away, and told anew where it was told.
void add_correction(PersonPage& page, const MeFact& fact) {
    open_details(page, {"Put right", "Corriger"});
    open_form(page, "/me/corrections", "fields");
    hidden(page, "trait", fact.name);
    if (!fact.brand.empty()) hidden(page, "brand", fact.brand);
    if (fact.is_number) hidden(page, "was", "number");
    if (fact.is_yes_no) hidden(page, "was", "yes_no");
    if (!fact.is_list) add_right_value(page, fact);
    page.raw("<div class=\"buttons\">");
    if (!fact.is_list) add_act(page, fact, "correct", {"Correct", "Corriger"});
    add_act(page, fact, "remove", {"Remove", "Supprimer"});
    if (fact.corrected) add_act(page, fact, "release", {"Undo", "Annuler la correction"});
    page.raw("</div></form></details>");
}

void add_fact(PersonPage& page, const MeFact& fact) {
    page.raw("<div><dt>").text(name_of(page, fact)).raw("</dt><dd>");
    page.raw("<b>");
    if (fact.is_yes_no)
        page.say(yes_or_no(fact));
    else
        page.text(page.french() && fact.is_number ? with_comma(fact.value) : fact.value);
    page.raw("</b><small>");
    if (fact.corrected) {
        page.say({"put right by you or for you", "corrigé par vous ou pour vous"});
    } else if (fact.model.empty()) {
        page.say({"from ", "par "});
        add_source(page, fact.source);
    } else {
        page.say({"expected by the model ", "prévu par le modèle "}).text(fact.model);
        page.say({", for ", ", pour "}).text(purpose_name(fact.purpose, page.french()));
    }
    page.raw(", ");
    add_day(page, fact.at);
    page.raw("</small>");
    if (fact.model.empty() && fact.source != "person") add_correction(page, fact);
    page.raw("</dd></div>");
}

// What was taken away is seen no more, so it stands here to be brought back.
void add_removed(PersonPage& page, const json::value& overview) {
    for (const json::value& row : list_in(value_in(overview, "corrections"), "corrections")) {
        if (member_of(row, "action") != "remove") continue;
        MeFact fact;
        fact.name = member_of(row, "trait");
        open_form(page, "/me/corrections", "removed");
        hidden(page, "trait", fact.name);
        if (const std::string brand = member_of(row, "brand"); !brand.empty())
            hidden(page, "brand", brand);
        page.raw("<span>").text(name_of(page, fact)).say({": removed on ", " : supprimé le "});
        add_day(page, member_of(row, "at"));
        page.raw("</span> ");
        add_act(page, fact, "release", {"Undo", "Rétablir"});
        page.raw("</form>");
    }
}

void add_facts(PersonPage& page, const std::vector<MeFact>& facts, bool of_models) {
    page.raw("<dl class=\"facts\">");
    for (const MeFact& fact : facts) {
        if (fact.model.empty() != of_models) add_fact(page, fact);
    }
    page.raw("</dl>");
}

// The clauses that were met, in the words of the rule, with what was found.
void add_clauses(PersonPage& page, const json::value& clause) {
    const json::array& parts = list_in(clause, "parts");
    for (const json::value& part : parts) add_clauses(page, part);
    if (!parts.empty() || member_of(clause, "met") != "true") return;
    page.raw("<li><code>").text(member_of(clause, "clause")).raw("</code>");
    if (const std::string value = shown_in(clause, "value", page.french()); !value.empty())
        page.say({" found: ", " trouvé : "}).text(value);
    page.raw("</li>");
}

void add_audiences(PersonPage& page, const json::value& overview) {
    const json::array& audiences = list_in(overview, "audiences");
    if (audiences.empty())
        return page.paragraph(
            {"Nothing: you are in no group.", "Rien : vous n’êtes dans aucun groupe."});
    page.raw("<ul class=\"rows\">");
    for (const json::value& audience : audiences) {
        page.raw("<li><b>").text(member_of(audience, "name")).raw("</b><small>");
        page.say({"used for ", "finalité : "})
            .text(purpose_name(member_of(audience, "purpose"), page.french()));
        page.raw("</small>");
        open_details(page, {"Why you are in it", "Pourquoi vous y êtes"});
        page.raw("<ul>");
        const json::value* why =
            audience.is_object() ? audience.get_object().if_contains("why") : nullptr;
        if (why != nullptr)
            add_clauses(page, *why);
        else
            page.raw("<li><code>").text(member_of(audience, "rule")).raw("</code></li>");
        page.raw("</ul></details></li>");
    }
    page.raw("</ul>");
}

// Both languages add an s past one.
void add_count(PersonPage& page, const std::string& count, Words what) {
    page.text(count).say(what).raw(count == "1" || count == "0" ? "" : "s");
}

std::int64_t events_of(const json::value& figures) {
    return parse_int(member_of(figures, "events")).value_or(0);
}

void add_contacts(PersonPage& page, const json::value& overview) {
    std::map<std::string, json::object> channels;  // the fullest view of each
    for (const json::value& profile : list_in(overview, "profiles")) {
        for (const auto& [name, figures] : object_in(profile, "channels")) {
            if (!figures.is_object()) continue;
            json::object& known = channels[std::string(name)];
            if (events_of(figures) >= events_of(known)) known = figures.get_object();
        }
    }
    if (channels.empty()) return;
    page.raw("<h3>").say({"Where we met", "Nos contacts"}).raw("</h3>");
    page.raw("<dl class=\"facts\">");
    for (const auto& [name, figures] : channels) {
        const std::string orders = member_of(figures, "orders");
        const std::string first = member_of(figures, "first"), last = member_of(figures, "last");
        page.raw("<div><dt>").text(name).raw("</dt><dd><b>");
        add_count(page, member_of(figures, "events"), {" contact", " contact"});
        if (orders != "0") add_count(page.raw(", "), orders, {" order", " commande"});
        page.raw("</b><small>");
        add_day(page, first);
        if (first.substr(0, 10) != last.substr(0, 10)) {
            page.raw(" – ");
            add_day(page, last);
        }
        page.raw("</small></dd></div>");
    }
    page.raw("</dl>");
}

}  // namespace

std::vector<MeFact> facts_of(const json::value& overview) {
    std::vector<MeFact> out;
    std::set<std::vector<std::string>> known;
    for (const json::value& profile : list_in(overview, "profiles")) {
        for (const auto& [name, trait] : object_in(profile, "traits")) {
            MeFact fact{std::string(name),          value_text(trait),
                        member_of(trait, "source"), member_of(trait, "at"),
                        member_of(trait, "model"),  member_of(profile, "purpose"),
                        member_of(profile, "brand")};
            fact.corrected = member_of(trait, "corrected") == "true";
            fact.is_list = value_in(trait, "value").is_array();
            fact.is_number = value_in(trait, "value").is_number();
            fact.is_yes_no = value_in(trait, "value").is_bool();
            // What was told is one fact for all purposes, a model's figure one for each.
            std::vector<std::string> key{fact.name, fact.value, fact.source, fact.at, fact.model};
            if (!fact.model.empty()) key.push_back(fact.purpose);
            if (known.insert(std::move(key)).second) out.push_back(std::move(fact));
        }
    }
    return out;
}

std::vector<MeChoice> choices_of(const json::value& overview, const json::value& purpose) {
    const std::string name = member_of(purpose, "name");
    const bool asks = member_of(purpose, "basis") == "consent";
    std::vector<MeChoice> out;
    for (const json::value& profile : list_in(overview, "profiles")) {
        const json::object& consents = object_in(profile, "consents");
        const json::value* choice = consents.if_contains(name);
        if (choice == nullptr) continue;
        MeChoice told{member_of(profile, "brand"), member_of(*choice, "state"), false};
        told.allowed = asks ? told.state == "granted" : told.state != "refused";
        const bool known = std::any_of(
            out.begin(), out.end(), [&](const MeChoice& each) { return each.brand == told.brand; });
        if (!known) out.push_back(std::move(told));
    }
    if (out.empty()) out.push_back({"", "", !asks});
    return out;
}

MeFigures figures_of(const json::value& overview) {
    MeFigures out;
    out.identifiers = identifiers_of(overview).size();
    out.facts = facts_of(overview).size() + list_in(overview, "audiences").size();
    for (const json::value& purpose : list_in(overview, "purposes")) {
        ++out.uses;
        const std::vector<MeChoice> choices = choices_of(overview, purpose);
        if (std::any_of(choices.begin(), choices.end(), [](const auto& c) { return c.allowed; }))
            ++out.allowed;
    }
    for (const json::value& offer : list_in(overview, "offers"))
        out.offers += member_of(offer, "open") == "true" ? 1 : 0;
    return out;
}

void add_who(PersonPage& page, const json::value& overview) {
    open_section(page, "who", {"Who we think you are", "Votre identité, selon nous"},
                 {"By these we recognise you when you come back.",
                  "C’est par ces éléments que nous vous reconnaissons quand vous revenez."});
    page.raw("<ul class=\"rows\">");
    for (const auto& [type, value] : identifiers_of(overview)) {
        page.raw("<li><b>").say(identifier_words(type)).raw("</b><small class=\"value\">");
        page.text(value).raw("</small></li>");
    }
    page.raw("</ul>");
    const auto evidence = evidence_of(overview);
    if (!evidence.empty()) {
        open_details(page, {"Why we think these are all you",
                            "Pourquoi nous pensons qu’il s’agit bien de vous"});
        page.raw("<ul>");
        for (const auto& edge : evidence) {
            page.raw("<li>").say(identifier_words(edge[1])).say({" and ", " et "});
            page.say(identifier_words(edge[2])).say({": seen together on ", " : vus ensemble le "});
            add_day(page, edge[0]);
            page.say({", by ", ", par "}).text(edge[3]).raw("</li>");
        }
        page.raw("</ul></details>");
    }
    open_form(page, "/me/requests", "quiet");
    hidden(page, "kind", "rectify");
    page.raw("<button>").say({"One of these is not me", "L’un de ces éléments ne me concerne pas"});
    page.raw("</button></form>");
    close_section(page);
}

void add_known(PersonPage& page, const json::value& overview) {
    const std::vector<MeFact> facts = facts_of(overview);
    const auto computed = [](const MeFact& fact) { return !fact.model.empty(); };
    open_section(page, "known", {"What we know", "Ce que nous savons"},
                 {"Each thing with where it came from, and when.",
                  "Chaque information avec sa provenance et sa date."});
    page.raw("<h3>").say({"You told us", "Vous nous l’avez dit"}).raw("</h3>");
    if (std::all_of(facts.begin(), facts.end(), computed))
        page.paragraph({"Nothing yet.", "Rien pour l’instant."});
    else
        add_facts(page, facts, false);
    add_removed(page, overview);
    add_contacts(page, overview);
    page.raw("<h3>").say({"We concluded", "Nous en avons déduit"}).raw("</h3>");
    add_audiences(page, overview);
    if (std::any_of(facts.begin(), facts.end(), computed)) {
        page.raw("<h3>").say({"Models expect", "Nos modèles prévoient"}).raw("</h3>");
        add_facts(page, facts, true);
    }
    close_section(page);
}

void add_requests(PersonPage& page, const json::value& overview) {
    open_section(page, "requests", {"Your requests", "Vos demandes"},
                 {"Somebody of the shop answers, within one month at the latest.",
                  "Un membre de notre équipe vous répond dans un délai d’un mois au plus."});
    const json::array& requests = list_in(overview, "requests");
    if (!requests.empty()) page.raw("<ul class=\"rows\">");
    for (const json::value& request : requests) {
        const std::string state = member_of(request, "state");
        page.raw("<li><b>").say(request_words(member_of(request, "kind"))).raw("</b> ");
        page.raw("<span class=\"pill ").text(state).raw("\">").say(state_words(state));
        page.raw("</span><small>").say({"asked on ", "demandé le "});
        add_day(page, member_of(request, "received"));
        page.say({", due by ", ", réponse au plus tard le "});
        add_day(page, member_of(request, "due"));
        page.raw("</small></li>");
    }
    if (!requests.empty()) page.raw("</ul>");
    open_form(page, "/me/requests", "line");
    page.raw("<label>").say({"I would like to", "Je voudrais"});
    page.raw("<select name=\"kind\">");
    for (const std::string_view kind : {"access", "rectify", "object", "portability"}) {
        page.raw("<option value=\"").raw(kind).raw("\">").say(request_words(kind));
        page.raw("</option>");
    }
    page.raw("</select></label><button>").say({"Ask", "Envoyer ma demande"});
    page.raw("</button></form>");
    close_section(page);
}

void add_looked(PersonPage& page) {
    open_section(
        page, "looked", {"Who looked", "Qui a consulté vos données"},
        {"Every time somebody of the shop opens your data, it is written down. Two things are "
         "written down without saying of whom: following everybody’s activity as it happens, and "
         "lists of numbers without names.",
         "Chaque consultation de vos données par nos équipes est enregistrée. Deux le sont sans "
         "dire "
         "de qui : le suivi en direct de l’activité de tous et les listes de numéros sans noms."});
    page.raw("<p><a class=\"button\" href=\"/me/looked?lang=").raw(page.french() ? "fr" : "en");
    page.raw("\">").say({"See who looked", "Voir les consultations"}).raw("</a></p>");
    close_section(page);
}

void add_farewell(PersonPage& page) {
    const std::string_view lang = page.french() ? "fr" : "en";
    open_section(page, "take", {"Take it along", "Emportez vos données"},
                 {"Everything, with every event: to read, or for another shop’s machine.",
                  "Tout, avec chaque événement : à lire, ou à transmettre à une autre enseigne."});
    page.raw("<p class=\"buttons\"><a class=\"button\" href=\"/me/export.html?lang=").raw(lang);
    page.raw("\">").say({"Readable page", "Page lisible"}).raw("</a>");
    page.raw("<a class=\"button\" href=\"/me/export.json\" download=\"my-data.json\">");
    page.say({"For machines (JSON)", "Pour un logiciel (JSON)"}).raw("</a></p>");
    close_section(page);
    open_section(
        page, "erase", {"Be forgotten", "Effacez vos données"},
        {"Everything above becomes unreadable at once, in our backups of it too. We keep a "
         "scrambled print of each of your identifiers, so that an old file does not bring "
         "you back; what happened, without a name (when, where, what and for how much); "
         "and that this erasure was done. Copies of our keys made before it can open old "
         "backups until they are deleted, and a message that we could not read is closed "
         "when its term ends. You keep what you downloaded.",
         "Tout ce qui précède devient aussitôt illisible, y compris dans nos sauvegardes. "
         "Nous gardons une empreinte brouillée de chacun de vos identifiants, pour qu’un "
         "ancien fichier ne vous fasse pas revenir ; ce qui s’est passé, sans nom (quand, "
         "où, quoi et pour combien) ; et le fait que cet effacement a eu lieu. Des copies "
         "de nos clés faites auparavant peuvent ouvrir d’anciennes sauvegardes jusqu’à "
         "leur suppression, et un message que nous n’avons pas pu lire est refermé à la "
         "fin de son délai. Vous gardez ce que vous avez téléchargé."});
    open_form(page, "/me/erase");
    page.raw(
        "<label class=\"check\"><input type=\"checkbox\" name=\"sure\" value=\"yes\" required>");
    page.raw("<span>")
        .say({"Erase everything you know about me. I know that there is no way back.",
              "Effacez tout ce que vous savez de moi. Je sais que c’est irréversible."})
        .raw("</span></label><button class=\"danger\">")
        .say({"Erase everything", "Tout effacer"})
        .raw("</button></form>");
    close_section(page);
}

}  // namespace filrouge::http
