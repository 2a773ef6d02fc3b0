// Everything derived from the log, as one deterministic value: the same records give the same
// bytes, on any compiler and machine. No clock, no chance, no I/O: time comes with the records.
// (Design: sections 1 and 3.)
//
// Owned by the fold's thread; readers hold its lock shared. The parts are public to the queries of
// this folder and to nobody else: doors see engine/runtime.h.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "audience/live.h"
#include "consent/gate.h"
#include "consent/ledger.h"
#include "consent/proof_index.h"
#include "consent/restraints.h"
#include "consent/suppressions.h"
#include "consent/wordings.h"
#include "engine/audit_places.h"
#include "engine/call_book.h"
#include "engine/documents.h"
#include "engine/growth_book.h"
#include "engine/match_book.h"
#include "engine/offer_book.h"
#include "engine/person_sizes.h"
#include "engine/profile_names.h"
#include "engine/runtime.h"
#include "engine/session_book.h"
#include "engine/staff_book.h"
#include "history/columns.h"
#include "history/store.h"
#include "identity/graph.h"
#include "model/packed.h"
#include "profile/corrections.h"
#include "profile/traits.h"
#include "storage/erasures.h"
#include "storage/expiries.h"
#include "storage/keys.h"
#include "storage/log.h"

namespace filrouge::engine {

struct IdentityDecision;  // engine/identity_record.h
struct IdentityRules;
class TermBook;   // engine/term_book.h
struct TermSeal;  // engine/event_record.h
enum class EventContent : std::uint8_t;

// Raised when a change of code would fold the same log to other bytes; snapshots of another version
// are not loaded.
constexpr std::uint32_t kFoldVersion = 24;
// Changes that wait for one webhook; past it those of this one are counted and dropped. Each has
// its own room, so that one that does not answer takes nothing from the others.
constexpr std::uint32_t kWebhookWaitingMax = 100'000;
// Counted of all webhooks together.
constexpr std::string_view kWebhooksSent = "webhooks_sent";
constexpr std::string_view kWebhooksGivenUp = "webhooks_given_up";
constexpr std::string_view kWebhooksDropped = "webhooks_dropped";
constexpr std::uint32_t kNoDocument = UINT32_MAX;
constexpr std::uint32_t kEventNameRowsMax =
    100'000;  // pairs of event and property that are counted
// Pairs of event name and currency that are counted of one source. Whoever has its write key may
// name events as they like: past it they are counted together, in one row.
constexpr std::uint32_t kSourceEventRowsMax = 1'000;

// The trait that a person's calendar follows; the brand's zone where it is unknown.
constexpr std::string_view kTimeZoneTrait = "timezone";

struct FoldKeys {
    HashKey dictionary;
    DataKey profile_names;
    // Whose fragments count as never met, from the first record on. It stands beside the keys, and
    // like a missing key it decides what there is to fold. Null: nobody.
    const Erasures* erasures = nullptr;
    // Which events have outlived their term, in the same way. Null: none.
    const Expiries* expiries = nullptr;
};

// The bounds that a test must be able to meet; otherwise they are what they are.
struct FoldBounds {
    std::uint32_t dictionary_entries_max = history::kDictionaryEntriesMax;
    std::uint32_t dictionary_reserve = history::kDictionaryReserve;
    std::uint32_t large_person_events = audience::kLargePersonEvents;
    std::uint32_t webhook_waiting = kWebhookWaitingMax;
};

struct BrandInfo {
    std::string id, name, time_zone;
    std::unique_ptr<audience::Zone> zone;
};

struct AudienceInfo {
    audience::AudienceNo slot;
    std::uint32_t document = 0;
    std::string id, name, rule_text, purpose;
    std::string brand;  // id
    audience::Use use;  // the two as numbers
    std::vector<audience::AudienceNo> needs;
    EventTime created;
};

// What a record led to, for streams and webhooks; not part of the state.
struct Consequences {
    bool wants_event = false;  // asked by the caller: fill `event`
    std::uint64_t sequence = 0;
    EventTime at;
    std::vector<audience::Change> changes;
    std::vector<PersonNo> consent_of;  // whose standing may have changed
    PersonNo corrected;                // who was put right: recipients are told (GDPR 19)
    bool has_event = false;
    StoredEvent event;
};

class Fold final : public audience::People, public audience::Names {
  public:
    explicit Fold(const FoldKeys& keys, const FoldBounds& bounds = {});
    ~Fold() override;

