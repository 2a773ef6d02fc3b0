// Types and limits of a rule, whatever form it came in.
#include <chrono>

#include "audience/rule.h"
#include "audience/words.h"
#include "model/channel.h"

namespace filrouge::audience {
namespace {

class Checker {
  public:
    std::optional<RuleError> run(const Rule& rule) {
        node(rule.root, 1);
        if (!error_ && cost(rule.root) > kRuleCostMax) {
            wrong(rule.root.span,
                  "the rule asks for " + std::to_string(cost(rule.root)) +
                      " units of work for each event; the limit is " +
                      std::to_string(kRuleCostMax) + ".",
                  "Put a part into an audience of its own: in audience \"...\".");
        }
        if (!error_ && print(rule).size() > kRuleTextBytesMax) {
            wrong(rule.root.span, "the rule's text is longer than " +
                                      std::to_string(kRuleTextBytesMax) + " bytes.");
        }
        return std::move(error_);
    }

  private:
    void wrong(TextSpan span, std::string message, std::string hint = {}) {
        if (error_) return;
        RuleError e;
        e.offset = span.offset;
        e.length = span.length;
        e.message = std::move(message);
        e.hint = std::move(hint);
        error_ = std::move(e);
    }
    void require(bool good, TextSpan span, std::string_view message, std::string_view hint = {}) {
        if (!good) wrong(span, std::string(message), std::string(hint));
    }
    bool counted(TextSpan span, std::size_t depth) {
        require(++nodes_ <= kRuleNodesMax, span, "the rule has more than 256 parts.",
                "Put a part into an audience of its own: in audience \"...\".");
        require(depth <= kRuleDepthMax, span, "the rule is nested deeper than 32 levels.");
        return !error_;
    }
    static_assert(kRuleNodesMax == 256 && kRuleDepthMax == 32, "the messages name the limits");

    void node(const Node& n, std::size_t depth);
    void aggregate(const Node& n, std::size_t depth);
    void sequence(const Node& n, std::size_t depth);
    void event(const EventMatch& e, std::size_t depth);
    void filter(const Filter& f, std::size_t depth);
    void field(const Field& f, TextSpan span);
    void order_test(const Node& n);
    void test(const Test& t, FieldKind field, bool money_allowed, TextSpan span);
    void literal(const Literal& l, FieldKind field, bool money_allowed, TextSpan span);
    void length(Length l, TextSpan span);
    void window(const Window& w);
    void moment(const Moment& m, TextSpan span);

