#include "http/me_markup.h"

#include <array>

#include "base/text.h"

namespace filrouge::http {
namespace {

struct Said {
    std::string_view name;
    Words words;
};

template <std::size_t N>
Words words_of(const std::array<Said, N>& table, std::string_view name, Words otherwise) {
    for (const Said& each : table) {
        if (each.name == name) return each.words;
    }
    return otherwise;
}

constexpr std::array<Said, 12> kMonths = {{{"01", {"January", "janvier"}},
                                           {"02", {"February", "février"}},
                                           {"03", {"March", "mars"}},
                                           {"04", {"April", "avril"}},
                                           {"05", {"May", "mai"}},
                                           {"06", {"June", "juin"}},
                                           {"07", {"July", "juillet"}},
                                           {"08", {"August", "août"}},
                                           {"09", {"September", "septembre"}},
                                           {"10", {"October", "octobre"}},
                                           {"11", {"November", "novembre"}},
                                           {"12", {"December", "décembre"}}}};

constexpr std::array<Said, 10> kIdentifiers = {
    {{"user_id", {"Customer account", "Compte client"}},
     {"loyalty_card", {"Loyalty card", "Carte de fidélité"}},
     {"email", {"E-mail address", "Adresse e-mail"}},
     {"phone", {"Phone number", "Numéro de téléphone"}},
     {"badge", {"Badge", "Badge"}},
     {"device_id", {"A device", "Un appareil"}},
     {"advertising_id", {"A device, for advertising", "Un appareil, pour la publicité"}},
     {"anonymous_id", {"A browser or app", "Un navigateur ou une application"}},
     {"external_id", {"Another system’s number", "Numéro d’un autre système"}},
     {"household", {"Household", "Foyer"}}}};

constexpr std::array<Said, 6> kRoles = {{{"staff", {"Shop staff", "Équipe en magasin"}},
                                         {"analyst", {"Analyst", "Analyste"}},
                                         {"marketer", {"Marketing", "Marketing"}},
                                         {"call_centre", {"Call centre", "Centre d’appels"}},
                                         {"privacy", {"Data protection", "Protection des données"}},
                                         {"admin", {"Administrator", "Administrateur"}}}};

constexpr std::array<Said, 4> kBases = {
    {{"consent", {"only with your yes", "seulement avec votre accord"}},
     {"contract", {"needed for what you ordered", "nécessaire à vos commandes"}},
     {"legal_obligation", {"required by law", "exigé par la loi"}},
     {"legitimate_interest",
      {"our interest; you may object", "notre intérêt légitime ; vous pouvez vous y opposer"}}}};

constexpr std::array<Said, 6> kRequests = {
    {{"access", {"See everything you hold about me", "Voir tout ce que vous détenez sur moi"}},
     {"rectify", {"Correct something", "Corriger quelque chose"}},
     {"restrict", {"Pause: keep it, do not use it", "Mettre en pause : conserver sans utiliser"}},
     {"object", {"Object to a use", "M’opposer à une utilisation"}},
     {"portability", {"Take it to another shop", "Transférer mes données ailleurs"}},
     {"erase", {"Erase everything", "Tout effacer"}}}};

constexpr std::array<Said, 4> kStates = {{{"open", {"Received", "Reçue"}},
                                          {"in_progress", {"In progress", "En cours"}},
                                          {"done", {"Done", "Traitée"}},
                                          {"refused", {"Refused", "Refusée"}}}};

}  // namespace

void open_section(PersonPage& page, std::string_view id, Words title, Words lead) {
    page.raw("<section id=\"").raw(id).raw("\" aria-labelledby=\"h-").raw(id).raw("\"><h2 id=\"h-");
    page.raw(id).raw("\">").say(title).raw("</h2><p class=\"lead\">").say(lead).raw("</p>");
}

void close_section(PersonPage& page) { page.raw("</section>"); }

void open_form(PersonPage& page, std::string_view action, std::string_view classes) {
    page.raw("<form method=\"post\" action=\"").raw(action).raw("?lang=");
    page.raw(page.french() ? "fr" : "en").raw("\" class=\"").raw(classes).raw("\">");
}

void hidden(PersonPage& page, std::string_view name, std::string_view value) {
    page.raw("<input type=\"hidden\" name=\"").text(name).raw("\" value=\"").text(value).raw("\">");
}

void open_details(PersonPage& page, Words summary, bool is_open) {
    page.raw(is_open ? "<details open><summary>" : "<details><summary>")
        .say(summary)
        .raw("</summary>");
}

std::string day_of(std::string_view iso, bool french) {
    if (iso.size() < 10 || iso[4] != '-' || iso[7] != '-') return std::string(iso);
    const Words month = words_of(kMonths, iso.substr(5, 2), {"", ""});
    const auto day = parse_int(iso.substr(8, 2));
    if (month.first.empty() || !day) return std::string(iso);
    std::string out = french && *day == 1 ? "1er" : std::to_string(*day);
    out.append(" ").append(french ? month.second : month.first);
    return out.append(" ").append(iso.substr(0, 4));
}

void add_day(PersonPage& page, std::string_view iso) {
    page.raw("<time datetime=\"").text(iso).raw("\">").text(day_of(iso, page.french()));
    page.raw("</time>");
}

std::string purpose_name(std::string_view name, bool french) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kFrench = {{
        {"service", "service client"},
        {"statistics", "statistiques"},
        {"measurement", "mesure d’audience"},
        {"personalisation", "personnalisation"},
        {"profiling", "profilage"},
        {"location", "localisation"},
        {"marketing.email", "offres par e-mail"},
        {"marketing.sms", "offres par SMS"},
        {"marketing.push", "offres par notification"},
        {"marketing.call", "offres par téléphone"},
    }};
    for (const auto& [known, words] : kFrench) {
        if (french && known == name) return std::string(words);
    }
    return plain_name(name);
}

