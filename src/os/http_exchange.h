// The way of an answer: the handler's end of a request, and the mailbox by which answers of other
// threads come to the I/O thread of the connection.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "seam/listener.h"

namespace filrouge::os {

class Worker;

constexpr std::size_t kStreamUnsentBytesMax = 1024 * 1024;

// What a stream still has to send; filled by any thread, emptied by the connection's.
struct StreamBuffer {
    std::mutex mutex;
    // Guarded by mutex:
    std::string waiting;
    std::size_t unsent = 0;  // waiting, and handed to the connection but not to the socket
    bool gone = false;       // the client left, or did not read
    bool ended = false;
    bool woken = false;  // a message is on its way
};

struct Message {
    enum class Kind { Reply, StreamStart, StreamData, Dropped };
    std::uint64_t connection = 0;
    Kind kind = Kind::Reply;
    HttpResponse response;
    std::shared_ptr<StreamBuffer> stream;
};

// Where answers of other threads wait for the I/O thread. Outlives it: a late answer is dropped.
struct Mailbox {
    std::mutex mutex;
    // Guarded by mutex:
    std::vector<Message> waiting;
    bool woken = false;
    Worker* worker = nullptr;  // null once it has stopped

    void send(Message message);  // one wake-up a batch
};

// The handler's end of one request.
class Exchange : public ResponderImpl {
  public:
    Exchange(std::shared_ptr<Mailbox> mailbox, std::uint64_t connection)
        : mailbox_(std::move(mailbox)), connection_(connection) {}
    ~Exchange() override;
    void reply(HttpResponse response) override;
    void start_stream(HttpResponse head) override;
    bool write(std::string_view chunk) override;
    void end_stream() override;

  private:
    void send(Message message);
    void wake();
    const std::shared_ptr<Mailbox> mailbox_;
    const std::uint64_t connection_;
    std::atomic<bool> answered_ = false;
    std::shared_ptr<StreamBuffer> stream_;
};

}  // namespace filrouge::os
