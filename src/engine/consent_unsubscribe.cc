// One click in a mail ends it (RFC 8058). The link is a token that names an address by its number,
// a purpose and a last day, closed under a key of the server's: nobody reads a person in it, makes
// one for somebody else, or turns it to another purpose. Nothing is stored for it, so every mail
// may have one.
#include <algorithm>
#include <boost/json.hpp>
#include <cstring>
#include <shared_mutex>

#include "base/base64url.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "engine/consent_desk.h"
#include "engine/person_asked.h"
#include "storage/seal.h"

namespace filrouge::engine {
namespace {

// Mails are found again years later; after this the person's own door and the shop are left.
constexpr std::int64_t kLinkDays = 5 * 365;
constexpr std::uint8_t kTokenForm = 1;
constexpr std::size_t kTokenBytesMax = 128;  // of the text; ours are half of it

struct Link {
    FragmentNo address;
    std::uint8_t purpose = 0;
    BrandNo brand = 0;
    std::int64_t last_day = 0;  // since 1970, UTC
};

DataKey key_for(const Library& l, std::string_view what) {
    const DataKey secret = l.keys.process_key(kKeyReceipts);
    const Digest digest =
        hmac_sha256({reinterpret_cast<const char*>(secret.bytes.data()), secret.bytes.size()},
                    "unsubscribe/1/" + std::string(what));
    DataKey key;
    std::copy(digest.bytes.begin(), digest.bytes.end(), key.bytes.begin());
    return key;
}

std::string token_of(const Library& l, const Link& link) {
    Bytes plain;
    ByteWriter w(plain);
    w.u8(kTokenForm);
    w.varint(link.address.value);
    w.u8(link.purpose);
    w.varint(link.brand);
    w.varint(static_cast<std::uint64_t>(link.last_day));
    // The nonce follows from what is closed: the same twice only where the whole link is the same.
    const DataKey mix = key_for(l, "nonce");
    const Digest digest =
        hmac_sha256({reinterpret_cast<const char*>(mix.bytes.data()), mix.bytes.size()}, plain);
    Nonce nonce;
    std::copy_n(digest.bytes.begin(), nonce.bytes.size(), nonce.bytes.begin());
    Bytes sealed;
    seal(key_for(l, "token"), nonce, {}, plain, sealed);
    return base64url_encode(sealed);
}

Error no_link() {
    return Error{"unsubscribe_not_found", "The link is not valid any more, or never was.",
                 "Use the link of a newer message, or tell the shop."};
}

Result<Link> read_token(const ConsentSeams& seams, std::string_view token) {
    if (token.size() > kTokenBytesMax) return no_link();
    const auto sealed = base64url_decode(token);
    Bytes plain;
    if (!sealed || !unseal(key_for(seams.library, "token"), {}, *sealed, plain).ok())
        return no_link();
    ByteReader r(plain);
    const std::uint8_t form = r.u8();
    Link link;
    link.address = FragmentNo{static_cast<std::uint32_t>(r.varint())};
    link.purpose = r.u8();
    link.brand = static_cast<BrandNo>(r.varint());
    link.last_day = static_cast<std::int64_t>(r.varint());
    if (r.bad() || form != kTokenForm) return no_link();
    if (day_of(as_event_time(seams.clock.now())) > link.last_day)
        return Error{"unsubscribe.expired", "The link has expired.",
                     "Use the link of a newer message, or tell the shop."};
    return link;
}

// What the link leads to today. Nothing where nobody is behind it any more, or where it says what
// stands already: both are as whoever presses wants it.
struct Standing {
    std::string purpose;
    std::uint64_t told_at = 0;
    std::uint32_t place = 0;
    bool is_left = false;
};

Result<Standing> look_up(const Library& l, const Link& link) {
    const std::shared_lock reading(l.lock);
    if (link.purpose >= l.fold.purposes.list.size()) return no_link();
    Standing out;
    out.purpose = l.fold.purposes.list[link.purpose].name;
    if (!l.fold.is_met(link.address)) return out;
    const Fold::FragmentRow& row = l.fold.fragments.at(link.address.value);
    out.told_at = row.first_sequence;
    out.place = row.in_identifiers;
    out.is_left = !l.fold.own_words.standing_of(link.address).refused.has(link.purpose);
    return out;
}

IngestRequest refusal(const ConsentSeams& seams, const Link& link, const std::string& purpose,
                      std::string address) {
    collect::ConsentProof proof;
    proof.means = consent::Means::OneClick;
    // The person's own: a customer file that says yes every night must not undo it.
    proof.own_words = true;
    JsonWriter(proof.evidence).open_object().field("mail", "one_click").close();
    return choice_by_address(seams, link.brand, {IdentifierType::Email, std::move(address), {}},
                             "unsubscribe-", {{purpose, false}}, std::move(proof));
}

std::string done_json(const std::string& purpose) {
    std::string out;
    JsonWriter(out).open_object().field("purpose", purpose).close();
    return out;
}

}  // namespace

std::optional<Unsubscribing> unsubscribing(const ConsentSeams& seams, std::string_view address,
                                           std::uint8_t purpose, BrandNo brand) {
    const Library& l = seams.library;
    Link link;
    link.purpose = purpose;
    link.brand = brand;
    {
        const std::shared_lock reading(l.lock);
        if (purpose >= l.fold.purposes.list.size()) return std::nullopt;
        // What rests on a contract or the law is not ended by a click.
        const LegalBasis basis = l.fold.purposes.list[purpose].basis;
        if (basis != LegalBasis::Consent && basis != LegalBasis::LegitimateInterest)
            return std::nullopt;
        link.address = l.directory.find(brand, IdentifierType::Email, address);
    }
    if (link.address.is_none()) return std::nullopt;
    link.last_day = day_of(as_event_time(seams.clock.now())) + kLinkDays;
    return Unsubscribing{token_of(l, link), as_event_time(IngestTime{0}) + days(link.last_day + 1)};
}

Result<std::string> unsubscribes_from(const ConsentSeams& seams, std::string_view token) {
    const Link link = TRY(read_token(seams, token));
    return done_json(TRY(look_up(seams.library, link)).purpose);
}

void unsubscribe(const ConsentSeams& seams, std::string_view token, Reply done) {
    const Library& l = seams.library;
    const auto link = read_token(seams, token);
    if (!link.ok()) return done(link.error());
    const auto standing = look_up(l, link.value());
    if (!standing.ok()) return done(standing.error());
    const std::string& purpose = standing.value().purpose;
    const auto address = standing.value().is_left
                             ? identifier_value(l, standing.value().told_at, standing.value().place)
                             : std::nullopt;
    if (!address) return done(done_json(purpose));
    seams.ingest(refusal(seams, link.value(), purpose, *address),
                 [purpose, done = std::move(done)](const Result<IngestReply>& reply) {
                     if (!reply.ok()) return done(reply.error());
                     done(done_json(purpose));
                 });
}

}  // namespace filrouge::engine
