#include "base/trace.h"

#include <gtest/gtest.h>

namespace filrouge {
namespace {

constexpr std::string_view kGood = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(Trace, IsReadAndHandedOn) {
    const auto trace = parse_traceparent(kGood);
    ASSERT_TRUE(trace.has_value());
    EXPECT_EQ(trace->id.text(), "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_EQ(trace->span_text(), "00f067aa0ba902b7");
    EXPECT_TRUE(trace->sampled);
    EXPECT_EQ(trace->traceparent(), kGood);
    EXPECT_EQ(Trace({{1, 2}, 3, false}).traceparent(),
              "00-00000000000000010000000000000002-0000000000000003-00");
}

TEST(Trace, ALaterVersionMayHaveMoreBehind) {
    EXPECT_TRUE(parse_traceparent("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"));
    EXPECT_FALSE(parse_traceparent("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01more"));
    EXPECT_FALSE(parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"));
}

TEST(Trace, WhatIsMalformedIsAbsent) {
    for (const std::string_view header :
         {"", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
          "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
          "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
          "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
          "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
          "00-4bf92f3577b34da6a3ce929d0e0e473x-00f067aa0ba902b7-01",
          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902bz-01",
          "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
          "0g-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-g1"}) {
        EXPECT_FALSE(parse_traceparent(header)) << header;
    }
}

}  // namespace
}  // namespace filrouge
