// Brands of one process, through the doors.
#include <gtest/gtest.h>

#include "engine/shop_for_test.h"
#include "engine/staff_desk.h"

namespace filrouge::engine {
namespace {

Settings group_settings(const std::vector<std::string>& brands) {
    Settings s = shop_settings();
    s.brands.clear();
    s.sources.clear();
    for (const std::string& id : brands) {
        s.brands.push_back({id, id, "Europe/Paris", "EUR", id == "hats" ? "32" : "33"});
        s.sources.push_back(
            {"web-" + id, id, "wk-" + id, "web", "measurement", "consent", false, id, {}});
    }
    return s;
}

TEST(Runtime, TheBrandsOfAGroupShareAProcessAndNothingElse) {
    fake::FakeDisk disk;
    Shop shop(disk, 1, {}, group_settings({"coats", "hats"}));
    Runtime& runtime = *shop.runtime;
    ASSERT_TRUE(shop.ingest(order_of(shop, "wk-coats", "+33470112233")));
    ASSERT_TRUE(shop.ingest(order_of(shop, "wk-hats", "+32470112233")));
    ASSERT_TRUE(shop.ingest(order_of(shop, "wk-hats", "+33470112233")));
    runtime.wait_until_folded();
    const auto says = [](const Result<std::string>& told, std::string_view what) {
        const std::string text = told.ok() ? told.value() : told.error().code;
        EXPECT_NE(text.find(what), text.npos) << text;
    };
    says(runtime.stats(0), R"("brands":[{"id":"coats","name":"coats",)");
    says(runtime.stats(0), R"("persons":3)");
    says(runtime.count_rule("any(Order Completed)", "measurement", "hats"),
         R"("count":2,"persons":2)");
    says(runtime.count_rule("any(Order Completed)", "measurement", "coats"), R"("count":1)");
    says(runtime.count_rule("any(Order Completed)", "measurement", ""), "api.brand_missing");
    says(runtime.count_rule("any(Order Completed)", "measurement", "shoes"), "api.unknown_brand");
    says(runtime.find_profile("phone", "0470112233", "coats", 0), R"("brand":"coats")");
    says(runtime.find_profile("phone", "0470112233", "hats", 0), R"("brand":"hats")");
    says(runtime.find_profile("phone", "+33470112233", "", 0), "api.brand_missing");

    const std::string rule = R"x("purpose":"measurement","rule":"any(Order Completed)")x";
    const auto create = [&](const std::string& members) {
        return shop.command(&Runtime::create_audience, "{" + members + "}");
    };
    EXPECT_EQ(create(R"("name":"a",)" + rule), "api.brand_missing");
    EXPECT_EQ(create(R"("name":"a","brand":"shoes",)" + rule), "api.unknown_brand");
    says(create(R"("name":"a","brand":"coats",)" + rule), R"("brand":"coats")");
    says(create(R"("name":"b","brand":"hats",)" + rule), R"("brand":"hats")");
    EXPECT_EQ(create(R"("name":"c","brand":"hats","purpose":"measurement",)"
                     R"("rule":"in audience \"a\"")"),
              "audience.other_brand");
    says(runtime.count_rule(R"(in audience "a")", "measurement", "hats"), "audience.other_brand");
    says(runtime.count_rule(R"(in audience "a")", "measurement", "coats"), R"("persons":1)");
    says(runtime.overlap({"a", "b"}), "audience.other_brand");
    const std::string of_hats = runtime.audiences("hats", 0).value();
    EXPECT_EQ(of_hats.find(R"("id":"a")"), of_hats.npos) << of_hats;
    EXPECT_NE(of_hats.find(R"("id":"b")"), of_hats.npos) << of_hats;
    const std::string sources = runtime.sources("coats").value();
    EXPECT_NE(sources.find("web-coats"), sources.npos);
    EXPECT_EQ(sources.find("web-hats"), sources.npos);
    says(shop.command(&Runtime::create_source, R"({"name":"Till","brand":"hats"})"),
         R"("brand":"hats")");
    EXPECT_EQ(shop.command(&Runtime::create_source, R"({"name":"Till 2"})"), "api.brand_missing");
}

TEST(Runtime, BrandsThatLetIdentityCrossKnowOnePersonAndReadTheirOwnPart) {
    fake::FakeDisk disk;
    Settings settings = group_settings({"coats", "hats"});
    const std::string early = "+33611223344", late = "+33655667788";
    const auto persons = [](Shop& shop) {
        shop.runtime->wait_until_folded();
        const std::string stats = shop.runtime->stats(0).value();
        const std::size_t at = stats.find("\"persons\":") + 10;
        return stats.substr(at, stats.find(',', at) - at);
    };
    {
        Shop apart(disk, 1, {}, settings);
        ASSERT_TRUE(apart.ingest(order_of(apart, "wk-coats", early)));
        ASSERT_TRUE(apart.ingest(order_of(apart, "wk-hats", early)));
        ASSERT_TRUE(apart.ingest(order_of(apart, "wk-hats", late)));
        EXPECT_EQ(persons(apart), "3");
    }
    disk.crash(fake::Crash::LoseUnsynced, 1);
    settings.identity_across_brands = true;
    Shop joined(disk, 2, {}, settings);
    EXPECT_EQ(persons(joined), "2") << "the change joins who was known before it";
    ASSERT_TRUE(joined.ingest(order_of(joined, "wk-coats", late)));
    EXPECT_EQ(persons(joined), "2") << "a number in the first brand outlives a crash";

    Runtime& runtime = *joined.runtime;
    const auto id_of = [&](std::string_view brand) {
        const std::string found = runtime.find_profile("phone", early, brand, 0).value();
        return found.substr(found.find(":\"") + 2, 32);
    };
    const std::string id = id_of("coats");
    EXPECT_EQ(id_of("hats"), id);
    EXPECT_EQ(runtime.profile(id, "measurement", "", 0).error().code, "api.brand_missing");
    EXPECT_EQ(runtime.thread(id, "measurement", "", 0, 10, 0).error().code, "api.brand_missing");
    EXPECT_EQ(runtime.profile(id, "measurement", "shoes", 0).error().code, "api.unknown_brand");
    const std::string hats = runtime.profile(id, "measurement", "hats", 0).value();
    for (const char* says : {R"("brand":"hats")", R"("events":1)", R"("known_to":"coats")",
                             R"("rule":"same_identifier")"})
        EXPECT_NE(hats.find(says), hats.npos) << says << hats;
    EXPECT_EQ(hats.find("web-coats"), hats.npos) << hats;
    const std::string thread = runtime.thread(id, "measurement", "hats", 0, 10, 0).value();
    EXPECT_NE(thread.find("web-hats"), thread.npos) << thread;
    EXPECT_EQ(thread.find("web-coats"), thread.npos) << thread;
    for (const std::string brand : {"coats", "hats"}) {
        std::string asked = R"({"what":"Call","profile":")";
        asked += id;
        asked += R"(","brand":")";
        asked += brand;
        asked += "\"}";
        const auto task = runtime.staff().add_task(asked, {});
        ASSERT_TRUE(task.ok()) << task.error().message;
        const std::size_t at = task.value().find(R"("id":")") + 6;
        EXPECT_EQ(runtime.staff().brand_of_task(task.value().substr(at, 32)), brand);
    }
}

TEST(Runtime, AChoiceToldThroughTheApiIsOfOneBrandAndInAnySpelling) {
    fake::FakeDisk disk;
    Shop shop(disk, 1, {}, group_settings({"coats", "hats"}));
    ASSERT_TRUE(shop.ingest(order_of(shop, "wk-coats", "+33611223344")));
    ASSERT_TRUE(shop.ingest(order_of(shop, "wk-hats", "+33611223344")));
    const std::string no =
        R"("type":"phone","value":"06 11 22 33 44","purposes":{"measurement":false})";
    EXPECT_EQ(shop.command(&Runtime::set_consent, "{" + no + "}"), "api.brand_missing");
    shop.command(&Runtime::set_consent, R"({"brand":"coats",)" + no + "}");
    const auto allowed = [&](std::string_view brand) {
        shop.runtime->wait_until_folded();
        const std::string json =
            shop.runtime->count_rule("any(Order Completed)", "measurement", brand).value();
        return json.substr(json.find("\"allowed\":") + 10, 2);
    };
    EXPECT_EQ(allowed("coats"), "0,");
    EXPECT_EQ(allowed("hats"), "1,") << "said to one brand, it says nothing to the other";
    EXPECT_EQ(
        shop.command(&Runtime::set_consent, R"({"brand":"hats","type":"phone","value":"none",)"
                                            R"("purposes":{"measurement":false}})"),
        "consent.invalid_identifier");
}

TEST(Runtime, ABrandKeepsItsNumberWhateverTheFileSaysLater) {
    fake::FakeDisk disk;
    const auto orders = [](Shop& shop, std::string_view brand) {
        shop.runtime->wait_until_folded();
        const auto told = shop.runtime->count_rule("any(Order Completed)", "measurement", brand);
        if (!told.ok()) return told.error().code;
        return told.value().substr(0, told.value().find(','));
    };
    {
        Shop single(disk);
        ASSERT_TRUE(single.ingest(order_of(single, "wk", "+33611223344")));
        EXPECT_EQ(orders(single, ""), R"({"count":1)");
    }
    {  // it becomes a group: what it was is its first brand
        Shop group(disk, 2, {}, group_settings({"coats", "hats"}));
        EXPECT_EQ(orders(group, "coats"), R"({"count":1)");
        EXPECT_EQ(orders(group, "hats"), R"({"count":0)");
        ASSERT_TRUE(group.ingest(order_of(group, "wk-hats", "+33611223344")));
    }
    {
        Shop turned(disk, 3, {}, group_settings({"shoes", "hats", "coats"}));
        EXPECT_EQ(orders(turned, "coats"), R"({"count":1)");
        EXPECT_EQ(orders(turned, "hats"), R"({"count":1)");
        EXPECT_EQ(orders(turned, "shoes"), R"({"count":0)");
    }
    Shop fewer(disk, 4, {}, group_settings({"shoes"}));
    EXPECT_EQ(orders(fewer, "hats"), R"({"count":1)") << "its people stay";
}

}  // namespace
}  // namespace filrouge::engine
