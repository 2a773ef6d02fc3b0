#include "engine/person_summary.h"

#include <shared_mutex>

#include "engine/person_asked.h"

namespace filrouge::engine {

bool may_tell(const Fold& fold, PersonNo person, audience::Use use, ToldTo whom) {
    consent::Standing standing = fold.standing_of(person, use.brand);
    if (whom == ToldTo::ThePerson) standing.restricted = false;
    return fold.is_known_to(person, use.brand) &&
           consent::may_read(fold.purposes, use.purpose, standing);
}

profile::Summary summary_of(const Library& l, std::string_view id, audience::Use use, ToldTo whom) {
    PersonReader reader(l.fold);
    history::Newest::Cursor cursor;
    std::optional<profile::Summing> sum;
    for (bool more = true; more;) {
        const std::shared_lock reading(l.lock);
        const Fold& fold = l.fold;
        if (!sum) {
            sum.emplace(profile::SummaryNames{
                fold.dictionary.find("Order Completed"), fold.dictionary.find("Order Refunded"),
                fold.dictionary.find("Order Cancelled"), fold.dictionary.find("category")});
        }
        const auto person = person_of(fold, id);
        if (!person || !may_tell(l.fold, *person, use, whom)) break;
        const audience::Zone* zone = reader.look_without_events(*person, use).zone;
        const auto rows = reader.newest(*person, use, cursor, kSummarySlice);
        for (const history::EventRow& row : rows)
            sum->add(row, zone != nullptr ? zone->local_from_utc_us(row.at.us) : row.at.us);
        more = rows.size() == kSummarySlice;
        if (more) cursor = {rows.front().at, rows.front().sequence};
    }
    return sum->done();
}

}  // namespace filrouge::engine
