// What a caller is told when the server's own disk or files let it down.
#include <gtest/gtest.h>

#include "http/door_for_test.h"

namespace filrouge::http {
namespace {

TEST(Api, WhatTheDiskDidIsNoFaultOfTheCallersAndNamesNoPath) {
    for (const auto& [code, wanted] : {std::pair{"disk.io", 500},
                                       {"disk.full", 507},
                                       {"keys.stopped", 500},
                                       {"keys.disk_full", 507},
                                       {"log.damaged", 500},
                                       {"log.stopped", 500},
                                       {"log.disk_full", 507},
                                       {"seal.broken", 500},
                                       {"log.group_too_large", 413}}) {
        Door door;
        door.runtime.error =
            Error{code, wanted == 413 ? "9 is too large." : "fsync of x/keys failed.",
                  "Look for disk errors."};
        const HttpResponse told = door.as("admin", "GET", "/api/v1/audiences/vip");
        EXPECT_EQ(told.status, wanted) << code;
        EXPECT_NE(told.body.find(code), std::string::npos) << told.body;
        EXPECT_EQ(told.body.find("x/keys"), std::string::npos) << told.body;
    }
}

}  // namespace
}  // namespace filrouge::http
