// The Consents of a Runtime. Private to engine/.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "engine/admission.h"
#include "engine/board.h"
#include "engine/consents.h"
#include "engine/queries.h"

namespace filrouge::engine {

// What the runtime lends; all of it outlives the desk.
struct ConsentSeams {
    Library library;
    Clock& clock;
    Random& random;
    const DoorViews& views;
    std::mutex& commands;  // one command at a time
    // Writes records and waits until they are folded.
    std::function<Result<void>(std::vector<Prepared>)> write;
    std::function<void(IngestRequest, std::function<void(Result<IngestReply>)>)> ingest;
};

std::unique_ptr<Consents> make_consents(ConsentSeams seams);

// A choice for one identifier, as the API's body tells it. Errors: api.*, consent.*.
Result<IngestRequest> read_choice(const ConsentSeams& seams, std::string_view body);

Result<std::string> take_back_json(const ConsentSeams& seams, std::string_view body);

// A choice that an address itself tells, by a message that came from it or was sent there: to whom
// it belongs is the event's. `kind` begins its id.
IngestRequest choice_by_address(const ConsentSeams& seams, BrandNo brand, Identifier address,
                                std::string_view kind, std::vector<collect::NamedConsent> choices,
                                collect::ConsentProof proof);

struct AskedConfirmation {
    std::vector<std::string> purposes;
    std::string token;
    EventTime expires;
};
// Takes out of the request what waits for a confirmation; nothing when nothing does. Error:
// consent.needs_address.
Result<std::optional<AskedConfirmation>> ask_confirmation(const ConsentSeams& seams,
                                                          IngestRequest& request);
Result<void> check_confirmation(const ConsentSeams& seams, std::string_view token);
void confirm(const ConsentSeams& seams, std::string_view token, Reply done);

consent::ContactRules contact_rules_of(const Settings& settings);
Result<consent::Permit> permit_of(const ConsentSeams& seams, const consent::ContactRules& rules,
                                  const PermitAsk& ask);
Result<std::string> permit_json(const ConsentSeams& seams, const consent::ContactRules& rules,
                                std::string_view body);
// For the address that a permit was asked for: what its mail says in List-Unsubscribe. Nothing for
// whom the directory does not know.
struct Unsubscribing {
    std::string token;
    EventTime until;
};
std::optional<Unsubscribing> unsubscribing(const ConsentSeams& seams, std::string_view address,
                                           std::uint8_t purpose, BrandNo brand);
Result<std::string> unsubscribes_from(const ConsentSeams& seams, std::string_view token);
void unsubscribe(const ConsentSeams& seams, std::string_view token, Reply done);
Result<std::string> suppress(const ConsentSeams& seams, std::string_view body);
Result<std::string> suppressions_json(const Library& library);
void take_sms(const ConsentSeams& seams, std::string_view body, Reply done);

Result<std::string> shown_json(const ConsentSeams& seams, const ShownQuestion& question);
// What a person has said to a brand, with the words that were shown: as in a receipt, not signed.
Result<std::string> statements_json(const Library& library, std::string_view profile,
                                    std::string_view brand);
std::string receipt_key_json(const Library& library);
Result<std::string> receipt_json(const ConsentSeams& seams, std::string_view profile,
                                 std::string_view brand);

}  // namespace filrouge::engine
