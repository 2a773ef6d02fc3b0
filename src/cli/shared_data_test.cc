// Public data through the product: imported by their maps into a shop, then asked as anybody would.
// Ours is printed beside what was published. No figure here is tuned to these sets.
#include <gtest/gtest.h>
#include <boost/json.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>

#include "collect/incoming_codec.h"
#include "engine/masking.h"
#include "engine/shop_for_test.h"
#include "files/importer.h"

namespace filrouge::cli {
namespace {

namespace json = boost::json;
using engine::IngestRequest;

const std::string kRoot = FILROUGE_ROOT;

std::string data_folder(const std::string& name) {
    const char* given = std::getenv("FILROUGE_SHARED");
    const std::string shared = given != nullptr ? given : kRoot + "/../shared";
    const std::string folder = shared + "/data/" + name;
    return std::filesystem::is_directory(folder) ? folder : "";
}

// Orders need no consent: they are kept by contract, and asked about for the same purpose.
engine::Settings settings_of(const std::string& source, const std::string& zone) {
    engine::Settings s = engine::shop_settings();
    s.brands.front().time_zone = zone;
    s.sources = {{source, source, "wk", "web", "service", "contract", false, {}, {}}};
    return s;
}

// Brings an import into a shop; where `only` names identifiers, theirs alone.
struct ShopSink final : files::ImportSink {
    explicit ShopSink(engine::Shop& to) : shop(to) {}
    Result<void> send(Bytes batch) override {
        std::vector<collect::Item> items = TRY(collect::decode_items(batch));
        if (!only.empty()) {
            std::erase_if(items, [this](const collect::Item& item) {
                const auto& ids = std::get<collect::Incoming>(item).event.identifiers;
                return !only.contains(ids.front().value);
            });
        }
        IngestRequest request;
        request.source = shop.runtime->source_by_write_key("wk")->number;
        request.import = true;
        request.items = std::move(items);
        const auto reply = shop.ingest(std::move(request));
        if (!reply) return Error{"test.refused", "The shop did not take a batch.", ""};
        done.stored += reply->stored;
        return {};
    }
    Result<Done> finish() override { return done; }
    engine::Shop& shop;
    std::set<std::string> only;
    Done done;
};

class Imported {
  public:
    Imported(const std::string& name, const std::string& folder, const std::string& zone,
             std::set<std::string> only = {})
        : shop_(disk_, 7, {}, settings_of(name, zone)) {
        ShopSink sink(shop_);
        sink.only = std::move(only);
        files::ImportOptions options;
        options.map_path = kRoot + "/maps/" + name + ".toml";
        options.files = {folder};
        options.now_us = shop_.clock.now().us;
        const auto report = files::run_import(options, sink);
        EXPECT_TRUE(report.ok()) << (report.ok() ? "" : report.error().message);
        shop_.runtime->wait_until_folded();
    }
    json::object ask(const std::string& body) {
        const auto answer = shop_.runtime->ask(body, engine::AnswerForm::Json, "", engine::Mask());
        EXPECT_TRUE(answer.ok()) << (answer.ok() ? "" : answer.error().message);
        return answer.ok() ? json::parse(answer.value()).as_object() : json::object();
    }

