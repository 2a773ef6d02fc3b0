#include "sim/model.h"

#include <algorithm>

namespace filrouge::sim {
namespace {

std::string text(const SentEvent& event) {
    return std::string(event.order ? "order " : "view ") + std::to_string(event.number) +
           " of person " + std::to_string(event.person);
}

std::uint32_t times(const Shown& shown, const SentEvent& event) {
    const auto& of_kind = event.order ? shown.orders : shown.views;
    const auto at = of_kind.find(event.number);
    return at == of_kind.end() ? 0 : at->second;
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
    requests_[request].tries.push_back({++moment_, {}});
    return requests_[request].tries.size() - 1;
}

void Model::answered(std::uint32_t request, std::size_t its_try) {
    requests_[request].tries[its_try].answered = ++moment_;
}

void Model::begin_choice(std::uint32_t person, bool granted) {
    choices_[person].push_back({{++moment_, {}}, granted});
}

void Model::choice_answered(std::uint32_t person) {
    choices_[person].back().span.answered = ++moment_;
}

std::optional<bool> Model::allows(std::uint32_t person) const {
    const auto at = choices_.find(person);
    if (at == choices_.end()) return false;
    const Choice& last = at->second.back();
    if (!last.span.answered) return std::nullopt;
    return last.granted;
}

Model::Allowed Model::allowed_during(const Span& span, const SentEvent& event) const {
    if (event.order) return Allowed::Yes;
    const auto choices = choices_.find(event.person);
    if (choices == choices_.end()) return Allowed::No;
    bool allowed = false;  // before anything was said
    for (const Choice& choice : choices->second) {
        const bool before = choice.span.answered && *choice.span.answered < span.sent;
        const bool after = span.answered && *span.answered < choice.span.sent;
        if (!before && !after) return Allowed::Maybe;
        if (before) allowed = choice.granted;
    }
    return allowed ? Allowed::Yes : Allowed::No;
}

Expected Model::expected(const SentEvent& event) const {
    Expected so_far = Expected::Absent;
    for (const Span& span : requests_[event.request].tries) {
        const Allowed allowed = allowed_during(span, event);
        if (allowed == Allowed::Yes && span.answered) return Expected::Present;
        if (allowed != Allowed::No) so_far = Expected::Maybe;
    }
    return so_far;
}

bool Model::kept_if_written(const SentEvent& event) const {
    const auto& tries = requests_[event.request].tries;
    return std::all_of(tries.begin(), tries.end(), [&](const Span& span) {
        return allowed_during(span, event) == Allowed::Yes;
    });
}

Expected Model::joined(std::uint32_t person) const {
    Expected so_far = Expected::Absent;
    for (const Request& request : requests_) {
        for (const SentEvent& event : request.events) {
            if (event.person == person && event.named == Named::ByBoth)
                so_far = std::max(so_far, expected(event));
        }
    }
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

void Model::check_thread(ThreadKey key, const Threads& threads,
                         std::vector<std::string>& faults) const {
    const Shown& shown = threads.at(key);
    std::size_t orders = 0, views = 0;
    for (const Request& request : requests_) {
        for (const SentEvent& event : request.events) {
            if (key_of(event, threads) != key || !readable(shown, event)) continue;
            const std::uint32_t n = times(shown, event);
            (event.order ? orders : views) += n == 0 ? 0 : 1;
            const Expected wanted = expected(event);
            if (n > 1) faults.push_back(text(event) + " is there " + std::to_string(n) + " times");
            if (n == 0 && wanted == Expected::Present)
                faults.push_back(text(event) + " was answered and is lost");
            if (n > 0 && wanted == Expected::Absent)
                faults.push_back(text(event) + " was kept without consent");
        }
    }
    if (orders != shown.orders.size() || views != shown.views.size())
        faults.push_back("thread " + std::to_string(key) + " has events nobody sent");
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
        ++(times(shown, event) > 0 ? there : missing);
    }
    if (there > 0 && missing > 0)
        faults.push_back("request " + std::to_string(request.events.front().request) +
                         " is there " + std::to_string(there) + " to " + std::to_string(missing));
}

}  // namespace filrouge::sim
