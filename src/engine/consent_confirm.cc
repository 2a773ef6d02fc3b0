// Double opt-in: a yes to a purpose that asks for it counts once the link in a message to the
// address was followed and its button pressed. What scans mails follows links and presses nothing.
#include <algorithm>
#include <shared_mutex>

#include "base/json_writer.h"
#include "base/text.h"
#include "engine/consent_desk.h"
#include "engine/person_asked.h"
#include "engine/times.h"

namespace filrouge::engine {
namespace {

constexpr std::size_t kTokenBytes = 24;

Error no_link() {
    return Error{"confirmation_not_found", "The link is not valid any more, or never was.",
                 "Ask for a new one."};
}

struct Pending {
    std::uint64_t sequence = 0;
    consent::Entry entry;
    std::vector<std::string> purposes;
    std::vector<std::uint32_t> wordings;  // beside purposes
    std::string language;
    Identifier address;
    std::uint64_t told_at = 0;  // the record that tells the address
    std::uint32_t place = 0;
};

bool refused_since(const Fold& fold, const consent::Entry& entry, std::uint8_t purpose) {
    std::vector<consent::StatementView> statements;
    for (const FragmentNo f : entry.fragments) fold.statements_of(f, statements);
    return std::any_of(statements.begin(), statements.end(), [&](const auto& s) {
        return s.purpose == purpose && !s.granted && s.at > entry.at;
    });
}

// Under the lock: what waits, as far as nobody has refused it since.
Result<void> read_fold(const Fold& fold, Pending& pending) {
    for (const consent::Statement& s : pending.entry.statements) {
        const bool waits = s.state == consent::State::Pending &&
                           s.purpose < fold.purposes.list.size() &&
                           !refused_since(fold, pending.entry, s.purpose);
        if (!waits) continue;
        pending.purposes.push_back(fold.purposes.list[s.purpose].name);
        pending.wordings.push_back(s.wording);
    }
    const FragmentNo address = pending.entry.fragments.front();
    if (pending.purposes.empty() || !fold.graph.knows(address)) return no_link();
    const Fold::FragmentRow& row = fold.fragments.at(address.value);
    pending.address.type = fold.graph.type_of(address);
    pending.told_at = row.first_sequence;
    pending.place = row.in_identifiers;
    return {};
}

Result<Pending> find_pending(const ConsentSeams& seams, std::string_view token) {
    const Library& l = seams.library;
    const Digest hash = sha256(token);
    std::optional<std::uint64_t> sequence;
    {
        const std::shared_lock reading(l.lock);
        sequence = l.fold.proofs.pending(hash);
    }
    if (!sequence) return no_link();
    const OpenedRecord record = TRY(open_record(l, *sequence));
    auto entry = consent::decode_entry(record.clear);
    const bool is_it = entry && entry->confirmation && entry->confirmation->token_hash == hash;
    if (!is_it) return no_link();
    if (entry->confirmation->expires <= as_event_time(seams.clock.now()))
        return Error{"confirmation.expired", "The link has expired.", "Ask for a new one."};
    Pending pending;
    pending.sequence = *sequence;
    pending.entry = *std::move(entry);
    {
        const std::shared_lock reading(l.lock);
        TRY(read_fold(l.fold, pending));
    }
    const auto value = identifier_value(l, pending.told_at, pending.place);
    if (!value) return no_link();  // erased meanwhile
    pending.address.value = *value;
    return pending;
}

IngestRequest granted(const ConsentSeams& seams, const Pending& pending) {
    auto proof = std::make_shared<collect::ConsentProof>();
    proof->means = consent::Means::Confirmation;
    proof->language = pending.entry.language;
    proof->confirmation = pending.entry.confirmation;  // which ends it
    JsonWriter(proof->evidence).open_object().field("confirms", pending.sequence).close();
    collect::Incoming incoming;
    incoming.consent_change = true;
    incoming.event.kind = EventKind::Track;
    incoming.event.name = "Consent Updated";
    incoming.event.channel = Channel::Email;
    incoming.event.at = as_event_time(seams.clock.now());
    // Pressed twice, it is one event.
    incoming.event.message_id = "confirm-" + pending.entry.id.text();
    incoming.event.identifiers.push_back(pending.address);
    for (std::size_t i = 0; i < pending.purposes.size(); ++i) {
        incoming.consents.push_back({pending.purposes[i], true});
        if (pending.wordings[i] != 0) proof->wordings[pending.purposes[i]] = pending.wordings[i];
    }
    incoming.proof = std::move(proof);
    IngestRequest request;
    request.brand = pending.entry.brand;
    request.items.push_back(std::move(incoming));
    return request;
}

}  // namespace

Result<std::optional<AskedConfirmation>> ask_confirmation(const ConsentSeams& seams,
                                                          IngestRequest& request) {
    const auto view = seams.views.get();
    auto* incoming = std::get_if<collect::Incoming>(&request.items.front());
    AskedConfirmation asked;
    std::erase_if(incoming->consents, [&](const collect::NamedConsent& c) {
        const auto bit = view->purposes.bit_of(c.name);
        const bool waits = c.granted && bit && view->purposes.list[*bit].double_opt_in;
        if (waits) asked.purposes.push_back(c.name);
        return waits;
    });
    if (asked.purposes.empty()) return std::optional<AskedConfirmation>();
    if (incoming->event.identifiers.front().type != IdentifierType::Email)
        return Error{"consent.needs_address",
                     "One of the purposes is confirmed by e-mail, and this is no address.",
                     "State it for the identifier 'email'."};
    asked.token = hex_encode(seams.random.bytes(kTokenBytes));
    asked.expires = incoming->event.at + hours(std::int64_t{seams.library.settings.confirm_hours});
    auto proof = std::make_shared<collect::ConsentProof>(*incoming->proof);
    proof->pending = asked.purposes;
    proof->confirmation = consent::Confirmation{sha256(asked.token), asked.expires};
    incoming->proof = std::move(proof);
    return std::optional(std::move(asked));
}

Result<void> check_confirmation(const ConsentSeams& seams, std::string_view token) {
    static_cast<void>(TRY(find_pending(seams, token)));
    return {};
}

void confirm(const ConsentSeams& seams, std::string_view token, Reply done) {
    const auto pending = find_pending(seams, token);
    if (!pending.ok()) return done(pending.error());
    std::string answer;
    JsonWriter w(answer);
    w.open_object().key("confirmed").open_array();
    for (const std::string& purpose : pending.value().purposes) w.value(purpose);
    w.close().close();
    seams.ingest(granted(seams, pending.value()),
                 [answer, done = std::move(done)](const Result<IngestReply>& reply) {
                     if (!reply.ok()) return done(reply.error());
                     done(answer);
                 });
}

}  // namespace filrouge::engine
