// Any bytes as one HTTP request: nothing crashes, a head and a chunked body read in pieces mean
// what they mean whole, and what is let in has one framing only. Built by -DFILROUGE_FUZZ=ON with
// clang:
//   build/.../http_fuzz test/fuzz/corpus/http
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "base/text.h"
#include "os/http_wire.h"

namespace {

using namespace filrouge;
using namespace filrouge::os;

struct Scanned {
    std::size_t size = 0;
    int refused = 0;
    bool operator==(const Scanned&) const = default;
};

Scanned scan(std::string_view bytes, std::size_t piece, const ListenerLimits& limits) {
    HeadScanner scanner(limits);
    for (std::size_t n = 0; n < bytes.size();) {
        n = std::min(bytes.size(), n + piece);
        const std::size_t size = scanner.scan(bytes.substr(0, n));
        if (size != 0 || scanner.refused_with() != 0) return {size, scanner.refused_with()};
    }
    return {};
}

struct Body {
    ChunkedReader::State state = ChunkedReader::State::More;
    std::string text;
    std::size_t used = 0;
};

Body read_chunks(std::string_view bytes, std::size_t piece) {
    ChunkedReader reader(4'096);
    Body out;
    std::string waiting;
    for (std::size_t i = 0; i < bytes.size() && out.state == ChunkedReader::State::More;
         i += piece) {
        waiting.append(bytes.substr(i, piece));
        std::size_t used = 0;
        out.state = reader.read(waiting, used, out.text);
        ASSERT(used <= waiting.size());
        waiting.erase(0, used);
        out.used += used;
    }
    return out;
}

// What stands on its own line twice, or beside the other, two readers could read differently.
void check_framing(const RequestHead& head) {
    int lengths = 0, codings = 0;
    for (const auto& [name, value] : head.request.headers) {
        lengths += name == "content-length" ? 1 : 0;
        codings += name == "transfer-encoding" ? 1 : 0;
        ASSERT(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
    }
    ASSERT(lengths <= 1 && codings <= 1 && lengths + codings <= 1);
    ASSERT((codings == 1) == head.chunked);
    ASSERT(!head.chunked || (head.content_length == 0 && head.http11));
    ASSERT(head.request.path.starts_with('/') || head.request.path == "*");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t piece = 1 + data[0] % 7;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    ListenerLimits limits;
    limits.header_bytes_max = 2'048;
    limits.header_line_bytes_max = 256;
    const Scanned whole = scan(bytes, bytes.size() + 1, limits);
    const Scanned pieces = scan(bytes, piece, limits);
    // In pieces a line may be refused as too long before its end shows that it is broken.
    ASSERT(whole.size == pieces.size && (whole.refused == 0) == (pieces.refused == 0));
    std::string_view rest = bytes;
    if (whole.size != 0) {
        RequestHead head;
        if (read_head(bytes.substr(0, whole.size), limits, head) == 0) check_framing(head);
        rest.remove_prefix(whole.size);
    }
    const Body once = read_chunks(rest, rest.size() + 1);
    const Body parts = read_chunks(rest, piece);
    using State = ChunkedReader::State;
    ASSERT((once.state == State::Done) == (parts.state == State::Done));
    if (once.state == State::Done) ASSERT(once.text == parts.text && once.used == parts.used);
    ASSERT(once.text.size() <= 4'096);
    return 0;
}
