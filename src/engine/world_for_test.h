// A shop without threads for tests: admission, log in memory and fold, driven one event at a time.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "audience/evaluate.h"
#include "engine/admission.h"
#include "engine/column_keeper.h"
#include "engine/correction_record.h"
#include "engine/dedupe.h"
#include "engine/fold.h"
#include "engine/identity_record.h"
#include "engine/identity_words.h"
#include "engine/queries.h"
#include "engine/records.h"
#include "engine/restraint_record.h"
#include "engine/sealed_record.h"
#include "engine/settings_record.h"
#include "fake/fake_random.h"

namespace filrouge::engine {

// What the settings of every world say of purposes and identity.
constexpr std::string_view kWorldPurposes =
    R"("purposes":[)"
    R"({"name":"measurement","basis":"consent","gpc_denies":false,"categories":["Analytics"]},)"
    R"({"name":"marketing.email","basis":"consent","gpc_denies":true,"categories":["Advertising"]},)"
    R"({"name":"service","basis":"contract","gpc_denies":false,"categories":[]}],)"
    R"("identity":[{"type":"anonymous_id","per_person_max":3}])";

class World {
  public:
    explicit World(std::uint64_t seed, FoldBounds bounds = {}) : World(seed, bounds, kSettings) {
        source("web", "");
    }
    World(std::uint64_t seed, FoldBounds bounds, const std::string& settings)
        : bounds_(bounds),
          random_(seed),
          keys_(make_memory_key_store(random_)),
          log_(make_memory_log()),
          directory_(HashKey{1, 2}),
          admission_(directory_, *keys_, board_, views_, random_, HashKey{3, 4}),
          dedupe_(dedupe_space_, days(7)),
          fold(new_fold()) {
        document(RecordType::Settings, std::string(kSettingsDocument), settings);
    }
    void source(const std::string& id, const std::string& brand) {
        SourceInfo source;
        source.id = id;
        source.write_key = "wk";
        source.channel = Channel::Web;
        source.default_purpose = "measurement";
        source.brand = brand;
        document(RecordType::SourceChange, id, source_json(source));
    }
    FragmentNo fragment(BrandNo brand, const Identifier& id) const {
        return directory_.find(brand, id.type, id.value);
    }

