#include "engine/person_asked.h"

#include <array>
#include <shared_mutex>

#include "collect/normalise.h"
#include "engine/event_record.h"
#include "engine/records.h"

namespace filrouge::engine {

Error no_profile() {
    return Error{"profile_not_found", "There is no such profile.",
                 "Ask POST /api/v1/profiles/find with an identifier."};
}

std::optional<FragmentNo> identifier_named(const Fold& fold, std::string_view id) {
    const auto parsed = ProfileId::parse(id);
    const auto fragment = parsed ? fold.names.fragment_of(*parsed) : std::nullopt;
    if (!fragment || !fold.is_met(*fragment)) return std::nullopt;
    return fragment;
}

std::optional<PersonNo> person_of(const Fold& fold, std::string_view id) {
    const auto fragment = identifier_named(fold, id);
    if (!fragment) return std::nullopt;
    return fold.graph.person_of(*fragment);
}

Result<std::uint8_t> purpose_of(const Fold& fold, std::string_view purpose) {
    if (purpose.empty()) {
        return Error{"api.purpose_missing", "A profile is read for a purpose.",
                     "Add ?purpose=NAME; GET /api/v1/purposes lists them."};
    }
    const auto bit = fold.purposes.bit_of(purpose);
    if (!bit)
        return Error{"api.unknown_purpose", "The purpose is not declared.",
                     "GET /api/v1/purposes lists them."};
    return *bit;
}

Result<BrandNo> brand_of_reading(const Fold& fold, PersonNo person, std::string_view id) {
    if (const std::optional<BrandNo> asked = TRY(brand_asked(fold, id))) {
        if (!fold.is_known_to(person, *asked)) return no_profile();
        return *asked;
    }
    const std::vector<BrandNo> knowing = fold.brands_of(person);
    if (knowing.size() == 1) return knowing.front();
    return Error{"api.brand_missing", "Several brands know this person, each its part.",
                 "Add ?brand= with the id of one."};
}

std::string profile_id(const Fold& fold, PersonNo person) {
    return fold.names.name_of(FragmentNo{person.value}).text();
}

std::string source_id(const Fold& fold, SourceNo source) {
    return source < fold.sources.size() ? fold.sources[source].id : "";
}

std::string_view name_of(identity::EdgeRule rule) {
    static constexpr std::array<std::string_view, 6> kRules = {
        "", "seen_together", "alias", "import", "same_identifier", "match"};
    return kRules[static_cast<std::size_t>(rule)];
}

std::string_view name_of(identity::EdgeState state) {
    static constexpr std::array<std::string_view, 6> kStates = {
        "", "accepted", "refused_by_limit", "withdrawn", "closed", "refused_shared"};
    return kStates[static_cast<std::size_t>(state)];
}

void write_cell(JsonWriter& w, const Fold& fold, const history::Cell& cell) {
    switch (cell.kind) {
        case history::CellKind::Bool: w.value(cell.number != 0); return;
        case history::CellKind::Number: w.raw(fixed_text(cell.number)); return;
        case history::CellKind::Text: w.value(fold.dictionary.text(cell.text)); return;
        case history::CellKind::Missing: w.null(); return;
    }
}

Result<FoundPerson> find_person(const Library& l, std::string_view type, std::string_view value,
                                std::string_view brand) {
    const auto known = identifier_type_named(type);
    if (!known)
        return Error{"identifier.unknown_type", "The identifier type is not known.",
                     "For example user_id, email, phone, loyalty_card, anonymous_id."};
    const std::shared_lock reading(l.lock);
    const std::optional<BrandNo> wanted = TRY(brand_asked(l.fold, brand));
    std::optional<FoundPerson> found;
    for (std::size_t i = 0; i < l.fold.brands.size(); ++i) {
        const auto b = static_cast<BrandNo>(i);
        if (wanted && b != *wanted) continue;
        const std::string& code = l.settings.brand(l.fold.brands[b].id).phone_country_code;
        const auto normal = collect::normalise(*known, value, code);
        const FragmentNo fragment = normal ? l.directory.find(b, *known, *normal) : FragmentNo{};
        if (fragment.is_none() || !l.fold.is_met(fragment)) continue;
        if (found)
            return Error{"api.brand_missing", "Several brands know this identifier.",
                         "Add 'brand' with the id of one."};
        found =
            FoundPerson{profile_id(l.fold, l.fold.graph.person_of(fragment)), l.fold.brands[i].id};
    }
    if (!found) return no_profile();
    return *found;
}

std::optional<std::string> identifier_value(const Library& l, std::uint64_t sequence,
                                            std::uint32_t place) {
    const auto record = open_record(l, sequence);
    Event event;
    if (!record.ok() || !record.value().opened ||
        !decode_event(record.value().clear, record.value().plain, event) ||
        place >= event.identifiers.size())
        return std::nullopt;
    return std::move(event.identifiers[place].value);
}

}  // namespace filrouge::engine
