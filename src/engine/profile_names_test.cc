#include "engine/profile_names.h"

#include <gtest/gtest.h>

namespace filrouge::engine {
namespace {

TEST(ProfileNames, AForgedNameNamesNobody) {
    DataKey key;
    key.bytes[3] = 9;
    const ProfileNames names(key);
    for (const std::uint32_t n : {0u, 1u, 77'777u, 0xffff'fffeu}) {
        ProfileId id = names.name_of(FragmentNo{n});
        EXPECT_EQ(names.fragment_of(id)->value, n);
        id.low ^= 1;
        EXPECT_FALSE(names.fragment_of(id));
    }
}

}  // namespace
}  // namespace filrouge::engine
