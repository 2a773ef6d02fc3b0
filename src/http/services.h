// What the handlers share. Lives as long as the last request that uses it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

#include "engine/runtime.h"
#include "engine/settings.h"
#include "http/blocking_pool.h"
#include "http/route.h"
#include "http/sender_rates.h"
#include "http/source_rules.h"
#include "seam/random.h"

namespace filrouge::http {

constexpr std::uint32_t kStreamsMax = 64;

struct HttpCounters {
    static constexpr std::size_t kLanes = 3;
    // By lane and hundreds of the status.
    std::array<std::array<std::atomic<std::uint64_t>, 6>, kLanes> answered{};
    std::atomic<std::uint64_t> refused_overload{0};
    std::atomic<std::uint64_t> refused_starting{0};
    std::atomic<std::uint64_t> held{0};
    void count(Lane lane, int status) {
        const auto hundreds = static_cast<std::size_t>(status / 100);
        ++answered[static_cast<std::size_t>(lane)][hundreds < 6 ? hundreds : 5];
    }
};

struct Services {
    Services(engine::Runtime& runtime_, Random& random_, const engine::Settings& settings_,
             unsigned pool_threads, std::size_t pool_queue_max)
        : runtime(runtime_),
          random(random_),
          settings(settings_),
          rules(settings_),
          sender_rates(settings_.bot_events_in_10s, random_),
          pool(pool_threads, pool_queue_max) {}
    engine::Runtime& runtime;
    Random& random;
    const engine::Settings settings;
    SourceRules rules;
    SenderRates sender_rates;
    HttpCounters counters;
    std::atomic<std::uint32_t> streams{0};
    BlockingPool pool;  // last: its threads use the others
};

}  // namespace filrouge::http
