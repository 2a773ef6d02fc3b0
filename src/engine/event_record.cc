#include "engine/event_record.h"

#include "engine/records.h"
#include "model/record_versions.h"
#include "storage/seal.h"

namespace filrouge::engine {

// One that the log refuses at a start could not be read again.
static_assert(kTermedEventVersion == newest_version(RecordType::Event));

namespace {

constexpr std::uint8_t kContact = 1, kByPurpose = 2;

void write_content(const Event& e, ByteWriter& w) {
    w.sized(e.name);
    w.sized(e.message_id);
    w.sized(e.properties);
    w.sized(e.traits);
    w.sized(e.context);
    write_event_facts(e, w);
}

bool read_content(ByteReader& r, Event& e) {
    e.name = r.sized();
    e.message_id = r.sized();
    e.properties = r.sized();
    e.traits = r.sized();
    e.context = r.sized();
    return read_event_facts(r, e);
}

}  // namespace

std::string_view history_name(const Event& event) {
    switch (event.kind) {
        case EventKind::Track: return event.name;
        case EventKind::Identify: return "Identify";
        case EventKind::Page: return "Page Viewed";
        case EventKind::Screen: return "Screen Viewed";
        case EventKind::Group: return "Group";
        case EventKind::Alias: return "Alias";
    }
    return {};
}

void drop_content(Event& event) {
    event.flags |= kEventConsentOnly;
    event.name.clear();
    event.properties.clear();
    event.traits.clear();
    event.context.clear();
    event.product.clear();
    event.place.clear();
    event.has_value = false;
    event.value = {};
    event.quantity = 0;
}

bool decode_event_clear(BytesView clear, Event& event, std::optional<TermSeal>& term) {
    term.reset();
    ByteReader r(clear);
    if (!read_event_clear(r, event)) return false;
    if (r.done()) return true;  // before version 4
    const FragmentNo period{r.u32()};
    const std::uint8_t flags = r.u8();
    if (r.bad() || period.is_none()) return false;
    term = TermSeal{period, (flags & kContact) != 0, (flags & kByPurpose) != 0};
    return true;
}

EventContent decode_event_content(BytesView plain, bool termed, Event& event) {
    if (!termed)
        return decode_event_sealed(plain, event) ? EventContent::Whole : EventContent::Unreadable;
    ByteReader r(plain);
    const BytesView ties = r.sized();
    if (r.bad() || !decode_event_sealed(ties, event)) return EventContent::Unreadable;
    if (r.done()) return EventContent::Lapsed;
    return read_content(r, event) ? EventContent::Whole : EventContent::Unreadable;
}

bool decode_event(BytesView clear, BytesView plain, Event& event) {
    std::optional<TermSeal> term;
    return decode_event_clear(clear, event, term) &&
           decode_event_content(plain, term.has_value(), event) != EventContent::Unreadable;
}

void seal_termed_event(const Event& event, const TermSeal& term, const TermedKeys& keys,
                       Bytes& clear, Bytes& plain, Bytes& sealed) {
    ByteWriter w(clear);
    write_event_fixed(event, w);
    write_event_facts(Event{}, w);
    w.u32(term.period.value);
    w.u8(static_cast<std::uint8_t>((term.is_contact ? kContact : 0) |
                                   (term.by_purpose ? kByPurpose : 0)));
    Bytes ties, content, closed;
    ByteWriter ties_writer(ties), content_writer(content);
    write_event_ties(event, ties_writer);
    write_content(event, content_writer);
    seal(keys.period, nonce_of(event.id), clear, content, closed);
    Bytes both;
    ByteWriter(both).sized(ties);
    plain = both + content;
    both += closed;
    seal(keys.fragment, nonce_of(event.id), clear, both, sealed);
}

Result<void> open_event(const KeyStore& keys, std::uint8_t version, FragmentNo fragment,
                        BytesView clear, BytesView sealed, Bytes& plain) {
    plain.clear();
    const auto key = keys.find(fragment);
    if (!key || sealed.empty()) return {};
    if (version < kTermedEventVersion) return unseal(*key, clear, sealed, plain);
    Bytes both, content;
    TRY(unseal(*key, clear, sealed, both));
    Event event;
    std::optional<TermSeal> term;
    ByteReader r(both);
    const BytesView ties = r.sized();
    if (r.bad() || !decode_event_clear(clear, event, term) || !term)
        return Error{"seal.broken", "An event's sealed part is not of its version's form.",
                     "Run `filrouge log verify`."};
    if (const auto period = keys.find(term->period))
        TRY(unseal(*period, clear, r.raw(r.left()), content));
    ByteWriter(plain).sized(ties);
    plain += content;
    return {};
}

}  // namespace filrouge::engine
