// An erasure discards what names the person, and nobody else's.
#include "engine/named_in_text.h"

#include <gtest/gtest.h>

#include <string>

namespace filrouge::engine {
namespace {

TEST(NamedInText, AValueIsFoundHoweverTheSenderWroteIt) {
    for (const char* text :
         {R"({"userId":"10042"})", R"({"userId":10042,)", "user=10042&page=2", "10042", "id 10042.",
          "/users/10042/orders", R"("note":"first\n10042\tlast")", "uid%3D10042%26page",
          R"("q":"uid\u003d10042")", "<b>10042</b>", "-10042-", "210042 and 10042"})
        EXPECT_TRUE(text_names(text, "10042")) << text;
    EXPECT_TRUE(text_names("mail to Jo@Shop.test.", "jo@shop.test"));
    EXPECT_TRUE(text_names("mailto:jo@shop.test?subject=x", "jo@shop.test"));
    EXPECT_TRUE(text_names(R"({"id":"ab1"})", "ab1"));
}

TEST(NamedInText, AWordThatOnlyHoldsTheValueIsAnotherCustomers) {
    for (const char* text : {R"({"userId":"210042"})", R"({"userId":100421})", "cust-10042",
                             "10042-b", "1.10042", "10042.5", "a10042", "10042_2", "\u00e910042"})
        EXPECT_FALSE(text_names(text, "10042")) << text;
    EXPECT_FALSE(text_names("ajo@shop.test", "jo@shop.test"));
    EXPECT_FALSE(text_names("a.jo@shop.test", "jo@shop.test"));
    EXPECT_FALSE(text_names("jo@shop.tests", "jo@shop.test"));
    EXPECT_FALSE(text_names("ab1", "ab1")) << "a short one must stand in quotes";
}

TEST(NamedInText, APhoneIsFoundHoweverItIsWritten) {
    for (const char* text :
         {"+33639980001", "0033639980001", "06 39 98 00 01", "06.39.98.00.01", "0639980001",
          "+33 (0)6 39 98 00 01", "639980001", R"("phone":33639980001,"n":7)",
          "tel:+33-6-39-98-00-01", "12 06 39 98 00 01 2026", "06\u00a039\u00a098 00 01",
          "phone=%2B33639980001", "to%200639980001", R"("a\n0639980001")"})
        EXPECT_TRUE(text_names_phone(text, "+33639980001")) << text;
}

TEST(NamedInText, ANumberThatOnlyEndsAlikeIsAnotherCustomers) {
    for (const char* text : {"07 39 98 00 01", "+33739980001", "+32 639 98 00 01 1", "139980001",
                             "06399800012", R"({"a":6,"b":3998,"c":"0001"})", "ab0639980001cd"})
        EXPECT_FALSE(text_names_phone(text, "+33639980001")) << text;
}

}  // namespace
}  // namespace filrouge::engine
