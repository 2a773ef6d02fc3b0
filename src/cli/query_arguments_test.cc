// `filrouge query KIND` has an option for each argument that the server takes of that kind, and for
// no other: what is added to one side is missed here until the other has it.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "cli/commands.h"
#include "engine/town_for_test.h"

namespace filrouge::cli {
namespace {

// What the common options of every kind are called; "audience" is one of them, so that niche and
// lookalike take a rule alone.
const std::set<std::string> kCommon = {"purpose", "brand",    "from", "to",    "last",
                                       "who",     "audience", "bots", "table", "csv"};

std::set<std::string> options_of(const Command& command) {
    std::set<std::string> out;
    for (const Param& param : command.params) {
        std::string name(param.name);
        if (name.starts_with("--no-")) name.erase(0, 5);
        if (name.starts_with("--")) name.erase(0, 2);
        std::replace(name.begin(), name.end(), '-', '_');
        if (!kCommon.contains(name)) out.insert(name);
    }
    return out;
}

// The server names them all when it is asked for one that there is not.
std::set<std::string> arguments_of(engine::Town& town, const std::string& kind,
                                   const std::string& needed) {
    const std::string body = R"q({"purpose":"measurement","last":"9 days",")q" + kind + "\":{" +
                             needed + (needed.empty() ? "" : ",") + R"q("no_such":1}})q";
    const auto answer = town.shop.runtime->ask(body, engine::AnswerForm::Json, "", engine::Mask());
    EXPECT_FALSE(answer.ok()) << kind;
    if (answer.ok()) return {};
    EXPECT_EQ(answer.error().code, "question.unknown_argument")
        << kind << ": " << answer.error().message;
    const std::string_view begin = "Here may stand: ";
    std::string hint = answer.error().hint;
    EXPECT_TRUE(hint.starts_with(begin)) << hint;
    hint.erase(0, begin.size());
    std::set<std::string> out;
    for (std::size_t at = 0; at < hint.size();) {
        const std::size_t end = std::min(hint.find_first_of(",.", at), hint.size());
        out.insert(hint.substr(at, end - at));
        at = end + 2;
    }
    out.erase("audience");
    return out;
}

TEST(QueryCommands, HaveAnOptionForEveryArgumentThatTheServerTakes) {
    engine::Town town(7);
    town.live(50);
    const std::map<std::string, std::string> needed = {
        {"funnel", R"q("steps":["Product Viewed","Order Completed"])q"},
        {"flows", R"q("start":"Product Viewed")q"},
        {"niche", R"q("rule":"any(Order Completed)")q"},
        {"lookalike", R"q("rule":"any(Order Completed)")q"},
        {"effect", R"q("treated":["s1"],"start":"2023-11-10")q"},
        {"mix", R"q("costs":[{"at":"2023-11-10","channel":"search","amount":1}],"grain":"day")q"},
    };
    std::size_t kinds = 0;
    for (const Command& command : query_commands()) {
        const std::string name(command.name);
        if (name == "query ask") continue;
        ++kinds;
        const std::string kind = name.substr(std::string("query ").size());
        const auto more = needed.find(kind);
        auto taken = arguments_of(town, kind, more == needed.end() ? "" : more->second);
        // What rises is counted: a ratio is refused, and a currency says nothing.
        if (kind == "rising") taken.erase("over"), taken.erase("currency");
        EXPECT_EQ(options_of(command), taken) << kind;
    }
    EXPECT_GE(kinds, 16u);
}

}  // namespace
}  // namespace filrouge::cli
