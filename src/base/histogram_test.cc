#include "base/histogram.h"

#include <gtest/gtest.h>

namespace filrouge {
namespace {

TEST(DurationHistogram, CountsUpToEachBoundInSeconds) {
    DurationHistogram histogram;
    for (const std::int64_t us : {0, 500, 501, 2'500, 5'000'000, 5'000'001}) histogram.add(us);
    std::string out;
    histogram.append_to(out, "took", "lane=\"api\"");
    EXPECT_EQ(out.rfind("took_bucket{lane=\"api\",le=\"0.0005\"} 2\n"
                        "took_bucket{lane=\"api\",le=\"0.001\"} 3\n"
                        "took_bucket{lane=\"api\",le=\"0.0025\"} 4\n",
                        0),
              0u)
        << out;
    EXPECT_NE(out.find("le=\"5\"} 5\ntook_bucket{lane=\"api\",le=\"+Inf\"} 6\n"), out.npos) << out;
    EXPECT_NE(out.find("took_sum{lane=\"api\"} 10.003502\ntook_count{lane=\"api\"} 6\n"), out.npos)
        << out;
    out.clear();
    DurationHistogram().append_to(out, "took", "");
    EXPECT_TRUE(out.ends_with("took_bucket{le=\"+Inf\"} 0\ntook_sum 0\ntook_count 0\n")) << out;
}

}  // namespace
}  // namespace filrouge
