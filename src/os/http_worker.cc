#include "os/http_worker.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <ctime>
#include <utility>

#include "base/thread_name.h"

namespace filrouge::os {

namespace {

constexpr auto kTickEvery = std::chrono::milliseconds(500);
constexpr auto kTurnsAtOnce = std::chrono::milliseconds(1);  // then the sockets are looked at

thread_local Worker* current_worker = nullptr;

std::string http_date() {
    const time_t now = ::time(nullptr);
    tm parts{};
    ::gmtime_r(&now, &parts);
    char text[40];
    return {text, ::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

std::uint32_t slot_of(std::uint64_t id) { return static_cast<std::uint32_t>(id); }

}  // namespace

Worker::Worker(HttpHandler& handler, const ListenerLimits& limits, std::shared_ptr<TlsContext> tls,
               ListenerTotals& totals, std::function<void()> ended)
    : timer_(io_),
      handler_(handler),
      limits_(limits),
      tls_(std::move(tls)),
      totals_(totals),
      ended_(std::move(ended)),
      mailbox_(std::make_shared<Mailbox>()),
      scratch_(new char[kScratchBytes]),
      date_(http_date()) {
    mailbox_->worker = this;
}

Worker::~Worker() {
    const std::lock_guard lock(mailbox_->mutex);
    mailbox_->worker = nullptr;
}

Worker* Worker::current() { return current_worker; }

void Worker::run() {
    current_worker = this;
    name_thread("http");
    const auto guard = boost::asio::make_work_guard(io_);
    tick();
    io_.run();
    current_worker = nullptr;
}

std::int64_t Worker::now_ms() const {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

void Worker::adopt(Connection::Socket socket, Peer peer) {
    std::uint32_t slot = 0;
    if (free_slots_.empty()) {
        slot = static_cast<std::uint32_t>(slots_.size());
        slots_.emplace_back();
    } else {
        slot = free_slots_.back();
        free_slots_.pop_back();
    }
    const std::uint64_t id = std::uint64_t{++slots_[slot].generation} << 32 | slot;
    auto connection = std::make_shared<Connection>(*this, std::move(socket), id, std::move(peer));
    slots_[slot].connection = connection;
    if (draining_) return connection->close();
    connection->start(tls_.get());
}

Connection* Worker::find(std::uint64_t id) {
    const std::uint32_t slot = slot_of(id);
    if (slot >= slots_.size() || slots_[slot].generation != id >> 32) return nullptr;
    return slots_[slot].connection.get();
}

void Worker::forget(std::uint64_t connection) {
    const std::uint32_t slot = slot_of(connection);
    // Its own member functions are still running: it goes when this turn of the loop is over.
    boost::asio::post(io_, [gone = std::move(slots_[slot].connection)] {});
    slots_[slot].connection = nullptr;
    free_slots_.push_back(slot);
    --totals_.open;
    ended_();
}

bool Worker::take_directly(Message& message) {
    Connection* connection = find(message.connection);
    if (connection == nullptr) return true;  // gone: nothing to tell
    if (!connection->may_take_directly()) return false;
    connection->take(std::move(message));
    return true;
}

void Worker::wait_for_turn(std::uint64_t connection) {
    turns_.join(connection, now_ms());
    if (!std::exchange(taking_turns_, true)) boost::asio::post(io_, [this] { take_turns(); });
}

Arrival Worker::arrival(std::uint64_t content_length, std::int64_t waited_ms) const {
    return {content_length, waited_ms, turns_.stands(now_ms())};
}

Arrival Worker::arrival(std::uint64_t content_length) const {
    return arrival(content_length, turns_.expected_wait_ms(now_ms()));
}

void Worker::take_turns() {
    const auto until = std::chrono::steady_clock::now() + kTurnsAtOnce;
    do {
        const TurnQueue::Turn next = turns_.next(now_ms());
        if (Connection* connection = find(next.connection)) connection->take_turn(next.waited_ms);
    } while (!turns_.is_empty() && std::chrono::steady_clock::now() < until);
    // Behind the sockets that are ready by now, which Asio asks for between two of these.
    taking_turns_ = !turns_.is_empty();
    if (taking_turns_) boost::asio::post(io_, [this] { take_turns(); });
}

void Worker::wake() {
    boost::asio::post(io_, [this] { take_mail(); });
}

void Worker::take_mail() {
    {
        const std::lock_guard lock(mailbox_->mutex);
        mail_.swap(mailbox_->waiting);
        mailbox_->woken = false;
    }
    for (Message& message : mail_) {
        Connection* connection = find(message.connection);
        if (connection == nullptr) continue;
        connection->take(std::move(message));
        if (!connection->is_closed()) connection->resume();
    }
    mail_.clear();
}

void Worker::tick() {
    date_ = http_date();
    const std::int64_t now = now_ms();
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        if (slots_[i].connection != nullptr) slots_[i].connection->check_deadlines(now);
    }
    timer_.expires_after(kTickEvery);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) tick();
    });
}

void Worker::drain() {
    draining_ = true;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        if (slots_[i].connection != nullptr) slots_[i].connection->drain();
    }
}

void Worker::stop() {
    {
        const std::lock_guard lock(mailbox_->mutex);
        mailbox_->worker = nullptr;
        mailbox_->waiting.clear();
    }
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        if (slots_[i].connection != nullptr) slots_[i].connection->close();
    }
    timer_.cancel();
    io_.stop();
}

}  // namespace filrouge::os
