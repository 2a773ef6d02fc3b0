// One HTTP/1.1 connection: reads a request, hands it to the handler, writes the answer, and so on.
// One request is in flight at a time; bytes of the next ones wait. It lives on one I/O thread;
// answers of other threads come to it through that thread's Mailbox.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "os/connection_seats.h"
#include "os/http_exchange.h"
#include "os/http_socket.h"
#include "os/http_wire.h"
#include "seam/listener.h"

namespace filrouge::os {

class Worker;

struct Peer {
    std::string address;
    ConnectionSeat seat;  // as long as the connection lives
};

class Connection : public std::enable_shared_from_this<Connection> {
  public:
    using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp,
                                                    boost::asio::io_context::executor_type>;
    Connection(Worker& worker, Socket socket, std::uint64_t id, Peer peer);
    void start(TlsContext* tls);
    void take(Message message);  // from the mailbox, or directly while may_take_directly()
    bool may_take_directly() const { return consuming_; }
    void resume() { settle(); }              // after take(): goes on reading and writing
    void take_turn(std::int64_t waited_ms);  // Worker::wait_for_turn()
    void check_deadlines(std::int64_t now_ms);
    void drain();  // the listener stops: no further request
    void close();
    bool is_closed() const { return state_ == State::Closed; }

  private:
    // Skip throws away the body of a refused request; Linger waits for the client to have read
    // our last answer, since closing over unread bytes would destroy it.
    enum class State { Head, Body, Chunks, Handling, Streaming, Skip, Last, Linger, Closed };
    enum class After { KeepOpen, Close, Linger };
    // Of bytes that come or go: in each of them a minimum has to.
    struct Stretch {
        std::int64_t seen_ms = 0;  // at the last look
        std::int64_t lasted_ms = 0;
        std::uint64_t moved_before = 0;
    };

    bool wants_input() const;
    std::string_view unsent() const;  // as far as it lies together
    // Both begin the next stretch.
    bool is_slow_body(std::int64_t now_ms);
    bool is_slow_reader(std::int64_t now_ms);
    bool is_slow(Stretch& stretch, std::uint64_t moved, std::int64_t stretch_ms,
                 std::int64_t now_ms) const;
    void on_readable();
    void on_writable();
    Transfer read_some();
    Transfer read_body();
    Transfer discard_body();  // of a refused request
    void consume_or_keep(std::string_view bytes);
    std::size_t consume(std::string_view bytes);
    std::size_t take_head(std::string_view bytes);
    std::size_t take_body(std::string_view bytes);
    std::size_t take_chunks(std::string_view bytes);
    std::size_t skip(std::string_view bytes);
    void begin_body();
    bool take_room(std::uint64_t bytes);  // for the body in all; otherwise it was refused
    void give_room_back();
    bool take_answer_room(std::uint64_t bytes);  // for an answer of so many
    void begin_sending();                        // out_ was empty
    void all_sent();
    void complete();
    void hand_over();
    void refuse(int status);  // broken or too large: answer, then Linger
    void refuse_politely(const HttpResponse& response);
    void answer(const HttpResponse& response, After after);
    void next_request();
    void begin_stream(Message& message);
    void end_stream_at_head();
    void move_stream();
    void begin_linger();
    void end_of_input();
    void settle();
    void flush();
    void sent(std::size_t bytes);
    void arm();
    void arm_write();

    Worker& worker_;
    Socket socket_;
    Wire wire_;
    const std::uint64_t id_;
    const Peer peer_;
    State state_ = State::Head;
    After after_ = After::KeepOpen;
    bool consuming_ = false;
    bool read_armed_ = false;
    bool write_armed_ = false;
    bool read_needs_write_ = false;  // TLS
    bool reply_keep_alive_ = false;
    bool reply_head_only_ = false;
    std::string in_;  // read, not yet understood
    HeadScanner scanner_;
    RequestHead head_;
    std::unique_ptr<ChunkedReader> chunks_;
    std::uint64_t received_ = 0;  // of the body
    Stretch receiving_;           // of the body
    std::uint64_t room_ = 0;      // our share of ListenerTotals::bodies_bytes
    std::string out_;
    std::size_t out_sent_ = 0;
    std::string_view file_;   // is sent after out_, which is kept until all of it has gone
    std::uint64_t sent_ = 0;  // bytes, of all answers
    Stretch sending_;
    std::uint64_t answer_room_ = 0;  // our share of ListenerTotals::answers_bytes
    std::shared_ptr<StreamBuffer> stream_;
    std::int64_t since_ms_ = 0;                       // when the present state began
    std::chrono::steady_clock::time_point whole_at_;  // of the request being handled
    std::int64_t progress_ms_ = 0;                    // when bytes were last written
};

}  // namespace filrouge::os
