// Gate 3: the right to reach one person, for one purpose, on one channel, now. A Permit is a value
// that only the gate can make: what sends takes one, so that a message without a permit does not
// compile. Make it at the instant of the send, from a standing read at that instant: it is good for
// what starts then and is not kept.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "consent/contact_rules.h"
#include "consent/gate.h"

namespace filrouge::consent {

// What allows it.
enum class Ground : std::uint8_t { Consent, SoftOptIn, OtherBasis };
constexpr std::string_view name_of(Ground ground) {
    return ground == Ground::Consent     ? "consent"
           : ground == Ground::SoftOptIn ? "soft_opt_in"
                                         : "other_basis";
}

class Permit {
  public:
    PersonNo person() const { return person_; }
    BrandNo brand() const { return brand_; }
    std::uint8_t purpose() const { return purpose_; }
    ContactChannel channel() const { return channel_; }
    EventTime at() const { return at_; }
    Ground ground() const { return ground_; }

  private:
    friend class ContactGate;
    Permit(PersonNo person, BrandNo brand, std::uint8_t purpose, ContactChannel channel,
           EventTime at, Ground ground)
        : person_(person),
          brand_(brand),
          purpose_(purpose),
          channel_(channel),
          at_(at),
          ground_(ground) {}
    PersonNo person_;
    BrandNo brand_;
    std::uint8_t purpose_;
    ContactChannel channel_;
    EventTime at_;
    Ground ground_;
};

struct PermitQuestion {
    PersonNo person;
    BrandNo brand = 0;
    std::uint8_t purpose = 0;  // bit number
    EventTime at;
    Standing standing;        // of the brand's part of the person, read now
    bool suppressed = false;  // the address, on this channel
    SoftOptIn sale;
    ContactWish wish;  // the channel, and the moment on the person's clock
};

class ContactGate {
  public:
    ContactGate(const Purposes& purposes, const ContactRules& rules)
        : purposes_(purposes), rules_(rules) {}
    // Errors, the strongest first: "permit.other_channel", "permit.suppressed",
    // "permit.restricted", "permit.no_consent", and "permit.not_now": its hint is the first moment
    // that is allowed, on the person's clock ("2026-04-07T08:00"), empty when there is none.
    Result<Permit> permit(const PermitQuestion& question) const;

  private:
    Result<Ground> ground_of(const PermitQuestion& question) const;

    const Purposes& purposes_;
    const ContactRules& rules_;
};

}  // namespace filrouge::consent
