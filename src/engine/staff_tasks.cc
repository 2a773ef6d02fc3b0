// Tasks for a person: what the shop promised to do.
#include <algorithm>
#include <boost/json.hpp>
#include <shared_mutex>

#include "base/json_writer.h"
#include "engine/rate_text.h"
#include "engine/request_body.h"
#include "engine/staff_items.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

// What the body says of a task takes the place of what was told before.
Result<void> take(const json::object& body, StaffItem& task) {
    if (task.text.empty() || body.contains("what"))
        task.text = TRY(letters_of(body, "what", kTaskLettersMax));
    if (body.contains("store")) task.store = TRY(text_of(body, "store", false, kStoreBytesMax));
    if (body.contains("due")) {
        const std::string due = TRY(text_of(body, "due", false));
        task.due_day = parse_day(due);
        if (!due.empty() && !task.due_day)
            return Error{"api.invalid_field", "'due' is a day as 2026-12-01.",
                         "Leave it out, or empty, where there is none."};
    }
    const auto set = [&](std::string_view key, std::uint8_t flag) {
        const bool on = flag_of(body, key, (task.flags & flag) != 0);
        task.flags = static_cast<std::uint8_t>(on ? task.flags | flag : task.flags & ~flag);
    };
    set("arrived", kStaffArrived);
    set("done", kStaffDone);
    return {};
}

// Which rows a question is about. The fold's lock must be held.
class TaskFilter {
  public:
    static Result<TaskFilter> of(const Fold& fold, const TaskQuestion& asked) {
        TaskFilter filter;
        if (asked.state != "open" && asked.state != "done" && asked.state != "all")
            return Error{"api.invalid_field", "The state is not known.", "open, done or all."};
        if (asked.state != "all") filter.done_ = asked.state == "done";
        if (!asked.store.empty()) filter.store_ = fold.dictionary.find(asked.store);
        filter.brand_ = TRY(brand_asked(fold, asked.brand));
        if (asked.profile.empty()) return filter;
        filter.person_ = person_of(fold, asked.profile);
        if (!filter.person_) return no_profile();
        return filter;
    }
    bool takes(const Fold& fold, const StaffBook::Row& row) const {
        const FragmentNo fragment{row.fragment};
        return row.is(StaffKind::Task) && !row.has(kStaffRemoved) && fold.is_met(fragment) &&
               (!done_ || row.has(kStaffDone) == *done_) &&
               (!store_ || row.store == store_->value) &&
               (!brand_ || fold.brand_of(fragment) == *brand_) &&
               (!person_ || fold.graph.person_of(fragment) == *person_);
    }

  private:
    std::optional<bool> done_;
    std::optional<StringNo> store_;
    std::optional<BrandNo> brand_;
    std::optional<PersonNo> person_;
};

struct OpenTask {
    PlacedItem item;
    StaffItem words;
};

Result<OpenTask> task_named(const Library& l, std::string_view id) {
    const auto parsed = StaffItemId::parse(id);
    std::optional<PlacedItem> item;
    if (parsed) {
        const std::shared_lock reading(l.lock);
        item = item_placed(l.fold, StaffKind::Task, *parsed);
    }
    auto words = item ? words_of(l, *item) : std::nullopt;
    if (!words)
        return Error{"task_not_found", "There is no such task.", "GET /api/v1/tasks lists them."};
    return OpenTask{std::move(*item), std::move(*words)};
}

bool comes_before(const StaffBook::Row& a, const StaffBook::Row& b) {
    return std::tuple(a.due_day, a.made, a.sequence) < std::tuple(b.due_day, b.made, b.sequence);
}

}  // namespace

Result<std::string> StaffDeskImpl::tasks(const TaskQuestion& question) {
    std::vector<PlacedItem> items;
    std::optional<StaffNames> names;
    bool more = false;
    {
        const std::shared_lock reading(library_.lock);
        const Fold& fold = library_.fold;
        const TaskFilter filter = TRY(TaskFilter::of(fold, question));
        std::vector<StaffBook::Row> rows;
        for (std::uint32_t i = 0; i < fold.staff.size(); ++i) {
            if (filter.takes(fold, fold.staff.at(i))) rows.push_back(fold.staff.at(i));
        }
        std::sort(rows.begin(), rows.end(), comes_before);
        more = rows.size() > question.limit;
        if (more) rows.resize(question.limit);
        for (const StaffBook::Row& row : rows) {
            if (auto item = item_placed(fold, StaffKind::Task, row.id()))
                items.push_back(std::move(*item));
        }
        names.emplace(fold);
    }
    std::string out;
    JsonWriter w(out);
    w.open_object().field("more", more).key("tasks");
    write_items(w, library_, items, StaffKind::Task, *names);
    w.close();
    return out;
}

Result<std::string> StaffDeskImpl::add_task(std::string_view text, const Caller& who) {
    const std::lock_guard guard(seams_.commands);
    const json::object body = TRY(object_of(text));
    const std::string profile = TRY(text_of(body, "profile", true));
    const std::string brand = TRY(text_of(body, "brand", false));
    StaffItem task;
    TRY(take(body, task));
    task.author = who.token;
    if ((task.flags & kStaffDone) != 0) task.done_by = who.token;
    const PersonServed person = TRY(person_served(library_, profile, brand));
    if (person.restricted)
        return Error{"staff.restricted", "The person's data is restricted: it is kept, not used.",
                     "The privacy officer can say why, and lift it."};
    const auto fragments = TRY(room_for(person.fragments, StaffKind::Task));
    task.id = seams_.random.id<StaffItemTag>();
    task.made = as_event_time(seams_.now());
    TRY(put_item(StaffKind::Task, fragments, task));
    return told(StaffKind::Task, task.id);
}

std::optional<std::string> StaffDeskImpl::brand_of_task(std::string_view id) {
    const auto parsed = StaffItemId::parse(id);
    if (!parsed) return std::nullopt;
    const std::shared_lock reading(library_.lock);
    const auto item = item_placed(library_.fold, StaffKind::Task, *parsed);
    if (!item) return std::nullopt;
    return brand_of(library_.fold, *item);
}

Result<std::string> StaffDeskImpl::change_task(std::string_view id, std::string_view text,
                                               const Caller& who) {
    const std::lock_guard guard(seams_.commands);
    const json::object body = TRY(object_of(text));
    OpenTask task = TRY(task_named(library_, id));
    const bool was_done = (task.words.flags & kStaffDone) != 0;
    TRY(take(body, task.words));
    const bool is_done = (task.words.flags & kStaffDone) != 0;
    if (is_done != was_done) task.words.done_by = is_done ? who.token : std::string();
    TRY(put_item(StaffKind::Task, {FragmentNo{task.item.row.fragment}}, std::move(task.words)));
    return told(StaffKind::Task, task.item.row.id());
}

Result<std::string> StaffDeskImpl::remove_task(std::string_view id) {
    const std::lock_guard guard(seams_.commands);
    OpenTask task = TRY(task_named(library_, id));
    task.words.flags |= kStaffRemoved;
    task.words.text.clear();
    TRY(put_item(StaffKind::Task, {FragmentNo{task.item.row.fragment}}, std::move(task.words)));
    return std::string(R"({"removed":true})");
}

}  // namespace filrouge::engine
