// A person's export read again, by the reader of the tracking doors: exact numbers, bounded depth.
#include <algorithm>

#include "base/crc32c.h"
#include "collect/json.h"
#include "collect/pack.h"
#include "engine/consent_weight_names.h"
#include "engine/person_export.h"
#include "engine/settings_record.h"

namespace filrouge::engine {
namespace {

using collect::JsonAt;
using collect::JsonBody;
using collect::JsonType;

constexpr std::array<std::string_view, 6> kKinds = {"track",  "identify", "page",
                                                    "screen", "group",    "alias"};

Error invalid(std::uint64_t number, const std::string& what) {
    return Error{"export.invalid",
                 "Event " + std::to_string(number) + " of the export " + what + ".",
                 "docs/formats/export.md says what an event holds."};
}

class EventReading {
  public:
    EventReading(const JsonBody& body, JsonAt event) : body_(body), event_(event), packer_(body) {}

    std::string_view text(std::string_view key) const {
        const JsonAt at = body_.find(event_, key);
        return body_.is(at, JsonType::String) ? body_.string(at) : std::string_view();
    }
    std::optional<std::int64_t> whole(std::string_view key) const {
        const JsonAt at = body_.find(event_, key);
        if (!body_.is(at, JsonType::Int)) return std::nullopt;
        return body_.integer(at);
    }
    bool flag(std::string_view key) const {
        return body_.is(body_.find(event_, key), JsonType::True);
    }
    // False when it is there and is no object that fits.
    bool object(std::string_view key, Bytes& out) {
        const JsonAt at = body_.find(event_, key);
        if (at.none()) return true;
        return body_.is(at, JsonType::Object) && !packer_.pack(at, out, 1).none();
    }
    bool identifiers(std::vector<Identifier>& out) const {
        bool good = true;
        const JsonAt list = body_.find(event_, "identifiers");
        if (!body_.is(list, JsonType::Array)) return false;
        body_.each_element(list, [&](JsonAt each) {
            const JsonAt type = body_.find(each, "type");
            const JsonAt value = body_.find(each, "value");
            good = body_.is(type, JsonType::String) && body_.is(value, JsonType::String) &&
                   out.size() < kIdentifiersPerEventMax;
            if (!good) return false;
            const auto known = identifier_type_named(body_.string(type));
            good = known && !body_.string(value).empty() &&
                   body_.string(value).size() <= kIdentifierBytesMax;
            if (good) out.push_back({*known, std::string(body_.string(value)), {}});
            return good;
        });
        return good && !out.empty();
    }
    bool consents(std::vector<collect::NamedConsent>& out) const {
        const JsonAt said = body_.find(event_, "consents");
        if (said.none()) return true;
        const JsonAt weights = body_.find(event_, "consent_weights");
        if (!body_.is(said, JsonType::Object)) return false;
        if (!weights.none() && !body_.is(weights, JsonType::Object)) return false;
        bool good = true;
        body_.each_member_on_tape(said, [&](std::string_view name, JsonAt value) {
            out.push_back({std::string(name), body_.is(value, JsonType::True)});
            if (weights.none()) return true;  // an export of before they were told
            const JsonAt weight = body_.find(weights, name);
            good = body_.is(weight, JsonType::String);
            if (good) out.back().weight = consent_weight_named(body_.string(weight));
            good = good && out.back().weight.has_value();
            return good;
        });
        return good;
    }

  private:
    const JsonBody& body_;
    JsonAt event_;
    collect::Packer packer_;
};

void read_amounts(const EventReading& from, Event& event) {
    if (const auto amount = from.whole("value_fixed")) {
        event.has_value = true;
        event.value = {*amount, Currency::parse(from.text("currency")).value_or(Currency{})};
    }
    event.quantity = from.whole("quantity_fixed").value_or(0);
    event.product = from.text("product").substr(0, 64);
    event.place = from.text("place").substr(0, 64);
}

// Whether the event existed to state a choice. Without weights only one that holds nothing else is
// known to.
bool states_choice(const std::vector<collect::NamedConsent>& consents, bool consent_only) {
    const bool weighed = std::any_of(consents.begin(), consents.end(),
                                     [](const auto& each) { return each.weight.has_value(); });
    if (!weighed) return consent_only;
    return std::any_of(consents.begin(), consents.end(), [](const auto& each) {
        return each.weight.value_or(ConsentWeight::Ambient) >= ConsentWeight::Choice;
    });
}

Result<collect::Incoming> read_event(const JsonBody& body, JsonAt at, std::uint64_t number) {
    EventReading from(body, at);
    collect::Incoming out;
    Event& event = out.event;
    const auto kind = std::find(kKinds.begin(), kKinds.end(), from.text("kind"));
    const auto time = from.whole("at_us");
    if (kind == kKinds.end() || !time) return invalid(number, "has no kind or no time");
    event.kind = static_cast<EventKind>(kind - kKinds.begin());
    event.at.us = *time;
    event.name = from.text("name");
    event.message_id = from.text("message_id");
    event.channel = channel_named(from.text("channel")).value_or(Channel::Other);
    event.basis = basis_named(from.text("basis")).value_or(LegalBasis::Consent);
    if (from.flag("time_is_synthetic")) event.flags |= kEventSyntheticTime;
    if (from.flag("bot")) out.bot = BotVerdict::Declared;
    read_amounts(from, event);
    if (!from.identifiers(event.identifiers)) return invalid(number, "names nobody");
    if (!from.consents(out.consents)) return invalid(number, "has choices that are no object");
    out.consent_change = states_choice(out.consents, from.flag("consent_only"));
    if (!from.object("properties", event.properties) || !from.object("traits", event.traits) ||
        !from.object("context", event.context))
        return invalid(number, "has properties that are no object");
    event.body_check = crc32c(event.properties, crc32c(event.traits));
    return out;
}

}  // namespace

Result<std::vector<PersonPart>> read_export(std::string_view json) {
    JsonBody body;
    if (!body.parse(json, false).ok() || !body.is(body.root(), JsonType::Object))
        return Error{"api.invalid_json", "The body must be a JSON object.",
                     "Send an export as GET /api/v1/profiles/{id}/export gives it."};
    const JsonAt format = body.find(body.root(), "format");
    const JsonAt version = body.find(body.root(), "version");
    if (!body.is(format, JsonType::String) || body.string(format) != kExportFormat ||
        !body.is(version, JsonType::Int) || body.integer(version) != kExportVersion)
        return Error{"export.unknown_format", "The document is no export of version 1.",
                     "docs/formats/export.md says what one holds."};
    std::vector<PersonPart> parts;
    std::optional<Error> wrong;
    std::uint64_t number = 0;
    const JsonAt events = body.find(body.root(), "events");
    if (!body.is(events, JsonType::Array)) return invalid(0, "is no array");
    body.each_element(events, [&](JsonAt at) {
        auto read = read_event(body, at, ++number);
        if (!read.ok()) {
            wrong = std::move(read).error();
            return false;
        }
        const std::string_view source = EventReading(body, at).text("source");
        if (parts.empty() || parts.back().source != source)
            parts.push_back({std::string(source), {}});
        parts.back().items.emplace_back(std::move(read).value());
        return true;
    });
    if (wrong) return std::move(*wrong);
    return parts;
}

}  // namespace filrouge::engine
