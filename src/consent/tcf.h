// IAB Europe's Transparency and Consent Framework, version 2: the TC string, read. What it allows
// is asked with allows(): one that cannot be read allows nothing, and says so with an Error.
// Format: "Consent string and vendor list formats v2" (IAB Tech Lab, CC BY 3.0).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace filrouge::consent {

constexpr std::size_t kTcStringBytesMax = 16 * 1024;
constexpr int kTcPurposes = 24;         // that a string has room for
constexpr int kTcDefinedPurposes = 11;  // by the policy, version 5

// Numbers as the framework counts them, from 1.
class TcPurposes {
  public:
    constexpr TcPurposes() = default;
    explicit constexpr TcPurposes(std::uint32_t bits) : bits_(bits) {}  // bit 0: purpose 1
    constexpr bool has(int purpose) const {
        return purpose >= 1 && purpose <= kTcPurposes && (bits_ >> (purpose - 1) & 1) != 0;
    }
    constexpr TcPurposes without(std::uint32_t bits) const { return TcPurposes(bits_ & ~bits); }
    constexpr std::uint32_t bits() const { return bits_; }
    bool operator==(const TcPurposes&) const = default;

  private:
    std::uint32_t bits_ = 0;
};

struct VendorRange {
    std::uint16_t first = 0, last = 0;
    bool operator==(const VendorRange&) const = default;
};
class VendorSet {
  public:
    bool has(std::uint16_t vendor) const;
    void add(std::uint16_t first, std::uint16_t last);  // joins the one before where they touch
    void settle();                                      // once all are there, before has()
    const std::vector<VendorRange>& ranges() const { return ranges_; }  // ascending, disjoint
    bool operator==(const VendorSet&) const = default;

  private:
    std::vector<VendorRange> ranges_;
};

struct PublisherRestriction {
    enum class Kind : std::uint8_t { NotAllowed = 0, RequireConsent = 1, RequireInterest = 2 };
    std::uint8_t purpose = 0;
    Kind kind = Kind::NotAllowed;
    VendorSet vendors;
    bool operator==(const PublisherRestriction&) const = default;
};

// What the site itself may do, apart from vendors.
struct PublisherTc {
    TcPurposes consents, interests;
    std::uint64_t custom_consents = 0, custom_interests = 0;  // at most 63; bit 0: the first
    std::uint8_t custom = 0;                                  // how many there are
    bool operator==(const PublisherTc&) const = default;
};

struct TcString {
    EventTime created, updated;  // to the tenth of a second
    std::uint16_t cmp = 0, cmp_version = 0, vendor_list = 0;
    std::uint8_t screen = 0, policy = 0;
    std::string language;  // "FR"
    std::string country;   // of the publisher
    bool service_specific = false, own_texts = false, purpose_one_untold = false;
    std::uint16_t special_features = 0;  // bit 0: the first
    TcPurposes consents;
    TcPurposes interests;  // never 1 and 3 to 6, whatever the string says (policy, since 2.2)
    VendorSet vendor_consents, vendor_interests;
    std::vector<PublisherRestriction> restrictions;
    std::optional<VendorSet> disclosed;
    std::optional<PublisherTc> publisher;
    bool operator==(const TcString&) const = default;
};

// Errors: "tcf.too_long", "tcf.malformed", "tcf.other_version", and "tcf.not_disclosed" for one of
// version 2.3 (policy 5, or made since 2026-03-01) that lacks the disclosed vendors.
Result<TcString> parse_tc_string(std::string_view text);

// What consent allows: the site itself (vendor 0), by the publisher segment where there is one; or
// a vendor that was disclosed, agreed to and not restricted.
TcPurposes allowed_by_consent(const TcString& tc, std::uint16_t vendor);

}  // namespace filrouge::consent
