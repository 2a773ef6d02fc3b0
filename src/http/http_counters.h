// How many requests came and how long each took: by lane with its distribution, by route with its
// mean. Thread-safe, without a lock.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "base/histogram.h"
#include "http/route.h"

namespace filrouge::http {

class HttpCounters {
  public:
    HttpCounters() : routes_(all_routes().size()) {}

    // `route` is one of all_routes().
    void answered(const Route& route, int status);
    void took(const Route& route, std::int64_t us);
    // Prometheus text. Of routes that nobody has asked for there is no line.
    void append_to(std::string& out) const;

    std::atomic<std::uint64_t> refused_overload{0};
    std::atomic<std::uint64_t> refused_starting{0};
    std::atomic<std::uint64_t> held{0};

  private:
    static constexpr std::size_t kLanes = 3;
    using ByHundreds = std::array<std::atomic<std::uint64_t>, 6>;  // of the status
    struct OfRoute {
        ByHundreds answered{};
        std::atomic<std::uint64_t> handled{0};
        std::atomic<std::int64_t> took_us{0};
    };
    OfRoute& of(const Route& route);
    void append_lanes(std::string& out) const;
    void append_routes(std::string& out) const;

    std::array<ByHundreds, kLanes> lanes_{};
    std::array<DurationHistogram, kLanes> lanes_took_;
    std::vector<OfRoute> routes_;  // as all_routes()
};

}  // namespace filrouge::http
