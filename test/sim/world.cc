#include "sim/world.h"

#include "base/assert.h"
#include "base/text.h"
#include "os/http_wire.h"

namespace filrouge::sim {
namespace {

constexpr const char* kFolder = "shop";

// Small files, so that a run of some hundred requests rolls, folds and snapshots them all.
engine::Settings settings_of(Scheduler& scheduler) {
    engine::Settings s;
    s.purposes = {{"measurement", LegalBasis::Consent, false, {}},
                  {"service", LegalBasis::Contract, false, {}}};
    s.sources = {{"web", "Web", kWriteKey, "web", "measurement", "consent", false, {}, {}}};
    s.snapshot_seconds = static_cast<std::uint32_t>(1 + scheduler.below(20));
    s.bot_events_in_10s = 1'000'000;
    s.free_disk_bytes_min = scheduler.below(2) * 32 * 1'024;
    s.free_disk_percent_min = 0;
    s.log_segment_bytes = std::uint64_t{4'096} << scheduler.below(5);
    s.key_journal_bytes = std::uint64_t{2'048} << scheduler.below(4);
    return s;
}

}  // namespace

std::string basic(std::string_view user) {
    return "Basic " + base64_encode(std::string(user) + ":");
}

// ---------------------------------------------------------------- the partner

Result<HttpReply> Partner::call(const HttpCall& call) {
    scheduler_.sleep(milliseconds(static_cast<std::int64_t>(scheduler_.below(200))));
    const bool away = !well && scheduler_.below(4) == 0;
    if (away || out_of_reach) return Error{"http.refused", "Nobody answers.", ""};
    std::string id;
    for (const auto& [name, value] : call.headers) {
        if (name == "idempotency-key") id = value;
    }
    taken.push_back({id, call.body});
    scheduler_.note(call.body);
    if (!well && scheduler_.below(4) == 0) return Error{"http.timeout", "Too late.", ""};
    return HttpReply{200, ""};
}

// ---------------------------------------------------------------- a life

World::World(Scheduler& s, std::uint64_t seed)
    : scheduler(s),
      clock(s),
      partner(s),
      disk(std::make_unique<fake::FakeDisk>()),
      random_(seed),
      settings_(settings_of(s)) {}

World::~World() { stop(); }

Result<void> World::start() {
    disk->watch([this] { disk_changed(); });
    const auto tell = [this](const engine::Notice& notice) { hear(notice); };
    auto opened = engine::open_runtime({clock, random_, *disk, partner, tell}, settings_, kFolder);
    if (!opened.ok()) return std::move(opened).error();
    runtime_ = std::move(opened).value();
    routes_ = std::make_unique<http::Routes>(*runtime_, random_, settings_);
    while (runtime_->state() == engine::RuntimeState::Starting && !power_is_off_)
        scheduler.sleep(milliseconds(1));
    if (runtime_->state() == engine::RuntimeState::Failed)
        return Error{"sim.failed", runtime_->state_text(), ""};
    return {};
}

void World::hear(const engine::Notice& notice) {
    for (const auto& [name, text] : notice.fields) {
        if (notice.event == "snapshot skipped" || (name == "closed_events" && text != "0"))
            damages.push_back(std::string(notice.event).append(": ").append(text));
    }
}

void World::meet(const Fate& fate) {
    fate_ = fate;
    changes_ = 0;
    if (fate.failing_sync != 0) disk->fail_sync(fate.failing_sync);
    if (fate.failing_read != 0) disk->fail_read(fate.failing_read);
    if (fate.room) disk->set_capacity(disk->used() + *fate.room);
    if (fate.failing_write != 0) disk->fail_write(fate.failing_write, "disk.io");
}

// On the thread that made the change, before it goes on.
void World::disk_changed() {
    scheduler.note(disk->counts().changes);
    if (fate_.power_cut_at != 0 && ++changes_ == fate_.power_cut_at) return cut_power();
    if (fate_.slow_disk && scheduler.below(8) == 0)
        scheduler.sleep(milliseconds(static_cast<std::int64_t>(scheduler.below(1'000))));
}

// Silence first: others run while the copy is made, and an answer to what it has missed would be
// one that the server never gave.
void World::cut_power() {
    power_is_off_ = true;
    partner.out_of_reach = true;
    after_cut_ = disk->clone();
    scheduler.sleep(milliseconds(1));  // so that whoever could say too much does, with every seed
}

bool World::over() const {
    return power_is_off_ || runtime_ == nullptr ||
           runtime_->state() == engine::RuntimeState::Failed;
}

void World::stop() {
    if (routes_) routes_->stop();
    if (runtime_) runtime_->stop();
    routes_.reset();
    runtime_.reset();
}

void World::end(fake::Crash how, std::uint64_t seed) {
    fate_.slow_disk = false;
    stop();
    fate_ = {};
    if (after_cut_) disk = std::move(after_cut_);
    power_is_off_ = false;
    partner.out_of_reach = false;
    disk->watch(nullptr);
    make_room();
    disk->crash(how, seed);
    for (const std::string& path : disk->paths()) {
        scheduler.note(path);
        scheduler.note(disk->raw(path));
    }
}

std::string World::hash_after_start(bool with_snapshots) {
    const auto copy = disk->clone();
    for (const std::string& path : copy->paths()) {
        const bool snapshot = path.starts_with(std::string(kFolder) + "/state/");
        if (snapshot && !with_snapshots) ASSERT(copy->remove(path).ok());
    }
    auto opened = engine::open_runtime({clock, random_, *copy, partner}, settings_, kFolder);
    ASSERT(opened.ok());
    while (opened.value()->state() == engine::RuntimeState::Starting)
        scheduler.sleep(milliseconds(1));
    return opened.value()->state_hash();
}

std::string World::operator_token() {
    std::string path(kFolder);
    path.append("/secrets/cli-token");
    return "Bearer " + disk->raw(path);
}

// ---------------------------------------------------------------- requests

class World::Answer : public ResponderImpl {
  public:
    explicit Answer(World& world) : world_(world) {}
    void reply(HttpResponse response) override {
        const std::lock_guard lock(mutex_);
        ASSERT(!response_);  // answered twice
        if (world_.power_is_off_) return;
        world_.scheduler.note(static_cast<std::uint64_t>(response.status));
        response.body.append(std::exchange(response.file, {}));
        world_.scheduler.note(response.body);
        response_ = std::move(response);
        changed_.notify_all();
    }
    void start_stream(HttpResponse head) override { reply(std::move(head)); }
    bool write(std::string_view) override { return false; }
    void end_stream() override {}
    std::optional<HttpResponse> wait() {
        std::unique_lock lock(mutex_);
        while (!response_ && !world_.over()) changed_.wait_for(lock, std::chrono::milliseconds(50));
        return response_;
    }

  private:
    World& world_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<HttpResponse> response_;  // guarded by mutex_
};

std::optional<HttpResponse> World::send(std::string_view bytes) {
    const ListenerLimits limits;
    os::HeadScanner scanner(limits);
    const std::size_t head_bytes = scanner.scan(bytes);
    os::RequestHead head;
    ASSERT(head_bytes > 0 && os::read_head(bytes.substr(0, head_bytes), limits, head) == 0);
    const auto answer = std::make_shared<Answer>(*this);
    if (auto refusal = routes_->refuse(head.request, {.content_length = head.content_length})) {
        answer->reply(std::move(*refusal));
    } else {
        head.request.body = bytes.substr(head_bytes);
        head.request.peer = "203.0.113.7";
        routes_->handle(std::move(head.request), answer);
    }
    return answer->wait();
}

std::optional<HttpResponse> World::send(std::string_view method, std::string_view target,
                                        std::string_view body, std::string_view authorization) {
    std::string bytes;
    bytes.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: shop.test\r\n");
    bytes.append("User-Agent: Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0\r\n");
    bytes.append("Authorization: ").append(authorization);
    bytes.append("\r\nContent-Length: ").append(std::to_string(body.size())).append("\r\n\r\n");
    return send(bytes.append(body));
}

}  // namespace filrouge::sim
