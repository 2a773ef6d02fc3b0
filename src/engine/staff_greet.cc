// The card by which the staff greet a customer: what somebody who knows them would remember, and
// nothing that they do not allow.
#include <algorithm>
#include <array>
#include <shared_mutex>

#include "base/json_writer.h"
#include "base/text.h"
#include "engine/masking.h"
#include "engine/person_name.h"
#include "engine/person_summary.h"
#include "engine/staff_items.h"
#include "engine/times.h"

namespace filrouge::engine {
namespace {

constexpr std::size_t kNotesOnCard = 20;
constexpr std::size_t kFavouritesOnCard = 5;

using Traits = std::span<const history::TraitRow>;

bool hides(const Mask* mask, std::string_view trait) {
    return mask != nullptr && mask->hides(FieldScope::Traits, trait);
}

void write_masked(JsonWriter& w) { w.open_object().field("masked", true).close(); }

// Hidden when a part of it is: under the card's own names the mask of traits would not find it.
void write_name(JsonWriter& w, const Fold& fold, Traits traits, const Mask* mask) {
    const ToldName name = name_told(fold, traits, mask);
    w.key("name");
    if (name.hidden) return write_masked(w);
    w.value(name.text);
}

// "size", "shoe_size", "sizes.coat"
void write_sizes(JsonWriter& w, const Fold& fold, Traits traits, const Mask* mask) {
    w.key("sizes").open_object();
    StringNo last;
    for (const history::TraitRow& row : traits) {
        const std::string_view name = fold.dictionary.text(row.value.key);
        const bool is_size = ascii_lower(name).find("size") != std::string::npos;
        if (!is_size || row.value.key == last || row.value.kind == history::CellKind::Missing)
            continue;
        last = row.value.key;
        w.key(name);
        if (hides(mask, name))
            write_masked(w);
        else
            write_cell(w, fold, row.value);
    }
    w.close();
}

void write_names(JsonWriter& w, const Fold& fold, std::string_view name,
                 const std::vector<std::pair<StringNo, std::uint64_t>>& list) {
    w.key(name).open_array();
    for (std::size_t i = 0; i < std::min(list.size(), kFavouritesOnCard); ++i)
        w.value(fold.dictionary.text(list[i].first));
    w.close();
}

void write_visits(JsonWriter& w, const profile::Summary& s) {
    w.key("channels").open_object();
    for (std::size_t i = 0; i < kChannels; ++i) {
        const profile::ChannelFigures& c = s.channels[i];
        if (c.events == 0) continue;
        w.key(kChannelNames[i])
            .open_object()
            .field("last_visit", iso_time(c.last))
            .field("orders", c.orders);
        if (c.orders != 0) w.field("last_purchase", iso_time(c.last_order));
        w.close();
    }
    w.close();
}

struct CardItems {
    std::vector<PlacedItem> notes, tasks;  // of the tasks the open ones
    std::optional<StaffNames> names;
};

CardItems items_on_card(const Fold& fold, const std::vector<FragmentNo>& fragments) {
    CardItems items{items_of(fold, fragments, StaffKind::Note),
                    items_of(fold, fragments, StaffKind::Task), StaffNames(fold)};
    std::erase_if(items.tasks, [](const PlacedItem& task) { return task.row.has(kStaffDone); });
    if (items.notes.size() > kNotesOnCard) items.notes.resize(kNotesOnCard);
    return items;
}

void write_arrived(JsonWriter& w, const Library& l, const CardItems& items) {
    w.key("arrived").open_array();
    for (const auto* list : {&items.tasks, &items.notes}) {
        for (const PlacedItem& item : *list) {
            if (!item.row.has(kStaffArrived)) continue;
            if (const auto words = words_of(l, item)) w.value(words->text);
        }
    }
    w.close();
}

// Whose data is restricted is not asked for a consent, which would change nothing.
std::string refusal(std::string_view purpose, bool restricted) {
    std::string out;
    JsonWriter(out)
        .open_object()
        .field("may_use", false)
        .field("purpose", purpose)
        .field("note", restricted ? "restricted" : "no consent for personal service")
        .close();
    return out;
}

}  // namespace

Result<std::string> StaffDeskImpl::greet(const GreetQuestion& question) {
    const Library& l = library_;
    const FoundPerson found =
        question.profile.empty()
            ? TRY(find_person(l, question.type, question.value, question.brand))
            : FoundPerson{question.profile, question.brand};
    const PersonServed person = TRY(person_served(l, found.id, found.brand));
    const std::string& purpose = l.settings.staff_purpose;
    if (!person.may) return refusal(purpose, person.restricted);
    const profile::Summary summary = summary_of(l, person.id, person.use, ToldTo::Staff);
    CardItems items;
    std::string out;
    JsonWriter w(out);
    {
        const std::shared_lock reading(l.lock);
        const auto now = person_of(l.fold, person.id);
        if (!now || !l.fold.may_use(*now, person.use)) return refusal(purpose, person.restricted);
        PersonReader reader(l.fold);
        const Traits traits = reader.look_without_events(*now, person.use).traits;
        w.open_object()
            .field("id", profile_id(l.fold, *now))
            .field("may_use", true)
            .field("purpose", purpose);
        write_name(w, l.fold, traits, question.mask);
        write_sizes(w, l.fold, traits, question.mask);
        w.key("favourites").open_object();
        write_names(w, l.fold, "categories", summary.categories);
        write_names(w, l.fold, "products", summary.products);
        write_names(w, l.fold, "places", summary.places);
        w.close();
        write_visits(w, summary);
        items = items_on_card(l.fold, person.fragments);
    }
    write_arrived(w, l, items);
    w.key("tasks");
    write_items(w, l, items.tasks, StaffKind::Task, *items.names);
    w.key("notes");
    write_items(w, l, items.notes, StaffKind::Note, *items.names);
    w.close();
    return out;
}

}  // namespace filrouge::engine
