#include <gtest/gtest.h>

#include "files/files_for_test.h"
#include "model/packed.h"

namespace filrouge::files {
namespace {

const std::string kSeen =
    "event = \"Seen\"\nidentifiers = [{type = \"user_id\", column = \"id\"}]\n";

// What no door keeps comes in by no file either, whatever its column is called there.
TEST(Import, AHardwareAddressIsLeftOutAndAnAddressOfTheInternetIsCut) {
    const auto got = import_text(
        "id;radio;seen;from;more\n"
        "1;a4:83:e7:0b:11:7f;a4-83-e7-0b-11-7f;203.0.113.77;"
        "{\"mac\":\"a483e70b117f\",\"face_id\":{\"v\":[1]},\"ip\":\"203.0.113.77\",\"by\":\"cam\"}"
        "\n"
        "2;till 3;note;none;{}\n",
        kSeen +
            "delimiter = \";\"\nquotes = false\n[input.properties]\ndevice_mac = \"radio\"\n"
            "note = \"seen\"\nmore = {column = \"more\", type = \"json\"}\n"
            "[input.traits]\nip = \"from\"\n");
    ASSERT_EQ(got.error, "");
    ASSERT_EQ(got.items.size(), 2u);
    const PackedView first(got.event(0).properties), second(got.event(1).properties);
    EXPECT_TRUE(first.find("device_mac").missing());
    EXPECT_EQ(first.find("note").text(), "a4-83-e7-0b-11-7f")
        << "names, not what stands under them";
    EXPECT_EQ(first.find("more").json(),
              R"({"mac":null,"face_id":null,"ip":"203.0.113.0","by":"cam"})");
    EXPECT_EQ(PackedView(got.event(0).traits).find("ip").text(), "203.0.113.0");
    EXPECT_EQ(second.find("device_mac").text(), "till 3");
    EXPECT_TRUE(PackedView(got.event(1).traits).find("ip").missing());
}

}  // namespace
}  // namespace filrouge::files
