// How long a batch of 100 tracking events takes from bytes to events: parsing, packing,
// identifiers, times, amounts, hashing. One thread, the best and the middle of many runs, so that
// a busy machine shows.   collect_bench [body.json]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <random>
#include <sstream>

#include "collect/gunzip.h"
#include "collect/moment.h"
#include "collect/parser.h"

namespace {

using namespace filrouge;
using namespace filrouge::collect;

constexpr int kRuns = 5'000;

std::string made_up_batch() {
    std::mt19937 random(7);
    const auto below = [&](std::uint32_t n) { return static_cast<unsigned>(random() % n); };
    std::string body = R"({"batch":[)";
    for (int i = 0; i < 100; ++i) {
        char event[1024];
        static constexpr const char* kNames[] = {"Product Viewed", "Product List Viewed",
                                                 "Product Added", "Order Completed"};
        static constexpr const char* kChannels[] = {"web", "app", "store"};
        const int n = std::snprintf(
            event, sizeof event,
            R"({"messageId":"%08x-0000-4000-8000-%012x","type":"track","event":"%s",)"
            R"("timestamp":"2026-11-22T05:%02u:%02u.%03uZ","anonymousId":"%08x-0000-4000-8000-%012x",)"
            R"("properties":{"product_id":"P%06u","category":"cat-%u","name":"Fauteuil d)"
            "\xe2\x80\x99"
            R"(appoint en lin","price":%u.%02u,"currency":"EUR","quantity":1},)"
            R"("context":{"channel":"%s","page":{"path":"/p/fauteuil-%u","referrer":"https://www.example.org/"},)"
            R"("locale":"fr-FR","library":{"name":"analytics.js","version":"1.84.3"}}})",
            below(UINT32_MAX), below(UINT32_MAX), kNames[below(4)], below(60), below(60),
            below(1000), below(UINT32_MAX), below(UINT32_MAX), below(50'000), below(200),
            5 + below(900), below(100), kChannels[below(3)], below(50'000));
        if (i > 0) body += ",";
        body.append(event, static_cast<std::size_t>(n));
    }
    return body + R"(],"sentAt":"2026-11-22T06:00:34.000Z"})";
}

}  // namespace

int main(int argc, char** argv) {
    std::string body;
    if (argc > 1) {
        std::stringstream text;
        text << std::ifstream(argv[1], std::ios::binary).rdbuf();
        body = text.str();
    } else {
        body = made_up_batch();
    }
    body.reserve(body.size() + kBodyPadding);
    Parser parser;
    RequestContext request;
    request.received = IngestTime{parse_time("2026-11-22T06:00:35Z")->us};
    request.user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    const Rules rules;
    std::vector<double> times;
    std::size_t fits = 0;
    std::size_t all = 0;
    for (int i = 0; i < kRuns; ++i) {
        const auto start = std::chrono::steady_clock::now();
        {
            const auto parsed = parser.parse_tracking(Route::Batch, body, request, rules);
            if (!parsed.ok()) return 1;
            all += parsed.value().items.size();
            for (const Item& item : parsed.value().items) fits += item.index() == 0 ? 1 : 0;
        }
        const std::chrono::duration<double, std::micro> took =
            std::chrono::steady_clock::now() - start;
        times.push_back(took.count());
    }
    std::sort(times.begin(), times.end());
    std::printf("%zu bytes, %zu events, %zu fit: best %.1f us, middle %.1f us\n", body.size(),
                all / kRuns, fits / kRuns, times.front(), times[kRuns / 2]);
    return 0;
}
