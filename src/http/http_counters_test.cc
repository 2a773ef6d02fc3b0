#include "http/http_counters.h"

#include <gtest/gtest.h>

namespace filrouge::http {
namespace {

TEST(HttpCounters, ARouteIsCountedUnderItsPatternAndOthersHaveNoLine) {
    HttpCounters counters;
    const Route& profile = *find_route("GET", "/api/v1/profiles/77").route;
    counters.answered(profile, 200);
    counters.answered(profile, 404);
    counters.answered(profile, 404);
    counters.took(profile, 1'500);
    counters.took(profile, 500);
    std::string out;
    counters.append_to(out);
    const std::string labels = R"({method="GET",route="/api/v1/profiles/{id}")";
    for (const std::string& line :
         {"filrouge_http_route_requests_total" + labels + ",status=\"2xx\"} 1\n",
          "filrouge_http_route_requests_total" + labels + ",status=\"4xx\"} 2\n",
          "filrouge_http_route_seconds_sum" + labels + "} 0.002\n",
          "filrouge_http_route_seconds_count" + labels + "} 2\n",
          std::string("filrouge_http_requests_total{lane=\"api\",status=\"4xx\"} 2\n"),
          std::string("filrouge_http_request_seconds_count{lane=\"api\"} 2\n")})
        EXPECT_NE(out.find(line), out.npos) << line << "in\n" << out;
    EXPECT_EQ(out.find("/v1/track"), out.npos) << "nobody has asked for it";
}

}  // namespace
}  // namespace filrouge::http
