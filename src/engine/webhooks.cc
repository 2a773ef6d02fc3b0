// Membership changes to the outside, as Standard Webhooks: at least once, in order per webhook, a
// record in the log for each that was taken. What waits is fold state, so it survives a crash.
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <thread>
#include <vector>

#include "base/json_writer.h"
#include "base/text.h"
#include "base/thread_name.h"
#include "base/trace.h"
#include "engine/runtime_impl.h"
#include "engine/settings_record.h"
#include "engine/times.h"
#include "engine/webhook_secret.h"
#include "engine/webhook_taken.h"
#include "storage/sha256.h"

namespace filrouge::engine {
namespace {

constexpr Duration kRetryFirst = seconds(1);
constexpr Duration kRetryMax = minutes(10);
constexpr Duration kGiveUpAfter = hours(24);
constexpr Duration kDroppedQuiet = hours(1);
// So many are called at once, each one call at a time: who is slow to answer holds up nobody else
// but by taking one of these.
constexpr std::size_t kWebhookThreads = 4;
// Persons whose entry went untold, so that their leave does, too; past it the leave is told.
constexpr std::size_t kUntoldMax = 100'000;
constexpr auto kLookEvery = std::chrono::milliseconds(20);

std::string signature(std::string_view secret, std::string_view id, std::string_view timestamp,
                      std::string_view body) {
    constexpr std::string_view kPrefix = "whsec_";
    const std::string key =
        base64_decode(secret.substr(std::min(kPrefix.size(), secret.size()))).value_or("");
    const std::string text =
        std::string(id) + "." + std::string(timestamp) + "." + std::string(body);
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &length);
    return "v1," + base64_encode({reinterpret_cast<const char*>(digest), length});
}

// One trace a message, so that its tries are found together; each try is a span of its own.
Trace trace_of(const std::string& message_id, Random& random) {
    const auto id = TraceId::parse(sha256_hex(message_id).substr(0, 32));
    ASSERT(id.has_value());
    return {*id, random.number() | 1, false};
}

enum class Telling { Told, Withheld, Later };

// Asked at the instant of the call, for a change waits up to a day: what was withdrawn, restricted
// or erased meanwhile is told to nobody. Later: the audience has yet to notice it, and its leave is
// not there.
Telling telling_of(Fold& fold, const Fold::OutboxRow& row) {
    const FragmentNo named{row.person};
    const bool is_correction = row.audience == kNoDocument;
    if (row.entered == 0 && !is_correction) return Telling::Told;
    if (!fold.is_met(named)) return Telling::Withheld;
    if (is_correction) return Telling::Told;
    const PersonNo person = fold.graph.person_of(named);
    for (const auto& [id, info] : fold.audiences) {
        if (info.document != row.audience) continue;
        if (fold.may_use(person, info.use)) return Telling::Told;
        return fold.live.member(info.slot, person) ? Telling::Later : Telling::Withheld;
    }
    return Telling::Told;
}

}  // namespace

struct RuntimeImpl::WebhookCalls {
    struct Rest {
        std::int64_t until = 0;
        Duration pause = kRetryFirst;
    };
    // Of the one thread that looks for the next call, while the others are calling or wait for it.
    std::mutex turn;
    std::mutex mutex;  // guards what follows; never held while the fold's lock is waited for
    std::condition_variable changed;
    std::map<std::uint32_t, Rest> rests;           // by webhook, as the others
    std::set<std::uint32_t> busy;                  // one call at a time keeps the order
    std::map<std::uint32_t, std::uint64_t> begun;  // number of its last call
    std::uint64_t calls = 0;
    std::uint64_t changes = 0;  // of the above: whether to look again
    // By webhook the change it was called with last, and of whom (audience, person) it was never
    // called with the entry.
    std::map<std::uint32_t, std::pair<std::uint64_t, std::uint32_t>> tried;
    std::set<std::array<std::uint32_t, 3>> untold;
    std::uint64_t first = 0;  // record of this run: with which earlier ones it called is not known
    // Guarded by turn.
    std::uint64_t dropped = 0;
    std::int64_t dropped_at = INT64_MIN;

