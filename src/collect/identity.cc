#include "collect/identity.h"

#include <utility>

#include "base/text.h"
#include "collect/normalise.h"

namespace filrouge::collect {
namespace {

using C = ContextKey;
using T = IdentifierType;

struct Thing {
    C key;
    T type;
};
constexpr std::array kThings = {
    Thing{C::Kiosk, T::Kiosk},
    Thing{C::Till, T::Till},
    Thing{C::StaffTablet, T::StaffTablet},
    Thing{C::HouseholdTv, T::HouseholdTv},
    Thing{C::Trolley, T::Trolley},
    Thing{C::LentBadge, T::LentBadge},
};

// Our own and the SDKs' anonymous ids are UUIDs; user ids of a shop hardly ever are.
bool is_uuid(std::string_view s) {
    if (s.size() != 36) return false;
    for (std::size_t i = 0; i < s.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        const char c = s[i];
        const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (dash ? c != '-' : !hex) return false;
    }
    return true;
}

int strength(IdentifierType type) {
    const IdentifierTypeRow* row = row_of(type);
    return row != nullptr ? row->priority : 255;
}

// In place and stable: there are at most sixteen, and mostly two.
void sort_by_strength(std::vector<Identifier>& all) {
    for (std::size_t i = 1; i < all.size(); ++i) {
        for (std::size_t k = i; k > 0 && strength(all[k].type) < strength(all[k - 1].type); --k) {
            std::swap(all[k], all[k - 1]);
        }
    }
}

class Gatherer {
  public:
    Gatherer(const JsonBody& body, const Told& told, const Rules& rules, Incoming& out)
        : body_(body), told_(told), rules_(rules), out_(out) {}
    Fit fit() const { return fit_; }
    void add(T type, std::string_view text) {
        if (fit_ == Fit::Ok && !text.empty()) fit_ = add_identifier(type, text, rules_, out_);
    }
    void add(T type, JsonAt at) { add(type, text_at(body_, at)); }
    // The first place that holds one counts. Two addresses in one event would tie two people.
    void add_first(T type, std::initializer_list<JsonAt> places) {
        for (const JsonAt at : places) {
            const std::size_t before = out_.event.identifiers.size();
            add(type, at);
            if (out_.event.identifiers.size() != before || fit_ != Fit::Ok) return;
        }
    }
    void previous_id(EventKind kind) {
        const JsonAt at = told_.top[TopKey::PreviousId];
        if (kind != EventKind::Alias || at.none()) return;
        const std::string_view text = text_at(body_, at);
        const bool anonymous =
            is_uuid(text) || text == text_at(body_, told_.top[TopKey::AnonymousId]);
        add(anonymous ? T::AnonymousId : T::UserId, text);
    }
    void contact(EventKind kind) {
        // A group's traits are the group's: its address is nobody's own.
        const bool own_traits = kind != EventKind::Group;
        const auto trait = [&](TraitKey key) { return own_traits ? told_.trait[key] : JsonAt{}; };
        add_first(T::LoyaltyCard,
                  {trait(TraitKey::LoyaltyCard), told_.context_trait[TraitKey::LoyaltyCard],
                   told_.property[PropertyKey::LoyaltyCard], told_.context[C::LoyaltyCard]});
        add_first(T::Email, {trait(TraitKey::Email), told_.context_trait[TraitKey::Email],
                             told_.property[PropertyKey::Email]});
        add_first(T::Phone, {trait(TraitKey::Phone), told_.context_trait[TraitKey::Phone],
                             told_.property[PropertyKey::Phone]});
    }
    void device() {
        const JsonAt device = told_.context[C::Device];
        if (!body_.is(device, JsonType::Object)) return;
        add(T::DeviceId, body_.find(device, "id"));
        add(T::AdvertisingId, body_.find(device, "advertisingId"));
    }
    void things() {
        for (const Thing& thing : kThings) {
            JsonAt at = told_.context[thing.key];
            if (body_.is(at, JsonType::Object)) at = body_.find(at, "id");
            add(thing.type, at);
        }
    }
    void external(JsonAt list) {  // [{"type": "crm", "id": "77"}, ...]
        if (!body_.is(list, JsonType::Array)) return;
        body_.each_element(list, [&](JsonAt item) {
            if (!body_.is(item, JsonType::Object)) return true;
            const std::string_view type = trim(text_at(body_, body_.find(item, "type")));
            const std::string_view id = trim(text_at(body_, body_.find(item, "id")));
            if (type.empty() || id.empty()) return true;
            const auto known = identifier_type_named(type);
            if (known && *known != T::ExternalId)
                add(*known, id);
            else if (!is_blocked(T::ExternalId, normalise_text(id), rules_.blocked)) {
                add(T::ExternalId, std::string(type).append(":").append(id));
            }
            return fit_ == Fit::Ok;
        });
    }

  private:
    const JsonBody& body_;
    const Told& told_;
    const Rules& rules_;
    Incoming& out_;
    Fit fit_ = Fit::Ok;
};

}  // namespace

std::string_view text_at(const JsonBody& body, JsonAt at) {
    if (at.none()) return {};
    switch (body.type(at)) {
        case JsonType::String: return body.string(at);
        case JsonType::Int:
        case JsonType::Uint:
        case JsonType::Double: return body.number_text(at);
        default: return {};
    }
}

Fit add_identifier(IdentifierType type, std::string_view text, const Rules& rules, Incoming& out) {
    // Nothing much longer is worth normalising, and nothing shortens to half its length.
    if (text.size() > 4 * kIdentifierBytesMax) return Fit::IdentifierTooLong;
    auto value = normalise(type, text, rules.calling_code);
    if (!value && !normalise_text(text).empty()) ++out.refused_identifiers;
    if (!value || is_blocked(type, *value, rules.blocked)) return Fit::Ok;
    if (value->size() > kIdentifierBytesMax) return Fit::IdentifierTooLong;
    std::vector<Identifier>& all = out.event.identifiers;
    for (const Identifier& known : all) {
        if (known.type == type && known.value == *value) return Fit::Ok;
    }
    if (all.size() == kIdentifiersPerEventMax) return Fit::TooManyIdentifiers;
    all.push_back({type, std::move(*value), {}});
    return Fit::Ok;
}

Fit read_identity(const JsonBody& body, const Told& told, EventKind kind, const Rules& rules,
                  std::string_view header_anonymous_id, Incoming& out) {
    Gatherer gather(body, told, rules, out);
    out.event.identifiers.reserve(4);
    gather.add(IdentifierType::UserId, told.top[TopKey::UserId]);
    gather.add(IdentifierType::AnonymousId, told.top[TopKey::AnonymousId]);
    if (out.event.identifiers.empty()) gather.add(IdentifierType::AnonymousId, header_anonymous_id);
    gather.previous_id(kind);
    gather.contact(kind);
    gather.device();
    gather.external(told.context[C::ExternalId]);
    gather.external(told.context[C::ExternalIds]);
    gather.things();
    sort_by_strength(out.event.identifiers);
    return gather.fit();
}

}  // namespace filrouge::collect
