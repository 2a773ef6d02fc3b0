#include "http/sender_rates.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "base/text.h"

namespace filrouge::http {
namespace {

constexpr std::size_t kSendersMax = 65'536;  // remembered at a time, over all parts: 1 MiB
constexpr std::size_t kNetworkBytes6 = 8;
constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

std::optional<IpAddress> parse_address(std::string_view text) {
    const std::string terminated(trim(text));
    std::array<std::uint8_t, 4> v4{};
    if (inet_pton(AF_INET, terminated.c_str(), v4.data()) == 1) return mapped_ipv4(v4.data());
    IpAddress v6{};
    if (inet_pton(AF_INET6, terminated.c_str(), v6.data()) == 1) return v6;
    return std::nullopt;
}

// Read from its end, where each proxy adds what it saw: before the first address of the Internet
// anybody may have written anything.
std::optional<IpAddress> forwarded_for(const HttpRequest& request) {
    std::string_view list;
    for (const auto& [name, value] : request.headers) {
        if (name == "x-forwarded-for") list = value;  // a proxy puts its own behind the others
    }
    while (!list.empty()) {
        const std::size_t comma = list.rfind(',');
        const auto address = parse_address(comma == list.npos ? list : list.substr(comma + 1));
        if (!address || !is_private_address(*address)) return address;
        list = list.substr(0, comma == list.npos ? 0 : comma);
    }
    return std::nullopt;
}

// The event, when its rate says something about who sends it.
collect::Incoming* watched(collect::Item& item, const engine::SourceInfo& source) {
    auto* incoming = std::get_if<collect::Incoming>(&item);
    if (incoming == nullptr) return nullptr;
    const Channel own = incoming->event.channel;
    const Channel channel = own == Channel::Other ? source.channel : own;
    return channel == Channel::Web || channel == Channel::App ? incoming : nullptr;
}

}  // namespace

std::optional<IpAddress> sender_of(const HttpRequest& request) {
    const auto peer = parse_address(request.peer);
    if (!peer || !is_private_address(*peer)) return peer;
    return forwarded_for(request);
}

BytesView network_of(const IpAddress& address) {
    const bool v4 = std::equal(kMapped.begin(), kMapped.end(), address.begin());
    return {reinterpret_cast<const char*>(address.data()), v4 ? address.size() : kNetworkBytes6};
}

SenderRates::Part::Part(collect::RateWatch::Limit limit) : watch(limit, kSendersMax / kParts) {}

SenderRates::SenderRates(std::uint32_t events_in_10s, Random& random)
    : key_{random.number(), random.number()} {
    for (auto& part : parts_) {
        part = std::make_unique<Part>(
            collect::RateWatch::Limit{.events = events_in_10s, .window = seconds(10)});
    }
}

std::uint32_t SenderRates::within_limit(SourceNo source, const IpAddress& sender,
                                        std::uint32_t events, IngestTime at) {
    Bytes text;
    ByteWriter w(text);
    w.u16(source);
    w.raw(network_of(sender));
    const std::uint64_t key = siphash(key_, text);
    Part& part = *parts_[key % kParts];
    const std::lock_guard lock(part.mutex);
    return part.watch.within_limit(key, events, at);
}

void SenderRates::judge(const HttpRequest& request, const engine::SourceInfo& source, IngestTime at,
                        engine::IngestRequest& events) {
    if (events.import) return;
    const auto count =
        std::count_if(events.items.begin(), events.items.end(),
                      [&](collect::Item& item) { return watched(item, source) != nullptr; });
    if (count == 0) return;
    const auto sender = sender_of(request);
    if (!sender) return;
    std::uint32_t people =
        within_limit(source.number, *sender, static_cast<std::uint32_t>(count), at);
    if (people == count) return;
    for (collect::Item& item : events.items) {
        collect::Incoming* incoming = watched(item, source);
        if (incoming == nullptr) continue;
        if (people > 0) {
            --people;
        } else if (incoming->bot == BotVerdict::Human) {
            incoming->bot = BotVerdict::Rate;
        }
    }
}

}  // namespace filrouge::http
