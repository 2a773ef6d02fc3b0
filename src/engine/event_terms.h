// How long events are kept by their name, or by the purposes they are kept for (as long as one of
// them needs them): the settings' [[retention.events]] as doors and sweeps read them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "consent/gate.h"
#include "engine/settings.h"
#include "model/event.h"
#include "storage/expiries.h"

namespace filrouge::engine {

// What makes an event a contact of the person's own: its name does, for what people do; what a
// file's row says of a customer is none, nor is anything a bot does.
enum class ContactBy : std::uint8_t { Nothing, Name, Itself };
ContactBy contact_by(EventKind kind, std::uint8_t flags);

class EventTerms {
  public:
    EventTerms() = default;
    EventTerms(const Settings& settings, const consent::Purposes& purposes);

    struct Term {
        std::uint32_t days = 0;
        std::optional<std::uint8_t> purpose;  // that needs it longest; none: it is by its name
    };
    // The shortest that fits.
    std::optional<Term> of(std::string_view name, PurposeSet allowed) const;
    bool has_outlived(const Event& event, EventTime now) const;
    bool is_contact(const Event& event) const;
    bool empty() const { return names_.empty() && purposes_.empty(); }

    // By class, days.
    const std::map<std::string, std::uint32_t, std::less<>>& names() const { return names_; }
    const std::map<std::uint8_t, std::uint32_t>& purposes() const { return purposes_; }

  private:
    std::map<std::string, std::uint32_t, std::less<>> names_;
    std::map<std::uint8_t, std::uint32_t> purposes_;
    std::vector<std::string> not_contacts_;  // ascending
};

// The first day that is kept. Days are whole and of UTC: an event goes with its day, when the day's
// beginning is so many days ago.
constexpr std::int64_t first_day_kept(EventTime now, std::uint32_t term_days) {
    return day_of(now) - std::int64_t{term_days} + 1;
}

}  // namespace filrouge::engine
