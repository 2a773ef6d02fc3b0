#include "collect/event_builder.h"

#include <algorithm>

#include "base/text.h"
#include "collect/choices.h"
#include "collect/commerce.h"
#include "collect/identity.h"
#include "collect/moment.h"
#include "collect/refused_names.h"
#include "collect/word_table.h"

namespace filrouge::collect {
namespace {

using T = TopKey;
using P = PropertyKey;
using C = ContextKey;

constexpr std::array kKinds = {
    Word<EventKind>{"track", EventKind::Track}, Word<EventKind>{"identify", EventKind::Identify},
    Word<EventKind>{"page", EventKind::Page},   Word<EventKind>{"screen", EventKind::Screen},
    Word<EventKind>{"group", EventKind::Group}, Word<EventKind>{"alias", EventKind::Alias},
};
constexpr WordTable kKindWords(kKinds);

struct Library {
    std::string_view part;  // in lower case, anywhere in context.library.name
    Channel channel;
};
// The first that fits decides: "react-native" and "javascript" before "java".
constexpr std::array kLibraries = {
    Library{"react-native", Channel::App},
    Library{"android", Channel::App},
    Library{"ios", Channel::App},
    Library{"swift", Channel::App},
    Library{"kotlin", Channel::App},
    Library{"flutter", Channel::App},
    Library{"unity", Channel::App},
    Library{"cordova", Channel::App},
    Library{"analytics.js", Channel::Web},
    Library{"javascript", Channel::Web},
    Library{"analytics-next", Channel::Web},
    Library{"node", Channel::Server},
    Library{"python", Channel::Server},
    Library{"java", Channel::Server},
    Library{"php", Channel::Server},
    Library{"ruby", Channel::Server},
    Library{"analytics-go", Channel::Server},
    Library{".net", Channel::Server},
    Library{"rust", Channel::Server},
    Library{"server", Channel::Server},
};

std::optional<Channel> channel_of_library(std::string_view name) {
    const std::string low = ascii_lower(name.substr(0, 64));
    for (const Library& library : kLibraries) {
        if (low.find(library.part) != std::string::npos) return library.channel;
    }
    return std::nullopt;
}

std::optional<Channel> channel_of(std::string_view name) {
    if (name.empty() || name.size() > 32) return std::nullopt;
    return channel_named(ascii_lower(trim(name)));
}

}  // namespace

Fit EventBuilder::build(const BuildInput& input, Incoming& out) {
    static constexpr std::array<Step, 11> kSteps = {
        &EventBuilder::read_kind,  &EventBuilder::read_message_id, &EventBuilder::read_name,
        &EventBuilder::read_who,   &EventBuilder::read_time,       &EventBuilder::read_where,
        &EventBuilder::read_worth, &EventBuilder::read_consent,    &EventBuilder::read_binding,
        &EventBuilder::read_bot,   &EventBuilder::finish};
    for (const Step step : kSteps) {
        const Fit fit = (this->*step)(input, out);
        if (fit != Fit::Ok) return fit;
    }
    return Fit::Ok;
}

std::string_view EventBuilder::text(JsonAt at) const { return text_at(body_, at); }

Fit EventBuilder::read_kind(const BuildInput& input, Incoming& out) {
    if (input.kind) {
        out.event.kind = *input.kind;
        return Fit::Ok;
    }
    const EventKind* kind = kKindWords.find(text(told_.top[T::Type]));
    if (kind == nullptr) return Fit::UnknownType;
    out.event.kind = *kind;
    return Fit::Ok;
}

Fit EventBuilder::read_message_id(const BuildInput&, Incoming& out) {
    const std::string_view id = text(told_.top[T::MessageId]);
    if (id.size() > kMessageIdBytesMax) return Fit::MessageIdTooLong;
    out.event.message_id = id;
    return Fit::Ok;
}

Fit EventBuilder::read_name(const BuildInput&, Incoming& out) {
    const EventKind kind = out.event.kind;
    std::string_view name;
    if (kind == EventKind::Track) {
        name = trim(text(told_.top[T::Event]));
        if (name.empty()) return Fit::NoEventName;
        const EventName known = canonical_name(name);
        class_ = known.kind;
        if (known.canonical != name) original_name_ = name;
        name = known.canonical;
    } else if (kind == EventKind::Page || kind == EventKind::Screen) {
        name = trim(text(told_.top[T::Name]));
        if (name.empty()) name = trim(text(told_.top[T::Event]));
    }
    if (name.size() > kEventNameBytesMax) return Fit::EventNameTooLong;
    out.event.name = name;
    return Fit::Ok;
}

Fit EventBuilder::read_who(const BuildInput& input, Incoming& out) {
    const Fit fit = read_identity(body_, told_, out.event.kind, rules_, input.anonymous_id, out);
    if (fit != Fit::Ok) return fit;
    // A binding names its thing in its properties, which are read later.
    const bool binding = class_ == EventClass::Bind || class_ == EventClass::Release;
    return out.event.identifiers.empty() && !binding ? Fit::NoIdentity : Fit::Ok;
}

std::optional<EventTime> EventBuilder::time_at(TopKey key, bool& unreadable) const {
    const JsonAt at = told_.top[key];
    if (at.none()) return std::nullopt;
    const auto time =
        body_.is(at, JsonType::Int) ? time_from_epoch(body_.integer(at)) : parse_time(text(at));
    if (!time) unreadable = true;
    return time;
}

Fit EventBuilder::read_time(const BuildInput& input, Incoming& out) {
    bool unreadable = false;
    const auto original = time_at(T::OriginalTimestamp, unreadable);
    const auto stamp = time_at(T::Timestamp, unreadable);
    if (unreadable && rules_.strict) return Fit::BadTime;
    bool sent_unreadable = false;
    auto sent = time_at(T::SentAt, sent_unreadable);
    if (!sent) sent = input.sent_at;
    const EventTime received = as_event_time(request_.received);

    std::optional<EventTime> at = stamp ? stamp : original;
    if (!input.import && sent) {
        // The formula of both SDK families, for a clock that is wrong. A bare timestamp is only
        // corrected when the sender's clock is visibly off: servers send exact times, and the
        // milliseconds on the wire are not theirs.
        const Duration skew = received - *sent;
        const bool off = skew > rules_.skew_slack || Duration{-skew.us} > rules_.skew_slack;
        if (original)
            at = received - (*sent - *original);
        else if (stamp && off)
            at = received - (*sent - *stamp);
    }
    bool clamped = unreadable && !at;
    if (!at) at = received;
    if (*at > received) {
        clamped = clamped || *at > received + rules_.future_slack;
        at = received;
    } else if (*at < kEarliestTime) {
        clamped = true;
        at = received;
    }
    const bool late = rules_.late_max.us > 0 && *at < received - rules_.late_max;
    if (late && !input.import) return Fit::TooLate;
    out.event.at = *at;
    if (clamped) out.event.flags |= kEventTimeClamped;
    if (input.import) out.event.flags |= kEventImported;
    keep_told_time_ = clamped;
    return Fit::Ok;
}

Channel channel_told(const JsonBody& body, const Told& told) {
    if (const auto named = channel_of(text_at(body, told.context[C::Channel]))) return *named;
    if (const auto named = channel_of(text_at(body, told.top[T::Channel]))) return *named;
    JsonAt library = told.context[C::Library];
    if (body.is(library, JsonType::Object)) library = body.find(library, "name");
    const std::string_view name = text_at(body, library);
    if (name.empty()) return Channel::Other;
    return channel_of_library(name).value_or(Channel::Other);
}

Fit EventBuilder::read_where(const BuildInput&, Incoming& out) {
    Event& event = out.event;
    event.channel = channel_told(body_, told_);
    const bool at_till = event.channel == Channel::Store || event.channel == Channel::Kiosk;
    const std::array<JsonAt, 4> places = {told_.context[C::Place], told_.property[P::StoreId],
                                          told_.property[P::Place],
                                          at_till ? told_.property[P::Affiliation] : JsonAt{}};
    for (JsonAt at : places) {
        if (body_.is(at, JsonType::Object)) at = body_.find(at, "id");
        const std::string_view place = trim(text(at));
        if (place.empty() || place.size() > kPlaceBytesMax) continue;
        event.place = place;
        break;
    }
    for (const JsonAt at : {told_.property[P::ProductId], told_.property[P::Sku]}) {
        const std::string_view product = trim(text(at));
        if (product.empty() || product.size() > kProductBytesMax) continue;
        event.product = product;
        break;
    }
    return Fit::Ok;
}

Fit EventBuilder::read_worth(const BuildInput&, Incoming& out) {
    if (out.event.kind != EventKind::Track) return Fit::Ok;
    const Worth worth = worth_of(body_, told_, class_);
    out.event.quantity = worth.quantity;
    if (!worth.amount) return Fit::Ok;
    out.event.has_value = true;
    out.event.value.amount = *worth.amount;
    const std::string_view code = trim(text(told_.property[P::Currency]));
    const auto currency = Currency::parse(code);
    if (!code.empty() && !currency && rules_.strict) return Fit::BadCurrency;
    // A currency that cannot be read stays unknown: guessing one would make money.
    out.event.value.currency = code.empty() ? rules_.currency : currency.value_or(Currency{});
    if (worth.revenue_gap && body_.find(told_.top[T::Properties], "revenue_gap").none()) {
        told_.properties.key("revenue_gap");
        PackedWriter(told_.properties.bytes).fixed(*worth.revenue_gap);
    }
    return Fit::Ok;
}

Fit EventBuilder::read_consent(const BuildInput&, Incoming& out) {
    out.consent_change = class_ == EventClass::Consent;
    out.global_privacy_control =
        request_.global_privacy_control || states_privacy_control(body_, told_);
    return read_choices(body_, told_, rules_.tcf_vendor, out) ? Fit::Ok : Fit::TooManyConsents;
}

Fit EventBuilder::read_binding(const BuildInput&, Incoming& out) {
    if (class_ != EventClass::Bind && class_ != EventClass::Release) return Fit::Ok;
    const bool bind = class_ == EventClass::Bind;
    out.binding = bind ? Incoming::Binding::Bind : Incoming::Binding::Release;
    std::vector<Identifier>& all = out.event.identifiers;
    const bool person = std::any_of(all.begin(), all.end(), [](const Identifier& id) {
        return !row_of(id.type)->shared_thing;
    });
    const auto type = identifier_type_named(trim(text(told_.property[P::ThingType])));
    if (!type || !row_of(*type)->shared_thing || (bind && !person)) return Fit::BadBinding;
    const Fit fit = add_identifier(*type, text(told_.property[P::ThingId]), rules_, out);
    if (fit != Fit::Ok) return fit;
    const bool named =
        std::any_of(all.begin(), all.end(), [&](const Identifier& id) { return id.type == *type; });
    return named ? Fit::Ok : Fit::BadBinding;
}

Fit EventBuilder::read_bot(const BuildInput&, Incoming& out) {
    const JsonAt navigator = told_.context[C::Navigator];
    const bool driven =
        is_true(told_.context[C::Webdriver]) ||
        (body_.is(navigator, JsonType::Object) && is_true(body_.find(navigator, "webdriver")));
    const std::string_view own_agent = text(told_.context[C::UserAgent]);
    const bool web = out.event.channel == Channel::Web;
    if (is_true(told_.context[C::Bot]) || driven) {
        out.bot = BotVerdict::Declared;
    } else if (request_.prefetch) {
        out.bot = BotVerdict::Prefetch;
    } else if (!own_agent.empty()) {
        if (agents_.kind(own_agent) != AgentKind::Person) out.bot = BotVerdict::UserAgent;
    } else {
        const AgentKind sender = agents_.kind(request_.user_agent);
        if (sender == AgentKind::Robot || (sender == AgentKind::Tool && web)) {
            out.bot = BotVerdict::UserAgent;
        }
    }
    if (out.bot != BotVerdict::Human) out.event.flags |= kEventBot;
    return Fit::Ok;
}

Fit EventBuilder::finish(const BuildInput&, Incoming& out) {
    Event& event = out.event;
    event.body_check = told_.body_check;
    out.undeclared = told_.undeclared;
    const bool page = event.kind == EventKind::Page || event.kind == EventKind::Screen;
    const std::string_view category = page ? text(told_.top[T::Category]) : std::string_view{};
    if (!category.empty() && told_.property[P::Category].none()) {
        told_.properties.key("category");
        PackedWriter(told_.properties.bytes).string(category);
    }
    if (!told_.properties.empty()) told_.properties.append_object(event.properties);
    const Fit fit = finish_traits(event);
    return fit != Fit::Ok ? fit : finish_context(event);
}

Fit EventBuilder::finish_traits(Event& event) {
    const JsonAt own = told_.top[T::Traits];
    if (event.kind == EventKind::Identify && !told_.context_traits.empty()) {
        if (told_.traits.empty())
            std::swap(told_.traits, told_.context_traits);
        else {  // both: node SDKs copy one into the other; what only one has is kept
            Packer packer(body_);
            body_.each_member(told_.context[C::Traits], [&](std::string_view key, JsonAt value) {
                if (!body_.find(own, key).none()) return true;
                const auto cut = cut_address(body_, key, value);
                const bool left_out = cut ? cut->empty() : is_refused(body_, key, value);
                if (left_out || !is_kept(rules_, FreePart::Traits, key))
                    return true;  // counted when read
                told_.traits.key(key);
                if (cut) {
                    PackedWriter(told_.traits.bytes).string(*cut);
                    return true;
                }
                return !packer.pack(value, told_.traits.bytes, 2).none();
            });
            if (packer.fit() != Fit::Ok) return packer.fit();
        }
        told_.context_traits.clear();
    }
    if (!told_.traits.empty()) told_.traits.append_object(event.traits);
    return Fit::Ok;
}

void EventBuilder::note_in_context(std::string_view key, std::string_view value) {
    if (value.empty() || !body_.find(told_.top[T::Context], key).none()) return;
    told_.context_members.key(key);
    PackedWriter(told_.context_members.bytes).string(value);
}

Fit EventBuilder::finish_context(Event& event) {
    Members& members = told_.context_members;
    if (!told_.context_traits.empty()) {
        members.key("traits");
        told_.context_traits.append_object(members.bytes);
    }
    note_in_context("groupId", text(told_.top[T::GroupId]));
    note_in_context("original_event", original_name_);
    if (keep_told_time_) {
        const JsonAt stamp = told_.top[T::Timestamp];
        note_in_context("told_time", text(stamp.none() ? told_.top[T::OriginalTimestamp] : stamp));
    }
    if (!told_.extra.empty()) {  // "_event": an event cannot have a member of that name in context
        members.key("_event");
        told_.extra.append_object(members.bytes);
    }
    if (!members.empty()) members.append_object(event.context);
    return Fit::Ok;
}

}  // namespace filrouge::collect
