#include "audience/json.h"

#include <boost/json.hpp>

#include <initializer_list>

#include "audience/words.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "model/channel.h"

namespace filrouge::audience {
namespace {

namespace bj = boost::json;

// Below it a number with four decimals comes back exactly from any reader's double.
constexpr std::int64_t kExactMax = 1'000'000'000'000'000;

class Writer {
  public:
    explicit Writer(std::string& out) : json_(out) {}
    void node(const Node& n) {
        json_.open_object().field("type", word(kNodeWords, n.kind));
        switch (n.kind) {
            case NodeKind::And:
            case NodeKind::Or:
                json_.key("rules").open_array();
                for (const Node& c : n.children) node(c);
                json_.close();
                break;
            case NodeKind::Not: json_.key("rule"), node(n.children.at(0)); break;
            case NodeKind::Aggregate: aggregate(n); break;
            case NodeKind::Sequence: sequence(n); break;
            case NodeKind::Trait: json_.field("name", n.name), test(n.test); break;
            case NodeKind::Consent:
            case NodeKind::Refused: json_.field("purpose", n.name); break;
            case NodeKind::InAudience: json_.field("name", n.name); break;
            case NodeKind::Split:
                json_.field("seed", n.name);
                json_.key("from").raw(fixed_text(n.from * (kFixedScale / kSplitScale)));
                json_.key("to").raw(fixed_text(n.to * (kFixedScale / kSplitScale)));
                break;
        }
        json_.close();
    }

  private:
    template <class Words, class E>
    static std::string_view word(const Words& words, E e) {
        return words[static_cast<std::size_t>(e)];
    }
    void aggregate(const Node& n) {
        json_.field("function", word_of(n.function));
        event(n.event);
        if (takes_field(n.function)) field(n.field);
        options(n);
        if (n.function != Function::Any) test(n.test);
    }
    void sequence(const Node& n) {
        json_.key("steps").open_array();
        for (const Step& s : n.steps) {
            json_.open_object();
            if (s.absent) json_.field("not", true);
            event(s.event);
            for (const EventMatch& e : s.without) {
                json_.key("without").open_object();
                event(e);
                json_.close();
            }
            if (s.within.given()) {
                json_.key("within").open_object();
                length(s.within);
                json_.close();
            }
            json_.close();
        }
        json_.close();
        options(n);
    }
    void options(const Node& n) {
        if (n.window.kind != WindowKind::Ever) window(n.window);
        if (n.bots) json_.field("including_bots", true);
    }
    void event(const EventMatch& e) {
        if (e.any)
            json_.field("any_event", true);
        else
            json_.field("event", e.name);
        for (const Filter& f : e.where) json_.key("where"), filter(f);
    }
    void field(const Field& f) {
        if (f.kind == FieldKind::Property)
            json_.field("property", f.property);
        else
            json_.field("field", word_of(f.kind));
    }
    void filter(const Filter& f) {
        static constexpr std::array<std::string_view, 4> kWords = {"and", "or", "not", "condition"};
        json_.open_object().field("type", word(kWords, f.kind));
        if (f.kind == Filter::Kind::Condition) {
            field(f.field);
            test(f.test);
        } else if (f.kind == Filter::Kind::Not) {
            json_.key("condition"), filter(f.parts.at(0));
        } else {
            json_.key("conditions").open_array();
            for (const Filter& part : f.parts) filter(part);
            json_.close();
        }
        json_.close();
    }
    void test(const Test& t) {
        json_.field("op", word_of(t.op));
        if (!has_value(t.op)) return;
        if (t.op != Op::In) return json_.key("value"), literal(t.values.at(0));
        json_.key("values").open_array();
        for (const Literal& l : t.values) literal(l);
        json_.close();
    }
    void number(std::int64_t n) {
        if (n % kFixedScale == 0 || (n < kExactMax && n > -kExactMax))
            json_.raw(fixed_text(n));
        else
            json_.value(fixed_text(n));
    }
    void literal(const Literal& l) {
        if (l.kind == Literal::Kind::Text) {
            json_.value(l.text);
        } else if (l.kind == Literal::Kind::Money) {
            json_.open_object().key("amount");
            number(l.number);
            json_.field("currency", l.currency.text()).close();
        } else if (l.number % kFixedScale != 0 &&
                   (l.number >= kExactMax || l.number <= -kExactMax)) {
            json_.open_object().key("number");
            number(l.number);
            json_.close();
        } else {
            number(l.number);
        }
    }
    void length(Length l) { json_.field("count", l.count).field("unit", word_of(l.unit)); }
    void window(const Window& w) {
        json_.key("window").open_object().field("type", word_of(w.kind));
        if (w.kind == WindowKind::Last || w.kind == WindowKind::MoreThanAgo) length(w.length);
        if (w.kind == WindowKind::Since || w.kind == WindowKind::Between) {
            json_.field("from", text_of(w.from));
        }
        if (w.kind == WindowKind::Before || w.kind == WindowKind::Between) {
            json_.field("to", text_of(w.to));
        }
        json_.close();
    }
    JsonWriter json_;
};

// A method returns false once an error is set.
class Reader {
  public:
    bool node(const bj::value& v, Node& out);
    std::optional<RuleError> error;

