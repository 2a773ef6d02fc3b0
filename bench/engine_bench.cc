// Measures the engine without a socket: JSON batches in, durable and sealed, folded.
//
//   filrouge_bench ingest FOLDER [EVENTS=1000000] [BATCH=100] [THREADS=2] [PEOPLE=100000] [RULES=0]
//
// PEOPLE=1 is the worst sender there can be: all events under one identifier.
//
// Prints events a second to the last answer and to the last record folded, and CPU a event.
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <future>
#include <mutex>
#include <thread>

#include "base/hash.h"
#include "collect/parser.h"
#include "engine/runtime.h"
#include "os/clock.h"
#include "os/disk.h"
#include "os/random.h"

namespace {

using namespace filrouge;

struct NoHttp final : HttpClient {
    Result<HttpReply> call(const HttpCall&) override { return Error{"http.none", "", ""}; }
};

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    auto s = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return s(usage.ru_utime) + s(usage.ru_stime);
}

double now_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

// About 470 bytes an event, as an SDK sends them; a millisecond apart, from yesterday on.
std::string batch_of(std::uint64_t first, std::size_t count, std::uint64_t people) {
    static const char* const kNames[] = {"Product Viewed", "Product List Viewed", "Product Added",
                                         "Checkout Started", "Product Clicked"};
    static const std::int64_t kFirstMs = (std::time(nullptr) / 86'400 - 1) * 86'400'000;
    std::string out = "{\"batch\":[";
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint64_t n = first + i;
        const std::uint64_t who = mix64(n * 77 + 5) % people;
        const auto ms = static_cast<std::int64_t>(n) + kFirstMs;
        const std::time_t second = ms / 1000;
        char at[32], text[1024];
        std::strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%S", std::gmtime(&second));
        std::snprintf(
            text, sizeof text,
            "%s{\"type\":\"track\",\"event\":\"%s\",\"messageId\":\"node-next-1700000000000-%"
            "016llx\",\"userId\":\"user-%llu\","
            "\"timestamp\":\"%s.%03dZ\",\"properties\":{\"product_id\":\"P%"
            "05llu\",\"category\":\"C%llu\","
            "\"price\":%llu.99,\"quantity\":1,\"currency\":\"EUR\",\"position\":%llu},\"context\":{"
            "\"library\":{\"name\":"
            "\"analytics-node\",\"version\":\"3.1.0\"},\"locale\":\"fr-FR\",\"page\":{\"path\":\"/"
            "p/%llu\"},\"consent\":"
            "{\"categoryPreferences\":{\"measurement\":true}}},\"_metadata\":{\"nodeVersion\":\"20."
            "1.0\"}}",
            i == 0 ? "" : ",", kNames[n % 5], static_cast<unsigned long long>(n),
            static_cast<unsigned long long>(who), at, static_cast<int>(ms % 1000),
            static_cast<unsigned long long>(n % 50'000), static_cast<unsigned long long>(n % 200),
            static_cast<unsigned long long>(n % 300), static_cast<unsigned long long>(n % 40),
            static_cast<unsigned long long>(n % 1'000));
        out += text;
    }
    return out + "]}";
}

struct Window {
    std::mutex mutex;
    std::condition_variable wake;
    int in_flight = 0;
};

void make_audiences(engine::Runtime& runtime, std::uint64_t rules) {
    static constexpr const char* kRules[] = {
        "count(Product Viewed, last 90 days) >= 3",
        "any(Product Added) and not any(Order Completed, last 7 days)",
        "sum(Product Viewed.revenue, last 365 days) > 500 EUR",
        "Product Added then not Order Completed within 24 hours",
        "distinct(*.category) >= 5",
    };
    for (std::uint64_t i = 0; i < rules; ++i) {
        const std::string id = "a" + std::to_string(i);
        std::promise<Result<std::string>> reply;
        std::string text = R"({"purpose":"measurement","id":")";
        text.append(id).append(R"(","name":")").append(id);
        text.append(R"(","rule":")").append(kRules[i % 5]).append(R"("})");
        runtime.create_audience(text,
                                [&reply](Result<std::string> r) { reply.set_value(std::move(r)); });
        if (const auto made = reply.get_future().get(); !made.ok())
            std::fprintf(stderr, "%s\n", made.error().message.c_str());
    }
}

int ingest(const std::string& folder, std::uint64_t events, std::size_t batch, unsigned threads,
           std::uint64_t people, std::uint64_t audiences) {
    const auto clock = os::make_clock();
    const auto random = os::make_random();
    const auto disk = os::make_disk();
    NoHttp http;
    engine::Settings settings = engine::default_settings();
    settings.snapshot_seconds = 86'400;
    settings.late_event_days_max = 36'500;
    const double opening = now_seconds();
    auto opened = engine::open_runtime({*clock, *random, *disk, http}, settings, folder);
    if (!opened.ok()) {
        std::fprintf(stderr, "%s\n", opened.error().message.c_str());
        return 1;
    }
    engine::Runtime& runtime = *opened.value();
    while (runtime.state() == engine::RuntimeState::Starting)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::printf("open: %.2f s, %s\n", now_seconds() - opening, runtime.state_text().c_str());
    if (events == 0) return 0;
    const std::uint64_t base = static_cast<std::uint64_t>(clock->now().us);
    std::vector<std::string> bodies;
    for (std::uint64_t n = 0; n < events; n += batch)
        bodies.push_back(batch_of(base + n, batch, people));
    const SourceNo source = runtime.source_by_id("web")->number;
    std::atomic<std::size_t> next{0};
    make_audiences(runtime, audiences);
    Window window;
    const double start = now_seconds(), cpu = cpu_seconds();
    std::vector<std::thread> doors;
    for (unsigned t = 0; t < threads; ++t) {
        doors.emplace_back([&] {
            collect::Parser parser;
            collect::Rules rules;
            collect::RequestContext context;
            for (std::size_t i = next++; i < bodies.size(); i = next++) {
                context.received = clock->now();
                auto parsed =
                    parser.parse_tracking(collect::Route::Batch, bodies[i], context, rules);
                if (!parsed.ok()) std::abort();
                {
                    std::unique_lock lock(window.mutex);
                    window.wake.wait(lock, [&] { return window.in_flight < 64; });
                    ++window.in_flight;
                }
                runtime.ingest({std::move(parsed.value().items), source, false},
                               [&](Result<engine::IngestReply> reply) {
                                   if (!reply.ok() || reply.value().stored != batch)
                                       std::fprintf(stderr, "not all stored\n");
                                   const std::lock_guard lock(window.mutex);
                                   --window.in_flight;
                                   window.wake.notify_all();
                               });
            }
        });
    }
    for (auto& door : doors) door.join();
    {
        std::unique_lock lock(window.mutex);
        window.wake.wait(lock, [&] { return window.in_flight == 0; });
    }
    const double answered = now_seconds() - start;
    runtime.wait_until_folded();
    const double folded = now_seconds() - start, used = cpu_seconds() - cpu;
    const double n = static_cast<double>(bodies.size() * batch);
    std::printf("answered %.0f events/s, folded %.0f events/s, %.2f us CPU an event\n",
                n / answered, n / folded, used / n * 1e6);
    std::printf("%s\n", runtime.stats(0).value().c_str());
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    auto number = [&](int i, std::uint64_t other) {
        return argc > i ? std::strtoull(argv[i], nullptr, 10) : other;
    };
    if (argc < 3 || std::string_view(argv[1]) != "ingest") {
        std::fprintf(
            stderr,
            "usage: filrouge_bench ingest FOLDER [EVENTS] [BATCH] [THREADS] [PEOPLE] [RULES]\n");
        return 2;
    }
    return ingest(argv[2], number(3, 1'000'000), number(4, 100),
                  static_cast<unsigned>(number(5, 2)), number(6, 100'000), number(7, 0));
}
