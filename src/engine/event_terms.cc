#include "engine/event_terms.h"

#include <algorithm>
#include <bit>

#include "engine/event_record.h"

namespace filrouge::engine {

ContactBy contact_by(EventKind kind, std::uint8_t flags) {
    if ((flags & kEventBot) != 0) return ContactBy::Nothing;
    const bool acts =
        kind == EventKind::Track || kind == EventKind::Page || kind == EventKind::Screen;
    if (acts) return ContactBy::Name;
    // What a file says of a customer is no sign of life; what it says that they did is one.
    return (flags & kEventImported) == 0 ? ContactBy::Itself : ContactBy::Nothing;
}

EventTerms::EventTerms(const Settings& settings, const consent::Purposes& purposes)
    : not_contacts_(settings.not_contacts) {
    std::sort(not_contacts_.begin(), not_contacts_.end());
    for (const EventTermSetting& told : settings.event_terms) {
        for (const std::string& name : told.names) {
            const auto [at, fresh] = names_.try_emplace(name, told.days);
            if (!fresh) at->second = std::min(at->second, told.days);
        }
        if (told.purpose.empty()) continue;
        const auto bit = purposes.bit_of(told.purpose);
        if (!bit) continue;  // of a start: its settings are not folded yet
        const auto [at, fresh] = purposes_.try_emplace(*bit, told.days);
        if (!fresh) at->second = std::min(at->second, told.days);
    }
}

std::optional<EventTerms::Term> EventTerms::of(std::string_view name, PurposeSet allowed) const {
    std::optional<Term> out;
    if (const auto at = names_.find(name); at != names_.end()) out = Term{at->second, {}};
    std::optional<Term> needed;  // by the purpose that needs it longest
    for (std::uint32_t bits = allowed.bits; bits != 0; bits &= bits - 1) {
        const auto purpose = static_cast<std::uint8_t>(std::countr_zero(bits));
        const auto at = purposes_.find(purpose);
        if (at == purposes_.end()) return out;
        if (!needed || at->second > needed->days) needed = Term{at->second, purpose};
    }
    return needed && (!out || needed->days < out->days) ? needed : out;
}

bool EventTerms::has_outlived(const Event& event, EventTime now) const {
    const auto term = of(history_name(event), event.allowed);
    return term && day_of(event.at) < first_day_kept(now, term->days);
}

bool EventTerms::is_contact(const Event& event) const {
    const ContactBy by = contact_by(event.kind, event.flags);
    if (by != ContactBy::Name) return by == ContactBy::Itself;
    return !std::binary_search(not_contacts_.begin(), not_contacts_.end(), history_name(event));
}

}  // namespace filrouge::engine
