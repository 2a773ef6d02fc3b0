// What settings say about reading events, for one source. Immutable while requests run; a change
// makes a new one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "collect/normalise.h"
#include "model/money.h"

namespace filrouge::collect {

struct Rules {
    // The calling code that a phone number without one gets, "33"; empty: such a number is none.
    std::string calling_code;
    std::vector<Blocked> blocked;        // identifiers that are nobody's
    Currency currency;                   // of an amount whose event names none
    Duration future_slack = minutes(5);  // a clock this far ahead is corrected without a mark
    Duration skew_slack = minutes(1);    // up to here a sender's clock is believed as it is
    Duration late_max;                   // older events are quarantined; zero: no bound
    // Quarantine what would otherwise be repaired, drop what nobody declared (collect/declared.h).
    bool strict = false;
    std::uint16_t tcf_vendor = 0;       // whom a TC string is asked about; 0: the site itself
    std::vector<std::string> declared;  // by the source's settings, ascending
};

// What the request told beside its body.
struct RequestContext {
    IngestTime received;
    std::string_view user_agent;
    std::string_view anonymous_id;  // header AnonymousId, base64 as it came
    std::string_view sent_at;       // header SentAt, as it came
    bool global_privacy_control = false;
    bool prefetch = false;
};

}  // namespace filrouge::collect
