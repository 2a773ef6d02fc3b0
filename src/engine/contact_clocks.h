// By which clocks a person may be called or sent an SMS, where no trait tells the time zone: those
// of where the person lives and of the numbers. France has twelve time zones.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audience/person.h"
#include "consent/contact_rules.h"

namespace filrouge::engine {

class ContactClocks {
  public:
    explicit ContactClocks(const audience::Zone* brand) : all_{brand} {}
    // Of a French postal code (empty: none is known) and numbers as +262692123456. Mainland ones,
    // and other countries', are on the brand's clock.
    ContactClocks(const audience::Zone* brand, std::string_view postcode,
                  const std::vector<std::string>& numbers);

    // The wish, whose times are of UTC, on the first clock that holds it back; where none does, on
    // the first of all. `tries` holds the wish's.
    consent::ContactWish local(const consent::ContactRules& rules, const consent::ContactWish& wish,
                               std::vector<consent::LocalTime>& tries) const;
    // The first moment that all of them allow, on the first clock. Nothing where there is none
    // soon.
    std::optional<consent::LocalTime> next(const consent::ContactRules& rules,
                                           const consent::ContactWish& wish) const;

  private:
    std::vector<std::unique_ptr<audience::Zone>> made_;
    std::vector<const audience::Zone*> all_;  // null: UTC
};

}  // namespace filrouge::engine
