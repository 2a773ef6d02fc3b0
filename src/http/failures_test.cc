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

// What failed is told with the file it was; so that text must not be shown, also by a request that
// looked a moment before.
TEST(Probes, NoneNamesAFileWhateverTheMomentAtWhichTheServerFails) {
    using engine::RuntimeState;
    for (const RuntimeState before :
         {RuntimeState::Starting, RuntimeState::Ready, RuntimeState::Stopping}) {
        for (const bool busy : {false, true}) {
            for (int looks = 1; looks <= 4; ++looks) {
                for (const char* path : {"/readyz", "/health", "/healthz", "/version"}) {
                    Door door(before);
                    if (busy) door.runtime.busy = 1;
                    door.runtime.fails_after_looks = looks;
                    const HttpResponse told = door.ask("GET", path);
                    EXPECT_EQ(told.body.find('/'), std::string::npos) << path << ": " << told.body;
                }
            }
        }
    }
    Door door(RuntimeState::Failed);
    EXPECT_EQ(door.ask("GET", "/readyz").status, 503);
    EXPECT_EQ(door.ask("GET", "/readyz").body, "failed\n");
    EXPECT_NE(Door(RuntimeState::Starting).ask("GET", "/readyz").body.find("12 of 34"),
              std::string::npos);
}

}  // namespace
}  // namespace filrouge::http
