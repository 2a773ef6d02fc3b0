#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <map>
#include <random>

#include "base/seed_for_test.h"
#include "base/text.h"
#include "engine/shop_for_test.h"
#include "engine/staff_desk.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

const Caller kAnne{Role::Analyst, "anne"};
const Caller kMarc{Role::Marketer, "marc"};
const Caller kOther{Role::Marketer, "other"};
const Caller kAdmin{Role::Admin, "admin"};

json::object parsed(const Result<std::string>& told) {
    EXPECT_TRUE(told.ok()) << (told.ok() ? "" : told.error().message);
    return told.ok() ? json::parse(told.value()).as_object() : json::object();
}

std::string code(const Result<std::string>& told) { return told.ok() ? "" : told.error().code; }

std::string tile(const std::string& more = R"("x":0,"y":0,"w":6,"h":4)") {
    return R"q({"title":"Day by day","question":{"purpose":"measurement","metric":)q"
           R"q({"of":"count(*)"}},)q" +
           more + "}";
}

std::string names_in(const Result<std::string>& list) {
    std::string out;
    const json::object answer = parsed(list);
    for (const json::value& board : answer.at("boards").as_array())
        out.append(board.at("name").as_string().c_str()).append(" ");
    return out;
}

TEST(Boards, AreSeenByTheirRolesAndChangedByOwnerAndAdminAlone) {
    fake::FakeDisk disk;
    Shop shop(disk);
    StaffDesk& desk = shop.runtime->staff();
    const json::object made =
        parsed(desk.make_board(R"({"name":"Monday","tiles":[)" + tile() + "]}", kMarc));
    const std::string id(made.at("id").as_string());
    EXPECT_EQ(made.at("owner"), "marc");
    EXPECT_EQ(made.at("tiles").as_array().at(0).at("question").at("metric").at("of"), "count(*)");

    EXPECT_EQ(code(desk.board(id, kAnne)), "board_not_found") << "not shared yet";
    EXPECT_EQ(code(desk.remove_board(id, kOther)), "board_not_found") << "the same role is nobody";
    ASSERT_TRUE(desk.change_board(id, R"({"shared":["analyst"]})", kMarc).ok());
    const json::object seen = parsed(desk.board(id, kAnne));
    EXPECT_EQ(seen.at("name"), "Monday") << "what a change leaves out stays";
    EXPECT_EQ(seen.at("tile_count"), 1);
    EXPECT_FALSE(seen.at("editable").as_bool());
    EXPECT_EQ(code(desk.change_board(id, R"({"name":"Mine"})", kAnne)), "board.forbidden");
    EXPECT_EQ(code(desk.remove_board(id, kAnne)), "board.forbidden");
    EXPECT_EQ(names_in(desk.boards(kAnne)), "Monday ");
    EXPECT_EQ(names_in(desk.boards(kOther)), "");
    EXPECT_TRUE(desk.change_board(id, R"({"name":"Tuesday"})", kAdmin).ok());
    EXPECT_EQ(parsed(desk.board(id, kMarc)).at("owner"), "marc") << "an admin's change takes none";
    EXPECT_TRUE(desk.remove_board(id, kMarc).ok());
    EXPECT_EQ(code(desk.board(id, kAdmin)), "board_not_found");
}

TEST(Boards, AChangeOfAnOlderVersionIsRefused) {
    fake::FakeDisk disk;
    Shop shop(disk);
    StaffDesk& desk = shop.runtime->staff();
    const json::object made = parsed(desk.make_board(R"({"name":"Monday"})", kMarc));
    const std::string id(made.at("id").as_string());
    const auto change = [&](const std::string& name) {
        return desk.change_board(
            id,
            R"({"name":")" + name + R"(","version":)" + json::serialize(made.at("version")) + "}",
            kMarc);
    };
    ASSERT_TRUE(change("Tuesday").ok());
    EXPECT_EQ(code(change("Wednesday")), "board.version_conflict");
    EXPECT_EQ(parsed(desk.board(id, kMarc)).at("name"), "Tuesday");
}