  private:
    using Keys = std::initializer_list<std::string_view>;
    bool wrong(std::string message, std::vector<std::string> allowed = {}) {
        if (error) return false;
        error.emplace();
        error->path = path_;
        error->message = "At " + (path_.empty() ? std::string("the top") : path_) + ": " + message;
        error->allowed = std::move(allowed);
        return false;
    }
    // The object, when v is one and every key of it is known.
    const bj::object* object(const bj::value& v, Keys keys, Keys more = {});
    const bj::value* member(const bj::object& o, std::string_view key);
    template <class F>
    bool each(const bj::object& o, std::string_view key, F&& f);
    template <class F>
    bool at(std::string_view key, F&& f) {
        const std::size_t length = path_.size();
        path_ += "/" + std::string(key);
        const bool good = f();
        if (good) path_.resize(length);
        return good;
    }
    template <class E, std::size_t N>
    bool word(const bj::object& o, std::string_view key,
              const std::array<std::string_view, N>& words, E& out);
    bool text(const bj::object& o, std::string_view key, std::string& out);
    bool flag(const bj::object& o, std::string_view key, bool& out);

    bool aggregate(const bj::value& v, Node& out);
    bool sequence(const bj::value& v, Node& out);
    bool split(const bj::value& v, Node& out);
    bool event(const bj::object& o, EventMatch& out);
    bool field(const bj::object& o, Field& out);
    bool filter(const bj::value& v, Filter& out);
    bool test(const bj::object& o, FieldKind field, Test& out);
    bool literal(const bj::value& v, FieldKind field, Literal& out);
    bool number(const bj::value& v, std::int64_t& out);
    bool options(const bj::object& o, Node& out);
    bool window(const bj::value& v, Window& out);
    bool length(const bj::object& o, Length& out);
    bool moment(const bj::object& o, std::string_view key, Moment& out);

