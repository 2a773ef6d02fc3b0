// What a shop must find, worked out from what its clients sent and were answered, and from nothing
// else: no code of the engine. A request may be tried several times, a choice once; each try is
// followed by two moments, its sending and its end (an answer, or the death of the server), and
// what it does it does in between. Where two of these spans overlap, either order is right and the
// model says "maybe".
//
// A repeat of what was kept changes nothing. A repeat of what was not kept, for want of consent, is
// judged anew.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace filrouge::sim {

using Moment = std::uint64_t;  // a count of sendings and answers, the clients' common time

struct Span {
    Moment sent = 0;
    std::optional<Moment> end;  // nothing comes of it any more
    bool answered = false;      // with 200
    bool is_before(const Span& other) const { return end && *end < other.sent; }
};

enum class Expected { Absent, Maybe, Present };

// By what an event names its person: an account, the device it was sent from, or both.
enum class Named { ByAccount, ByDevice, ByBoth };

struct SentEvent {
    std::uint32_t number = 0;  // in its properties: how it is known again
    std::uint32_t person = 0;
    bool order = false;  // kept on the basis of the contract; all else needs consent
    Named named = Named::ByAccount;
    std::optional<std::int64_t> told_us;  // when it happened, as its sender says
    std::uint32_t request = 0;
};

// A person is shown by their account and, until an event has named both, once more by their device.
// Nobody has two devices, and nobody lends theirs.
using ThreadKey = std::uint32_t;  // a person, or device_of() one
constexpr ThreadKey device_of(std::uint32_t person) { return 1'000 + person; }
constexpr bool is_device(ThreadKey key) { return key >= device_of(0); }

// What one thread showed.
struct Shown {
    using Times = std::vector<std::int64_t>;  // one for each time it is there, in whole ms
    bool known = false;                       // the person exists
    std::map<std::uint32_t, Times> orders;    // by number
    std::map<std::uint32_t, Times> views;
    bool views_readable = false;
};

class Model {
  public:
    // --- requests with events; each is known by a number, each of its tries, too
    std::uint32_t new_request(std::vector<SentEvent> events);
    std::size_t begin_try(std::uint32_t request);
    void end_try(std::uint32_t request, std::size_t its_try, bool answered);
    void life_over();  // whatever has no answer has none any more
    // What the machine's clock says. To be told before each try, and before and after it is set.
    void saw_clock(std::int64_t us);
    void life_begins(std::int64_t clock_us);
    std::int64_t latest_us() const { return latest_us_; }  // that it ever said
    // --- choices; one at a time for each person
    void begin_choice(std::uint32_t person, bool granted);
    void end_choice(std::uint32_t person, bool answered);
    // --- erasures of an account and its device, which take their choices along
    void begin_erasure(std::uint32_t person);
    struct Met {  // which of the two there was, each by itself
        bool account = false;
        bool device = false;
    };
    void end_erasure(std::uint32_t person, bool answered, const Met& met);
    // --- decisions on the evidence that ties an account to its device: taken back, or put back;
    // none beside a choice or an erasure of the person
    void begin_decision(std::uint32_t person, bool parts);
    void end_decision(std::uint32_t person, bool answered);
    // Nothing has come of the person since; so nothing is known.
    bool is_gone(std::uint32_t person) const;

    // Whether the person allows measurement now; nothing while a choice is under way.
    std::optional<bool> allows(std::uint32_t person) const;
    Expected expected(const SentEvent& event) const;

    // Everything that is wrong with what was shown; empty when nothing is. A device that was shown
    // to be its person's has no thread of its own in `threads`.
    using Threads = std::map<ThreadKey, Shown>;
    std::vector<std::string> check(const Threads& threads) const;
    // What is shown in these and may not be, while others go on sending.
    std::vector<std::string> check_absent(const Threads& threads) const;

  private:
    static constexpr std::int64_t kNoClock = std::numeric_limits<std::int64_t>::min();
    // Of looks at a clock that stands still, and of one that is set between two looks.
    static constexpr std::int64_t kSlackUs = 1'000'000;
    enum class Allowed { No, Maybe, Yes };
    struct Try {
        Span span;
        std::int64_t from_us = 0;                                       // the clock at its sending
        std::int64_t to_us = std::numeric_limits<std::int64_t>::max();  // no later was it received
    };
    struct Request {
        std::vector<Try> tries;
        std::vector<SentEvent> events;
    };
    struct Choice {
        Span span;
        bool granted = false;
        bool erases = false;
        Met met = {};
        std::int64_t from_us = 0;  // the clock, as of a try
        std::int64_t to_us = std::numeric_limits<std::int64_t>::max();
    };
    Allowed allowed_during(const Span& span, const SentEvent& event) const;
    Allowed in_time(const Try& one, const SentEvent& event) const;
    Allowed taken(const Try& one, const SentEvent& event) const;
    Allowed not_erased(const Try& one, const SentEvent& event) const;
    Allowed not_repeated(const Try& one, const SentEvent& event) const;
    bool kept_if_written(const SentEvent& event) const;
    // Whether an event that names both has been kept, and its evidence not been taken back.
    Expected joined(std::uint32_t person) const;
    Allowed parted(std::uint32_t person) const;
    std::int64_t from_us() const { return leapt_ ? std::min(clock_us_, life_us_) : clock_us_; }
    void end(Try& one);
    void end(Choice& choice);
    bool leapt(const Try& from, const Try& to) const;
    std::size_t times_at_most(const SentEvent& event) const;
    void check_times(const SentEvent& event, const Shown::Times& shown,
                     std::vector<std::string>& faults) const;
    void check_thread(ThreadKey key, const Threads& threads,
                      std::vector<std::string>& faults) const;
    void check_joined(std::uint32_t person, const Threads& threads,
                      std::vector<std::string>& faults) const;
    void check_whole(const Request& request, const Threads& threads,
                     std::vector<std::string>& faults) const;

    Moment moment_ = 0;
    std::int64_t clock_us_ = 0;
    std::int64_t latest_us_ = kNoClock;
    std::vector<Moment> leaps_;  // of the clock, beyond the days in which a repeat is known
    std::vector<Request> requests_;
    std::map<std::uint32_t, std::vector<Choice>> choices_;  // by person, in order
    struct Decision {
        Span span;
        bool parts = false;
    };
    std::map<std::uint32_t, std::vector<Decision>> decisions_;  // by person, in order
    // A clock that leaps ahead is not always believed: the log's time is then the one that has gone
    // on since the life began, or later.
    std::int64_t life_us_ = 0;             // what the clock said as it began
    std::int64_t highest_us_ = 0;          // since, but for leaps
    std::int64_t believed_us_ = kNoClock;  // that surely was, in any life
    bool leapt_ = false;                   // so that it may be held back
};

}  // namespace filrouge::sim
