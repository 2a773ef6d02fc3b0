#include "sim/history.h"

#include <algorithm>
#include <boost/json.hpp>
#include <set>
#include <thread>

#include "base/assert.h"
#include "sim/model.h"
#include "sim/world.h"
#include "storage/seal.h"

namespace filrouge::sim {
namespace {

namespace json = boost::json;

constexpr std::uint32_t kPersons = 5;
constexpr std::uint32_t kClients = 3;
constexpr std::uint32_t kLives = 4;
constexpr std::uint32_t kEventsMax = 4;  // of a request

std::string user_of(std::uint32_t person) { return "user-" + std::to_string(person); }

std::string text_of(const SentEvent& event) {
    const std::string n = std::to_string(event.number);
    return R"({"type":"track","messageId":"m)" + n + R"(","userId":")" + user_of(event.person) +
           R"(","event":")" + (event.order ? "Order Completed" : "Product Viewed") +
           R"(","properties":{"n":)" + n + "}}";
}

struct Sent {
    std::uint32_t request = 0;  // the model's number
    std::string body;
};

class History {
  public:
    explicit History(Scheduler& scheduler, std::uint64_t seed, Outcome& outcome)
        : scheduler_(scheduler), world_(scheduler, seed), outcome_(outcome), waiting_(kClients) {}
    void run();

  private:
    bool start();
    void live();
    Fate draw_fate();
    void end_life();
    void client(std::size_t number, std::uint32_t requests);
    bool send_events(std::size_t client);
    bool send_once(const Sent& sent);
    bool repeat();
    bool choose(std::uint32_t person, bool granted);
    bool change_of_mind();
    bool look_around();
    std::optional<HttpResponse> post(const std::string& body) {
        return world_.send("POST", "/v1/batch", body, basic(kWriteKey));
    }
    void settle();
    void check(const std::string& when);
    Shown show(std::uint32_t person);
    json::value ask(std::string_view target);
    std::uint64_t below(std::uint64_t n) { return scheduler_.below(n); }
    void fault(const std::string& what) { outcome_.faults.push_back(what); }

    Scheduler& scheduler_;
    World world_;
    Outcome& outcome_;
    Model model_;
    std::uint32_t numbers_ = 0;                 // of events
    std::vector<std::optional<Sent>> waiting_;  // by client: without an answer, to be sent again
    std::vector<Sent> answered_;
    std::set<std::uint32_t> undecided_;  // persons whose choice is under way
};

bool History::start() {
    const Result<void> started = world_.start();
    if (!started.ok()) fault("no start: " + started.error().code + " " + started.error().message);
    return started.ok();
}

void History::run() {
    for (; outcome_.lives < kLives && outcome_.faults.empty(); ++outcome_.lives) {
        if (!start()) return;
        if (outcome_.lives > 0) check("after start " + std::to_string(outcome_.lives));
        live();
        end_life();
    }
    if (!outcome_.faults.empty() || !start()) return;
    settle();
    check("in the end");
    world_.stop();
}

// ---------------------------------------------------------------- lives

Fate History::draw_fate() {
    Fate fate;
    switch (below(5)) {
        case 0: break;
        case 1: fate.failing_sync = 1 + below(100); break;
        case 2: fate.failing_write = 1 + below(100); break;
        default: fate.power_cut_at = 1 + below(400); break;
    }
    fate.slow_disk = below(3) == 0;
    return fate;
}

void History::live() {
    world_.meet(draw_fate());
    std::vector<std::thread> clients;
    for (std::size_t i = 0; i < kClients; ++i)
        clients.emplace_back(
            [this, i, n = 10 + below(30)] { client(i, static_cast<std::uint32_t>(n)); });
    for (std::thread& thread : clients) thread.join();
}

void History::end_life() {
    const bool in_order = !world_.over() && below(2) == 0;
    if (in_order) world_.stop();
    outcome_.cuts += in_order ? 0 : 1;
    const auto how = in_order ? fake::Crash::KeepAll : fake::kCrashes[below(4)];
    world_.end(how, below(~0u));
    undecided_.clear();
}

// ---------------------------------------------------------------- clients

void History::client(std::size_t number, std::uint32_t requests) {
    for (std::uint32_t i = 0; i < requests && !world_.over(); ++i) {
        scheduler_.sleep(milliseconds(static_cast<std::int64_t>(below(200))));
        if (world_.over()) return;
        const std::uint64_t what = below(10);
        const bool answered = waiting_[number] ? send_events(number)
                              : what < 5       ? send_events(number)
                              : what < 6       ? repeat()
                              : what < 9       ? change_of_mind()
                                               : look_around();
        if (answered) ++outcome_.requests;
    }
}

bool History::send_once(const Sent& sent) {
    const std::size_t its_try = model_.begin_try(sent.request);
    const auto answer = post(sent.body);
    if (!answer || answer->status != 200) return false;
    model_.answered(sent.request, its_try);
    return true;
}

