#include "cli/demo_lane.h"

#include <algorithm>
#include <chrono>

#include "base/text.h"
#include "http/iso_time.h"

namespace filrouge::cli {
namespace {

// What a header says of its request cannot be shared with other events.
bool goes_alone(const DemoEvent& event) {
    return event.oddity == DemoOddity::Prefetch || event.oddity == DemoOddity::PrivacyControl;
}

bool worth_another_try(int status) { return status == 0 || status == 429 || status >= 500; }

std::chrono::microseconds chrono_of(Duration d) { return std::chrono::microseconds(d.us); }

}  // namespace

DemoLane::DemoLane(DemoDoor door, std::string url, std::string write_key, const DemoTime& time,
                   std::unique_ptr<HttpClient> http, Clock& clock, DemoCounters& counters,
                   DemoRetry retry)
    : row_(row_of(door)),
      url_(std::move(url)),
      authorization_("Basic " + base64_encode(write_key + ":")),
      time_(time),
      http_(std::move(http)),
      clock_(clock),
      counters_(counters),
      retry_(retry),
      jitter_(0, {8, static_cast<std::uint64_t>(door)}),
      thread_([this] { run(); }) {}

DemoLane::~DemoLane() { finish({}); }

bool DemoLane::offer(DemoEvent event) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return interrupted_ || queue_.size() < kDemoQueueMax; });
    if (interrupted_) return false;
    ++counters_.offered;
    if (is_bad(event.oddity)) ++counters_.bad;
    if (event.due > event.at) ++counters_.late;
    queue_.push_back(std::move(event));
    changed_.notify_all();
    return true;
}

void DemoLane::interrupt() {
    const std::lock_guard lock(mutex_);
    interrupted_ = true;
    changed_.notify_all();
}

void DemoLane::finish(Duration patience) {
    if (!thread_.joinable()) return;
    {
        std::unique_lock lock(mutex_);
        interrupted_ = true;
        finishing_ = true;
        changed_.notify_all();
        changed_.wait_for(lock, chrono_of(patience), [&] { return queue_.empty() && idle_; });
        stopped_ = true;
        changed_.notify_all();
    }
    thread_.join();
}

// Empty once there is nothing more to do.
std::vector<DemoEvent> DemoLane::take() {
    std::unique_lock lock(mutex_);
    idle_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return stopped_ || finishing_ || !queue_.empty(); });
    std::vector<DemoEvent> taken;
    if (stopped_) return taken;
    idle_ = false;
    while (!queue_.empty() && taken.size() < row_.batch_max) {
        const bool alone = goes_alone(queue_.front());
        if (alone && !taken.empty()) break;
        taken.push_back(std::move(queue_.front()));
        queue_.pop_front();
        if (alone) break;
    }
    changed_.notify_all();
    return taken;
}

void DemoLane::run() {
    while (true) {
        const std::vector<DemoEvent> events = take();
        if (events.empty()) break;
        const Request request = make(events);
        if (!send(request)) break;
        if (request.twice && ask(request) / 100 == 2) counters_.repeated += request.events;
    }
    const std::lock_guard lock(mutex_);
    idle_ = true;
    changed_.notify_all();
}

DemoLane::Request DemoLane::make(const std::vector<DemoEvent>& events) const {
    Request request;
    request.events = events.size();
    request.headers = {{"Authorization", authorization_}, {"Content-Type", "application/json"}};
    const DemoEvent& first = events.front();
    if (first.oddity == DemoOddity::Prefetch)
        request.headers.emplace_back("Sec-Purpose", "prefetch");
    if (first.oddity == DemoOddity::PrivacyControl) request.headers.emplace_back("Sec-GPC", "1");
    // A faulty event stands in a batch: alone, its path would say what it is in its place.
    if (events.size() == 1 && !is_bad(first.oddity)) {
        request.path = "/v1/" + first.type;
        append_event(request.head, first, time_);
        request.head.pop_back();
    } else {
        request.path = "/v1/batch";
        request.head = "{\"batch\":[";
        for (const DemoEvent& event : events) {
            if (&event != &first) request.head += ",";
            append_event(request.head, event, time_);
        }
        request.head += "]";
    }
    request.head += ",\"sentAt\":\"";
    request.tail = "\"}";
    for (const DemoEvent& e : events) request.twice |= e.oddity == DemoOddity::SentTwice;
    return request;
}

int DemoLane::ask(const Request& request) {
    HttpCall call;
    call.url = url_ + request.path;
    call.headers = request.headers;
    call.body = request.head + http::iso_time(as_event_time(clock_.now())) + request.tail;
    call.timeout = seconds(20);
    ++counters_.requests;
    const Result<HttpReply> reply = http_->call(call);
    const int status = reply.ok() ? reply.value().status : 0;
    counters_.last_status = status;
    return status;
}

bool DemoLane::send(const Request& request) {
    for (std::uint32_t tries = 0;; ++tries) {
        const int status = ask(request);
        if (!worth_another_try(status)) {
            (status < 400 ? counters_.acknowledged : counters_.refused) += request.events;
            return true;
        }
        if (!pause(tries)) return false;
        ++counters_.retries;
    }
}

bool DemoLane::pause(std::uint32_t tries) {
    const std::int64_t full =
        std::min(retry_.longest.us, retry_.first.us << std::min<std::uint32_t>(tries, 10));
    const auto parts = static_cast<std::int64_t>(jitter_.between(50, 100));
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, chrono_of({full * parts / 100}), [&] { return stopped_; });
}

}  // namespace filrouge::cli
