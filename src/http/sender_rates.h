// Who sends faster than people do: counts the events of each address through each source. An
// address stands in no memory and on no disk: only its hash under a key of this process's life
// does.
//
// Thread-safe: 64 parts, a lock each, taken once a request and held for a few comparisons.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <optional>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/ip_address.h"
#include "collect/bots.h"
#include "engine/runtime.h"
#include "seam/listener.h"
#include "seam/random.h"

namespace filrouge::http {

// The address of the browser or device that sent the request. A peer in a private network is taken
// for a proxy of the shop's: then it is the last address of the Internet in X-Forwarded-For.
// Nothing when there is none: the proxy's own address would stand for everybody.
std::optional<IpAddress> sender_of(const HttpRequest& request);
// What limits count by: the whole address of IPv4; the first 64 bits of IPv6, for every home and
// telephone has a /64 to choose addresses from. Of `address`, which must outlive it.
BytesView network_of(const IpAddress& address);

class SenderRates {
  public:
    SenderRates(std::uint32_t events_in_10s, Random& random);

    // Marks what is past the rate as a bot's. Judged is only what browsers and apps send: of the
    // channels web and app, by the event's own word, else by its source's setting. Tills, kiosks
    // and the server SDKs send for everybody from one address; so does an import.
    void judge(const HttpRequest& request, const engine::SourceInfo& source, IngestTime at,
               engine::IngestRequest& events);

  private:
    struct alignas(64) Part {
        explicit Part(collect::RateWatch::Limit limit);
        std::mutex mutex;
        collect::RateWatch watch;  // guarded by mutex
    };
    static constexpr std::size_t kParts = 64;
    std::uint32_t within_limit(SourceNo source, const IpAddress& sender, std::uint32_t events,
                               IngestTime at);

    const HashKey key_;
    std::array<std::unique_ptr<Part>, kParts> parts_;
};

}  // namespace filrouge::http
