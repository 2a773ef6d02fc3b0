#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <set>

#include "collect/incoming_codec.h"
#include "files/files_for_test.h"
#include "files/occurrence.h"

namespace filrouge::files {
namespace {

const std::string kRoot = FILROUGE_ROOT;

std::string data_folder(const std::string& name) {
    const char* given = std::getenv("FILROUGE_SHARED");
    const std::string shared = given != nullptr ? given : kRoot + "/../shared";
    const std::string folder = shared + "/data/" + name;
    return std::filesystem::is_directory(folder) ? folder : "";
}

class ShippedMap : public testing::TestWithParam<const char*> {
  protected:
    void SetUp() override {
        folder_ = data_folder(GetParam());
        if (folder_.empty())
            GTEST_SKIP() << "the data of " << GetParam() << " are absent: no ../shared/data";
    }
    std::string map() const { return kRoot + "/maps/" + GetParam() + ".toml"; }
    std::string folder_;
};

TEST_P(ShippedMap, EveryFigureOfItsSourceIsFoundInTheFiles) {
    const auto lines = verify_files(options_of(map(), {folder_}));
    ASSERT_TRUE(lines.ok()) << lines.error().message;
    EXPECT_GE(lines.value().size(), 6u);
    for (const CheckLine& line : lines.value()) EXPECT_TRUE(line.equal) << line.text();
}

// Keeps nothing but the ids: the largest set has a million events.
struct IdSink final : ImportSink {
    Result<void> send(Bytes batch) override {
        const std::vector<collect::Item> items = TRY(collect::decode_items(batch));
        for (const collect::Item& item : items) {
            const std::string& id = std::get<collect::Incoming>(item).event.message_id;
            (ids.insert(siphash(kImportHashKey, id)) ? stored : repeated) += 1;
        }
        return {};
    }
    Result<Done> finish() override { return Done{stored, repeated, 0, 0}; }
    HashSet ids;
    std::uint64_t stored = 0, repeated = 0;
};

TEST_P(ShippedMap, ImportsEveryRowAndASecondRunAddsNothing) {
    IdSink sink;
    const auto first = run_import(options_of(map(), {folder_}), sink);
    ASSERT_TRUE(first.ok()) << first.error().message;
    EXPECT_EQ(first.value().bad_rows, 0u);
    EXPECT_EQ(first.value().reopened_groups, 0u);
    EXPECT_EQ(first.value().done.stored, first.value().items);
    EXPECT_EQ(first.value().done.deduplicated, 0u);
    const auto second = run_import(options_of(map(), {folder_}), sink);
    ASSERT_TRUE(second.ok());
    EXPECT_EQ(second.value().done.stored, first.value().items);
    EXPECT_EQ(second.value().done.deduplicated, first.value().items);
}

INSTANTIATE_TEST_SUITE_P(All, ShippedMap,
                         testing::Values("complete-journey", "online-retail", "clicks-bol",
                                         "clicks-diginetica", "cdnow", "channel-mix", "geo-lift"),
                         [](const auto& one) {
                             std::string name = one.param;
                             for (char& c : name) c = c == '-' ? '_' : c;
                             return name;
                         });

TEST(ShippedMaps, EveryMapInTheFolderIsSound) {
    std::size_t maps = 0;
    for (const auto& entry : std::filesystem::directory_iterator(kRoot + "/maps")) {
        const auto source = import_source_of(entry.path().string());
        EXPECT_TRUE(source.ok()) << source.error().message;
        ++maps;
    }
    EXPECT_GE(maps, 8u);
}

TEST(ShippedMaps, TheWorkedExampleOfTheManualWorks) {
    std::ifstream manual(kRoot + "/docs/import.md");
    const std::string text{std::istreambuf_iterator<char>(manual), {}};
    const std::size_t begin = text.find("```toml\n");
    ASSERT_NE(begin, std::string::npos);
    const Folder folder;
    const std::string map =
        folder.write("shop.toml", text.substr(begin + 8, text.find("\n```", begin) - begin - 7));
    folder.write("orders.csv",
                 "order;line;mail;day;sku;n;price;shop;news\n"
                 "1001;1;Ann@shop.example;05/03/2024 18:30;A1;2;19,90;s1;yes\n"
                 "1001;2;Ann@shop.example;05/03/2024 18:30;B2;1;5;s1;yes\n");
    folder.write("items.csv", "sku,title,group\nA1,\"Coat, red\",coats\n");
    const auto got = import_files(map, {folder.path()});
    ASSERT_EQ(got.error, "");
    ASSERT_EQ(got.items.size(), 1u);
    EXPECT_EQ(got.event(0).value.text(), "44.8 EUR");
    EXPECT_EQ(got.incoming(0).consents.at(0).name, "marketing.email");
    EXPECT_EQ(got.properties(0),
              R"({"order_id":"1001","products":[)"
              R"({"category":"coats","price":19.9,"product_id":"A1","quantity":2},)"
              R"({"price":5,"product_id":"B2","quantity":1}]})");
    const auto lines = verify_files(options_of(map, {folder.path()}));
    ASSERT_TRUE(lines.ok());
    EXPECT_TRUE(lines.value().at(0).equal) << lines.value().at(0).text();
}

TEST(ShippedMaps, TheCompleteJourneysOrdersAreExactToTheCent) {
    const std::string folder = data_folder("complete-journey");
    if (folder.empty()) GTEST_SKIP() << "the data are absent: no ../shared/data/complete-journey";
    const auto got = import_files(kRoot + "/maps/complete-journey.toml", {folder});
    ASSERT_EQ(got.error, "");
    std::int64_t amount = 0;
    std::uint64_t lines = 0;
    std::set<std::string> ids;
    for (std::size_t i = 0; i < got.items.size(); ++i) {
        const Event& e = got.event(i);
        ids.insert(e.message_id);
        if (e.name != "Order Completed") continue;
        amount += e.value.amount;
        lines += PackedView(e.properties).find("products").count();
        EXPECT_EQ(e.identifiers.at(0).type, IdentifierType::Household);
    }
    EXPECT_EQ(fixed_text(amount), "233935.24");
    EXPECT_EQ(lines, 75'000u);
    EXPECT_EQ(ids.size(), got.items.size());
}

}  // namespace
}  // namespace filrouge::files
