// What the handlers share. Lives as long as the last request that uses it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

#include "base/trace.h"
#include "engine/masking.h"
#include "engine/me_sessions.h"
#include "engine/runtime.h"
#include "engine/settings.h"
#include "engine/source_rules.h"
#include "http/blocking_pool.h"
#include "http/http_counters.h"
#include "http/me_turns.h"
#include "http/repeated_looks.h"
#include "http/route.h"
#include "http/routes.h"
#include "http/sender_rates.h"
#include "http/sign_in_tries.h"
#include "seam/random.h"

namespace filrouge::http {

constexpr std::uint32_t kStreamsMax = 64;

// The trace that a request goes on with, or a new one; the span is ours.
Trace trace_of(const HttpRequest& request, Random& random);

struct Services {
    Services(engine::Runtime& runtime_, Random& random_, const engine::Settings& settings_,
             const RoutesOptions& options)
        : runtime(runtime_),
          random(random_),
          settings(settings_),
          masks(masks_of(settings_)),
          rules(settings_),
          sender_rates(settings_.bot_events_in_10s, random_),
          me(random_),
          tell_failure(options.tell_failure),
          pool(options.pool_threads, options.pool_queue_max),
          whole(options.whole_threads, options.whole_queue_max),
          hashing(options.hash_threads, options.hash_queue_max) {}
    // Counts an answer, says which request it is for, and tells of it when it is a failure.
    void answered(const Route& route, const Trace& trace, std::string_view code,
                  HttpResponse& response);
    engine::Runtime& runtime;
    Random& random;
    const engine::Settings settings;
    using Masks = std::array<engine::Mask, engine::kRoleNames.size()>;
    static Masks masks_of(const engine::Settings& settings) {
        Masks masks;
        for (std::size_t i = 0; i < masks.size(); ++i)
            masks[i] = engine::mask_of(settings, static_cast<engine::Role>(i));
        return masks;
    }
    const Masks masks;  // by role
    engine::SourceRules rules;
    SenderRates sender_rates;
    SignInTries tries;
    RepeatedLooks looks;
    engine::MeSessions me;
    HttpCounters counters;
    std::atomic<std::uint32_t> streams{0};
    const std::function<void(const FailedRequest&)> tell_failure;
    // After what their threads use.
    BlockingPool pool;
    BlockingPool whole;    // what goes through everybody
    BlockingPool hashing;  // of passwords: each takes 19 MiB and a fifth of a second
    MeTurns me_turns;      // taken by calls, none of which is left by now
};

}  // namespace filrouge::http
