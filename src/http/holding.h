// Requests that arrive while the engine starts. An SDK that is answered 503 or refused a
// connection for half a second loses events; one that waits for its answer loses none. So they are
// held, within a bound and for a few seconds.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace filrouge::http {

class Holding {
  public:
    struct Limits {
        std::size_t requests = 1'024;
        std::size_t bytes = 64u << 20;
        std::chrono::milliseconds time{5'000};
    };
    explicit Holding(Limits limits);
    ~Holding();  // as stop()
    bool is_full() const;
    // `go` is called once, from any thread: with true when release() came, with false when it took
    // too long or stop() came. False: no room, and `go` is not kept.
    bool hold(std::size_t bytes, std::function<void(bool released)> go);
    void release();  // those held, and from now on nobody is
    void stop();
    std::size_t size() const;

  private:
    struct Held {
        std::chrono::steady_clock::time_point until;
        std::size_t bytes;
        std::function<void(bool)> go;
    };
    void watch();
    void end(bool released);
    const Limits limits_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    // Guarded by mutex_:
    std::deque<Held> held_;  // by `until`
    std::size_t bytes_ = 0;
    bool ended_ = false;
    std::thread watcher_;
};

}  // namespace filrouge::http