// As an SDK does: what has no answer is sent again before anything else.
bool History::send_events(std::size_t client) {
    std::optional<Sent>& sent = waiting_[client];
    if (!sent) {
        std::vector<SentEvent> events(1 + below(kEventsMax));
        std::string body = R"({"batch":[)";
        for (SentEvent& event : events) {
            event = {++numbers_, static_cast<std::uint32_t>(below(kPersons)), below(3) == 0, 0};
            body += (body.back() == '[' ? "" : ",") + text_of(event);
        }
        sent = Sent{model_.new_request(events), body + "]}"};
    }
    if (!send_once(*sent)) return false;
    answered_.push_back(std::move(*sent));
    sent.reset();
    return true;
}

// Late and doubled: a proxy, or a browser that was asleep.
bool History::repeat() {
    if (answered_.empty()) return false;
    const Sent sent = answered_[below(answered_.size())];
    return send_once(sent);
}

bool History::choose(std::uint32_t person, bool granted) {
    model_.begin_choice(person, granted);
    const std::string choice = std::string(R"({"measurement":)") + (granted ? "true}" : "false}");
    const auto answer =
        below(2) == 0
            ? world_.send("POST", "/api/v1/consents",
                          R"({"type":"user_id","value":")" + user_of(person) + R"(","purposes":)" +
                              choice + "}",
                          world_.operator_token())
            : post(R"({"batch":[{"type":"track","messageId":"c)" + std::to_string(++numbers_) +
                   R"(","event":"Consent Updated","userId":")" + user_of(person) +
                   R"(","properties":{"purposes":)" + choice + "}}]}");
    if (!answer || answer->status != 200) return false;
    model_.choice_answered(person);
    return true;
}

bool History::change_of_mind() {
    const auto person = static_cast<std::uint32_t>(below(kPersons));
    if (!undecided_.insert(person).second) return false;
    const bool answered = choose(person, below(3) != 0);
    if (answered) undecided_.erase(person);
    return answered;
}

bool History::look_around() {
    constexpr std::array kTargets = {"/api/v1/stats", "/metrics", "/readyz", "/api/v1/audiences",
                                     "/api/v1/events"};
    const auto answer =
        world_.send("GET", kTargets[below(kTargets.size())], "", world_.operator_token());
    if (answer && answer->status != 200 && answer->status != 503)
        fault("a question was answered " + std::to_string(answer->status));
    return answer.has_value();
}

// ---------------------------------------------------------------- checks

json::value History::ask(std::string_view target) {
    const auto answer = world_.send("GET", target, "", world_.operator_token());
    if (!answer || answer->status != 200) return nullptr;
    json::error_code error;
    return json::parse(answer->body, error);
}

Shown History::show(std::uint32_t person) {
    Shown shown;
    const json::value found = ask("/api/v1/profiles/find?type=user_id&value=" + user_of(person));
    if (!found.is_object()) return shown;
    shown.known = true;
    const std::string id(found.at("id").as_string());
    for (const char* purpose : {"service", "measurement"}) {
        const json::value thread =
            ask("/api/v1/profiles/" + id + "/thread?limit=200&purpose=" + purpose);
        if (!thread.is_object()) {
            fault("the thread of person " + std::to_string(person) + " is not shown");
            continue;
        }
        const bool views = std::string_view(purpose) == "measurement";
        if (views) shown.views_readable = thread.at("may_use").as_bool();
        for (const json::value& event : thread.at("events").as_array()) {
            if (event.at("name").as_string() != (views ? "Product Viewed" : "Order Completed"))
                continue;
            const json::value& number = event.at("properties").at("n");
            ++(views ? shown.views : shown.orders)[number.to_number<std::uint32_t>()];
        }
    }
    return shown;
}

void History::check(const std::string& when) {
    world_.runtime().wait_until_folded();
    std::map<std::uint32_t, Shown> threads;
    for (std::uint32_t person = 0; person < kPersons; ++person) threads[person] = show(person);
    for (const std::string& what : model_.check(threads)) fault(when + ": " + what);
}

// Everything is answered at last, and everybody agrees, so that every event is shown.
void History::settle() {
    for (std::size_t i = 0; i < kClients; ++i) {
        while (waiting_[i]) {
            if (!send_events(i) && world_.over()) return fault("the last requests have no answer");
        }
    }
    for (std::uint32_t person = 0; person < kPersons; ++person) {
        if (!choose(person, true)) fault("a last choice has no answer");
    }
}

}  // namespace

Outcome run_history(std::uint64_t seed) {
    init_crypto();  // once and for all, on a thread that nobody schedules
    Outcome outcome;
    Scheduler scheduler(seed);
    scheduler.run([&] { History(scheduler, seed, outcome).run(); });
    outcome.trace = scheduler.trace();
    return outcome;
}

}  // namespace filrouge::sim
