// Carries an import's batches to the engine, several at a time, and waits while it has too much to
// do: an import slows down, it never overruns the doors of the shop. A batch that states consents
// goes alone and in its turn, also when it has to be sent again.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "cli/transport.h"
#include "files/importer.h"

namespace filrouge::cli {

class TransportSink : public files::ImportSink {
  public:
    TransportSink(Transport& transport, std::string source);
    ~TransportSink() override;
    Result<void> send(Bytes batch) override { return queue({std::move(batch), false}); }
    Result<void> send_in_turn(Bytes batch) override { return queue({std::move(batch), true}); }
    Result<Done> finish() override;

  private:
    struct Batch {
        Bytes bytes;
        bool alone = false;  // nothing else is under way with it
    };
    Result<void> queue(Batch batch);
    bool first_may_go() const;
    void work();
    void carry(Batch batch);
    Result<Answer> send_until_taken(const Request& request);
    void end();
    Transport& transport_;
    const std::string source_;
    std::mutex mutex_;
    std::condition_variable changed_;
    // Guarded by mutex_:
    std::deque<Batch> queue_;
    std::size_t in_flight_ = 0;
    bool alone_ = false;  // what is in flight
    bool ending_ = false;
    std::optional<Error> error_;
    Done done_;
    std::vector<std::thread> threads_;
};

}  // namespace filrouge::cli
