// Addresses that are not to be reached any more: lists that are brought in, and people who answer
// STOP.
#include <unicode/uchar.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>
#include <shared_mutex>

#include "base/json_writer.h"
#include "base/text.h"
#include "collect/normalise.h"
#include "engine/consent_desk.h"
#include "engine/request_body.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;
using consent::ContactChannel;

constexpr std::size_t kSmsBytesMax = 2'000;
constexpr std::string_view kStopList = "stop";

std::optional<IdentifierType> address_type(ContactChannel channel) {
    if (channel == ContactChannel::Email) return IdentifierType::Email;
    if (channel == ContactChannel::Sms || channel == ContactChannel::Phone)
        return IdentifierType::Phone;
    return std::nullopt;
}

Prepared record_of(const consent::Suppression& told) {
    Prepared p;
    p.record.type = RecordType::Suppressed;
    consent::encode_suppression(told, p.record.clear);
    return p;
}

struct ReadAddresses {
    consent::Suppression told;
    std::uint64_t addresses = 0;  // of the list; a number may stand under several hashes
    std::uint64_t invalid = 0;    // none of their type: they could not be reached anyway
};

// The calling codes by which a number in national form may be meant: the brand's that is named,
// else every brand's, for a number too many on the list is a smaller fault than one too few.
Result<std::vector<std::string>> codes_of(const Library& l, const std::string& brand) {
    if (!brand.empty()) {
        const std::shared_lock reading(l.lock);
        TRY(brand_asked(l.fold, brand));
        return std::vector{l.settings.brand(brand).phone_country_code};
    }
    std::set<std::string> codes;
    for (const BrandSetting& each : l.settings.brands) codes.insert(each.phone_country_code);
    return std::vector(codes.begin(), codes.end());
}

// The spellings that an address of a list stands for; none when it is none of the type.
std::set<std::string> meant_by(const json::value& address, IdentifierType type,
                               const std::vector<std::string>& codes) {
    std::set<std::string> out;
    if (!address.is_string()) return out;
    for (const std::string& code : codes) {
        if (auto normal = collect::normalise(type, std::string_view(address.as_string()), code))
            out.insert(*std::move(normal));
    }
    return out;
}

Result<ReadAddresses> read_suppression(const Library& l, const json::object& body) {
    ReadAddresses out;
    out.told.list = TRY(text_of(body, "list", true, consent::kListNameBytesMax));
    const auto channel = consent::contact_channel_named(TRY(text_of(body, "channel", true)));
    const auto type = channel ? address_type(*channel) : std::nullopt;
    if (!type)
        return Error{"suppression.unknown_channel", "The channel has no addresses.",
                     "One of: email, sms, phone."};
    out.told.channel = *channel;
    out.told.lifted = TRY(flag_of(body, "lifted"));
    const std::string brand = TRY(text_of(body, "brand", false));
    const std::vector<std::string> codes = TRY(codes_of(l, brand));
    const json::value* addresses = body.if_contains("addresses");
    if (addresses == nullptr || !addresses->is_array() || addresses->as_array().empty() ||
        addresses->as_array().size() > consent::kSuppressedAtOnceMax)
        return Error{"suppression.invalid_addresses",
                     "The field 'addresses' must be a list of 1 to " +
                         std::to_string(consent::kSuppressedAtOnceMax) + " texts.",
                     "Send a longer list in parts."};
    const DataKey key = l.keys.process_key(kKeySuppression);
    for (const json::value& address : addresses->as_array()) {
        const std::set<std::string> meant = meant_by(address, *type, codes);
        // Lifting the wrong one would reach somebody who said stop.
        if (out.told.lifted && meant.size() > 1)
            return Error{"suppression.brand_missing",
                         "A number in national form may be of several countries; to lift it, its "
                         "brand must be told.",
                         "Add 'brand' with the id of one, or write the numbers with their country "
                         "code."};
        for (const std::string& normal : meant)
            out.told.addresses.push_back(consent::address_hash(key, *type, normal));
        ++(meant.empty() ? out.invalid : out.addresses);
    }
    return out;
}

// A record holds so many.
std::vector<Prepared> records_of(const consent::Suppression& told) {
    std::vector<Prepared> out;
    out.reserve(told.addresses.size() / consent::kSuppressedAtOnceMax + 1);
    consent::Suppression part{told.list, told.channel, told.lifted, {}};
    for (std::size_t at = 0; at < told.addresses.size(); at += consent::kSuppressedAtOnceMax) {
        const std::size_t end = std::min(told.addresses.size(), at + consent::kSuppressedAtOnceMax);
        part.addresses.assign(told.addresses.begin() + static_cast<std::ptrdiff_t>(at),
                              told.addresses.begin() + static_cast<std::ptrdiff_t>(end));
        out.push_back(record_of(part));
    }
    return out;
}

// The code point at `at`, which moves past it. A broken byte counts as a sign.
char32_t next_of(std::string_view text, std::size_t& at) {
    constexpr char32_t kReplacement = 0xFFFD;
    const std::size_t length = utf8_length_at(text, at);
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
    char32_t out = kReplacement;
    if (length == 1) out = byte(0);
    if (length > 1) {
        out = byte(0) & (0x7Fu >> length);
        for (std::size_t i = 1; i < length; ++i) out = out << 6 | (byte(i) & 0x3Fu);
    }
    at += std::max<std::size_t>(length, 1);
    return out;
}

