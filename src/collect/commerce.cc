#include "collect/commerce.h"

#include "base/text.h"

namespace filrouge::collect {
namespace {

using P = PropertyKey;
constexpr std::int64_t kCent = kFixedScale / 100;

std::optional<std::int64_t> times(std::int64_t a, std::int64_t b) {
    const __int128 wide = static_cast<__int128>(a) * b;
    const __int128 half = kFixedScale / 2;
    const __int128 rounded = (wide + (wide < 0 ? -half : half)) / kFixedScale;
    if (rounded > INT64_MAX || rounded < -INT64_MAX) return std::nullopt;
    return static_cast<std::int64_t>(rounded);
}

std::optional<std::int64_t> plus(std::optional<std::int64_t> a, std::int64_t b) {
    std::int64_t sum = 0;
    if (!a || __builtin_add_overflow(*a, b, &sum)) return std::nullopt;
    return sum;
}

struct Lines {
    std::optional<std::int64_t> sum;  // nothing when a line has no price
    std::optional<std::int64_t> quantity;
};

Lines add_up(const JsonBody& body, JsonAt products) {
    Lines lines;
    if (!body.is(products, JsonType::Array)) return lines;
    const std::uint32_t n = body.count(products);
    if (n == 0 || n > kOrderLinesMax) return lines;
    lines.sum = 0;
    lines.quantity = 0;
    body.each_element(products, [&](JsonAt line) {
        if (!body.is(line, JsonType::Object)) {
            lines = {};
            return false;
        }
        std::optional<std::int64_t> price;
        std::int64_t quantity = kFixedScale;
        body.each_member(line, [&](std::string_view key, JsonAt value) {
            if (key == "price")
                price = amount_at(body, value);
            else if (key == "quantity")
                quantity = amount_at(body, value).value_or(kFixedScale);
            return true;
        });
        const auto amount = price ? times(*price, quantity) : std::nullopt;
        lines.sum = amount ? plus(lines.sum, *amount) : std::nullopt;
        lines.quantity = plus(lines.quantity, quantity);
        return true;
    });
    return lines;
}

bool within_a_cent(std::int64_t a, std::int64_t b) {
    std::int64_t gap = 0;
    return !__builtin_sub_overflow(a, b, &gap) && gap <= kCent && gap >= -kCent;
}

Worth order_worth(const JsonBody& body, const Told& told) {
    const auto told_amount = [&](P key) { return amount_at(body, told.property[key]); };
    Worth worth;
    const Lines lines = add_up(body, told.property[P::Products]);
    worth.quantity = lines.quantity.value_or(0);
    const auto revenue = told_amount(P::Revenue);
    if (lines.sum) {
        const std::int64_t discount = told_amount(P::Discount).value_or(0);
        const auto net = plus(lines.sum, -discount);
        worth.amount = net ? net : lines.sum;
        if (!revenue || within_a_cent(*revenue, *worth.amount)) return worth;
        if (within_a_cent(*revenue, *lines.sum)) {  // the prices of the lines are already reduced
            worth.amount = lines.sum;
            return worth;
        }
        worth.revenue_gap = plus(revenue, -*worth.amount);
        return worth;
    }
    worth.amount = revenue;
    if (!worth.amount) {
        worth.amount = told_amount(P::Total);
        worth.amount = plus(worth.amount, -told_amount(P::Tax).value_or(0));
        worth.amount = plus(worth.amount, -told_amount(P::Shipping).value_or(0));
    }
    if (!worth.amount) worth.amount = told_amount(P::Value);
    return worth;
}

}  // namespace

std::optional<std::int64_t> amount_at(const JsonBody& body, JsonAt at) {
    if (at.none()) return std::nullopt;
    std::int64_t v = 0;
    switch (body.type(at)) {
        case JsonType::Int:
            if (__builtin_mul_overflow(body.integer(at), kFixedScale, &v)) return std::nullopt;
            return v;
        case JsonType::Double:
        case JsonType::Uint: return parse_fixed(body.number_text(at));
        case JsonType::String: return parse_fixed(trim(body.string(at)));
        default: return std::nullopt;
    }
}

Worth worth_of(const JsonBody& body, const Told& told, EventClass kind) {
    if (kind == EventClass::Order) return order_worth(body, told);
    const auto told_amount = [&](P key) { return amount_at(body, told.property[key]); };
    Worth worth;
    const auto quantity = told_amount(P::Quantity);
    worth.quantity = quantity.value_or(0);
    if (kind == EventClass::Product) {
        const auto price = told_amount(P::Price);
        if (price) worth.amount = times(*price, quantity.value_or(kFixedScale));
        if (!worth.amount) worth.amount = told_amount(P::Value);
        return worth;
    }
    // Any event may state a revenue. A bare `value` is only money beside a currency: it is also
    // the position of a slider.
    worth.amount = told_amount(P::Revenue);
    if (!worth.amount && !told.property[P::Currency].none()) worth.amount = told_amount(P::Value);
    return worth;
}

}  // namespace filrouge::collect
