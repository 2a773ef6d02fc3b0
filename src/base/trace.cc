#include "base/trace.h"

namespace filrouge {

namespace {

// 16 digits at most; nothing when one is no hex digit, or a capital.
std::optional<std::uint64_t> read_hex(std::string_view digits) {
    std::uint64_t value = 0;
    for (const char c : digits) {
        if (c >= '0' && c <= '9')
            value = value << 4 | static_cast<std::uint64_t>(c - '0');
        else if (c >= 'a' && c <= 'f')
            value = value << 4 | static_cast<std::uint64_t>(c - 'a' + 10);
        else
            return std::nullopt;
    }
    return value;
}

constexpr std::size_t kBytes = 55;  // 00-<32>-<16>-<2>

}  // namespace

std::string Trace::span_text() const { return Id<struct Span>{0, span}.text().substr(16); }

std::string Trace::traceparent() const {
    return "00-" + id.text() + "-" + span_text() + (sampled ? "-01" : "-00");
}

std::optional<Trace> parse_traceparent(std::string_view header) {
    if (header.size() < kBytes || header[2] != '-' || header[35] != '-' || header[52] != '-')
        return std::nullopt;
    const auto version = read_hex(header.substr(0, 2));
    const auto id = TraceId::parse(header.substr(3, 32));
    const auto span = read_hex(header.substr(36, 16));
    const auto flags = read_hex(header.substr(53, 2));
    if (!version || !id || !span || !flags) return std::nullopt;
    if (*version == 0xff || id->is_zero() || *span == 0) return std::nullopt;
    if (header.size() > kBytes && (*version == 0 || header[kBytes] != '-')) return std::nullopt;
    return Trace{*id, *span, (*flags & 1) != 0};
}

}  // namespace filrouge
