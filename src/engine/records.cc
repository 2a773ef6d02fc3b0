#include "engine/records.h"

#include <cstring>

#include "base/room_writer.h"

namespace filrouge::engine {

namespace {

// Of an event's record, what is as long in every one: the first part of its clear part.
constexpr std::size_t kFixedBytes = 8 + 4 + 1 + 8 + 8 + 8 + 4 + 1 + 1 + 1;

template <class Writer>
void write_fixed(const Event& e, Writer& w) {
    w.u64(e.dedupe_key);  // first, at fixed places: the log's thread reads these three alone
    w.u32(e.body_check);
    w.u8(e.flags);
    w.u64(e.id.high);
    w.u64(e.id.low);
    w.u64(static_cast<std::uint64_t>(e.at.us));
    w.u32(e.allowed.bits);
    w.u8(static_cast<std::uint8_t>(e.kind));
    w.u8(static_cast<std::uint8_t>(e.channel));
    w.u8(static_cast<std::uint8_t>(e.basis));
    w.varint(e.source);
    w.varint(e.brand);
}

template <class Writer>
void write_facts(const Event& e, Writer& w) {
    w.u8(e.has_value ? 1 : 0);
    if (e.has_value) {
        w.varint_signed(e.value.amount);
        w.varint(e.value.currency.code);
    }
    w.varint_signed(e.quantity);
    w.sized(e.product);
    w.sized(e.place);
}

// Appends what `write` writes, which is at most `room` bytes.
template <class Write>
void append_written(Bytes& out, std::size_t room, Write write) {
    thread_local Bytes scratch;  // room in `out` itself would be filled with zeros first
    if (scratch.size() < room) scratch.resize(room);
    RoomWriter w(scratch.data());
    write(w);
    out.append(scratch.data(), w.at());
}

}  // namespace

void encode_event_clear(const Event& e, Bytes& out) {
    const std::size_t room = kFixedBytes + 5 * RoomWriter::kVarintBytesMax + 1 +
                             RoomWriter::room_of(e.product) + RoomWriter::room_of(e.place);
    append_written(out, room, [&e](RoomWriter& w) {
        write_fixed(e, w);
        write_facts(e, w);
    });
}

void write_event_fixed(const Event& e, ByteWriter& w) { write_fixed(e, w); }
void write_event_facts(const Event& e, ByteWriter& w) { write_facts(e, w); }

bool decode_event_clear(BytesView clear, Event& e) {
    ByteReader r(clear);
    return read_event_clear(r, e);
}

bool read_event_clear(ByteReader& r, Event& e) {
    const BytesView fixed = r.raw(kFixedBytes);
    if (r.bad()) return false;
    RoomReader f(fixed.data());
    e.dedupe_key = f.u64();
    e.body_check = f.u32();
    e.flags = f.u8();
    e.id.high = f.u64();
    e.id.low = f.u64();
    e.at.us = static_cast<std::int64_t>(f.u64());
    e.allowed.bits = f.u32();
    const std::uint8_t kind = f.u8();
    const std::uint8_t channel = f.u8();
    const std::uint8_t basis = f.u8();
    if (kind > static_cast<std::uint8_t>(EventKind::Alias) || channel >= kChannels || basis > 3)
        return false;
    e.kind = static_cast<EventKind>(kind);
    e.channel = static_cast<Channel>(channel);
    e.basis = static_cast<LegalBasis>(basis);
    e.source = static_cast<SourceNo>(r.varint());
    e.brand = static_cast<BrandNo>(r.varint());
    return read_event_facts(r, e);
}

bool read_event_facts(ByteReader& r, Event& e) {
    e.has_value = r.u8() != 0;
    if (e.has_value) {
        e.value.amount = r.varint_signed();
        e.value.currency.code = static_cast<std::uint16_t>(r.varint());
    }
    e.quantity = r.varint_signed();
    e.product = r.sized();
    e.place = r.sized();
    return !r.bad();
}

std::optional<DedupeFacts> dedupe_facts(BytesView clear) {
    ByteReader r(clear);
    DedupeFacts facts;
    facts.key = r.u64();
    facts.check = r.u32();
    facts.for_ever = (r.u8() & kEventImported) != 0;
    if (r.bad()) return std::nullopt;
    return facts;
}

namespace {

template <class Writer>
void write_identifiers(const Event& e, Writer& w) {
    w.varint(e.identifiers.size());
    for (const Identifier& id : e.identifiers) {
        w.u8(static_cast<std::uint8_t>(id.type));
        w.varint(id.fragment.value);
        w.sized(id.value);
    }
}

template <class Writer>
void write_consents(const Event& e, Writer& w) {
    w.varint(e.consents.size());
    for (const ConsentStatement& c : e.consents) {
        w.u8(static_cast<std::uint8_t>(static_cast<unsigned>(c.weight) << 6 |
                                       static_cast<unsigned>(c.purpose) << 1 |
                                       (c.granted ? 1u : 0u)));
    }
}

template <class Writer>
void write_in_first_brand(const Event& e, Writer& w) {
    if (e.brand == 0) return;
    for (const Identifier& id : e.identifiers)
        w.varint(id.in_first_brand.is_none() ? 0 : id.in_first_brand.value + std::uint64_t{1});
}

}  // namespace

void encode_event_sealed(const Event& e, Bytes& out) {
    std::size_t room = 2 * RoomWriter::kVarintBytesMax + e.consents.size();
    for (const Bytes* text : {&e.name, &e.message_id, &e.properties, &e.traits, &e.context})
        room += RoomWriter::room_of(*text);
    for (const Identifier& id : e.identifiers)
        room += 1 + 2 * RoomWriter::kVarintBytesMax + RoomWriter::room_of(id.value);
    append_written(out, room, [&e](RoomWriter& w) {
        w.sized(e.name);
        w.sized(e.message_id);
        write_identifiers(e, w);
        write_consents(e, w);
        w.sized(e.properties);
        w.sized(e.traits);
        w.sized(e.context);
        write_in_first_brand(e, w);
    });
}

void write_event_ties(const Event& e, ByteWriter& w) {
    for (int i = 0; i < 2; ++i) w.sized({});  // no name, no message id
    write_identifiers(e, w);
    write_consents(e, w);
    for (int i = 0; i < 3; ++i) w.sized({});  // no properties, traits, context
    write_in_first_brand(e, w);
}

bool decode_event_sealed(BytesView plain, Event& e) {
    ByteReader r(plain);
    e.name = r.sized();
    e.message_id = r.sized();
    const std::uint64_t identifiers = r.varint();
    if (identifiers > kIdentifiersPerEventMax) return false;
    e.identifiers.resize(static_cast<std::size_t>(identifiers));
    for (Identifier& id : e.identifiers) {
        id.type = static_cast<IdentifierType>(r.u8());
        id.fragment = FragmentNo{static_cast<std::uint32_t>(r.varint())};
        id.value = r.sized();
        if (row_of(id.type) == nullptr) return false;
    }
    const std::uint64_t consents = r.varint();
    if (consents > kPurposesMax * 2) return false;
    e.consents.resize(static_cast<std::size_t>(consents));
    for (ConsentStatement& c : e.consents) {
        const std::uint8_t v = r.u8();
        const unsigned weight = v >> 6u;  // 0 before version 3
        c = {static_cast<std::uint8_t>(v >> 1 & (kPurposesMax - 1)), (v & 1) != 0,
             static_cast<ConsentWeight>(weight)};
    }
    e.properties = r.sized();
    e.traits = r.sized();
    e.context = r.sized();
    for (Identifier& id : e.identifiers) {
        const std::uint64_t number = r.left() == 0 ? 0 : r.varint();  // not told before version 2
        id.in_first_brand =
            number == 0 ? FragmentNo{} : FragmentNo{static_cast<std::uint32_t>(number - 1)};
    }
    return !r.bad();
}

Nonce nonce_of(const EventId& id) {
    Nonce nonce;
    std::memcpy(nonce.bytes.data(), &id.high, 8);
    std::memcpy(nonce.bytes.data() + 8, &id.low, 4);
    return nonce;
}

void encode_quarantine_clear(const QuarantineFacts& f, Bytes& out) {
    ByteWriter w(out);
    w.u64(f.id.high);
    w.u64(f.id.low);
    w.varint(f.source);
    w.u64(f.dedupe_key);
    w.u32(f.body_check);
    w.u8(!f.embedded ? 0 : f.own_key ? 1 : 2);
    w.sized(f.code);
    w.sized(f.message);
    w.sized(f.event_clear);
}

bool decode_quarantine_clear(BytesView clear, QuarantineFacts& f) {
    ByteReader r(clear);
    f.id.high = r.u64();
    f.id.low = r.u64();
    f.source = static_cast<SourceNo>(r.varint());
    f.dedupe_key = r.u64();
    f.body_check = r.u32();
    const std::uint8_t embedded = r.u8();
    f.embedded = embedded != 0;
    f.own_key = embedded == 1;
    f.code = r.sized();
    f.message = r.sized();
    f.event_clear = r.sized();
    return !r.bad();
}

void encode_document(const DocumentFacts& f, Bytes& out) {
    ByteWriter w(out);
    w.sized(f.id);
    w.u8(f.removed ? 1 : 0);
    w.sized(f.json);
}

bool decode_document(BytesView clear, DocumentFacts& f) {
    ByteReader r(clear);
    f.id = r.sized();
    f.removed = r.u8() != 0;
    f.json = r.sized();
    return !r.bad();
}

void encode_rate(const audience::Rate& rate, Bytes& out) {
    ByteWriter w(out);
    w.varint(rate.from.code);
    w.varint(rate.to.code);
    w.varint_signed(rate.day);
    w.varint_signed(rate.rate);
}

bool decode_rate(BytesView clear, audience::Rate& rate) {
    ByteReader r(clear);
    rate.from = Currency{static_cast<std::uint16_t>(r.varint())};
    rate.to = Currency{static_cast<std::uint16_t>(r.varint())};
    rate.day = static_cast<std::int32_t>(r.varint_signed());
    rate.rate = r.varint_signed();
    return !r.bad() && rate.rate > 0 && rate.from != rate.to && !rate.from.is_unknown() &&
           !rate.to.is_unknown();
}

void encode_not_kept(const NotKeptFacts& f, Bytes& out) {
    ByteWriter w(out);
    w.varint(f.source);
    w.varint(f.reasons.size());
    for (const auto& [reason, count] : f.reasons) {
        w.sized(reason);
        w.varint(count);
    }
}

bool decode_not_kept(BytesView clear, NotKeptFacts& f) {
    ByteReader r(clear);
    f.source = static_cast<SourceNo>(r.varint());
    const std::uint64_t n = r.varint();
    if (n > clear.size()) return false;
    for (std::uint64_t i = 0; i < n && !r.bad(); ++i) {
        std::string reason(r.sized());
        f.reasons.emplace_back(std::move(reason), r.varint());
    }
    return !r.bad();
}

void encode_predicted_clear(const PredictedFacts& f, Bytes& out) {
    ByteWriter w(out);
    w.u64(f.id.high);
    w.u64(f.id.low);
    w.i64(f.at.us);
    w.varint(f.brand);
    w.u8(f.purpose);
    w.u8(static_cast<std::uint8_t>(f.model));
    w.varint_signed(f.weeks);
}

bool decode_predicted_clear(BytesView clear, PredictedFacts& f) {
    ByteReader r(clear);
    f.id.high = r.u64();
    f.id.low = r.u64();
    f.at.us = r.i64();
    f.brand = static_cast<BrandNo>(r.varint());
    f.purpose = r.u8();
    f.model = static_cast<ModelKind>(r.u8());
    f.weeks = r.varint_signed();
    return !r.bad() && f.purpose < kPurposesMax && is_fitted(f.model);
}

void encode_predicted_sealed(const PredictedFacts& f, Bytes& out) {
    ByteWriter w(out);
    w.varint(f.values.size());
    for (const auto& [name, value] : f.values) {
        w.sized(name);
        w.u8(value ? 1 : 0);
        if (value) w.varint_signed(*value);
    }
}

bool decode_predicted_sealed(BytesView plain, PredictedFacts& f) {
    ByteReader r(plain);
    const std::uint64_t n = r.varint();
    if (n > kPredictionsMax) return false;
    f.values.clear();
    for (std::uint64_t i = 0; i < n && !r.bad(); ++i) {
        std::string name(r.sized());
        std::optional<std::int64_t> value;
        if (r.u8() != 0) value = r.varint_signed();
        f.values.emplace_back(std::move(name), value);
    }
    return n != 0 && !r.bad();
}

}  // namespace filrouge::engine
