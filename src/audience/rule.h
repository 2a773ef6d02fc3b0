// A rule says who belongs to an audience. It is data: a small typed tree with a readable text form
// and a JSON form, both lossless; no code, bounded in size and in the work it may ask for. This
// header holds the tree and its text form; docs/rules.md is the reference of the language.
//
//   parse("count(Order Completed, last 90 days) >= 2 and consent(marketing.email)")
//
// A Rule that parse() or from_json() gave has passed check(). Plain values, no shared state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.h"
#include "model/money.h"

namespace filrouge::audience {

constexpr std::size_t kRuleTextBytesMax = 4 * 1024;
constexpr std::size_t kRuleNodesMax = 256;  // clauses, conditions, steps
constexpr std::size_t kRuleDepthMax = 32;   // nesting of and, or, not and conditions
constexpr std::size_t kSequenceStepsMax = 8;
constexpr std::size_t kInListMax = 200;
constexpr std::int64_t kWindowDaysMax = 3'653;  // ten years
constexpr std::int64_t kWindowMonthsMax = 120;
constexpr std::int64_t kDistinctMax = 1'000;  // distinct() counts no further
constexpr std::size_t kRuleCostMax = 1'000;   // work for one event; see cost() in check.cc
constexpr int kSplitScale = 100;              // buckets a percent

// Where a part stood in the text, for messages. Two rules that differ only here are equal.
struct TextSpan {
    std::uint32_t offset = 0;
    std::uint32_t length = 0;
    constexpr bool operator==(const TextSpan&) const { return true; }
};

enum class FieldKind : std::uint8_t {
    None,
    Revenue,
    Quantity,
    Product,
    Place,
    Channel,
    Property,
    LineProduct,
    LineCategory,
    LinePrice,
    LineQuantity,
};
struct Field {
    FieldKind kind = FieldKind::None;
    std::string property;  // Property: its name, parts joined by dots
    bool operator==(const Field&) const = default;
};

enum class Op : std::uint8_t {
    Equal,
    NotEqual,
    Less,
    AtMost,
    More,
    AtLeast,
    In,
    Contains,
    StartsWith,
    Exists,
    NotExists,
    IsTrue,
    IsFalse,
};
struct Literal {
    enum class Kind : std::uint8_t { Number, Money, Text };
    Kind kind = Kind::Number;
    std::int64_t number = 0;  // Number and Money, in 1/10,000
    Currency currency;        // Money
    std::string text;         // Text; a channel by its own name
    bool operator==(const Literal&) const = default;
};
struct Test {
    Op op = Op::AtLeast;
    std::vector<Literal> values;  // one; In: one or more; Exists and IsTrue: none
    TextSpan span;
    bool operator==(const Test&) const = default;
};

// What an event's properties must fulfil.
struct Filter {
    enum class Kind : std::uint8_t { And, Or, Not, Condition };
    Kind kind = Kind::Condition;
    std::vector<Filter> parts;
    Field field;
    Test test;
    TextSpan span;
    bool operator==(const Filter&) const = default;
};

enum class Unit : std::uint8_t { Second, Minute, Hour, Day, Week, Month, Year };
struct Length {
    std::int64_t count = 0;  // 0: no length given
    Unit unit = Unit::Day;
    bool operator==(const Length&) const = default;
    bool given() const { return count != 0; }
};
// A date, or a date and time, on the wall of the person's zone.
struct Moment {
    std::int32_t year = 1970;
    std::uint8_t month = 1;
    std::uint8_t day = 1;
    bool has_time = false;
    std::uint8_t hour = 0;
    std::uint8_t minute = 0;
    std::uint8_t second = 0;
    bool operator==(const Moment&) const = default;
};
enum class WindowKind : std::uint8_t {
    Ever,
    Last,
    MoreThanAgo,
    Today,
    Yesterday,
    ThisWeek,
    ThisMonth,
    ThisYear,
    PreviousWeek,
    PreviousMonth,
    PreviousYear,
    Since,
    Before,
    Between,
};
struct Window {
    WindowKind kind = WindowKind::Ever;
    Length length;  // Last, MoreThanAgo
    Moment from;    // Since, Between
    Moment to;      // Before, Between
    TextSpan span;
    bool operator==(const Window&) const = default;
};

struct EventMatch {
    bool any = false;  // every event, written *
    std::string name;
    std::vector<Filter> where;  // none or one
    TextSpan span;
    bool operator==(const EventMatch&) const = default;
};

enum class Function : std::uint8_t {
    Count,
    Any,
    Sum,
    Min,
    Max,
    Average,
    First,
    Last,
    Distinct,
};
struct Step {
    EventMatch event;
    bool absent = false;              // "then not", only the last step
    std::vector<EventMatch> without;  // none or one: not between the step before and this one
    Length within;                    // from the first step; of an absent step, from the one before
    TextSpan span;
    bool operator==(const Step&) const = default;
};

enum class NodeKind : std::uint8_t {
    And,
    Or,
    Not,
    Aggregate,
    Sequence,
    Trait,
    Consent,
    Refused,
    InAudience,
    Split,
};
struct Node {
    NodeKind kind = NodeKind::And;
    std::vector<Node> children;           // And, Or: two or more; Not: one
    Function function = Function::Count;  // Aggregate, with event, field, window and bots
    EventMatch event;
    Field field;
    Window window;            // also of a sequence's first step
    bool bots = false;        // also count what automatic visitors did; Aggregate and Sequence
    Test test;                // Aggregate but Any; Trait
    std::vector<Step> steps;  // Sequence
    std::string name;         // trait, purpose, audience, or seed of a split
    std::int32_t from = 0;    // Split: in 1/100 of a percent, [from, to)
    std::int32_t to = 0;
    TextSpan span;
    bool operator==(const Node&) const = default;
};
struct Rule {
    Node root;
    bool operator==(const Rule&) const = default;
};

struct RuleError {
    std::size_t offset = 0;  // in bytes
    std::size_t length = 0;
    std::size_t line = 1;
    std::size_t column = 1;            // in characters
    std::string message;               // a sentence with the place, what is there and what may be
    std::vector<std::string> allowed;  // 'keywords' in quotes, the rest in words
    std::string hint;                  // "did you mean 'count'?", or empty
    std::string path;                  // JSON form: pointer to the place (RFC 6901)
};

std::variant<Rule, RuleError> parse(std::string_view text);
// Fills line and column from the offset: for compile()'s errors, which do not see the text.
void locate(std::string_view text, RuleError& error);
std::string print(const Rule& rule);  // canonical: parse(print(r)) is r
std::string print(const Node& node);
std::string print(const EventMatch& event);
std::string print(const Test& test, FieldKind field);

// Types and limits; nothing when the rule is sound. parse() and from_json() call it.
std::optional<RuleError> check(const Rule& rule);
// Work for one event, in units of about one comparison.
std::size_t cost(const Node& node);

// True when the window's edge moves with time.
constexpr bool moves(WindowKind kind) {
    return kind >= WindowKind::Last && kind <= WindowKind::PreviousYear;
}

}  // namespace filrouge::audience