    // `plain` is the unsealed sealed part; empty when there is none or its key was forgotten.
    void apply(const RecordView& record, BytesView plain, Consequences* consequences);
    // Of a record that is applied soon: what lies in memory under its fragment's number, and, once
    // that is here, what it points to. They change nothing.
    void prefetch(FragmentNo fragment) const;
    void prefetch_further(FragmentNo fragment) const;
    std::uint64_t applied() const;
    EventTime now() const;
    std::optional<EventTime> wake_at() const { return live.next_wake(); }
    bool wants_ticks() const {  // one after the other
        return live.backfilling() || live.rings_wait(now());
    }
    bool wants_tick() const { return live.put_off() != 0; }  // now and then
    TableSpace& space() { return space_; }
    Hash128 hash() const { return space_.hash(); }
    void after_load();  // rebuilds what is kept beside the tables

    // --- People, for the live index; also for full evaluations. Not thread-safe: see Looker.
    audience::PersonView look(PersonNo person, audience::Use use) override;
    bool may_use(PersonNo person, audience::Use use) override;
    bool may_read(PersonNo person, audience::Use use) const;  // for staff, for a message
    bool is_person(std::uint32_t number) override;
    bool is_thing(std::uint32_t number) const;  // shared, or a visit that names nobody
    std::uint32_t end() override { return graph.fragments(); }
    std::uint32_t events_of(PersonNo person) override { return sizes.of(person); }
    bool is_large(PersonNo person) override { return sizes.is_large(person); }
    // --- Names, for rules that go live (numbers are given).
    StringNo number(std::string_view text) override {
        return dictionary.intern(text, history::Room::Rule);
    }
    std::string_view text(StringNo number) const override { return dictionary.text(number); }
    std::optional<std::uint8_t> purpose(std::string_view name) const override {
        return purposes.bit_of(name);
    }
    std::optional<audience::AudienceNo> audience(std::string_view name) const override;
    std::vector<audience::AudienceNo> needs(audience::AudienceNo slot) const override;

    // A person's fragments are of one brand, or, where identity crosses brands, of several: then a
    // brand's part of the person is its own fragments, and nothing is read but a brand's part.
    BrandNo brand_of(FragmentNo fragment) const;
    // Met and not erased since.
    bool is_met(FragmentNo fragment) const {
        return fragment.value < fragments.size() &&
               fragments.at(fragment.value).first_sequence != 0;
    }
    // Its term has passed, as far as that is decided: only its identifiers and consents count.
    bool has_expired(const Event& event) const;
    bool is_known_to(PersonNo person, BrandNo brand) const;
    std::vector<BrandNo> brands_of(PersonNo person) const;  // ascending
    void fragments_of(PersonNo person, BrandNo brand, std::vector<FragmentNo>& out) const;
    consent::Standing standing_of(PersonNo person, BrandNo brand) const;
    consent::Standing stated_by(FragmentNo fragment) const;  // statements and objections
    // Those that hold for it, a no in the person's own words beside what it stands before.
    void statements_of(FragmentNo fragment, std::vector<consent::StatementView>& out) const;
    // Of each fragment: the standing of its brand's part of the person.
    void each_standing(PersonNo person,
                       const std::function<void(FragmentNo, consent::Standing)>& each) const;
    std::optional<BrandNo> brand_named(std::string_view id) const;
    // Of identity: by the settings and by operators' rules, those told last or others.
    identity::Limits limits_told() const;
    identity::Limits limits_by(const IdentityRules& rules) const;
    IdentityRules rules_told() const;
    // Growth of audiences on days that are over and were not told yet, at most kAudienceDaysMax.
    std::vector<AudienceDay> days_to_tell() const;
    std::int32_t day_of(BrandNo brand, EventTime at) const;  // there; since 1970-01-01

