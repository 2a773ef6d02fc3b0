// An import through the command line's own sink, into a folder: what its batches may overtake.
#include "cli/import_sink.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <boost/json.hpp>
#include <condition_variable>
#include <fstream>
#include <mutex>

#include "fake/temp_folder.h"
#include "server/server.h"

namespace filrouge::cli {
namespace {

namespace json = boost::json;

constexpr int kCustomers = 2'000;  // a batch of them
static_assert(kCustomers == files::kImportBatchMax);

constexpr const char* kMap = R"([source]
id = "shop"

[[input]]
name = "customers"
file = "customers.csv"
kind = "identify"
identifiers = [{type = "user_id", column = "id"}]
time = "at"
consents = [{purpose = "measurement", column = "yes", granted = "1", refused = "0"}]

[[input]]
name = "visits"
file = "visits.csv"
event = "Store Visited"
identifiers = [{type = "user_id", column = "id"}]
time = "at"
)";

// Answers "too busy" to the first request, which it does not hand on.
class BusyAtFirst final : public Transport {
  public:
    explicit BusyAtFirst(Transport& to) : to_(to) {}
    Result<Answer> send(const Request& request) override {
        if (first_.exchange(false)) return Answer{503, ""};
        return to_.send(request);
    }
    Result<Answer> follow(const Request& request,
                          const std::function<bool(std::string_view)>& each) override {
        return to_.follow(request, each);
    }

  private:
    Transport& to_;
    std::atomic<bool> first_{true};
};

class ImportSinkTest : public testing::Test {
  protected:
    void SetUp() override {
        server::ServerOptions options;
        options.data = data();
        options.port = 0;
        auto started = server::Server::start(options);
        ASSERT_TRUE(started.ok()) << started.error().message;
        started.value().reset();  // the folder is made
        auto opened = open_local_transport(data());
        ASSERT_TRUE(opened.ok()) << opened.error().message;
        way_ = std::move(opened).value();
        Request source{.method = "POST", .path = "/api/v1/sources"};
        source.body = R"({"id":"shop","name":"shop","channel":"other"})";
        ASSERT_EQ(way_->send(source).value().status, 201);
        std::ofstream(folder_.path() + "/map.toml") << kMap;
    }
    std::string data() const { return folder_.path() + "/shop"; }
    std::string write(const std::string& name, const std::string& text) {
        std::ofstream(folder_.path() + "/" + name) << text;
        return folder_.path() + "/" + name;
    }
    files::ImportReport import(Transport& way, std::vector<std::string> of) {
        files::ImportOptions options;
        options.map_path = folder_.path() + "/map.toml";
        options.files = std::move(of);
        options.now_us = std::int64_t{1'790'000'000} * 1'000'000;
        TransportSink sink(way, "shop");
        auto report = files::run_import(options, sink);
        EXPECT_TRUE(report.ok()) << (report.ok() ? "" : report.error().message);
        return report.ok() ? report.value() : files::ImportReport{};
    }
    std::string consent_of(const std::string& user) {
        const auto found =
            way_->send({.path = "/api/v1/profiles/find", .query = "type=user_id&value=" + user});
        const std::string id(json::parse(found.value().body).at("id").as_string());
        const auto profile =
            way_->send({.path = "/api/v1/profiles/" + id, .query = "purpose=service"});
        const json::value told = json::parse(profile.value().body);
        return std::string(told.at("consents").at("measurement").at("state").as_string());
    }
    fake::TempFolder folder_;
    std::unique_ptr<Transport> way_;
};

// Keeps each request until as many are there as are waited for, and counts them.
class Gathering final : public Transport {
  public:
    explicit Gathering(unsigned wanted) : wanted_(wanted) {}
    Result<Answer> send(const Request& request) override {
        std::unique_lock lock(mutex_);
        const bool turn = request.body == "turn";
        most = std::max(most, ++now_);
        order += turn ? 't' : '.';
        changed_.notify_all();
        if (turn) changed_.wait_for(lock, std::chrono::milliseconds(20));  // would others come?
        changed_.wait_for(lock, std::chrono::seconds(10), [&] { return most >= wanted_; });
        if (turn) at_turn = std::max(at_turn, now_);
        --now_;
        return Answer{200, R"({"stored":1})"};
    }
    Result<Answer> follow(const Request&, const std::function<bool(std::string_view)>&) override {
        return Answer{200, ""};
    }
    unsigned most = 0, at_turn = 0;
    std::string order;

