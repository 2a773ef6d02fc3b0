// Named figures and the events behind one: each call reaches the engine with who makes it.
#include <gtest/gtest.h>

#include "http/door_for_test.h"

namespace filrouge::http {
namespace {

TEST(MetricRoutes, ReachTheEngineWithWhoCalls) {
    struct Case {
        const char *method, *target;
        int status;
        const char* asked;
    };
    const Case kCases[] = {
        {"POST", "/api/v1/metrics", 201, "make metric {} by id-admin"},
        {"POST", "/api/v1/metrics/m", 200, "change metric m {} by id-admin"},
        {"DELETE", "/api/v1/metrics/m", 200, "remove metric m by id-admin"},
        {"DELETE", "/api/v1/metrics/m?even_in_use=true", 200, "remove metric m used by id-admin"},
        {"POST", "/api/v1/questions/events?id=q", 200, "events of {} as q"},
    };
    for (const Case& c : kCases) {
        Door door;
        EXPECT_EQ(door.as("admin", c.method, c.target, "{}").status, c.status) << c.target;
        EXPECT_EQ(door.runtime.last(), c.asked) << c.target;
    }
    Door door;
    for (const char* role : {"staff", "call_centre"})
        EXPECT_EQ(door.as(role, "GET", "/api/v1/metrics").status, 403) << role;
    EXPECT_EQ(door.as("analyst", "POST", "/api/v1/metrics", "{}").status, 201);
}

}  // namespace
}  // namespace filrouge::http
