// The whole server on one seed: the engine and the door's routes as they ship, over a disk that can
// lose power, a wall clock that jumps and a network that fails. Requests come in as the bytes of
// HTTP, answers go out as the routes give them.
//
// A *life* is one run of the process on the data folder, from start to power cut, failed disk or
// orderly stop. Everything here runs on threads of a Scheduler.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/runtime.h"
#include "engine/settings.h"
#include "fake/fake_disk.h"
#include "fake/fake_random.h"
#include "http/routes.h"
#include "seam/http_client.h"
#include "sim/scheduler.h"

namespace filrouge::sim {

// The scheduler's time, and a wall clock that somebody sets wrong now and then. A history begins on
// some day of 2026, or seconds before the clocks of Europe change, before seconds since 1970 need
// 33 bits, or with the machine that does not know the time at all.
class SimClock : public Clock {
  public:
    explicit SimClock(Scheduler& scheduler)
        : scheduler_(scheduler), start_us_(kStartsUs[scheduler.below(kStartsUs.size())]) {}
    IngestTime now() override { return {start_us_ + scheduler_.now().us + ahead_us_}; }
    Duration monotonic() override { return scheduler_.now(); }
    void set_wrong_by(Duration by) { ahead_us_ = by.us; }
    void set_to(std::int64_t us) { ahead_us_ = us - start_us_ - scheduler_.now().us; }

    static constexpr std::int64_t k1970Us = 0;
    static constexpr std::int64_t k2038Us = 2'147'483'640'000'000;

  private:
    static constexpr std::int64_t k2026Us = 1'767'225'600'000'000;
    static constexpr std::int64_t kSpringUs = 1'774'745'980'000'000;  // 29 March, 00:59:40 UTC
    static constexpr std::int64_t kAutumnUs = 1'792'889'980'000'000;  // 25 October, 00:59:40 UTC
    static constexpr std::array kStartsUs = {k2026Us,   k2026Us,   k2026Us, k2026Us,
                                             kSpringUs, kAutumnUs, k1970Us, k2038Us};
    const Scheduler& scheduler_;
    const std::int64_t start_us_;
    std::int64_t ahead_us_ = 0;
};

// The shop's own system, to which webhooks go: slow, often away, and sometimes it takes a call and
// its answer is lost.
class Partner : public HttpClient {
  public:
    explicit Partner(Scheduler& scheduler) : scheduler_(scheduler) {}
    Result<HttpReply> call(const HttpCall& call) override;
    struct Taken {
        std::string id;    // the delivery's
        std::string body;  // JSON
    };
    std::vector<Taken> taken;  // in the order of their coming, repeats included
    bool well = false;         // from now on it answers
    bool out_of_reach = false;

  private:
    Scheduler& scheduler_;
};

struct Fate {
    std::uint64_t power_cut_at = 0;     // this change of the disk from now on; 0: never
    std::uint64_t failing_sync = 0;     // this sync from now on fails
    std::uint64_t failing_write = 0;    // this write fails, half done
    std::optional<std::uint64_t> room;  // bytes until the disk is full
    std::uint64_t failing_read = 0;     // this read fails, once
    bool slow_disk = false;             // some changes take up to a second
};

class World {
  public:
    World(Scheduler& scheduler, std::uint64_t seed);
    ~World();

    // Opens the folder and waits until events are taken. An Error is what the operator would read.
    Result<void> start();
    void meet(const Fate& fate);
    // The process is gone or goes: after it, what the disk kept is there for the next start.
    void end(fake::Crash how, std::uint64_t seed);
    void stop();  // in good order
    // Of the state that a start makes of a copy of the disk, from snapshots and log or the log
    // alone. The server must not run.
    std::string hash_after_start(bool with_snapshots);

    // One request and its answer; nothing when the life was over first.
    std::optional<HttpResponse> send(std::string_view bytes);
    std::optional<HttpResponse> send(std::string_view method, std::string_view target,
                                     std::string_view body, std::string_view authorization);
    bool over() const;  // no answer will come any more
    void make_room() { disk->set_capacity(~std::uint64_t{0}); }

    Scheduler& scheduler;
    SimClock clock;
    Partner partner;
    std::unique_ptr<fake::FakeDisk> disk;
    // What the operator was told that only damage can cause, and nothing here damages a file. (What
    // cannot be read is told as what is damaged.)
    std::vector<std::string> damages;
    std::string operator_token();  // of this folder

    engine::Runtime& runtime() { return *runtime_; }

  private:
    class Answer;
    void hear(const engine::Notice& notice);
    void disk_changed();
    void cut_power();

    fake::FakeRandom random_;
    engine::Settings settings_;
    std::unique_ptr<engine::Runtime> runtime_;
    std::unique_ptr<http::Routes> routes_;
    Fate fate_;
    std::uint64_t changes_ = 0;  // of the disk since the fate was set
    // The threads of the server run on after a power cut, for want of a way to end them: what they
    // still write is not in the copy, and nothing they say gets out.
    bool power_is_off_ = false;
    std::unique_ptr<fake::FakeDisk> after_cut_;  // the disk at the moment of the power cut
};

constexpr const char* kWriteKey = "wk";
std::string basic(std::string_view user);  // value of an Authorization header

}  // namespace filrouge::sim
