// The proof of a consent: which statements get an entry of the chain, and what it says. Those that
// change nothing and prove nothing get none: most events repeat what their consent manager said
// before.
#include <algorithm>

#include "base/json_writer.h"
#include "collect/parser.h"
#include "consent/proof.h"
#include "engine/admission_batch.h"
#include "model/packed.h"

namespace filrouge::engine {
namespace {

constexpr std::size_t kTcKeptBytesMax = 2'000;  // of a TC string, as evidence

using collect::ConsentProof;
using collect::Incoming;

std::string text_of(PackedView value) {
    return value.kind() == PackedKind::String ? std::string(value.text()) : std::string();
}

// A page, an agent and an address that is cut short say where a choice was made.
std::string evidence_of(const Event& event) {
    std::string evidence;
    const PackedView told = PackedView(event.properties).find("evidence");
    if (told.kind() == PackedKind::Object) {
        evidence = told.json();
        collect::shorten_addresses(evidence);
    } else {
        const PackedView context(event.context);
        Bytes gathered;
        PackedWriter w(gathered);
        const std::array<std::pair<std::string_view, PackedView>, 3> parts = {
            {{"page", context.find("page").find("url")},
             {"library", context.find("library").find("name")},
             {"ip", context.find("ip")}}};  // cut short when it was read
        const auto count = std::count_if(parts.begin(), parts.end(), [](const auto& part) {
            return part.second.kind() == PackedKind::String;
        });
        if (count == 0) return {};
        const std::size_t mark = w.begin_object(static_cast<std::uint64_t>(count));
        for (const auto& [name, value] : parts) {
            if (value.kind() != PackedKind::String) continue;
            w.key(name);
            w.string(value.text());
        }
        w.end(mark);
        evidence = PackedView(gathered).json();
    }
    return evidence.size() <= consent::kEvidenceBytesMax ? evidence : std::string();
}

// What a choice says of itself: {"purposes": ..., "wordings": {"marketing.email": 3},
// "language": "fr", "evidence": {...}}.
ConsentProof proof_of_choice(const Event& event) {
    ConsentProof proof;
    proof.means = consent::Means::Choice;
    const PackedView properties(event.properties);
    properties.find("wordings").each([&proof](std::string_view purpose, const PackedView& version) {
        const bool fits = version.kind() == PackedKind::Int && version.integer() > 0 &&
                          version.integer() <= consent::kWordingVersionsMax;
        if (fits && proof.wordings.size() < kPurposesMax)
            proof.wordings[std::string(purpose)] = static_cast<std::uint32_t>(version.integer());
    });
    proof.language = text_of(properties.find("language"));
    if (proof.language.empty()) proof.language = text_of(PackedView(event.context).find("locale"));
    if (!consent::is_language_tag(proof.language)) proof.language.clear();
    proof.evidence = evidence_of(event);
    return proof;
}

consent::Statement statement(std::uint8_t purpose, consent::State state, const DoorView& view,
                             const ConsentProof& told, std::string& language) {
    const consent::Purpose& known = view.purposes.list[purpose];
    consent::Statement s{purpose, state, known.channel, known.basis, 0, {}};
    const auto version = told.wordings.find(known.name);
    if (version == told.wordings.end()) return s;
    const consent::Wording* wording = view.wordings->find(known.name, version->second);
    if (wording == nullptr) return s;  // no such words were ever told
    const auto shown = consent::words_in(*wording, told.language);
    if (!shown) return s;
    s.wording = wording->version;
    s.text = shown->words->digest;
    language = shown->language;
    return s;
}

}  // namespace

// Global Privacy Control objects to what its settings say. Nobody is kept for it: an event that
// would not be kept is not.
void Admission::object(const Incoming&, const consent::Purposes& purposes, Event& event) const {
    const PurposeSet denied = purposes.denied_by_gpc();
    std::erase_if(event.consents,
                  [denied](const ConsentStatement& c) { return denied.has(c.purpose); });
    for (std::uint8_t p = 0; p < kPurposesMax; ++p) {
        if (denied.has(p)) event.consents.push_back({p, false, ConsentWeight::Objection});
    }
}

// What each of the event's identifiers has refused already, by itself.
PurposeSet Admission::refused_by_each(const Event& event, const Batch& batch) const {
    std::optional<PurposeSet> out;
    for (const Identifier& id : event.identifiers) {
        if (is_shared_thing(id.type)) continue;
        const PurposeSet refused =
            batch.stated.after(board_.standing(id.fragment), {&id, 1}).refused;
        out = out ? *out & refused : refused;
    }
    return out.value_or(PurposeSet{});
}

// Nothing when the event needs no proof. A refusal is news where it is of one identifier: should
// the others be erased, the proof alone tells that it holds.
std::shared_ptr<const ConsentProof> Admission::proof_told(const Incoming& incoming,
                                                          const Batch& batch,
                                                          const consent::Standing& said) {
    if (incoming.proof != nullptr) return incoming.proof;
    const PurposeSet news =
        said.granted.without(batch.standing.granted) | said.refused.without(batch.refused_by_each);
    if (news.empty() && !incoming.consent_change) return nullptr;
    if (incoming.consent_change)
        return std::make_shared<const ConsentProof>(proof_of_choice(incoming.event));
    ConsentProof alongside;
    alongside.means = incoming.means;
    const PackedView tc = PackedView(incoming.event.context).find("consent").find("tcString");
    if (tc.kind() == PackedKind::String && tc.text().size() <= kTcKeptBytesMax)
        JsonWriter(alongside.evidence).open_object().field("tc_string", tc.text()).close();
    if (batch.import)
        alongside.means = consent::Means::Import;
    else if (incoming.global_privacy_control)
        alongside.means = consent::Means::PrivacyControl;
    return std::make_shared<const ConsentProof>(std::move(alongside));
}

void Admission::prove(const Event& event, const ConsentProof& told, Batch& batch) {
    consent::Entry entry;
    for (const Identifier& id : event.identifiers) {
        if (!is_shared_thing(id.type)) entry.fragments.push_back(id.fragment);
    }
    if (entry.fragments.empty()) return;  // said of a thing, so of nobody
    entry.language = told.language;
    const DoorView& view = *batch.view;
    for (const ConsentStatement& c : event.consents) {
        const auto state = c.granted ? consent::State::Granted : consent::State::Refused;
        entry.statements.push_back(statement(c.purpose, state, view, told, entry.language));
        entry.statements.back().weight = c.weight;
    }
    for (const std::string& name : told.pending) {
        if (const auto purpose = view.purposes.bit_of(name)) {
            entry.statements.push_back(
                statement(*purpose, consent::State::Pending, view, told, entry.language));
        }
    }
    if (entry.statements.empty()) return;
    entry.id = new_id();
    entry.event = event.id;
    entry.at = event.at;
    entry.source = event.source;
    entry.brand = event.brand;
    entry.means = told.means;
    entry.confirmation = told.confirmation;
    Prepared& proof = batch.out.records.emplace_back();
    proof.id = entry.id;
    proof.record.type = RecordType::ConsentTold;
    proof.record.version = consent::record_version_of(entry);
    proof.of_event = true;
    proof.record.fragment = entry.fragments.front();
    if (!told.evidence.empty())
        seal_evidence(told.evidence, entry, proof);
    else
        consent::encode_entry(entry, proof.record.clear);
    batch.out.bytes += proof.record.clear.size() + proof.record.sealed.size();
}

void Admission::seal_evidence(const std::string& json, consent::Entry& entry, Prepared& proof) {
    consent::Blind blind;
    random_.fill(reinterpret_cast<char*>(blind.data()), blind.size());
    const Bytes plain = consent::encode_evidence(blind, json);
    entry.commitment = consent::commitment_to(plain);
    consent::encode_entry(entry, proof.record.clear);
    seal(keys_.create(proof.record.fragment), nonce_of(entry.id),
         consent::fixed_part(proof.record.clear), plain, proof.record.sealed);
}

}  // namespace filrouge::engine
