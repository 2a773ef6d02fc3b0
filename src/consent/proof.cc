#include "consent/proof.h"

#include <algorithm>
#include <cstring>

namespace filrouge::consent {
namespace {

constexpr std::size_t kLinkBytes = sizeof(Digest::bytes);
constexpr std::uint8_t kHasCommitment = 1;
constexpr std::uint8_t kHasConfirmation = 2;
constexpr std::uint8_t kHasWeights = 4;
constexpr std::uint8_t kWeightNotTold = 0xff;

void write_id(ByteWriter& w, const EventId& id) {
    w.u64(id.high);
    w.u64(id.low);
}

EventId read_id(ByteReader& r) {
    EventId id;
    id.high = r.u64();
    id.low = r.u64();
    return id;
}

Digest read_digest(ByteReader& r) {
    Digest out;
    const BytesView bytes = r.raw(out.bytes.size());
    if (!r.bad()) std::memcpy(out.bytes.data(), bytes.data(), bytes.size());
    return out;
}

void write_statement(ByteWriter& w, const Statement& s) {
    w.u8(s.purpose);
    w.u8(static_cast<std::uint8_t>(s.state));
    w.u8(static_cast<std::uint8_t>(s.channel));
    w.u8(static_cast<std::uint8_t>(s.basis));
    w.varint(s.wording);
    if (s.wording != 0) w.raw(s.text.view());
}

bool read_statement(ByteReader& r, Statement& s) {
    s.purpose = r.u8();
    const std::uint8_t state = r.u8();
    const std::uint8_t channel = r.u8();
    const std::uint8_t basis = r.u8();
    const std::uint64_t wording = r.varint();
    if (s.purpose >= kPurposesMax || state >= kStateNames.size() ||
        channel >= kContactChannelNames.size() || basis > 3 || wording > UINT32_MAX)
        return false;
    s.state = static_cast<State>(state);
    s.channel = static_cast<ContactChannel>(channel);
    s.basis = static_cast<LegalBasis>(basis);
    s.wording = static_cast<std::uint32_t>(wording);
    if (wording != 0) s.text = read_digest(r);
    return !r.bad();
}

bool read_fragments(ByteReader& r, std::vector<FragmentNo>& out) {
    const std::uint64_t count = r.varint();
    if (count == 0 || count > kIdentifiersPerEventMax) return false;
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::uint64_t number = r.varint();
        if (number >= FragmentNo::kNone) return false;
        out.push_back(FragmentNo{static_cast<std::uint32_t>(number)});
    }
    return !r.bad();
}

bool read_statements(ByteReader& r, std::vector<Statement>& out) {
    const std::uint64_t count = r.varint();
    if (count == 0 || count > kPurposesMax) return false;
    out.resize(static_cast<std::size_t>(count));
    return std::all_of(out.begin(), out.end(), [&r](Statement& s) { return read_statement(r, s); });
}

void write_weights(ByteWriter& w, const std::vector<Statement>& statements) {
    for (const Statement& s : statements)
        w.u8(s.weight ? static_cast<std::uint8_t>(*s.weight) : kWeightNotTold);
}

bool read_weights(ByteReader& r, std::vector<Statement>& statements) {
    for (Statement& s : statements) {
        const std::uint8_t weight = r.u8();
        if (weight == kWeightNotTold) continue;
        if (weight > static_cast<std::uint8_t>(ConsentWeight::OwnWords)) return false;
        s.weight = static_cast<ConsentWeight>(weight);
    }
    return !r.bad();
}

bool tells_weights(const Entry& entry) {
    return std::any_of(entry.statements.begin(), entry.statements.end(),
                       [](const Statement& s) { return s.weight.has_value(); });
}

}  // namespace

ConsentWeight weight_of(const Entry& entry, const Statement& statement) {
    if (statement.weight) return *statement.weight;
    switch (entry.means) {
        case Means::Choice:
        case Means::Api:
        case Means::StopWord: return ConsentWeight::Choice;
        case Means::Confirmation:
        case Means::OneClick: return ConsentWeight::OwnWords;
        case Means::PrivacyControl:
            return statement.state == State::Refused ? ConsentWeight::Objection
                                                     : ConsentWeight::Ambient;
        case Means::Alongside:
        case Means::TcString:
        case Means::ConsentMode:
        case Means::Import: break;
    }
    return ConsentWeight::Ambient;
}

