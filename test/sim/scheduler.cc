#include "sim/scheduler.h"

#include <sched.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include "base/assert.h"
#include "base/hash.h"
#include "sim/pthread_seam.h"

namespace filrouge::sim {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
constexpr std::uint64_t kCallsMax = 200'000'000;  // more is a thread that waits by asking

thread_local Scheduler* current_scheduler = nullptr;

void wait_for(sem_t& semaphore) {
    while (sem_wait(&semaphore) != 0) {
    }
}

// One processor for all: a thread that gives way wakes the next one where the memory is warm.
class OnOneProcessor {
  public:
    OnOneProcessor() {
        sched_getaffinity(0, sizeof before_, &before_);
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(static_cast<std::size_t>(sched_getcpu()), &one);
        sched_setaffinity(0, sizeof one, &one);
    }
    ~OnOneProcessor() { sched_setaffinity(0, sizeof before_, &before_); }
    OnOneProcessor(const OnOneProcessor&) = delete;
    OnOneProcessor& operator=(const OnOneProcessor&) = delete;

  private:
    cpu_set_t before_;
};

}  // namespace

struct Scheduler::Task {
    enum class State { Ready, Blocked, Over };
    explicit Task(Scheduler& s, std::function<void()> b) : scheduler(s), body(std::move(b)) {
        sem_init(&turn, 0, 0);
    }
    ~Task() { sem_destroy(&turn); }
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;

    Scheduler& scheduler;
    std::function<void()> body;
    pthread_t id{};
    sem_t turn;
    State state = State::Ready;
    const void* waits_for = nullptr;  // a lock, a condition or a task
    std::int64_t deadline_us = kNever;
    bool late = false;  // the deadline woke it
};

struct Scheduler::RwLock {
    Task* writer = nullptr;
    std::uint32_t readers = 0;
    std::uint32_t writers_waiting = 0;
};

Scheduler* Scheduler::current() { return current_scheduler; }

