// What the browser SDKs fetch before they send anything.
#include "base/json_writer.h"
#include "base/text.h"
#include "engine/consents.h"
#include "http/call.h"
#include "http/credentials.h"
#include "http/handlers.h"
#include "http/iso_time.h"
#include "http/services.h"

namespace filrouge::http {

namespace {

bool is_host(std::string_view host) {
    return !host.empty() && host.find_first_not_of(
                                "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789.-:[]_") == std::string_view::npos;
}

// As the browser reached us: a TLS proxy in front says so itself.
bool reached_by_tls(const Call& call) {
    const std::string_view forwarded = call.request.header("x-forwarded-proto");
    if (!forwarded.empty()) return ascii_equal_ignoring_case(forwarded, "https");
    return !call.services->settings.tls_certificate.empty();
}

}  // namespace

void segment_settings(const CallPtr& call) {
    const std::string& key = call->values.at(0);
    if (!call->runtime().source_by_write_key(key)) {
        return call->reply_text(404, "invalid write key");
    }
    const std::string_view told = call->request.header("x-forwarded-host");
    const std::string_view host = told.empty() ? call->request.header("host") : told;
    if (!is_host(host)) return call->reply_text(400, "the request names no host");
    std::string json;
    JsonWriter writer(json);
    writer.open_object().key("integrations").open_object().key("Segment.io").open_object();
    writer.field("apiKey", key)
        .field("apiHost", std::string(host) + "/v1")
        .field("protocol", reached_by_tls(*call) ? "https" : "http")
        .field("addBundledMetadata", true)
        .close()
        .close();
    writer.key("plan").open_object().key("track").open_object().key("__default").open_object();
    writer.field("enabled", true).key("integrations").open_object().close().close().close().close();
    writer.key("metrics").open_object().field("sampleRate", 0).close();
    writer.key("remotePlugins").open_array().close().close();
    call->reply_json(std::move(json));
}

// Public words, the same for everybody who reads these languages.
void consent_asked(const CallPtr& call) {
    if (!call->runtime().source_by_write_key(call->values.at(0)))
        return call->reply_text(404, "invalid write key");
    auto asked = call->runtime().consents().asked(call->query("language").value_or(""));
    if (!asked.ok()) return call->reply_problem(status_of(asked.error()), asked.error());
    HttpResponse response;
    response.headers.emplace_back("Content-Type", "application/json; charset=utf-8");
    response.headers.emplace_back("Cache-Control", "public, max-age=60");
    response.body = std::move(asked).value();
    call->reply(std::move(response));
}

void rudder_source_config(const CallPtr& call) {
    std::optional<std::string> key = basic_user(call->request);
    if (!key) key = call->query("writeKey");
    if (!key) return call->reply_text(401, "failed to read writekey from header");
    const auto source = call->runtime().source_by_write_key(*key);
    if (!source) return call->reply_text(401, "invalid write key");
    const std::string now = iso_time(as_event_time(call->runtime().now()));
    std::string json;
    JsonWriter writer(json);
    writer.open_object().key("source").open_object();
    writer.field("id", source->id).field("name", source->name).field("writeKey", *key);
    writer.key("config").open_object().key("statsCollection").open_object();
    writer.key("errors").open_object().field("enabled", false).close();
    writer.key("metrics").open_object().field("enabled", false).close().close().close();
    writer.field("enabled", source->enabled).field("workspaceId", "filrouge");
    writer.key("destinations").open_array().close().close();
    writer.field("updatedAt", now).close();
    call->reply_json(std::move(json));
}

void sdk_bundle(const CallPtr& call) {
    call->reply_text(404,
                     "Filrouge does not carry the SDK's script. Serve @segment/analytics-next from "
                     "your own site and give it this server as cdnURL.");
}

}  // namespace filrouge::http
