// A question under way: how far it is, whether it is still wanted, and how much memory it may take.
// Shared by the threads that work on it and by whoever watches.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace filrouge::query {

constexpr std::uint64_t kMemoryMaxDefault = 192ull << 20;  // beyond the columns themselves

class Run {
  public:
    explicit Run(std::uint64_t memory_max = kMemoryMaxDefault) : memory_max_(memory_max) {}
    void cancel() { cancelled_ = true; }
    bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }

    // A stage of so many steps; `what` is a literal.
    void begin(const char* what, std::uint64_t steps) {
        what_ = what;
        done_ = 0;
        steps_ = steps;
    }
    void advance(std::uint64_t steps) { done_.fetch_add(steps, std::memory_order_relaxed); }
    struct Progress {
        std::string_view what;
        std::uint64_t done = 0, of = 0;
    };
    Progress progress() const { return {what_.load(), done_.load(), steps_.load()}; }

    // Before memory is taken that grows with the data: false past the bound, and then the question
    // ends with query.too_large. Kept until the question ends, but for what is given back.
    bool take_memory(std::uint64_t bytes) {
        if (memory_.fetch_add(bytes, std::memory_order_relaxed) + bytes <= memory_max_) return true;
        too_large_ = true;
        cancelled_ = true;
        return false;
    }
    void give_back(std::uint64_t bytes) { memory_.fetch_sub(bytes, std::memory_order_relaxed); }
    std::uint64_t memory() const { return memory_; }
    // Error: query.cancelled, query.too_large.
    Result<void> check() const {
        if (too_large_)
            return Error{"query.too_large",
                         "The question needs more than the " + std::to_string(memory_max_ >> 20) +
                             " MiB that one may take.",
                         "Ask for a shorter period, fewer groups or fewer steps."};
        if (cancelled_) return Error{"query.cancelled", "The question was cancelled.", ""};
        return {};
    }

  private:
    std::uint64_t memory_max_;
    std::atomic<bool> cancelled_{false}, too_large_{false};
    std::atomic<const char*> what_{""};
    std::atomic<std::uint64_t> done_{0}, steps_{0}, memory_{0};
};

}  // namespace filrouge::query
