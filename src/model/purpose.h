// What data may be used for. A purpose is a bit; its name, legal basis and wording are settings.
#pragma once

#include <bit>
#include <cstdint>
#include <string>

namespace filrouge {

constexpr std::size_t kPurposesMax = 32;

struct PurposeSet {
    std::uint32_t bits = 0;
    constexpr bool operator==(const PurposeSet&) const = default;
    constexpr bool has(std::uint8_t purpose) const { return (bits >> purpose & 1) != 0; }
    constexpr bool empty() const { return bits == 0; }
    constexpr PurposeSet with(std::uint8_t purpose) const { return {bits | 1u << purpose}; }
    constexpr PurposeSet without(PurposeSet other) const { return {bits & ~other.bits}; }
    constexpr PurposeSet operator|(PurposeSet other) const { return {bits | other.bits}; }
    constexpr PurposeSet operator&(PurposeSet other) const { return {bits & other.bits}; }
};

// GDPR article 6(1). On disk since format 1.
enum class LegalBasis : std::uint8_t {
    Consent = 0,
    Contract = 1,
    LegalObligation = 2,
    LegitimateInterest = 3,
};

}  // namespace filrouge
