#include "http/me_page.h"

#include <boost/json.hpp>
#include <map>

#include "http/html.h"
#include "http/person_page.h"

namespace filrouge::http {
namespace {

namespace json = boost::json;

constexpr Words kTitle = {"Your data", "Vos données"};

// What a person says to a purpose, over all that is known of them: one refusal refuses.
std::map<std::string, std::string> choices_of(const json::value& doc) {
    std::map<std::string, std::string> out;
    for (const json::value& profile : list_in(doc, "profiles")) {
        for (const auto& [purpose, choice] : object_in(profile, "consents")) {
            std::string& state = out[std::string(purpose)];
            const std::string said = member_of(choice, "state");
            if (state.empty() || said == "refused") state = said;
        }
    }
    return out;
}

void add_choices(PersonPage& page, const json::value& doc) {
    page.heading({"Change your choices", "Changer vos choix"});
    for (const auto& [purpose, state] : choices_of(doc)) {
        const bool granted = state == "granted";
        const Words now = granted ? Words{"You allow it.", "Vous l’autorisez."}
                          : state == "refused"
                              ? Words{"You refused it.", "Vous l’avez refusé."}
                              : Words{"You were not asked.", "Question jamais posée."};
        const Words change = granted ? Words{"Stop", "Arrêter"} : Words{"Allow", "Autoriser"};
        page.raw("<form method=\"post\" action=\"/me/choices\"><p><strong>")
            .text(purpose)
            .raw("</strong> ")
            .say(now)
            .raw(" <input type=\"hidden\" name=\"purpose\" value=\"")
            .text(purpose)
            .raw("\"><button name=\"choice\" value=\"")
            .raw(granted ? "no" : "yes")
            .raw("\" aria-label=\"")
            .say(change)
            .raw(" ")
            .text(purpose)
            .raw("\">")
            .say(change)
            .raw("</button></p></form>");
    }
}

void add_doors(PersonPage& page) {
    page.heading({"Take it along", "Emportez-les"});
    page.raw(
            "<p><a href=\"/me/export.json\" download>JSON</a> <a href=\"/me/export.html\" "
            "download>")
        .say({"Page", "Page"})
        .raw("</a></p>");
    page.heading({"Be forgotten", "Être oublié"});
    page.raw(
            "<form method=\"post\" action=\"/me/erase\"><p><label><input type=\"checkbox\" "
            "name=\"sure\" value=\"yes\" required> ")
        .say({"Erase everything you know about me. I know that there is no way back.",
              "Effacez tout ce que vous savez de moi. Je sais que c’est sans retour."})
        .raw("</label></p><p><button>")
        .say({"Erase", "Effacer"})
        .raw("</button></p></form><form method=\"post\" action=\"/me/sign-out\"><p><button>")
        .say({"Sign out", "Se déconnecter"})
        .raw("</button></p></form>");
}

}  // namespace

std::string me_page(const std::string& text, bool french) {
    const json::value doc = json::parse(text);
    PersonPage page(french);
    add_choices(page, doc);
    add_person(page, doc);
    add_doors(page);
    return page.finished(kTitle, PersonPage::Style::Linked);
}

std::string me_sign_in_page(bool french, std::string_view link) {
    PersonPage page(french);
    page.raw(
            "<form method=\"post\" action=\"/me/sign-in\"><input type=\"hidden\" name=\"link\" "
            "value=\"")
        .text(link)
        .raw("\"><p><button>")
        .say({"See my data", "Voir mes données"})
        .raw("</button></p></form>");
    return page.finished(kTitle, PersonPage::Style::Linked);
}

std::string me_signed_out_page(bool french) {
    PersonPage page(french);
    page.paragraph(
        {"You are not signed in, or the link was used or is too old. Ask the shop for a "
         "new one.",
         "Vous n’êtes pas connecté, ou le lien a servi ou est trop ancien. Demandez-en "
         "un nouveau au magasin."});
    return page.finished(kTitle, PersonPage::Style::Linked);
}

std::string me_erased_page(bool french, const std::string& erasure) {
    PersonPage page(french);
    page.paragraph({"You are forgotten. What is kept, and why:",
                    "Vous êtes oublié. Ce qui est gardé, et pourquoi :"});
    Rows rows;
    const json::value doc = json::parse(erasure);
    for (const json::value& kept : list_in(doc, "kept"))
        rows.push_back({member_of(kept, "what"), member_of(kept, "why")});
    page.table({{"Kept", "Gardé"}, {"Why", "Pourquoi"}}, rows);
    return page.finished(kTitle, PersonPage::Style::Linked);
}

}  // namespace filrouge::http