  public:           // rows, for queries
    struct State {  // one row
        std::uint64_t applied;
        std::int64_t now;
        std::uint64_t settings_sequence;
    };
    struct FragmentRow {
        std::uint64_t first_sequence;  // the record that tells the identifier; 0 when not met
        std::uint16_t in_identifiers;  // its place among that record's identifiers
        std::uint16_t brand;
        std::uint32_t person;  // as the live index knows it
    };
    struct QuarantineRow {
        std::uint64_t sequence;
        std::int64_t received;
        std::uint32_t source;
        std::uint32_t code;      // StringNo
        std::uint32_t resolved;  // 0 open, 1 replayed, 2 discarded
        std::uint32_t day;       // fragment whose key seals it; none: a key that never expires
    };
    struct CountRow {
        std::uint32_t source;
        std::uint32_t what;  // StringNo: "stored", "bot", "not_kept:no_consent", ...
        std::uint64_t count;
    };
    struct OutboxRow {  // a membership change, or a correction, on its way to a webhook
        std::uint64_t sequence;
        std::int64_t at;
        std::uint32_t ordinal;
        std::uint32_t webhook;   // document
        std::uint32_t audience;  // document; kNoDocument: a correction
        std::uint32_t person;
        std::uint32_t entered;
        std::uint32_t done;  // 0 waiting, 1 taken, 2 given up
    };
    struct SourceEventRow {  // what a source sent of an event, bots apart
        std::uint32_t source;
        std::uint32_t name;
        std::uint32_t currency;
        std::uint32_t others;  // 1: all past kSourceEventRowsMax, which have no name and no value
        std::uint64_t count;
        std::int64_t value;  // in 1/10,000 of the currency
    };
    struct ErasedRow {
        std::uint64_t id_high, id_low;
        std::uint64_t sequence;
        std::int64_t at;
        std::uint32_t fragments;
        std::uint32_t spare;
    };
    struct AuditHead {  // one row: the newest record of the audit
        std::uint64_t entries;
        std::array<unsigned char, 32> hash;
    };
    struct NameRow {
        std::uint32_t name;
        std::uint32_t key;  // none for the event itself
        std::uint64_t count;
    };
    struct DecisionRow {  // of an operator, about identity; in order of the log
        std::uint64_t sequence;
        std::int64_t at;
        std::uint32_t a, b;     // fragments; b none for one identifier
        std::uint32_t verdict;  // Verdict
        std::uint32_t spare;
    };

