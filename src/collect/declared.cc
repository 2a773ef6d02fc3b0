#include "collect/declared.h"

#include <algorithm>
#include <array>

namespace filrouge::collect {
namespace {

// Of the e-commerce vocabulary (version 2), of pages and screens, and those that we read ourselves.
constexpr std::array<std::string_view, 66> kProperties = {"affiliation",
                                                          "brand",
                                                          "cart_id",
                                                          "category",
                                                          "categoryPreferences",
                                                          "checkout_id",
                                                          "coupon",
                                                          "coupon_id",
                                                          "coupon_name",
                                                          "creative",
                                                          "currency",
                                                          "description",
                                                          "discount",
                                                          "email",
                                                          "filters",
                                                          "id",
                                                          "image_url",
                                                          "keywords",
                                                          "list_id",
                                                          "loyaltyCard",
                                                          "loyalty_card",
                                                          "loyalty_card_id",
                                                          "name",
                                                          "order_id",
                                                          "path",
                                                          "payment_method",
                                                          "phone",
                                                          "place",
                                                          "position",
                                                          "price",
                                                          "productId",
                                                          "product_id",
                                                          "products",
                                                          "promotion_id",
                                                          "purposes",
                                                          "quantity",
                                                          "query",
                                                          "rating",
                                                          "reason",
                                                          "recipient",
                                                          "referrer",
                                                          "revenue",
                                                          "review_body",
                                                          "review_id",
                                                          "search",
                                                          "share_message",
                                                          "share_via",
                                                          "shipping",
                                                          "shipping_method",
                                                          "sku",
                                                          "sorts",
                                                          "step",
                                                          "storeId",
                                                          "store_id",
                                                          "subtotal",
                                                          "tax",
                                                          "thing_id",
                                                          "thing_type",
                                                          "title",
                                                          "total",
                                                          "url",
                                                          "value",
                                                          "variant",
                                                          "wishlist_id",
                                                          "wishlist_name",
                                                          "zone"};

// Of people and of their companies.
constexpr std::array<std::string_view, 30> kTraits = {
    "address",     "age",          "avatar",          "birthday", "city",      "company",
    "country",     "createdAt",    "description",     "email",    "employees", "firstName",
    "gender",      "id",           "industry",        "language", "lastName",  "logins",
    "loyaltyCard", "loyalty_card", "loyalty_card_id", "name",     "phone",     "plan",
    "postalCode",  "state",        "street",          "title",    "username",  "website"};

// What SDKs tell of the browser, the device and the visit; what we read ourselves is kept anyway.
constexpr std::array<std::string_view, 18> kContext = {
    "active",   "app",      "campaign",  "groupId",      "instanceId", "library",
    "locale",   "location", "network",   "os",           "page",       "protocols",
    "referrer", "screen",   "sessionId", "sessionStart", "timezone",   "userAgentData"};

template <std::size_t N>
constexpr bool ascends(const std::array<std::string_view, N>& names) {
    return std::is_sorted(names.begin(), names.end());
}
static_assert(ascends(kProperties) && ascends(kTraits) && ascends(kContext));

template <class Names>
bool holds(const Names& ascending, std::string_view name) {
    return std::binary_search(ascending.begin(), ascending.end(), name);
}

}  // namespace

bool is_kept(const Rules& rules, FreePart part, std::string_view name) {
    if (!rules.strict || holds(rules.declared, name)) return true;
    switch (part) {
        case FreePart::Properties: return holds(kProperties, name);
        case FreePart::Traits: return holds(kTraits, name);
        case FreePart::Context: return holds(kContext, name);
        case FreePart::Event: break;
    }
    return false;
}

}  // namespace filrouge::collect