    std::size_t nodes_ = 0;
    std::optional<RuleError> error_;
};

void Checker::node(const Node& n, std::size_t depth) {
    if (!counted(n.span, depth)) return;
    switch (n.kind) {
        case NodeKind::And:
        case NodeKind::Or:
            require(n.children.size() >= 2, n.span, "'and' and 'or' join two parts or more.");
            for (const Node& c : n.children) node(c, depth + 1);
            return;
        case NodeKind::Not:
            if (n.children.size() != 1) return wrong(n.span, "'not' takes one part.");
            return node(n.children[0], depth + 1);
        case NodeKind::Aggregate: return aggregate(n, depth);
        case NodeKind::Sequence: return sequence(n, depth);
        case NodeKind::Trait:
            require(!n.name.empty(), n.span, "a trait has a name.");
            return test(n.test, FieldKind::Property, false, n.span);
        case NodeKind::Consent:
        case NodeKind::Refused: return require(!n.name.empty(), n.span, "a purpose has a name.");
        case NodeKind::InAudience:
            return require(!n.name.empty(), n.span, "an audience has a name.");
        case NodeKind::Split:
            require(!n.name.empty(), n.span, "a split has a name; it decides who falls where.");
            return require(n.from >= 0 && n.from < n.to && n.to <= 100 * kSplitScale, n.span,
                           "a split goes from a lower to a higher percentage, 0 to 100.");
    }
}

void Checker::aggregate(const Node& n, std::size_t depth) {
    event(n.event, depth);
    window(n.window);
    if (!takes_field(n.function)) {
        require(n.field.kind == FieldKind::None, n.span, "count and any take no property.");
    } else {
        field(n.field, n.span);
        require(n.field.kind != FieldKind::None, n.span, "the property to look at is missing.");
    }
    if (error_ || n.function == Function::Any) return;
    if (n.function == Function::First || n.function == Function::Last) {
        return test(n.test, n.field.kind, true, n.test.span);
    }
    order_test(n);
}

void Checker::order_test(const Node& n) {
    const Test& t = n.test;
    if (!orders(t.op) || t.values.size() != 1) {
        return wrong(t.span, "compare with one of = != < <= > >= and a number.");
    }
    const Literal& value = t.values[0];
    if (is_plain_number(n.function)) {
        require(value.kind == Literal::Kind::Number, t.span,
                "a count is compared with a plain number.");
        if (n.function == Function::Distinct) {
            require(value.number <= kDistinctMax * kFixedScale, t.span,
                    "distinct counts to 1000 at most.");
        }
        return;
    }
    require(may_be_number(n.field.kind), n.span,
            "this property is no number; only first, last, count and distinct can use it.");
    literal(value, n.field.kind, true, t.span);
    require(value.kind != Literal::Kind::Text, t.span, "compare with a number or an amount.");
}

void Checker::sequence(const Node& n, std::size_t depth) {
    require(n.steps.size() >= 2, n.span, "a sequence has two steps or more.");
    require(n.steps.size() <= kSequenceStepsMax, n.span, "a sequence has at most 8 steps.");
    window(n.window);
    for (std::size_t i = 0; i < n.steps.size() && !error_; ++i) {
        const Step& s = n.steps[i];
        if (!counted(s.span, depth + 1)) return;
        event(s.event, depth + 1);
        require(!s.absent || i + 1 == n.steps.size(), s.span,
                "a step with 'not' can only be the last one.");
        require(i != 0 || (!s.absent && s.without.empty() && !s.within.given()), s.span,
                "the first step takes no 'not', 'without' or 'within'.");
        require(s.without.size() <= 1 && (!s.absent || s.without.empty()), s.span,
                "'without' stands at most once, and not after 'then not'.");
        for (const EventMatch& e : s.without) event(e, depth + 1);
        if (!s.within.given()) continue;
        require(s.within.unit < Unit::Month, s.span, "'within' takes seconds to weeks.");
        length(s.within, s.span);
    }
    static_assert(kSequenceStepsMax == 8, "the message names the limit");
}

void Checker::event(const EventMatch& e, std::size_t depth) {
    require(e.any == e.name.empty(), e.span, "an event has a name, or is * for any.");
    require(e.where.size() <= 1, e.span, "'where' stands at most once.");
    for (const Filter& f : e.where) filter(f, depth + 1);
}

void Checker::filter(const Filter& f, std::size_t depth) {
    if (!counted(f.span, depth)) return;
    if (f.kind == Filter::Kind::Condition) {
        require(f.field.kind != FieldKind::None, f.span, "a condition needs a property.");
        field(f.field, f.span);
        return test(f.test, f.field.kind, true, f.test.span);
    }
    const bool is_not = f.kind == Filter::Kind::Not;
    require(is_not ? f.parts.size() == 1 : f.parts.size() >= 2, f.span,
            "'not' takes one condition, 'and' and 'or' two or more.");
    for (const Filter& part : f.parts) filter(part, depth + 1);
}

void Checker::field(const Field& f, TextSpan span) {
    require((f.kind == FieldKind::Property) != f.property.empty(), span, "a property has a name.");
}

void Checker::test(const Test& t, FieldKind field, bool money_allowed, TextSpan span) {
    if (!has_value(t.op)) {
        require(t.values.empty(), span, "'exists' and 'is' take no value.");
        require(field != FieldKind::Channel, span, "every event has a channel; compare it.");
        require(t.op == Op::Exists || t.op == Op::NotExists || field == FieldKind::Property, span,
                "this property is not true or false.");
        return;
    }
    if (t.op == Op::In) {
        require(!t.values.empty() && t.values.size() <= kInListMax, span,
                "a list holds 1 to 200 values.");
        static_assert(kInListMax == 200, "the message names the limit");
    } else {
        require(t.values.size() == 1, span, "one value is compared.");
    }
    if (error_) return;
    for (const Literal& l : t.values) literal(l, field, money_allowed, span);
    const bool is_text = t.values[0].kind == Literal::Kind::Text;
    if (t.op >= Op::Less && t.op <= Op::AtLeast) {
        require(!is_text, span, "texts have no order; use =, != or in.");
    }
    if (t.op == Op::Contains || t.op == Op::StartsWith) {
        require(is_text && field != FieldKind::Channel, span,
                "'contains' and 'starts with' take a text in quotes.");
    }
}

void Checker::literal(const Literal& l, FieldKind field, bool money_allowed, TextSpan span) {
    switch (l.kind) {
        case Literal::Kind::Number:
            require(may_be_number(field), span,
                    "this property is text; write the value in quotes.");
            break;
        case Literal::Kind::Money:
            require(money_allowed && (is_money(field) || field == FieldKind::Property), span,
                    "this is no amount of money; write the number without a currency.");
            require(l.currency.text() != "AND" && !l.currency.is_unknown(), span,
                    "a currency has three letters, such as EUR.");
            break;
        case Literal::Kind::Text:
            if (field == FieldKind::Channel) {
                const auto known = channel_named(l.text);
                require(known && name_of(*known) == l.text, span, "there is no such channel.");
            } else {
                require(may_be_text(field), span, "this property is a number.");
            }
            break;
    }
    require(l.number != INT64_MIN, span, "the number is too large.");
}

void Checker::length(Length l, TextSpan span) {
    static constexpr std::int64_t kSeconds[] = {1, 60, 3'600, 86'400, 7 * 86'400};
    bool good = l.count >= 1;
    if (l.unit == Unit::Month)
        good = good && l.count <= kWindowMonthsMax;
    else if (l.unit == Unit::Year)
        good = good && l.count <= kWindowMonthsMax / 12;
    else
        good = good && l.count <= kWindowDaysMax * 86'400 / kSeconds[static_cast<int>(l.unit)];
    require(good, span, "a length of time is 1 second to ten years.");
}

void Checker::window(const Window& w) {
    switch (w.kind) {
        case WindowKind::Last:
        case WindowKind::MoreThanAgo: return length(w.length, w.span);
        case WindowKind::Since: return moment(w.from, w.span);
        case WindowKind::Before: return moment(w.to, w.span);
        case WindowKind::Between: moment(w.from, w.span); return moment(w.to, w.span);
        default: return;
    }
}

void Checker::moment(const Moment& m, TextSpan span) {
    const std::chrono::year_month_day date{std::chrono::year{m.year}, std::chrono::month{m.month},
                                           std::chrono::day{m.day}};
    require(date.ok() && m.year >= 1900 && m.year <= 9999 && m.hour < 24 && m.minute < 60 &&
                m.second < 60,
            span, "there is no such date.");
}

constexpr std::size_t kTextCost = 8;   // of a search inside a text
constexpr std::size_t kListCost = 4;   // of a search in a sorted list
constexpr std::size_t kLinesCost = 4;  // a line field looks at each line
constexpr std::size_t kSetCost = 16;   // of a look into the values seen so far

std::size_t cost(const Filter& f) {
    std::size_t sum = 0;
    for (const Filter& part : f.parts) sum += cost(part);
    if (f.kind != Filter::Kind::Condition) return sum;
    std::size_t own = 1;
    if (f.test.op == Op::Contains || f.test.op == Op::StartsWith) own = kTextCost;
    if (f.test.op == Op::In) own = kListCost;
    return is_line(f.field.kind) ? own * kLinesCost : own;
}

std::size_t cost(const EventMatch& e) { return 1 + (e.where.empty() ? 0 : cost(e.where[0])); }

}  // namespace

std::size_t cost(const Node& node) {
    std::size_t sum = 1;
    for (const Node& c : node.children) sum += cost(c);
    if (node.kind == NodeKind::Aggregate) {
        sum += cost(node.event);
        if (takes_field(node.function)) sum += is_line(node.field.kind) ? kLinesCost : 1;
        if (node.function == Function::Distinct) sum += kSetCost;
    }
    for (const Step& s : node.steps) {
        sum += cost(s.event);
        for (const EventMatch& e : s.without) sum += cost(e);
    }
    return sum;
}

std::optional<RuleError> check(const Rule& rule) { return Checker().run(rule); }

}  // namespace filrouge::audience