  private:
    const unsigned wanted_;
    std::mutex mutex_;
    std::condition_variable changed_;
    unsigned now_ = 0;
};

TEST(TransportSink, WhatStatesNoConsentGoesManyAtATime) {
    Gathering way(12);
    TransportSink sink(way, "shop");
    for (int i = 0; i < 24; ++i) ASSERT_TRUE(sink.send("visit").ok());
    EXPECT_EQ(sink.finish().value().stored, 24u);
    EXPECT_EQ(way.most, 12u);
}

TEST(TransportSink, WhatStatesConsentsGoesAloneAndInItsTurn) {
    Gathering way(1);
    TransportSink sink(way, "shop");
    for (int i = 0; i < 40; ++i) {
        const bool turn = i % 10 == 5 || i % 10 == 6;
        ASSERT_TRUE((turn ? sink.send_in_turn("turn") : sink.send("visit")).ok());
    }
    EXPECT_EQ(sink.finish().value().stored, 40u);
    EXPECT_EQ(way.at_turn, 1u);
    const std::string ten = ".....tt...";
    EXPECT_EQ(way.order, ten + ten + ten + ten);
}

// A proxy in between, or another program on the port.
TEST(TransportSink, AnAnswerThatIsNoReportEndsTheImport) {
    struct Proxy final : Transport {
        explicit Proxy(const char* says) : body(says) {}
        Result<Answer> send(const Request&) override { return Answer{200, body}; }
        Result<Answer> follow(const Request&,
                              const std::function<bool(std::string_view)>&) override {
            return Answer{200, ""};
        }
        const char* body;
    };
    for (const char* body : {"<html>", "[1]", "7", ""}) {
        Proxy way(body);
        TransportSink sink(way, "shop");
        static_cast<void>(sink.send("visit"));
        const auto done = sink.finish();
        ASSERT_FALSE(done.ok()) << body;
        EXPECT_EQ(done.error().code, "cli.refused");
    }
}

TEST_F(ImportSinkTest, WhatNeedsAConsentOfTheSameImportIsKeptTheFirstTime) {
    std::string customers = "id,at,yes\n", visits = "id,at\n";
    for (int i = 0; i < kCustomers; ++i) {
        const std::string id = "c" + std::to_string(i);
        customers += id + ",2026-01-01T00:00:00Z,1\n";
        visits += id + ",2026-01-02T00:00:00Z\n";
    }
    const std::vector<std::string> of = {write("customers.csv", customers),
                                         write("visits.csv", visits)};
    const files::ImportReport first = import(*way_, of);
    EXPECT_EQ(first.done.not_kept, 0u);
    EXPECT_EQ(first.done.stored, 2u * kCustomers);
    const files::ImportReport second = import(*way_, of);
    EXPECT_EQ(second.done.stored, 0u);
    EXPECT_EQ(second.done.deduplicated, 2u * kCustomers);
}

// A no and a yes of one instant are settled by their order, which is that of the file.
TEST_F(ImportSinkTest, ANoIsNotOvertakenByTheYesBeforeItThatHadToBeSentAgain) {
    std::string customers = "id,at,yes\n";
    const std::string same = ",2026-01-01T00:00:00Z,";
    for (int i = 0; i < kCustomers; ++i) customers += "c" + std::to_string(i) + same + "1\n";
    customers += "c0" + same + "0\n";
    BusyAtFirst busy(*way_);
    import(busy, {write("customers.csv", customers)});
    EXPECT_EQ(consent_of("c1"), "granted");
    EXPECT_EQ(consent_of("c0"), "refused");
}

}  // namespace
}  // namespace filrouge::cli
