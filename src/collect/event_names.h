// The events whose name means something to us: the e-commerce vocabulary (version 2, with the
// names of version 1 as aliases), choices of consent, and things that are lent.
#pragma once

#include <cstdint>
#include <string_view>

namespace filrouge::collect {

enum class EventClass : std::uint8_t {
    Other = 0,
    Product = 1,  // one product at the top level: worth price x quantity
    Order = 2,    // has lines: worth what they add up to
    Consent = 3,  // exists to state a choice
    Bind = 4,     // a shared thing is lent to a person
    Release = 5,  // and given back
};

struct EventName {
    std::string_view canonical;
    EventClass kind = EventClass::Other;
};

// Any case. A name that is not in the vocabulary comes back as it is, as `Other`.
EventName canonical_name(std::string_view name);

}  // namespace filrouge::collect
