// Any bytes as a batch of an import: nothing crashes, and what is let in is written and read again
// as the same. Built by -DFILROUGE_FUZZ=ON with clang.
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "collect/incoming_codec.h"
#include "model/packed.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace filrouge;
    const auto items = collect::decode_items({reinterpret_cast<const char*>(data), size});
    if (!items.ok()) return 0;
    for (const collect::Item& item : items.value()) {
        if (const auto* incoming = std::get_if<collect::Incoming>(&item)) {
            static_cast<void>(PackedView(incoming->event.properties).json());
        }
    }
    const Bytes again = collect::encode_items(items.value());
    const auto twice = collect::decode_items(again);
    ASSERT(twice.ok() && collect::encode_items(twice.value()) == again);
    return 0;
}
