// Server-sent events: what happens, as it happens. A stream ends when its client leaves or does
// not read; a client that comes back asks the API for what it missed.
#include "base/json_writer.h"
#include "http/call.h"
#include "http/handlers.h"
#include "http/iso_time.h"
#include "http/services.h"
#include "http/who_asks.h"

namespace filrouge::http {

namespace {

// One stream's place among kStreamsMax, given back when the subscription ends.
class StreamSeat {
  public:
    static std::shared_ptr<StreamSeat> take(const std::shared_ptr<Services>& services) {
        if (++services->streams > kStreamsMax) {
            --services->streams;
            return nullptr;
        }
        return std::shared_ptr<StreamSeat>(new StreamSeat(services));
    }
    ~StreamSeat() { --services_->streams; }
    StreamSeat(const StreamSeat&) = delete;
    StreamSeat& operator=(const StreamSeat&) = delete;

  private:
    explicit StreamSeat(std::shared_ptr<Services> services) : services_(std::move(services)) {}
    std::shared_ptr<Services> services_;
};

// Asked once a second: whether who opened the stream may still read it, so that it ends with the
// session or the token, and whether they are still there. What is written keeps a proxy from
// taking the connection for dead.
bool still_in(const CallPtr& call) {
    const auto asker = who_asks(call->runtime(), call->request, engine::Use::Background);
    const bool may = asker.ok() && call->route->access.allows(asker.value().in.caller.role) &&
                     asker.value().in.brands == call->brands;
    if (!may) call->responder->end_stream();
    return may && call->responder->write(":\n\n");
}

std::shared_ptr<StreamSeat> begin(const Call& call) {
    auto seat = StreamSeat::take(call.services);
    if (seat == nullptr) {
        call.reply_problem(503, {"http.streams_overloaded",
                                 "There are already " + std::to_string(kStreamsMax) +
                                     " streams open; that is the limit.",
                                 "Close one, or use a webhook."});
        return nullptr;
    }
    HttpResponse head;
    head.headers = {{"Content-Type", "text/event-stream"},
                    {"Cache-Control", "no-store"},
                    {"X-Content-Type-Options", "nosniff"}};
    call.services->counters.answered(*call.route, 200);
    call.responder->start_stream(std::move(head));
    call.responder->write(": connected\n\n");
    return seat;
}

std::string message(std::uint64_t sequence, std::string_view event, std::string_view json) {
    std::string out = "id: " + std::to_string(sequence);
    out.append("\nevent: ").append(event).append("\ndata: ").append(json).append("\n\n");
    return out;
}

std::string json_of(const engine::StoredEvent& event) {
    std::string json;
    JsonWriter(json)
        .open_object()
        .field("sequence", event.sequence)
        .field("received", iso_time(as_event_time(event.received)))
        .field("source", event.source)
        .field("channel", event.channel)
        .field("name", event.name)
        .field("profile", event.profile)
        .field("bot", event.bot)
        .close();
    return json;
}

std::string json_of(const engine::MembershipChange& change) {
    std::string json;
    JsonWriter(json)
        .open_object()
        .field("sequence", change.sequence)
        .field("ordinal", static_cast<std::uint64_t>(change.ordinal))
        .field("audience", change.audience)
        .field("profile", change.profile)
        .field("at", iso_time(change.at))
        .close();
    return json;
}

}  // namespace

void stream_tail(const CallPtr& call) {
    const auto seat = begin(*call);
    if (seat == nullptr) return;
    call->note(200);
    call->runtime().follow_events(
        [seat, responder = call->responder](const engine::StoredEvent& event) {
            return responder->write(message(event.sequence, "stored", json_of(event)));
        },
        [call] { return still_in(call); });
}

namespace {

// Of every audience when `id` is empty.
void stream_changes(const CallPtr& call, const std::string& id) {
    const auto seat = begin(*call);
    if (seat == nullptr) return;
    call->note(200);
    call->runtime().follow_memberships(
        id,
        [seat, responder = call->responder](const engine::MembershipChange& change) {
            const std::string_view name = change.entered ? "enter" : "leave";
            return responder->write(message(change.sequence, name, json_of(change)));
        },
        [call] { return still_in(call); });
}

}  // namespace

void stream_audience(const CallPtr& call) {
    const std::string& id = call->values.at(0);
    if (const auto audience = call->runtime().audience(id, 0); !audience.ok()) {
        return call->reply_problem(status_of(audience.error()), audience.error());
    }
    stream_changes(call, id);
}

// One connection for a page that shows them all: a browser opens six to a server, and no more.
void stream_audiences(const CallPtr& call) { stream_changes(call, ""); }

}  // namespace filrouge::http
