// Any bytes as a tracking body: nothing crashes, what fits keeps its promises, and two readers
// agree: the body with room behind it (parsed in place) and without (parsed from a copy). Built by
// -DFILROUGE_FUZZ=ON with clang:
//   build/.../event_fuzz test/fuzz/corpus/event
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "collect/gunzip.h"
#include "collect/parser.h"
#include "model/packed.h"

namespace {

using namespace filrouge;
using namespace filrouge::collect;

void check_packed(const Bytes& packed) {
    if (packed.empty()) return;
    const PackedView view(packed);
    ASSERT(view.kind() == PackedKind::Object);
    ASSERT(view.byte_length() == packed.size());
}

void check(const Item& item, const RequestContext& request) {
    if (const auto* unfit = std::get_if<Unfit>(&item)) {
        ASSERT(!unfit->code.empty());
        ASSERT(unfit->raw.size() <= kEventBytesMax);
        return;
    }
    const auto& in = std::get<Incoming>(item);
    ASSERT(!in.event.identifiers.empty());
    ASSERT(in.event.identifiers.size() <= kIdentifiersPerEventMax);
    ASSERT(in.event.at <= as_event_time(request.received));
    for (const Bytes* packed : {&in.event.properties, &in.event.traits, &in.event.context}) {
        check_packed(*packed);
    }
}

void agree(const Result<Parsed>& a, const Result<Parsed>& b) {
    ASSERT(a.ok() == b.ok());
    if (!a.ok()) {
        ASSERT(a.error().code == b.error().code);
        return;
    }
    ASSERT(a.value().items.size() == b.value().items.size());
    for (std::size_t i = 0; i < a.value().items.size(); ++i) {
        const Item& x = a.value().items[i];
        const Item& y = b.value().items[i];
        ASSERT(x.index() == y.index());
        if (const auto* in = std::get_if<Incoming>(&x)) {
            const auto& other = std::get<Incoming>(y);
            ASSERT(in->event.properties == other.event.properties);
            ASSERT(in->event.body_check == other.event.body_check);
        } else {
            ASSERT(std::get<Unfit>(x).code == std::get<Unfit>(y).code);
        }
    }
}

}  // namespace

// The first byte chooses the door, the rest is what comes through it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Parser parser;
    if (size == 0) return 0;
    const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
    RequestContext request;
    request.received = IngestTime{1'795'327'235'000'000};
    Rules rules;
    rules.calling_code = "33";
    if (data[0] % 10 == 8) {
        const auto parsed = parser.parse_pixel(Route::Track, rest, request, rules);
        if (parsed.ok()) check(parsed.value().items.at(0), request);
        return 0;
    }
    if (data[0] % 10 == 9) {
        const auto plain = gunzip(rest);
        if (plain.ok()) (void)parser.parse_tracking(Route::Batch, plain.value(), request, rules);
        return 0;
    }
    const auto route = static_cast<Route>(data[0] % 10);
    std::string body;
    body.reserve(rest.size() + kBodyPadding);
    body.assign(rest);
    const auto in_place = parser.parse_tracking(route, body, request, rules);
    const auto copied = parser.parse_tracking(route, rest, request, rules);
    agree(in_place, copied);
    if (!in_place.ok()) return 0;
    for (const Item& item : in_place.value().items) check(item, request);
    return 0;
}
