// The consents an event states, in the three shapes that are about: Segment's
// context.consent.categoryPreferences, RudderStack's context.consentManagement, and our own
// consent events with properties.purposes. What is not understood states nothing: default deny.
#pragma once

#include <vector>

#include "collect/event_reader.h"
#include "collect/incoming.h"

namespace filrouge::collect {

// False when the event states more than kConsentsPerEventMax.
bool read_choices(const JsonBody& body, const Told& told, bool consent_event,
                  std::vector<NamedConsent>& out);

bool states_privacy_control(const JsonBody& body, const Told& told);

}  // namespace filrouge::collect
