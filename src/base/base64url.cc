#include "base/base64url.h"

#include <algorithm>

#include "base/text.h"

namespace filrouge {

std::string base64url_encode(std::string_view bytes) {
    std::string out = base64_encode(bytes);
    std::replace(out.begin(), out.end(), '+', '-');
    std::replace(out.begin(), out.end(), '/', '_');
    out.erase(std::find(out.begin(), out.end(), '='), out.end());
    return out;
}

std::optional<std::string> base64url_decode(std::string_view text) {
    std::string plain(text);
    std::replace(plain.begin(), plain.end(), '-', '+');
    std::replace(plain.begin(), plain.end(), '_', '/');
    return base64_decode(plain);
}

}  // namespace filrouge
