#include "base/terminal.h"

#include "base/text.h"

namespace filrouge {
namespace {

// `sequence` is one well-formed character, or empty.
bool steers(std::string_view sequence) {
    if (sequence.empty()) return true;
    const auto first = static_cast<unsigned char>(sequence.front());
    if (sequence.size() == 1) return first < 0x20 || first == 0x7f;
    // U+0080 to U+009F are C2 80 to C2 9F.
    return first == 0xc2 && static_cast<unsigned char>(sequence[1]) < 0xa0;
}

}  // namespace

std::string for_terminal(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = utf8_length_at(text, at);
        const std::string_view sequence = text.substr(at, length);
        if (steers(sequence))
            out.push_back('?');
        else
            out.append(sequence);
        at += length == 0 ? 1 : length;
    }
    return out;
}

}  // namespace filrouge
