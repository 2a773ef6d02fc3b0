// What a source's events are read by, of the settings' file.
#include "engine/source_rules.h"

#include <gtest/gtest.h>

namespace filrouge::engine {
namespace {

const collect::Blocked* blocked_phone(const collect::Rules& rules) {
    for (const collect::Blocked& one : rules.blocked) {
        if (one.type == IdentifierType::Phone) return &one;
    }
    return nullptr;
}

TEST(SourceRules, ANationalNumberIsBlockedAsEachBrandReadsIt) {
    const auto read = parse_settings(R"(
[[brand]]
id = "coats"
phone_country_code = "33"
[[brand]]
id = "hats"
phone_country_code = "32"
[[identity]]
type = "phone"
blocked = ["01 23 45 67 89", "+32 470 12 34 56"]
[[identity]]
type = "loyalty_card"
blocked = ["4711-0000"]
)",
                                     "filrouge.toml");
    ASSERT_TRUE(read.ok()) << read.error().message;
    const SourceRules rules(read.value());
    SourceInfo source;
    source.brand = "coats";
    const auto coats = rules.of(source, false);
    ASSERT_EQ(coats->blocked.size(), 3u);
    EXPECT_EQ(coats->blocked[0].value, "+33123456789");
    EXPECT_EQ(coats->blocked[1].value, "+32470123456");
    EXPECT_EQ(coats->blocked[2].value, "47110000");
    source.brand = "hats";
    const auto hats = rules.of(source, false);
    ASSERT_NE(blocked_phone(*hats), nullptr);
    for (const collect::Blocked& one : hats->blocked) EXPECT_NE(one.value, "+33123456789");
}

}  // namespace
}  // namespace filrouge::engine
