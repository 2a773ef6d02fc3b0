// SHA-256 in lower-case hex.
#pragma once

#include <string>

#include "base/bytes.h"

namespace filrouge {

std::string sha256_hex(BytesView bytes);

}  // namespace filrouge
