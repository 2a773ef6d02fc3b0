// The door of the process as the routes see it: a request with its whole body in, a reply out,
// from any thread, once. Sockets, TLS, parsing and slow clients are the listener's business
// (os/http_listener.cc); a test drives the same handler with bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace filrouge {

struct HttpRequest {
    std::string method;  // upper case
    std::string path;    // percent-encoded as received, without the query
    std::string query;   // as received, without '?'
    std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
    std::string body;  // as received: content-encoding not yet undone
    std::string peer;  // address without port, for rates only; never logged
    Duration waited;   // since the whole of it was here, until it was handed over

    std::string_view header(std::string_view lower_name) const {
        for (const auto& [name, value] : headers) {
            if (name == lower_name) return value;
        }
        return {};
    }
};

struct HttpResponse {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::string_view file = {};  // comes after the body; a part of the program, so it stays
    bool close = false;
};

// Where the reply goes. Copyable handle, callable from any thread. Exactly one reply() or one
// start_stream(); a Responder dropped without an answer sends 500.
class ResponderImpl {
  public:
    virtual ~ResponderImpl() = default;
    virtual void reply(HttpResponse response) = 0;
    // Sends the head and keeps the connection open (server-sent events). Each write() is one
    // chunk; it answers false once the client is gone or its 1 MiB of unsent bytes is full.
    virtual void start_stream(HttpResponse head) = 0;
    virtual bool write(std::string_view chunk) = 0;
    virtual void end_stream() = 0;
};
using Responder = std::shared_ptr<ResponderImpl>;

// What the listener knows of a request that handle() has not seen.
struct Arrival {
    std::uint64_t content_length = 0;  // 0 for a chunked body: its size is known to handle() alone
    // How long it has waited for its turn; with only its headers in, how long it is expected to.
    std::int64_t turn_wait_ms = 0;
    // Whether for some time now everybody has had to wait: more comes than can be handled.
    bool queue_stands = false;
};

struct HttpHandler {
    virtual ~HttpHandler() = default;
    // Asked when the headers are in and before a byte of the body is read or parsed, and again when
    // its turn has come. An answer refuses the request (overload, too large, starting); nothing
    // lets it in.
    virtual std::unique_ptr<HttpResponse> refuse(const HttpRequest& head,
                                                 const Arrival& arrival) = 0;
    // The most bytes of this request's body that are read; the listener's own limit holds as well.
    // A chunked body, whose size refuse() cannot know, is cut off there.
    virtual std::uint64_t body_bytes_max(const HttpRequest&) {
        return std::numeric_limits<std::uint64_t>::max();
    }
    // Whether it is handled as soon as it is whole. The others take turns, between which the
    // thread reads, writes and serves those that go first.
    virtual bool goes_first(const HttpRequest& head) = 0;
    // May answer at once or keep the responder. Must not block: it runs on an I/O thread.
    virtual void handle(HttpRequest request, Responder responder) = 0;
};

struct ListenerLimits {
    std::uint64_t body_bytes_max = 1024 * 1024;  // a handler may lower it
    // Of all requests that are read or wait for their turn; past it a body is refused with 503.
    std::uint64_t bodies_bytes_max = 512ull * 1024 * 1024;
    // On top of it, for requests that go first: slow senders of events take nobody's withdrawal.
    std::uint64_t first_bodies_bytes_max = 16ull * 1024 * 1024;
    // Of all answers that are longer than what every connection may hold (64 KiB) and are not sent
    // to their end; past it a long one is refused with 503.
    std::uint64_t answers_bytes_max = 512ull * 1024 * 1024;
    std::uint32_t header_bytes_max = 64 * 1024;  // all of them
    std::uint32_t header_line_bytes_max = 8 * 1024;
    std::uint32_t headers_max = 64;
    std::uint32_t connections_max = 8192;
    // Of one address; of a private one, which may be a proxy's, see below.
    std::uint32_t connections_per_address_max = 512;
    std::uint32_t connections_per_private_address_max = 8192;
    std::uint32_t header_seconds_max = 10;
    std::uint32_t idle_seconds_max = 60;
    // Of a body in every stretch of 5 s, of an answer that is being read in idle_seconds_max.
    std::uint32_t body_bytes_per_second_min = 1024;
};

struct Listener {
    virtual ~Listener() = default;  // stops, then joins its threads
    virtual std::uint16_t port() const = 0;
    // Stops accepting, lets requests in progress finish for at most `grace_ms`, then closes.
    virtual void stop(int grace_ms) = 0;
};

}  // namespace filrouge
