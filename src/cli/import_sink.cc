#include "cli/import_sink.h"

#include <boost/json.hpp>

#include "collect/incoming_codec.h"

namespace filrouge::cli {

namespace json = boost::json;

namespace {

// While one's batch waits for the disk another's is parsed and sealed: with three the server's
// cores were idle a quarter of the time, with six a fifth.
constexpr unsigned kSenders = 12;
constexpr std::size_t kQueueMax = 8;  // batches
constexpr int kTriesMax = 600;        // a second apart: ten minutes of a server that is too busy

std::uint64_t number_at(const json::value& object, std::string_view name) {
    const json::value* value = object.as_object().if_contains({name.data(), name.size()});
    return value != nullptr && value->is_int64() ? static_cast<std::uint64_t>(value->as_int64())
                                                 : 0;
}

Error error_of(const Answer& answer) {
    boost::system::error_code broken;
    const json::value body = json::parse(answer.body, broken);
    if (broken || !body.is_object() || !body.as_object().contains("message") ||
        !body.at("message").is_string()) {
        return {"cli.refused", "The server answered " + std::to_string(answer.status) + ".", ""};
    }
    return {"cli.refused", std::string(body.at("message").as_string()), ""};
}

}  // namespace

TransportSink::TransportSink(Transport& transport, std::string source)
    : transport_(transport), source_(std::move(source)) {
    for (unsigned i = 0; i < kSenders; ++i) threads_.emplace_back([this] { work(); });
}

TransportSink::~TransportSink() { end(); }

void TransportSink::end() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
}

Result<void> TransportSink::queue(Batch batch) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return queue_.size() < kQueueMax || error_; });
    if (error_) return *error_;
    queue_.push_back(std::move(batch));
    changed_.notify_all();
    return {};
}

Result<TransportSink::Done> TransportSink::finish() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return (queue_.empty() && in_flight_ == 0) || error_; });
    if (error_) return *error_;
    return done_;
}

bool TransportSink::first_may_go() const {
    if (queue_.empty() || alone_) return false;
    return !queue_.front().alone || in_flight_ == 0;
}

void TransportSink::work() {
    for (;;) {
        Batch batch;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(
                lock, [this] { return error_ || first_may_go() || (ending_ && queue_.empty()); });
            if (error_ || queue_.empty()) return;
            batch = std::move(queue_.front());
            queue_.pop_front();
            alone_ = batch.alone;
            ++in_flight_;
        }
        changed_.notify_all();
        carry(std::move(batch));
        changed_.notify_all();
    }
}

Result<Answer> TransportSink::send_until_taken(const Request& request) {
    for (int tries = 1;; ++tries) {
        Result<Answer> answer = transport_.send(request);
        const bool busy =
            answer.ok() && (answer.value().status == 429 || answer.value().status == 503);
        // Nothing counts twice, so what may or may not have arrived is simply sent again.
        const bool lost = !answer.ok();
        if ((!busy && !lost) || tries == kTriesMax) return answer;
        std::unique_lock lock(mutex_);
        if (changed_.wait_for(lock, std::chrono::seconds(1),
                              [this] { return ending_ || error_; })) {
            return answer;
        }
    }
}

void TransportSink::carry(Batch batch) {
    Request request;
    request.method = "POST";
    request.path = "/api/v1/import";
    add_query(request.query, "source", source_);
    request.content_type = collect::kIncomingMediaType;
    request.body = std::move(batch.bytes);
    Result<Answer> answer = send_until_taken(request);
    const std::lock_guard lock(mutex_);
    --in_flight_;
    alone_ = false;  // if it was set, this was the one
    if (!answer.ok()) {
        error_ = answer.error();
    } else if (answer.value().status != 200) {
        error_ = error_of(answer.value());
    } else {
        boost::system::error_code broken;
        const json::value report = json::parse(answer.value().body, broken);
        if (broken || !report.is_object()) {
            error_ = Error{"cli.refused", "The answer is not JSON.", ""};
            return;
        }
        done_.stored += number_at(report, "stored");
        done_.deduplicated += number_at(report, "deduplicated");
        done_.not_kept += number_at(report, "not_kept");
        done_.quarantined += number_at(report, "quarantined");
    }
}

}  // namespace filrouge::cli
