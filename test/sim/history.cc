#include "sim/history.h"

#include <algorithm>
#include <boost/json.hpp>
#include <initializer_list>
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
constexpr std::uint32_t kBuyerOrders = 3;
constexpr std::uint32_t kFanViews = 4;
constexpr std::array kAudiences = {
    R"x({"id":"buyers","name":"B","purpose":"service","rule":"count(Order Completed) >= 3"})x",
    R"x({"id":"fans","name":"F","purpose":"measurement","rule":"count(Product Viewed) >= 4"})x",
    R"x({"id":"recent","name":"R","purpose":"measurement",
         "rule":"any(Product Viewed, last 30 minutes)"})x"};

std::string user_of(std::uint32_t person) { return "user-" + std::to_string(person); }
std::string device_name(std::uint32_t person) { return "app-" + std::to_string(person); }

std::string names_of(const SentEvent& event) {
    std::string out;
    if (event.named != Named::ByDevice)
        out.append(R"("userId":")").append(user_of(event.person)).append("\",");
    if (event.named != Named::ByAccount)
        out.append(R"("anonymousId":")").append(device_name(event.person)).append("\",");
    return out;
}

std::string text_of(const SentEvent& event) {
    const std::string n = std::to_string(event.number);
    return R"({"type":"track","messageId":"m)" + n + "\"," + names_of(event) + R"("event":")" +
           (event.order ? "Order Completed" : "Product Viewed") + R"(","properties":{"n":)" + n +
           "}}";
}

bool is_buyer(const Shown& shown) { return shown.orders.size() >= kBuyerOrders; }
bool is_fan(const Shown& shown) { return shown.views_readable && shown.views.size() >= kFanViews; }

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
    void note_refusal(int status);
    bool repeat();
    bool choose(std::uint32_t person, bool granted);
    bool change_of_mind();
    bool look_around();
    bool set_clock_wrong();
    bool set_up();  // audiences and a webhook
    std::optional<HttpResponse> post(const std::string& body) {
        return world_.send("POST", "/v1/batch", body, basic(kWriteKey));
    }
    void settle();
    // At once for whoever waits; then what that set off has a moment.
    void pass(Duration time) {
        scheduler_.skip(time);
        scheduler_.sleep(seconds(2));
    }
    void check(const std::string& when);
    void check_members(const Model::Threads& threads, const std::string& when);
    void check_recent();
    void check_partner();
    void check_replay();
    std::optional<std::set<std::string>> members(const std::string& audience);
    SentEvent some_event();
    Shown show(ThreadKey key);
    Model::Threads show_all();
    json::value ask(std::string_view target);
    std::uint64_t below(std::uint64_t n) { return scheduler_.below(n); }
    void fault(const std::string& what) { outcome_.faults.push_back(what); }
    void fault(std::initializer_list<std::string_view> parts) {
        std::string& what = outcome_.faults.emplace_back();
        for (const std::string_view part : parts) what.append(part);
    }

    Scheduler& scheduler_;
    World world_;
    Outcome& outcome_;
    Model model_;
    std::uint32_t numbers_ = 0;                 // of events
    std::vector<std::optional<Sent>> waiting_;  // by client: without an answer, to be sent again
    std::vector<Sent> answered_;
    std::set<std::uint32_t> undecided_;          // persons whose choice is under way
    std::map<ThreadKey, std::string> profiles_;  // ids, as last shown
    bool is_set_up_ = false;
};

bool History::start() {
    const Result<void> started = world_.start();
    for (const std::string& told : world_.damages) fault("told of damage: " + told);
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
    check_partner();
    check_recent();
    check_replay();
}

// ---------------------------------------------------------------- lives

