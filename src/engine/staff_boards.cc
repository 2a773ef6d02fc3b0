// Boards of figures: documents of the log, the shop's and nobody's. A tile holds a question as
// POST /api/v1/questions takes it; who opens the board asks it, with their own rights.
#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <shared_mutex>

#include "base/json_writer.h"
#include "base/text.h"
#include "engine/question.h"
#include "engine/records.h"
#include "engine/request_body.h"
#include "engine/staff_desk_impl.h"
#include "engine/times.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

constexpr std::size_t kChartBytesMax = 40;
// Of figures; the others may not ask a question.
constexpr std::array kBoardRoles = {Role::Analyst, Role::Marketer, Role::Privacy, Role::Admin};

std::string_view view_of(const json::string& text) { return {text.data(), text.size()}; }

bool has_text(const json::array& list, std::string_view text) {
    return std::any_of(list.begin(), list.end(), [&](const json::value& each) {
        return each.is_string() && view_of(each.get_string()) == text;
    });
}

struct Board {
    std::string id;
    std::uint64_t version = 0;  // of the record that told it last
    json::object document;

    std::string_view text(std::string_view key) const {
        const json::value* value = document.if_contains(key);
        return value != nullptr && value->is_string() ? view_of(value->get_string())
                                                      : std::string_view();
    }
    std::int64_t whole(std::string_view key) const {
        const json::value* value = document.if_contains(key);
        return value != nullptr && value->is_int64() ? value->get_int64() : 0;
    }
    const json::array& list(std::string_view key) const {
        static const json::array kNone;
        const json::value* value = document.if_contains(key);
        return value != nullptr && value->is_array() ? value->get_array() : kNone;
    }
};

std::vector<Board> boards_of(const Library& l) {
    std::vector<std::pair<Board, std::string>> told;
    {
        const std::shared_lock reading(l.lock);
        for (const DocumentView& d : l.fold.documents.of(RecordType::BoardChange))
            told.push_back({{std::string(d.id), d.sequence, {}}, std::string(d.json)});
    }
    std::vector<Board> out;
    for (auto& [board, text] : told) {
        json::error_code bad;
        json::value parsed = json::parse(text, bad);
        if (bad || !parsed.is_object()) continue;
        board.document = std::move(parsed.get_object());
        out.push_back(std::move(board));
    }
    return out;
}

bool may_change(const Board& board, const Caller& who) {
    return who.role == Role::Admin || board.text("owner") == who.token;
}

bool may_see(const Board& board, const Caller& who) {
    return may_change(board, who) || has_text(board.list("shared"), name_of(who.role));
}

Result<Board> board_named(const Library& l, std::string_view id, const Caller& who) {
    for (Board& board : boards_of(l)) {
        if (board.id == id && may_see(board, who)) return std::move(board);
    }
    return Error{"board_not_found", "There is no such board.",
                 "GET /api/v1/boards lists those that are yours or shared with your role."};
}

Result<Board> board_to_change(const Library& l, std::string_view id, const Caller& who) {
    Board board = TRY(board_named(l, id, who));
    if (!may_change(board, who))
        return Error{"board.forbidden", "The board is somebody else's.",
                     "Make one of your own with its tiles, or ask an admin."};
    return board;
}

void write_board(JsonWriter& w, const Board& board, const StaffNames& names, const Caller& who,
                 bool with_tiles) {
    w.open_object()
        .field("id", board.id)
        .field("name", board.text("name"))
        .field("owner", board.text("owner"))
        .field("owner_name", names.of(board.text("owner")))
        .field("editable", may_change(board, who))
        .field("version", board.version)
        .field("changed", iso_time(EventTime{board.whole("changed_us")}))
        .field("tile_count", static_cast<std::uint64_t>(board.list("tiles").size()))
        .key("shared")
        .raw(json::serialize(board.list("shared")));
    if (with_tiles) w.key("tiles").raw(json::serialize(board.list("tiles")));
    w.close();
}

Result<std::string> answer_of(const Library& l, std::string_view id, const Caller& who) {
    const Board board = TRY(board_named(l, id, who));
    const std::shared_lock reading(l.lock);
    const StaffNames names(l.fold);
    std::string out;
    JsonWriter w(out);
    write_board(w, board, names, who, true);
    return out;
}

// --- what a body may say

