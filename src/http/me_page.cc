#include "http/me_page.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <set>

#include "http/me_markup.h"
#include "http/me_sections.h"

namespace filrouge::http {
namespace {

namespace json = boost::json;

constexpr Words kTitle = {"Your data", "Vos données"};

struct Notice {
    std::string_view said;
    bool good;
    Words words;
};
constexpr std::array<Notice, 8> kNotices = {{
    {"done", true, {"Done, and in force now.", "C’est fait, avec effet immédiat."}},
    {"asked",
     true,
     {"Your request is written down. You find it below, with its date.",
      "Votre demande est enregistrée. Vous la retrouvez plus bas, avec sa date."}},
    {"partly",
     true,
     {"Your answers are kept. The benefit is yours once every line marked * has its answer.",
      "Vos réponses sont enregistrées. L’avantage est à vous dès que chaque ligne marquée * a sa "
      "réponse."}},
    {"answer",
     false,
     {"An answer could not be read, so nothing was kept. Please look at the fields again.",
      "Une réponse n’a pas pu être lue : rien n’est enregistré. Vérifiez les champs."}},
    {"words",
     false,
     {"The words have changed meanwhile. Please read them and choose again.",
      "Le texte a changé entre-temps. Relisez-le et choisissez de nouveau."}},
    {"objects",
     false,
     {"Your browser or an earlier choice objects to this use, so nothing was kept.",
      "Votre navigateur ou un choix antérieur s’y oppose : rien n’est enregistré."}},
    {"mail",
     false,
     {"This use is switched on by the link in an e-mail. Sign up for it in the shop to get one; "
      "nothing was changed.",
      "Cette utilisation s’active par le lien d’un e-mail. Inscrivez-vous dans notre boutique, en "
      "ligne ou en magasin, pour le recevoir ; rien n’a changé."}},
    {"failed", false, {"That could not be done.", "Cette action n’a pas pu aboutir."}},
}};

// The page around what a PersonPage holds. `path` is where the other language is found, `rest` what
// its query needs besides.
std::string framed(const PersonPage& page, Words title, std::string_view path, bool signed_in,
                   const std::string& rest = "") {
    const bool french = page.french();
    PersonPage out(french);
    out.raw("<!doctype html><html lang=\"").say({"en", "fr"}).raw("\"><meta charset=\"utf-8\">");
    out.raw("<title>").say(title).raw("</title>");
    out.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    out.raw("<meta name=\"color-scheme\" content=\"light dark\">");
    out.raw("<link rel=\"stylesheet\" href=\"/me/style.css\">");
    out.raw("<a class=\"skip\" href=\"#main\">").say({"To the content", "Aller au contenu"});
    out.raw("</a><header><span class=\"mark\" aria-hidden=\"true\"></span><nav aria-label=\"");
    out.say({"Language and session", "Langue et session"}).raw("\"><a href=\"").text(path);
    out.raw(french ? "?lang=en" : "?lang=fr").text(rest);
    out.raw(french ? "\" lang=\"en\" hreflang=\"en\">English</a>"
                   : "\" lang=\"fr\" hreflang=\"fr\">Français</a>");
    if (signed_in) {
        open_form(out, "/me/sign-out");
        out.raw("<button>").say({"Sign out", "Se déconnecter"}).raw("</button></form>");
    }
    out.raw("</nav></header><main id=\"main\"><h1>").say(title).raw("</h1>").raw(page.body());
    out.raw("</main></html>\n");
    return out.body();
}

void add_notice(PersonPage& page, std::string_view said) {
    for (const Notice& notice : kNotices) {
        if (notice.said != said) continue;
        page.raw(notice.good ? "<p class=\"notice\" role=\"status\">"
                             : "<p class=\"notice bad\" role=\"alert\">");
        page.say(notice.words).raw("</p>");
    }
}

void add_wrong_line(PersonPage& page, const json::value& doc, const MeTried& tried) {
    page.raw("<p class=\"notice bad\" role=\"alert\"><a href=\"#wrong\">");
    page.text(wrong_line(doc, tried, page.french())).raw("</a>");
    page.say({": this answer could not be read, so nothing was kept. Your other answers stand "
              "there as you wrote them.",
              " : cette réponse n’a pas pu être lue, rien n’est enregistré. Vos autres réponses "
              "sont là, telles que vous les avez écrites."})
        .raw("</p>");
}

void add_figure(PersonPage& page, std::string_view to, const std::string& figure, Words words) {
    page.raw("<li><a href=\"#").raw(to).raw("\"><b>").text(figure).raw("</b><span>");
    page.say(words).raw("</span></a></li>");
}

void add_figures(PersonPage& page, const json::value& overview) {
    const MeFigures f = figures_of(overview);
    page.raw("<ul class=\"figures\">");
    add_figure(page, "who", std::to_string(f.identifiers),
               {"ways we recognise you",
                f.identifiers < 2 ? "moyen de vous reconnaître" : "moyens de vous reconnaître"});
    add_figure(page, "known", std::to_string(f.facts),
               {"things we know or concluded", f.facts < 2 ? "information connue ou déduite"
                                                           : "informations connues ou déduites"});
    std::string of_all = std::to_string(f.allowed);
    of_all.append("/").append(std::to_string(f.uses));
    add_figure(page, "choices", of_all, {"uses are on", "utilisations actives"});
    add_figure(page, "more", std::to_string(f.offers),
               {"offers for you", f.offers < 2 ? "offre pour vous" : "offres pour vous"});
    page.raw("</ul>");
}

// "GET /api/v1/profiles/{id}/thread" in words.
Words read_words(std::string_view route) {
    if (route.find("/export") != route.npos) return {"downloaded everything", "a tout téléchargé"};
    if (route.find("/thread") != route.npos) return {"read your history", "a lu votre historique"};
    if (route.find("/graph") != route.npos)
        return {"looked at how we recognise you", "a regardé comment nous vous reconnaissons"};
    if (route.find("/find") != route.npos) return {"found you", "a trouvé votre fiche"};
    if (route.find("/receipts") != route.npos) return {"read your choices", "a lu vos choix"};
    if (route.find("/permits") != route.npos)
        return {"asked whether you may be contacted", "a vérifié si l’on peut vous contacter"};
    if (route.find("/me/links") != route.npos)
        return {"made a link to this page for you", "a créé un lien vers cette page pour vous"};
    if (route.starts_with("GET ")) return {"opened your data", "a ouvert vos données"};
    return {"changed something", "a changé quelque chose"};
}

// What an erasure answers (engine/runtime_erasure.cc), in French.
struct KeptInFrench {
    std::string_view what, name, why;
};
constexpr std::array<KeptInFrench, 5> kKeptInFrench = {{
    {"suppression", "liste d’exclusion",
     "Une empreinte à clé de chaque identifiant, rangée avec les clés, pour qu’un ancien fichier "
     "ne fasse pas revenir vos données."},
    {"facts without a name", "faits sans nom",
     "Quand, où, quoi et pour combien : la partie en clair des événements, sous un numéro qui ne "
     "mène à personne. La comptabilité et les compteurs restent justes."},
    {"the erasure itself", "l’effacement lui-même",
     "Son numéro, sa date et le nombre d’identifiants concernés, comme preuve."},
    {"quarantined text", "textes en quarantaine",
     "Ce qui n’a pas pu être lu comme un événement est écarté aussitôt ; ses octets deviennent "
     "illisibles avec la clé de leur jour à la fin de la quarantaine."},
    {"copies of the keys", "copies des clés",
     "Les sauvegardes des clés faites avant l’effacement ouvrent les données auprès desquelles on "
     "les restaure : nous ne devons pas les garder plus longtemps que prévu."},
}};

void add_kept(PersonPage& page, const json::value& kept) {
    std::string what = member_of(kept, "what"), why = member_of(kept, "why");
    const auto* french = std::find_if(kKeptInFrench.begin(), kKeptInFrench.end(),
                                      [&](const KeptInFrench& each) { return each.what == what; });
    if (page.french() && french != kKeptInFrench.end()) {
        what = french->name;
        why = french->why;
    }
    page.raw("<li><b>").text(what).raw("</b><small>").text(why).raw("</small></li>");
}

}  // namespace

std::string_view me_said_of(std::string_view code) {
    if (code == "offer.invalid_answer" || code == "offer.nothing_told") return "answer";
    if (code == "wording_conflict" || code == "consent.unknown_wording") return "words";
    if (code == "consent.needs_confirmation") return "mail";
    if (code == "offer.not_allowed") return "objects";
    return "failed";
}

std::vector<std::string> me_brands(const std::string& overview) {
    std::vector<std::string> out;
    const json::value doc = json::parse(overview);
    for (const json::value& profile : list_in(doc, "profiles")) {
        std::string brand = member_of(profile, "brand");
        if (std::find(out.begin(), out.end(), brand) == out.end()) out.push_back(std::move(brand));
    }
    return out;
}

std::string me_page(const std::string& overview, bool french, std::string_view said,
                    const MeTried* tried) {
    const json::value doc = json::parse(overview);
    PersonPage page(french);
    add_notice(page, said);
    if (tried != nullptr) add_wrong_line(page, doc, *tried);
    page.raw("<p class=\"lead\">")
        .say({"Everything the shop knows about you, why, and what you can do about it. Nobody sees "
              "this page but you.",
              "Tout ce que nous savons de vous, pourquoi, et ce que vous pouvez décider. Cette "
              "page n’est visible que de vous."})
        .raw("</p>");
    add_figures(page, doc);
    page.raw("<div class=\"thread\">");
    add_who(page, doc);
    add_known(page, doc);
    add_choices(page, doc);
    add_offers(page, doc, tried);
    add_requests(page, doc);
    add_looked(page);
    add_farewell(page);
    page.raw("</div>");
    return framed(page, kTitle, "/me", true);
}

std::string me_looked_page(const std::string& reads, bool french) {
    const json::value doc = json::parse(reads);
    PersonPage page(french);
    page.raw("<p><a href=\"/me?lang=").raw(french ? "fr" : "en").raw("#looked\">");
    page.say({"Back to your data", "Retour à vos données"}).raw("</a></p><div class=\"thread\">");
    open_section(page, "reads", {"Day by day", "Jour par jour"},
                 {"By role: the shop can tell who it was, if you ask.",
                  "Par fonction : nous vous disons de qui il s’agit si vous le demandez."});
    page.raw("<ul class=\"rows\">");
    const json::array& entries = list_in(doc, "entries");
    std::set<std::string> told;  // of one role and day, each deed once, however many came between
    for (const json::value& entry : entries) {
        const bool own = member_of(entry, "actor") == "me";
        const std::string day = member_of(entry, "at").substr(0, 10);
        PersonPage line(french);
        line.raw("<li><b>");
        line.say(own ? Words{"You", "Vous"} : role_words(member_of(entry, "role")));
        line.raw("</b> ").say(own ? Words{"used this page", "avez utilisé cette page"}
                                  : read_words(member_of(entry, "route")));
        line.raw("<small>");
        add_day(line, day);
        line.raw("</small></li>");
        if (told.insert(line.body()).second) page.raw(line.body());
    }
    page.raw("</ul>");
    if (entries.empty()) page.paragraph({"Nobody yet.", "Personne pour l’instant."});
    if (member_of(doc, "more") == "true")
        page.paragraph({"There is more, longer ago: the shop tells it if you ask.",
                        "Il y en a d’autres, plus anciennes : demandez-les-nous."});
    close_section(page);
    page.raw("</div>");
    return framed(page, {"Who looked at your data", "Qui a consulté vos données"}, "/me/looked",
                  true);
}

std::string me_sign_in_page(bool french, std::string_view link) {
    PersonPage page(french);
    page.raw("<p class=\"lead\">")
        .say({"This link is good once, and for you alone.",
              "Ce lien n’est valable qu’une fois, et pour vous uniquement."})
        .raw("</p>");
    open_form(page, "/me/sign-in");
    hidden(page, "link", link);
    page.raw("<button class=\"main\">")
        .say({"See my data", "Voir mes données"})
        .raw("</button></form>");
    return framed(page, kTitle, "/me/sign-in", false, "&link=" + std::string(link));
}

std::string me_signed_out_page(bool french) {
    PersonPage page(french);
    page.paragraph(
        {"You are not signed in, or the link was used or is too old. Ask the shop for a "
         "new one.",
         "Aucune session n’est ouverte, ou le lien a déjà servi ou a expiré. Demandez-nous "
         "un nouveau lien."});
    return framed(page, kTitle, "/me", false);
}

std::string me_busy_page(bool french) {
    PersonPage page(french);
    page.paragraph(
        {"What you asked for before is still being read. Wait until it is there, then ask "
         "again.",
         "Votre demande précédente est encore en cours. Attendez sa réponse, puis "
         "recommencez."});
    return framed(page, kTitle, "/me", false);
}

std::string me_not_now_page(bool french, std::string_view said) {
    PersonPage page(french);
    add_notice(page, said);
    page.paragraph(
        {"Your data cannot be shown just now: the shop could not write down that it was read. "
         "Please try again in a while. What you say no to, take back or have erased is done all "
         "the same.",
         "Vos données ne peuvent pas être affichées pour le moment : nous n’avons pas pu "
         "noter cette consultation. Réessayez dans un moment. Un refus, un retrait ou un "
         "effacement est fait malgré tout."});
    return framed(page, kTitle, "/me", true);
}

std::string me_erased_page(bool french, const std::string& erasure) {
    PersonPage page(french);
    page.raw("<p class=\"notice\" role=\"status\">")
        .say({"You are forgotten. What is kept, and why:",
              "Vos données sont effacées. Ce qui est conservé, et pourquoi :"})
        .raw("</p><ul class=\"rows\">");
    const json::value doc = json::parse(erasure);
    for (const json::value& kept : list_in(doc, "kept")) add_kept(page, kept);
    page.raw("</ul>");
    return framed(page, kTitle, "/me", false);
}

}  // namespace filrouge::http