  private:
    void apply_event(const RecordView& record, BytesView plain, Consequences& out);
    bool apply_consent(const Event& event, std::uint64_t sequence);
    void apply_document(const RecordView& record, Consequences& out);
    void apply_quarantine(const RecordView& record);
    void fill_outbox(const Consequences& out);
    void put_out(const OutboxRow& row);
    void forget_rows(std::uint32_t webhook);
    void index_outbox();
    void settle_row(std::uint32_t at, std::uint32_t how);
    void apply_rate(const RecordView& record);
    void apply_erased(const RecordView& record, Consequences& out);
    void apply_audit(const RecordView& record);
    void apply_staff_item(const RecordView& record);
    void apply_session(const RecordView& record);
    void apply_uses(const RecordView& record);
    void apply_call(const RecordView& record);
    void apply_audience_days(const RecordView& record);
    void apply_audience_moves(const RecordView& record, Consequences& out);
    void note_growth(std::span<const audience::Change> changes, std::size_t first_found);
    bool is_erased(FragmentNo fragment) const {
        return erasures_ != nullptr && erasures_->has(fragment);
    }
    void drop_erased(Event& event) const;
    void count_erased(FragmentNo fragment);
    bool lapses(Event& event, const std::optional<TermSeal>& term, EventContent content);
    void apply_expired(const RecordView& record);
    void apply_swept(const RecordView& record);
    void apply_predicted(const RecordView& record, BytesView plain, Consequences& out);
    void apply_consent_told(const RecordView& record, Consequences& out);
    void hold_for_others(const consent::Entry& entry, std::uint64_t sequence, Consequences& out);
    void take_back(const consent::Entry& entry, std::uint64_t sequence, Consequences& out);
    void tell_standing(const consent::Entry& entry, std::span<const FragmentNo> who,
                       Consequences& out);
    bool state_consents(std::span<const ConsentStatement> said, std::span<const FragmentNo> who,
                        EventTime at, std::uint64_t sequence);
    void apply_restrained(const RecordView& record, Consequences& out);
    void apply_corrected(const RecordView& record, BytesView plain, Consequences& out);
    void apply_suppressed(const RecordView& record);
    void load_wordings();
    void apply_sent(const RecordView& record);
    void apply_identity_decision(const RecordView& record, Consequences& out);
    bool decide(const IdentityDecision& decision);
    void apply_identity_rules(const RecordView& record, Consequences& out);
    void apply_match_decision(const RecordView& record, Consequences& out);
    void load_offers();
    void apply_offer_answered(const RecordView& record, BytesView plain, Consequences& out);
    void apply_offer_taken_back(const RecordView& record, Consequences& out);
    void forget_answer(FragmentNo fragment, std::string_view line, PurposeSet allowed);
    std::vector<DocumentView> audiences_as_made() const;
    void define_audience(const DocumentView& document, bool start);
    void remove_audience(std::string_view id);
    bool folds_by(std::string_view settings) const;
    void load_settings();
    void load_sources();
    void load_webhooks();
    void note_fragments(const Event& event, std::uint64_t sequence);
    void tie_brands(const Event& event, std::uint64_t sequence);
    void set_traits(const Event& event, std::uint64_t sequence);
    std::uint64_t read_trait(history::TraitRow row, const PackedView& value);
    std::uint64_t take_trait(FragmentNo fragment, std::string_view key, history::TraitRow row,
                             const PackedView& value);
    void bind_things(const Event& event, std::uint64_t sequence,
                     std::vector<audience::Change>& changes);
    void apply_thing_passed_on(const RecordView& record, Consequences& out);
    void look_at_holders(FragmentNo thing, PersonNo before, EventTime at,
                         std::vector<audience::Change>& changes);
    void touch(const Event& event, const audience::Touch& what, Consequences& out);
    void regroup(Consequences& out);
    history::EventRow row_of(const Event& event, std::uint64_t sequence);
    void add_cells(std::string_view key, const PackedView& value);
    bool has_cell(StringNo key) const;
    void count_event_name(const history::EventRow& row);

    const Erasures* erasures_;
    const Expiries* expiries_;
    TableSpace space_;
    // Names that come again and again, found without hashing: property names, event names. Holds
    // only what the dictionary says, so it changes no outcome.
    StringNo name_number(std::string_view text, history::Room room = history::Room::Name);
    struct KnownName {
        std::string text;
        StringNo number;
    };
    struct KnownPair {
        std::uint32_t name = StringNo::kNone, key = StringNo::kNone, row = StringNo::kNone;
    };
    void count_source_event(const history::EventRow& row);
    std::map<std::array<std::uint32_t, 3>, std::uint32_t> source_event_index_;
    std::map<std::uint32_t, std::uint32_t> source_event_rows_;    // how many of it, by source
    std::map<std::uint32_t, std::uint32_t> source_event_others_;  // the row, by source
    std::array<KnownName, 512> known_names_;
    std::array<KnownPair, 1024> known_pairs_;
    Event event_;                                   // scratch: keeps its strings' memory
    std::vector<ConsentStatement> lasting_;         // scratch
    std::vector<ConsentStatement> own_statements_;  // scratch
    std::vector<FragmentNo> changed_;               // scratch: fragments whose person changed
    std::vector<identity::Seen> seen_;              // scratch
    std::vector<StringNo> changed_traits_;          // scratch
    std::vector<history::TraitRow> told_;           // scratch: one trait
    std::string path_;                              // scratch
    std::vector<history::Cell> cells_;
    struct TextAhead {
        std::size_t cell;
        history::Dictionary::Ahead ahead;
    };
    std::vector<TextAhead> texts_ahead_;  // of cells_ that still want their number
    std::vector<history::Line> lines_;
    std::unique_ptr<class PersonReader> reader_;
    struct Waiting {  // of one webhook's rows in the outbox
        std::uint32_t rows = 0;
        std::uint32_t first = 0;  // none before it waits
    };
    std::map<std::uint32_t, Waiting> waiting_;  // by document; rebuilt by index_outbox()
    std::uint32_t outbox_waiting_ = 0;          // rows of the outbox before it are taken
    std::uint32_t outbox_taken_ = 0;            // rows of it that are
    const std::uint32_t webhook_waiting_max_;
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> count_index_;
    std::array<BrandNo, audience::kAudiencesMax> brand_of_audience_{};  // by slot