Fate History::draw_fate() {
    Fate fate;
    switch (below(6)) {
        case 0: break;
        case 1: fate.failing_sync = 1 + below(100); break;
        case 2: fate.failing_write = 1 + below(100); break;
        case 3: fate.room = below(200 * 1'024); break;
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
        const std::uint64_t what = below(20);
        const bool answered = waiting_[number] || what < 10 ? send_events(number)
                              : what < 12                   ? repeat()
                              : what < 17                   ? change_of_mind()
                              : what < 18                   ? set_clock_wrong()
                              : is_set_up_                  ? look_around()
                                                            : set_up();
        if (answered) ++outcome_.requests;
    }
}

// Somebody makes room, sooner or later; until then a refusal is not an answer.
void History::note_refusal(int status) {
    if (status != 507) return;
    ++outcome_.refusals;
    scheduler_.sleep(seconds(1));
    if (below(4) == 0) world_.make_room();
}

bool History::send_once(const Sent& sent) {
    const std::size_t its_try = model_.begin_try(sent.request);
    const auto answer = post(sent.body);
    if (answer) note_refusal(answer->status);
    if (!answer || answer->status != 200) return false;
    model_.answered(sent.request, its_try);
    return true;
}

// Views are the account's: who may be measured is said by account.
SentEvent History::some_event() {
    SentEvent event;
    event.number = ++numbers_;
    event.person = static_cast<std::uint32_t>(below(kPersons));
    event.order = below(3) == 0;
    if (event.order && below(3) == 0) event.named = below(4) == 0 ? Named::ByBoth : Named::ByDevice;
    return event;
}

// As an SDK does: what has no answer is sent again before anything else.
bool History::send_events(std::size_t client) {
    std::optional<Sent>& sent = waiting_[client];
    if (!sent) {
        std::vector<SentEvent> events(1 + below(kEventsMax));
        std::string body = R"({"batch":[)";
        for (SentEvent& event : events) {
            event = some_event();
            if (body.back() != '[') body += ",";
            body += text_of(event);
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
    if (answer) note_refusal(answer->status);
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

bool History::set_clock_wrong() {
    world_.clock.set_wrong_by(minutes(static_cast<std::int64_t>(below(3) * 60)));
    return false;
}

// Whatever a power cut left undone is done again; what is there is "exists".
bool History::set_up() {
    for (const char* audience : kAudiences) {
        const auto answer =
            world_.send("POST", "/api/v1/audiences", audience, world_.operator_token());
        if (!answer || (answer->status != 201 && answer->status != 409)) return false;
    }
    const auto answer =
        world_.send("POST", "/api/v1/webhooks", R"({"url":"https://partner.test/","audience":""})",
                    world_.operator_token());
    is_set_up_ = is_set_up_ || (answer && answer->status == 201);
    return answer.has_value();
}

// ---------------------------------------------------------------- checks

json::value History::ask(std::string_view target) {
    const auto answer = world_.send("GET", target, "", world_.operator_token());
    if (!answer || answer->status != 200) return nullptr;
    json::error_code error;
    return json::parse(answer->body, error);
}

Shown History::show(ThreadKey key) {
    Shown shown;
    const json::value found =
        ask("/api/v1/profiles/find?" +
            (is_device(key) ? "type=anonymous_id&value=" + device_name(key - device_of(0))
                            : "type=user_id&value=" + user_of(key)));
    if (!found.is_object()) return shown;
    shown.known = true;
    const std::string id(found.at("id").as_string());
    profiles_[key] = id;
    for (const char* purpose : {"service", "measurement"}) {
        const json::value thread =
            ask("/api/v1/profiles/" + id + "/thread?limit=200&purpose=" + purpose);
        if (!thread.is_object()) {
            fault("the thread " + std::to_string(key) + " is not shown");
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

Model::Threads History::show_all() {
    Model::Threads threads;
    for (std::uint32_t person = 0; person < kPersons; ++person) {
        const Shown account = threads[person] = show(person);
        const Shown device = show(device_of(person));
        const bool joined =
            account.known && device.known && profiles_[person] == profiles_[device_of(person)];
        if (!joined) threads[device_of(person)] = device;
    }
    return threads;
}

void History::check(const std::string& when) {
    world_.runtime().wait_until_folded();
    const Model::Threads threads = show_all();
    for (const std::string& what : model_.check(threads)) fault({when, ": ", what});
    if (is_set_up_) check_members(threads, when);
}

std::optional<std::set<std::string>> History::members(const std::string& audience) {
    while (!world_.over()) {
        const json::value known = ask("/api/v1/audiences/" + audience);
        if (!known.is_object()) return std::nullopt;
        if (known.at("complete").as_bool()) break;
        scheduler_.sleep(milliseconds(20));
    }
    const json::value listed = ask("/api/v1/audiences/" + audience + "/members");
    if (!listed.is_object()) return std::nullopt;
    std::set<std::string> ids;
    for (const json::value& id : listed.at("members").as_array()) ids.emplace(id.as_string());
    return ids;
}

void History::check_members(const Model::Threads& threads, const std::string& when) {
    for (const std::string audience : {"buyers", "fans"}) {
        const auto listed = members(audience);
        if (!listed) return fault({when, ": the members of ", audience, " are not told"});
        std::size_t known = 0;
        for (const auto& [key, shown] : threads) {
            const bool in = shown.known && listed->contains(profiles_[key]);
            known += in ? 1 : 0;
            if (in != (audience == "buyers" ? is_buyer(shown) : is_fan(shown)))
                fault({when, ": thread ", std::to_string(key), in ? " is in " : " is missing in ",
                       audience});
        }
        if (known != listed->size()) fault({when, ": strangers are in ", audience});
    }
}

// Time alone makes a member leave, and not before its time.
void History::check_recent() {
    world_.clock.set_wrong_by(hours(2));  // the latest that was ever told
    for (std::uint32_t person = 0; person < kPersons; ++person) {
        SentEvent view;
        view.number = ++numbers_;
        view.person = person;
        const Sent sent{model_.new_request({view}), R"({"batch":[)" + text_of(view) + "]}"};
        // A clock that jumped ahead makes the fold look behind: refused once, as an SDK would wait.
        bool answered = send_once(sent);
        for (int tries = 0; !answered && tries < 5; ++tries) {
            scheduler_.sleep(seconds(1));
            answered = send_once(sent);
        }
        if (!answered) return fault("a last view has no answer");
    }
    world_.runtime().wait_until_folded();
    const auto before = members("recent");
    if (!before || before->size() != kPersons) fault("who has just looked is not recent");
    pass(minutes(29));
    if (members("recent") != before) fault("somebody left before the time");
    pass(minutes(2));
    const auto after = members("recent");
    if (!after || !after->empty()) fault("somebody stayed when the time was over");
}

// Every change is told, at least once and always with the same text; they add up to who is in.
void History::check_partner() {
    world_.partner.well = true;
    pass(minutes(20));  // more than the longest rest before a retry
    for (std::size_t known = 0; known != world_.partner.taken.size();) {
        known = world_.partner.taken.size();
        scheduler_.sleep(seconds(2));
    }
    std::map<std::string, std::string> texts;                   // by delivery
    std::map<std::pair<std::string, std::string>, bool> is_in;  // by audience and profile
    for (const Partner::Taken& taken : world_.partner.taken) {
        const auto [at, fresh] = texts.try_emplace(taken.id, taken.body);
        if (!fresh && at->second != taken.body) fault("one delivery has two texts");
        if (!fresh) continue;
        json::error_code error;
        const json::value body = json::parse(taken.body, error);
        const json::value& data = body.at("data");
        is_in[{std::string(data.at("audience").as_string()),
               std::string(data.at("profile").as_string())}] =
            body.at("type").as_string() == "audience.entered";
    }
    for (const std::string audience : {"buyers", "fans"}) {
        const auto listed = members(audience);
        for (const auto& [person, id] : profiles_) {
            const auto told = is_in.find({audience, id});
            // Of who was in before the webhook was made nothing was told.
            if (listed && told != is_in.end() && told->second != listed->contains(id))
                fault("the partner was told wrong of person " + std::to_string(person) + " in " +
                      audience);
        }
    }
}

void History::check_replay() {
    world_.stop();
    if (world_.hash_after_start(/*with_snapshots=*/true) !=
        world_.hash_after_start(/*with_snapshots=*/false))
        fault("a replay of the log gives another state than its snapshot");
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
    if (!is_set_up_) set_up();
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