  private:
    fake::FakeDisk disk_;
    engine::Shop shop_;
};

double number(const json::object& object, const char* name) {
    const json::value* value = object.if_contains(name);
    return value == nullptr ? NAN : value->to_number<double>();
}

struct Published {
    const char* name;
    double value, within;
};

void expect_published(const json::object& answer, std::initializer_list<Published> all) {
    for (const Published& each : all) {
        const double ours = number(answer, each.name);
        std::printf("  %-16s %12.5g   published %12.5g\n", each.name, ours, each.value);
        EXPECT_NEAR(ours, each.value, each.within) << each.name;
    }
}

// The papers' tenth of the customers, whose identifiers stand first in each line of the sample.
std::set<std::string> sample_of(const std::string& folder) {
    std::set<std::string> out;
    std::ifstream in(folder + "/CDNOW_sample.txt");
    for (std::string line; std::getline(in, line);) {
        const std::size_t begin = line.find_first_not_of(' ');
        if (begin == std::string::npos) continue;
        out.insert("cdnow:" + line.substr(begin, line.find(' ', begin) - begin));
    }
    return out;
}

// Times are told as noon, so the 39 weeks end an hour after the noon of 30 September 1997: the last
// day's purchases are in, and an age is longer than the papers' by that hour.
TEST(SharedData, TheModelsOfValueFindInTheSampleOfCdnowWhatThePapersDo) {
    const std::string folder = data_folder("cdnow");
    if (folder.empty()) GTEST_SKIP() << "the data are absent: no ../shared/data/cdnow";
    const std::set<std::string> sample = sample_of(folder);
    ASSERT_EQ(sample.size(), 2'357u);
    Imported cdnow("cdnow", folder, "America/New_York", sample);
    const auto ask = [&](const char* model) {
        std::string body(R"({"purpose":"service","to":"1997-09-30T13:00",)");
        body.append(R"("value":{"weeks":39,"model":")").append(model).append("\"}}");
        return cdnow.ask(body);
    };
    std::printf("CDNOW, BG/NBD (Fader, Hardie and Lee 2005) and Gamma-Gamma (lifetimes)\n");
    expect_published(ask("bg_nbd"), {{"buyers", 2'357, 0},
                                     {"r", 0.243, 0.001},
                                     {"alpha", 4.414, 0.02},
                                     {"a", 0.793, 0.01},
                                     {"b", 2.426, 0.03},
                                     {"log_likelihood", -9'582.4, 2},
                                     {"p", 6.25, 0.1},
                                     {"q", 3.74, 0.05},
                                     {"v", 15.44, 0.3}});
    std::printf("CDNOW, Pareto/NBD (BTYD vignette)\n");
    expect_published(ask("pareto_nbd"), {{"r", 0.553, 0.002},
                                         {"alpha", 10.580, 0.05},
                                         {"s", 0.606, 0.01},
                                         {"beta", 11.656, 0.2},
                                         {"log_likelihood", -9'594.976, 2}});
}

// The rest of "rfm" that can be counted by hand: everybody has one score of three.
void expect_buyers(Imported& shop, const char* set, std::int64_t published) {
    const json::object rfm = shop.ask(R"({"purpose":"service","rfm":{}})");
    const std::int64_t buyers = rfm.at("buyers").as_int64();
    std::printf("%s: %lld buyers, published %lld customers\n", set, static_cast<long long>(buyers),
                static_cast<long long>(published));
    EXPECT_EQ(buyers, published);
    std::int64_t scored = 0;
    for (const json::value& row : rfm.at("rows").as_array()) scored += row.at("buyers").as_int64();
    EXPECT_EQ(scored, buyers);
    EXPECT_EQ(rfm.at("amounts_without_rate").as_int64(), 0);
}

// One figure of everything, as a question answers it.
void expect_figure(Imported& shop, const std::string& of, double published) {
    std::string body(R"({"purpose":"service","metric":{"of":")");
    body.append(of).append("\"}}");
    const json::object answer = shop.ask(body);
    const json::array& rows = answer.at("rows").as_array();
    ASSERT_EQ(rows.size(), 1u) << of;
    const double ours = number(rows.at(0).as_object(), "figure");
    std::printf("  %-32s %14.3f   published %14.3f\n", of.c_str(), ours, published);
    EXPECT_NEAR(ours, published, 0.0005) << of;
}

TEST(SharedData, TheTotalsOfTheCompleteJourneyAreTheAnswersOfQuestions) {
    const std::string folder = data_folder("complete-journey");
    if (folder.empty()) GTEST_SKIP() << "the data are absent: no ../shared/data/complete-journey";
    Imported journey("complete-journey", folder, "America/New_York");
    expect_buyers(journey, "Complete Journey", 2'377);
    expect_figure(journey, "any(Order Completed)", 2'377);
    expect_figure(journey, "count(Order Completed)", 47'243);
    expect_figure(journey, "distinct(Order Completed.place)", 293);
    expect_figure(journey, "sum(Order Completed.revenue)", 233'935.24);
    expect_figure(journey, "count(Coupon Redeemed)", 2'102);
}

TEST(SharedData, TheTotalsOfOnlineRetailAreTheAnswersOfQuestions) {
    const std::string folder = data_folder("online-retail");
    if (folder.empty()) GTEST_SKIP() << "the data are absent: no ../shared/data/online-retail";
    Imported retail("online-retail", folder, "Europe/London");
    std::printf("UCI Online Retail, to 2011-08-31\n");
    expect_figure(retail, "distinct(*.order_id)", 16'459);
    expect_figure(retail, "count(Order Completed)", 13'902);
    expect_figure(retail, "count(Order Refunded)", 2'554);
    expect_figure(retail, "sum(*.revenue)", 5'761'931.382);
}

// The method that GeoLift's walk-through used: a synthetic control, its p value by shuffled days.
TEST(SharedData, TheCampaignOfGeoLiftIsFoundAsPublished) {
    const std::string folder = data_folder("geo-lift");
    if (folder.empty()) GTEST_SKIP() << "the data are absent: no ../shared/data/geo-lift";
    Imported cities("geo-lift", folder, "America/New_York");
    const json::object answer = cities.ask(
        R"q({"purpose":"service","from":"2021-01-01","to":"2021-04-16","effect":{)q"
        R"q("of":"sum(City Day.units)","treated":["chicago","portland"],"start":"2021-04-01",)q"
        R"q("method":"synthetic","placebo":"shuffles"}})q");
    EXPECT_EQ(number(answer, "days_before"), 90);
    EXPECT_EQ(number(answer, "days_after"), 15);
    std::printf("GeoLift, 40 cities, a campaign in two of them\n");
    expect_published(answer, {{"lift", 0.054, 0.0005},
                              {"per_place_and_day", 155.556, 0.5},
                              {"incremental", 4'667, 15},
                              {"l2_imbalance", 909.489, 0.5},
                              {"scaled_imbalance", 0.1636, 1e-4},
                              {"p_value", 0.01, 0.01}});
    const json::object& donor = answer.at("donors").as_array().at(0).as_object();
    EXPECT_EQ(donor.at("place"), "cincinnati");
    EXPECT_NEAR(number(donor, "weight"), 0.227, 0.002);
}

}  // namespace
}  // namespace filrouge::cli
