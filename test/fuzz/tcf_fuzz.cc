// Any bytes as a TC string: nothing crashes, what is read keeps its laws, and nothing is allowed
// that the string's own purposes do not. Built by -DFILROUGE_FUZZ=ON with clang.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "consent/tcf.h"

using namespace filrouge;
using namespace filrouge::consent;

namespace {

void check(const VendorSet& vendors) {
    const auto& ranges = vendors.ranges();
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        ASSERT(ranges[i].first != 0 && ranges[i].first <= ranges[i].last);
        ASSERT(i == 0 || std::uint32_t{ranges[i - 1].last} + 1 < ranges[i].first);
        ASSERT(vendors.has(ranges[i].first) && vendors.has(ranges[i].last));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto read = parse_tc_string({reinterpret_cast<const char*>(data), size});
    if (!read.ok()) return 0;
    const TcString& tc = read.value();
    check(tc.vendor_consents);
    check(tc.vendor_interests);
    if (tc.disclosed) check(*tc.disclosed);
    for (int purpose : {1, 3, 4, 5, 6}) ASSERT(!tc.interests.has(purpose));
    for (const std::uint16_t vendor : {std::uint16_t{1}, std::uint16_t{8}, std::uint16_t{65535}}) {
        const std::uint32_t allowed = allowed_by_consent(tc, vendor).bits();
        ASSERT((allowed & ~tc.consents.bits()) == 0);
        ASSERT(allowed == 0 || tc.vendor_consents.has(vendor));
    }
    return 0;
}
