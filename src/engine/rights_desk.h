// What a person may ask of the shop, besides erasure (engine/runtime.h): to see everything, to take
// it along, to know who looked; the requests and when they are due. And the audit, by which all of
// it is told. JSON of schema/api.json; errors as the Runtime's. Thread-safe; owned by the Runtime.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "engine/role.h"
#include "model/identifier.h"

namespace filrouge::engine {

// One look at, or change of, what is known of somebody.
struct AuditEntry {
    IngestTime at;
    Role role = Role::None;
    std::string actor;         // the id of the caller's account or token, or ACCOUNT/TOKEN
    std::string route;         // "GET /api/v1/profiles/{id}"
    ProfileId profile;         // zero: of nobody in particular
    std::uint16_t status = 0;  // of the answer; 0: noted before it
};

constexpr std::size_t kAuditAnswerMax = 10'000;  // entries of one answer

// Which entries. Empty, or 0: any.
struct AuditSearch {
    std::string actor = {};          // an account's id, a token's, or "me"
    std::string profile = {};        // an id
    std::string from = {}, to = {};  // ISO 8601; inclusive
    std::uint64_t before = 0;        // only entries of a lower number: the next page
    std::size_t limit = kAuditAnswerMax;
    // One entry, the newest, for each day, caller, role and route; of each person where none is
    // named. `times` tells how many it stands for.
    bool daily = false;
};

class RightsDesk {
  public:
    virtual ~RightsDesk() = default;

    // --- audit
    virtual bool audit_has_room() = 0;  // else nothing may be read: the disk is full
    // Durable within 0.2 s and a sync. Where there is no room it is dropped, and counted.
    virtual void note(AuditEntry entry) = 0;
    virtual Result<void> note_durably(AuditEntry entry) = 0;  // blocks until it is
    // The newest first: docs/rights.md.
    virtual Result<std::string> audit(const AuditSearch& search) = 0;
    virtual Result<std::string> verify_audit() = 0;

    // --- access and portability (docs/formats/export.md). Both read or write for seconds.
    virtual Result<std::string> export_profile(std::string_view id) = 0;
    virtual Result<std::string> import_profile(std::string_view json) = 0;
    // What an export tells but for events and who looked, which want the whole log read; with the
    // words of each purpose, and the person's own requests.
    virtual Result<std::string> overview(std::string_view id) = 0;

    // --- requests. Of a state, or all.
    virtual Result<std::string> requests(std::string_view state) = 0;
    // Of the person ("me") the open request of the same kind answers, where there is one: pressed
    // twice it is one request.
    virtual Result<std::string> make_request(std::string_view json, std::string_view by) = 0;
    virtual Result<std::string> move_request(std::string_view id, std::string_view json,
                                             std::string_view by) = 0;

    // --- what is done with a person's data (docs/rights.md); `by` is a token's id, or "me".
    // {"action": "restrict" or "lift", "reason"}: while restricted the data is kept and nothing
    // else is done with it. Answers how the person stands; where it is so already, no more.
    virtual Result<std::string> restrict(std::string_view id, std::string_view json,
                                         std::string_view by) = 0;
    virtual Result<std::string> restricted() = 0;  // who is, since when and why
    // {"purposes": [...], "profiling": true, "withdrawn": false, "evidence": {...}}: an objection
    // in the person's own words, which no banner and no file ends; `withdrawn` ends it.
    virtual Result<std::string> object(std::string_view id, std::string_view json,
                                       std::string_view by) = 0;
    // {"trait", and one of "value", "remove": true, "release": true; "reason", "brand"}: a value
    // put right holds against all sources until it is released.
    virtual Result<std::string> correct(std::string_view id, std::string_view json,
                                        std::string_view by) = 0;
    virtual Result<std::string> corrections(std::string_view id) = 0;  // that hold, and by whom

    // --- retention (engine/retention.h). Who is kept no longer, and who will not be in so many
    // days (30 where none is told); reads everybody's history.
    virtual Result<std::string> retention(std::string_view days_ahead) = 0;
    virtual Result<std::string> sweep_retention() = 0;  // erases them: there is no way back

    // --- the customer's own door
    // Every id that leads to the person now; of whom nobody knows any more the id alone. One that
    // led there once and is missing belongs to somebody else since: the two were separated.
    virtual Result<std::vector<ProfileId>> names_of(std::string_view id) const = 0;
    // {"purpose", "granted", "evidence": {...}, "wording": 3, "language", "brand"}: one choice in
    // the person's own words, told by the identifier the id was made of (in each brand, where none
    // is named). A yes to words that were never told is refused; a no holds whatever was shown.
    virtual Result<std::string> choose(std::string_view id, std::string_view json) = 0;
};

}  // namespace filrouge::engine
