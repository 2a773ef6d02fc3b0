// The consents an event states, in the shapes that are about: Segment's
// context.consent.categoryPreferences, RudderStack's context.consentManagement, a TC string of
// IAB Europe's framework (context.consent.tcString: its purposes are the categories "tcf:1" to
// "tcf:11"), Google's Consent Mode (context.consent.ad_storage and so on, or its parameters gcs and
// gcd), and our own consent events with properties.purposes. What is not understood states nothing:
// default deny.
#pragma once

#include <vector>

#include "collect/event_reader.h"
#include "collect/incoming.h"

namespace filrouge::collect {

// Reads them into out.consents, and how they were told into out.means; out.consent_change is known
// already. `tcf_vendor`: whom a TC string is asked about; 0 for the site itself. False when the
// event states more than kConsentsPerEventMax.
bool read_choices(const JsonBody& body, const Told& told, std::uint16_t tcf_vendor, Incoming& out);

bool states_privacy_control(const JsonBody& body, const Told& told);

// The four choices of Consent Mode, version 2.
struct ConsentMode {
    bool ad_storage = false, analytics_storage = false, ad_user_data = false,
         ad_personalization = false;
    bool operator==(const ConsentMode&) const = default;
};
// "G1" and a digit for each storage: "G101". Nothing when it is none.
std::optional<ConsentMode> parse_gcs(std::string_view text);
// "11" or "13", then for each a letter and a digit: "13r3r3q2q5". A letter says what the default
// was and what the person chose: only what somebody chose counts, so a default of yes is none.
std::optional<ConsentMode> parse_gcd(std::string_view text);

}  // namespace filrouge::collect
