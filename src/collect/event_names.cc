#include "collect/event_names.h"

#include <array>

#include "collect/word_table.h"

namespace filrouge::collect {
namespace {

using Row = Word<EventName>;
constexpr EventClass O = EventClass::Other;
constexpr EventClass P = EventClass::Product;
constexpr EventClass L = EventClass::Order;

constexpr std::array kNames = {
    // Browsing and promotions.
    Row{"products searched", {"Products Searched", O}},
    Row{"product list viewed", {"Product List Viewed", O}},
    Row{"product list filtered", {"Product List Filtered", O}},
    Row{"promotion viewed", {"Promotion Viewed", O}},
    Row{"promotion clicked", {"Promotion Clicked", O}},
    // Core.
    Row{"product clicked", {"Product Clicked", P}},
    Row{"product viewed", {"Product Viewed", P}},
    Row{"product added", {"Product Added", P}},
    Row{"product removed", {"Product Removed", P}},
    Row{"cart viewed", {"Cart Viewed", O}},
    Row{"checkout started", {"Checkout Started", L}},
    Row{"checkout step viewed", {"Checkout Step Viewed", O}},
    Row{"checkout step completed", {"Checkout Step Completed", O}},
    Row{"payment info entered", {"Payment Info Entered", O}},
    Row{"order updated", {"Order Updated", L}},
    Row{"order completed", {"Order Completed", L}},
    Row{"order refunded", {"Order Refunded", L}},
    Row{"order cancelled", {"Order Cancelled", L}},
    // Coupons, wish lists, sharing, reviews.
    Row{"coupon entered", {"Coupon Entered", O}},
    Row{"coupon applied", {"Coupon Applied", O}},
    Row{"coupon denied", {"Coupon Denied", O}},
    Row{"coupon removed", {"Coupon Removed", O}},
    Row{"product added to wishlist", {"Product Added to Wishlist", P}},
    Row{"product removed from wishlist", {"Product Removed from Wishlist", P}},
    Row{"wishlist product added to cart", {"Wishlist Product Added to Cart", P}},
    Row{"product shared", {"Product Shared", P}},
    Row{"cart shared", {"Cart Shared", O}},
    Row{"product reviewed", {"Product Reviewed", P}},
    // The shop floor: ours.
    Row{"receipt issued", {"Receipt Issued", L}},
    Row{"product tried on", {"Product Tried On", P}},
    Row{"zone entered", {"Zone Entered", O}},
    Row{"zone left", {"Zone Left", O}},
    Row{"staff note added", {"Staff Note Added", O}},
    Row{"thing bound", {"Thing Bound", EventClass::Bind}},
    Row{"thing released", {"Thing Released", EventClass::Release}},
    // Consent.
    Row{"segment consent preference updated",
        {"Segment Consent Preference Updated", EventClass::Consent}},
    Row{"consent preference updated", {"Consent Preference Updated", EventClass::Consent}},
    Row{"consent updated", {"Consent Updated", EventClass::Consent}},
    // Names of version 1, and spellings that SDK plug-ins send.
    Row{"searched products", {"Products Searched", O}},
    Row{"viewed product category", {"Product List Viewed", O}},
    Row{"viewed product list", {"Product List Viewed", O}},
    Row{"product category viewed", {"Product List Viewed", O}},
    Row{"filtered product list", {"Product List Filtered", O}},
    Row{"viewed promotion", {"Promotion Viewed", O}},
    Row{"clicked promotion", {"Promotion Clicked", O}},
    Row{"clicked product", {"Product Clicked", P}},
    Row{"viewed product", {"Product Viewed", P}},
    Row{"added product", {"Product Added", P}},
    Row{"removed product", {"Product Removed", P}},
    Row{"viewed cart", {"Cart Viewed", O}},
    Row{"started checkout", {"Checkout Started", L}},
    Row{"viewed checkout step", {"Checkout Step Viewed", O}},
    Row{"completed checkout step", {"Checkout Step Completed", O}},
    Row{"entered payment info", {"Payment Info Entered", O}},
    Row{"started order", {"Checkout Started", L}},
    Row{"order started", {"Checkout Started", L}},
    Row{"updated order", {"Order Updated", L}},
    Row{"completed order", {"Order Completed", L}},
    Row{"refunded order", {"Order Refunded", L}},
    Row{"cancelled order", {"Order Cancelled", L}},
    Row{"order canceled", {"Order Cancelled", L}},
    Row{"canceled order", {"Order Cancelled", L}},
    Row{"entered coupon", {"Coupon Entered", O}},
    Row{"applied coupon", {"Coupon Applied", O}},
    Row{"denied coupon", {"Coupon Denied", O}},
    Row{"removed coupon", {"Coupon Removed", O}},
    Row{"added product to wishlist", {"Product Added to Wishlist", P}},
    Row{"removed product from wishlist", {"Product Removed from Wishlist", P}},
    Row{"added product to cart from wishlist", {"Wishlist Product Added to Cart", P}},
    Row{"shared product", {"Product Shared", P}},
    Row{"shared cart", {"Cart Shared", O}},
    Row{"reviewed product", {"Product Reviewed", P}},
};
constexpr WordTable kTable(kNames);

}  // namespace

EventName canonical_name(std::string_view name) {
    std::array<char, 64> buffer;
    static_assert(kTable.longest() < 64);
    if (name.size() > kTable.longest()) return {name, EventClass::Other};
    for (std::size_t i = 0; i < name.size(); ++i) {
        const char c = name[i];
        buffer[i] = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    const EventName* found = kTable.find({buffer.data(), name.size()});
    return found != nullptr ? *found : EventName{name, EventClass::Other};
}

}  // namespace filrouge::collect