    // Refused rules make the test fail by their message.
    void audience(const std::string& id, const std::string& rule, std::uint32_t slot,
                  const std::string& purpose = "measurement", const std::string& brand = "") {
        document(RecordType::AudienceChange, id,
                 audience_json({id, rule, purpose, slot, 0, brand}));
    }
    void remove_audience(const std::string& id) { remove(RecordType::AudienceChange, id); }
    void remove(RecordType type, const std::string& id) {
        NewRecord record;
        record.type = type;
        encode_document({id, true, ""}, record.clear);
        append(record, {});
    }
    void document(RecordType type, const std::string& id, const std::string& json) {
        NewRecord record;
        record.type = type;
        encode_document({id, false, json}, record.clear);
        append(record, {});
    }
    void rate(const audience::Rate& told) {
        NewRecord record;
        record.type = RecordType::RateTold;
        encode_rate(told, record.clear);
        append(record, {});
    }
    // What a run of a model said of the person whose first event was of that fragment.
    void predict(FragmentNo fragment, std::int64_t alive, std::uint8_t purpose = 0) {
        PredictedFacts facts;
        facts.id = admission_.new_id();
        facts.at = as_event_time(now);
        facts.brand = fold->brand_of(fragment);
        facts.purpose = purpose;
        facts.values = {{"p_alive", alive}};
        Bytes clear, plain;
        encode_predicted_clear(facts, clear);
        encode_predicted_sealed(facts, plain);
        sealed(RecordType::Predicted, fragment, facts.id, clear, plain);
    }
    // A record sealed by the key of its fragment, as desks write them.
    void sealed(RecordType type, FragmentNo fragment, const EventId& id, const Bytes& clear,
                const Bytes& plain) {
        NewRecord record;
        record.type = type;
        record.fragment = fragment;
        record.clear = clear;
        if (!plain.empty()) record = sealed_record(*keys_, type, fragment, id, clear, plain).record;
        append(record, plain);
    }
    EventId new_id() { return admission_.new_id(); }
    // An event as the doors let it in: identifiers with their fragments, verdict and all.
    void let_in(Event event) {
        event.id = admission_.new_id();
        NewRecord record;
        record.type = RecordType::Event;
        record.version = kEventRecordVersion;
        record.fragment = event.fragment;
        Bytes plain;
        encode_event_clear(event, record.clear);
        encode_event_sealed(event, plain);
        seal(keys_->create(event.fragment), nonce_of(event.id), record.clear, plain, record.sealed);
        append(record, plain);
    }
    void decide(Verdict verdict, FragmentNo a, FragmentNo b = {}) {
        IdentityDecision decision;
        decision.id = admission_.new_id();
        decision.at = as_event_time(now);
        decision.verdict = verdict;
        decision.a = a;
        decision.b = b;
        decision.reason = "a test";
        Bytes clear, plain;
        encode_identity_decision_clear(decision, clear);
        encode_identity_decision_sealed(decision, plain);
        sealed(RecordType::IdentityDecision, a, decision.id, clear, plain);
    }
    // Restricted, or not to be profiled; or that lifted.
    void restrain(std::vector<FragmentNo> fragments, bool lifted,
                  consent::Restraint what = consent::Restraint::Restricted) {
        RestraintTold told;
        told.id = admission_.new_id();
        told.at = as_event_time(now);
        told.what = what;
        told.lifted = lifted;
        told.fragments = std::move(fragments);
        Bytes clear, plain;
        encode_restraint_clear(told, clear);
        encode_restraint_sealed(told, plain);
        sealed(RecordType::Restrained, told.fragments.front(), told.id, clear, plain);
    }
    void correct(FragmentNo fragment, profile::CorrectionAct act, const std::string& trait,
                 const std::string& value) {
        Correction told;
        told.id = admission_.new_id();
        told.at = as_event_time(now);
        told.act = act;
        told.allowed = PurposeSet{}.with(0);
        told.trait = trait;
        if (act == profile::CorrectionAct::Correct) PackedWriter(told.value).string(value);
        Bytes clear, plain;
        encode_correction_clear(told, clear);
        encode_correction_sealed(told, plain);
        sealed(RecordType::Corrected, fragment, told.id, clear, plain);
    }
    // What first counts of rules answer over columns made of the world as it is now.
    std::vector<std::string> counts_over_columns(const std::vector<std::string>& rules,
                                                 std::string_view purpose) {
        const Settings said = default_settings();
        FairLock lock;
        ColumnKeeper columns(*fold, lock);
        const Library asked = library(lock, columns, said);
        std::vector<std::string> answers;
        for (const std::string& rule : rules) {
            query::Run run;
            auto counted = count_rule_json(asked, rule, purpose, "", run);
            EXPECT_TRUE(counted.ok()) << rule;
            if (counted.ok()) answers.push_back(std::move(counted).value());
        }
        return answers;
    }
    // For questions; the lock and the columns are the test's.
    Library library(FairLock& lock, ColumnKeeper& columns, const Settings& said) {
        return {*fold, lock, *log_, *keys_, directory_, said, columns};
    }
    void tick() {
        NewRecord record;
        record.type = RecordType::Tick;
        append(record, {});
    }
    void settle() {  // until no backfill is left and nobody waits
        while (fold->wants_ticks() || fold->wants_tick()) tick();
    }
    void catch_up() {  // until no large person waits
        while (fold->wants_tick()) tick();
    }

    IngestReply send(collect::Incoming incoming, SourceNo source = 1) {
        IngestRequest request;
        request.source = source;
        request.items.push_back(std::move(incoming));
        PreparedRequest prepared = admission_.prepare(std::move(request), now);
        bool states = true;
        for (Prepared& p : prepared.records) {
            if (p.of_event && !states) continue;
            if (p.record.type == RecordType::ConsentTold) {
                consent::ChainHead head = fold->proofs.head();
                consent::link(p.record.clear, head);
            }
            if (p.is_event) states = false;
            if (p.is_event && dedupe_.admit(p.dedupe.key, p.dedupe.check, p.dedupe.for_ever, now) !=
                                  DedupeVerdict::New) {
                ++prepared.reply.deduplicated;
                continue;
            }
            if (p.is_event) {
                ++prepared.reply.stored;
                states = true;
            }
            append(p.record, p.plain);
        }
        return prepared.reply;
    }