    // Whether the change goes untold. The leave of an entry that was never told would tell what the
    // entry may not.
    bool goes_untold(Telling telling, const Fold::OutboxRow& row) {
        const std::array<std::uint32_t, 3> key = {row.webhook, row.audience, row.person};
        const std::pair change(row.sequence, row.ordinal);
        if (row.entered == 0) return telling == Telling::Withheld || untold.contains(key);
        if (telling == Telling::Told) {
            untold.erase(key);
            tried[row.webhook] = change;
            return false;
        }
        const bool was_tried = row.sequence < first || tried[row.webhook] == change;
        if (!was_tried && untold.size() < kUntoldMax) untold.insert(key);
        return true;
    }
    // A change's age is of the wall clock, which jumps, and of times when nobody called: a server
    // that was down for a day, a clock put right. So before one is given up its webhook has failed,
    // too, by the clock that does not jump, until its tries are as far apart as they get.
    bool fails_long(std::uint32_t webhook) {
        const std::lock_guard guard(mutex);
        return rests[webhook].pause >= kRetryMax;
    }
};

RuntimeImpl::Delivery RuntimeImpl::read_delivery(const Fold::OutboxRow& row) {
    Delivery d;
    d.webhook = row.webhook;
    d.sequence = row.sequence;
    d.ordinal = row.ordinal;
    d.at_us = row.at;
    if (const auto hook = parse_webhook(fold_.documents.at(row.webhook).json)) {
        d.url = hook->url;
        d.secret = hook->secret;
        if (d.secret.empty())
            d.secret = webhook_secret(keys_->process_key(kKeyReceipts),
                                      fold_.documents.at(row.webhook).id);
    }
    const bool is_correction = row.audience == kNoDocument;
    JsonWriter w(d.body);
    w.open_object().field("type", is_correction      ? "profile.corrected"
                                  : row.entered != 0 ? "audience.entered"
                                                     : "audience.left");
    w.field("timestamp", iso_time(EventTime{row.at})).key("data").open_object();
    if (!is_correction) w.field("audience", fold_.documents.at(row.audience).id);
    w.field("profile", fold_.names.name_of(FragmentNo{row.person}).text());
    w.field("sequence", row.sequence).field("ordinal", row.ordinal).close().close();
    return d;
}

// Of those that may be called, the one whose last call is the longest ago: however many are slow,
// each has its turn.
std::optional<RuntimeImpl::Delivery> RuntimeImpl::find_delivery(WebhookCalls& calls) {
    const std::int64_t now = seams_.clock.monotonic().us;
    const std::shared_lock reading(lock_);
    const std::lock_guard guard(calls.mutex);
    std::optional<std::uint32_t> found;
    std::uint64_t longest = UINT64_MAX;
    for (const std::uint32_t i : fold_.next_rows()) {
        const Fold::OutboxRow& row = fold_.outbox.at(i);
        const std::uint32_t webhook = row.webhook;
        if (calls.busy.contains(webhook) || calls.rests[webhook].until > now) continue;
        if (calls.begun[webhook] >= longest) continue;
        if (telling_of(fold_, row) == Telling::Later) continue;
        longest = calls.begun[webhook];
        found = i;
    }
    if (!found) return std::nullopt;
    const Fold::OutboxRow row = fold_.outbox.at(*found);
    Delivery delivery = read_delivery(row);
    if (calls.goes_untold(telling_of(fold_, row), row)) delivery.body.clear();
    calls.busy.insert(delivery.webhook);
    calls.begun[delivery.webhook] = ++calls.calls;
    return delivery;
}

// Waits until there is one; nothing when the server stops.
std::optional<RuntimeImpl::Delivery> RuntimeImpl::next_delivery(WebhookCalls& calls) {
    const std::lock_guard turn(calls.turn);
    while (!stop_requested()) {
        std::unique_lock guard(calls.mutex);
        const std::uint64_t changes = calls.changes;
        guard.unlock();
        tell_dropped(calls);
        if (auto delivery = find_delivery(calls)) return delivery;
        guard.lock();
        calls.changed.wait_for(guard, kLookEvery, [&] { return calls.changes != changes; });
    }
    return std::nullopt;
}

