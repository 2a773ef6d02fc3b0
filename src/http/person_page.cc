#include "http/person_page.h"

#include <algorithm>
#include <boost/json.hpp>
#include <tuple>

#include "base/json_writer.h"
#include "http/html.h"
#include "model/money.h"

namespace filrouge::http {

namespace json = boost::json;

constexpr std::string_view kPersonStyle =
    "body{font-family:sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;line-height:1.5}"
    "table{border-collapse:collapse;width:100%}"
    "th,td{border:1px solid;padding:.3rem .5rem;text-align:left;vertical-align:top;"
    "overflow-wrap:anywhere}"
    "button{font:inherit;padding:.4rem .8rem;min-height:2.75rem}";

namespace {

// Numbers of ours have at most four decimals, so none is lost.
std::string number_text(const json::value& value) {
    std::string text = json::serialize(value);
    if (!value.is_double()) return text;
    const auto fixed = parse_fixed(text);
    return fixed ? fixed_text(*fixed) : text;
}

void write_plain(JsonWriter& w, const json::value& value) {
    if (value.is_object()) {
        w.open_object();
        for (const auto& [key, each] : value.get_object()) {
            w.key(key);
            write_plain(w, each);
        }
        w.close();
    } else if (value.is_array()) {
        w.open_array();
        for (const json::value& each : value.get_array()) write_plain(w, each);
        w.close();
    } else {
        w.raw(value.is_number() ? number_text(value) : json::serialize(value));
    }
}

}  // namespace

std::string plain_text(const json::value& value) {
    if (value.is_null()) return {};
    if (value.is_string()) return std::string(value.get_string());
    std::string out;
    JsonWriter w(out);
    write_plain(w, value);
    return out;
}

std::string shown_text(const json::value& value, bool french) {
    std::string out = plain_text(value);
    const std::size_t point = french && value.is_number() ? out.find('.') : out.npos;
    if (point != out.npos) out[point] = ',';
    return out;
}

std::string member_of(const json::value& object, std::string_view key) {
    const json::value* found = object.is_object() ? object.get_object().if_contains(key) : nullptr;
    return found == nullptr ? std::string() : plain_text(*found);
}

std::string shown_in(const json::value& object, std::string_view key, bool french) {
    return shown_text(value_in(object, key), french);
}

const json::array& list_in(const json::value& object, std::string_view key) {
    static const json::array kNone;
    const json::value* found = object.is_object() ? object.get_object().if_contains(key) : nullptr;
    return found != nullptr && found->is_array() ? found->get_array() : kNone;
}

const json::object& object_in(const json::value& object, std::string_view key) {
    static const json::object kNone;
    const json::value* found = object.is_object() ? object.get_object().if_contains(key) : nullptr;
    return found != nullptr && found->is_object() ? found->get_object() : kNone;
}

const json::value& value_in(const json::value& object, std::string_view key) {
    static const json::value kNone;
    const json::value* found = object.is_object() ? object.get_object().if_contains(key) : nullptr;
    return found != nullptr ? *found : kNone;
}

std::string typeset_french(std::string_view text) {
    constexpr std::string_view kSigns = ":;?!%";
    std::string out;
    out.reserve(text.size() + 16);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::string_view rest = text.substr(i + 1);
        const bool before_sign =
            !rest.empty() && (kSigns.find(rest[0]) != kSigns.npos || rest.starts_with("\u00bb"));
        if (text[i] == ' ' && (before_sign || out.ends_with("\u00ab")))
            out.append("\u00a0");
        else
            out.push_back(text[i]);
    }
    return out;
}

PersonPage& PersonPage::raw(std::string_view markup) {
    out_.append(markup);
    return *this;
}

PersonPage& PersonPage::text(std::string_view plain) { return raw(html_escaped(plain)); }

void PersonPage::heading(Words words) { raw("<h2>").say(words).raw("</h2>"); }

void PersonPage::paragraph(Words words) { raw("<p>").say(words).raw("</p>"); }

void PersonPage::table(const std::vector<Words>& columns, const Rows& rows) {
    if (rows.empty()) return paragraph({"Nothing.", "Rien."});
    raw("<table><thead><tr>");
    for (const Words& column : columns) raw("<th scope=\"col\">").say(column).raw("</th>");
    raw("</tr></thead><tbody>");
    for (const auto& row : rows) {
        raw("<tr>");
        for (const std::string& cell : row) raw("<td>").text(cell).raw("</td>");
        raw("</tr>");
    }
    raw("</tbody></table>");
}

