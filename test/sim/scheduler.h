// Runs the threads of the program one at a time, in an order that a seed decides, on a clock of its
// own: the same seed gives the same run, down to the order of every lock. While a Scheduler runs,
// pthread_seam.cc sends it what our code asks of threads, locks, conditions, sleeps and the
// monotonic clock, so the program under test is the one that ships and knows nothing of it.
//
// Time stands still while somebody can run and jumps to the next deadline when nobody can. A run in
// which nobody can and nobody waits for a time is a deadlock: the process says who waits and ends.
//
//   Scheduler scheduler(seed);
//   scheduler.run([&] { std::thread worker(...); ... worker.join(); });
//   scheduler.trace();   // equal for equal seeds
//
// What a thread does between two of these calls is never interleaved: races on unlocked memory are
// the thread sanitizer's business (./dev races).
#pragma once

#include <pthread.h>
#include <semaphore.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace filrouge::sim {

class Scheduler {
  public:
    explicit Scheduler(std::uint64_t seed);
    ~Scheduler();
    Scheduler(const Scheduler&) = delete;
    Scheduler& operator=(const Scheduler&) = delete;

    // Answers when `first` and every thread it started have ended. One at a time in a process.
    void run(std::function<void()> first);
    std::uint64_t trace() const { return trace_; }  // of everything note() was told, in order

    // --- for the threads it runs
    static Scheduler* current();  // none outside of run()
    Duration now() const { return {now_us_}; }
    std::uint64_t below(std::uint64_t n);             // a choice of the seed
    void skip(Duration time) { now_us_ += time.us; }  // in which nobody ran: a suspended machine
    void note(std::uint64_t fact);
    void note(std::string_view bytes);

    // --- for pthread_seam.cc: what the functions of that name promise
    int create(pthread_t* id, const pthread_attr_t* attributes, void* (*body)(void*), void* arg);
    int join(pthread_t id, void** result);
    void lock(const void* mutex);
    bool try_lock(const void* mutex);
    void unlock(const void* mutex);
    bool holds(const void* lock) const;  // of either kind, for the running thread or another
    bool wait(const void* condition, const void* mutex, std::int64_t deadline_us);  // false: late
    void wake(const void* condition, bool all);
    void read_lock(const void* lock, bool prefers_writers);
    void write_lock(const void* lock);
    void rw_unlock(const void* lock);
    void sleep(Duration how_long);
    void maybe_switch();

  private:
    struct Task;
    struct RwLock;
    static void* enter(void* task);
    Task& begin(std::function<void()> body);
    void give_way();  // the running task does not go on before it is chosen again
    void block_on(const void* what);
    void unblock(const void* what);
    Task& choose();
    bool wake_the_earliest();
    [[noreturn]] void deadlock() const;

    std::uint64_t dice_;
    const std::uint64_t switch_rate_;  // one call in so many lets somebody else run
    std::uint64_t trace_ = 0;
    std::int64_t now_us_ = 0;
    std::uint64_t calls_ = 0;
    std::vector<std::unique_ptr<Task>> tasks_;  // in the order of their creation
    Task* running_ = nullptr;
    // By address, looked up and never walked through: addresses differ from run to run.
    std::map<const void*, Task*> owners_;
    std::map<const void*, RwLock> rw_locks_;
    sem_t over_;
};

}  // namespace filrouge::sim