// A letter, a digit, or an accent that follows its letter.
bool is_of_word(char32_t c) {
    const auto point = static_cast<UChar32>(c);
    return u_isalnum(point) != 0 || (U_GET_GC_MASK(point) & U_GC_M_MASK) != 0;
}

// Where the text's first word begins, without what people put before it: quotes, a bracket.
std::string_view from_first_word(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = at;
        if (is_of_word(next_of(text, at))) return text.substr(begin);
    }
    return {};
}

// Whether it begins with one of the words, which ends there: "Stop.", "« STOP » svp", "(stop)".
bool is_stop_word(std::string_view text, const std::vector<std::string>& words) {
    text = from_first_word(text);
    return std::any_of(words.begin(), words.end(), [text](const std::string& word) {
        if (word.empty() || !ascii_equal_ignoring_case(text.substr(0, word.size()), word))
            return false;
        std::size_t end = word.size();
        return end == text.size() || !is_of_word(next_of(text, end));
    });
}

// Withdraws every purpose that reaches by SMS, for the number.
IngestRequest withdrawal(const ConsentSeams& seams, BrandNo brand, const std::string& number,
                         const DoorView& view) {
    std::vector<collect::NamedConsent> choices;
    choices.reserve(view.purposes.list.size());
    for (const consent::Purpose& purpose : view.purposes.list) {
        if (purpose.channel == ContactChannel::Sms) choices.push_back({purpose.name, false});
    }
    collect::ConsentProof proof;
    proof.means = consent::Means::StopWord;
    return choice_by_address(seams, brand, {IdentifierType::Phone, number, {}}, "stop-",
                             std::move(choices), std::move(proof));
}

struct Sms {
    std::string number;  // normalised
    BrandNo brand = 0;
    bool stops = false;
};

Result<Sms> read_sms(const ConsentSeams& seams, std::string_view text) {
    const Library& l = seams.library;
    const json::object body = TRY(object_of(text));
    const std::string from = TRY(text_of(body, "from", true));
    const std::string brand = TRY(text_of(body, "brand", false));
    Sms sms;
    {
        const std::shared_lock reading(l.lock);
        sms.brand = TRY(brand_meant(l.fold, brand));
    }
    const auto number =
        collect::normalise(IdentifierType::Phone, from, l.settings.brand(brand).phone_country_code);
    if (!number) return Error{"consent.invalid_identifier", "The sender is no phone number.", ""};
    sms.number = *number;
    sms.stops = is_stop_word(TRY(text_of(body, "text", true, kSmsBytesMax)), l.settings.stop_words);
    return sms;
}

}  // namespace

Result<std::string> suppress(const ConsentSeams& seams, std::string_view text) {
    const ReadAddresses read = TRY(read_suppression(seams.library, TRY(object_of(text))));
    if (!read.told.addresses.empty()) {
        TRY(seams.write(records_of(read.told)));
    }
    std::string out;
    JsonWriter(out)
        .open_object()
        .field("list", read.told.list)
        .field("channel", name_of(read.told.channel))
        .field("lifted", read.told.lifted)
        .field("addresses", read.addresses)
        .field("invalid", read.invalid)
        .close();
    return out;
}

Result<std::string> suppressions_json(const Library& l) {
    const std::shared_lock reading(l.lock);
    std::string out;
    JsonWriter w(out);
    w.open_object().key("suppressed").open_object();
    for (const ContactChannel channel :
         {ContactChannel::Email, ContactChannel::Sms, ContactChannel::Phone})
        w.field(name_of(channel), l.fold.suppressions.count(channel));
    w.close().close();
    return out;
}

void take_sms(const ConsentSeams& seams, std::string_view text, Reply done) {
    const auto sms = read_sms(seams, text);
    if (!sms.ok()) return done(sms.error());
    if (!sms.value().stops) return done(std::string(R"({"stopped":false})"));
    // The address first: whatever comes of the rest, it is not written to again.
    const DataKey key = seams.library.keys.process_key(kKeySuppression);
    consent::Suppression told{std::string(kStopList), ContactChannel::Sms, false, {}};
    told.addresses.push_back(consent::address_hash(key, IdentifierType::Phone, sms.value().number));
    std::vector<Prepared> records;
    records.push_back(record_of(told));
    if (const auto written = seams.write(std::move(records)); !written.ok())
        return done(written.error());
    const auto view = seams.views.get();
    IngestRequest request = withdrawal(seams, sms.value().brand, sms.value().number, *view);
    const auto* incoming = std::get_if<collect::Incoming>(&request.items.front());
    if (incoming->consents.empty()) return done(std::string(R"({"stopped":true})"));
    seams.ingest(std::move(request), [done = std::move(done)](Result<IngestReply> reply) {
        if (!reply.ok()) return done(reply.error());
        std::string out;
        JsonWriter(out)
            .open_object()
            .field("stopped", true)
            .field("sequence", reply.value().sequence)
            .close();
        done(out);
    });
}

}  // namespace filrouge::engine
