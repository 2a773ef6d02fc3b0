#include "collect/event_reader.h"

#include <arpa/inet.h>

#include "base/crc32c.h"
#include "base/text.h"
#include "collect/refused_names.h"
#include "collect/word_table.h"

namespace filrouge::collect {
namespace {

using T = TopKey;
constexpr std::array kTopWords = {
    Word<T>{"type", T::Type},
    Word<T>{"messageId", T::MessageId},
    Word<T>{"userId", T::UserId},
    Word<T>{"anonymousId", T::AnonymousId},
    Word<T>{"previousId", T::PreviousId},
    Word<T>{"groupId", T::GroupId},
    Word<T>{"event", T::Event},
    Word<T>{"name", T::Name},
    Word<T>{"category", T::Category},
    Word<T>{"timestamp", T::Timestamp},
    Word<T>{"originalTimestamp", T::OriginalTimestamp},
    Word<T>{"sentAt", T::SentAt},
    Word<T>{"channel", T::Channel},
    Word<T>{"writeKey", T::WriteKey},
    Word<T>{"properties", T::Properties},
    Word<T>{"traits", T::Traits},
    Word<T>{"context", T::Context},
    Word<T>{"integrations", T::Integrations},
    Word<T>{"_metadata", T::Dropped},
    Word<T>{"receivedAt", T::Dropped},
    Word<T>{"request_ip", T::Dropped},
    Word<T>{"requestIP", T::Dropped},
    Word<T>{"ip", T::Dropped},
};
using P = PropertyKey;
constexpr std::array kPropertyWords = {
    Word<P>{"email", P::Email},
    Word<P>{"phone", P::Phone},
    Word<P>{"loyalty_card", P::LoyaltyCard},
    Word<P>{"loyaltyCard", P::LoyaltyCard},
    Word<P>{"loyalty_card_id", P::LoyaltyCard},
    Word<P>{"price", P::Price},
    Word<P>{"quantity", P::Quantity},
    Word<P>{"value", P::Value},
    Word<P>{"revenue", P::Revenue},
    Word<P>{"total", P::Total},
    Word<P>{"tax", P::Tax},
    Word<P>{"shipping", P::Shipping},
    Word<P>{"discount", P::Discount},
    Word<P>{"currency", P::Currency},
    Word<P>{"product_id", P::ProductId},
    Word<P>{"productId", P::ProductId},
    Word<P>{"sku", P::Sku},
    Word<P>{"products", P::Products},
    Word<P>{"store_id", P::StoreId},
    Word<P>{"storeId", P::StoreId},
    Word<P>{"place", P::Place},
    Word<P>{"affiliation", P::Affiliation},
    Word<P>{"thing_type", P::ThingType},
    Word<P>{"thing_id", P::ThingId},
    Word<P>{"purposes", P::Purposes},
    Word<P>{"categoryPreferences", P::CategoryPreferences},
    Word<P>{"category", P::Category},
};
using R = TraitKey;
constexpr std::array kTraitWords = {
    Word<R>{"email", R::Email},
    Word<R>{"phone", R::Phone},
    Word<R>{"loyalty_card", R::LoyaltyCard},
    Word<R>{"loyaltyCard", R::LoyaltyCard},
    Word<R>{"loyalty_card_id", R::LoyaltyCard},
};
using C = ContextKey;
constexpr std::array kContextWords = {
    Word<C>{"ip", C::Ip},
    Word<C>{"traits", C::Traits},
    Word<C>{"userAgent", C::UserAgent},
    Word<C>{"channel", C::Channel},
    Word<C>{"place", C::Place},
    Word<C>{"library", C::Library},
    Word<C>{"device", C::Device},
    Word<C>{"consent", C::Consent},
    Word<C>{"consentManagement", C::ConsentManagement},
    Word<C>{"gpc", C::Gpc},
    Word<C>{"globalPrivacyControl", C::Gpc},
    Word<C>{"bot", C::Bot},
    Word<C>{"webdriver", C::Webdriver},
    Word<C>{"navigator", C::Navigator},
    Word<C>{"externalId", C::ExternalId},
    Word<C>{"externalIds", C::ExternalIds},
    Word<C>{"loyalty_card", C::LoyaltyCard},
    Word<C>{"loyaltyCard", C::LoyaltyCard},
    Word<C>{"loyalty_card_id", C::LoyaltyCard},
    Word<C>{"kiosk", C::Kiosk},
    Word<C>{"kiosk_id", C::Kiosk},
    Word<C>{"kioskId", C::Kiosk},
    Word<C>{"till", C::Till},
    Word<C>{"till_id", C::Till},
    Word<C>{"tillId", C::Till},
    Word<C>{"staff_tablet", C::StaffTablet},
    Word<C>{"staff_tablet_id", C::StaffTablet},
    Word<C>{"staffTabletId", C::StaffTablet},
    Word<C>{"household_tv", C::HouseholdTv},
    Word<C>{"household_tv_id", C::HouseholdTv},
    Word<C>{"householdTvId", C::HouseholdTv},
    Word<C>{"trolley", C::Trolley},
    Word<C>{"trolley_id", C::Trolley},
    Word<C>{"trolleyId", C::Trolley},
    Word<C>{"lent_badge", C::LentBadge},
    Word<C>{"lent_badge_id", C::LentBadge},
    Word<C>{"lentBadgeId", C::LentBadge},
};
constexpr WordTable kTop(kTopWords);
constexpr WordTable kProperty(kPropertyWords);
constexpr WordTable kTrait(kTraitWords);
constexpr WordTable kContext(kContextWords);

// A retry sends the same event at another time, and the key of the source says nothing of it.
bool counts_in_check(const TopKey* key) {
    return key == nullptr || (*key != T::SentAt && *key != T::WriteKey && *key != T::Dropped);
}

// Whether the member holds an address of the Internet, which is then kept cut.
bool keep_cut(const JsonBody& body, const Rules& rules, FreePart part, std::string_view name,
              JsonAt value, Members& into) {
    const auto cut = cut_address(body, name, value);
    if (!cut || cut->empty() || !is_kept(rules, part, name)) return false;
    into.key(name);
    PackedWriter(into.bytes).string(*cut);
    return true;
}

}  // namespace

std::string truncated_ip(std::string_view ip) {
    const std::string text(trim(ip));
    char buffer[INET6_ADDRSTRLEN];
    in_addr v4{};
    if (inet_pton(AF_INET, text.c_str(), &v4) == 1) {
        v4.s_addr &= htonl(0xffff'ff00);
        return inet_ntop(AF_INET, &v4, buffer, sizeof buffer) != nullptr ? buffer : "";
    }
    in6_addr v6{};
    if (inet_pton(AF_INET6, text.c_str(), &v6) != 1) return "";
    if (IN6_IS_ADDR_V4MAPPED(&v6)) {
        v6.s6_addr[15] = 0;
        std::memcpy(&v4, v6.s6_addr + 12, sizeof v4);
        return inet_ntop(AF_INET, &v4, buffer, sizeof buffer) != nullptr ? buffer : "";
    }
    std::memset(v6.s6_addr + 6, 0, 10);
    return inet_ntop(AF_INET6, &v6, buffer, sizeof buffer) != nullptr ? buffer : "";
}

void Told::clear() {
    top.clear();
    property.clear();
    trait.clear();
    context_trait.clear();
    context.clear();
    properties.clear();
    traits.clear();
    context_members.clear();
    context_traits.clear();
    extra.clear();
    bytes = 0;
    body_check = 0;
    undeclared = 0;
}

// Some serialisers write an empty map as [] and an absent one as "".
bool EventReader::is_empty(JsonAt value) const {
    switch (body_.type(value)) {
        case JsonType::Null: return true;
        case JsonType::String: return body_.string(value).empty();
        case JsonType::Array: return body_.count(value) == 0;
        default: return false;
    }
}

JsonAt EventReader::read(JsonAt event) {
    told_.clear();
    packer_.reset();
    if (!body_.is(event, JsonType::Object)) return packer_.fail(Fit::NotAnObject);
    KeyWatch watch(body_, event);
    if (watch.repeated()) return packer_.fail(Fit::DuplicateKey);
    const std::uint32_t start = body_.offset(event.token);
    const std::uint32_t end = body_.end_word(event);
    JsonAt at = body_.first_member(event);
    std::uint32_t check = 0;
    while (at.tape != end) {
        const std::string_view name = body_.string(at);
        const std::uint32_t key_token = at.token;
        const JsonAt value{at.tape + 1, at.token + 2};
        if (watch.again(name, value)) return packer_.fail(Fit::DuplicateKey);
        const TopKey* key = kTop.find(name);
        if (key != nullptr) {
            at = read_member(*key, value);
        } else if (keep_cut(body_, rules_, FreePart::Event, name, value, told_.extra)) {
            at = body_.past_scalar(value);
        } else {
            at = read_free(FreePart::Event, name, value);
            if (at.none() && packer_.fit() == Fit::Ok) {
                told_.extra.key(name);
                at = packer_.pack(value, told_.extra.bytes, 1);
            }
        }
        if (at.none()) return {};
        if (body_.offset(at.token) - start > kEventBytesMax) {
            return packer_.fail(Fit::EventTooLarge);
        }
        if (counts_in_check(key)) check = crc32c(body_.source(key_token, at.token), check);
        ++at.token;
    }
    told_.body_check = check;
    const JsonAt past = body_.past_members(event, at.token);
    told_.bytes = body_.offset(past.token - 1) + 1 - start;
    if (told_.bytes > kEventBytesMax) return packer_.fail(Fit::EventTooLarge);
    return past;
}

JsonAt EventReader::read_member(TopKey key, JsonAt value) {
    const JsonType type = body_.type(value);
    const bool container = type == JsonType::Object || type == JsonType::Array;
    if (key >= T::Properties && key <= T::Integrations) return read_object(key, value);
    if (key == T::Dropped) return check_and_leave(value);
    if (container || type == JsonType::True || type == JsonType::False) {
        return packer_.fail(Fit::WrongType);
    }
    if (!is_empty(value)) told_.top.note(key, value);
    return body_.past_scalar(value);
}

JsonAt EventReader::read_object(TopKey key, JsonAt value) {
    if (is_empty(value)) return body_.past(value);
    const bool flags = key == T::Integrations &&  // {"All": true}, or some senders' plain true
                       (body_.is(value, JsonType::True) || body_.is(value, JsonType::False));
    if (!flags && !body_.is(value, JsonType::Object)) return packer_.fail(Fit::WrongType);
    told_.top.note(key, value);
    if (key == T::Integrations) {
        if (flags || body_.count(value) == 0) return body_.past(value);
        told_.extra.key("integrations");
        return packer_.pack(value, told_.extra.bytes, 1);
    }
    if (key == T::Context) return read_context(value, false);
    if (body_.count(value) > kTopPropertiesMax) return packer_.fail(Fit::TooManyProperties);
    return key == T::Properties
               ? read_known(kProperty, told_.property, FreePart::Properties, told_.properties, 1,
                            value)
               : read_known(kTrait, told_.trait, FreePart::Traits, told_.traits, 1, value);
}

template <class Words, class Key>
JsonAt EventReader::read_known(const Words& words, Found<Key>& found, FreePart part, Members& into,
                               int depth, JsonAt object) {
    return packer_.pack_members(object, into, depth, [&](std::string_view name, JsonAt member) {
        const Key* known = words.find(name);
        if (known != nullptr) found.note(*known, member);
        if (keep_cut(body_, rules_, part, name, member, into)) return body_.past_scalar(member);
        return read_free(part, name, member);
    });
}

JsonAt EventReader::read_context(JsonAt object, bool only_new) {
    const JsonAt own = only_new ? told_.top[T::Context] : JsonAt{};
    return packer_.pack_members(
        object, told_.context_members, 1, [&](std::string_view name, JsonAt member) {
            if (!own.none() && !body_.find(own, name).none()) return body_.past(member);
            const ContextKey* known = kContext.find(name);
            if (known == nullptr &&
                keep_cut(body_, rules_, FreePart::Context, name, member, told_.context_members))
                return body_.past_scalar(member);
            return known != nullptr ? take_context(*known, name, member)
                                    : read_free(FreePart::Context, name, member);
        });
}

Fit EventReader::merge_envelope(const Envelope& envelope) {
    if (told_.bytes + envelope.bytes > kEventBytesMax) return Fit::EventTooLarge;
    if (body_.is(envelope.context, JsonType::Object)) {
        if (read_context(envelope.context, true).none()) return packer_.fit();
    }
    const bool has_own = !told_.top[T::Integrations].none();
    if (!has_own && body_.is(envelope.integrations, JsonType::Object)) {
        if (read_object(T::Integrations, envelope.integrations).none()) return packer_.fit();
    }
    return Fit::Ok;
}

// Nowhere when the member is kept: the caller packs it. One that keep_cut() took does not come
// here.
JsonAt EventReader::read_free(FreePart part, std::string_view name, JsonAt value) {
    const bool refused =
        is_refused(body_, name, value) || cut_address(body_, name, value).has_value();
    if (is_kept(rules_, part, name) && !refused) return {};
    ++told_.undeclared;
    return check_and_leave(value);
}

// What is not kept must not hide a fault of the event either.
JsonAt EventReader::check_and_leave(JsonAt value) {
    Bytes checked_and_left;
    return packer_.pack(value, checked_and_left, 1);
}

JsonAt EventReader::take_context(ContextKey key, std::string_view name, JsonAt value) {
    told_.context.note(key, value);
    if (key == C::Ip) {
        if (body_.is(value, JsonType::String)) {
            const std::string ip = truncated_ip(body_.string(value));
            if (!ip.empty()) {
                told_.context_members.key(name);
                PackedWriter(told_.context_members.bytes).string(ip);
            }
            return body_.past_scalar(value);
        }
        return body_.past(value);
    }
    if (key == C::Traits && body_.is(value, JsonType::Object)) return read_context_traits(value);
    return {};
}

JsonAt EventReader::read_context_traits(JsonAt value) {
    if (body_.count(value) > kTopPropertiesMax) return packer_.fail(Fit::TooManyProperties);
    return read_known(kTrait, told_.context_trait, FreePart::Traits, told_.context_traits, 2,
                      value);
}

}  // namespace filrouge::collect
