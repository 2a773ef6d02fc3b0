// The server of a demonstration: this same program, started as a child, and started again when
// somebody kills it to see what happens.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace filrouge::cli {

class DemoServer {
  public:
    // `arguments` follow the program's name. Both functions are called from the watching thread;
    // `gave_up` once, when the server ended by itself (it has said why) or cannot stay alive.
    DemoServer(std::vector<std::string> arguments, std::function<void(std::string_view)> say,
               std::function<void()> gave_up);
    ~DemoServer();  // asks it to stop, and waits for it
    DemoServer(const DemoServer&) = delete;
    DemoServer& operator=(const DemoServer&) = delete;
    bool given_up() const { return given_up_; }

  private:
    void watch();
    enum class End { Stopped, Killed, ByItself };
    End wait_for_end();
    void start();

    const std::vector<std::string> arguments_;
    const std::function<void(std::string_view)> say_;
    const std::function<void()> gave_up_;
    std::atomic<bool> stopping_{false};
    std::atomic<bool> given_up_{false};
    pid_t child_ = -1;  // of the watching thread
    std::thread thread_;
};

}  // namespace filrouge::cli
