#include "cli/demo.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/text.h"
#include "cli/demo_traffic.h"

namespace filrouge::cli {
namespace {

constexpr Duration kToldEvery = seconds(10);
constexpr Duration kStartPatience = seconds(60);
constexpr Duration kFlushPatience = seconds(10);
constexpr Duration kStep = milliseconds(20);  // how soon a stop is noticed

void sleep_for(Duration d) { std::this_thread::sleep_for(std::chrono::microseconds(d.us)); }

std::string state_line(const DemoCounters& c) {
    std::string out = std::to_string(c.offered) + " events told, " +
                      std::to_string(c.acknowledged) + " taken, " + std::to_string(c.waiting()) +
                      " waiting";
    if (c.retries != 0) out += ", " + std::to_string(c.retries) + " requests asked again";
    if (c.refused != 0) {
        out += ", " + std::to_string(c.refused) + " refused (status " +
               std::to_string(c.last_status) + ")";
    }
    return out;
}

std::string last_lines(const DemoCounters& c) {
    return "In the end: " + state_line(c) + ".\nAmong them " + std::to_string(c.late) +
           " told late by telephones without network and " + std::to_string(c.bad) +
           " faulty ones for quarantine; " + std::to_string(c.repeated) +
           " more were told twice and must count once.";
}

class Senders {
  public:
    Senders(const DemoOptions& options, const DemoSeams& seams, const DemoKeys& keys,
            const DemoTime& time, DemoCounters& counters) {
        for (const DemoDoorRow& row : kDemoDoors) {
            lanes_.push_back(std::make_unique<DemoLane>(row.door, options.url, keys.at(row.door),
                                                        time, seams.http(), seams.clock, counters));
        }
    }
    void offer(DemoEvent event) {
        DemoLane& lane = *lanes_[static_cast<std::size_t>(event.door)];
        lane.offer(std::move(event));
    }
    void finish() {
        for (auto& lane : lanes_) lane->interrupt();
        for (auto& lane : lanes_) lane->finish(kFlushPatience);
    }

  private:
    std::vector<std::unique_ptr<DemoLane>> lanes_;  // by door
};

// The server may be starting, or be started by somebody in a minute.
Result<DemoKeys> set_up(const DemoOptions& options, const DemoSeams& seams,
                        const std::atomic<bool>& stop) {
    const std::unique_ptr<HttpClient> http = seams.http();
    const Duration until{seams.clock.monotonic().us + kStartPatience.us};
    while (true) {
        Result<DemoKeys> keys = set_up_demo(*http, options.url, options.token);
        if (keys.ok() || keys.error().code != "demo.unreachable") return keys;
        if (stop || seams.clock.monotonic() > until) return keys;
        sleep_for(milliseconds(300));
    }
}

std::uint32_t speed_of(const DemoOptions& options) {
    if (options.rate == 0) return parse_speed(options.speed).value_or(1);
    const std::uint64_t speed =
        options.rate * demo_milliseconds_per_event(options.seed, options.people) / 1'000;
    return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(speed, 1, kDemoSpeedMax));
}

std::string first_line(const DemoOptions& options, std::uint32_t speed) {
    return "Maison Camélia opens: " + std::to_string(options.people) + " people, seed " +
           std::to_string(options.seed) + ", " + std::to_string(speed) + " times faster than life.";
}

}  // namespace

std::optional<std::uint32_t> parse_speed(std::string_view text) {
    if (text.ends_with('x')) text.remove_suffix(1);
    const auto n = parse_int(text);
    if (!n || *n < 1 || *n > kDemoSpeedMax) return std::nullopt;
    return static_cast<std::uint32_t>(*n);
}

std::optional<Duration> parse_length(std::string_view text) {
    if (text.size() < 2) return std::nullopt;
    const auto n = parse_int(text.substr(0, text.size() - 1));
    if (!n || *n < 1 || *n > 100'000) return std::nullopt;
    switch (text.back()) {
        case 's': return seconds(*n);
        case 'm': return minutes(*n);
        case 'h': return hours(*n);
        case 'd': return days(*n);
        default: return std::nullopt;
    }
}

Result<void> run_demo(const DemoOptions& options, const DemoSeams& seams,
                      const std::atomic<bool>& stop) {
    const std::optional<Duration> length = parse_length(options.length);
    const DemoKeys keys = TRY(set_up(options, seams, stop));
    if (seams.ready) seams.ready(keys);
    const std::uint32_t speed = speed_of(options);
    const DemoTime time{as_event_time(seams.clock.now()), speed};
    DemoTraffic traffic(options.seed, options.people,
                        "-" + std::to_string(time.begin.us / 1'000'000));
    DemoCounters counters;
    Senders senders(options, seams, keys, time, counters);
    seams.say(first_line(options, speed));
    const Duration begin = seams.clock.monotonic();
    Duration told = begin;
    const auto goes_on = [&](Duration now) {
        return !stop && (!length || now.us - begin.us < length->us);
    };
    for (Duration now = begin; goes_on(now);) {
        DemoEvent event = traffic.next();
        const std::int64_t due_us = begin.us + (time.of(event.due) - time.begin).us;
        while (now.us < due_us && goes_on(now)) {
            sleep_for({std::min(due_us - now.us, kStep.us)});
            now = seams.clock.monotonic();
        }
        if (now.us < due_us) break;
        senders.offer(std::move(event));
        now = seams.clock.monotonic();
        if (now.us - told.us < kToldEvery.us) continue;
        seams.say(state_line(counters));
        told = now;
    }
    senders.finish();
    seams.say(last_lines(counters));
    return {};
}

}  // namespace filrouge::cli