  public:
    history::Dictionary dictionary;
    history::Store history;
    identity::Graph graph;
    consent::Ledger ledger;      // whatever was stated
    consent::Ledger objections;  // objections, and the choices that may end them
    consent::Ledger own_words;   // what persons said themselves: objections of GDPR 21
    consent::Restraints restraints;
    consent::ProofIndex proofs;
    consent::Suppressions suppressions;
    profile::Traits traits;
    profile::Corrections corrections;
    Documents documents;
    audience::LiveIndex live;
    audience::Rates rates;
    ProfileNames names;
    PersonSizes sizes;
    Table<State> state;
    Table<FragmentRow> fragments;
    Table<QuarantineRow> quarantine;  // in the order of `sequence`
    // The place of that record's row.
    std::optional<std::uint32_t> quarantined(std::uint64_t sequence) const;
    Table<CountRow> counts;
    Table<OutboxRow> outbox;
    Table<SourceEventRow> source_events;
    Table<NameRow> event_names;
    HashIndex event_name_index;
    Table<DecisionRow> decisions;
    Table<ErasedRow> erased;
    Table<AuditHead> audit_head;
    AuditPlaces audit_places;
    MatchBook matches;
    StaffBook staff;
    OfferBook offers;
    SessionBook sessions;
    GrowthBook growth;
    std::unique_ptr<TermBook> terms;

    // Beside the tables, rebuilt by after_load().
    consent::Purposes purposes;
    std::shared_ptr<const consent::Wordings> wordings;  // replaced whole; doors hold it, too
    std::vector<std::pair<std::uint32_t, std::string>> webhooks;  // document and audience id
    std::vector<SourceInfo> sources;  // by SourceNo; index 0 is the process
    std::map<std::string, AudienceInfo, std::less<>> audiences;  // by id
    std::vector<BrandInfo> brands;                               // by BrandNo; at least one
    // Whose columns no longer hold; for who keeps them (engine/column_keeper.h).
    history::Changed stale_columns;
    // A table as those above.
    CallBook calls;

    // The first row of the outbox that may be waiting.
    std::uint32_t first_waiting() const { return outbox_waiting_; }
    // The rows that are not taken yet; of each webhook that has such a row, the first.
    std::uint32_t waiting_rows() const { return outbox.size() - outbox_taken_; }
    std::vector<std::uint32_t> next_rows() const;
    void count(SourceNo source, std::string_view what, std::uint64_t n);
    std::uint64_t counted(SourceNo source, std::string_view what) const;

    friend class PersonReader;
};

// Reads a brand's part of persons for a purpose with memory of its own, so that several threads may
// under the shared lock. The view is valid until the next call.
class PersonReader {
  public:
    explicit PersonReader(const Fold& fold);
    ~PersonReader();
    audience::PersonView look(PersonNo person, audience::Use use);
    audience::PersonView look_without_events(PersonNo person, audience::Use use);
    // A person there could be: of these fragments, in those audiences. `member_of` is kept as long
    // as the view.
    audience::PersonView look_as(PersonNo named, std::span<const FragmentNo> fragments,
                                 audience::Use use,
                                 const std::function<bool(audience::AudienceNo)>& member_of);
    // All that a brand knows the person did, whatever it may be used for: for the columns.
    std::span<const history::EventRow> history_of(PersonNo person, BrandNo brand);
    // The newest events before the cursor, at most `limit`, in order of time.
    std::span<const history::EventRow> newest(PersonNo person, audience::Use use,
                                              history::Newest::Cursor before, std::size_t limit);
    std::string_view time_zone() const;  // by which the last one looked at lives

  private:
    struct Impl;
    const Fold& fold_;
    std::unique_ptr<Impl> impl_;
};

}  // namespace filrouge::engine