Error bad_tile(std::size_t number, const std::string& what) {
    return {"board.invalid_tile", "Tile " + std::to_string(number + 1) + " " + what + ".",
            "See POST /api/v1/boards in /api/v1/openapi.json for an example."};
}

Result<void> check_question(const json::object& tile, std::size_t number) {
    const json::value* question = tile.if_contains("question");
    if (question == nullptr || !question->is_object()) return bad_tile(number, "has no 'question'");
    const auto kinds = question_kinds();
    const auto asked = std::count_if(kinds.begin(), kinds.end(), [&](std::string_view kind) {
        return question->get_object().contains(kind);
    });
    if (asked != 1) return bad_tile(number, "must ask one question of a known kind");
    return {};
}

Result<int> cells_of(const json::object& tile, std::size_t number, const char* key, int least,
                     int most) {
    const json::value* value = tile.if_contains(key);
    if (value == nullptr || !value->is_int64() || value->get_int64() < least ||
        value->get_int64() > most)
        return bad_tile(number, std::string("must say '") + key + "' as a whole number from " +
                                    std::to_string(least) + " to " + std::to_string(most));
    return static_cast<int>(value->get_int64());
}

Result<void> check_tile(const json::value& value, std::size_t number) {
    constexpr std::array<std::string_view, 8> kMembers = {"title", "question", "chart", "view",
                                                          "x",     "y",        "w",     "h"};
    if (!value.is_object()) return bad_tile(number, "is no object");
    const json::object& tile = value.get_object();
    for (const auto& member : tile) {
        const std::string_view key = member.key();
        if (std::find(kMembers.begin(), kMembers.end(), key) == kMembers.end())
            return bad_tile(number, "has a member that no tile has");
    }
    TRY(text_of(tile, "title", false));
    TRY(text_of(tile, "chart", false, kChartBytesMax));
    TRY(check_question(tile, number));
    const json::value* view = tile.if_contains("view");
    if (view != nullptr && !view->is_object()) return bad_tile(number, "has a 'view' of no object");
    const int x = TRY(cells_of(tile, number, "x", 0, kBoardColumns - 1));
    const int w = TRY(cells_of(tile, number, "w", 1, kBoardColumns));
    TRY(cells_of(tile, number, "y", 0, kBoardRowsMax));
    TRY(cells_of(tile, number, "h", 1, kBoardRowsMax));
    if (x + w > kBoardColumns) return bad_tile(number, "is wider than the board");
    return {};
}

// A tile that its reader's role does not see comes back as it was shown: as the number of the tile
// it stands for, in the version that was read. The board keeps what that tile asks.
Result<void> restore_hidden(const json::object& body, const json::object& document,
                            json::array& tiles) {
    const json::value* before = document.if_contains("tiles");
    for (std::size_t i = 0; i < tiles.size(); ++i) {
        json::object* tile = tiles[i].if_object();
        json::value* question = tile == nullptr ? nullptr : tile->if_contains("question");
        if (question == nullptr || !question->is_object() ||
            !question->get_object().contains("masked"))
            continue;
        const json::value* number = question->get_object().if_contains("tile");
        const std::size_t known =
            before != nullptr && before->is_array() ? before->get_array().size() : 0;
        boost::system::error_code bad;
        const auto at = number == nullptr ? known : number->to_number<std::size_t>(bad);
        if (bad || at >= known || !body.contains("version"))
            return bad_tile(i, "is hidden, and none of the board's in the 'version' told");
        const json::object& stands_for = before->get_array()[at].get_object();
        for (const std::string_view member : {"question", "title", "view"}) {
            if (tile->contains(member) && member != "question") continue;
            if (const json::value* kept = stands_for.if_contains(member))
                tile->insert_or_assign(member, *kept);
        }
    }
    return {};
}

Result<void> check_tiles(const json::value& tiles) {
    if (!tiles.is_array() || tiles.get_array().size() > kTilesMax)
        return Error{"board.too_many_tiles",
                     "'tiles' is a list of at most " + std::to_string(kTilesMax) + ".",
                     "Put the others on a second board."};
    for (std::size_t i = 0; i < tiles.get_array().size(); ++i)
        TRY(check_tile(tiles.get_array()[i], i));
    return {};
}

