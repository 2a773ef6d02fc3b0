#include "base/json_writer.h"
#include "http/call.h"
#include "http/handlers.h"
#include "http/services.h"

namespace filrouge::http {

namespace {

std::string_view name_of(engine::RuntimeState state) {
    switch (state) {
        case engine::RuntimeState::Starting: return "starting";
        case engine::RuntimeState::Ready: return "ready";
        case engine::RuntimeState::Stopping: return "stopping";
        case engine::RuntimeState::Failed: return "failed";
    }
    return "unknown";
}

}  // namespace

void health(const CallPtr& call) {
    std::string json;
    JsonWriter(json).open_object().field("status", name_of(call->runtime().state())).close();
    call->reply_json(std::move(json));
}

void version(const CallPtr& call) {
    std::string json;
    JsonWriter(json)
        .open_object()
        .field("name", "filrouge")
        .field("version", FILROUGE_VERSION)
        .close();
    call->reply_json(std::move(json));
}

void robots(const CallPtr& call) { call->reply_text(200, "User-agent: *\nDisallow: /"); }

// Alive: the process answers. Nothing else is asked, so that a slow start is no reason to kill it.
void healthz(const CallPtr& call) { call->reply_text(200, "ok"); }

void readyz(const CallPtr& call) {
    engine::Runtime& runtime = call->runtime();
    // Why it failed names files; that is for the log and not for whoever asks. The text first: it
    // fails at any moment, but never starts again, so that of one who is starting afterwards the
    // text tells how far that is.
    const std::string progress = runtime.state_text();
    const engine::RuntimeState state = runtime.state();
    if (state == engine::RuntimeState::Starting) return call->reply_text(503, progress);
    if (state != engine::RuntimeState::Ready) return call->reply_text(503, name_of(state));
    if (runtime.overloaded()) return call->reply_text(503, "overloaded");
    // Still 200: a balancer that took the server out would keep withdrawals of consent away, too.
    call->reply_text(200, runtime.short_of_disk()
                              ? "ready, short of disk space: events are answered 507"
                              : "ready");
}

void metrics(const CallPtr& call) {
    HttpResponse response;
    response.headers.emplace_back("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    if (call->runtime().state() != engine::RuntimeState::Starting) {
        response.body = call->runtime().metrics();
    }
    call->services->counters.append_to(response.body);
    call->reply(std::move(response));
}

}  // namespace filrouge::http
