// The words of the language, one table a notion, shared by reader, printer and JSON. The words
// stand in stored rules: add, never change.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "audience/rule.h"

namespace filrouge::audience {

constexpr std::array<std::string_view, 9> kFunctionWords = {
    "count", "any", "sum", "min", "max", "avg", "first", "last", "distinct"};
constexpr std::array<std::string_view, 7> kUnitWords = {"second", "minute", "hour", "day",
                                                        "week",   "month",  "year"};
constexpr std::array<std::string_view, 13> kOpWords = {
    "=",        "!=",          "<",      "<=",         ">",       ">=",      "in",
    "contains", "starts with", "exists", "not exists", "is true", "is false"};
constexpr std::array<std::string_view, 14> kWindowWords = {
    "ever",          "last",       "more than", "today",         "yesterday",
    "this week",     "this month", "this year", "previous week", "previous month",
    "previous year", "since",      "before",    "between"};
// None and Property have no word of their own.
constexpr std::array<std::string_view, 11> kFieldWords = {"",
                                                          "revenue",
                                                          "quantity",
                                                          "product",
                                                          "place",
                                                          "channel",
                                                          "",
                                                          "products.product",
                                                          "products.category",
                                                          "products.price",
                                                          "products.quantity"};
constexpr std::array<std::string_view, 10> kNodeWords = {
    "and",   "or",      "not",     "aggregate", "sequence",
    "trait", "consent", "refused", "audience",  "split"};

template <class E, std::size_t N>
constexpr std::optional<E> named(const std::array<std::string_view, N>& words,
                                 std::string_view word) {
    for (std::size_t i = 0; i < N; ++i) {
        if (words[i] == word && !word.empty()) return static_cast<E>(i);
    }
    return std::nullopt;
}

constexpr std::string_view word_of(Function f) {
    return kFunctionWords[static_cast<std::size_t>(f)];
}
constexpr std::string_view word_of(Unit u) { return kUnitWords[static_cast<std::size_t>(u)]; }
constexpr std::string_view word_of(Op op) { return kOpWords[static_cast<std::size_t>(op)]; }
constexpr std::string_view word_of(WindowKind k) {
    return kWindowWords[static_cast<std::size_t>(k)];
}
constexpr std::string_view word_of(FieldKind k) { return kFieldWords[static_cast<std::size_t>(k)]; }

constexpr bool is_line(FieldKind k) { return k >= FieldKind::LineProduct; }
constexpr bool is_money(FieldKind k) {
    return k == FieldKind::Revenue || k == FieldKind::LinePrice;
}
// Some property may be anything; the other fields have one type.
constexpr bool may_be_number(FieldKind k) {
    return k == FieldKind::Revenue || k == FieldKind::Quantity || k == FieldKind::Property ||
           k == FieldKind::LinePrice || k == FieldKind::LineQuantity;
}
constexpr bool may_be_text(FieldKind k) {
    return k == FieldKind::Product || k == FieldKind::Place || k == FieldKind::Property ||
           k == FieldKind::LineProduct || k == FieldKind::LineCategory;
}
// Functions whose result is a number of their own, whatever the field is.
constexpr bool is_plain_number(Function f) {
    return f == Function::Count || f == Function::Distinct;
}
constexpr bool takes_field(Function f) { return f != Function::Count && f != Function::Any; }
constexpr bool orders(Op op) { return op <= Op::AtLeast; }  // = != < <= > >=
constexpr bool has_value(Op op) { return op <= Op::StartsWith; }

// 2026-01-31, 2026-01-31T18:30 or 2026-01-31T18:30:15
std::optional<Moment> moment_named(std::string_view text);
std::string text_of(const Moment& moment);

}  // namespace filrouge::audience
