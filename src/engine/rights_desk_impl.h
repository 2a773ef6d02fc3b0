// The RightsDesk's parts put together; private to engine/.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/audit.h"
#include "engine/correction_record.h"
#include "engine/offer_import.h"
#include "engine/person_export.h"
#include "engine/queries.h"
#include "engine/restraint_record.h"
#include "engine/retention.h"
#include "engine/rights_desk.h"
#include "engine/taken_back.h"

namespace filrouge::engine {

constexpr std::size_t kRightsRequestsMax = 100'000;
constexpr std::size_t kOpenRequestsPerPersonMax = 20;
constexpr int kRightsAlertDay = 20;  // after receipt; the due day is one month after it

// What the desk needs of the runtime.
struct RightsSeams {
    FairLock& tables;  // shared while an answer is given under several holds of the fold's lock
    Random& random;
    std::function<IngestTime()> now;
    // Returns once the records are durable and folded.
    std::function<Result<void>(std::vector<Prepared>)> write;
    // Returns once the events are durable and folded.
    std::function<Result<IngestReply>(IngestRequest)> ingest;
    std::mutex& commands;  // one at a time, from validation to folded
    // Persons, all of these identifiers, as one erasure, whose id it answers: the caller holds
    // `commands`.
    std::function<Result<std::string>(const std::vector<FragmentNo>&)> erase;
    // What the settings keep no longer of events, by the same caller; `due`: some were found.
    std::function<Result<ExpiredEvents>(EventTime now, bool due)> expire;
};

// What a person tells in their own words. NothingSaid takes back whatever was said; NoObjection an
// objection in own words alone, so that what stood before it stands again.
enum class OwnAnswer : std::uint8_t { No, Yes, NothingSaid, NoObjection };

struct OwnWords {
    std::vector<std::string> purposes;
    OwnAnswer answer = OwnAnswer::No;
    bool by_switch = false;                         // of a page, which may be switched back
    std::string evidence;                           // JSON
    std::map<std::string, std::uint32_t> wordings;  // shown, by purpose
    std::string language;                           // of these
    std::optional<BrandNo> brand;                   // nothing: every brand
};

// An identifier of the person that something is told for: where the log tells it, whose it is, and
// which purposes are told, or taken back.
struct Told {
    FragmentNo fragment;
    IdentifierType type = IdentifierType::None;
    BrandNo brand = 0;
    std::uint64_t sequence = 0;
    std::uint32_t place = 0;
    std::vector<std::string> purposes;
    std::vector<std::uint8_t> taken_back;  // bits
};

struct RequestFigures {
    std::uint64_t open = 0, alert = 0, overdue = 0;
};

class RightsDeskImpl final : public RightsDesk {
  public:
    RightsDeskImpl(const Library& library, RightsSeams seams);
    void start_audit();
    void stop_audit() { audit_.stop(); }
    // A part of what is to be read, while the shop rests: answers whether all is.
    bool read_audit_ahead();
    RequestFigures figures();
    std::uint64_t audit_dropped() { return audit_.dropped(); }

    bool audit_has_room() override { return audit_.has_room(); }
    void note(AuditEntry entry) override { audit_.note(std::move(entry)); }
    Result<void> note_durably(AuditEntry entry) override {
        return audit_.note_durably(std::move(entry));
    }
    Result<std::string> audit(const AuditSearch& search) override;
    Result<std::string> verify_audit() override;
    Result<std::string> export_profile(std::string_view id) override;
    Result<std::string> import_profile(std::string_view json) override;
    Result<std::string> overview(std::string_view id) override;
    AuditStretches audit_stretches() const;
    Result<std::vector<ProfileId>> names_of(std::string_view id) const override;
    Result<std::string> requests(std::string_view state) override;
    Result<std::string> make_request(std::string_view json, std::string_view by) override;
    Result<std::string> move_request(std::string_view id, std::string_view json,
                                     std::string_view by) override;
    Result<std::string> restrict(std::string_view id, std::string_view json,
                                 std::string_view by) override;
    Result<std::string> restricted() override;
    Result<std::string> object(std::string_view id, std::string_view json,
                               std::string_view by) override;
    Result<std::string> choose(std::string_view id, std::string_view json) override;
    Result<std::string> correct(std::string_view id, std::string_view json,
                                std::string_view by) override;
    Result<std::string> corrections(std::string_view id) override;
    Result<std::string> retention(std::string_view days_ahead) override;
    Result<std::string> sweep_retention() override;

  private:
    std::vector<FragmentNo> next_outstayed(const RetentionPlan& plan, std::size_t& next,
                                           EventTime now, std::uint64_t& persons);
    Result<std::vector<std::string>> erase_outstayed(const RetentionPlan& plan, EventTime now,
                                                     std::uint64_t& persons);
    Result<std::string> reads_of(std::string_view id);
    Result<IngestReply> import_events(std::vector<PersonPart> parts);
    Result<OffersTaken> import_offers(const std::string& id, const boost::json::object& document);
    Result<void> tell_restraint(std::string_view id, RestraintTold told);
    Result<std::string> restraints_json(std::string_view id);
    Result<void> state_own_words(std::string_view id, const OwnWords& words);
    Result<bool> tell_answer(const OwnWords& words, std::vector<Told> told);
    Result<void> take_back(std::vector<TakenBack> taken);
    Prepared correction_record(Correction told, FragmentNo fragment);
    Result<void> put_request(const std::string& id, const std::string& document);

    Library library_;
    RightsSeams seams_;
    const DataKey audit_key_;
    Audit audit_;
    AuditReader audit_reader_;
};

}  // namespace filrouge::engine
