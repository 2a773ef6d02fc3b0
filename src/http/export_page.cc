#include "http/export_page.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <map>
#include <utility>
#include <vector>

#include "http/html.h"

namespace filrouge::http {
namespace {

namespace json = boost::json;
using Rows = std::vector<std::vector<std::string>>;
using Words = std::pair<std::string_view, std::string_view>;  // English, French

std::string text_of(const json::value& value) {
    if (value.is_string()) return std::string(value.get_string());
    return value.is_null() ? std::string() : json::serialize(value);
}

std::string member(const json::value& object, std::string_view key) {
    const json::value* found = object.is_object() ? object.get_object().if_contains(key) : nullptr;
    return found == nullptr ? std::string() : text_of(*found);
}

const json::array& list(const json::value& object, std::string_view key) {
    static const json::array kNone;
    const json::value* found = object.is_object() ? object.get_object().if_contains(key) : nullptr;
    return found != nullptr && found->is_array() ? found->get_array() : kNone;
}

const json::object& object_in(const json::value& object, std::string_view key) {
    static const json::object kNone;
    const json::value* found = object.is_object() ? object.get_object().if_contains(key) : nullptr;
    return found != nullptr && found->is_object() ? found->get_object() : kNone;
}

class Page {
  public:
    explicit Page(bool french) : french_(french) {}
    std::string_view say(Words words) const { return french_ ? words.second : words.first; }
    void heading(Words words) { out_.append("<h2>").append(say(words)).append("</h2>"); }
    void paragraph(Words words) { out_.append("<p>").append(say(words)).append("</p>"); }
    void table(const std::vector<Words>& columns, const Rows& rows) {
        if (rows.empty()) return paragraph({"Nothing.", "Rien."});
        out_ += "<table><thead><tr>";
        for (const Words& column : columns)
            out_.append("<th scope=\"col\">").append(say(column)).append("</th>");
        out_ += "</tr></thead><tbody>";
        for (const auto& row : rows) {
            out_ += "<tr>";
            for (const std::string& cell : row)
                out_.append("<td>").append(html_escaped(cell)).append("</td>");
            out_ += "</tr>";
        }
        out_ += "</tbody></table>";
    }
    std::string finished() const {
        std::string page = "<!doctype html><html lang=\"";
        page.append(french_ ? "fr" : "en").append("\"><meta charset=\"utf-8\"><title>");
        page.append(say({"What we know about you", "Ce que nous savons de vous"}));
        page.append(
            "</title><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
            "<meta name=\"color-scheme\" content=\"light dark\"><style>body{font-family:sans-serif;"
            "max-width:60rem;margin:2rem auto;padding:0 1rem;line-height:1.5}table{border-collapse:"
            "collapse;width:100%}th,td{border:1px solid;padding:.3rem .5rem;text-align:left;"
            "vertical-align:top;overflow-wrap:anywhere}</style><main><h1>");
        page.append(say({"What we know about you", "Ce que nous savons de vous"}));
        return page.append("</h1>").append(out_).append("</main></html>\n");
    }

