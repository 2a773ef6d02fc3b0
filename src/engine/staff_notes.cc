// Notes about a person, and what they share with tasks: how both are written.
#include <boost/json.hpp>
#include <shared_mutex>

#include "base/json_writer.h"
#include "engine/request_body.h"
#include "engine/sealed_record.h"
#include "engine/staff_items.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

Error no_consent() {
    return {"staff.no_consent", "The person gave no consent for personal service.",
            "Ask for it: [staff] purpose in filrouge.toml names the purpose."};
}

Error no_note() {
    return {"note_not_found", "There is no such note about this person.",
            "GET /api/v1/profiles/{id}/notes lists them."};
}

// Of the fragments that have events of their own, and so a key, the first.
FragmentNo fragment_to_seal_under(const KeyStore& keys, const std::vector<FragmentNo>& fragments) {
    for (const FragmentNo fragment : fragments) {
        if (keys.find(fragment)) return fragment;
    }
    return fragments.front();
}

}  // namespace

Result<std::vector<FragmentNo>> StaffDeskImpl::room_for(std::vector<FragmentNo> person,
                                                        StaffKind kind) const {
    const std::shared_lock reading(library_.lock);
    if (items_of(library_.fold, person, kind).size() >= kStaffItemsOfPersonMax ||
        library_.fold.staff.size() >= kStaffItemsMax)
        return Error{"staff.too_many",
                     "There are " + std::to_string(kStaffItemsOfPersonMax) +
                         " about this person, the limit, or " + std::to_string(kStaffItemsMax) +
                         " in all.",
                     "Remove those that are of no more use."};
    return person;
}

Result<void> StaffDeskImpl::put_item(StaffKind kind, const std::vector<FragmentNo>& fragments,
                                     StaffItem item) {
    const FragmentNo fragment = fragment_to_seal_under(library_.keys, fragments);
    item.seal = seams_.random.id<EventTag>();
    item.changed = as_event_time(seams_.now());
    Bytes clear, plain;
    encode_staff_clear(item, clear);
    encode_staff_sealed(item, plain);
    const RecordType type = kind == StaffKind::Note ? RecordType::StaffNote : RecordType::StaffTask;
    return seams_.write(one_record(sealed_record(library_.keys, type, fragment, item.seal,
                                                 std::move(clear), std::move(plain))));
}

Result<std::string> StaffDeskImpl::told(StaffKind kind, const StaffItemId& id) const {
    std::optional<PlacedItem> item;
    std::optional<StaffNames> names;
    {
        const std::shared_lock reading(library_.lock);
        item = item_placed(library_.fold, kind, id);
        names.emplace(library_.fold);
    }
    const auto words = item ? words_of(library_, *item) : std::nullopt;
    if (!words) return Error{"record_not_found", "What was written cannot be read.", ""};
    std::string out;
    JsonWriter w(out);
    if (kind == StaffKind::Note)
        write_note(w, *item, *words, *names);
    else
        write_task(w, *item, *words, *names);
    return out;
}

Result<std::string> StaffDeskImpl::notes(std::string_view profile, std::string_view brand) {
    const PersonServed person = TRY(person_served(library_, profile, brand));
    std::vector<PlacedItem> items;
    std::optional<StaffNames> names;
    {
        const std::shared_lock reading(library_.lock);
        names.emplace(library_.fold);
        if (person.may) items = items_of(library_.fold, person.fragments, StaffKind::Note);
    }
    std::string out;
    JsonWriter w(out);
    w.open_object().field("profile", person.id).field("may_use", person.may).key("notes");
    write_items(w, library_, items, StaffKind::Note, *names);
    w.close();
    return out;
}

Result<std::string> StaffDeskImpl::add_note(std::string_view profile, std::string_view text,
                                            const Caller& who) {
    const std::lock_guard guard(seams_.commands);
    const json::object body = TRY(object_of(text));
    StaffItem item;
    item.text = TRY(letters_of(body, "text", kNoteLettersMax));
    item.author = who.token;
    item.flags = flag_of(body, "arrived", false) ? kStaffArrived : 0;
    const std::string brand = TRY(text_of(body, "brand", false));
    const PersonServed person = TRY(person_served(library_, profile, brand));
    if (!person.may) return no_consent();
    const auto fragments = TRY(room_for(person.fragments, StaffKind::Note));
    item.id = seams_.random.id<StaffItemTag>();
    item.made = as_event_time(seams_.now());
    TRY(put_item(StaffKind::Note, fragments, item));
    return told(StaffKind::Note, item.id);
}

std::optional<std::string> StaffDeskImpl::brand_of_note(std::string_view profile,
                                                        std::string_view id) {
    const auto parsed = StaffItemId::parse(id);
    const std::shared_lock reading(library_.lock);
    const auto person = person_of(library_.fold, profile);
    if (!person || !parsed) return std::nullopt;
    const auto item = item_placed(library_.fold, StaffKind::Note, *parsed);
    if (!item || item->profile != profile_id(library_.fold, *person)) return std::nullopt;
    return brand_of(library_.fold, *item);
}

// Who may no longer read a note may still take away one of their own.
Result<std::string> StaffDeskImpl::remove_note(std::string_view profile, std::string_view id,
                                               const Caller& who) {
    const std::lock_guard guard(seams_.commands);
    const auto parsed = StaffItemId::parse(id);
    std::optional<PlacedItem> item;
    bool is_theirs = false;
    {
        const std::shared_lock reading(library_.lock);
        const auto person = person_of(library_.fold, profile);
        if (!person) return no_profile();
        if (parsed) item = item_placed(library_.fold, StaffKind::Note, *parsed);
        is_theirs = item && item->profile == profile_id(library_.fold, *person);
    }
    auto words = is_theirs ? words_of(library_, *item) : std::nullopt;
    if (!words) return no_note();
    if (who.role != Role::Admin && words->author != who.token)
        return Error{"note.forbidden", "The note is somebody else's.",
                     "Its author or an admin can remove it."};
    words->flags |= kStaffRemoved;
    words->text.clear();
    TRY(put_item(StaffKind::Note, {FragmentNo{item->row.fragment}}, std::move(*words)));
    return std::string(R"({"removed":true})");
}

}  // namespace filrouge::engine