// The first, and the first after an hour in which there was none.
void RuntimeImpl::tell_dropped(WebhookCalls& calls) {
    lock_.lock_shared();
    const std::uint64_t dropped = fold_.counted(0, kWebhooksDropped);
    lock_.unlock_shared();
    if (dropped <= calls.dropped) return;
    const std::int64_t now = seams_.clock.monotonic().us;
    if (calls.dropped_at == INT64_MIN || now - calls.dropped_at > kDroppedQuiet.us)
        tell({"webhook changes dropped", {{"dropped", std::to_string(dropped)}}});
    calls.dropped = dropped;
    calls.dropped_at = now;
}

void RuntimeImpl::deliver(const Delivery& delivery, WebhookCalls& calls) {
    const std::int64_t begun = seams_.clock.monotonic().us;
    const bool gone = delivery.url.empty() || delivery.body.empty();  // no call is made
    const bool sent = !gone && send_webhook(delivery);
    const bool is_old = seams_.clock.now().us - delivery.at_us > kGiveUpAfter.us;
    const bool over = sent || gone || (is_old && calls.fails_long(delivery.webhook));
    // Not recorded, as on a full disk: it is sent again, the receiver knows it by its id.
    const bool recorded = over && record_delivery(delivery, sent);
    const std::lock_guard guard(calls.mutex);
    WebhookCalls::Rest& rest = calls.rests[delivery.webhook];
    if (sent || gone) {
        if (sent) rest = {};
        if (!recorded) rest.until = begun + kRetryFirst.us;
    } else {  // also after it was given up: the next change is not one call more to who is down
        rest.until = begun + rest.pause.us;
        rest.pause = std::min(kRetryMax, Duration{rest.pause.us * 2});
    }
    calls.busy.erase(delivery.webhook);
    ++calls.changes;
    calls.changed.notify_one();
}

void RuntimeImpl::call_webhooks(WebhookCalls& calls) {
    name_thread("webhooks");
    while (const auto delivery = next_delivery(calls)) deliver(*delivery, calls);
}

void RuntimeImpl::webhook_thread() {
    WebhookCalls calls;
    lock_.lock_shared();
    calls.dropped = fold_.counted(0, kWebhooksDropped);  // before the start: told by then
    calls.first = fold_.applied() + 1;
    lock_.unlock_shared();
    std::vector<std::thread> others;
    others.reserve(kWebhookThreads - 1);
    while (others.size() + 1 < kWebhookThreads)
        others.emplace_back([this, &calls] { call_webhooks(calls); });
    call_webhooks(calls);
    for (std::thread& other : others) other.join();
}

bool RuntimeImpl::send_webhook(const Delivery& d) {
    const std::string id = "msg_" + std::to_string(d.sequence) + "_" + std::to_string(d.ordinal) +
                           "_" + std::to_string(d.webhook);
    const std::string timestamp = std::to_string(clock_.machine_now().us / 1'000'000);
    HttpCall call;
    call.url = d.url;
    call.body = d.body;
    call.headers = {{"content-type", "application/json"},
                    {"webhook-id", id},
                    {"webhook-timestamp", timestamp},
                    {"webhook-signature", signature(d.secret, id, timestamp, d.body)},
                    {"idempotency-key", id},
                    {"traceparent", trace_of(id, seams_.random).traceparent()}};
    const auto reply = seams_.http.call(call);
    return reply.ok() && reply.value().status >= 200 && reply.value().status < 300;
}

bool RuntimeImpl::record_delivery(const Delivery& d, bool sent) {
    Prepared p;
    p.record.type = RecordType::WebhookSent;
    ByteWriter w(p.record.clear);
    w.u64(d.sequence);
    w.u32(d.ordinal);
    w.u32(d.webhook);
    w.u8(static_cast<std::uint8_t>(sent             ? WebhookTaken::Sent
                                   : d.body.empty() ? WebhookTaken::Withheld
                                                    : WebhookTaken::GivenUp));
    return write_now(one_record(std::move(p))).ok();
}

}  // namespace filrouge::engine
