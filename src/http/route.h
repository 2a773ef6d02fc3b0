// A row of the route table: what is answered, to whom, and what it may cost.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "http/access.h"

namespace filrouge::http {

struct Call;
using CallPtr = std::shared_ptr<Call>;

// Health answers whatever happens. Ingest is refused when the engine cannot keep up. Api waits for
// the engine's start as ingest does, and is otherwise always served.
enum class Lane : std::uint8_t { Health, Ingest, Api };
// Io: at once, on the I/O thread. Pool: it reads a part of the log or waits for a record of its
// own, on one of a few threads. Whole: it goes through everybody or the whole log, on threads of
// its own, so that no withdrawal, erasure or permit waits behind it. Hash: it hashes a password, on
// one of two threads of its own.
enum class Where : std::uint8_t { Io, Pool, Whole, Hash };

struct Route {
    std::string_view method;
    std::string_view pattern;  // "{name}" stands for one segment
    Access access;
    Lane lane;
    Where where;
    std::size_t body_bytes_max;
    void (*handler)(const CallPtr& call);
    // Names of the query string, parted by commas. Under /api/v1 any other is an error.
    std::string_view parameters = {};
};

std::span<const Route> all_routes();
// Of a body that no route reads.
constexpr std::size_t kUnreadBodyBytesMax = 4 * 1024;
std::size_t greatest_body_bytes_max();  // of all routes: what the listener has to let in

struct RouteFound {
    const Route* route = nullptr;
    bool path_known = false;     // under another method
    std::string_view values[4];  // of the pattern's names, percent-encoded as received
    std::size_t values_count = 0;
};
// Sends events until somebody ends it.
bool is_stream(const Route& route);
// A trailing slash makes no difference; HEAD is answered as GET, but for a stream.
RouteFound find_route(std::string_view method, std::string_view path);
std::string methods_of(std::string_view path);  // for Allow: "GET, POST"
// The first name of a query string that the route does not declare.
std::optional<std::string> unknown_parameter(const Route& route, std::string_view query);

}  // namespace filrouge::http
