#include "collect/parser.h"

#include <gtest/gtest.h>

#include "model/packed.h"

namespace filrouge::collect {
namespace {

TEST(Parser, ATrackCallIsOneEvent) {
    Parser parser;
    RequestContext request;
    request.received = IngestTime{1'800'000'000'000'000};
    Rules rules;
    const auto parsed = parser.parse_tracking(
        Route::Track,
        R"({"userId":"camille","event":"Order Completed","properties":{"revenue":19.9,"currency":"EUR"}})",
        request, rules);
    ASSERT_TRUE(parsed.ok());
    ASSERT_EQ(parsed.value().items.size(), 1u);
    const auto* incoming = std::get_if<Incoming>(&parsed.value().items[0]);
    ASSERT_NE(incoming, nullptr);
    EXPECT_EQ(incoming->event.name, "Order Completed");
    EXPECT_EQ(incoming->event.value.text(), "19.9 EUR");
    EXPECT_EQ(PackedView(incoming->event.properties).json(),
              R"({"revenue":19.9,"currency":"EUR"})");
}

}  // namespace
}  // namespace filrouge::collect