    std::unique_ptr<Fold> new_fold() const {
        return std::make_unique<Fold>(FoldKeys{HashKey{5, 6}, DataKey{}}, bounds_);
    }
    // All that the log says, unsealed.
    std::string everything() const {
        std::string all;
        EXPECT_TRUE(
            log_->read(1,
                       [&](const RecordView& record) {
                           Bytes plain;
                           const auto key = keys_->find(record.fragment);
                           if (!record.sealed.empty() && key) {
                               EXPECT_TRUE(
                                   unseal(*key, associated(record), record.sealed, plain).ok());
                           }
                           all.append(record.clear).append(plain);
                           return true;
                       })
                .ok());
        return all;
    }

    // The same log folded anew, from sealed records alone.
    std::unique_ptr<Fold> rebuilt() const {
        auto other = new_fold();
        EXPECT_TRUE(
            log_->read(1,
                       [&](const RecordView& record) {
                           Bytes plain;
                           const auto key = keys_->find(record.fragment);
                           if (!record.sealed.empty() && key) {
                               EXPECT_TRUE(
                                   unseal(*key, associated(record), record.sealed, plain).ok());
                           }
                           other->apply(record, plain, nullptr);
                           return true;
                       })
                .ok());
        return other;
    }

    // Every rule on every person, from scratch, against what the index holds.
    void expect_live_is_full(const std::string& where) {
        PersonReader reader(*fold);
        for (const auto& [id, info] : fold->audiences) {
            if (!fold->live.complete(info.slot)) continue;
            const audience::Compiled* rule = fold->live.rule(info.slot);
            ASSERT_NE(rule, nullptr) << id;
            std::uint64_t members = 0;
            for (std::uint32_t p = 0; p < fold->graph.fragments(); ++p) {
                const PersonNo person{p};
                const bool in = fold->is_person(p) && fold->may_use(person, info.use) &&
                                audience::evaluate(*rule, reader.look(person, info.use)).in;
                ASSERT_EQ(fold->live.member(info.slot, person), in)
                    << where << ", person " << p << ", " << info.rule_text;
                members += in ? 1 : 0;
            }
            ASSERT_EQ(fold->live.count(info.slot), members) << where << ", " << info.rule_text;
        }
    }

    IngestTime now{1'767'225'600'000'000};
    std::vector<audience::Change> changes;  // all there were

    static inline const std::string kSettings =
        R"({"time_zone":"Europe/Paris","currency":"EUR",)" + std::string(kWorldPurposes) + "}";

  private:
    static BytesView associated(const RecordView& record) {
        return record.type == RecordType::ConsentTold ? consent::fixed_part(record.clear)
                                                      : record.clear;
    }
    void append(const NewRecord& record, const Bytes& plain) {
        const auto first = log_->append(now, {record});
        EXPECT_TRUE(first.ok());
        Consequences out;
        fold->apply({first.value(), now, record.type, record.version, record.fragment, record.clear,
                     record.sealed},
                    plain, &out);
        changes.insert(changes.end(), out.changes.begin(), out.changes.end());
        for (const PersonNo person : out.consent_of) {
            fold->each_standing(person, [this](FragmentNo f, consent::Standing standing) {
                board_.set(f, standing);
            });
        }
        auto view = std::make_shared<DoorView>();
        view->purposes = fold->purposes;
        view->sources = fold->sources;
        view->blocked = blocked_identifiers(*fold);
        views_.set(std::move(view));
    }

    FoldBounds bounds_;
    fake::FakeRandom random_;
    std::unique_ptr<KeyStore> keys_;
    std::unique_ptr<Log> log_;
    Directory directory_;
    ConsentBoard board_;
    DoorViews views_;
    Admission admission_;
    TableSpace dedupe_space_;
    DedupeWindow dedupe_;

  public:
    std::unique_ptr<Fold> fold;
};

// A track event of the web shop with consent to measurement.
inline collect::Incoming contact(const std::string& name, EventTime at,
                                 std::vector<Identifier> identifiers, bool consents = true) {
    static std::uint64_t serial = 0;
    collect::Incoming incoming;
    incoming.event.name = name;
    incoming.event.at = at;
    incoming.event.identifiers = std::move(identifiers);
    incoming.event.message_id = "m" + std::to_string(++serial);
    if (consents) incoming.consents.push_back({"measurement", true});
    return incoming;
}
inline Identifier user(const std::string& value) { return {IdentifierType::UserId, value, {}}; }
inline Identifier visitor(const std::string& value) {
    return {IdentifierType::AnonymousId, value, {}};
}

}  // namespace filrouge::engine
