#include "collect/test_request.h"

namespace filrouge::collect {
namespace {

std::string worth(const char* name, const std::string& members) {
    Door door;
    const Incoming in = door.track(std::string(R"({"userId":"u","event":")") + name +
                                   R"(","properties":{)" + members + "}}");
    std::string out = in.event.has_value ? in.event.value.text() : "nothing";
    if (in.event.quantity != 0) out += " x" + fixed_text(in.event.quantity);
    const PackedView gap = PackedView(in.event.properties).find("revenue_gap");
    if (!gap.missing()) out += " gap " + gap.json();
    return out;
}

TEST(Commerce, AnOrderIsWorthItsLines) {
    const std::string lines =
        R"("products":[{"price":49.9,"quantity":1},{"price":"5.05","quantity":2}])";
    EXPECT_EQ(worth("Order Completed", lines), "60 EUR x3");
    EXPECT_EQ(worth("Order Completed", lines + R"(,"revenue":60)"), "60 EUR x3");
    EXPECT_EQ(worth("Order Completed", lines + R"(,"revenue":60.01)"), "60 EUR x3");
    EXPECT_EQ(worth("Order Completed", lines + R"(,"revenue":72,"currency":"usd")"),
              "60 USD x3 gap 12");
    EXPECT_EQ(worth("Order Completed", lines + R"(,"discount":10,"revenue":50)"), "50 EUR x3");
    EXPECT_EQ(worth("Order Completed", lines + R"(,"discount":10,"revenue":60)"), "60 EUR x3");
    EXPECT_EQ(worth("Order Completed", lines + R"(,"discount":10,"revenue":55.5)"),
              "50 EUR x3 gap 5.5");
}

TEST(Commerce, AnOrderWithoutPricesIsWorthWhatItStates) {
    EXPECT_EQ(worth("Order Completed", R"("products":[{"sku":"a"}],"revenue":"19.99")"),
              "19.99 EUR x1");
    EXPECT_EQ(worth("Order Completed", R"("total":30,"tax":5,"shipping":"4.50")"), "20.5 EUR");
    EXPECT_EQ(worth("Order Refunded", R"("value":12)"), "12 EUR");
    EXPECT_EQ(worth("Order Completed", R"("order_id":"O-1")"), "nothing");
}

TEST(Commerce, AProductIsWorthPriceTimesQuantity) {
    EXPECT_EQ(worth("Product Added", R"("price":19.99,"quantity":3)"), "59.97 EUR x3");
    EXPECT_EQ(worth("Product Viewed", R"("price":19.99)"), "19.99 EUR");
    EXPECT_EQ(worth("Product Viewed", R"("value":7.5)"), "7.5 EUR");
    EXPECT_EQ(worth("Product Added", R"("price":0.3333,"quantity":0.5)"), "0.1667 EUR x0.5");
    EXPECT_EQ(worth("Product Viewed", R"("price":1e3)"), "1000 EUR");
    EXPECT_EQ(worth("Product Viewed", R"("price":900719925474.0993)"), "900719925474.0993 EUR");
    EXPECT_EQ(worth("Product Viewed", R"("price":1e200)"), "nothing");
}

TEST(Commerce, ABareValueIsMoneyOnlyBesideACurrency) {
    EXPECT_EQ(worth("Slider Moved", R"("value":5)"), "nothing");
    EXPECT_EQ(worth("Gift Card Sold", R"("value":5,"currency":"EUR")"), "5 EUR");
    EXPECT_EQ(worth("Subscription Renewed", R"("revenue":9.99)"), "9.99 EUR");
    EXPECT_EQ(worth("Subscription Renewed", R"("revenue":9.99,"currency":"euros")"), "9.99");
}

TEST(Commerce, OldNamesMeanTheNewOnes) {
    Door door;
    for (const auto& [told, canonical] :
         {std::pair{"Completed Order", "Order Completed"},
          std::pair{"order completed", "Order Completed"},
          std::pair{"Viewed Product", "Product Viewed"},
          std::pair{"ADDED PRODUCT", "Product Added"},
          std::pair{"Viewed Product Category", "Product List Viewed"}}) {
        const Incoming in = door.track(std::string(R"({"userId":"u","event":")") + told + "\"}");
        EXPECT_EQ(in.event.name, canonical);
        EXPECT_EQ(context(in), std::string(R"({"original_event":")") + told + "\"}");
    }
    EXPECT_EQ(door.track(R"({"userId":"u","event":"Coat Tried"})").event.name, "Coat Tried");
}

TEST(Commerce, AProductIsNamedByItsIdThenItsSku) {
    Door door;
    const auto product = [&](const char* members) {
        return door
            .track(std::string(R"({"userId":"u","event":"Product Viewed","properties":{)") +
                   members + "}}")
            .event.product;
    };
    EXPECT_EQ(product(R"("sku":"42-M","product_id":"P42")"), "P42");
    EXPECT_EQ(product(R"("sku":"42-M","product_id":"")"), "42-M");
    EXPECT_EQ(product(R"("product_id":507)"), "507");
}

}  // namespace
}  // namespace filrouge::collect
