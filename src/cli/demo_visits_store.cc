// Visits in a store, at a kiosk, with a lent trolley, by telephone and by letter; and what is no
// visit at all: robots, and clients with faults.
#include "cli/demo_scene.h"

namespace filrouge::cli {
namespace {

constexpr std::uint32_t kTillsPerStore = 3;
constexpr std::uint32_t kTrolleysPerStore = 25;

std::string_view store_of(const DemoScene& s) { return kDemoStores[s.person.store].id; }

std::string place_member(const DemoScene& s) {
    return R"("place":")" + std::string(store_of(s)) + "\"";
}
std::string card_member(const DemoScene& s) {
    return R"(,"loyalty_card":")" + s.person.card + "\"";
}

std::vector<std::uint32_t> choose_in_store(DemoScene& s) {
    std::vector<std::uint32_t> chosen;
    const std::uint32_t n = s.chance.between(1, 3);
    for (std::uint32_t i = 0; i < n; ++i) {
        const bool habit = s.chance.chance(60);
        const auto categories = static_cast<std::uint32_t>(kDemoCategories.size());
        chosen.push_back(
            s.shop.pick(habit ? s.person.favourite : s.chance.below(categories), s.chance));
    }
    return chosen;
}

// A receipt names nobody but the till, unless a card is shown.
void pay_at_till(DemoScene& s, const std::vector<std::uint32_t>& products, bool shows_card) {
    const DemoDoor before = s.door;
    s.door = DemoDoor::Till;
    s.context = place_member(s) + R"(,"till":")" + std::string(store_of(s)) + "-" +
                std::to_string(s.chance.between(1, kTillsPerStore)) + "\"";
    if (shows_card) s.context += card_member(s);
    const std::string order = "T" + new_order_id(s);
    std::uint32_t cents = 0;
    const DemoCoupon* coupon =
        shows_card && s.chance.chance(15) ? &s.chance.pick<DemoCoupon>(kDemoCoupons) : nullptr;
    std::string json = order_json(s, order, products, coupon, store_of(s), cents);
    s.track("Order Completed", std::move(json));
    if (shows_card) {
        s.past.orders += 1;
        s.past.last_order = order;
        s.past.last_order_cents = cents;
        s.past.last_product = products.front();
        s.past.basket.clear();
    }
    s.door = before;
}

std::string binding_json(std::string_view type, std::string_view id) {
    return json_object([&](JsonWriter& j) { j.field("thing_type", type).field("thing_id", id); });
}

// The form of the card: name, address and what its holder agrees to, with a signature.
void fill_in_form(DemoScene& s) {
    s.past.card_known = true;
    s.past.met = true;
    s.context = place_member(s) + card_member(s);
    s.tell("identify", "", json_object([&](JsonWriter& j) {
               j.field("firstName", s.person.first).field("lastName", s.person.last);
               j.field("email", s.person.email).field("loyalty_card", s.person.card);
               j.field("city", s.person.city);
           }))
        .context += "," + consent_context(s.past.choice);
    s.track("Consent Updated", json_object([&](JsonWriter& j) {
                const bool some = s.past.choice != DemoChoice::None;
                const bool all = s.past.choice == DemoChoice::All;
                j.field("wording", "carte-camelia-2026-1").key("purposes").open_object();
                j.field("measurement", some).field("personalisation", some);
                j.field("marketing.email", all).close();
            }));
    s.wait(60, 180);
}

std::string agreed_member(const DemoScene& s) { return "," + consent_context(s.past.choice); }

}  // namespace

void visit_store(DemoScene& s) {
    s.door = DemoDoor::Till;
    const bool shows_card = !s.person.card.empty() && s.chance.chance(85);
    if (shows_card && !s.past.card_known) fill_in_form(s);
    if (shows_card && s.chance.chance(30)) {
        s.context = place_member(s) + card_member(s) + R"(,"staff_tablet":")" +
                    std::string(store_of(s)) + "-tab-1\"";
        const DemoProduct& tried = s.product(s.shop.pick(s.person.favourite, s.chance));
        s.track("Product Tried On", json_object([&](JsonWriter& j) {
                    write_product(j, tried, 1);
                    j.field("currency", "EUR");
                }));
        s.wait(300, 1'200);
    }
    if (s.chance.chance(70)) pay_at_till(s, choose_in_store(s), shows_card);
}

// A kiosk belongs to everybody: what is done on it is somebody's only from the moment a card is
// shown until it is given back to the room.
void visit_kiosk(DemoScene& s) {
    s.door = DemoDoor::Kiosk;
    const std::string kiosk = std::string(store_of(s)) + "-borne";
    const std::string plain = place_member(s) + R"(,"kiosk":")" + kiosk + "\"";
    const bool shows_card = !s.person.card.empty() && s.chance.chance(60);
    if (shows_card) {
        s.context = plain + card_member(s) + agreed_member(s);
        s.track("Thing Bound", binding_json("kiosk", kiosk));
        s.wait(5, 15);
    }
    s.context = plain;
    const std::uint32_t looks = s.chance.between(1, 3);
    for (std::uint32_t i = 0; i < looks; ++i) {
        const DemoProduct& seen = s.product(s.shop.pick(s.person.favourite, s.chance));
        s.track("Product Viewed", json_object([&](JsonWriter& j) {
                    write_product(j, seen, 1);
                    j.field("currency", "EUR");
                }));
        s.wait(15, 60);
    }
    if (shows_card) s.track("Thing Released", binding_json("kiosk", kiosk));
}

