// What those who work with Filrouge keep for themselves: boards of figures. JSON of
// schema/api.json; errors as the Runtime's. Thread-safe; owned by the Runtime.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/role.h"

namespace filrouge::engine {

constexpr std::size_t kBoardsMax = 1'000;
constexpr std::size_t kTilesMax = 40;  // of one board
constexpr std::size_t kBoardBytesMax = 64 * 1024;
constexpr int kBoardColumns = 12;  // the grid's width; x, y, w and h of a tile are cells of it
constexpr int kBoardRowsMax = 1'000;

class StaffDesk {
  public:
    virtual ~StaffDesk() = default;

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
};

}  // namespace filrouge::engine