  private:
    const bool french_;
    std::string out_;
};

// Profiles are told once for each purpose; a reader wants each fact once.
Rows once(Rows rows) {
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    return rows;
}

void add_identity(Page& page, const json::value& doc) {
    Rows identifiers, consents, evidence;
    for (const json::value& profile : list(doc, "profiles")) {
        for (const json::value& id : list(profile, "identifiers"))
            identifiers.push_back({member(id, "type"), member(id, "value")});
        for (const auto& [purpose, choice] : object_in(profile, "consents"))
            consents.push_back({std::string(purpose), member(choice, "state"),
                                member(choice, "may_use"), member(choice, "since")});
        for (const json::value& edge : list(profile, "evidence"))
            evidence.push_back({member(edge, "a_type"), member(edge, "b_type"), member(edge, "at"),
                                member(edge, "source"), member(edge, "state")});
    }
    page.heading({"How we recognise you", "Comment nous vous reconnaissons"});
    page.table({{"Kind", "Nature"}, {"Value", "Valeur"}}, once(std::move(identifiers)));
    page.heading({"Why we think these are all you", "Pourquoi nous pensons que c’est vous"});
    page.table({{"This", "Ceci"},
                {"and this", "et ceci"},
                {"seen together on", "vus ensemble le"},
                {"by", "par"},
                {"state", "état"}},
               once(std::move(evidence)));
    page.heading({"Your choices", "Vos choix"});
    page.table({{"Purpose", "Finalité"},
                {"Choice", "Choix"},
                {"May we?", "Pouvons-nous ?"},
                {"since", "depuis"}},
               once(std::move(consents)));
}

void add_knowledge(Page& page, const json::value& doc) {
    Rows told, expected, audiences;
    for (const json::value& profile : list(doc, "profiles")) {
        for (const auto& [name, trait] : object_in(profile, "traits")) {
            const std::string model = member(trait, "model");
            if (model.empty())
                told.push_back({std::string(name), member(trait, "value"), member(trait, "source"),
                                member(trait, "at")});
            else
                expected.push_back({std::string(name), member(trait, "value"), model,
                                    member(profile, "purpose"), member(trait, "at")});
        }
    }
    for (const json::value& audience : list(doc, "audiences"))
        audiences.push_back(
            {member(audience, "audience"), member(audience, "purpose"), member(audience, "rule")});
    page.heading({"What you told us", "Ce que vous nous avez dit"});
    page.table({{"What", "Quoi"}, {"Value", "Valeur"}, {"from", "par"}, {"on", "le"}},
               once(std::move(told)));
    page.heading({"What we concluded from it", "Ce que nous en avons déduit"});
    page.table({{"Group", "Groupe"}, {"for", "pour"}, {"because of the rule", "selon la règle"}},
               audiences);
    page.heading({"What models expect of you", "Ce que des modèles attendent de vous"});
    page.table(
        {{"What", "Quoi"}, {"Value", "Valeur"}, {"Model", "Modèle"}, {"for", "pour"}, {"on", "le"}},
        once(std::move(expected)));
}

void add_events(Page& page, const json::value& doc) {
    Rows rows;
    for (const json::value& event : list(doc, "events")) {
        rows.push_back({member(event, "at"), member(event, "name"), member(event, "channel"),
                        member(event, "source"), member(event, "properties")});
        std::string& name = rows.back()[1];
        if (name.empty()) name = member(event, "kind");
    }
    page.heading({"What happened", "Ce qui s’est passé"});
    page.table({{"When", "Quand"},
                {"What", "Quoi"},
                {"Where", "Où"},
                {"Source", "Source"},
                {"Details", "Détails"}},
               rows);
}

void add_reads(Page& page, const json::value& doc) {
    Rows rows;
    const json::value* reads = doc.is_object() ? doc.get_object().if_contains("reads") : nullptr;
    if (reads != nullptr) {
        for (const json::value& entry : list(*reads, "entries"))
            rows.push_back({member(entry, "at"), member(entry, "role"), member(entry, "actor"),
                            member(entry, "route")});
    }
    page.heading({"Who looked", "Qui a regardé"});
    page.table({{"When", "Quand"}, {"Role", "Rôle"}, {"Access", "Accès"}, {"What", "Quoi"}}, rows);
}

}  // namespace

HttpResponse export_page(const std::string& text, bool french) {
    const json::value doc = json::parse(text);
    Page page(french);
    page.paragraph({"Made on your request. Times are UTC.",
                    "Établi à votre demande. Les heures sont en UTC."});
    add_identity(page, doc);
    add_knowledge(page, doc);
    add_events(page, doc);
    add_reads(page, doc);
    HttpResponse response;
    response.headers.emplace_back("Content-Type", "text/html; charset=utf-8");
    response.headers.emplace_back("Content-Security-Policy",
                                  "default-src 'none'; style-src 'unsafe-inline'; "
                                  "frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
    response.headers.emplace_back("Content-Disposition", "inline; filename=\"filrouge.html\"");
    response.headers.emplace_back("Referrer-Policy", "no-referrer");
    response.body = page.finished();
    return response;
}

}  // namespace filrouge::http
