#include "cli/demo_people.h"

#include <array>

#include "cli/demo_shop.h"

namespace filrouge::cli {
namespace {

constexpr std::array<std::string_view, 48> kFirstNames = {
    "Camille",  "Louise",   "Jeanne",  "Léa",      "Chloé",     "Manon",     "Inès",    "Zoé",
    "Juliette", "Clémence", "Élodie",  "Margaux",  "Agathe",    "Hélène",    "Nadia",   "Aïcha",
    "Fatou",    "Mélanie",  "Sylvie",  "Brigitte", "Monique",   "Françoise", "Thérèse", "Anaïs",
    "Gabriel",  "Louis",    "Raphaël", "Hugo",     "Léo",       "Jules",     "Arthur",  "Maël",
    "Noé",      "Mohamed",  "Karim",   "Youssef",  "Antoine",   "Étienne",   "Benoît",  "François",
    "Gérard",   "Bernard",  "Michel",  "Jérôme",   "Sébastien", "Loïc",      "Yann",    "Théo"};
constexpr std::array<std::string_view, 56> kLastNames = {
    "Martin",   "Bernard", "Thomas",   "Petit",     "Robert",   "Richard", "Durand",   "Dubois",
    "Moreau",   "Laurent", "Simon",    "Michel",    "Lefèvre",  "Leroy",   "Roux",     "David",
    "Bertrand", "Morel",   "Fournier", "Girard",    "Bonnet",   "Dupont",  "Lambert",  "Fontaine",
    "Rousseau", "Vincent", "Müller",   "Lefebvre",  "Faure",    "André",   "Mercier",  "Blanc",
    "Guérin",   "Boyer",   "Garnier",  "Chevalier", "François", "Legrand", "Gauthier", "Garcia",
    "Perrin",   "Robin",   "Clément",  "Morin",     "Nicolas",  "Henry",   "Roussel",  "Mathieu",
    "Gautier",  "Masson",  "Marchand", "Duval",     "Denis",    "Dumont",  "Benali",   "Diallo"};
constexpr std::array<std::string_view, 8> kCities = {
    "Lyon", "Villeurbanne", "Paris", "Bordeaux", "Grenoble", "Saint-Étienne", "Dijon", "Annecy"};
constexpr std::array<std::string_view, 4> kMailDomains = {"courriel.example", "poste.example",
                                                          "boite.example", "mel.example"};

struct Accent {
    std::string_view from;
    char to;
};
constexpr std::array kAccents = {
    Accent{"é", 'e'}, Accent{"è", 'e'}, Accent{"ê", 'e'}, Accent{"ë", 'e'}, Accent{"É", 'e'},
    Accent{"ï", 'i'}, Accent{"î", 'i'}, Accent{"ô", 'o'}, Accent{"ü", 'u'}, Accent{"ç", 'c'}};

std::string mailbox(std::string_view name) {
    std::string out;
    for (std::size_t i = 0; i < name.size();) {
        std::size_t step = 1;
        char c = name[i];
        for (const Accent& accent : kAccents) {
            if (!name.substr(i).starts_with(accent.from)) continue;
            c = accent.to;
            step = accent.from.size();
        }
        out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
        i += step;
    }
    return out;
}

std::string digits(std::uint64_t n, std::size_t width) {
    std::string text = std::to_string(n);
    while (text.size() < width) text.insert(text.begin(), '0');
    return text;
}

DemoChoice choose(DemoRandom& chance) {
    const std::uint32_t n = chance.below(100);
    return n < 58 ? DemoChoice::All : n < 78 ? DemoChoice::Some : DemoChoice::None;
}

DemoPerson make_person(std::uint64_t seed, std::uint32_t number) {
    DemoRandom chance(seed, {2, number});
    DemoPerson p;
    p.number = p.household = number;
    p.first = chance.pick<std::string_view>(kFirstNames);
    p.last = chance.pick<std::string_view>(kLastNames);
    p.city = chance.chance(45) ? "Lyon" : std::string(chance.pick<std::string_view>(kCities));
    p.email = mailbox(p.first) + "." + mailbox(p.last) + std::to_string(number) + "@" +
              std::string(chance.pick<std::string_view>(kMailDomains));
    // The numbers that belong to nobody, kept for films: there are ten thousand of them.
    if (number < 10'000) p.phone = "+3363998" + digits(number, 4);
    p.user_id = "mc-u-" + digits(number, 5);
    if (chance.chance(65)) p.card = "CAM" + digits(700'000'000u + number, 9);
    p.browser_id = chance.uuid();
    if (chance.chance(40)) {
        p.app_id = chance.uuid();
        p.device_id = chance.uuid();
    }
    p.choice = choose(chance);
    p.privacy_control = p.choice == DemoChoice::None && chance.chance(20);
    p.decides_fast = chance.chance(35);
    p.store = p.city == "Paris" ? 2 : p.city == "Bordeaux" ? 3 : (chance.chance(65) ? 0u : 1u);
    p.favourite = chance.below(static_cast<std::uint32_t>(kDemoCategories.size()));
    p.agent = chance.below(static_cast<std::uint32_t>(std::size(kDemoAgents)));
    return p;
}

// The second of a couple: the same name and home, and what they share.
void join_household(std::uint64_t seed, const DemoPerson& first, DemoPerson& second) {
    DemoRandom chance(seed, {3, second.number});
    second.household = first.number;
    second.last = first.last;
    second.city = first.city;
    second.store = first.store;
    if (chance.chance(50)) {
        second.email = first.email;
        second.shares_email = true;
    }
    if (chance.chance(60)) {
        second.browser_id = first.browser_id;
        second.agent = first.agent;
        second.choice = first.choice;  // the tablet remembers one answer
        second.privacy_control = first.privacy_control;
        second.shares_tablet = true;
    }
}

}  // namespace

std::vector<DemoPerson> make_demo_people(std::uint64_t seed, std::size_t count) {
    std::vector<DemoPerson> people;
    people.reserve(count);
    for (std::uint32_t number = 1; number <= count; ++number) {
        DemoPerson person = make_person(seed, number);
        const bool couple = number % 2 == 0 && DemoRandom(seed, {4, number}).chance(26);
        if (couple) {
            DemoPerson& first = people.back();
            join_household(seed, first, person);
            first.shares_email = person.shares_email;
            first.shares_tablet = person.shares_tablet;
        }
        people.push_back(std::move(person));
    }
    return people;
}

}  // namespace filrouge::cli
