#include "cli/demo_shop.h"

#include <algorithm>

namespace filrouge::cli {
namespace {

using Words = std::span<const std::string_view>;
constexpr std::array<std::string_view, 4> kCoats = {"Manteau", "Trench", "Caban", "Parka"};
constexpr std::array<std::string_view, 4> kDresses = {"Robe longue", "Robe portefeuille",
                                                      "Robe chemise", "Robe d’été"};
constexpr std::array<std::string_view, 4> kKnits = {"Pull", "Cardigan", "Gilet", "Col roulé"};
constexpr std::array<std::string_view, 4> kShirts = {"Chemise", "Blouse", "Surchemise", "Tunique"};
constexpr std::array<std::string_view, 4> kTrousers = {"Pantalon", "Jean", "Chino", "Jupe-culotte"};
constexpr std::array<std::string_view, 4> kShoes = {"Bottines", "Mocassins", "Baskets",
                                                    "Ballerines"};
constexpr std::array<std::string_view, 4> kBags = {"Cabas", "Besace", "Sac seau", "Pochette"};
constexpr std::array<std::string_view, 4> kExtras = {"Écharpe", "Ceinture", "Gants", "Chapeau"};
constexpr std::array<std::string_view, 4> kHome = {"Plaid", "Coussin", "Vase", "Bougie"};
constexpr std::array<std::string_view, 4> kScents = {"Eau de parfum", "Eau fraîche",
                                                     "Brume parfumée", "Huile parfumée"};
constexpr std::array<Words, kDemoCategories.size()> kNouns = {
    kCoats, kDresses, kKnits, kShirts, kTrousers, kShoes, kBags, kExtras, kHome, kScents};

constexpr std::array<std::string_view, 20> kGivenNames = {
    "Ainay",    "Bellecour", "Cordeliers", "Fourvière", "Guillotière", "Jacobins", "Joséphine",
    "Lumière",  "Mercière",  "Monplaisir", "Perrache",  "Presqu’île",  "Saône",    "Sathonay",
    "Terreaux", "Traboule",  "Valmy",      "Vaise",     "Vernay",      "Célestins"};
constexpr std::array<std::string_view, 10> kColours = {
    "noir", "écru", "camel", "marine", "brique", "olive", "rose", "gris", "sable", "bordeaux"};

std::string three_digits(std::size_t n) {
    const std::string text = std::to_string(n);
    return std::string(3 - std::min<std::size_t>(3, text.size()), '0') + text;
}

}  // namespace

DemoShop::DemoShop(std::uint64_t seed) {
    DemoRandom chance(seed, {1});
    for (std::size_t i = 0; i < kDemoProducts; ++i) {
        const auto category = static_cast<std::uint32_t>(i % kDemoCategories.size());
        const std::size_t round = i / kDemoCategories.size();
        const DemoCategory& kind = kDemoCategories[category];
        const Words nouns = kNouns[category];
        DemoProduct p;
        p.id = "mc-" + three_digits(i + 1);
        p.sku = "MC" + three_digits(i + 1) + "-" + std::to_string(chance.between(34, 46));
        p.name = std::string(nouns[round % nouns.size()]) + " " +
                 std::string(kGivenNames[(round + category * 3) % kGivenNames.size()]);
        p.variant = chance.pick<std::string_view>(kColours);
        p.category = category;
        p.cents =
            chance.between(kind.euros_from, kind.euros_to) * 100 - (chance.chance(40) ? 10 : 0);
        by_category_[category].push_back(static_cast<std::uint32_t>(i));
        products_.push_back(std::move(p));
    }
}

std::uint32_t DemoShop::pick(std::uint32_t category, DemoRandom& chance) const {
    const auto& all = by_category_[category];
    const auto n = static_cast<std::uint32_t>(all.size());
    return all[std::min(chance.below(n), chance.below(n))];
}

std::string euros(std::uint32_t cents) {
    std::string out = std::to_string(cents / 100) + ".";
    if (cents % 100 < 10) out += "0";
    return out + std::to_string(cents % 100);
}

void write_product(JsonWriter& json, const DemoProduct& product, std::uint32_t quantity) {
    json.field("product_id", product.id)
        .field("sku", product.sku)
        .field("name", product.name)
        .field("brand", "Maison Camélia")
        .field("category", kDemoCategories[product.category].name)
        .field("variant", product.variant)
        .key("price")
        .raw(euros(product.cents))
        .field("quantity", quantity);
}

}  // namespace filrouge::cli
