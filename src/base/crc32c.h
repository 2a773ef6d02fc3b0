// CRC32C (Castagnoli, reflected polynomial 0x82f63b78, as in RFC 3720 appendix B.4). Uses the
// SSE4.2 instruction where the machine has it; the result is the same without.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace filrouge {

// `seed` is the CRC of the bytes before, 0 at the start.
std::uint32_t crc32c(BytesView bytes, std::uint32_t seed = 0);
std::uint32_t crc32c_portable(BytesView bytes, std::uint32_t seed = 0);

}  // namespace filrouge