std::string trait_name(std::string_view name, bool of_model, bool french) {
    constexpr std::array<std::pair<std::string_view, Words>, 3> kOfModels = {{
        {"p_alive",
         {"Probability that you are still a customer", "Probabilité que vous restiez client"}},
        {"predicted_purchases", {"Purchases expected", "Achats attendus"}},
        {"predicted_value", {"Spending expected", "Dépenses attendues"}},
    }};
    constexpr std::array<std::pair<std::string_view, std::string_view>, 22> kFrench = {{
        {"first name", "Prénom"},
        {"firstname", "Prénom"},
        {"last name", "Nom"},
        {"lastname", "Nom"},
        {"name", "Nom"},
        {"email", "E-mail"},
        {"phone", "Téléphone"},
        {"birthday", "Date de naissance"},
        {"age", "Âge"},
        {"gender", "Genre"},
        {"title", "Civilité"},
        {"address", "Adresse"},
        {"street", "Rue"},
        {"city", "Ville"},
        {"postal code", "Code postal"},
        {"postcode", "Code postal"},
        {"zip", "Code postal"},
        {"country", "Pays"},
        {"language", "Langue"},
        {"company", "Entreprise"},
        {"size", "Taille"},
        {"created at", "Client depuis"},
    }};
    if (of_model && name.starts_with("lookalike_"))
        return french ? "Ressemblance avec un groupe de clients"
                      : "How much you resemble a group of customers";
    for (const auto& [known, words] : kOfModels) {
        if (of_model && known == name) return std::string(french ? words.second : words.first);
    }
    std::string plain = plain_name(name);
    const std::string lower = ascii_lower(plain);
    const std::string_view key =
        lower.starts_with("address ") ? std::string_view(lower).substr(8) : std::string_view(lower);
    for (const auto& [known, words] : kFrench) {
        if (french && known == key) return std::string(words);
    }
    return plain;
}

std::string plain_name(std::string_view name) {
    std::string out;
    for (const char c : name) {
        const bool capital = c >= 'A' && c <= 'Z';
        if (capital && !out.empty() && out.back() >= 'a' && out.back() <= 'z') {
            out.append(1, ' ').push_back(static_cast<char>(c - 'A' + 'a'));
        } else {
            out.push_back(c == '_' || c == '.' ? ' ' : c);
        }
    }
    return out;
}

Words identifier_words(std::string_view type) {
    return words_of(kIdentifiers, type, {"An identifier", "Un identifiant"});
}
Words role_words(std::string_view role) {
    return words_of(kRoles, role, {"Another system", "Un autre système"});
}
Words basis_words(std::string_view basis) { return words_of(kBases, basis, {"", ""}); }
Words request_words(std::string_view kind) {
    return words_of(kRequests, kind, {"A request", "Une demande"});
}
Words state_words(std::string_view state) { return words_of(kStates, state, {"", ""}); }

void add_source(PersonPage& page, std::string_view source) {
    if (source == "person")
        page.say({"you, on this page", "vous, sur cette page"});
    else
        page.text(source);
}

}  // namespace filrouge::http
