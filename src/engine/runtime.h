// The running engine behind the doors: admits events, appends them to the log, folds what is
// durable, answers questions. One Runtime a data folder. Doors (http, files, cli) know only this
// header: they bring parsed requests in and carry JSON out.
//
// Threads: any number of door threads call in; inside, one thread owns the log, one the fold.
// Questions take a short shared lock on the fold and never see half a record.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "collect/incoming.h"
#include "engine/role.h"
#include "engine/settings.h"
#include "model/event.h"
#include "model/model_kind.h"
#include "seam/clock.h"
#include "seam/disk.h"
#include "seam/http_client.h"
#include "seam/random.h"

namespace filrouge::engine {

enum class RuntimeState { Starting, Ready, Stopping, Failed };

// What a request brought and what became of it; the sum of the parts is `received`.
struct IngestReply {
    // Of its own last record; when it wrote none (a repeat), of the last one before it. What a read
    // with after= waits for.
    std::uint64_t sequence = 0;
    std::uint32_t received = 0;
    std::uint32_t stored = 0;
    std::uint32_t deduplicated = 0;
    std::uint32_t not_kept = 0;
    std::uint32_t quarantined = 0;
};

struct IngestRequest {
    std::vector<collect::Item> items;
    SourceNo source = 0;
    bool import = false;  // deduplicated for ever, no late limit
    // An operator tells another system's statements, so a yes needs no link (double opt-in). Never
    // of what a write key alone let in: whoever reads a page has that key.
    bool confirmed = false;
    BrandNo brand = 0;  // of what the process itself says (source 0); else its source's
};

struct SourceInfo {
    SourceNo number = 0;
    std::string id;  // "web-shop"
    std::string write_key;
    std::string name;
    bool enabled = true;
    Channel channel = Channel::Other;  // default for its events
    Currency currency;
    bool strict = false;
    std::string default_purpose;
    LegalBasis basis = LegalBasis::Consent;
    std::string brand;  // id; empty: the only one
    BrandNo brand_number = 0;
    std::vector<std::string> properties;  // declared ones, ascending; what else a strict one drops
};

// One audience change, as streams and webhooks tell it.
struct MembershipChange {
    std::uint64_t sequence = 0;  // of the record that caused it
    std::uint32_t ordinal = 0;   // among the changes of that record
    std::string audience;        // id
    std::string profile;         // id
    bool entered = false;
    EventTime at;
};
// One event for the live view: nothing that names a person.
struct StoredEvent {
    std::uint64_t sequence = 0;
    IngestTime received;
    std::string source, channel, name, profile;
    bool bot = false;
};

// No space for what was asked, and nothing of it was done: the sender keeps it and tries again.
inline bool is_disk_full(const Error& error) { return error.code.ends_with("disk_full"); }

enum class AnswerForm : std::uint8_t { Json, Csv };

using Reply = std::function<void(Result<std::string>)>;  // JSON text, or the error to tell

// What an operator should know although no request failed by it: a line of the diagnostic log, so
// our own counts, codes and file names only.
struct Notice {
    std::string_view event;  // a literal
    std::vector<std::pair<std::string_view, std::string>> fields;
};

class Consents;  // engine/consents.h

struct RuntimeSeams {
    Clock& clock;
    Random& random;
    Disk& disk;
    HttpClient& http;
    std::function<void(const Notice&)> tell =
        {};  // from any thread; not to call back; may be empty
};

class AccessDesk;
class AccountDesk;
class CallDesk;
class IdentityDesk;
class MatchingDesk;
class Mask;  // engine/masking.h
class OfferDesk;
class RightsDesk;
class StaffDesk;

class Runtime {
  public:
    virtual ~Runtime() = default;  // stops

    virtual RuntimeState state() const = 0;
    virtual std::string state_text() const = 0;  // one line: what it is doing, how far it is
    // The machine's wall clock, but never before what is in the log: the time of receipt.
    virtual IngestTime now() = 0;
    // Something when the doors should hold or refuse: the queue is full, or the fold is too far
    // behind. The value is the number of seconds to tell in Retry-After.
    virtual std::optional<int> overloaded() const = 0;
    // With less free space than the settings' reserve: ingest() then answers "engine.disk_full",
    // unless a request changes a consent; all else goes on, within the reserve.
    virtual bool short_of_disk() const = 0;
    // Calls back once, when it has left Starting (at once when it has already).
    virtual void when_started(std::function<void()> call) = 0;

