// What one visit writes down while it goes on: a cursor in time, who is there by which identifiers,
// and the events so far.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/demo_event.h"
#include "cli/demo_people.h"
#include "cli/demo_random.h"
#include "cli/demo_shop.h"

namespace filrouge::cli {

// What a person did so far; visits change it.
struct DemoPast {
    std::uint32_t visits = 0;
    std::uint32_t orders = 0;
    bool asked_on_web = false;
    bool asked_in_app = false;
    bool signed_in_web = false;
    bool signed_in_app = false;
    bool met = false;         // gave name and address once
    bool card_known = false;  // filled in the card's form in a store
    DemoChoice choice = DemoChoice::All;
    std::string last_order;  // id
    std::uint32_t last_order_cents = 0;
    std::uint32_t last_product = 0;
    std::vector<std::uint32_t> basket;  // products, left from the last visit
};
constexpr std::size_t kDemoBasketMax = 8;

struct DemoScene {
    const DemoShop& shop;
    const DemoPerson& person;
    DemoPast& past;
    std::vector<DemoEvent>& out;
    std::string_view run;  // ends every id, so that a second demonstration is not a repeat
    DemoRandom chance;
    Duration now;
    DemoDoor door = DemoDoor::Web;
    std::string user_id, anonymous_id;
    std::string context;     // of every event of the visit
    Duration offline_until;  // events before it are sent then

    void wait(std::uint32_t from_seconds, std::uint32_t to_seconds) {
        now.us += chance.seconds_between(from_seconds, to_seconds).us;
    }
    DemoEvent& tell(std::string_view type, std::string_view name, std::string properties) {
        DemoEvent& e = out.emplace_back();
        e.at = now;
        e.due = now < offline_until ? offline_until : now;
        e.door = door;
        e.type = type;
        e.name = name;
        e.user_id = user_id;
        e.anonymous_id = anonymous_id;
        e.message_id = std::string(row_of(door).prefix) + chance.uuid() + std::string(run);
        e.properties = std::move(properties);
        e.context = context;
        if (chance.per_mille(8)) e.oddity = DemoOddity::SentTwice;
        now.us += 1'000'000;
        return e;
    }
    DemoEvent& track(std::string_view name, std::string properties = "{}") {
        return tell("track", name, std::move(properties));
    }
    // The same person, somewhere else: who is there has to be said anew.
    void leave() {
        user_id.clear();
        anonymous_id.clear();
        context.clear();
        offline_until = {};
    }
    const DemoProduct& product(std::uint32_t index) const { return shop.products()[index]; }
};

// demo_visits_online.cc
void visit_site(DemoScene& scene);
void visit_app(DemoScene& scene);
void change_mind(DemoScene& scene);
// demo_visits_store.cc
void visit_store(DemoScene& scene);
void visit_kiosk(DemoScene& scene);
void visit_with_trolley(DemoScene& scene);
void call_the_shop(DemoScene& scene);
void read_letter(DemoScene& scene);
void read_confirmation(DemoScene& scene);
void come_as_robot(DemoScene& scene);
void send_nonsense(DemoScene& scene);

// The members of an order of these products; tells its worth.
std::string order_json(const DemoScene& scene, std::string_view order_id,
                       const std::vector<std::uint32_t>& products, const DemoCoupon* coupon,
                       std::string_view affiliation, std::uint32_t& cents);
std::string new_order_id(DemoScene& scene);
std::string consent_context(DemoChoice choice);

}  // namespace filrouge::cli
