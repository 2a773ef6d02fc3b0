#include "sim/model.h"

#include <algorithm>
#include <utility>

namespace filrouge::sim {
namespace {

std::string text(const SentEvent& event) {
    return std::string(event.order ? "order " : "view ") + std::to_string(event.number) +
           " of person " + std::to_string(event.person);
}

const Shown::Times& times(const Shown& shown, const SentEvent& event) {
    static const Shown::Times kNone;
    const auto& of_kind = event.order ? shown.orders : shown.views;
    const auto at = of_kind.find(event.number);
    return at == of_kind.end() ? kNone : at->second;
}

bool readable(const Shown& shown, const SentEvent& event) {
    return event.order || shown.views_readable;
}

// Where it is to be seen.
ThreadKey key_of(const SentEvent& event, const Model::Threads& threads) {
    const bool apart = event.named == Named::ByDevice && threads.contains(device_of(event.person));
    return apart ? device_of(event.person) : event.person;
}

}  // namespace

std::uint32_t Model::new_request(std::vector<SentEvent> events) {
    const auto number = static_cast<std::uint32_t>(requests_.size());
    for (SentEvent& event : events) event.request = number;
    requests_.push_back({{}, std::move(events)});
    return number;
}

std::size_t Model::begin_try(std::uint32_t request) {
    std::vector<Try>& tries = requests_[request].tries;
    tries.push_back({{++moment_, {}}, from_us()});
    return tries.size() - 1;
}

void Model::end(Try& one) {
    if (one.span.end) return;
    one.span.end = moment_;
    one.to_us = latest_us_ + kSlackUs;
}

void Model::end_try(std::uint32_t request, std::size_t its_try, bool answered) {
    ++moment_;
    Try& one = requests_[request].tries[its_try];
    end(one);
    one.span.answered = answered;
}

void Model::life_over() {
    ++moment_;
    for (Request& request : requests_) {
        for (Try& one : request.tries) end(one);
    }
    for (auto& [person, choices] : choices_) {
        for (Choice& choice : choices) end(choice);
    }
    for (auto& [person, decisions] : decisions_) {
        Span& last = decisions.back().span;
        if (!last.end) last.end = moment_;
    }
}

void Model::saw_clock(std::int64_t us) {
    constexpr std::int64_t kRepeatsKnownUs = 6 * 86'400'000'000;  // the setting says seven days
    constexpr std::int64_t kBelievedUs = 86'400'000'000;          // at once, and more at times
    const bool had_leapt = std::exchange(leapt_, us > highest_us_ + kBelievedUs - kSlackUs);
    constexpr std::int64_t kSetUs = 1'800'000'000;  // less is time that has passed
    const bool is_new = !leapt_ || !had_leapt || us > clock_us_ + kSetUs;
    if (believed_us_ != kNoClock && us > believed_us_ + kRepeatsKnownUs && is_new)
        leaps_.push_back(++moment_);
    clock_us_ = us;
    latest_us_ = std::max(latest_us_, us);
    if (leapt_) return;
    highest_us_ = std::max(highest_us_, us);
    believed_us_ = std::max(believed_us_, us);
}

// Whatever the clock says then is believed.
void Model::life_begins(std::int64_t clock_us) {
    life_us_ = highest_us_ = clock_us;
    saw_clock(clock_us);
}

void Model::begin_choice(std::uint32_t person, bool granted) {
    choices_[person].push_back({{++moment_, {}}, granted});
}

void Model::end(Choice& choice) {
    if (choice.span.end) return;
    choice.span.end = moment_;
    choice.to_us = latest_us_ + kSlackUs;
}

void Model::end_choice(std::uint32_t person, bool answered) {
    ++moment_;
    Choice& choice = choices_[person].back();
    end(choice);
    choice.span.answered = answered;
}

void Model::begin_erasure(std::uint32_t person) {
    Choice erasure{{++moment_, {}}, false, true};
    erasure.from_us = from_us() - kSlackUs;
    choices_[person].push_back(erasure);
}

void Model::end_erasure(std::uint32_t person, bool answered, const Met& met) {
    end_choice(person, answered);
    choices_[person].back().met = met;
}

void Model::begin_decision(std::uint32_t person, bool parts) {
    decisions_[person].push_back({{++moment_, {}}, parts});
}

void Model::end_decision(std::uint32_t person, bool answered) {
    ++moment_;
    Span& span = decisions_[person].back().span;
    span.end = moment_;
    span.answered = answered;
}

bool Model::is_gone(std::uint32_t person) const {
    const auto at = choices_.find(person);
    if (at == choices_.end() || !at->second.back().erases) return false;
    const Span& erasure = at->second.back().span;
    if (!erasure.answered) return false;
    return std::all_of(requests_.begin(), requests_.end(), [&](const Request& request) {
        const bool theirs = std::any_of(request.events.begin(), request.events.end(),
                                        [&](const SentEvent& e) { return e.person == person; });
        return !theirs || std::all_of(request.tries.begin(), request.tries.end(),
                                      [&](const Try& one) { return one.span.is_before(erasure); });
    });
}

std::optional<bool> Model::allows(std::uint32_t person) const {
    const auto at = choices_.find(person);
    if (at == choices_.end()) return false;
    const Choice& last = at->second.back();
    if (!last.span.answered) return std::nullopt;
    return last.granted;
}

// What is allowed is asked as the event comes, whenever it happened.
Model::Allowed Model::allowed_during(const Span& span, const SentEvent& event) const {
    if (event.order) return Allowed::Yes;
    const auto choices = choices_.find(event.person);
    if (choices == choices_.end()) return Allowed::No;
    Allowed allowed = Allowed::No;  // before anything was said
    for (const Choice& choice : choices->second) {
        if (span.is_before(choice.span)) continue;
        if (!choice.span.is_before(span)) return Allowed::Maybe;
        const Allowed said = choice.granted ? Allowed::Yes : Allowed::No;
        if (choice.span.answered || allowed == said)
            allowed = said;
        else
            allowed = Allowed::Maybe;
    }
    return allowed;
}

// What happened more than a week before it is received goes to quarantine.
Model::Allowed Model::in_time(const Try& one, const SentEvent& event) const {
    constexpr std::int64_t kLateUs = 7 * 86'400'000'000;
    if (!event.told_us || *event.told_us + kLateUs >= one.to_us) return Allowed::Yes;
    return *event.told_us + kLateUs < one.from_us - kSlackUs ? Allowed::No : Allowed::Maybe;
}

Model::Allowed Model::taken(const Try& one, const SentEvent& event) const {
    return std::min(allowed_during(one.span, event), in_time(one, event));
}

// An erasure takes what came before it, and lets nothing in later that happened before it.
Model::Allowed Model::not_erased(const Try& one, const SentEvent& event) const {
    const auto choices = choices_.find(event.person);
    Allowed so_far = Allowed::Yes;
    if (choices == choices_.end()) return so_far;
    for (const Choice& choice : choices->second) {
        if (!choice.erases) continue;
        const bool later = choice.span.is_before(one.span);
        if (later && (!event.told_us || *event.told_us > choice.to_us)) continue;
        const bool met = event.named == Named::ByDevice ? choice.met.device : choice.met.account;
        const bool surely =
            later ? met && *event.told_us < choice.from_us : one.span.is_before(choice.span);
        if (surely && choice.span.answered) return Allowed::No;
        so_far = Allowed::Maybe;
    }
    return so_far;
}

// What was kept and erased does not come back by being sent again.
Model::Allowed Model::not_repeated(const Try& one, const SentEvent& event) const {
    Allowed so_far = Allowed::Yes;
    for (const Try& other : requests_[event.request].tries) {
        if (&other == &one) break;
        const Allowed kept = taken(other, event);
        const Allowed is_there = not_erased(other, event);
        if (kept == Allowed::No || is_there == Allowed::Yes) continue;
        const bool surely = kept == Allowed::Yes && other.span.answered &&
                            is_there == Allowed::No && other.span.is_before(one.span) &&
                            !leapt(other, one);
        if (surely) return Allowed::No;
        so_far = Allowed::Maybe;
    }
    return so_far;
}

Expected Model::expected(const SentEvent& event) const {
    Expected so_far = Expected::Absent;
    for (const Try& one : requests_[event.request].tries) {
        const Allowed shown =
            std::min({taken(one, event), not_erased(one, event), not_repeated(one, event)});
        if (shown == Allowed::Yes && one.span.answered) return Expected::Present;
        if (shown != Allowed::No) so_far = Expected::Maybe;
    }
    return so_far;
}

bool Model::kept_if_written(const SentEvent& event) const {
    const auto& tries = requests_[event.request].tries;
    return std::all_of(tries.begin(), tries.end(), [&](const Try& one) {
        return std::min({taken(one, event), not_erased(one, event), not_repeated(one, event)}) ==
               Allowed::Yes;
    });
}

// What is decided holds for all evidence of the two, also for what comes later; it goes with the
// person who is erased, for who comes again is somebody new.
Model::Allowed Model::parted(std::uint32_t person) const {
    const auto decisions = decisions_.find(person);
    if (decisions == decisions_.end()) return Allowed::No;
    const auto choices = choices_.find(person);
    Allowed so_far = Allowed::No;
    for (std::size_t i = 0; i < decisions->second.size(); ++i) {
        const Decision& one = decisions->second[i];
        const Allowed said = one.parts ? Allowed::Yes : Allowed::No;
        if (so_far != said) so_far = one.span.answered ? said : Allowed::Maybe;
        if (one.span.answered) so_far = said;
        const bool last = i + 1 == decisions->second.size();
        const Moment until = last ? moment_ + 1 : decisions->second[i + 1].span.sent;
        if (choices == choices_.end()) continue;
        for (const Choice& choice : choices->second) {
            if (!choice.erases || choice.span.sent < one.span.sent || choice.span.sent > until)
                continue;
            const bool was_there = choice.met.account || choice.met.device;
            if (so_far != Allowed::No)
                so_far = choice.span.answered && was_there ? Allowed::No : Allowed::Maybe;
        }
    }
    return so_far;
}

Expected Model::joined(std::uint32_t person) const {
    const Allowed apart = parted(person);
    if (apart == Allowed::Yes) return Expected::Absent;
    Expected so_far = Expected::Absent;
    for (const Request& request : requests_) {
        for (const SentEvent& event : request.events) {
            if (event.person == person && event.named == Named::ByBoth)
                so_far = std::max(so_far, expected(event));
        }
    }
    if (apart == Allowed::Maybe) return std::min(so_far, Expected::Maybe);
    return so_far;
}

std::vector<std::string> Model::check(const Threads& threads) const {
    std::vector<std::string> faults;
    for (const auto& [key, shown] : threads) {
        check_thread(key, threads, faults);
        if (!is_device(key)) check_joined(key, threads, faults);
    }
    for (const Request& request : requests_) check_whole(request, threads, faults);
    return faults;
}

std::vector<std::string> Model::check_absent(const Threads& threads) const {
    std::vector<std::string> faults;
    for (const Request& request : requests_) {
        for (const SentEvent& event : request.events) {
            if (expected(event) != Expected::Absent) continue;
            for (const auto& [key, shown] : threads) {
                if (!times(shown, event).empty()) faults.push_back(text(event) + " is shown");
            }
        }
    }
    return faults;
}

void Model::check_joined(std::uint32_t person, const Threads& threads,
                         std::vector<std::string>& faults) const {
    const bool is = !threads.contains(device_of(person));
    const Expected wanted = joined(person);
    if (is && wanted == Expected::Absent)
        faults.push_back("person " + std::to_string(person) +
                         " has a device that never named them");
    if (!is && wanted == Expected::Present)
        faults.push_back("person " + std::to_string(person) + " and their device are two");
}

// A repeat is known for some days, by the clock: a leap of it makes one more of them.
bool Model::leapt(const Try& from, const Try& to) const {
    return std::any_of(leaps_.begin(), leaps_.end(), [&](Moment leap) {
        return from.span.sent < leap && (!to.span.end || *to.span.end > leap);
    });
}

std::size_t Model::times_at_most(const SentEvent& event) const {
    const std::vector<Try>& tries = requests_[event.request].tries;
    if (tries.empty()) return 0;
    return 1 +
           static_cast<std::size_t>(std::count_if(leaps_.begin(), leaps_.end(), [&](Moment leap) {
               return tries.front().span.sent < leap && tries.back().span.end > leap;
           }));
}

// What a sender says of the past is taken as it is. Nothing happens after it was received, and that
// was between the clock's look at its sending and the latest time the clock had told at its end: a
// log whose clock was ahead stays ahead until the clock has caught up.
void Model::check_times(const SentEvent& event, const Shown::Times& shown,
                        std::vector<std::string>& faults) const {
    constexpr std::int64_t kEarliestUs = 631'152'000'000'000;  // of 1990: before it nothing is told
    constexpr std::int64_t kMs = 1'000;
    for (const std::int64_t at : shown) {
        const auto& tries = requests_[event.request].tries;
        const bool can_be = std::any_of(tries.begin(), tries.end(), [&](const Try& one) {
            const std::int64_t first = one.from_us - kSlackUs;
            const std::int64_t last = std::max(one.to_us, kEarliestUs);
            return at + kMs > std::min(event.told_us.value_or(first), first) &&
                   at <= std::min(event.told_us.value_or(last), last);
        });
        if (!can_be) faults.push_back(text(event) + " is shown at another time");
    }
}

void Model::check_thread(ThreadKey key, const Threads& threads,
                         std::vector<std::string>& faults) const {
    const Shown& shown = threads.at(key);
    std::size_t orders = 0, views = 0;
    for (const Request& request : requests_) {
        for (const SentEvent& event : request.events) {
            if (key_of(event, threads) != key || !readable(shown, event)) continue;
            const std::size_t n = times(shown, event).size();
            check_times(event, times(shown, event), faults);
            (event.order ? orders : views) += n == 0 ? 0 : 1;
            const Expected wanted = expected(event);
            if (n > times_at_most(event))
                faults.push_back(text(event) + " is there " + std::to_string(n) + " times");
            if (n == 0 && wanted == Expected::Present)
                faults.push_back(text(event) + " was answered and is lost");
            if (n > 0 && wanted == Expected::Absent)
                faults.push_back(text(event) + " is there without consent, or erased");
        }
    }
    if (orders != shown.orders.size() || views != shown.views.size())
        faults.push_back("thread " + std::to_string(key) + " has events nobody sent");
    const std::uint32_t person = is_device(key) ? key - device_of(0) : key;
    if (shown.known && is_gone(person))
        faults.push_back("thread " + std::to_string(key) + " is known and was erased");
    // Whatever was allowed was allowed by the account, while the two were held to be one as well.
    if (is_device(key) && shown.known && shown.views_readable)
        faults.push_back("thread " + std::to_string(key) + " allows what only its person allowed");
    const auto allowed = allows(key);
    if (!is_device(key) && shown.known && allowed && shown.views_readable != *allowed)
        faults.push_back("person " + std::to_string(key) + " allows measurement: " +
                         (*allowed ? "yes" : "no") + ", the server says the contrary");
}

// All of a request's events that are kept if it was written, or none.
void Model::check_whole(const Request& request, const Threads& threads,
                        std::vector<std::string>& faults) const {
    std::size_t there = 0, missing = 0;
    for (const SentEvent& event : request.events) {
        const Shown& shown = threads.at(key_of(event, threads));
        if (!kept_if_written(event) || !readable(shown, event)) continue;
        ++(times(shown, event).empty() ? missing : there);
    }
    if (there > 0 && missing > 0)
        faults.push_back("request " + std::to_string(request.events.front().request) +
                         " is there " + std::to_string(there) + " to " + std::to_string(missing));
}

}  // namespace filrouge::sim