    // --- ingest. `done` is called from the log's or the fold's thread once everything in the
    // request is durable (and, when it changed a consent, visible to every door).
    virtual void ingest(IngestRequest request, std::function<void(Result<IngestReply>)> done) = 0;
    virtual std::optional<SourceInfo> source_by_write_key(std::string_view key) const = 0;
    virtual std::optional<SourceInfo> source_by_id(std::string_view id) const = 0;  // for imports

    // --- questions: JSON of docs/api (schema/api.json). They wait for `after` (a sequence, 0 for
    // none) at most 2 s. An Error's code decides the status ("..._not_found" 404, else 422).
    virtual Result<std::string> stats(std::uint64_t after) = 0;
    // `brand` is an id everywhere: of lists, only what is its; of anything else, whose. Empty: all
    // brands, or the only one.
    virtual Result<std::string> sources(std::string_view brand) = 0;
    virtual Result<std::string> purposes() = 0;
    virtual Result<std::string> find_profile(std::string_view type, std::string_view value,
                                             std::string_view brand, std::uint64_t after) = 0;
    // Of whose data is restricted `asker` is told that it is so, and the consents only where it is
    // who protects the data.
    // People by name (engine/people_search.h). Looks at everybody: not on an I/O thread.
    virtual Result<std::string> people_named(std::string_view name, std::string_view purpose,
                                             std::string_view brand, const Mask& mask) = 0;
    virtual Result<std::string> profile(std::string_view id, std::string_view purpose,
                                        std::string_view brand, std::uint64_t after,
                                        Role asker = Role::None) = 0;
    virtual Result<std::string> thread(std::string_view id, std::string_view purpose,
                                       std::string_view brand, std::uint64_t before,
                                       std::size_t limit, std::uint64_t after) = 0;
    virtual Result<std::string> audiences(std::string_view brand, std::uint64_t after) = 0;
    virtual Result<std::string> audience(std::string_view id, std::uint64_t after) = 0;
    // How it grew, by day of its brand's zone; the last day is today's, so far
    // (engine/growth_book.h).
    virtual Result<std::string> growth(std::string_view audience, std::uint64_t days,
                                       std::uint64_t after) = 0;
    virtual Result<std::string> members(std::string_view audience, std::string_view cursor,
                                        std::size_t limit, std::uint64_t after) = 0;
    virtual Result<std::string> why(std::string_view audience, std::string_view profile,
                                    std::uint64_t after) = 0;
    virtual Result<std::string> overlap(const std::vector<std::string>& audiences) = 0;
    virtual Result<std::string> check_rule(std::string_view rule_text) = 0;
    // Counts a draft with a full scan; `rule` is text or JSON. Blocks for up to seconds: not on an
    // I/O thread.
    virtual Result<std::string> count_rule(std::string_view rule, std::string_view purpose,
                                           std::string_view brand) = 0;
    // A question about the history (docs/questions.md), answered as JSON or CSV. `id` is the
    // asker's name for it, empty for none; by it others see how far it is, and cancel it. `mask`
    // is the asker's. Blocks for as long as it takes: not on an I/O thread. Errors: question.*,
    // query.*, masking.forbidden.
    virtual Result<std::string> ask(std::string_view json, AnswerForm form, const std::string& id,
                                    const Mask& mask) = 0;
    // The events behind one cell of a `metric` question: the same body, with "cell" beside it
    // (engine/question_events.h). Blocks as ask() does. Errors: the same, question.no_such_cell.
    virtual Result<std::string> question_events(std::string_view json, const std::string& id,
                                                const Mask& mask) = 0;
    virtual Result<std::string> questions(std::string_view id) = 0;  // under way; empty: all
    virtual Result<std::string> cancel_question(std::string_view id) = 0;
    // Fits a model on everybody's history and writes what it expects of each person, for rules to
    // use (engine/model_run.h). Blocks for as long as it takes, as ask() does.
    virtual Result<std::string> run_model(ModelKind kind, std::string_view json,
                                          const Mask& mask) = 0;
    virtual Result<std::string> models(std::string_view brand) = 0;  // the last run of each
    // Not fitted again, and its traits taken back from everybody. Waits for a run under way.
    // Without `confirmed` it tells what would follow. Errors: model_not_found, model_in_use.
    virtual void delete_model(std::string id, bool confirmed, Reply done) = 0;
    virtual Result<std::string> quarantine(std::string_view reason, std::uint64_t before,
                                           std::size_t limit) = 0;
    virtual Result<std::string> quarantined(std::uint64_t sequence) = 0;  // one, with its text
    virtual Result<std::string> webhooks() = 0;
    virtual Result<std::string> rates() = 0;
    virtual Result<std::string> event_names() = 0;  // event explorer: names, properties, counts
    virtual std::string metrics() = 0;              // Prometheus text
    // The erasures so far, or the one of this id: how far it is, what is kept and why.
    virtual Result<std::string> erasures(std::string_view id) = 0;

