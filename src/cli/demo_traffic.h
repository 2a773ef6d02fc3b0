// Everything that happens in the demonstration shop, one event after the other and without end. A
// pure function of the seed, the number of people and the name of the run.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include "cli/demo_scene.h"

namespace filrouge::cli {

constexpr Duration kDemoVisitEvery = hours(8);  // each person, on average
constexpr std::uint32_t kDemoVisitsPerRobot = 40;
constexpr std::uint32_t kDemoVisitsPerFault = 120;

class DemoTraffic {
  public:
    DemoTraffic(std::uint64_t seed, std::size_t people, std::string run = {});
    DemoEvent next();  // in order of `due`
    const std::vector<DemoPerson>& people() const { return people_; }
    const DemoShop& shop() const { return shop_; }

  private:
    struct Visit {
        std::int64_t at_us = 0;
        std::uint32_t person = 0;  // index; people_.size() for a robot, then a faulty client
        bool operator>(const Visit& o) const {
            return at_us != o.at_us ? at_us > o.at_us : person > o.person;
        }
    };
    struct Pending {
        std::uint64_t serial = 0;
        DemoEvent event;
        bool operator>(const Pending& o) const {
            return event.due != o.event.due ? event.due > o.event.due : serial > o.serial;
        }
    };
    template <class T>
    using Earliest = std::priority_queue<T, std::vector<T>, std::greater<>>;

    void plan(const Visit& visit);
    void go_and(std::uint32_t person, DemoScene& scene);
    void follow_up(DemoScene& scene, std::uint32_t orders_before);
    void tell_partner(std::uint32_t person);
    Duration gap(std::uint32_t person, DemoRandom& chance) const;

    const std::uint64_t seed_;
    const std::string run_;
    const DemoShop shop_;
    const std::vector<DemoPerson> people_;
    std::vector<DemoPast> past_;  // of each person, of the robots, of the faulty clients
    Earliest<Visit> visits_;
    Earliest<Pending> pending_;
    std::uint64_t serial_ = 0;
    std::vector<DemoEvent> planned_;  // scratch
};

// How many seconds of the shop's time pass for one event, from its first events, in thousandths.
std::uint64_t demo_milliseconds_per_event(std::uint64_t seed, std::size_t people);

}  // namespace filrouge::cli
