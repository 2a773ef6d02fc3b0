#include "engine/staff_items.h"

#include <algorithm>
#include <boost/json.hpp>
#include <shared_mutex>

#include "base/text.h"
#include "engine/rate_text.h"
#include "engine/request_body.h"
#include "engine/times.h"

namespace filrouge::engine {
namespace {

std::string time_text(std::int64_t us) { return iso_time(EventTime{us}); }

PlacedItem placed(const Fold& fold, const StaffBook::Row& row) {
    const PersonNo person = fold.graph.person_of(FragmentNo{row.fragment});
    return {row, profile_id(fold, person), std::string(fold.dictionary.text(StringNo{row.store}))};
}

// In UTF-8 every letter has one byte that continues none.
std::size_t letters_in(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    }));
}

void write_author(JsonWriter& w, const StaffItem& words, const StaffNames& names) {
    w.field("author", words.author).field("author_name", names.of(words.author));
}

}  // namespace

Result<PersonServed> person_served(const Library& l, std::string_view profile,
                                   std::string_view brand) {
    const std::shared_lock reading(l.lock);
    const auto person = person_of(l.fold, profile);
    if (!person) return no_profile();
    PersonServed out;
    out.id = profile_id(l.fold, *person);
    out.use.brand = TRY(brand_of_reading(l.fold, *person, brand));
    l.fold.fragments_of(*person, out.use.brand, out.fragments);
    std::sort(out.fragments.begin(), out.fragments.end());
    out.restricted = l.fold.standing_of(*person, out.use.brand).restricted;
    if (const auto purpose = l.fold.purposes.bit_of(l.settings.staff_purpose)) {
        out.use.purpose = *purpose;
        out.may = l.fold.may_use(*person, out.use);
    }
    return out;
}

std::vector<PlacedItem> items_of(const Fold& fold, const std::vector<FragmentNo>& fragments,
                                 StaffKind kind) {
    std::vector<PlacedItem> out;
    for (const FragmentNo fragment : fragments) {
        for (const std::uint32_t number : fold.staff.of(fragment)) {
            const StaffBook::Row& row = fold.staff.at(number);
            if (row.is(kind) && !row.has(kStaffRemoved)) out.push_back(placed(fold, row));
        }
    }
    std::sort(out.begin(), out.end(), [](const PlacedItem& a, const PlacedItem& b) {
        return std::pair(a.row.made, a.row.sequence) > std::pair(b.row.made, b.row.sequence);
    });
    return out;
}

std::optional<PlacedItem> item_placed(const Fold& fold, StaffKind kind, const StaffItemId& id) {
    const auto number = fold.staff.find(id);
    if (!number) return std::nullopt;
    const StaffBook::Row& row = fold.staff.at(*number);
    const FragmentNo fragment{row.fragment};
    if (!row.is(kind) || row.has(kStaffRemoved) || !fold.is_met(fragment)) return std::nullopt;
    if (fold.standing_of(fold.graph.person_of(fragment), fold.brand_of(fragment)).restricted)
        return std::nullopt;
    return placed(fold, row);
}

std::string brand_of(const Fold& fold, const PlacedItem& item) {
    const BrandNo brand = fold.brand_of(FragmentNo{item.row.fragment});
    return brand < fold.brands.size() ? fold.brands[brand].id : std::string();
}

std::optional<StaffItem> words_of(const Library& l, const PlacedItem& item) {
    const auto record = open_record(l, item.row.sequence);
    StaffItem words;
    if (!record.ok() || !record.value().opened ||
        !decode_staff_clear(record.value().clear, words) ||
        !decode_staff_sealed(record.value().plain, words))
        return std::nullopt;
    return words;
}

void write_note(JsonWriter& w, const PlacedItem& note, const StaffItem& words,
                const StaffNames& names) {
    w.open_object()
        .field("profile", note.profile)
        .field("id", note.row.id().text())
        .field("text", words.text)
        .field("arrived", note.row.has(kStaffArrived))
        .field("made", time_text(note.row.made));
    write_author(w, words, names);
    w.close();
}

void write_task(JsonWriter& w, const PlacedItem& task, const StaffItem& words,
                const StaffNames& names) {
    w.open_object()
        .field("profile", task.profile)
        .field("id", task.row.id().text())
        .field("what", words.text);
    if (words.due_day) w.field("due", day_text(*words.due_day));
    w.field("store", task.store)
        .field("arrived", task.row.has(kStaffArrived))
        .field("done", task.row.has(kStaffDone))
        .field("made", time_text(task.row.made))
        .field("changed", time_text(task.row.changed));
    write_author(w, words, names);
    if (!words.done_by.empty())
        w.field("done_by", words.done_by).field("done_by_name", names.of(words.done_by));
    w.close();
}

void write_items(JsonWriter& w, const Library& l, const std::vector<PlacedItem>& items,
                 StaffKind kind, const StaffNames& names) {
    w.open_array();
    for (const PlacedItem& item : items) {
        const auto words = words_of(l, item);
        if (!words) continue;
        if (kind == StaffKind::Note)
            write_note(w, item, *words, names);
        else
            write_task(w, item, *words, names);
    }
    w.close();
}

void write_staff_export(JsonWriter& w, const Library& l, const std::vector<FragmentNo>& fragments) {
    w.key("staff").open_object();
    for (const auto& [kind, name] :
         {std::pair(StaffKind::Note, "notes"), std::pair(StaffKind::Task, "tasks")}) {
        std::vector<PlacedItem> items;
        {
            const std::shared_lock reading(l.lock);
            items = items_of(l.fold, fragments, kind);
        }
        w.key(name).open_array();
        for (const PlacedItem& item : items) {
            const auto words = words_of(l, item);
            if (!words) continue;
            w.open_object().field("text", words->text).field("made", time_text(item.row.made));
            if (words->due_day) w.field("due", day_text(*words->due_day));
            if (!item.store.empty()) w.field("store", item.store);
            w.field("arrived", item.row.has(kStaffArrived));
            if (kind == StaffKind::Task) w.field("done", item.row.has(kStaffDone));
            w.close();
        }
        w.close();
    }
    w.close();
}

Result<std::string> letters_of(const boost::json::object& body, const char* key,
                               std::size_t letters_max) {
    std::string text = TRY(text_of(body, key, true, kStaffTextBytesMax));
    if (trim(text).empty())
        return Error{"api.missing_field", std::string("The field '") + key + "' is empty.", ""};
    if (letters_in(text) > letters_max)
        return Error{"staff.too_long",
                     std::string("The field '") + key + "' has " +
                         std::to_string(letters_in(text)) + " letters; the limit is " +
                         std::to_string(letters_max) + ".",
                     "Write a second one."};
    return text;
}

bool flag_of(const boost::json::object& body, std::string_view key, bool otherwise) {
    const boost::json::value* value = body.if_contains(key);
    return value != nullptr && value->is_bool() ? value->get_bool() : otherwise;
}

}  // namespace filrouge::engine
