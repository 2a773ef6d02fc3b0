#include "http/http_counters.h"

#include <algorithm>
#include <string_view>

namespace filrouge::http {

namespace {

constexpr std::array<std::string_view, 3> kLaneNames = {"health", "ingest", "api"};

std::size_t hundreds_of(int status) {
    return std::min<std::size_t>(static_cast<std::size_t>(status) / 100, 5);
}

void append_line(std::string& out, std::string_view name, const std::string& labels,
                 const std::string& value) {
    out.append(name);
    if (!labels.empty()) out.append("{").append(labels).append("}");
    out.append(" ").append(value).append("\n");
}

std::string with_status(const std::string& labels, std::size_t hundreds) {
    std::string out = labels;
    out.append(",status=\"").append(std::to_string(hundreds)).append("xx\"");
    return out;
}

std::string labels_of(const Route& route) {
    std::string out = "method=\"";
    out.append(route.method).append("\",route=\"").append(route.pattern).append("\"");
    return out;
}

}  // namespace

HttpCounters::OfRoute& HttpCounters::of(const Route& route) {
    return routes_[static_cast<std::size_t>(&route - all_routes().data())];
}

void HttpCounters::answered(const Route& route, int status) {
    ++lanes_[static_cast<std::size_t>(route.lane)][hundreds_of(status)];
    ++of(route).answered[hundreds_of(status)];
}

void HttpCounters::took(const Route& route, std::int64_t us) {
    lanes_took_[static_cast<std::size_t>(route.lane)].add(us);
    ++of(route).handled;
    of(route).took_us += us;
}

void HttpCounters::append_to(std::string& out) const {
    append_lanes(out);
    append_routes(out);
    out.append("# TYPE filrouge_http_refused_total counter\n");
    append_line(out, "filrouge_http_refused_total", "reason=\"overload\"",
                std::to_string(refused_overload.load()));
    append_line(out, "filrouge_http_refused_total", "reason=\"starting\"",
                std::to_string(refused_starting.load()));
    out.append("# TYPE filrouge_http_held_total counter\n");
    append_line(out, "filrouge_http_held_total", "", std::to_string(held.load()));
}

void HttpCounters::append_lanes(std::string& out) const {
    const auto labels = [](std::size_t lane) {
        return "lane=\"" + std::string(kLaneNames[lane]) + "\"";
    };
    out.append(
        "# HELP filrouge_http_requests_total Requests answered, by lane and kind of status.\n"
        "# TYPE filrouge_http_requests_total counter\n");
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
        for (std::size_t hundreds = 2; hundreds < 6; ++hundreds) {
            append_line(out, "filrouge_http_requests_total", with_status(labels(lane), hundreds),
                        std::to_string(lanes_[lane][hundreds].load()));
        }
    }
    out.append(
        "# HELP filrouge_http_request_seconds From the whole request to its answer, by lane.\n"
        "# TYPE filrouge_http_request_seconds histogram\n");
    for (std::size_t lane = 0; lane < kLanes; ++lane)
        lanes_took_[lane].append_to(out, "filrouge_http_request_seconds", labels(lane));
}

void HttpCounters::append_routes(std::string& out) const {
    out.append(
        "# HELP filrouge_http_route_requests_total Requests answered, by route and kind of "
        "status.\n"
        "# TYPE filrouge_http_route_requests_total counter\n");
    for (const Route& route : all_routes()) {
        const ByHundreds& answered =
            routes_[static_cast<std::size_t>(&route - all_routes().data())].answered;
        for (std::size_t hundreds = 2; hundreds < answered.size(); ++hundreds) {
            if (answered[hundreds] == 0) continue;
            append_line(out, "filrouge_http_route_requests_total",
                        with_status(labels_of(route), hundreds),
                        std::to_string(answered[hundreds].load()));
        }
    }
    out.append(
        "# HELP filrouge_http_route_seconds From the whole request to its answer, by route.\n"
        "# TYPE filrouge_http_route_seconds summary\n");
    for (const Route& route : all_routes()) {
        const OfRoute& of = routes_[static_cast<std::size_t>(&route - all_routes().data())];
        if (of.handled == 0) continue;
        append_line(out, "filrouge_http_route_seconds_sum", labels_of(route),
                    seconds_text(of.took_us));
        append_line(out, "filrouge_http_route_seconds_count", labels_of(route),
                    std::to_string(of.handled.load()));
    }
}

}  // namespace filrouge::http
