// docs/rules.md is true: every example in it is read, printed and compiled.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "audience/json.h"
#include "audience/people_for_test.h"

namespace filrouge::audience {
namespace {

struct AnyName : test::FakeNames {
    std::optional<std::uint8_t> purpose(std::string_view) const override { return 1; }
    std::optional<AudienceNo> audience(std::string_view) const override { return AudienceNo{1}; }
};

std::vector<std::string> blocks(std::string_view kind) {
    const auto root = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
    std::ifstream file(root / "docs" / "rules.md");
    std::vector<std::string> out;
    bool inside = false;
    for (std::string line; std::getline(file, line);) {
        if (inside && line == "```")
            inside = false;
        else if (inside)
            out.back() += line + "\n";
        else if (line == "```" + std::string(kind))
            inside = true, out.emplace_back();
    }
    return out;
}

void works(const Rule& rule) {
    AnyName names;
    const auto made = compile(rule, names);
    ASSERT_EQ(made.index(), 0u) << std::get<RuleError>(made).message;
    const auto again = parse(print(rule));
    ASSERT_TRUE(again.index() == 0 && std::get<Rule>(again) == rule) << print(rule);
    const auto from = from_json(to_json(rule));
    ASSERT_TRUE(from.index() == 0 && std::get<Rule>(from) == rule) << to_json(rule);
}

TEST(RuleReference, EveryExampleIsARule) {
    const auto examples = blocks("rule");
    EXPECT_GT(examples.size(), 40u);
    for (const std::string& text : examples) {
        const auto read = parse(text);
        ASSERT_EQ(read.index(), 0u) << text << std::get<RuleError>(read).message;
        works(std::get<Rule>(read));
    }
}

TEST(RuleReference, EveryJsonExampleIsARule) {
    const auto examples = blocks("json");
    EXPECT_GE(examples.size(), 3u);
    for (const std::string& text : examples) {
        const auto read = from_json(text);
        ASSERT_EQ(read.index(), 0u) << text << std::get<RuleError>(read).message;
        works(std::get<Rule>(read));
    }
}

}  // namespace
}  // namespace filrouge::audience