Result<void> check_shared(const json::value& shared) {
    const auto is_role = [](const json::value& each) {
        return each.is_string() &&
               std::any_of(kBoardRoles.begin(), kBoardRoles.end(),
                           [&](Role role) { return name_of(role) == view_of(each.get_string()); });
    };
    if (shared.is_array() && shared.get_array().size() <= kBoardRoles.size() &&
        std::all_of(shared.get_array().begin(), shared.get_array().end(), is_role))
        return {};
    return Error{"board.unknown_role", "'shared' is a list of roles that may see figures.",
                 "Of: analyst, marketer, privacy, admin."};
}

// What the body says takes the place of what the document said.
Result<void> take(const json::object& body, json::object& document) {
    const bool is_new = !document.contains("name");
    if (is_new || body.contains("name")) {
        const std::string name = TRY(text_of(body, "name", true));
        if (trim(name).empty())
            return Error{"api.missing_field", "The field 'name' is missing.", ""};
        document["name"] = name;
    }
    if (const json::value* shared = body.if_contains("shared")) {
        TRY(check_shared(*shared));
        document["shared"] = *shared;
    }
    if (const json::value* tiles = body.if_contains("tiles")) {
        json::value taken = *tiles;
        if (taken.is_array()) TRY(restore_hidden(body, document, taken.get_array()));
        TRY(check_tiles(taken));
        document["tiles"] = std::move(taken);
    }
    return {};
}

Result<std::string> text_to_keep(const json::object& document) {
    std::string text = json::serialize(document);
    if (text.size() > kBoardBytesMax)
        return Error{"board.too_large",
                     "The board has " + std::to_string(text.size()) + " bytes; the limit is " +
                         std::to_string(kBoardBytesMax) + ".",
                     "Put some of its tiles on a second board."};
    return text;
}

}  // namespace

Result<void> StaffDeskImpl::put_board(std::string_view id, std::string text) {
    std::vector<Prepared> records(1);
    records[0].record.type = RecordType::BoardChange;
    const bool removed = text.empty();
    encode_document({std::string(id), removed, std::move(text)}, records[0].record.clear);
    return seams_.write(std::move(records));
}

Result<std::string> StaffDeskImpl::boards(const Caller& who) {
    const std::vector<Board> all = boards_of(library_);
    const std::shared_lock reading(library_.lock);
    const StaffNames names(library_.fold);
    std::string out;
    JsonWriter w(out);
    w.open_object().key("boards").open_array();
    for (const Board& board : all) {
        if (may_see(board, who)) write_board(w, board, names, who, false);
    }
    w.close().close();
    return out;
}

Result<std::string> StaffDeskImpl::board(std::string_view id, const Caller& who) {
    return answer_of(library_, id, who);
}

Result<std::string> StaffDeskImpl::make_board(std::string_view text, const Caller& who) {
    const std::lock_guard guard(seams_.commands);
    const json::object body = TRY(object_of(text));
    json::object document;
    TRY(take(body, document));
    if (boards_of(library_).size() >= kBoardsMax)
        return Error{"board.too_many",
                     "There are " + std::to_string(kBoardsMax) + " boards, the limit.",
                     "Remove one that nobody looks at."};
    document["owner"] = json::string_view(who.token.data(), who.token.size());
    document["changed_us"] = seams_.now().us;
    const std::string id = hex_encode(seams_.random.bytes(8));
    std::string kept = TRY(text_to_keep(document));
    TRY(put_board(id, std::move(kept)));
    return answer_of(library_, id, who);
}

Result<std::string> StaffDeskImpl::change_board(std::string_view id, std::string_view text,
                                                const Caller& who) {
    const std::lock_guard guard(seams_.commands);
    const json::object body = TRY(object_of(text));
    Board board = TRY(board_to_change(library_, id, who));
    const json::value* version = body.if_contains("version");
    if (version != nullptr && *version != json::value(static_cast<std::int64_t>(board.version)))
        return Error{"board.version_conflict", "Somebody changed the board since that version.",
                     "Read it again, and send what should change with its 'version'."};
    TRY(take(body, board.document));
    board.document["changed_us"] = seams_.now().us;
    std::string kept = TRY(text_to_keep(board.document));
    TRY(put_board(id, std::move(kept)));
    return answer_of(library_, id, who);
}

Result<std::string> StaffDeskImpl::remove_board(std::string_view id, const Caller& who) {
    const std::lock_guard guard(seams_.commands);
    TRY(board_to_change(library_, id, who));
    TRY(put_board(id, ""));
    return std::string(R"({"removed":true})");
}

}  // namespace filrouge::engine