    std::string path_;
    std::size_t depth_ = 0;
};

const bj::object* Reader::object(const bj::value& v, Keys keys, Keys more) {
    const bj::object* o = v.if_object();
    if (o == nullptr) return wrong("expected an object."), nullptr;
    for (const auto& [key, value] : *o) {
        bool known = false;
        for (const Keys* list : {&keys, &more}) {
            for (const std::string_view k : *list) known = known || k == std::string_view(key);
        }
        if (known) continue;
        std::vector<std::string> allowed(keys.begin(), keys.end());
        allowed.insert(allowed.end(), more.begin(), more.end());
        return wrong("'" + std::string(key) + "' has no meaning here.", std::move(allowed)),
               nullptr;
    }
    return o;
}

const bj::value* Reader::member(const bj::object& o, std::string_view key) {
    const bj::value* v = o.if_contains(key);
    if (v == nullptr) wrong("'" + std::string(key) + "' is missing.", {std::string(key)});
    return v;
}

template <class F>
bool Reader::each(const bj::object& o, std::string_view key, F&& f) {
    const bj::value* v = member(o, key);
    if (v == nullptr) return false;
    return at(key, [&] {
        const bj::array* list = v->if_array();
        if (list == nullptr) return wrong("expected a list.");
        for (std::size_t i = 0; i < list->size(); ++i) {
            if (!at(std::to_string(i), [&] { return f((*list)[i]); })) return false;
        }
        return true;
    });
}

template <class E, std::size_t N>
bool Reader::word(const bj::object& o, std::string_view key,
                  const std::array<std::string_view, N>& words, E& out) {
    std::string value;
    if (!text(o, key, value)) return false;
    const auto known = named<E>(words, value);
    if (known) return out = *known, true;
    std::vector<std::string> allowed;
    for (const std::string_view w : words) {
        if (!w.empty()) allowed.emplace_back(w);
    }
    return at(key, [&] { return wrong("'" + value + "' is not known here.", std::move(allowed)); });
}

bool Reader::text(const bj::object& o, std::string_view key, std::string& out) {
    const bj::value* v = member(o, key);
    if (v == nullptr) return false;
    const bj::string* s = v->if_string();
    if (s == nullptr) return at(key, [&] { return wrong("expected a text."); });
    out.assign(s->data(), s->size());
    return true;
}

bool Reader::flag(const bj::object& o, std::string_view key, bool& out) {
    const bj::value* v = o.if_contains(key);
    if (v == nullptr) return true;
    if (!v->is_bool()) return at(key, [&] { return wrong("expected true or false."); });
    out = v->get_bool();
    return true;
}

bool Reader::node(const bj::value& v, Node& out) {
    const bj::object* o = v.if_object();
    if (o == nullptr) return wrong("expected an object.");
    if (++depth_ > kRuleDepthMax) return wrong("the rule is nested deeper than 32 levels.");
    if (!word(*o, "type", kNodeWords, out.kind)) return false;
    bool good = false;
    switch (out.kind) {
        case NodeKind::And:
        case NodeKind::Or:
            good = object(v, {"type", "rules"}) != nullptr &&
                   each(*o, "rules",
                        [&](const bj::value& c) { return node(c, out.children.emplace_back()); });
            break;
        case NodeKind::Not: {
            const bj::value* c =
                object(v, {"type", "rule"}) != nullptr ? member(*o, "rule") : nullptr;
            good =
                c != nullptr && at("rule", [&] { return node(*c, out.children.emplace_back()); });
            break;
        }
        case NodeKind::Aggregate: good = aggregate(v, out); break;
        case NodeKind::Sequence: good = sequence(v, out); break;
        case NodeKind::Trait:
            good = object(v, {"type", "name", "op", "value", "values"}) != nullptr &&
                   text(*o, "name", out.name) && test(*o, FieldKind::Property, out.test);
            break;
        case NodeKind::Consent:
        case NodeKind::Refused:
            good = object(v, {"type", "purpose"}) != nullptr && text(*o, "purpose", out.name);
            break;
        case NodeKind::InAudience:
            good = object(v, {"type", "name"}) != nullptr && text(*o, "name", out.name);
            break;
        case NodeKind::Split: good = split(v, out); break;
    }
    --depth_;
    return good;
}

bool Reader::aggregate(const bj::value& v, Node& out) {
    const bj::object* o = object(v, {"type", "function", "event", "any_event", "field", "property"},
                                 {"where", "window", "including_bots", "op", "value", "values"});
    if (o == nullptr || !word(*o, "function", kFunctionWords, out.function)) return false;
    if (!event(*o, out.event) || !options(*o, out)) return false;
    const bool has_field = o->contains("field") || o->contains("property");
    if (has_field && !takes_field(out.function)) return wrong("count and any take no property.");
    if (takes_field(out.function) && !field(*o, out.field)) return false;
    if (out.function == Function::Any) return !o->contains("op") || wrong("any takes no 'op'.");
    return test(*o, is_plain_number(out.function) ? FieldKind::None : out.field.kind, out.test);
}

bool Reader::sequence(const bj::value& v, Node& out) {
    const bj::object* o = object(v, {"type", "steps", "window", "including_bots"});
    if (o == nullptr || !options(*o, out)) return false;
    return each(*o, "steps", [&](const bj::value& step) {
        const bj::object* s =
            object(step, {"event", "any_event", "where", "not", "without", "within"});
        Step& made = out.steps.emplace_back();
        if (s == nullptr || !event(*s, made.event) || !flag(*s, "not", made.absent)) return false;
        if (const bj::value* w = s->if_contains("without")) {
            const bool good = at("without", [&] {
                const bj::object* e = object(*w, {"event", "any_event", "where"});
                return e != nullptr && event(*e, made.without.emplace_back());
            });
            if (!good) return false;
        }
        const bj::value* within = s->if_contains("within");
        return within == nullptr || at("within", [&] {
                   const bj::object* l = object(*within, {"count", "unit"});
                   return l != nullptr && length(*l, made.within);
               });
    });
}

bool Reader::split(const bj::value& v, Node& out) {
    const bj::object* o = object(v, {"type", "seed", "from", "to"});
    if (o == nullptr || !text(*o, "seed", out.name)) return false;
    const auto edge = [&](std::string_view key, std::int32_t& hundredths) {
        const bj::value* e = member(*o, key);
        return e != nullptr && at(key, [&] {
                   std::int64_t n = 0;
                   if (!number(*e, n)) return false;
                   constexpr std::int64_t kStep = kFixedScale / kSplitScale;
                   if (n < 0 || n > 100 * kFixedScale || n % kStep != 0) {
                       return wrong("expected a percentage from 0 to 100, at most two decimals.");
                   }
                   hundredths = static_cast<std::int32_t>(n / kStep);
                   return true;
               });
    };
    return edge("from", out.from) && edge("to", out.to);
}

bool Reader::options(const bj::object& o, Node& out) {
    if (!flag(o, "including_bots", out.bots)) return false;
    const bj::value* w = o.if_contains("window");
    return w == nullptr || at("window", [&] { return window(*w, out.window); });
}

bool Reader::event(const bj::object& o, EventMatch& out) {
    if (!flag(o, "any_event", out.any)) return false;
    if (out.any && o.contains("event")) return wrong("either 'event' or 'any_event'.");
    if (!out.any && !text(o, "event", out.name)) return false;
    const bj::value* where = o.if_contains("where");
    return where == nullptr ||
           at("where", [&] { return filter(*where, out.where.emplace_back()); });
}

bool Reader::field(const bj::object& o, Field& out) {
    if (o.contains("field") && o.contains("property"))
        return wrong("either 'field' or 'property'.");
    if (o.contains("field")) return word(o, "field", kFieldWords, out.kind);
    out.kind = FieldKind::Property;
    return text(o, "property", out.property);
}

bool Reader::filter(const bj::value& v, Filter& out) {
    static constexpr std::array<std::string_view, 4> kWords = {"and", "or", "not", "condition"};
    const bj::object* o = object(v, {"type", "conditions", "condition", "field", "property"},
                                 {"op", "value", "values"});
    if (o == nullptr || !word(*o, "type", kWords, out.kind)) return false;
    if (++depth_ > kRuleDepthMax) return wrong("the rule is nested deeper than 32 levels.");
    bool good = false;
    if (out.kind == Filter::Kind::Condition) {
        good = object(v, {"type", "field", "property", "op", "value", "values"}) != nullptr &&
               field(*o, out.field) && test(*o, out.field.kind, out.test);
    } else if (out.kind == Filter::Kind::Not) {
        const bj::value* c =
            object(v, {"type", "condition"}) != nullptr ? member(*o, "condition") : nullptr;
        good =
            c != nullptr && at("condition", [&] { return filter(*c, out.parts.emplace_back()); });
    } else {
        good = object(v, {"type", "conditions"}) != nullptr &&
               each(*o, "conditions",
                    [&](const bj::value& c) { return filter(c, out.parts.emplace_back()); });
    }
    --depth_;
    return good;
}

bool Reader::test(const bj::object& o, FieldKind field, Test& out) {
    if (!word(o, "op", kOpWords, out.op)) return false;
    const std::string_view wanted = !has_value(out.op) ? "" : out.op == Op::In ? "values" : "value";
    for (const std::string_view key : {"value", "values"}) {
        if (key != wanted && o.contains(key)) {
            return wrong("'" + std::string(word_of(out.op)) + "' takes no '" + std::string(key) +
                         "'.");
        }
    }
    if (wanted.empty()) return true;
    const auto read = [&](const bj::value& v) {
        return literal(v, field, out.values.emplace_back());
    };
    if (out.op == Op::In) return each(o, "values", read);
    const bj::value* v = member(o, "value");
    return v != nullptr && at("value", [&] { return read(*v); });
}

bool Reader::literal(const bj::value& v, FieldKind field, Literal& out) {
    if (const bj::string* s = v.if_string()) {
        out.kind = Literal::Kind::Text;
        out.text.assign(s->data(), s->size());
        const auto channel =
            field == FieldKind::Channel ? channel_named(ascii_lower(out.text)) : std::nullopt;
        if (channel) out.text = name_of(*channel);
        return true;
    }
    if (!v.is_object()) return number(v, out.number);
    const bj::object* o = object(v, {"amount", "currency", "number"});
    if (o == nullptr) return false;
    if (o->contains("number")) {
        if (o->size() != 1) return wrong("'number' stands alone.");
        return at("number", [&] { return number(o->at("number"), out.number); });
    }
    out.kind = Literal::Kind::Money;
    std::string code;
    const bj::value* amount = member(*o, "amount");
    if (amount == nullptr || !text(*o, "currency", code)) return false;
    const auto currency = Currency::parse(code);
    if (!currency) return at("currency", [&] { return wrong("a currency has three letters."); });
    out.currency = *currency;
    return at("amount", [&] { return number(*amount, out.number); });
}

// A number, or in the places that hold nothing else its decimal text, for amounts past a double.
bool Reader::number(const bj::value& v, std::int64_t& out) {
    std::optional<std::int64_t> fixed;
    if (v.is_int64())
        fixed = parse_fixed(std::to_string(v.get_int64()));
    else if (v.is_double())
        fixed = fixed_from_double(v.get_double());
    else if (v.is_string())
        fixed = parse_fixed(std::string_view(v.get_string()));
    if (!fixed) return wrong("expected a number below 922337203685477.");
    out = *fixed;
    return true;
}

bool Reader::window(const bj::value& v, Window& out) {
    const bj::object* o = v.if_object();
    if (o == nullptr) return wrong("expected an object.");
    if (!word(*o, "type", kWindowWords, out.kind)) return false;
    switch (out.kind) {
        case WindowKind::Last:
        case WindowKind::MoreThanAgo:
            return object(v, {"type", "count", "unit"}) != nullptr && length(*o, out.length);
        case WindowKind::Since:
            return object(v, {"type", "from"}) != nullptr && moment(*o, "from", out.from);
        case WindowKind::Before:
            return object(v, {"type", "to"}) != nullptr && moment(*o, "to", out.to);
        case WindowKind::Between:
            return object(v, {"type", "from", "to"}) != nullptr && moment(*o, "from", out.from) &&
                   moment(*o, "to", out.to);
        default: return object(v, {"type"}) != nullptr;
    }
}

bool Reader::length(const bj::object& o, Length& out) {
    const bj::value* count = member(o, "count");
    if (count == nullptr) return false;
    if (!count->is_int64() || count->get_int64() < 1) {
        return at("count", [&] { return wrong("expected a whole number, 1 or more."); });
    }
    out.count = count->get_int64();
    return word(o, "unit", kUnitWords, out.unit);
}

bool Reader::moment(const bj::object& o, std::string_view key, Moment& out) {
    std::string value;
    if (!text(o, key, value)) return false;
    const auto read = moment_named(value);
    if (!read)
        return at(key,
                  [&] { return wrong("expected a date such as 2026-01-31 or 2026-01-31T18:30."); });
    out = *read;
    return true;
}

RuleError unreadable(std::size_t offset, std::string message) {
    RuleError e;
    e.offset = offset;
    e.message = std::move(message);
    return e;
}

}  // namespace

std::string to_json(const Rule& rule) {
    std::string out;
    Writer(out).node(rule.root);
    return out;
}

std::variant<Rule, RuleError> from_json(std::string_view json) {
    if (json.size() > kRuleJsonBytesMax) {
        return unreadable(kRuleJsonBytesMax, "The rule has " + std::to_string(json.size()) +
                                                 " bytes; the limit is 65536.");
    }
    static_assert(kRuleJsonBytesMax == 65'536, "the message names the limit");
    bj::parse_options limits;
    limits.max_depth = kRuleJsonDepthMax;
    bj::parser parser({}, limits);
    bj::error_code code;
    const std::size_t read = parser.write_some(json.data(), json.size(), code);
    if (code) return unreadable(read, "This is no JSON: " + code.message() + ".");
    if (read != json.size()) return unreadable(read, "This is no JSON: text follows its end.");
    Reader reader;
    Rule rule;
    if (!reader.node(parser.release(), rule.root)) return std::move(*reader.error);
    if (auto error = check(rule)) return std::move(*error);
    return rule;
}

}  // namespace filrouge::audience