Scheduler::Scheduler(std::uint64_t seed)
    : dice_(mix64(seed ^ 0x736368656475'6c65u)), switch_rate_(std::uint64_t{2} << below(6)) {
    sem_init(&over_, 0, 0);
}

Scheduler::~Scheduler() { sem_destroy(&over_); }

std::uint64_t Scheduler::below(std::uint64_t n) { return mix64(dice_ += 0x9e3779b97f4a7c15u) % n; }

void Scheduler::note(std::uint64_t fact) { trace_ = mix64(trace_ ^ fact) + fact; }

void Scheduler::note(std::string_view bytes) { note(siphash({trace_, bytes.size()}, bytes)); }

void Scheduler::run(std::function<void()> first) {
    const OnOneProcessor here;
    running_ = &begin(std::move(first));
    sem_post(&running_->turn);
    wait_for(over_);
    pthread_join(tasks_.front()->id, nullptr);
    tasks_.clear();
}

Scheduler::Task& Scheduler::begin(std::function<void()> body) {
    Task& task = *tasks_.emplace_back(std::make_unique<Task>(*this, std::move(body)));
    const int failed = real_pthread_create(&task.id, nullptr, &Scheduler::enter, &task);
    ASSERT(failed == 0);
    return task;
}

void* Scheduler::enter(void* of) {
    Task& task = *static_cast<Task*>(of);
    Scheduler& s = task.scheduler;
    wait_for(task.turn);
    current_scheduler = &s;
    task.body();
    task.body = nullptr;
    task.state = Task::State::Over;
    s.unblock(&task);
    // What the thread still destroys is its own; the next one runs meanwhile.
    current_scheduler = nullptr;
    const bool last = std::all_of(s.tasks_.begin(), s.tasks_.end(),
                                  [](const auto& t) { return t->state == Task::State::Over; });
    if (last) {
        sem_post(&s.over_);
    } else {
        s.running_ = &s.choose();
        sem_post(&s.running_->turn);
    }
    return nullptr;
}

// ---------------------------------------------------------------- who runs

void Scheduler::maybe_switch() {
    ++now_us_;
    if (++calls_ > kCallsMax) {
        std::fprintf(stderr, "sim: no end in sight; somebody waits by asking again and again\n");
        deadlock();
    }
    if (below(switch_rate_) == 0) give_way();
}

void Scheduler::give_way() {
    Task& self = *running_;
    Task& next = choose();
    if (&next == &self) return;
    running_ = &next;
    sem_post(&next.turn);
    wait_for(self.turn);
}

Scheduler::Task& Scheduler::choose() {
    for (;;) {
        std::vector<Task*> ready;
        for (const auto& task : tasks_) {
            if (task->state == Task::State::Blocked && task->deadline_us <= now_us_) {
                task->state = Task::State::Ready;
                task->late = true;
            }
            if (task->state == Task::State::Ready) ready.push_back(task.get());
        }
        if (!ready.empty()) {
            const std::uint64_t chosen = below(ready.size());
            note(chosen << 32 | ready.size());
            return *ready[chosen];
        }
        if (!wake_the_earliest()) deadlock();
    }
}

bool Scheduler::wake_the_earliest() {
    std::int64_t earliest = kNever;
    for (const auto& task : tasks_) {
        if (task->state == Task::State::Blocked) earliest = std::min(earliest, task->deadline_us);
    }
    if (earliest == kNever) return false;
    now_us_ = std::max(now_us_, earliest);
    return true;
}

void Scheduler::block_on(const void* what) {
    running_->state = Task::State::Blocked;
    running_->waits_for = what;
    give_way();
}

void Scheduler::unblock(const void* what) {
    for (const auto& task : tasks_) {
        if (task->state != Task::State::Blocked || task->waits_for != what) continue;
        task->state = Task::State::Ready;
        task->late = false;
    }
}

void Scheduler::deadlock() const {
    std::fprintf(stderr, "sim: nobody can go on at %lld us\n", static_cast<long long>(now_us_));
    for (std::size_t i = 0; i < tasks_.size(); ++i) {
        const Task& t = *tasks_[i];
        if (t.state == Task::State::Over) continue;
        std::fprintf(stderr, "  thread %zu %s %p%s\n", i,
                     t.state == Task::State::Ready ? "could run" : "waits for", t.waits_for,
                     &t == running_ ? " (was the last to run)" : "");
    }
    std::abort();
}

// ---------------------------------------------------------------- threads

int Scheduler::create(pthread_t* id, const pthread_attr_t*, void* (*body)(void*), void* arg) {
    *id = begin([body, arg] { body(arg); }).id;
    maybe_switch();
    return 0;
}

int Scheduler::join(pthread_t id, void** result) {
    const auto at = std::find_if(tasks_.begin(), tasks_.end(),
                                 [id](const auto& t) { return pthread_equal(t->id, id) != 0; });
    ASSERT(at != tasks_.end());
    Task& other = **at;
    maybe_switch();
    if (other.state != Task::State::Over) block_on(&other);
    const int failed = real_pthread_join(id, result);
    // Gone before the C library gives its id to another one.
    std::erase_if(tasks_, [&other](const auto& t) { return t.get() == &other; });
    return failed;
}

void Scheduler::sleep(Duration how_long) {
    running_->deadline_us = now_us_ + how_long.us;
    block_on(running_);
    running_->deadline_us = kNever;
}

// ---------------------------------------------------------------- locks

void Scheduler::lock(const void* mutex) {
    maybe_switch();
    while (owners_.contains(mutex)) {
        ASSERT(owners_[mutex] != running_);  // it would wait for itself
        block_on(mutex);
    }
    owners_[mutex] = running_;
}

bool Scheduler::try_lock(const void* mutex) {
    maybe_switch();
    return owners_.try_emplace(mutex, running_).second;
}

void Scheduler::unlock(const void* mutex) {
    ASSERT(owners_.erase(mutex) == 1);
    unblock(mutex);
    maybe_switch();
}

bool Scheduler::holds(const void* lock) const {
    if (owners_.contains(lock)) return true;
    const auto at = rw_locks_.find(lock);
    return at != rw_locks_.end() && (at->second.writer != nullptr || at->second.readers > 0);
}

bool Scheduler::wait(const void* condition, const void* mutex, std::int64_t deadline_us) {
    ASSERT(owners_.erase(mutex) == 1);
    unblock(mutex);
    Task& self = *running_;
    self.deadline_us = deadline_us < 0 ? kNever : deadline_us;
    self.late = false;
    block_on(condition);
    self.deadline_us = kNever;
    const bool in_time = !self.late;
    lock(mutex);
    return in_time;
}

void Scheduler::wake(const void* condition, bool all) {
    std::vector<Task*> waiting;
    for (const auto& task : tasks_) {
        if (task->state == Task::State::Blocked && task->waits_for == condition)
            waiting.push_back(task.get());
    }
    while (!waiting.empty()) {
        const auto at = waiting.begin() + static_cast<std::ptrdiff_t>(below(waiting.size()));
        (*at)->state = Task::State::Ready;
        (*at)->late = false;
        waiting.erase(at);
        if (!all) break;
    }
    maybe_switch();
}

void Scheduler::read_lock(const void* lock, bool prefers_writers) {
    maybe_switch();
    RwLock& l = rw_locks_[lock];
    while (l.writer != nullptr || (prefers_writers && l.writers_waiting > 0)) block_on(lock);
    ++l.readers;
}

void Scheduler::write_lock(const void* lock) {
    maybe_switch();
    RwLock& l = rw_locks_[lock];
    ++l.writers_waiting;
    while (l.writer != nullptr || l.readers > 0) block_on(lock);
    --l.writers_waiting;
    l.writer = running_;
}

void Scheduler::rw_unlock(const void* lock) {
    RwLock& l = rw_locks_[lock];
    if (l.writer == running_) {
        l.writer = nullptr;
    } else {
        ASSERT(l.readers > 0);
        --l.readers;
    }
    unblock(lock);
    maybe_switch();
}

}  // namespace filrouge::sim