    // --- commands: JSON in (already parsed from a request body), a record in the log, JSON out
    // once it is durable and folded.
    virtual void create_source(std::string json, Reply done) = 0;
    virtual void delete_source(std::string id, bool confirmed,
                               Reply done) = 0;  // unconfirmed: what follows
    virtual void create_audience(std::string json, Reply done) = 0;
    virtual void delete_audience(std::string id, bool confirmed, Reply done) = 0;
    virtual void set_consent(std::string json, Reply done) = 0;
    virtual Consents& consents() = 0;  // wordings, proofs, receipts
    virtual void create_webhook(std::string json, Reply done) = 0;
    virtual void delete_webhook(std::string id, Reply done) = 0;
    virtual void set_rate(std::string json, Reply done) = 0;
    virtual void replay_quarantined(std::uint64_t sequence, std::string repaired_json,
                                    Reply done) = 0;
    virtual void discard_quarantined(std::uint64_t sequence, Reply done) = 0;
    // Forgets the person: when `done` is called nothing on disk can be read any more, and no door
    // knows the person; memory follows (docs/rights.md). Unconfirmed: tells what would go and what
    // would be kept. Once it has begun it is finished, after a crash at the next start.
    virtual void erase_profile(std::string id, bool confirmed, Reply done) = 0;

    // Who is one person: evidence, decisions, limits. As long-lived as the Runtime.
    virtual IdentityDesk& identity() = 0;
    // Imported people matched with the others. As long-lived as the Runtime.
    virtual MatchingDesk& matching() = 0;
    // Who may sign in by a password. As long-lived as the Runtime.
    virtual AccountDesk& accounts() = 0;
    // Who asks: tokens, and the sessions of browsers (engine/access_desk.h).
    virtual AccessDesk& access() = 0;
    // Value for answers: offers, and who took them (engine/offer_desk.h).
    virtual OfferDesk& offers() = 0;
    // What persons ask of the shop, and the audit (engine/rights_desk.h).
    virtual RightsDesk& rights() = 0;
    // What those who work here keep (engine/staff_desk.h).
    virtual StaffDesk& staff() = 0;

    // --- streams. `each` hears what happens, on the fold's thread; `still` is asked once a second,
    // never beside it. Neither may block; false from either ends the subscription.
    virtual void follow_memberships(std::string audience,
                                    std::function<bool(const MembershipChange&)> each,
                                    std::function<bool()> still) = 0;
    virtual void follow_events(std::function<bool(const StoredEvent&)> each,
                               std::function<bool()> still) = 0;

    // Writes what must be written, joins the threads; nothing acknowledged is lost without it.
    virtual void stop() = 0;
    virtual std::string state_hash() = 0;      // of the fold, for checks
    virtual void wait_until_folded() = 0;      // everything durable so far
    virtual std::uint64_t folded() const = 0;  // last sequence

    // Cancels the questions under way and those to come: for the doors, which wait for what is
    // being answered before the Runtime stops.
    virtual void end_questions() = 0;

    // Calls that may come twice, and must be one deed (engine/call_desk.h).
    virtual CallDesk& calls() = 0;
};

// Opens the data folder (taking its lock) and starts folding in the background.
Result<std::unique_ptr<Runtime>> open_runtime(const RuntimeSeams& seams, const Settings& settings,
                                              const std::string& folder);

}  // namespace filrouge::engine
