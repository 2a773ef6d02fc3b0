// The way in for tracking calls: bytes of a request body to events. Owned by one I/O thread: its
// buffers are reused, and nothing it returns points into them or into the body.
//
//   Parser parser;
//   const Result<Parsed> parsed = parser.parse_tracking(Route::Batch, body, request, rules);
//
// An error is about the whole body (broken syntax, no batch, too many events). Whatever is wrong
// with one event is an Unfit in its place. docs/tracking.md lists both.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "collect/incoming.h"
#include "collect/rules.h"

namespace filrouge::collect {

enum class Route : std::uint8_t { Batch, Import, Track, Identify, Page, Screen, Group, Alias };

class Parser {
  public:
    Parser();
    ~Parser();
    Parser(Parser&&) noexcept;
    Parser& operator=(Parser&&) noexcept;
    // Parses in place when the string has room for 64 bytes after its end (reserve them before
    // reading the body), else copies it once.
    Result<Parsed> parse_tracking(Route route, const std::string& body,
                                  const RequestContext& request, const Rules& rules);
    Result<Parsed> parse_tracking(Route route, std::string_view body, const RequestContext& request,
                                  const Rules& rules);
    Result<Parsed> parse_tracking(Route route, const char* body, const RequestContext& request,
                                  const Rules& rules) {
        return parse_tracking(route, std::string_view(body), request, rules);
    }

    // The query of GET /pixel/v1/{track,page}: one event. Names with a dot go where they say
    // ("properties.campaign", "context.page.url"), names of the protocol to the event, any other
    // name to its properties. Error: collect.invalid_query.
    Result<Parsed> parse_pixel(Route route, std::string_view query, const RequestContext& request,
                               const Rules& rules);

  private:
    std::unique_ptr<class BodyReader> reader_;  // keeps simdjson out of what the doors include
};

// RudderStack's text for an error or an Unfit code, which its SDKs print: "invalid json", "empty
// batch payload", "request neither has anonymousId nor userId" ...; empty when it has none.
std::string_view rudderstack_text(std::string_view code);

// Shortens, in place, every whole IP address that stands as the value of a member whose name ends
// in "ip": what is kept of a request must not hold one.
void shorten_addresses(std::string& raw);

}  // namespace filrouge::collect
