#include "audience/compile.h"

#include <algorithm>
#include <chrono>

#include "audience/lexer.h"
#include "audience/words.h"
#include "base/assert.h"
#include "base/hash.h"
#include "model/channel.h"

namespace filrouge::audience {
namespace {

constexpr std::int64_t kUnitUs[] = {1'000'000, 60'000'000, 3'600'000'000, 86'400'000'000,
                                    604'800'000'000};

std::int64_t length_us(Length l) {
    if (!l.given() || l.unit >= Unit::Month) return 0;
    return l.count * kUnitUs[static_cast<std::size_t>(l.unit)];
}

std::int64_t local_us(const Moment& m) {
    const std::chrono::sys_days day{std::chrono::year{m.year} / std::chrono::month{m.month} /
                                    std::chrono::day{m.day}};
    const std::int64_t seconds =
        (day.time_since_epoch().count() * 24 + m.hour) * 3'600LL + m.minute * 60LL + m.second;
    return seconds * 1'000'000;
}

template <class T>
std::uint16_t push(std::vector<T>& list, T value) {
    ASSERT(list.size() < compiled::kAbsent);
    list.push_back(std::move(value));
    return static_cast<std::uint16_t>(list.size() - 1);
}

template <class T>
void sort_unique(std::vector<T>& list) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
}

}  // namespace

class Compiler {
  public:
    Compiler(Names& names, AudienceNo self) : names_(names), self_(self) {}
    std::variant<Compiled, RuleError> run(const Rule& rule) {
        out_.names = &names_;
        node(rule.root, 0);
        if (error_) return std::move(*error_);
        Triggers& t = out_.triggers_;
        sort_unique(t.events);
        sort_unique(t.traits);
        sort_unique(t.audiences);
        return std::move(out_);
    }

  private:
    std::uint16_t node(const Node& n, std::uint16_t position);
    void children(const Node& n, std::uint16_t parent);
    std::uint16_t sequence(const Node& n);
    void purpose(const Node& n, compiled::Node& out);
    void audience(const Node& n, compiled::Node& out);
    bool reaches_self(AudienceNo from);
    compiled::Event event(const EventMatch& e);
    std::uint16_t filter(const Filter& f);
    compiled::Field field(const Field& f);
    compiled::Test test(const Test& t, FieldKind field);
    compiled::Value value(const Literal& l);
    compiled::Window window(const Window& w);
    void wrong(const Node& n, std::string message, std::string hint);
    std::uint16_t channels(const Test& t);

    Names& names_;
    AudienceNo self_;
    Compiled out_;
    std::optional<RuleError> error_;
};

void Compiler::wrong(const Node& n, std::string message, std::string hint) {
    if (error_) return;
    RuleError e;
    e.offset = n.span.offset;
    e.length = n.span.length;
    e.message = std::move(message);
    e.hint = std::move(hint);
    error_ = std::move(e);
}

std::uint16_t Compiler::node(const Node& n, std::uint16_t position) {
    const std::uint16_t at = push(out_.nodes, compiled::Node{});
    out_.clause_texts.push_back(print(n));
    std::string threshold;
    compiled::Node c;
    c.kind = n.kind;
    c.position = position;
    switch (n.kind) {
        case NodeKind::And:
        case NodeKind::Or:
        case NodeKind::Not: break;
        case NodeKind::Aggregate: {
            const FieldKind kind = is_plain_number(n.function) ? FieldKind::None : n.field.kind;
            const bool any = n.function == Function::Any;
            compiled::Aggregate a{n.function,     n.bots,           event(n.event),
                                  field(n.field), window(n.window), {}};
            if (!any) a.test = test(n.test, kind);
            if (converts(a)) out_.triggers_.rates = true;
            threshold = any ? ">= 1" : print(n.test, kind);
            c.index = push(out_.aggregates, a);
            break;
        }
        case NodeKind::Sequence: c.index = sequence(n); break;
        case NodeKind::Trait: {
            const StringNo key = names_.number(n.name);
            if (!key.is_none()) out_.triggers_.traits.push_back(key);
            threshold = print(n.test, FieldKind::Property);
            c.index = push(out_.traits, compiled::Trait{key, test(n.test, FieldKind::Property)});
            break;
        }
        case NodeKind::Consent:
        case NodeKind::Refused: purpose(n, c); break;
        case NodeKind::InAudience: audience(n, c); break;
        case NodeKind::Split:
            c.index = push(out_.splits, compiled::Split{split_seed(n.name), n.from, n.to});
            break;
    }
    out_.nodes[at] = c;
    out_.thresholds.resize(out_.nodes.size());
    out_.thresholds[at] = std::move(threshold);
    if (!n.children.empty()) children(n, at);
    return at;
}

// Cheap clauses are asked first, so that an expensive one often need not be asked at all.
void Compiler::children(const Node& n, std::uint16_t parent) {
    std::vector<std::size_t> order(n.children.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return cost(n.children[a]) < cost(n.children[b]);
    });
    std::uint16_t before = compiled::kAbsent;
    for (const std::size_t i : order) {
        const std::uint16_t child = node(n.children[i], static_cast<std::uint16_t>(i));
        if (before == compiled::kAbsent)
            out_.nodes[parent].first = child;
        else
            out_.nodes[before].next = child;
        before = child;
    }
}

std::uint16_t Compiler::sequence(const Node& n) {
    compiled::Sequence s;
    s.first = static_cast<std::uint16_t>(out_.steps.size());
    s.bots = n.bots;
    s.window = window(n.window);
    for (const Step& step : n.steps) {
        compiled::Step c;
        c.event = event(step.event);
        c.has_without = !step.without.empty();
        if (c.has_without) c.without = event(step.without[0]);
        c.within_us = length_us(step.within);
        if (step.absent)
            s.absent = true;
        else
            ++s.steps;
        if (step.absent && c.within_us != 0) out_.triggers_.time = true;
        push(out_.steps, c);
    }
    return push(out_.sequences, s);
}

