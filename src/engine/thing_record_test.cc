#include "engine/thing_record.h"

#include <gtest/gtest.h>

namespace filrouge::engine {
namespace {

TEST(ThingPassedOn, IsReadAsItWasWrittenAndNothingElseIs) {
    const ThingPassedOn told{FragmentNo{7}, IdentifierType::Trolley, EventTime{5'000}, 2, 900};
    Bytes bytes;
    encode_thing_passed_on(told, bytes);
    ThingPassedOn read;
    ASSERT_TRUE(decode_thing_passed_on(bytes, read));
    EXPECT_EQ(read, told);
    for (std::size_t n = 0; n < bytes.size(); ++n)
        EXPECT_FALSE(decode_thing_passed_on(BytesView(bytes).substr(0, n), read)) << n;
    EXPECT_FALSE(decode_thing_passed_on(bytes + "x", read));
    ThingPassedOn person = told;
    person.type = IdentifierType::UserId;
    bytes.clear();
    encode_thing_passed_on(person, bytes);
    EXPECT_FALSE(decode_thing_passed_on(bytes, read)) << "only things are lent";
}

}  // namespace
}  // namespace filrouge::engine
