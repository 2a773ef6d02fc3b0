// The bytes of each record type's clear and sealed part. Spec: docs/formats/records.md. Versioned
// by the record's own version byte; what version 1 wrote is read for ever.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "audience/rates.h"
#include "base/bytes.h"
#include "base/result.h"
#include "model/event.h"
#include "model/model_kind.h"
#include "storage/log.h"
#include "storage/seal.h"

namespace filrouge::engine {

constexpr std::uint8_t kEventRecordVersion = 3;

void encode_event_clear(const Event& event, Bytes& out);
void encode_event_sealed(const Event& event, Bytes& out);
// The parts written by the two above; false when malformed. The fragment comes from the record.
bool decode_event_clear(BytesView clear, Event& event);
bool decode_event_sealed(BytesView plain, Event& event);
// Parts of the two, which version 4 puts elsewhere (engine/event_record.h): the clear part without
// the facts (value, quantity, product, place), the sealed one without its content (name, message
// id, properties, traits, context).
void write_event_fixed(const Event& event, ByteWriter& w);
void write_event_facts(const Event& event, ByteWriter& w);
bool read_event_clear(ByteReader& r, Event& event);
bool read_event_facts(ByteReader& r, Event& event);
void write_event_ties(const Event& event, ByteWriter& w);
// Only what deduplication needs of a clear part.
struct DedupeFacts {
    std::uint64_t key = 0;
    std::uint32_t check = 0;
    bool for_ever = false;
};
std::optional<DedupeFacts> dedupe_facts(BytesView clear);

// The nonce of an event: the first 96 bits of its random id.
Nonce nonce_of(const EventId& id);

// What could not be taken as it came. Clear: reason, source, whose bytes are sealed; sealed: the
// JSON text as received, or (embedded) the sealed part of the event record that conflicted. Both
// under the key of the day; version 0.1 left an embedded one under its event's own.
struct QuarantineFacts {
    std::string code;
    std::string message;
    SourceNo source = 0;
    EventId id;
    std::uint64_t dedupe_key = 0;
    std::uint32_t body_check = 0;
    bool embedded = false;
    bool own_key = false;  // embedded, and not under the day's
    Bytes event_clear;     // of the embedded event
};
void encode_quarantine_clear(const QuarantineFacts& facts, Bytes& out);
bool decode_quarantine_clear(BytesView clear, QuarantineFacts& facts);

// Records whose content is one JSON document about a named thing (settings, sources, audiences,
// tokens, webhooks): clear = sized id, u8 removed, sized JSON.
struct DocumentFacts {
    std::string id;
    bool removed = false;
    std::string json;
};
void encode_document(const DocumentFacts& facts, Bytes& out);
bool decode_document(BytesView clear, DocumentFacts& facts);

// RateTold: both currencies, day, rate.
void encode_rate(const audience::Rate& rate, Bytes& out);
bool decode_rate(BytesView clear, audience::Rate& rate);

// NotKept: source, then (sized reason, count)*. A reason is one of events that were not kept, or
// one of these, of parts of events that were: properties that were not kept, identifiers that are
// none of their type (kept as what else they are, a trait or a property).
constexpr std::string_view kUndeclaredProperties = "undeclared_properties";
constexpr std::string_view kRefusedIdentifiers = "refused_identifiers";
// Counted by the fold: events whose sealed part stays closed, because their key is not here.
constexpr std::string_view kWithoutKey = "without_key";
// Counted by the fold as well: events of persons who were erased.
constexpr std::string_view kErasedEvents = "erased_events";
// And events whose term has passed: what they say of identity and consent stays.
constexpr std::string_view kExpiredEvents = "expired_events";
// And values of traits for which their identifier, or their list, had no room.
constexpr std::string_view kTraitsLeftOut = "traits_left_out";
// Names and values that got no number, for the dictionary is full: no rule sees them.
constexpr std::string_view kTextsLeftOut = "texts_left_out";
struct NotKeptFacts {
    SourceNo source = 0;
    std::vector<std::pair<std::string, std::uint64_t>> reasons;
};
void encode_not_kept(const NotKeptFacts& facts, Bytes& out);
bool decode_not_kept(BytesView clear, NotKeptFacts& facts);

// Predicted: what a model expects of the person of the record's fragment. Clear: id (its first 96
// bits the nonce), time of the run, brand, purpose, model, horizon; sealed, under the fragment's
// key: the figures by name, in 1/10,000. A figure without a value takes an earlier one back.
constexpr std::size_t kPredictionsMax = 16;
struct PredictedFacts {
    EventId id;
    EventTime at;
    BrandNo brand = 0;
    std::uint8_t purpose = 0;
    ModelKind model = ModelKind::Value;
    std::int64_t weeks = 0;  // how far ahead, in 1/10,000
    std::vector<std::pair<std::string, std::optional<std::int64_t>>> values;
};
void encode_predicted_clear(const PredictedFacts& facts, Bytes& out);
void encode_predicted_sealed(const PredictedFacts& facts, Bytes& out);
bool decode_predicted_clear(BytesView clear, PredictedFacts& facts);
bool decode_predicted_sealed(BytesView plain, PredictedFacts& facts);

}  // namespace filrouge::engine
