#include "sim/history.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <initializer_list>
#include <set>
#include <thread>

#include "base/assert.h"
#include "sim/calendar.h"
#include "sim/model.h"
#include "sim/parting.h"
#include "sim/view.h"
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
         "rule":"any(Product Viewed, last 30 minutes)"})x",
    R"x({"id":"today","name":"T","purpose":"measurement","rule":"any(Product Viewed, today)"})x"};

std::size_t times_in_all(const std::map<std::uint32_t, Shown::Times>& events) {
    std::size_t sum = 0;
    for (const auto& [number, times] : events) sum += times.size();
    return sum;
}
bool is_buyer(const Shown& shown) { return times_in_all(shown.orders) >= kBuyerOrders; }
bool is_fan(const Shown& shown) {
    return shown.views_readable && times_in_all(shown.views) >= kFanViews;
}
std::optional<std::int64_t> latest_view(const Shown& shown) {
    std::optional<std::int64_t> latest;
    if (!shown.views_readable) return latest;
    for (const auto& [number, times] : shown.views) {
        for (const std::int64_t at : times) latest = std::max(at, latest.value_or(at));
    }
    return latest;
}

struct Sent {
    std::uint32_t request = 0;  // the model's number
    std::string body;
};

class History {
  public:
    explicit History(Scheduler& scheduler, std::uint64_t seed, Outcome& outcome)
        : scheduler_(scheduler),
          world_(scheduler, seed),
          view_(scheduler, world_, outcome.faults),
          outcome_(outcome),
          parting_(scheduler, world_, view_, model_, outcome.faults),
          waiting_(kClients),
          leaps_(below(6) == 0),
          erases_(below(2) == 0) {}
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
    bool part_or_join();
    bool erase(std::uint32_t person);
    bool erase_thread(ThreadKey key, bool& met);
    void check_erased(const std::string& when);
    bool look_around();
    bool set_clock_wrong();
    void set_clock(std::int64_t us);
    bool set_up();  // audiences and a webhook
    std::optional<HttpResponse> post(const std::string& body) {
        return world_.send("POST", "/v1/batch", body, basic(kWriteKey));
    }
    void settle();
    // At once for whoever waits; then what that set off has a moment.
    void pass(Duration time) {
        scheduler_.skip(time);
        scheduler_.sleep(seconds(2));
        see_clock();
    }
    void see_clock() { model_.saw_clock(world_.clock.now().us); }
    void check(const std::string& when);
    void check_members(const Model::Threads& threads, const std::string& when);
    void check_windows(const Model::Threads& threads, const std::string& when);
    void check_time_passes();
    void view_all();
    void check_partner();
    void check_replay();
    SentEvent some_event();
    std::optional<std::int64_t> some_time();
    std::uint64_t below(std::uint64_t n) { return scheduler_.below(n); }
    void fault(const std::string& what) { outcome_.faults.push_back(what); }
    void fault(std::initializer_list<std::string_view> parts) {
        std::string& what = outcome_.faults.emplace_back();
        for (const std::string_view part : parts) what.append(part);
    }

    Scheduler& scheduler_;
    World world_;
    View view_;
    Outcome& outcome_;
    Model model_;
    Parting parting_;
    std::uint32_t numbers_ = 0;                 // of events
    std::vector<std::optional<Sent>> waiting_;  // by client: without an answer, to be sent again
    std::vector<Sent> answered_;
    std::set<std::uint32_t> undecided_;  // persons whose choice is under way
    bool is_set_up_ = false;
    bool reads_fail_ = false;
    const bool leaps_;                 // the clock, by years
    const bool erases_;                // somebody asks to be forgotten
    bool withdraws_ = false;           // somebody has said no
    std::vector<std::string> erased_;  // profiles
};

