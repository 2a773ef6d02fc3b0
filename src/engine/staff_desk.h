// What those who work with Filrouge keep: boards of figures, notes and tasks about a person, and
// the card by which a person is greeted. JSON of schema/api.json; errors as the Runtime's.
// Thread-safe; owned by the Runtime.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/role.h"

namespace filrouge::engine {

class Mask;  // engine/masking.h

constexpr std::size_t kBoardsMax = 1'000;
constexpr std::size_t kTilesMax = 40;  // of one board
constexpr std::size_t kBoardBytesMax = 64 * 1024;
constexpr int kBoardColumns = 12;  // the grid's width; x, y, w and h of a tile are cells of it
constexpr int kBoardRowsMax = 1'000;
constexpr std::size_t kStaffItemsMax = 1'000'000;    // notes and tasks
constexpr std::size_t kStaffItemsOfPersonMax = 500;  // of each
constexpr std::size_t kTasksPageMax = 1'000;

struct TaskQuestion {
    std::string state = "open";  // or done, all
    std::string store;           // empty: of any
    std::string profile, brand;  // empty: of anybody
    std::size_t limit = 50;
};

// A person, by a profile's id or by exactly one identifier.
struct GreetQuestion {
    std::string profile;
    std::string type, value;  // where profile is empty
    std::string brand;
    const Mask* mask = nullptr;  // the asker's, for the call; null: sees everything
};

class StaffDesk {
  public:
    virtual ~StaffDesk() = default;

    // What the accounts and tokens are called, for who reads by whom something was done:
    // {"actors": [{"id", "name", "kind": "account" or "token"}]}. Those removed are not among them.
    virtual Result<std::string> actors() = 0;

    // --- boards. Whoever made one, and an admin, sees and changes it; the roles it is shared with
    // see it. What somebody may not see is not found. `who.token` is the account's or token's id.
    virtual Result<std::string> boards(const Caller& who) = 0;
    virtual Result<std::string> board(std::string_view id, const Caller& who) = 0;
    // {"name", "shared": [role], "tiles": [...]}. Errors: board.*, api.*.
    virtual Result<std::string> make_board(std::string_view json, const Caller& who) = 0;
    // What the body leaves out stays. With "version" it is refused (board.version_conflict) when
    // somebody else changed the board since that version.
    virtual Result<std::string> change_board(std::string_view id, std::string_view json,
                                             const Caller& who) = 0;
    virtual Result<std::string> remove_board(std::string_view id, const Caller& who) = 0;

    // --- named figures (engine/named_metric.h): each defined once, asked for wherever a figure is.
    // Whoever may ask reads them all; whoever made one, and an admin, changes it. What `mask` hides
    // of a definition is not told.
    virtual Result<std::string> metrics(const Caller& who, const Mask& mask) = 0;
    virtual Result<std::string> metric(std::string_view name, const Caller& who,
                                       const Mask& mask) = 0;
    // {"name", "of", "over", "filter", "currency", "unit", "description"}. Errors: metric.*, api.*,
    // rule.invalid, question.invalid, masking.forbidden.
    virtual Result<std::string> make_metric(std::string_view json, const Caller& who,
                                            const Mask& mask) = 0;
    // As change_board(); a name never changes.
    virtual Result<std::string> change_metric(std::string_view name, std::string_view json,
                                              const Caller& who, const Mask& mask) = 0;
    // metric_in_use while a board asks for it, unless `even_in_use`.
    virtual Result<std::string> remove_metric(std::string_view name, bool even_in_use,
                                              const Caller& who, const Mask& mask) = 0;

    // --- notes about a person, newest first. They rest on the purpose [staff] purpose: of who does
    // not allow it none is told and none is taken (staff.no_consent). Errors: profile_not_found,
    // note_not_found, note.forbidden (somebody else's), staff.too_long, staff.too_many.
    virtual Result<std::string> notes(std::string_view profile, std::string_view brand) = 0;
    virtual Result<std::string> add_note(std::string_view profile, std::string_view json,
                                         const Caller& who) = 0;
    virtual Result<std::string> remove_note(std::string_view profile, std::string_view id,
                                            const Caller& who) = 0;
    // Whose part of the person the note, or the task, is of: the brand's id. Nothing where there is
    // no such note about this person, or no such task. Waits for no disk.
    virtual std::optional<std::string> brand_of_note(std::string_view profile,
                                                     std::string_view id) = 0;
    virtual std::optional<std::string> brand_of_task(std::string_view id) = 0;

    // --- tasks for a person: what was asked of the shop, so they rest on no consent; none is told
    // or taken of whose data is restricted. The next one due first. Errors: as of notes,
    // task_not_found, staff.restricted.
    virtual Result<std::string> tasks(const TaskQuestion& question) = 0;
    virtual Result<std::string> add_task(std::string_view json, const Caller& who) = 0;
    virtual Result<std::string> change_task(std::string_view id, std::string_view json,
                                            const Caller& who) = 0;
    virtual Result<std::string> remove_task(std::string_view id) = 0;

    // --- who stands before us, for the staff's tablet: nothing but "no" where the person does not
    // allow [staff] purpose.
    virtual Result<std::string> greet(const GreetQuestion& question) = 0;
};

}  // namespace filrouge::engine