std::string PersonPage::finished(Words title) const {
    const std::string_view name = french_ ? title.second : title.first;
    std::string page = "<!doctype html><html lang=\"";
    page.append(french_ ? "fr" : "en").append("\"><meta charset=\"utf-8\"><title>").append(name);
    page.append(
        "</title><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
        "<meta name=\"color-scheme\" content=\"light dark\">");
    page.append("<style>").append(kPersonStyle).append("</style>");
    page.append("<main><h1>").append(name).append("</h1>").append(out_);
    return page.append("</main></html>\n");
}

namespace {

// Profiles are told once for each purpose; a reader wants each fact once.
Rows once(Rows rows) {
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    return rows;
}

void add_identity(PersonPage& page, const json::value& doc) {
    Rows identifiers, consents, evidence;
    for (const json::value& profile : list_in(doc, "profiles")) {
        for (const json::value& id : list_in(profile, "identifiers"))
            identifiers.push_back({member_of(id, "type"), member_of(id, "value")});
        for (const auto& [purpose, choice] : object_in(profile, "consents"))
            consents.push_back({std::string(purpose), member_of(choice, "state"),
                                member_of(choice, "may_use"), member_of(choice, "since")});
        for (const json::value& edge : list_in(profile, "evidence"))
            evidence.push_back({member_of(edge, "a_type"), member_of(edge, "b_type"),
                                member_of(edge, "at"), member_of(edge, "source"),
                                member_of(edge, "state")});
    }
    page.heading({"How we recognise you", "Comment nous vous reconnaissons"});
    page.table({{"Kind", "Type"}, {"Value", "Valeur"}}, once(std::move(identifiers)));
    page.heading(
        {"Why we think these are all you", "Pourquoi nous pensons qu’il s’agit bien de vous"});
    page.table({{"This", "Ceci"},
                {"and this", "et ceci"},
                {"seen together on", "vus ensemble le"},
                {"by", "par"},
                {"state", "état"}},
               once(std::move(evidence)));
    page.heading({"Your choices", "Vos choix"});
    page.table({{"Purpose", "Finalité"},
                {"Choice", "Choix"},
                {"May we?", "Permis ?"},
                {"since", "depuis"}},
               once(std::move(consents)));
}

const json::value& inside(const json::value& doc, std::string_view name) {
    static const json::value kNothing;
    const json::value* value = doc.is_object() ? doc.get_object().if_contains(name) : nullptr;
    return value != nullptr ? *value : kNothing;
}

void add_statements(PersonPage& page, const json::value& doc) {
    Rows rows;
    for (const json::value& brand : list_in(doc, "statements")) {
        for (const json::value& said : list_in(brand, "statements")) {
            const json::value& words = inside(said, "wording");
            rows.push_back({member_of(said, "at"), member_of(said, "purpose"),
                            member_of(said, "state"), member_of(words, "version"),
                            member_of(words, "text")});
        }
    }
    page.heading({"What you said, and the words you were shown",
                  "Ce que vous avez dit, et le texte qui vous a été montré"});
    page.table({{"When", "Quand"},
                {"Purpose", "Finalité"},
                {"Choice", "Choix"},
                {"Version", "Version"},
                {"Text", "Texte"}},
               rows);
}

void add_rights(PersonPage& page, const json::value& doc) {
    const json::value& restraints = inside(doc, "restraints");
    page.heading({"What you asked us to stop", "Ce que vous nous avez demandé d’arrêter"});
    bool none = true;
    for (const auto& [name, since, words] :
         {std::tuple("restricted", "restricted_since",
                     Words{"We keep your data and do nothing else with it, since ",
                           "Nous gardons vos données et n’en faisons rien d’autre, depuis "}),
          std::tuple("objects_to_profiling", "objects_since",
                     Words{"You object to being profiled, since ",
                           "Vous vous opposez au profilage, depuis "})}) {
        if (member_of(restraints, name) != "true") continue;
        page.raw("<p>").say(words).text(member_of(restraints, since)).raw("</p>");
        none = false;
    }
    if (none) page.paragraph({"Nothing.", "Rien."});
    Rows corrected;
    for (const json::value& row : list_in(inside(doc, "corrections"), "corrections"))
        corrected.push_back({member_of(row, "trait"), shown_in(row, "value", page.french()),
                             member_of(row, "by"), member_of(row, "at"), member_of(row, "reason")});
    page.heading({"What was put right", "Ce qui a été corrigé"});
    page.table({{"What", "Donnée"},
                {"Value", "Valeur"},
                {"by", "par"},
                {"on", "le"},
                {"because", "motif"}},
               corrected);
}

void add_knowledge(PersonPage& page, const json::value& doc) {
    Rows told, expected, audiences;
    for (const json::value& profile : list_in(doc, "profiles")) {
        for (const auto& [name, trait] : object_in(profile, "traits")) {
            const std::string model = member_of(trait, "model");
            std::string value = shown_in(trait, "value", page.french());
            if (model.empty())
                told.push_back({std::string(name), std::move(value), member_of(trait, "source"),
                                member_of(trait, "at")});
            else
                expected.push_back({std::string(name), std::move(value), model,
                                    member_of(profile, "purpose"), member_of(trait, "at")});
        }
    }
    for (const json::value& audience : list_in(doc, "audiences"))
        audiences.push_back({member_of(audience, "audience"), member_of(audience, "purpose"),
                             member_of(audience, "rule")});
    page.heading({"What you told us", "Ce que vous nous avez dit"});
    page.table({{"What", "Donnée"}, {"Value", "Valeur"}, {"from", "par"}, {"on", "le"}},
               once(std::move(told)));
    page.heading({"What we concluded from it", "Ce que nous en avons déduit"});
    page.table({{"Group", "Groupe"}, {"for", "pour"}, {"because of the rule", "selon la règle"}},
               audiences);
    page.heading({"What models expect of you", "Ce que nos modèles prévoient"});
    page.table({{"What", "Donnée"},
                {"Value", "Valeur"},
                {"Model", "Modèle"},
                {"for", "pour"},
                {"on", "le"}},
               once(std::move(expected)));
}

void add_events(PersonPage& page, const json::value& doc) {
    Rows rows;
    for (const json::value& event : list_in(doc, "events")) {
        rows.push_back({member_of(event, "at"), member_of(event, "name"),
                        member_of(event, "channel"), member_of(event, "source"),
                        member_of(event, "properties")});
        std::string& name = rows.back()[1];
        if (name.empty()) name = member_of(event, "kind");
    }
    page.heading({"What happened", "Ce qui s’est passé"});
    page.table({{"When", "Quand"},
                {"What", "Événement"},
                {"Where", "Canal"},
                {"Source", "Source"},
                {"Details", "Détails"}},
               rows);
}

void add_dealings(PersonPage& page, const json::value& doc) {
    Rows decided, suppressed, told;
    for (const json::value& each : list_in(doc, "decisions"))
        decided.push_back({member_of(each, "at"), member_of(each, "action"), member_of(each, "by"),
                           member_of(each, "reason")});
    for (const json::value& each : list_in(doc, "suppressed"))
        suppressed.push_back({member_of(each, "value"), member_of(each, "channel")});
    for (const json::value& each : list_in(doc, "recipients"))
        told.push_back({member_of(each, "host"), member_of(each, "audiences")});
    page.heading({"What somebody decided about which traces are yours",
                  "Ce que quelqu’un a décidé sur les traces qui sont les vôtres"});
    page.table({{"When", "Quand"}, {"What", "Décision"}, {"by", "par"}, {"because", "motif"}},
               decided);
    page.heading({"Addresses we do not write to", "Adresses auxquelles nous n’écrivons pas"});
    page.table({{"Address", "Adresse"}, {"Channel", "Canal"}}, suppressed);
    page.heading({"Who is told of your groups", "À qui vos groupes sont transmis"});
    page.table({{"Recipient", "Destinataire"}, {"Groups", "Groupes"}}, told);
}

void add_reads(PersonPage& page, const json::value& doc) {
    Rows rows;
    const json::value* reads = doc.is_object() ? doc.get_object().if_contains("reads") : nullptr;
    if (reads != nullptr) {
        for (const json::value& entry : list_in(*reads, "entries"))
            rows.push_back({member_of(entry, "at"), member_of(entry, "role"),
                            member_of(entry, "actor"), member_of(entry, "route")});
    }
    page.heading({"Who looked", "Qui a consulté vos données"});
    page.table({{"When", "Quand"}, {"Role", "Rôle"}, {"Access", "Accès"}, {"What", "Opération"}},
               rows);
}

}  // namespace

void add_person(PersonPage& page, const json::value& doc) {
    add_identity(page, doc);
    add_statements(page, doc);
    add_rights(page, doc);
    add_knowledge(page, doc);
    add_events(page, doc);
    add_dealings(page, doc);
    add_reads(page, doc);
}

}  // namespace filrouge::http