std::uint8_t record_version_of(const Entry& entry) {
    const bool takes_back =
        std::any_of(entry.statements.begin(), entry.statements.end(),
                    [](const Statement& s) { return s.state == State::TakenBack; });
    return takes_back || entry.means == Means::OneClick ? 2 : 1;
}

void encode_entry(const Entry& e, Bytes& clear) {
    clear.append(kLinkBytes, '\0');
    ByteWriter w(clear);
    write_id(w, e.id);
    write_id(w, e.event);
    w.i64(e.at.us);
    w.varint(e.source);
    w.varint(e.brand);
    w.u8(static_cast<std::uint8_t>(e.means));
    w.varint(e.fragments.size());
    for (const FragmentNo fragment : e.fragments) w.varint(fragment.value);
    w.sized(e.language);
    w.varint(e.statements.size());
    for (const Statement& s : e.statements) write_statement(w, s);
    w.u8(static_cast<std::uint8_t>((e.commitment.is_zero() ? 0 : kHasCommitment) |
                                   (e.confirmation ? kHasConfirmation : 0) |
                                   (tells_weights(e) ? kHasWeights : 0)));
    if (!e.commitment.is_zero()) w.raw(e.commitment.view());
    if (e.confirmation) {
        w.raw(e.confirmation->token_hash.view());
        w.i64(e.confirmation->expires.us);
    }
    if (tells_weights(e)) write_weights(w, e.statements);
}

std::optional<Entry> decode_entry(BytesView clear) {
    ByteReader r(clear);
    r.raw(kLinkBytes);
    Entry e;
    e.id = read_id(r);
    e.event = read_id(r);
    e.at.us = r.i64();
    e.source = static_cast<SourceNo>(r.varint());
    e.brand = static_cast<BrandNo>(r.varint());
    const std::uint8_t means = r.u8();
    if (r.bad() || means >= kMeansNames.size() || !read_fragments(r, e.fragments))
        return std::nullopt;
    e.means = static_cast<Means>(means);
    e.language = r.sized();
    if (e.language.size() > kLanguageBytesMax || !read_statements(r, e.statements))
        return std::nullopt;
    const std::uint8_t has = r.u8();
    if ((has & kHasCommitment) != 0) e.commitment = read_digest(r);
    if ((has & kHasConfirmation) != 0) {
        e.confirmation.emplace();
        e.confirmation->token_hash = read_digest(r);
        e.confirmation->expires.us = r.i64();
    }
    if ((has & kHasWeights) != 0 && !read_weights(r, e.statements)) return std::nullopt;
    if (r.bad()) return std::nullopt;
    return e;
}

BytesView fixed_part(BytesView clear) { return clear.substr(std::min(clear.size(), kLinkBytes)); }

Bytes encode_evidence(const Blind& blind, BytesView json) {
    Bytes plain(reinterpret_cast<const char*>(blind.data()), blind.size());
    return plain.append(json);
}

std::optional<BytesView> decode_evidence(BytesView plain) {
    if (plain.size() < sizeof(Blind) || plain.size() > sizeof(Blind) + kEvidenceBytesMax)
        return std::nullopt;
    return plain.substr(sizeof(Blind));
}

Digest commitment_to(BytesView plain) {
    return hmac_sha256(plain.substr(0, sizeof(Blind)),
                       plain.substr(std::min(plain.size(), sizeof(Blind))));
}

void link(Bytes& clear, ChainHead& head) {
    ASSERT(clear.size() > kLinkBytes);
    std::memcpy(clear.data(), head.hash.bytes.data(), kLinkBytes);
    head = {sha256(clear), head.count + 1};
}

bool follow(BytesView clear, ChainHead& head) {
    const bool follows = clear.substr(0, kLinkBytes) == head.hash.view();
    head = {sha256(clear), head.count + 1};
    return follows;
}

}  // namespace filrouge::consent
