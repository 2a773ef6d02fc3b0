#include "http/holding.h"

namespace filrouge::http {

Holding::Holding(Limits limits) : limits_(limits), watcher_([this] { watch(); }) {}

Holding::~Holding() { stop(); }

bool Holding::is_full() const {
    const std::lock_guard lock(mutex_);
    return held_.size() >= limits_.requests || bytes_ >= limits_.bytes;
}

std::size_t Holding::size() const {
    const std::lock_guard lock(mutex_);
    return held_.size();
}

bool Holding::hold(std::size_t bytes, std::function<void(bool)> go) {
    {
        const std::lock_guard lock(mutex_);
        if (!ended_) {
            if (held_.size() >= limits_.requests || bytes_ + bytes > limits_.bytes) return false;
            held_.push_back(
                {std::chrono::steady_clock::now() + limits_.time, bytes, std::move(go)});
            bytes_ += bytes;
            changed_.notify_one();
            return true;
        }
    }
    go(true);  // it was over while this request came in
    return true;
}

void Holding::end(bool released) {
    std::deque<Held> held;
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
        held.swap(held_);
        bytes_ = 0;
        changed_.notify_one();
    }
    for (Held& one : held) one.go(released);
}

void Holding::release() { end(true); }

void Holding::stop() {
    end(false);
    if (watcher_.joinable()) watcher_.join();
}

void Holding::watch() {
    std::unique_lock lock(mutex_);
    while (!ended_) {
        if (held_.empty()) {
            changed_.wait(lock);
            continue;
        }
        // A copy: the wait reads it again when it wakes, and the request may be gone by then.
        const auto until = held_.front().until;
        if (until > std::chrono::steady_clock::now()) {
            changed_.wait_until(lock, until);
            continue;
        }
        Held late = std::move(held_.front());
        held_.pop_front();
        bytes_ -= late.bytes;
        lock.unlock();
        late.go(false);
        lock.lock();
    }
}

}  // namespace filrouge::http
