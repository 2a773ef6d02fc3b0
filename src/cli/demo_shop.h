// Maison Camélia, a shop that does not exist: a catalogue, four stores and what it gives away. All
// of it follows from the seed.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_writer.h"
#include "cli/demo_random.h"

namespace filrouge::cli {

struct DemoProduct {
    std::string id, sku, name, variant;
    std::uint32_t category = 0;  // index into kDemoCategories
    std::uint32_t cents = 0;
};

struct DemoCategory {
    std::string_view name;
    std::string_view path;  // in the address of its page
    std::uint32_t euros_from, euros_to;
};
constexpr std::array<DemoCategory, 10> kDemoCategories = {{
    {"Manteaux", "manteaux", 180, 520},
    {"Robes", "robes", 75, 240},
    {"Mailles", "mailles", 65, 190},
    {"Chemises", "chemises", 55, 140},
    {"Pantalons", "pantalons", 70, 180},
    {"Chaussures", "chaussures", 90, 290},
    {"Sacs", "sacs", 110, 460},
    {"Accessoires", "accessoires", 19, 95},
    {"Maison", "maison", 15, 160},
    {"Parfums", "parfums", 48, 135},
}};

struct DemoStore {
    std::string_view id, name, city;
};
constexpr std::array<DemoStore, 4> kDemoStores = {{
    {"lyon-bellecour", "Lyon Bellecour", "Lyon"},
    {"lyon-croix-rousse", "Lyon Croix-Rousse", "Lyon"},
    {"paris-marais", "Paris Le Marais", "Paris"},
    {"bordeaux-chartrons", "Bordeaux Chartrons", "Bordeaux"},
}};

constexpr std::array<std::string_view, 4> kDemoZones = {"vitrine", "salon-essayage", "chaussures",
                                                        "maison"};

struct DemoCoupon {
    std::string_view code, name;
    std::uint32_t percent;
};
constexpr std::array<DemoCoupon, 3> kDemoCoupons = {{
    {"BIENVENUE10", "Bienvenue", 10},
    {"CAMELIA15", "Journées Camélia", 15},
    {"MERCI5", "Merci de votre retour", 5},
}};

constexpr std::size_t kDemoProducts = 200;

class DemoShop {
  public:
    explicit DemoShop(std::uint64_t seed);
    const std::vector<DemoProduct>& products() const { return products_; }
    // One of this category; the first ones of the list are the popular ones.
    std::uint32_t pick(std::uint32_t category, DemoRandom& chance) const;

  private:
    std::vector<DemoProduct> products_;
    std::array<std::vector<std::uint32_t>, kDemoCategories.size()> by_category_;
};

// 12900 is written 129.00: an exact decimal number.
std::string euros(std::uint32_t cents);
// The members of a product of the e-commerce vocabulary, into an open object.
void write_product(JsonWriter& json, const DemoProduct& product, std::uint32_t quantity);

}  // namespace filrouge::cli
