// The way of one door's events to the server, as a careful SDK goes it: a queue, requests one after
// the other so that their order is kept, and no event given up while the server may come back. A
// server that is stopped, killed or busy is asked again, later and later.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "cli/demo_event.h"
#include "cli/demo_random.h"
#include "seam/clock.h"
#include "seam/http_client.h"

namespace filrouge::cli {

constexpr std::size_t kDemoQueueMax = 20'000;  // events; then the shop itself waits

// Every event offered is acknowledged, refused, or still waiting; nothing else can become of it.
struct DemoCounters {
    std::atomic<std::uint64_t> offered{0};
    std::atomic<std::uint64_t> acknowledged{0};
    std::atomic<std::uint64_t> refused{0};   // by a status that says: never again
    std::atomic<std::uint64_t> repeated{0};  // acknowledged once more, on purpose
    std::atomic<std::uint64_t> bad{0};       // meant for quarantine, among the offered
    std::atomic<std::uint64_t> late{0};      // told by a device that had no network
    std::atomic<std::uint64_t> requests{0};
    std::atomic<std::uint64_t> retries{0};
    std::atomic<int> last_status{0};
    std::uint64_t waiting() const { return offered - acknowledged - refused; }
};

struct DemoRetry {
    Duration first = milliseconds(200);
    Duration longest = seconds(5);
};

class DemoLane {
  public:
    DemoLane(DemoDoor door, std::string url, std::string write_key, const DemoTime& time,
             std::unique_ptr<HttpClient> http, Clock& clock, DemoCounters& counters,
             DemoRetry retry = {});
    ~DemoLane();  // as finish() without patience
    DemoLane(const DemoLane&) = delete;
    DemoLane& operator=(const DemoLane&) = delete;

    // Waits while the queue is full. False once `interrupt` was called.
    bool offer(DemoEvent event);
    void interrupt();                // offer() waits no longer
    void finish(Duration patience);  // sends what waits, for so long; then stops

  private:
    struct Request {
        std::string path;
        std::string head;  // of the body, up to where sentAt goes
        std::string tail;
        std::vector<std::pair<std::string, std::string>> headers;
        std::size_t events = 0;
        bool twice = false;
    };
    void run();
    std::vector<DemoEvent> take();
    Request make(const std::vector<DemoEvent>& events) const;
    bool send(const Request& request);  // false: stopped before an answer
    int ask(const Request& request);    // the status; 0 when there was none
    bool pause(std::uint32_t tries);

    const DemoDoorRow& row_;
    const std::string url_;
    const std::string authorization_;
    const DemoTime time_;
    const std::unique_ptr<HttpClient> http_;
    Clock& clock_;
    DemoCounters& counters_;
    const DemoRetry retry_;
    DemoRandom jitter_;

    std::mutex mutex_;
    std::condition_variable changed_;
    // Guarded by mutex_:
    std::deque<DemoEvent> queue_;
    bool interrupted_ = false;
    bool finishing_ = false;
    bool stopped_ = false;
    bool idle_ = true;
    std::thread thread_;
};

}  // namespace filrouge::cli
