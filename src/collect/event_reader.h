// One walk over one event: every value is packed where it belongs and the members that have a
// meaning are remembered by place. What they mean is decided afterwards (event_builder.h), when
// all of them are known: JSON promises no order.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "collect/declared.h"
#include "collect/json.h"
#include "collect/pack.h"

namespace filrouge::collect {

enum class TopKey : std::uint8_t {
    Type,
    MessageId,
    UserId,
    AnonymousId,
    PreviousId,
    GroupId,
    Event,
    Name,
    Category,
    Timestamp,
    OriginalTimestamp,
    SentAt,
    Channel,
    WriteKey,
    Properties,
    Traits,
    Context,
    Integrations,
    Dropped,  // _metadata, receivedAt, and addresses we do not keep
    Count
};
enum class PropertyKey : std::uint8_t {
    Email,
    Phone,
    LoyaltyCard,
    Price,
    Quantity,
    Value,
    Revenue,
    Total,
    Tax,
    Shipping,
    Discount,
    Currency,
    ProductId,
    Sku,
    Products,
    StoreId,
    Place,
    Affiliation,
    ThingType,
    ThingId,
    Purposes,
    CategoryPreferences,
    Category,
    Count
};
enum class TraitKey : std::uint8_t { Email, Phone, LoyaltyCard, Count };
enum class ContextKey : std::uint8_t {
    Ip,
    Traits,
    UserAgent,
    Channel,
    Place,
    Library,
    Device,
    Consent,
    ConsentManagement,
    Gpc,
    Bot,
    Webdriver,
    Navigator,
    ExternalId,
    ExternalIds,
    LoyaltyCard,
    Kiosk,
    Till,
    StaffTablet,
    HouseholdTv,
    Trolley,
    LentBadge,
    Count
};

template <class Key>
class Found {  // where each known member stands; the first of several spellings counts
  public:
    JsonAt operator[](Key key) const { return at_[static_cast<std::size_t>(key)]; }
    void note(Key key, JsonAt at) {
        JsonAt& place = at_[static_cast<std::size_t>(key)];
        if (place.none()) place = at;
    }
    void clear() { at_.fill({}); }

  private:
    std::array<JsonAt, static_cast<std::size_t>(Key::Count)> at_{};
};

struct Told {
    Found<TopKey> top;
    Found<PropertyKey> property;
    Found<TraitKey> trait;
    Found<TraitKey> context_trait;
    Found<ContextKey> context;
    Members properties, traits, context_members, context_traits;
    Members extra;          // members of the event that the protocol does not name
    std::size_t bytes = 0;  // of JSON, without what its batch adds
    std::uint32_t body_check = 0;
    std::uint32_t undeclared = 0;  // members that were not kept
    void clear();
};

// What stands beside the events of a batch and belongs to each of them.
struct Envelope {
    JsonAt context;
    JsonAt integrations;
    std::size_t bytes = 0;  // of JSON
};

class EventReader {
  public:
    EventReader(const JsonBody& body, Told& told, const Rules& rules)
        : body_(body), told_(told), rules_(rules), packer_(body) {}
    // Returns the place past the event, or nowhere when it does not fit: fit() then says why.
    JsonAt read(JsonAt event);
    // Adds what the batch says and the event itself does not.
    Fit merge_envelope(const Envelope& envelope);
    Fit fit() const { return packer_.fit(); }

  private:
    JsonAt read_member(TopKey key, JsonAt value);
    JsonAt read_object(TopKey key, JsonAt value);
    // The members of an object of the sender's own, of which some have a meaning.
    template <class Words, class Key>
    JsonAt read_known(const Words& words, Found<Key>& found, FreePart part, Members& into,
                      int depth, JsonAt object);
    JsonAt read_context(JsonAt object, bool only_new);
    JsonAt take_context(ContextKey key, std::string_view name, JsonAt value);
    JsonAt read_context_traits(JsonAt value);
    JsonAt read_free(FreePart part, std::string_view name, JsonAt value);
    JsonAt check_and_leave(JsonAt value);
    bool is_empty(JsonAt value) const;
    const JsonBody& body_;
    Told& told_;
    const Rules& rules_;
    Packer packer_;
};

// "203.0.113.7" becomes "203.0.113.0", an IPv6 address keeps its first 48 bits; anything else "".
std::string truncated_ip(std::string_view ip);

}  // namespace filrouge::collect