TEST(Boards, ATileThatWasShownHiddenKeepsWhatItAsks) {
    fake::FakeDisk disk;
    Shop shop(disk);
    StaffDesk& desk = shop.runtime->staff();
    const std::string second =
        R"q({"title":"Eve","question":{"purpose":"measurement","who":"trait(email) = \"eve\"",)q"
        R"q("metric":{"of":"count(*)"}},"x":6,"y":0,"w":6,"h":4})q";
    const json::object made = parsed(
        desk.make_board(R"({"name":"Monday","tiles":[)" + tile() + "," + second + "]}", kMarc));
    const std::string id(made.at("id").as_string());
    const auto save = [&](const std::string& tiles, const std::string& version) {
        return desk.change_board(id, R"({"tiles":)" + tiles + version + "}", kMarc);
    };
    const std::string version = R"(,"version":)" + json::serialize(made.at("version"));
    const auto hidden = [](const char* number) {
        return R"([{"question":{"masked":true,"tile":)" + std::string(number) +
               R"(},"x":1,"y":2,"w":6,"h":4}])";
    };
    EXPECT_EQ(code(save(hidden("1"), "")), "board.invalid_tile") << "of which version?";
    for (const char* number : {"2", "-1", "\"1\""})
        EXPECT_EQ(code(save(hidden(number), version)), "board.invalid_tile") << number;
    const json::object kept = parsed(save(hidden("1"), version));
    const json::object& only = kept.at("tiles").as_array().at(0).as_object();
    EXPECT_EQ(only.at("question").at("who"), "trait(email) = \"eve\"");
    EXPECT_EQ(only.at("title"), "Eve");
    EXPECT_EQ(only.at("x"), 1) << "it was moved";
    EXPECT_EQ(kept.at("tile_count"), 1) << "the other was taken off";
}

TEST(Boards, WhatIsNoBoardIsRefusedByWhatIsWrongWithIt) {
    fake::FakeDisk disk;
    Shop shop(disk);
    StaffDesk& desk = shop.runtime->staff();
    const auto told = [&](const std::string& body) { return code(desk.make_board(body, kMarc)); };
    const auto with = [&](const std::string& tiles) {
        return told(R"({"name":"n","tiles":)" + tiles + "}");
    };
    EXPECT_EQ(told("[]"), "api.invalid_json");
    EXPECT_EQ(told("{}"), "api.missing_field");
    EXPECT_EQ(told(R"({"name":"  "})"), "api.missing_field");
    EXPECT_EQ(told(R"({"name":")" + std::string(101, 'n') + "\"}"), "api.invalid_field");
    EXPECT_EQ(told(R"({"name":"n","shared":["staff"]})"), "board.unknown_role");
    EXPECT_EQ(told(R"({"name":"n","shared":"analyst"})"), "board.unknown_role");
    EXPECT_EQ(with("7"), "board.too_many_tiles");
    for (const std::string& wrong :
         {std::string("7"), std::string("{}"), tile(R"("x":0,"y":0,"w":13,"h":1)"),
          tile(R"("x":7,"y":0,"w":6,"h":1)"), tile(R"("x":-1,"y":0,"w":6,"h":1)"),
          tile(R"("x":0,"y":0,"w":6)"), tile(R"("x":0,"y":0,"w":6,"h":1.5)"),
          tile(R"("x":0,"y":0,"w":6,"h":1,"script":"x")"),
          tile(R"("x":0,"y":0,"w":6,"h":1,"view":3)"),
          std::string(R"({"question":{"tea":{}},"x":0,"y":0,"w":1,"h":1})"),
          std::string(R"({"question":{"rfm":{},"metric":{}},"x":0,"y":0,"w":1,"h":1})")})
        EXPECT_EQ(with("[" + wrong + "]"), "board.invalid_tile") << wrong;
    std::string many = tile();
    for (std::size_t i = 0; i < kTilesMax; ++i) many += "," + tile();
    EXPECT_EQ(with("[" + many + "]"), "board.too_many_tiles");
    const std::string wide =
        R"("view":{"a":")" + std::string(kBoardBytesMax, 'a') + R"("},"x":0,"y":0,"w":1,"h":1)";
    EXPECT_EQ(with("[" + tile(wide) + "]"), "board.too_large");
    EXPECT_EQ(names_in(desk.boards(kAdmin)), "") << "nothing of it was kept";
}

