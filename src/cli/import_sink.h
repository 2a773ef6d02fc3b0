// Carries an import's batches to the engine, several at a time, and waits while it has too much to
// do: an import slows down, it never overruns the doors of the shop.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "cli/transport.h"
#include "files/importer.h"

namespace filrouge::cli {

class TransportSink : public files::ImportSink {
  public:
    TransportSink(Transport& transport, std::string source);
    ~TransportSink() override;
    Result<void> send(Bytes batch) override;
    Result<Done> finish() override;

  private:
    void work();
    void carry(Bytes batch);
    Result<Answer> send_until_taken(const Request& request);
    void end();
    Transport& transport_;
    const std::string source_;
    std::mutex mutex_;
    std::condition_variable changed_;
    // Guarded by mutex_:
    std::deque<Bytes> queue_;  // batches
    std::size_t in_flight_ = 0;
    bool ending_ = false;
    std::optional<Error> error_;
    Done done_;
    std::vector<std::thread> threads_;
};

}  // namespace filrouge::cli
