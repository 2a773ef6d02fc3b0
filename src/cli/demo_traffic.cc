#include "cli/demo_traffic.h"

#include <algorithm>

namespace filrouge::cli {

DemoTraffic::DemoTraffic(std::uint64_t seed, std::size_t people, std::string run)
    : seed_(seed),
      run_(std::move(run)),
      shop_(seed),
      people_(make_demo_people(seed, people)),
      past_(people + 2) {
    ASSERT(people > 0 && people <= kDemoPeopleMax);
    for (std::uint32_t i = 0; i < people_.size(); ++i) past_[i].choice = people_[i].choice;
    for (std::uint32_t i = 0; i < past_.size(); ++i) {
        DemoRandom chance(seed, {5, i});
        const auto span = static_cast<std::uint32_t>(gap(i, chance).us / 1'000'000) + 1;
        visits_.push({chance.seconds_between(0, span).us, i});
    }
}

Duration DemoTraffic::gap(std::uint32_t person, DemoRandom& chance) const {
    Duration mean = kDemoVisitEvery;
    const auto people = static_cast<std::int64_t>(people_.size());
    if (person == people_.size()) mean.us = mean.us * kDemoVisitsPerRobot / people;
    if (person == people_.size() + 1) mean.us = mean.us * kDemoVisitsPerFault / people;
    const auto tenth = static_cast<std::uint32_t>(std::max<std::int64_t>(mean.us / 10'000'000, 1));
    return chance.seconds_between(2 * tenth, 18 * tenth);
}

void DemoTraffic::go_and(std::uint32_t person, DemoScene& scene) {
    if (person == people_.size()) return come_as_robot(scene);
    if (person > people_.size()) return send_nonsense(scene);
    const std::uint32_t n = scene.chance.below(100);
    const std::uint32_t orders = scene.past.orders;
    if (n < 66) {
        const bool in_app = n >= 44 && !scene.person.app_id.empty();
        in_app ? visit_app(scene) : visit_site(scene);
        return follow_up(scene, orders);
    }
    if (n < 82) return visit_store(scene);
    if (n < 86) return visit_kiosk(scene);
    if (n < 89) return visit_with_trolley(scene);
    if (n < 92) return call_the_shop(scene);
    if (n < 98) return scene.past.met ? read_letter(scene) : visit_site(scene);
    return scene.past.asked_on_web && !scene.person.privacy_control ? change_mind(scene)
                                                                    : visit_site(scene);
}

// One errand goes over several channels: looked up at home and bought in the store, ordered and
// confirmed by letter, asked about by telephone.
void DemoTraffic::follow_up(DemoScene& scene, std::uint32_t orders_before) {
    const bool ordered = scene.past.orders > orders_before;
    if (ordered && scene.past.met && scene.chance.chance(70)) {
        scene.leave();
        scene.wait(60, 400);
        return read_confirmation(scene);
    }
    if (ordered || !scene.chance.chance(28)) return;
    scene.leave();
    scene.wait(300, 1'500);
    if (scene.chance.chance(12)) return call_the_shop(scene);
    scene.chance.chance(20) ? visit_with_trolley(scene) : visit_store(scene);
}

// What a couple's tablet was told holds for both.
void DemoTraffic::tell_partner(std::uint32_t person) {
    const DemoPerson& me = people_[person];
    if (!me.shares_tablet) return;
    const bool second = me.household != me.number;
    DemoPast& partner = past_[second ? person - 1 : person + 1];
    partner.asked_on_web = past_[person].asked_on_web;
    partner.choice = past_[person].choice;
}

void DemoTraffic::plan(const Visit& visit) {
    DemoPast& past = past_[visit.person];
    const bool somebody = visit.person < people_.size();
    planned_.clear();
    DemoScene scene{.shop = shop_,
                    .person = people_[somebody ? visit.person : 0],
                    .past = past,
                    .out = planned_,
                    .run = run_,
                    .chance = DemoRandom(seed_, {6, visit.person, past.visits}),
                    .now = {visit.at_us},
                    .user_id = {},
                    .anonymous_id = {},
                    .context = {},
                    .offline_until = {}};
    go_and(visit.person, scene);
    if (somebody) tell_partner(visit.person);
    for (DemoEvent& event : planned_) pending_.push({serial_++, std::move(event)});
    DemoRandom chance(seed_, {7, visit.person, past.visits});
    past.visits += 1;
    // The next visit begins when this one is over.
    const Duration over{std::max(scene.now.us, scene.offline_until.us) - visit.at_us};
    visits_.push({visit.at_us + std::max(gap(visit.person, chance).us, over.us), visit.person});
}

DemoEvent DemoTraffic::next() {
    while (pending_.empty() || pending_.top().event.due.us > visits_.top().at_us) {
        const Visit visit = visits_.top();
        visits_.pop();
        plan(visit);
    }
    DemoEvent event = pending_.top().event;
    pending_.pop();
    return event;
}

std::uint64_t demo_milliseconds_per_event(std::uint64_t seed, std::size_t people) {
    constexpr int kLooked = 3'000;
    DemoTraffic traffic(seed, people);
    std::int64_t last_us = 0;
    for (int i = 0; i < kLooked; ++i) last_us = traffic.next().due.us;
    return static_cast<std::uint64_t>(std::max<std::int64_t>(last_us / 1'000 / kLooked, 1));
}

}  // namespace filrouge::cli