// Now and then a read fails meanwhile: the server starts all the same, with nothing missing, or
// says why it does not, and starts when the disk reads again.
bool History::start() {
    model_.life_begins(world_.clock.now().us);
    if (below(6) == 0) {
        world_.disk->fail_read(1 + below(60));
        const bool starts = world_.start().ok() && !world_.over();
        world_.disk->fail_read(0);
        world_.damages.clear();
        if (starts) return true;
        ++outcome_.unread;
        world_.end(fake::Crash::KeepAll, 0);
    }
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
    check_time_passes();
    check_partner();
    check_replay();
}

// ---------------------------------------------------------------- lives

Fate History::draw_fate() {
    Fate fate;
    switch (below(7)) {
        case 0: break;
        case 4: fate.failing_read = 1 + below(40); break;
        case 1: fate.failing_sync = 1 + below(100); break;
        case 2: fate.failing_write = 1 + below(100); break;
        case 3: fate.room = below(200 * 1'024); break;
        default: fate.power_cut_at = 1 + below(400); break;
    }
    fate.slow_disk = below(3) == 0;
    return fate;
}

void History::live() {
    const Fate fate = draw_fate();
    reads_fail_ = fate.failing_read != 0;
    // Soon after a start a clock that leaps by years is believed, later it is held back.
    if (leaps_ && below(2) == 0) pass(minutes(11));
    world_.meet(fate);
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
    model_.life_over();
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
                              : what < 16                   ? change_of_mind()
                              : what < 17                   ? part_or_join()
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
    see_clock();
    const std::size_t its_try = model_.begin_try(sent.request);
    const auto answer = post(sent.body);
    const bool taken = answer && answer->status == 200;
    if (answer) model_.end_try(sent.request, its_try, taken);
    if (answer) note_refusal(answer->status);
    return taken;
}

// Of what was kept where there was no network, and of phones whose clock is wrong.
std::optional<std::int64_t> History::some_time() {
    constexpr std::int64_t kEarliestUs = 662'688'000'000'000;  // of 1991: before, nobody tells one
    if (below(3) != 0) return std::nullopt;
    const auto ms = [this](Duration most) {
        return static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most.us / 1'000))) *
               1'000;
    };
    const std::int64_t now = world_.clock.now().us / 1'000 * 1'000;
    const std::uint64_t which = below(3);
    const std::int64_t told = which == 0   ? now - ms(days(10))
                              : which == 1 ? now - ms(minutes(40))
                                           : now + ms(days(10));
    return told < kEarliestUs ? std::nullopt : std::optional(told);
}

// Views are the account's: who may be measured is said by account.
SentEvent History::some_event() {
    SentEvent event;
    event.number = ++numbers_;
    event.person = static_cast<std::uint32_t>(below(kPersons));
    event.order = below(3) == 0;
    event.told_us = some_time();
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
    withdraws_ |= !granted;
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
    const bool taken = answer && answer->status == 200;
    if (answer) model_.end_choice(person, taken);
    if (answer) note_refusal(answer->status);
    return taken;
}

bool History::change_of_mind() {
    const auto person = static_cast<std::uint32_t>(below(kPersons));
    if (!undecided_.insert(person).second) return false;
    const bool forget = erases_ && below(6) == 0;
    const bool answered = forget ? erase(person) : choose(person, below(3) != 0);
    if (answered) undecided_.erase(person);
    return answered;
}

bool History::part_or_join() {
    const auto person = static_cast<std::uint32_t>(below(kPersons));
    if (!undecided_.insert(person).second) return false;
    const std::optional<bool> done = parting_.decide(person);
    if (done.value_or(true)) undecided_.erase(person);
    outcome_.decisions = parting_.decided();
    return done.value_or(false);
}

// False: no answer, or one that says it is not done yet.
bool History::erase_thread(ThreadKey key, bool& met) {
    const auto found = view_.find(key);
    if (!found || (found->status != 200 && found->status != 404)) return false;
    if (found->status == 404) return true;
    const std::string id = View::id_of(*found);
    const auto answer = world_.send("POST", "/api/v1/profiles/" + id + "/erase?confirm=true", "",
                                    world_.operator_token());
    if (answer) note_refusal(answer->status);
    if (!answer || answer->status != 200) return false;
    met = true;
    erased_.push_back(id);
    ++outcome_.erasures;
    return true;
}

// The account, and a device that no event has tied to it, or that came again meanwhile.
bool History::erase(std::uint32_t person) {
    see_clock();
    model_.begin_erasure(person);
    Model::Met met;
    const bool done =
        erase_thread(person, met.account) && erase_thread(device_of(person), met.device);
    if (world_.over()) return false;
    model_.end_erasure(person, done, met);
    // At once, while others go on: what came meanwhile is "maybe" by then.
    std::vector<std::string> no_answers;
    Model::Threads threads;
    View now(scheduler_, world_, no_answers);
    for (const ThreadKey key : {person, device_of(person)}) threads[key] = now.show(key);
    if (world_.over()) return done;
    for (const std::string& what : model_.check_absent(threads)) fault({"erased: ", what});
    if (done) check_erased("at once");
    return done;
}

void History::check_erased(const std::string& when) {
    const std::vector<std::string> until_now = erased_;  // others erase while this one asks
    for (const std::string& id : until_now) {
        for (const char* of : {"?purpose=service", "/thread?purpose=service", "/export"}) {
            const std::string target = "/api/v1/profiles/" + id + of;
            if (!view_.ask(target).is_null()) fault({when, ": ", of, " tells of somebody erased"});
        }
    }
}

bool History::look_around() {
    constexpr std::array kTargets = {"/api/v1/stats", "/metrics", "/readyz", "/api/v1/audiences",
                                     "/api/v1/events"};
    const auto answer =
        world_.send("GET", kTargets[below(kTargets.size())], "", world_.operator_token());
    const bool unread = answer && answer->status == 500 && reads_fail_;
    if (answer && answer->status != 200 && answer->status != 503 && !unread)
        fault("a question was answered " + std::to_string(answer->status));
    return answer.has_value();
}

void History::set_clock(std::int64_t us) {
    see_clock();
    world_.clock.set_to(us);
    see_clock();
}

bool History::set_clock_wrong() {
    constexpr std::array kWrongBy = {hours(0),  hours(0), hours(1), hours(2),
                                     hours(-1), days(1),  days(-1)};
    see_clock();
    world_.clock.set_wrong_by(kWrongBy[below(kWrongBy.size())]);
    see_clock();
    if (leaps_ && below(2) == 0) set_clock(below(2) == 0 ? SimClock::k1970Us : SimClock::k2038Us);
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

void History::check(const std::string& when) {
    world_.runtime().wait_until_folded();
    see_clock();
    const Model::Threads threads = view_.show_all(kPersons);
    for (const std::string& what : model_.check(threads)) fault({when, ": ", what});
    check_erased(when);
    if (!is_set_up_) return;
    check_members(threads, when);
    check_windows(threads, when);
}

void History::check_members(const Model::Threads& threads, const std::string& when) {
    for (const std::string audience : {"buyers", "fans"}) {
        const auto listed = view_.members(audience);
        if (!listed) return fault({when, ": the members of ", audience, " are not told"});
        std::size_t known = 0;
        for (const auto& [key, shown] : threads) {
            const bool in = shown.known && listed->contains(view_.profiles().at(key));
            known += in ? 1 : 0;
            if (in != (audience == "buyers" ? is_buyer(shown) : is_fan(shown)))
                fault({when, ": thread ", std::to_string(key), in ? " is in " : " is missing in ",
                       audience});
        }
        if (known != listed->size()) fault({when, ": strangers are in ", audience});
    }
}

// By the time of the log as it was told before and after: with a clock that was set back it stands
// still, and so does who is in.
void History::check_windows(const Model::Threads& threads, const std::string& when) {
    scheduler_.sleep(seconds(2));  // what was due when the server was away is done
    const std::int64_t before = view_.now();
    const auto recent = view_.members("recent");
    const auto today = view_.members("today");
    const std::int64_t after = view_.now() + 1'000;
    if (!recent || !today) return fault({when, ": the members of windows are not told"});
    for (const auto& [key, shown] : threads) {
        if (!shown.known) continue;
        const std::string thread = "thread " + std::to_string(key);
        const auto latest = latest_view(shown);
        const bool is_recent = recent->contains(view_.profiles().at(key));
        const bool is_today = today->contains(view_.profiles().at(key));
        if (is_recent && (!latest || *latest + 1'000 + minutes(30).us < before))
            fault({when, ": ", thread, " is recent and was not here"});
        if (!is_recent && latest && *latest + minutes(30).us > after)
            fault({when, ": ", thread, " was here and is not recent"});
        if (before < kCalendarFromUs || paris_day(before) != paris_day(after)) continue;
        const bool was_today = latest && paris_day(*latest) == paris_day(before);
        if (is_today != was_today)
            fault({when, ": ", thread, is_today ? " was not here today" : " was here today"});
    }
}

void History::view_all() {
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
}

// Time alone makes a member leave, and not before its time: on a day that has not 24 hours, later
// than the latest that the clock ever told.
void History::check_time_passes() {
    set_clock(next_clock_change(std::max(model_.latest_us(), kCalendarFromUs)));
    view_all();
    const auto all = view_.members("recent");
    if (!all || all->size() != kPersons) return fault("who has just looked is not recent");
    pass(minutes(29));
    if (view_.members("recent") != all) fault("somebody left before the time");
    pass(minutes(2));
    const auto after = view_.members("recent");
    if (!after || !after->empty()) fault("somebody stayed when the time was over");
    if (view_.members("today") != all) fault("somebody left before the day was over");
    const std::int64_t now = world_.clock.now().us;
    pass(microseconds(end_of_paris_day(now) - now) - minutes(1));
    if (view_.members("today") != all) fault("somebody left in the last minute of the day");
    pass(minutes(1));
    const auto tomorrow = view_.members("today");
    if (!tomorrow || !tomorrow->empty()) fault("somebody stayed when the day was over");
}

// Every change is told, at least once and always with the same text; who entered has left before
// they enter again; and they add up to who is in.
void History::check_partner() {
    world_.partner.well = true;
    pass(minutes(20));  // more than the longest rest before a retry
    for (std::size_t known = 0; known != world_.partner.taken.size();) {
        known = world_.partner.taken.size();
        scheduler_.sleep(seconds(2));
    }
    // In the order of the log: by record and place in it, which an id tells.
    // An erasure folds the log again, in which changes of one record may stand at other places.
    if (erases_) return;
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::string> texts;
    for (const Partner::Taken& taken : world_.partner.taken) {
        unsigned long long record = 0, place = 0;
        ASSERT(std::sscanf(taken.id.c_str(), "msg_%llu_%llu_", &record, &place) == 2);
        const auto [at, fresh] = texts.try_emplace({record, place}, taken.body);
        if (!fresh && at->second != taken.body) fault("one delivery has two texts");
    }
    std::map<std::pair<std::string, std::string>, bool> is_in;  // by audience and profile
    for (const auto& [number, text] : texts) {
        json::error_code error;
        const json::value body = json::parse(text, error);
        const json::value& data = body.at("data");
        const std::string audience(data.at("audience").as_string());
        const bool entered = body.at("type").as_string() == "audience.entered";
        const auto [at, first] =
            is_in.try_emplace({audience, std::string(data.at("profile").as_string())}, entered);
        // An entry goes untold after a withdrawal; the next run tells its leave, for it does not
        // know what this one did.
        if (!first && std::exchange(at->second, entered) == entered && (entered || !withdraws_))
            fault({"the partner was told twice of the same change in ", audience});
    }
    for (const std::string audience : {"buyers", "fans", "recent", "today"}) {
        const auto listed = view_.members(audience);
        for (const auto& [person, id] : view_.profiles()) {
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
