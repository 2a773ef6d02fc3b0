// Makes the event out of what the reader found: who, when, where, what it is worth, what it says
// of consent, and whether a person did it.
#pragma once

#include <optional>
#include <string_view>

#include "collect/bots.h"
#include "collect/event_names.h"
#include "collect/event_reader.h"
#include "collect/incoming.h"
#include "collect/rules.h"

namespace filrouge::collect {

struct BuildInput {
    std::optional<EventKind> kind;     // given by the route; else the event's type says it
    bool import = false;               // times are kept as they were told
    std::optional<EventTime> sent_at;  // of the batch or the request
    std::string_view anonymous_id;     // decoded header
};

class EventBuilder {
  public:
    EventBuilder(const JsonBody& body, Told& told, const RequestContext& request,
                 const Rules& rules, AgentMemory& agents)
        : body_(body), told_(told), request_(request), rules_(rules), agents_(agents) {}
    Fit build(const BuildInput& input, Incoming& out);

  private:
    using Step = Fit (EventBuilder::*)(const BuildInput&, Incoming&);
    Fit read_kind(const BuildInput& input, Incoming& out);
    Fit read_message_id(const BuildInput& input, Incoming& out);
    Fit read_name(const BuildInput& input, Incoming& out);
    Fit read_who(const BuildInput& input, Incoming& out);
    Fit read_time(const BuildInput& input, Incoming& out);
    Fit read_where(const BuildInput& input, Incoming& out);
    Fit read_worth(const BuildInput& input, Incoming& out);
    Fit read_consent(const BuildInput& input, Incoming& out);
    Fit read_binding(const BuildInput& input, Incoming& out);
    Fit read_bot(const BuildInput& input, Incoming& out);
    Fit finish(const BuildInput& input, Incoming& out);
    Fit finish_traits(Event& event);
    Fit finish_context(Event& event);
    std::optional<EventTime> time_at(TopKey key, bool& unreadable) const;
    std::string_view text(JsonAt at) const;
    bool is_true(JsonAt at) const { return body_.is(at, JsonType::True); }
    void note_in_context(std::string_view key, std::string_view value);

    const JsonBody& body_;
    Told& told_;
    const RequestContext& request_;
    const Rules& rules_;
    AgentMemory& agents_;
    EventClass class_ = EventClass::Other;
    std::string_view original_name_;  // where the canonical one differs
    bool keep_told_time_ = false;
};

// By its name, else by the library that sent it.
Channel channel_told(const JsonBody& body, const Told& told);

}  // namespace filrouge::collect
