#include "engine/match_people.h"

#include <algorithm>
#include <shared_mutex>

namespace filrouge::engine {

namespace {

constexpr std::uint32_t kSlice = 1'024;

std::string text_of(const Fold& fold, const history::Cell& cell) {
    if (cell.kind == history::CellKind::Text) return std::string(fold.dictionary.text(cell.text));
    if (cell.kind == history::CellKind::Number) return fixed_text(cell.number);
    return {};
}

Result<void> check_memory(const matching::Records& records) {
    if (records.memory() <= kMatchMemoryMax) return {};
    return Error{"matching.too_large",
                 "The people to match take more than the " + std::to_string(kMatchMemoryMax >> 20) +
                     " MiB that a run may take.",
                 "Match by fewer traits, or a brand at a time."};
}

}  // namespace

MatchValues::MatchValues(const Fold& fold, const std::vector<matching::Field>& fields,
                         audience::Use use)
    : fold_(fold), use_(use), reader_(fold), texts_(fields.size()) {
    for (const matching::Field& field : fields) keys_.push_back(fold.dictionary.find(field.name));
}

bool MatchValues::read(PersonNo person, std::optional<SourceNo> source) {
    of_source_ = of_others_ = false;
    bool known = false;
    for (std::string& text : texts_) text.clear();
    for (const history::TraitRow& trait : reader_.look_without_events(person, use_).traits) {
        const auto at = std::find(keys_.begin(), keys_.end(), trait.value.key);
        if (trait.value.key.is_none() || at == keys_.end()) continue;
        std::string& text = texts_[static_cast<std::size_t>(at - keys_.begin())];
        if (!text.empty()) continue;  // an array's first
        text = text_of(fold_, trait.value);
        known = known || !text.empty();
    }
    if (source) look_at_sources(person, *source);
    return known;
}

// Of one who was told of by several, each tells of another of the person's identifiers, though the
// latest alone is what is known.
void MatchValues::look_at_sources(PersonNo person, SourceNo source) {
    fragments_.clear();
    rows_.clear();
    fold_.fragments_of(person, use_.brand, fragments_);
    for (const FragmentNo fragment : fragments_) fold_.traits.read(fragment, rows_);
    for (const history::TraitRow& row : rows_) {
        if (row.value.key.is_none() || !row.allowed.has(use_.purpose) ||
            std::find(keys_.begin(), keys_.end(), row.value.key) == keys_.end())
            continue;
        (row.source == source ? of_source_ : of_others_) = true;
    }
}

Result<MatchPeople> match_people(const Library& library, const MatchRequest& request,
                                 query::Run& run) {
    MatchPeople out{TRY(matching::Records::open(request.fields)), {}, {}, 0, 0, 0};
    Fold& fold = library.fold;
    std::vector<std::string_view> values(request.fields.size());
    std::uint32_t end = 1;
    for (std::uint32_t from = 0; from < end; from += kSlice) {
        TRY(run.check());
        TRY(check_memory(out.records));
        const std::shared_lock<FairLock> reading(library.lock);
        end = fold.end();
        if (from == 0) run.begin("reading people", end);
        MatchValues person(fold, request.fields, request.use);
        for (std::uint32_t n = from; n < std::min(end, from + kSlice); ++n) {
            if (!fold.is_person(n) || !fold.is_known_to(PersonNo{n}, request.use.brand)) continue;
            if (!fold.may_use(PersonNo{n}, request.use)) {
                ++out.without_consent;
            } else if (!person.read(PersonNo{n}, request.source)) {
                ++out.without_traits;
            } else {
                std::copy(person.texts().begin(), person.texts().end(), values.begin());
                TRY(out.records.add(
                    values, person.of_source() ? matching::Side::Second : matching::Side::First));
                out.persons.push_back(PersonNo{n});
                out.on_both_sides.push_back(person.of_source() && person.of_others());
            }
        }
        out.sequence = fold.applied();
        run.advance(kSlice);
    }
    return out;
}

}  // namespace filrouge::engine