void Compiler::purpose(const Node& n, compiled::Node& out) {
    const auto number = names_.purpose(n.name);
    if (!number || *number >= kPurposesMax) {
        return wrong(n, "There is no purpose '" + n.name + "'.",
                     "Purposes are declared in the settings.");
    }
    out.purpose = *number;
    out_.triggers_.purposes = out_.triggers_.purposes.with(*number);
}

void Compiler::audience(const Node& n, compiled::Node& out) {
    const auto number = names_.audience(n.name);
    if (!number) {
        return wrong(n, "There is no audience " + quoted(n.name) + ".",
                     "Its name is written as in the list of audiences.");
    }
    if (!self_.is_none() && reaches_self(*number)) {
        return wrong(n, "The audience would depend on itself through " + quoted(n.name) + ".",
                     "Write the shared part as a third audience that both name.");
    }
    out.audience = *number;
    out_.triggers_.audiences.push_back(*number);
}

bool Compiler::reaches_self(AudienceNo from) {
    std::vector<AudienceNo> seen = {from};
    for (std::size_t i = 0; i < seen.size(); ++i) {
        if (seen[i] == self_) return true;
        for (const AudienceNo next : names_.needs(seen[i])) {
            if (std::find(seen.begin(), seen.end(), next) == seen.end()) seen.push_back(next);
        }
    }
    return false;
}

compiled::Event Compiler::event(const EventMatch& e) {
    compiled::Event out;
    out.any = e.any;
    if (e.any)
        out_.triggers_.all_events = true;
    else
        out.name = names_.number(e.name);
    if (!out.name.is_none()) out_.triggers_.events.push_back(out.name);
    if (!e.where.empty()) out.where = filter(e.where[0]);
    return out;
}

std::uint16_t Compiler::filter(const Filter& f) {
    const std::uint16_t at = push(out_.filters, compiled::Filter{});
    compiled::Filter c;
    c.kind = f.kind;
    if (f.kind == Filter::Kind::Condition) {
        c.field = field(f.field);
        c.test = test(f.test, f.field.kind);
    }
    out_.filters[at] = c;
    std::uint16_t before = compiled::kAbsent;
    for (const Filter& part : f.parts) {
        const std::uint16_t child = filter(part);
        if (before == compiled::kAbsent)
            out_.filters[at].first = child;
        else
            out_.filters[before].next = child;
        before = child;
    }
    return at;
}

compiled::Field Compiler::field(const Field& f) {
    if (f.kind != FieldKind::Property) return {f.kind, {}};
    return {f.kind, names_.number(f.property)};
}

std::uint16_t Compiler::channels(const Test& t) {
    unsigned set = 0;
    for (const Literal& l : t.values) {
        if (const auto channel = channel_named(l.text))
            set |= 1u << static_cast<unsigned>(*channel);
    }
    return static_cast<std::uint16_t>(t.op == Op::NotEqual ? ~set : set);
}

compiled::Test Compiler::test(const Test& t, FieldKind field) {
    compiled::Test out;
    out.op = t.op;
    if (field == FieldKind::Channel) {
        out.channels = channels(t);
    } else if (t.op == Op::In) {
        out.list = static_cast<std::uint32_t>(out_.values.size());
        out.list_size = static_cast<std::uint32_t>(t.values.size());
        for (const Literal& l : t.values) out_.values.push_back(value(l));
        std::sort(out_.values.begin() + out.list, out_.values.end());
    } else if (t.op == Op::Contains || t.op == Op::StartsWith) {
        out.text = push(out_.texts, t.values.at(0).text);
    } else if (has_value(t.op)) {
        out.value = value(t.values.at(0));
    }
    return out;
}

compiled::Value Compiler::value(const Literal& l) {
    compiled::Value out;
    out.is_text = l.kind == Literal::Kind::Text;
    if (out.is_text)
        out.text = names_.number(l.text);
    else
        out.number = l.number;
    if (l.kind == Literal::Kind::Money) out.currency = l.currency;
    return out;
}

compiled::Window Compiler::window(const Window& w) {
    compiled::Window out;
    out.kind = w.kind;
    out.length_us = length_us(w.length);
    if (w.length.unit == Unit::Month) out.months = static_cast<std::int32_t>(w.length.count);
    if (w.length.unit == Unit::Year) out.months = static_cast<std::int32_t>(w.length.count * 12);
    out.from_local_us = local_us(w.from);
    out.to_local_us = local_us(w.to);
    // `between` takes in the whole of its last day.
    if (w.kind == WindowKind::Between && !w.to.has_time) out.to_local_us += kUnitUs[3];
    if (moves(w.kind)) out_.triggers_.time = true;
    if (w.kind != WindowKind::Ever && out.length_us == 0) out_.triggers_.zone = true;
    return out;
}

std::variant<Compiled, RuleError> compile(const Rule& rule, Names& names, AudienceNo self) {
    if (auto error = check(rule)) return std::move(*error);
    return Compiler(names, self).run(rule);
}

// The key is public: a split need not resist an attacker, only be the same for ever.
std::uint64_t split_seed(std::string_view seed) {
    return siphash({0x66696c726f756765u, 0x73706c6974736565u}, seed);
}
std::int32_t split_bucket(std::uint64_t seed, std::uint64_t split_hash) {
    const std::uint64_t mixed = mix64(mix64(split_hash) + seed);
    return static_cast<std::int32_t>(static_cast<unsigned __int128>(mixed) * (100 * kSplitScale) >>
                                     64);
}

}  // namespace filrouge::audience
