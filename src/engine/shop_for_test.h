// A runtime for tests: a shop with one source, on a disk that can lose power.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/runtime.h"
#include "engine/settings.h"
#include "fake/fake_clock.h"
#include "fake/fake_disk.h"
#include "fake/fake_random.h"

namespace filrouge::engine {

struct NoHttp final : HttpClient {
    Result<HttpReply> call(const HttpCall&) override {
        return Error{"http.none", "No network in this test.", ""};
    }
};

inline Settings shop_settings() {
    Settings s;
    s.purposes = {{"measurement", LegalBasis::Consent, false, {"Analytics"}},
                  {"service", LegalBasis::Contract, false, {}}};
    s.sources = {{"web", "Web", "wk", "web", "measurement", "consent", false, {}, {}}};
    s.snapshot_seconds = 3'600;
    s.log_segment_bytes = 256 * 1024;
    return s;
}

// What the operator was told, in order.
class Notices {
  public:
    void add(const Notice& notice) {
        std::string line(notice.event);
        for (const auto& [name, text] : notice.fields)
            line.append(" ").append(name).append("=").append(text);
        const std::lock_guard lock(mutex_);
        lines_.push_back(std::move(line));
        added_.notify_all();
    }
    std::vector<std::string> lines() const {
        const std::lock_guard lock(mutex_);
        return lines_;
    }
    std::string find(const std::string& beginning) const {  // the first such line; or ""
        const std::lock_guard lock(mutex_);
        for (const std::string& line : lines_) {
            if (line.starts_with(beginning)) return line;
        }
        return {};
    }
    bool wait_for(std::size_t count) const {
        std::unique_lock lock(mutex_);
        return added_.wait_for(lock, std::chrono::seconds(10),
                               [&] { return lines_.size() >= count; });
    }

  private:
    mutable std::mutex mutex_;
    mutable std::condition_variable added_;
    std::vector<std::string> lines_;  // guarded by mutex_
};

struct Shop {
    explicit Shop(fake::FakeDisk& disk_, std::uint64_t seed = 1, Duration later = {},
                  const Settings& settings = shop_settings())
        : disk(disk_), random(seed) {
        clock.advance(later);
        auto opened =
            open_runtime({clock, random, disk, http, [this](const Notice& n) { notices.add(n); }},
                         settings, "shop");
        EXPECT_TRUE(opened.ok()) << (opened.ok() ? "" : opened.error().message);
        runtime = std::move(opened).value();
        wait_ready();
    }
    void wait_ready() {
        std::mutex mutex;
        std::condition_variable wake;
        bool started = false;
        runtime->when_started([&] {
            const std::lock_guard lock(mutex);
            started = true;
            wake.notify_all();
        });
        std::unique_lock lock(mutex);
        wake.wait(lock, [&] { return started; });
        ASSERT_EQ(runtime->state(), RuntimeState::Ready) << runtime->state_text();
    }
    // Nothing while the answer has not come: then it was not acknowledged.
    std::optional<IngestReply> send(const std::vector<std::string>& ids,
                                    std::string_view body = "same") {
        return ingest(request_of(ids, body));
    }
    IngestRequest request_of(const std::vector<std::string>& ids, std::string_view body = "same") {
        IngestRequest request;
        request.source = runtime->source_by_write_key("wk")->number;
        for (const std::string& id : ids) {
            collect::Incoming incoming;
            incoming.event.name = "Product Viewed";
            incoming.event.at = as_event_time(clock.now());
            incoming.event.message_id = id;
            incoming.event.body_check = static_cast<std::uint32_t>(body.size());
            incoming.event.identifiers = {{IdentifierType::UserId, "u" + id.substr(0, 1), {}}};
            incoming.consents = {{"measurement", true}};
            incoming.bot = bot;
            request.items.push_back(std::move(incoming));
        }
        return request;
    }
    std::string command(void (Runtime::*what)(std::string, Reply), const std::string& json) {
        auto told = std::make_shared<std::promise<Result<std::string>>>();
        (runtime.get()->*what)(json, [told](const Result<std::string>& r) { told->set_value(r); });
        const Result<std::string> result = told->get_future().get();
        return result.ok() ? result.value() : result.error().code;
    }
    std::optional<IngestReply> ingest(IngestRequest request) {
        struct Waiting {
            std::mutex mutex;
            std::condition_variable wake;
            std::optional<Result<IngestReply>> reply;
        };
        auto waiting = std::make_shared<Waiting>();
        runtime->ingest(std::move(request), [waiting](Result<IngestReply> r) {
            const std::lock_guard lock(waiting->mutex);
            waiting->reply = std::move(r);
            waiting->wake.notify_all();
        });
        std::unique_lock lock(waiting->mutex);
        while (!waiting->reply && runtime->state() != RuntimeState::Failed) {
            waiting->wake.wait_for(lock, std::chrono::milliseconds(5));
        }
        if (!waiting->reply || !waiting->reply->ok()) return std::nullopt;
        return waiting->reply->value();
    }
    BotVerdict bot = BotVerdict::Human;  // of what is sent
    fake::FakeDisk& disk;
    fake::FakeRandom random;
    fake::FakeClock clock;
    NoHttp http;
    Notices notices;
    std::unique_ptr<Runtime> runtime;
};

// Events in the log, by the figure that is shown.
inline std::uint64_t stored(Runtime& runtime) {
    runtime.wait_until_folded();
    const std::string json = runtime.stats(0).value();
    const auto at = json.find("\"stored\":");
    return std::stoull(json.substr(at + 9));
}

// An order by whoever has this phone, who allows measurement.
inline IngestRequest order_of(Shop& shop, const std::string& key, const std::string& phone) {
    static int serial = 0;
    IngestRequest request;
    request.source = shop.runtime->source_by_write_key(key)->number;
    collect::Incoming incoming;
    incoming.event.name = "Order Completed";
    incoming.event.at = as_event_time(shop.clock.now());
    incoming.event.message_id = "order-" + std::to_string(++serial);
    incoming.event.identifiers = {{IdentifierType::Phone, phone, {}}};
    incoming.consents = {{"measurement", true}};
    request.items.push_back(std::move(incoming));
    return request;
}

}  // namespace filrouge::engine
