// Membership changes to the outside, as Standard Webhooks: at least once, in order per webhook, a
// record in the log for each that was taken. What waits is fold state, so it survives a crash.
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

#include "base/json_writer.h"
#include "base/text.h"
#include "base/thread_name.h"
#include "base/trace.h"
#include "engine/runtime_impl.h"
#include "engine/settings_record.h"
#include "engine/times.h"
#include "storage/sha256.h"

namespace filrouge::engine {
namespace {

constexpr Duration kRetryFirst = seconds(1);
constexpr Duration kRetryMax = minutes(10);
constexpr Duration kGiveUpAfter = hours(24);

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

}  // namespace

std::optional<RuntimeImpl::Delivery> RuntimeImpl::next_delivery(
    const std::set<std::uint32_t>& resting) {
    lock_.lock_shared();
    std::optional<Delivery> out;
    for (std::uint32_t i = fold_.first_waiting(); i < fold_.outbox.size() && !out; ++i) {
        const auto& row = fold_.outbox.at(i);
        if (row.done != 0 || resting.contains(row.webhook)) continue;
        const DocumentView document = fold_.documents.at(row.webhook);
        const auto hook = parse_webhook(document.json);
        Delivery d;
        d.row = i;
        d.webhook = row.webhook;
        d.sequence = row.sequence;
        d.ordinal = row.ordinal;
        d.at_us = row.at;
        if (hook) {
            d.url = hook->url;
            d.secret = hook->secret;
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
        out = std::move(d);
    }
    lock_.unlock_shared();
    return out;
}

void RuntimeImpl::webhook_thread() {
    name_thread("webhooks");
    struct Rest {
        std::int64_t until = 0;
        Duration pause = kRetryFirst;
    };
    std::map<std::uint32_t, Rest> rests;  // by webhook
    for (;;) {
        {
            std::unique_lock guard(stop_mutex_);
            if (stop_wake_.wait_for(guard, std::chrono::milliseconds(20),
                                    [this] { return stopping_; }))
                return;
        }
        for (;;) {
            std::set<std::uint32_t> resting;
            const std::int64_t now = seams_.clock.monotonic().us;
            for (const auto& [webhook, rest] : rests) {
                if (rest.until > now) resting.insert(webhook);
            }
            const auto delivery = next_delivery(resting);
            if (!delivery || stop_requested()) break;
            Rest& rest = rests[delivery->webhook];
            const bool gone = delivery->url.empty();
            const bool sent = !gone && send_webhook(*delivery);
            const bool given_up = seams_.clock.now().us - delivery->at_us > kGiveUpAfter.us;
            if (!sent && !gone && !given_up) {
                rest.until = now + rest.pause.us;
                rest.pause = std::min(kRetryMax, Duration{rest.pause.us * 2});
                continue;
            }
            if (sent) rest = {};
            // Not recorded, as on a full disk: it is sent again, the receiver knows it by its id.
            if (!record_delivery(*delivery, sent)) rest.until = now + kRetryFirst.us;
        }
    }
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
    w.u8(sent ? 1 : 2);
    return write_now(one_record(std::move(p))).ok();
}

}  // namespace filrouge::engine
