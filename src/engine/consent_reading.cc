// What a person was shown and what they have said, out of the proofs in the log.
#include <algorithm>
#include <shared_mutex>

#include "base/base64url.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "collect/moment.h"
#include "engine/consent_desk.h"
#include "engine/person_asked.h"
#include "engine/settings_record.h"
#include "engine/times.h"
#include "storage/signing.h"

namespace filrouge::engine {
namespace {

constexpr std::size_t kEntriesOfPersonMax = 1'000;  // the newest; a receipt says when more are

struct ProvedEntry {
    std::uint64_t sequence = 0;
    consent::Entry entry;
    std::string hash;      // of the chain, past this entry
    std::string evidence;  // JSON; empty when there is none or its key was forgotten
};

struct PersonProofs {
    std::vector<std::uint64_t> sequences;  // ascending
    bool all = true;
    BrandNo brand = 0;
    std::vector<std::string> purposes;  // by bit
    std::shared_ptr<const consent::Wordings> words;
    consent::ChainHead head;
    std::string profile, issuer;
};

Result<PersonProofs> find_proofs(const Library& l, std::string_view profile,
                                 std::string_view brand) {
    const std::shared_lock reading(l.lock);
    PersonProofs out;
    std::vector<FragmentNo> fragments;
    if (!profile.empty()) {
        const auto person = person_of(l.fold, profile);
        if (!person) return no_profile();
        out.brand = TRY(brand_of_reading(l.fold, *person, brand));
        out.profile = l.fold.names.name_of(FragmentNo{person->value}).text();
        l.fold.fragments_of(*person, out.brand, fragments);
    }
    for (const FragmentNo f : fragments) l.fold.proofs.entries_of(f, out.sequences);
    std::sort(out.sequences.begin(), out.sequences.end());
    out.sequences.erase(std::unique(out.sequences.begin(), out.sequences.end()),
                        out.sequences.end());
    if (out.sequences.size() > kEntriesOfPersonMax) {
        out.sequences.erase(out.sequences.begin(),
                            out.sequences.end() - std::ptrdiff_t{kEntriesOfPersonMax});
        out.all = false;
    }
    out.issuer = l.fold.brands[out.brand].name;
    for (const consent::Purpose& p : l.fold.purposes.list) out.purposes.push_back(p.name);
    out.words = l.fold.wordings;
    out.head = l.fold.proofs.head();
    return out;
}

Result<ProvedEntry> open_entry(const Library& l, std::uint64_t sequence) {
    const OpenedRecord record = TRY(open_record(l, sequence));
    auto entry =
        record.type == RecordType::ConsentTold ? consent::decode_entry(record.clear) : std::nullopt;
    if (!entry)
        return Error{"consent.unreadable",
                     "Record " + std::to_string(sequence) + " is no proof of consent any more.",
                     "Run filrouge consent verify."};
    ProvedEntry out{sequence, *std::move(entry), sha256(record.clear).hex(), {}};
    const auto evidence = record.opened ? consent::decode_evidence(record.plain) : std::nullopt;
    if (evidence) out.evidence = *evidence;
    return out;
}

void write_words(JsonWriter& w, const consent::Wordings& words, std::string_view purpose,
                 std::uint32_t version, std::string_view language) {
    const consent::Wording* wording = words.find(purpose, version);
    if (wording == nullptr) return;
    w.key("wording").open_object().field("version", version);
    w.field("since", iso_time(wording->since));
    if (const auto shown = consent::words_in(*wording, language)) {
        w.field("language", shown->language).field("text", shown->words->text);
        w.field("sha256", shown->words->digest.hex());
    }
    w.close();
}

void write_statement(JsonWriter& w, const PersonProofs& proofs, const ProvedEntry& told,
                     const consent::Statement& s) {
    const std::string_view purpose =
        s.purpose < proofs.purposes.size() ? proofs.purposes[s.purpose] : std::string_view("?");
    w.open_object().field("purpose", purpose).field("channel", name_of(s.channel));
    w.field("state", name_of(s.state)).field("basis", name_of(s.basis));
    w.field("at", iso_time(told.entry.at)).field("means", name_of(told.entry.means));
    write_words(w, *proofs.words, purpose, s.wording, told.entry.language);
    if (!told.evidence.empty()) w.key("evidence").raw(told.evidence);
    w.field("record", told.sequence).field("chain", told.hash).close();
}

void write_key(JsonWriter& w, const DataKey& secret) {
    const PublicKey key = public_key_of(secret);
    const std::string x =
        base64url_encode({reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size()});
    w.open_object().field("kty", "OKP").field("crv", "Ed25519").field("x", x).close();
}

Result<void> write_statements(JsonWriter& w, const Library& l, const PersonProofs& proofs) {
    w.field("complete", proofs.all).key("statements").open_array();
    for (const std::uint64_t sequence : proofs.sequences) {
        const ProvedEntry told = TRY(open_entry(l, sequence));
        for (const consent::Statement& s : told.entry.statements)
            write_statement(w, proofs, told, s);
    }
    w.close();
    return {};
}

Result<std::string> receipt_payload(const ConsentSeams& seams, const PersonProofs& proofs) {
    std::string out;
    JsonWriter w(out);
    w.open_object().field("issued_at", iso_time(as_event_time(seams.clock.now())));
    w.field("issuer", proofs.issuer).field("profile", proofs.profile);
    TRY(write_statements(w, seams.library, proofs));
    w.key("chain").open_object().field("entries", proofs.head.count);
    w.field("head", proofs.head.hash.hex()).close().close();
    return out;
}

// The last entry about the purpose that was told by then.
Result<std::optional<ProvedEntry>> told_by(const Library& l, const PersonProofs& proofs,
                                           std::uint8_t purpose, EventTime at) {
    std::optional<ProvedEntry> last;
    for (const std::uint64_t sequence : proofs.sequences) {
        ProvedEntry told = TRY(open_entry(l, sequence));
        const auto& statements = told.entry.statements;
        const bool speaks = told.entry.at <= at &&
                            std::any_of(statements.begin(), statements.end(),
                                        [purpose](const auto& s) { return s.purpose == purpose; });
        if (speaks && (!last || last->entry.at <= told.entry.at)) last = std::move(told);
    }
    return last;
}

}  // namespace

Result<std::string> shown_json(const ConsentSeams& seams, const ShownQuestion& q) {
    const auto asked = q.at.empty() ? as_event_time(seams.clock.now()) : collect::parse_time(q.at);
    if (!asked)
        return Error{"consent.invalid_time", "The time cannot be read.",
                     "Write it as 2026-03-01T08:30:00Z."};
    const PersonProofs proofs = TRY(find_proofs(seams.library, q.profile, q.brand));
    const auto at = std::find(proofs.purposes.begin(), proofs.purposes.end(), q.purpose);
    if (at == proofs.purposes.end())
        return Error{"api.unknown_purpose", "The purpose is not declared.",
                     "GET /api/v1/purposes lists them."};
    const auto bit = static_cast<std::uint8_t>(at - proofs.purposes.begin());
    std::string out;
    JsonWriter w(out);
    w.open_object().field("purpose", q.purpose).field("at", iso_time(*asked));
    if (q.profile.empty()) {
        if (const consent::Wording* words = proofs.words->in_force(q.purpose, *asked))
            write_words(w, *proofs.words, q.purpose, words->version, q.language);
    } else if (const auto told = TRY(told_by(seams.library, proofs, bit, *asked))) {
        const auto& statements = told->entry.statements;
        const auto s = std::find_if(statements.begin(), statements.end(),
                                    [bit](const auto& each) { return each.purpose == bit; });
        w.key("statement");
        write_statement(w, proofs, *told, *s);
    }
    w.close();
    return out;
}

Result<std::string> statements_json(const Library& library, std::string_view profile,
                                    std::string_view brand) {
    const PersonProofs proofs = TRY(find_proofs(library, profile, brand));
    std::string out;
    JsonWriter w(out);
    w.open_object().field("issuer", proofs.issuer);
    TRY(write_statements(w, library, proofs));
    w.close();
    return out;
}

std::string receipt_key_json(const Library& library) {
    std::string out;
    JsonWriter w(out);
    write_key(w, library.keys.process_key(kKeyReceipts));
    return out;
}

Result<std::string> receipt_json(const ConsentSeams& seams, std::string_view profile,
                                 std::string_view brand) {
    if (profile.empty()) return no_profile();
    const PersonProofs proofs = TRY(find_proofs(seams.library, profile, brand));
    const std::string payload = TRY(receipt_payload(seams, proofs));
    const DataKey secret = seams.library.keys.process_key(kKeyReceipts);
    const std::string head = base64url_encode(R"({"alg":"EdDSA"})");
    const std::string body = base64url_encode(payload);
    std::string out;
    JsonWriter w(out);
    w.open_object().key("receipt").raw(payload);
    w.field("protected", head).field("payload", body);
    w.field("signature", base64url_encode(sign(secret, head + "." + body)));
    w.key("key");
    write_key(w, secret);
    w.close();
    return out;
}

}  // namespace filrouge::engine