// Against a map of what was done; at the end once more from the disk.
class BoardLaw : public ::testing::TestWithParam<std::uint64_t> {};

struct Expected {
    std::string name, owner;
    std::vector<std::string> shared;
    bool seen_by(const Caller& who) const {
        return who.role == Role::Admin || who.token == owner ||
               std::find(shared.begin(), shared.end(), name_of(who.role)) != shared.end();
    }
};
using Expectation = std::map<std::string, Expected>;

void expect_lists(StaffDesk& desk, const Expectation& expected, std::uint64_t seed) {
    for (const Caller& who : {kAnne, kMarc, kOther, kAdmin}) {
        std::map<std::string, std::string> wanted, found;
        for (const auto& [id, board] : expected) {
            if (board.seen_by(who)) wanted[id] = board.name;
        }
        const json::object list = parsed(desk.boards(who));
        for (const json::value& board : list.at("boards").as_array())
            found[board.at("id").as_string().c_str()] = board.at("name").as_string().c_str();
        EXPECT_EQ(found, wanted) << who.token << ", seed " << seed;
    }
}

TEST_P(BoardLaw, EverybodySeesWhatTheRightsSayAlsoAfterARestart) {
    std::mt19937_64 rng(GetParam());
    fake::FakeDisk disk;
    Expectation expected;
    std::string hash;
    const std::vector<Caller> people = {kAnne, kMarc, kOther, kAdmin};
    {
        Shop shop(disk);
        StaffDesk& desk = shop.runtime->staff();
        for (int step = 0; step < 60; ++step) {
            const Caller& who = people[rng() % people.size()];
            Expected next{"board " + std::to_string(step), who.token, {}};
            std::string shared;
            for (const char* role : {"analyst", "marketer", "privacy"}) {
                if (rng() % 3 != 0) continue;
                next.shared.emplace_back(role);
                shared.append(shared.empty() ? "\"" : ",\"").append(role).append("\"");
            }
            const std::string body = R"({"name":")" + next.name + R"(","shared":[)" + shared + "]}";
            const auto at = expected.empty()
                                ? expected.end()
                                : std::next(expected.begin(),
                                            static_cast<std::ptrdiff_t>(rng() % expected.size()));
            if (at == expected.end() || rng() % 3 == 0) {
                const json::object made = parsed(desk.make_board(body, who));
                expected[made.at("id").as_string().c_str()] = next;
                continue;
            }
            const bool sees = at->second.seen_by(who);
            const bool may = who.role == Role::Admin || who.token == at->second.owner;
            const bool removes = rng() % 4 == 0;
            const auto told = removes ? desk.remove_board(at->first, who)
                                      : desk.change_board(at->first, body, who);
            EXPECT_EQ(code(told), may ? "" : sees ? "board.forbidden" : "board_not_found");
            if (!may) continue;
            next.owner = at->second.owner;
            if (removes)
                expected.erase(at);
            else
                at->second = next;
        }
        expect_lists(desk, expected, GetParam());
        hash = shop.runtime->state_hash();
        shop.runtime->stop();
    }
    Shop again(disk, 2);
    expect_lists(again.runtime->staff(), expected, GetParam());
    EXPECT_EQ(again.runtime->state_hash(), hash) << "seed " << GetParam();
}

INSTANTIATE_TEST_SUITE_P(Seeds, BoardLaw, ::testing::ValuesIn(test_seeds(3)));

}  // namespace
}  // namespace filrouge::engine