void visit_with_trolley(DemoScene& s) {
    if (s.person.card.empty()) return visit_store(s);
    s.door = DemoDoor::Kiosk;
    const std::string trolley = std::string(store_of(s)) + "-chariot-" +
                                std::to_string(s.chance.between(1, kTrolleysPerStore));
    const std::string plain = place_member(s) + R"(,"trolley":")" + trolley + "\"";
    s.context = plain + card_member(s) + agreed_member(s);
    s.track("Thing Bound", binding_json("trolley", trolley));
    s.context = plain;
    const std::uint32_t zones = s.chance.between(2, 4);
    for (std::uint32_t i = 0; i < zones; ++i) {
        s.wait(60, 400);
        const std::string_view zone = s.chance.pick<std::string_view>(kDemoZones);
        s.track("Zone Entered", json_object([&](JsonWriter& j) { j.field("zone", zone); }));
    }
    s.wait(60, 200);
    pay_at_till(s, choose_in_store(s), true);
    s.context = plain;
    s.wait(20, 60);
    s.track("Thing Released", binding_json("trolley", trolley));
}

void call_the_shop(DemoScene& s) {
    constexpr std::array<std::string_view, 4> kTopics = {"livraison", "retour", "taille",
                                                         "réclamation"};
    s.door = DemoDoor::Call;
    if (s.past.met) s.user_id = s.person.user_id;
    if (!s.person.phone.empty()) {
        s.context = R"("traits":{"phone":")" + s.person.phone + "\"}";
    } else {
        s.context = R"("traits":{"email":")" + s.person.email + "\"}";
    }
    const std::string_view topic = s.chance.pick<std::string_view>(kTopics);
    s.track("Call Answered", json_object([&](JsonWriter& j) {
                j.field("topic", topic).field("wait_seconds", s.chance.between(5, 240));
                if (!s.past.last_order.empty()) j.field("order_id", s.past.last_order);
            }));
    s.wait(120, 500);
    if (!s.chance.chance(60)) return;
    s.track("Satisfaction Given", json_object([&](JsonWriter& j) {
                j.field("score", s.chance.between(topic == "réclamation" ? 1 : 3, 5));
                j.field("topic", topic);
            }));
}

void read_letter(DemoScene& s) {
    s.door = DemoDoor::Email;
    s.context = R"("traits":{"email":")" + s.person.email + "\"}";
    const auto letter = json_object([&](JsonWriter& j) {
        j.field("campaign", s.chance.chance(50) ? "Maille d’automne" : "Nouvelle collection");
    });
    s.track("Email Opened", letter);
    s.wait(5, 60);
    if (s.chance.chance(40)) s.track("Email Link Clicked", letter);
    if (s.chance.chance(3)) s.track("Email Unsubscribed", letter);
}

// What a shop owes after an order, and people do open.
void read_confirmation(DemoScene& s) {
    s.door = DemoDoor::Email;
    s.context = R"("traits":{"email":")" + s.person.email + "\"}";
    s.track("Email Opened", json_object([&](JsonWriter& j) {
                j.field("campaign", "Confirmation").field("order_id", s.past.last_order);
            }));
    if (s.chance.chance(25)) {
        s.wait(5, 30);
        s.track("Email Link Clicked", R"({"campaign":"Confirmation","link":"suivi"})");
    }
}

void come_as_robot(DemoScene& s) {
    constexpr std::array<std::string_view, 3> kRobots = {
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "HeadlessChrome/129.0.0.0 Safari/537.36",
        "Mozilla/5.0 (compatible; PriceSpider/1.0)"};
    s.door = DemoDoor::Web;
    s.anonymous_id = s.chance.uuid();
    const bool prefetch = s.chance.chance(25);
    const std::string_view agent =
        prefetch ? kDemoAgents[0] : s.chance.pick<std::string_view>(kRobots);
    s.context = R"("userAgent":")" + std::string(agent) + "\"," + consent_context(DemoChoice::All);
    const std::uint32_t pages = prefetch ? 1 : s.chance.between(4, 12);
    for (std::uint32_t i = 0; i < pages; ++i) {
        const DemoCategory& category = s.chance.pick<DemoCategory>(kDemoCategories);
        DemoEvent& e = s.tell("page", "Rayon",
                              json_object([&](JsonWriter& j) { j.field("title", category.name); }));
        e.oddity = prefetch ? DemoOddity::Prefetch : DemoOddity::None;
        s.wait(1, 3);
    }
}

void send_nonsense(DemoScene& s) {
    constexpr std::array<DemoOddity, 5> kFaults = {DemoOddity::NoName, DemoOddity::UnknownType,
                                                   DemoOddity::RepeatedKey,
                                                   DemoOddity::TooLargeNumber, DemoOddity::TooLong};
    s.door = s.chance.chance(70) ? DemoDoor::Web : DemoDoor::App;
    s.anonymous_id = s.person.browser_id;
    s.context = consent_context(DemoChoice::All);
    DemoEvent& e = s.track("Produit Vu", "{}");
    e.oddity = s.chance.pick<DemoOddity>(kFaults);
}

}  // namespace filrouge::cli
