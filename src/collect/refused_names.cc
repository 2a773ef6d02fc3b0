#include "collect/refused_names.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.h"
#include "collect/event_reader.h"

namespace filrouge::collect {
namespace {

// Ascending, without signs.
constexpr std::array<std::string_view, 35> kRefused = {
    "biometric",      "biometricid",     "biometrics",       "biometrictemplate",
    "bluetoothmac",   "bssid",           "emotion",          "emotions",
    "expression",     "expressions",     "facedescriptor",   "faceembedding",
    "faceembeddings", "faceencoding",    "faceexpression",   "facehash",
    "faceid",         "faceimage",       "facelandmarks",    "facephoto",
    "facepicture",    "faceprint",       "facesignature",    "facetemplate",
    "facevector",     "facialembedding", "facialexpression", "faciallandmarks",
    "gaitsignature",  "irisscan",        "macaddr",          "macaddress",
    "voiceprint",     "wifimac",         "wifimacaddress"};
constexpr std::array<std::string_view, 14> kAddresses = {
    "clientip", "clientipaddress", "ip",     "ipaddr",       "ipaddress",
    "ipv4",     "ipv4address",     "ipv6",   "ipv6address",  "remoteaddr",
    "remoteip", "sourceip",        "userip", "xforwardedfor"};
static_assert(std::is_sorted(kRefused.begin(), kRefused.end()));
static_assert(std::is_sorted(kAddresses.begin(), kAddresses.end()));

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// A name as it is compared, on the stack.
struct BareName {
    explicit BareName(std::string_view name) {
        for (const char c : name) {
            if (c == '_' || c == '-' || c == ' ' || c == '.' || c == '$') continue;
            if (size == bytes.size()) {  // longer than any of these
                size = 0;
                return;
            }
            bytes[size++] = lower(c);
        }
    }
    std::string_view text() const { return {bytes.data(), size}; }
    std::array<char, 24> bytes{};
    std::size_t size = 0;
};

// Every member of every event comes by here, and hardly any of them begins like one of the names or
// has "mac" in it.
bool may_be_one(std::string_view name) {
    constexpr std::string_view kBeginnings = "bi|bl|bs|cl|em|ex|fa|ga|ip|ir|ma|re|so|us|vo|wi|xf";
    if (name.size() < 2) return false;
    if (name.size() > 2 && !is_letter(name[1])) return true;  // "x-forwarded-for", "$ip"
    const std::array<char, 2> first = {lower(name[0]), lower(name[1])};
    if (!is_letter(name[0]) || kBeginnings.find({first.data(), 2}) != kBeginnings.npos) return true;
    for (std::size_t i = 2; i + 2 < name.size(); ++i) {
        if (lower(name[i]) == 'm' && lower(name[i + 1]) == 'a' && lower(name[i + 2]) == 'c')
            return true;
    }
    return false;
}

enum class NameVerdict : std::uint8_t { Free, Refused, RefusedIfMac, Address };

NameVerdict verdict_on_name(std::string_view name) {
    if (!may_be_one(name)) return NameVerdict::Free;
    const BareName bare(name);
    const std::string_view text = bare.text();
    if (std::binary_search(kRefused.begin(), kRefused.end(), text)) return NameVerdict::Refused;
    if (std::binary_search(kAddresses.begin(), kAddresses.end(), text)) return NameVerdict::Address;
    return text.find("mac") != text.npos ? NameVerdict::RefusedIfMac : NameVerdict::Free;
}

// "a4:83:e7:0b:11:7f", also with hyphens or dots, or twelve hexadecimal digits.
bool is_mac_address(std::string_view text) {
    std::size_t digits = 0;
    for (const char c : trim(text)) {
        if (is_hex(c))
            ++digits;
        else if (c != ':' && c != '-' && c != '.')
            return false;
    }
    return digits == 12;
}

}  // namespace

bool is_refused(const JsonBody& body, std::string_view name, JsonAt value) {
    const NameVerdict verdict = verdict_on_name(name);
    if (verdict != NameVerdict::RefusedIfMac) return verdict == NameVerdict::Refused;
    return body.is(value, JsonType::String) && is_mac_address(body.string(value));
}

std::optional<std::string> cut_address(const JsonBody& body, std::string_view name, JsonAt value) {
    if (verdict_on_name(name) != NameVerdict::Address) return std::nullopt;
    return body.is(value, JsonType::String) ? truncated_ip(body.string(value)) : std::string();
}

bool is_refused_name(std::string_view name) {
    return verdict_on_name(name) == NameVerdict::Refused;
}

bool is_refused(std::string_view name, std::string_view text) {
    const NameVerdict verdict = verdict_on_name(name);
    return verdict == NameVerdict::Refused ||
           (verdict == NameVerdict::RefusedIfMac && is_mac_address(text));
}

std::optional<std::string> cut_address(std::string_view name, std::string_view text) {
    if (verdict_on_name(name) != NameVerdict::Address) return std::nullopt;
    return truncated_ip(text);
}

}  // namespace filrouge::collect
