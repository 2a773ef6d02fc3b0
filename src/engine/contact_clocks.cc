#include "engine/contact_clocks.h"

#include <algorithm>
#include <array>

#include "engine/zone.h"

namespace filrouge::engine {
namespace {

using consent::LocalTime;

struct Begins {  // a postal code or a number
    std::string_view with, zone;
};

constexpr std::array kPostcodes = {
    Begins{"971", "America/Guadeloupe"}, Begins{"972", "America/Martinique"},
    Begins{"973", "America/Cayenne"},    Begins{"974", "Indian/Reunion"},
    Begins{"975", "America/Miquelon"},   Begins{"976", "Indian/Mayotte"},
    Begins{"977", "America/Guadeloupe"}, Begins{"978", "America/Guadeloupe"},
    Begins{"986", "Pacific/Wallis"},     Begins{"987", "Pacific/Tahiti"},
    Begins{"988", "Pacific/Noumea"}};

// The longer first. In national form the overseas ranges are numbers of France: 0692 is +33692.
constexpr std::array kNumbers = {
    Begins{"+262269", "Indian/Mayotte"},    Begins{"+262639", "Indian/Mayotte"},
    Begins{"+262", "Indian/Reunion"},       Begins{"+508", "America/Miquelon"},
    Begins{"+590", "America/Guadeloupe"},   Begins{"+594", "America/Cayenne"},
    Begins{"+596", "America/Martinique"},   Begins{"+681", "Pacific/Wallis"},
    Begins{"+687", "Pacific/Noumea"},       Begins{"+689", "Pacific/Tahiti"},
    Begins{"+33262", "Indian/Reunion"},     Begins{"+33263", "Indian/Reunion"},
    Begins{"+33692", "Indian/Reunion"},     Begins{"+33693", "Indian/Reunion"},
    Begins{"+33269", "Indian/Mayotte"},     Begins{"+33590", "America/Guadeloupe"},
    Begins{"+33690", "America/Guadeloupe"}, Begins{"+33691", "America/Guadeloupe"},
    Begins{"+33594", "America/Cayenne"},    Begins{"+33694", "America/Cayenne"},
    Begins{"+33596", "America/Martinique"}, Begins{"+33696", "America/Martinique"},
    Begins{"+33697", "America/Martinique"}};

// Clocks as far apart as Nouméa and Paris may have no moment in common that a channel allows.
constexpr int kTurnsMax = 100;

template <std::size_t N>
std::string_view zone_in(const std::array<Begins, N>& table, std::string_view text) {
    for (const Begins& row : table) {
        if (text.starts_with(row.with)) return row.zone;
    }
    return {};
}

LocalTime clock_at(const audience::Zone* zone, LocalTime utc) {
    return zone == nullptr ? utc : LocalTime{zone->local_from_utc_us(utc.us)};
}

LocalTime utc_of(const audience::Zone* zone, LocalTime local) {
    return zone == nullptr ? local : LocalTime{zone->utc_from_local_us(local.us)};
}

consent::ContactWish wish_on(const audience::Zone* zone, const consent::ContactWish& wish,
                             std::vector<LocalTime>& tries) {
    consent::ContactWish here = wish;
    here.at = clock_at(zone, wish.at);
    if (wish.refused_at) here.refused_at = clock_at(zone, *wish.refused_at);
    tries.clear();
    tries.reserve(wish.tries.size());
    for (const LocalTime tried : wish.tries) tries.push_back(clock_at(zone, tried));
    here.tries = tries;
    return here;
}

}  // namespace

ContactClocks::ContactClocks(const audience::Zone* brand, std::string_view postcode,
                             const std::vector<std::string>& numbers) {
    constexpr std::size_t kPostcodeDigits = 5;
    std::vector<std::string_view> names;  // empty: the brand's
    if (!postcode.empty())
        names.push_back(postcode.size() == kPostcodeDigits ? zone_in(kPostcodes, postcode) : "");
    for (const std::string& number : numbers) names.push_back(zone_in(kNumbers, number));
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto before = names.begin() + static_cast<std::ptrdiff_t>(i);
        if (std::find(names.begin(), before, names[i]) != before) continue;
        if (!names[i].empty()) made_.push_back(find_zone(std::string(names[i])));
        // A machine without the zone's table has the brand's clock for it.
        const bool known = !names[i].empty() && made_.back() != nullptr;
        all_.push_back(known ? made_.back().get() : brand);
    }
    if (all_.empty()) all_.push_back(brand);
}

consent::ContactWish ContactClocks::local(const consent::ContactRules& rules,
                                          const consent::ContactWish& wish,
                                          std::vector<LocalTime>& tries) const {
    for (const audience::Zone* zone : all_) {
        const consent::ContactWish here = wish_on(zone, wish, tries);
        if (consent::judge(rules, here).hold != consent::Hold::None) return here;
    }
    return wish_on(all_.front(), wish, tries);
}

std::optional<LocalTime> ContactClocks::next(const consent::ContactRules& rules,
                                             const consent::ContactWish& wish) const {
    consent::ContactWish later = wish;
    std::vector<LocalTime> tries;
    for (int turn = 0; turn < kTurnsMax; ++turn) {
        bool open = true;
        for (const audience::Zone* zone : all_) {
            const auto verdict = consent::judge(rules, wish_on(zone, later, tries));
            if (verdict.hold == consent::Hold::None) continue;
            if (!verdict.next) return std::nullopt;
            later.at = utc_of(zone, *verdict.next);
            open = false;
        }
        if (open) return clock_at(all_.front(), later.at);
    }
    return std::nullopt;
}

}  // namespace filrouge::engine
