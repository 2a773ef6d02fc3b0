// Visits on the site and in the app: look, compare, put into the basket, sign in, buy, or leave.
#include "cli/demo_scene.h"

namespace filrouge::cli {
namespace {

constexpr std::uint32_t kShippingCents = 490;
constexpr std::uint32_t kFreeShippingFromCents = 8'000;

std::string page_context(std::string_view path, std::string_view title, std::string_view agent) {
    std::string out;
    JsonWriter json(out);
    json.open_object();
    json.key("page").open_object();
    json.field("path", path)
        .field("url", "https://www.maison-camelia.example" + std::string(path))
        .field("title", title)
        .close();
    json.field("userAgent", agent).field("locale", "fr-FR").close();
    return out.substr(1, out.size() - 2);
}

void set_page(DemoScene& s, std::string_view path, std::string_view title) {
    s.context = page_context(path, title, kDemoAgents[s.person.agent]);
}

void look_at_page(DemoScene& s, std::string_view path, std::string_view title,
                  std::string_view kind = {}) {
    set_page(s, path, title);
    s.tell("page", kind.empty() ? title : kind,
           json_object([&](JsonWriter& j) { j.field("path", path).field("title", title); }));
}

// The banner's answer, as a consent manager tells it. It stands in the event and nowhere else: all
// that follows is judged by what the server remembers.
void answer_banner(DemoScene& s) {
    std::string context = consent_context(s.past.choice);
    if (!s.context.empty()) context += "," + s.context;
    DemoEvent& e = s.track("Segment Consent Preference Updated", "{}");
    e.context = std::move(context);
}

void identify(DemoScene& s) {
    s.user_id = s.person.user_id;
    s.past.met = true;
    s.tell("identify", "", json_object([&](JsonWriter& j) {
               j.field("firstName", s.person.first).field("lastName", s.person.last);
               j.field("email", s.person.email).field("city", s.person.city);
               if (!s.person.phone.empty()) j.field("phone", s.person.phone);
               if (!s.person.card.empty()) j.field("loyalty_card", s.person.card);
               j.field("favourite_store", kDemoStores[s.person.store].name);
           }));
}

std::string product_json(const DemoScene& s, std::uint32_t index) {
    return json_object([&](JsonWriter& j) {
        write_product(j, s.product(index), 1);
        j.field("currency", "EUR");
    });
}

std::string list_json(const DemoScene& s, std::uint32_t category,
                      const std::vector<std::uint32_t>& shown) {
    return json_object([&](JsonWriter& j) {
        j.field("list_id", kDemoCategories[category].path);
        j.field("category", kDemoCategories[category].name).key("products").open_array();
        for (const std::uint32_t index : shown) {
            j.open_object();
            write_product(j, s.product(index), 1);
            j.close();
        }
        j.close();
    });
}

// One shelf: its list, then some of its products. Answers what was liked, or nothing.
std::vector<std::uint32_t> look_around(DemoScene& s, bool as_pages) {
    const auto categories = static_cast<std::uint32_t>(kDemoCategories.size());
    const std::uint32_t category =
        s.chance.chance(65) ? s.person.favourite : s.chance.below(categories);
    std::vector<std::uint32_t> shown;
    for (int i = 0; i < 3; ++i) shown.push_back(s.shop.pick(category, s.chance));
    const std::string_view name = kDemoCategories[category].name;
    const std::string path = "/" + std::string(kDemoCategories[category].path);
    if (s.chance.chance(18)) {
        s.track("Products Searched", json_object([&](JsonWriter& j) { j.field("query", name); }));
        s.wait(4, 20);
    }
    if (as_pages) look_at_page(s, path, name, "Rayon");
    s.track("Product List Viewed", list_json(s, category, shown));
    std::vector<std::uint32_t> liked;
    const std::uint32_t views = s.person.decides_fast ? 1 : s.chance.between(1, 4);
    for (std::uint32_t i = 0; i < views; ++i) {
        s.wait(8, 90);
        const std::uint32_t index = i == 0 ? shown[0] : s.shop.pick(category, s.chance);
        if (s.chance.chance(30)) s.track("Product Clicked", product_json(s, index));
        if (as_pages)
            look_at_page(s, path + "/" + s.product(index).id, s.product(index).name,
                         "Fiche produit");
        s.track("Product Viewed", product_json(s, index));
        if (s.chance.chance(s.person.decides_fast ? 40 : 22)) liked.push_back(index);
    }
    return liked;
}

void buy(DemoScene& s) {
    const std::string order = new_order_id(s);
    const DemoCoupon* coupon =
        s.chance.chance(22) ? &s.chance.pick<DemoCoupon>(kDemoCoupons) : nullptr;
    std::uint32_t cents = 0;
    const std::string json =
        order_json(s, order, s.past.basket, coupon, "Maison Camélia en ligne", cents);
    s.track("Checkout Started", json);
    s.wait(15, 60);
    if (coupon != nullptr) {
        s.track("Coupon Applied", json_object([&](JsonWriter& j) {
                    j.field("order_id", order).field("coupon_id", coupon->code);
                    j.field("coupon_name", coupon->name);
                }));
    }
    if (s.chance.chance(24)) return;  // changes his mind at the price of it all
    s.wait(20, 80);
    s.track("Payment Info Entered", json_object([&](JsonWriter& j) {
                j.field("order_id", order).field("payment_method", "carte");
            }));
    s.wait(4, 15);
    s.track("Order Completed", json);
    s.past.orders += 1;
    s.past.last_order = order;
    s.past.last_order_cents = cents;
    s.past.last_product = s.past.basket.front();
    s.past.basket.clear();
}

void fill_basket(DemoScene& s, const std::vector<std::uint32_t>& liked) {
    for (const std::uint32_t index : liked) {
        if (s.past.basket.size() == kDemoBasketMax) return;
        s.track("Product Added", product_json(s, index));
        s.past.basket.push_back(index);
        s.wait(3, 20);
    }
    if (liked.empty() && s.chance.chance(10)) {
        s.track("Product Added to Wishlist",
                product_json(s, s.shop.pick(s.person.favourite, s.chance)));
    }
}

// An order of the past comes back, whole.
void give_back(DemoScene& s) {
    s.track("Order Refunded", json_object([&](JsonWriter& j) {
                j.field("order_id", s.past.last_order).field("currency", "EUR");
                j.key("total").raw(euros(s.past.last_order_cents));
                j.key("products").open_array().open_object();
                write_product(j, s.product(s.past.last_product), 1);
                j.close().close();
            }));
    s.past.last_order.clear();
}

}  // namespace

std::string consent_context(DemoChoice choice) {
    const bool some = choice != DemoChoice::None;
    const bool all = choice == DemoChoice::All;
    return R"("consent":)" + json_object([&](JsonWriter& j) {
               j.key("categoryPreferences").open_object();
               j.field("Analytics", some).field("Functional", some).field("Advertising", all);
               j.close();
           });
}

std::string new_order_id(DemoScene& s) {
    return "MC-" + std::to_string(s.person.number) + "-" + std::to_string(s.past.visits) +
           std::string(s.run);
}

std::string order_json(const DemoScene& s, std::string_view order_id,
                       const std::vector<std::uint32_t>& products, const DemoCoupon* coupon,
                       std::string_view affiliation, std::uint32_t& cents) {
    std::uint32_t sum = 0;
    for (const std::uint32_t index : products) sum += s.product(index).cents;
    const std::uint32_t discount = coupon == nullptr ? 0 : sum * coupon->percent / 100;
    const bool delivered = s.door == DemoDoor::Web || s.door == DemoDoor::App;
    const std::uint32_t shipping = !delivered || sum >= kFreeShippingFromCents ? 0 : kShippingCents;
    cents = sum - discount;
    return json_object([&](JsonWriter& j) {
        j.field("order_id", order_id).field("affiliation", affiliation).field("currency", "EUR");
        j.key("revenue").raw(euros(sum - discount)).key("shipping").raw(euros(shipping));
        j.key("discount").raw(euros(discount)).key("total").raw(euros(cents + shipping));
        if (coupon != nullptr) j.field("coupon", coupon->code);
        j.key("products").open_array();
        for (const std::uint32_t index : products) {
            j.open_object();
            write_product(j, s.product(index), 1);
            j.close();
        }
        j.close();
    });
}

void visit_site(DemoScene& s) {
    s.door = DemoDoor::Web;
    s.anonymous_id = s.person.browser_id;
    // On a shared tablet nobody stays signed in.
    if (s.past.signed_in_web && !s.person.shares_tablet) s.user_id = s.person.user_id;
    look_at_page(s, "/", "Accueil");
    if (!s.past.asked_on_web) {
        s.past.asked_on_web = true;
        s.wait(2, 9);
        if (!s.person.privacy_control) answer_banner(s);
    }
    if (s.chance.chance(12)) {
        s.track("Promotion Clicked", R"({"promotion_id":"automne","name":"Maille d’automne"})");
    }
    s.wait(3, 20);
    const std::uint32_t shelves = s.person.decides_fast ? 1 : s.chance.between(1, 2);
    for (std::uint32_t i = 0; i < shelves; ++i) fill_basket(s, look_around(s, true));
    if (!s.past.basket.empty() && s.chance.chance(65)) {
        set_page(s, "/panier", "Panier");
        s.track("Cart Viewed", "{}");
        if (s.user_id.empty() && s.chance.chance(85)) {
            s.wait(10, 40);
            identify(s);
            s.past.signed_in_web = true;
        }
        if (s.chance.chance(72)) buy(s);
    } else if (!s.past.last_order.empty() && s.chance.chance(9)) {
        give_back(s);
    }
    if (!s.person.privacy_control) return;
    for (DemoEvent& e : s.out) {
        if (e.door == DemoDoor::Web) e.oddity = DemoOddity::PrivacyControl;
    }
}

void visit_app(DemoScene& s) {
    s.door = DemoDoor::App;
    s.anonymous_id = s.person.app_id;
    s.context = R"("device":{"id":")" + s.person.device_id +
                R"(","type":"android"},"os":{"name":"Android","version":"14"},"locale":"fr-FR")";
    // In the underground: what happens now is told later.
    if (s.chance.chance(12)) s.offline_until = {s.now.us + s.chance.seconds_between(600, 7'200).us};
    if (s.past.signed_in_app) s.user_id = s.person.user_id;
    s.tell("screen", "Accueil", "{}");
    if (!s.past.asked_in_app) {
        s.past.asked_in_app = true;
        s.wait(2, 9);
        answer_banner(s);
        if (s.chance.chance(80)) {
            identify(s);
            s.past.signed_in_app = true;
        }
    }
    fill_basket(s, look_around(s, false));
    s.tell("screen", "Panier", "{}");
    if (!s.past.basket.empty() && s.past.signed_in_app && s.chance.chance(45)) buy(s);
}

void change_mind(DemoScene& s) {
    s.door = DemoDoor::Web;
    s.anonymous_id = s.person.browser_id;
    s.past.choice = s.past.choice == DemoChoice::None ? DemoChoice::All
                    : s.chance.chance(50)             ? DemoChoice::None
                                                      : DemoChoice::Some;
    look_at_page(s, "/confidentialite", "Vos choix");
    s.wait(10, 60);
    answer_banner(s);
}

}  // namespace filrouge::cli
