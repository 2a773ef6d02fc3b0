// One I/O thread of the HTTP listener: its event loop, its connections and their deadlines.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "os/http_connection.h"
#include "os/turn_queue.h"

namespace filrouge::os {

struct ListenerTotals {
    std::atomic<std::uint32_t> open = 0;          // connections
    std::atomic<std::uint64_t> bodies_bytes = 0;  // see ListenerLimits::bodies_bytes_max
    std::atomic<std::uint64_t> answers_bytes = 0;
};

class Worker {
  public:
    static constexpr std::size_t kScratchBytes = 16 * 1024;

    // `totals` are those of all workers; `ended` is called after a connection has gone.
    Worker(HttpHandler& handler, const ListenerLimits& limits, std::shared_ptr<TlsContext> tls,
           ListenerTotals& totals, std::function<void()> ended);
    ~Worker();

    void run();  // until stop()
    boost::asio::io_context& io() { return io_; }
    // The following are for the worker's own thread.
    void adopt(Connection::Socket socket, Peer peer);
    void drain();
    void stop();
    void wake();  // any thread: have take_mail() called
    void forget(std::uint64_t connection);
    bool take_directly(Message& message);
    // Its request is whole: Connection::take_turn() is called when those before it had theirs.
    void wait_for_turn(std::uint64_t connection);
    // What is known of a request whose turn has come after `waited_ms`, and of one that has just
    // begun to arrive.
    Arrival arrival(std::uint64_t content_length, std::int64_t waited_ms) const;
    Arrival arrival(std::uint64_t content_length) const;

    HttpHandler& handler() { return handler_; }
    const ListenerLimits& limits() const { return limits_; }
    char* scratch() { return scratch_.get(); }
    const std::shared_ptr<Mailbox>& mailbox() const { return mailbox_; }
    ListenerTotals& totals() { return totals_; }
    const std::string& date() const { return date_; }
    bool is_draining() const { return draining_; }
    std::int64_t now_ms() const;
    static Worker* current();  // of this thread, or null

  private:
    struct Slot {
        std::shared_ptr<Connection> connection;
        std::uint32_t generation = 0;
    };
    void take_mail();
    void take_turns();
    void tick();
    Connection* find(std::uint64_t id);

    boost::asio::io_context io_{1};
    boost::asio::steady_timer timer_;
    HttpHandler& handler_;
    const ListenerLimits limits_;
    const std::shared_ptr<TlsContext> tls_;
    ListenerTotals& totals_;
    const std::function<void()> ended_;
    const std::shared_ptr<Mailbox> mailbox_;
    std::vector<Message> mail_;
    TurnQueue turns_;            // one a connection at most
    bool taking_turns_ = false;  // take_turns() is running or on its way
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_slots_;
    std::unique_ptr<char[]> scratch_;
    std::string date_;
    bool draining_ = false;
};

}  // namespace filrouge::os
