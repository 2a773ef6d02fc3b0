// From what a door understood to records ready for the log: fragments, gate 1, the seal. Runs on
// the doors' threads, several at once; what it shares is made for that.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/board.h"
#include "engine/directory.h"
#include "engine/records.h"
#include "engine/runtime.h"
#include "seam/random.h"
#include "storage/erasures.h"
#include "storage/keys.h"
#include "storage/log.h"

namespace filrouge::engine {

// A record on its way to the log. `plain` is what its sealed part holds: the fold takes it from
// here, a replay unseals it, and both must fold the same.
struct Prepared {
    NewRecord record;
    Bytes plain;
    DedupeFacts dedupe;
    bool is_event = false;
    bool new_to_window = false;  // the dedupe window knows it since now
    bool of_event = false;       // goes with the event before it: nothing without it
    EventId id;
    SourceNo source = 0;
};

// For who writes a single one: an initializer list would copy it.
inline std::vector<Prepared> one_record(Prepared record) {
    std::vector<Prepared> records;
    records.push_back(std::move(record));
    return records;
}

struct PreparedRequest {
    std::vector<Prepared> records;
    IngestReply reply;
    std::map<std::string, std::uint64_t> not_kept;  // by reason; reply.not_kept in all
    bool wait_for_fold = false;  // it changed a consent, or somebody asked for the effect
    bool urgent = false;  // a choice told to the API: goes before the events that wait for the log
    std::size_t bytes = 0;
    std::int64_t queued_us = 0;  // monotonic; since when it waits for the log
    std::function<void(Result<IngestReply>)> done;
};

// Whose key seals what is quarantined that day: forgetting it is what makes a day expire.
FragmentNo quarantine_day(Directory& directory, IngestTime received);

class Admission {
  public:
    // `erasures` may be null: nobody was erased.
    Admission(Directory& directory, KeyStore& keys, const ConsentBoard& board,
              const DoorViews& views, Random& random, HashKey dedupe_key,
              const Erasures* erasures = nullptr)
        : directory_(directory),
          keys_(keys),
          board_(board),
          views_(views),
          random_(random),
          dedupe_key_(dedupe_key),
          erasures_(erasures) {}

    PreparedRequest prepare(IngestRequest request, IngestTime received);
    EventId new_id();

  private:
    struct Batch;
    static void bound_times(std::vector<collect::Item>& items, IngestTime received);
    static void drop_blocked(Event& event, const DoorView& view);
    void refuse_erased(std::vector<collect::Item>& items, Batch& batch);
    bool is_of_erased(const Event& event, const Batch& batch) const;
    void find_fragments(std::vector<collect::Item>& items, BrandNo brand);
    void number_identifiers(Event& event, BrandNo brand);
    consent::Standing standing_of(const Identifier& id) const;
    void admit(collect::Incoming& incoming, Batch& batch);
    static std::optional<Identifier> thing_of(const Event& event);  // that it binds or releases
    void pass_on(const Identifier& thing, EventTime at, Batch& batch);
    void quarantine(const collect::Unfit& unfit, Batch& batch);
    consent::GateAnswer ask_gate(const collect::Incoming& incoming, Batch& batch);
    static std::shared_ptr<const collect::ConsentProof> proof_told(
        const collect::Incoming& incoming, const Batch& batch, const consent::Standing& said);
    static void name_consents(const collect::Incoming& incoming, const Batch& batch, Event& event);
    PurposeSet refused_by_each(const Event& event, const Batch& batch) const;
    void seal_event(Event& event, Batch& batch, bool import);
    void seal_parts(const Event& event, const Batch& batch, Prepared& p);
    static bool outlives_term(Event& event, const Batch& batch);
    // admission_proof.cc
    void object(const collect::Incoming& incoming, const consent::Purposes& purposes,
                Event& event) const;
    void prove(const Event& event, const collect::ConsentProof& told, Batch& batch);
    void seal_evidence(const std::string& json, consent::Entry& entry, Prepared& proof);

    Directory& directory_;
    KeyStore& keys_;
    const ConsentBoard& board_;
    const DoorViews& views_;
    Random& random_;
    HashKey dedupe_key_;
    const Erasures* erasures_;
};

}  // namespace filrouge::engine
