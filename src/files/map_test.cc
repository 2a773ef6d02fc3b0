#include <gtest/gtest.h>

#include "files/map.h"

namespace filrouge::files {
namespace {

constexpr const char* kHead = "[source]\nid = \"shop\"\n";  // lines 1 and 2

std::string refusal(const std::string& rest, const std::string& head = kHead) {
    const auto map = parse_map(head + rest, "maps/shop.toml");
    if (map.ok()) return "no fault";
    EXPECT_EQ(map.error().code, "files.map");
    return map.error().message;
}
// An [[input]] that is in order, beginning in line 3, with its own words from line 6.
std::string input(const std::string& words) {
    return "[[input]]\nname = \"rows\"\nfile = \"rows.csv\"\n" + words;
}
const std::string kSound =
    "event = \"Seen\"\nidentifiers = [{type = \"user_id\", column = \"id\"}]\n";

TEST(ImportMap, ASoundMapIsRead) {
    const auto map = parse_map(kHead + input(kSound), "maps/shop.toml");
    ASSERT_TRUE(map.ok()) << map.error().message;
    EXPECT_EQ(map.value().source, "shop");
    EXPECT_EQ(map.value().inputs.at(0).identifiers.at(0).type, IdentifierType::UserId);
}

TEST(ImportMap, EveryFaultIsNamedWithFileAndLine) {
    EXPECT_EQ(refusal("", "x = ["),
              "maps/shop.toml:1: Error while parsing array: encountered end-of-file");
    EXPECT_EQ(refusal("", "[source]\n"), "maps/shop.toml:1: [source] needs id");
    EXPECT_EQ(refusal(""), "maps/shop.toml:1: a map needs at least one [[input]]");
    EXPECT_EQ(refusal("zone = \"Mars\"\n" + input(kSound)),
              "maps/shop.toml:3: the time zone 'Mars' is not known");
    EXPECT_EQ(refusal(input("colum = \"x\"\n" + kSound)),
              "maps/shop.toml:6: unknown word 'colum' in [[input]]");
    EXPECT_EQ(refusal(input("event = \"Seen\"\n")),
              "maps/shop.toml:3: [[input]] needs identifiers");
    EXPECT_EQ(refusal(input("identifiers = [{type = \"user_id\", column = \"id\"}]\n")),
              "maps/shop.toml:3: [[input]] needs the name of the event");
    EXPECT_EQ(refusal(input(kSound + "header = 1\n")),
              "maps/shop.toml:8: header in [[input]] must be true or false");
    EXPECT_EQ(refusal(input(kSound + "delimiter = \"ab\"\n")),
              "maps/shop.toml:8: the delimiter must be one character, 'tab' or 'blanks'");
    EXPECT_EQ(
        refusal(input("event = \"Seen\"\nidentifiers = [{type = \"shoe\", column = \"id\"}]\n")),
        "maps/shop.toml:7: unknown identifier type 'shoe'");
    EXPECT_EQ(refusal(input(kSound + "time = {column = \"t\", format = \"%Q\"}\n")),
              "maps/shop.toml:8: the time format '%Q' has an unknown conversion");
    EXPECT_EQ(refusal(input(kSound + "value = \"price\"\n")),
              "maps/shop.toml:8: a value needs a currency");
    EXPECT_EQ(refusal(input(kSound + "value = {of = \"price\", currency = \"EURO\"}\n")),
              "maps/shop.toml:8: 'EURO' is no currency");
    EXPECT_EQ(refusal(input(kSound + "[input.properties]\nfaceEmbedding = \"f\"\n")),
              "maps/shop.toml:9: no source keeps a property 'faceEmbedding'");
    EXPECT_EQ(refusal(input(kSound + "[input.traits]\nbssid = {constant = \"x\"}\n")),
              "maps/shop.toml:9: no source keeps a property 'bssid'");
    EXPECT_EQ(refusal(input(kSound + "join = [{lookup = \"products\", on = \"id\"}]\n")),
              "maps/shop.toml:8: no [[lookup]] is named 'products'");
    EXPECT_EQ(refusal(input(kSound + "where = [{column = \"id\"}]\n")),
              "maps/shop.toml:8: where needs one of is, not, starts, empty, above, below");
    const std::string choice = "consents = [{purpose = \"p\", column = \"id\", granted = \"yes\", ";
    EXPECT_EQ(refusal(input(kSound + choice + "refused = [\"no\", \"YES \"]}]\n")),
              "maps/shop.toml:8: consents gives the text 'yes' two meanings");
    EXPECT_EQ(refusal(input(kSound + choice + "nulls = \"yes\"}]\n")),
              "maps/shop.toml:8: consents gives the text 'yes' two meanings");
    EXPECT_EQ(refusal(input(kSound + choice + "otherwise = \"refused\"}]\n")),
              "maps/shop.toml:8: otherwise in consents can only be 'nothing'");
    EXPECT_EQ(refusal(input(kSound) + input(kSound)),
              "maps/shop.toml:8: the name 'rows' is given twice");
    EXPECT_EQ(refusal(input(kSound) + "[[check]]\nname = \"n\"\ninput = \"rowz\"\nexpected = 1\n"),
              "maps/shop.toml:10: no [[input]] or [[lookup]] is named 'rowz'");
    EXPECT_EQ(
        refusal(input(kSound) +
                "[[check]]\nname = \"n\"\ninput = \"rows\"\nstored = true\nexpected = 1\n"),
        "maps/shop.toml:11: only events, value, persons and rule can be asked of a data folder");
}

TEST(ImportMap, AHintNamesTheWordsThatAreKnown) {
    const auto map = parse_map(kHead + input(kSound + "kind = \"visit\"\n"), "m.toml");
    ASSERT_FALSE(map.ok());
    EXPECT_EQ(map.error().hint, "Known are track, identify, page, screen, group, alias.");
}

TEST(ImportMap, AnyTextIsAMapOrAnErrorAndNeverACrash) {
    const std::string sound =
        kHead + input(kSound + "time = {synthetic_from = \"2016-01-01\", per_row = \"1m\"}\n");
    for (std::size_t cut = 0; cut < sound.size(); ++cut) {
        const auto map = parse_map(sound.substr(0, cut), "m.toml");
        EXPECT_TRUE(map.ok() || map.error().code == "files.map") << cut;
    }
}

}  // namespace
}  // namespace filrouge::files
