// A rule made ready to run: flat arrays, every name a number. A Compiled is immutable and may be
// read by several threads; it keeps a pointer to the Names it was compiled with, for texts that
// `contains` looks into, so the Names must outlive it and its text() must be safe to call from
// whoever evaluates.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "audience/person.h"
#include "audience/rule.h"

namespace filrouge::audience {

// What stands behind the names in a rule. number() may be a dictionary's find() for a draft (an
// unknown text is none and matches nothing) or its intern() for a rule that goes live.
struct Names {
    virtual ~Names() = default;
    virtual StringNo number(std::string_view text) = 0;
    virtual std::string_view text(StringNo number) const = 0;
    virtual std::optional<std::uint8_t> purpose(std::string_view name) const = 0;
    virtual std::optional<AudienceNo> audience(std::string_view name) const = 0;
    // The audiences that `audience`'s rule names: compile() follows them to refuse a circle.
    virtual std::vector<AudienceNo> needs(AudienceNo audience) const {
        static_cast<void>(audience);
        return {};
    }
};

// What an outcome depends on: nothing else can change it but time.
struct Triggers {
    bool all_events = false;
    std::vector<StringNo> events;  // by name; ascending, without repeats, as all lists here
    std::vector<StringNo> traits;
    PurposeSet purposes;  // consent and refusal
    std::vector<AudienceNo> audiences;
    bool zone = false;   // calendar windows: the person's time zone
    bool time = false;   // outcomes may change as time passes
    bool rates = false;  // amounts are converted
};

namespace compiled {

constexpr std::uint16_t kAbsent = 0xffff;

struct Value {  // a literal
    StringNo text;
    std::int64_t number = 0;
    Currency currency;  // unknown: a plain number
    bool is_text = false;
    constexpr auto operator<=>(const Value&) const = default;
};
struct Test {
    Op op = Op::Equal;
    std::uint16_t channels = 0;  // of a channel field: the set that fits, one bit each
    Value value;
    std::uint32_t list = 0;  // In: [list, list + list_size) of values, ascending
    std::uint32_t list_size = 0;
    std::uint32_t text = 0;  // Contains, StartsWith: index into texts
};
struct Field {
    FieldKind kind = FieldKind::None;
    StringNo property;
};
struct Filter {
    audience::Filter::Kind kind = audience::Filter::Kind::Condition;
    std::uint16_t first = kAbsent;  // part
    std::uint16_t next = kAbsent;   // sibling
    Field field;
    Test test;
};
struct Event {
    bool any = false;
    StringNo name;  // none: matches nothing
    std::uint16_t where = kAbsent;
};
struct Window {
    WindowKind kind = WindowKind::Ever;
    std::int64_t length_us = 0;  // 0 when it counts in months
    std::int32_t months = 0;
    std::int64_t from_local_us = 0;  // Since, Between
    std::int64_t to_local_us = 0;    // Before, Between: exclusive
};
struct Aggregate {
    Function function = Function::Count;
    bool bots = false;
    Event event;
    Field field;
    Window window;
    Test test;
};
// Does the clause want amounts of every currency in its own? What looks at one value (first, last)
// or at how many there are compares them as they stand.
inline bool converts(const Aggregate& a) {
    const bool adds_or_orders = a.function == Function::Sum || a.function == Function::Average ||
                                a.function == Function::Min || a.function == Function::Max;
    return adds_or_orders && !a.test.value.currency.is_unknown();
}
struct Step {
    Event event;
    Event without;  // between the step before and this one
    bool has_without = false;
    std::int64_t within_us = 0;  // 0: any time
};
struct Sequence {
    std::uint16_t first = 0;  // step
    std::uint16_t steps = 0;  // that happen
    bool absent = false;      // one more step, which must not
    bool bots = false;
    Window window;  // of the first step
};
struct Trait {
    StringNo key;
    Test test;
};
struct Split {
    std::uint64_t seed = 0;
    std::int32_t from = 0;
    std::int32_t to = 0;
};
struct Node {
    NodeKind kind = NodeKind::And;
    std::uint8_t purpose = 0;
    std::uint16_t first = kAbsent;  // child; the cheap ones come first
    std::uint16_t next = kAbsent;   // sibling
    std::uint16_t index = 0;        // into the array of its kind
    std::uint16_t position = 0;     // among its siblings as written, for explain
    AudienceNo audience;
};

}  // namespace compiled

class Compiled {
  public:
    const Triggers& triggers() const { return triggers_; }
    bool time_dependent() const { return triggers_.time; }

    // For evaluate() and explain().
    std::vector<compiled::Node> nodes;  // nodes[0] is the root
    std::vector<compiled::Aggregate> aggregates;
    std::vector<compiled::Sequence> sequences;
    std::vector<compiled::Step> steps;
    std::vector<compiled::Trait> traits;
    std::vector<compiled::Split> splits;
    std::vector<compiled::Filter> filters;
    std::vector<compiled::Value> values;
    std::vector<std::string> texts;         // that contains and starts with look for
    std::vector<std::string> clause_texts;  // of each node, printed
    std::vector<std::string> thresholds;    // of each node; empty where there is none
    const Names* names = nullptr;

  private:
    friend class Compiler;
    Triggers triggers_;
};

// Fails on what only the shop's settings know: an unknown purpose or audience, or an audience that
// would come to depend on itself. `self` is the audience the rule belongs to, none for a draft.
std::variant<Compiled, RuleError> compile(const Rule& rule, Names& names, AudienceNo self = {});

// The bucket of a person for a split's seed, 0 to 9,999; for ever the same.
std::uint64_t split_seed(std::string_view seed);
std::int32_t split_bucket(std::uint64_t seed, std::uint64_t split_hash);

}  // namespace filrouge::audience
