#include "base/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace filrouge {
namespace {

TEST(DurationHistogram, CountsUpToEachBoundInSeconds) {
    DurationHistogram histogram;
    for (const std::int64_t us : {0, 100, 101, 121, 10'000'000, 10'000'001}) histogram.add(us);
    std::string out;
    histogram.append_to(out, "took", "lane=\"api\"");
    EXPECT_EQ(out.rfind("took_bucket{lane=\"api\",le=\"0.0001\"} 2\n"
                        "took_bucket{lane=\"api\",le=\"0.00011\"} 3\n"
                        "took_bucket{lane=\"api\",le=\"0.000121\"} 4\n",
                        0),
              0u)
        << out;
    EXPECT_NE(out.find("le=\"10\"} 5\ntook_bucket{lane=\"api\",le=\"+Inf\"} 6\n"), out.npos) << out;
    EXPECT_NE(out.find("took_sum{lane=\"api\"} 20.000323\ntook_count{lane=\"api\"} 6\n"), out.npos)
        << out;
    out.clear();
    DurationHistogram().append_to(out, "took", "");
    EXPECT_TRUE(out.ends_with("took_bucket{le=\"+Inf\"} 0\ntook_sum 0\ntook_count 0\n")) << out;
}

// As histogram_quantile reads it where all samples lie in one bucket: on the line between its
// bounds.
double quantile(double share, std::int64_t us) {
    const auto& bounds = DurationHistogram::kBoundsUs;
    const auto* const upper = std::lower_bound(bounds.begin(), bounds.end(), us);
    const auto lower = static_cast<double>(*(upper - 1));
    return lower + share * (static_cast<double>(*upper) - lower);
}

TEST(DurationHistogram, AQuantileReadFromItIsWrongByATenthAtMost) {
    for (std::int64_t us = 101; us < 10'000'000; us += us / 100) {
        for (const double share : {0.5, 0.99}) {
            const double wrong = quantile(share, us) / static_cast<double>(us) - 1;
            EXPECT_LE(std::abs(wrong), 0.101) << us << " us, quantile " << share;
        }
    }
}

}  // namespace
}  // namespace filrouge
