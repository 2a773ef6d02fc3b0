#include "audience/lexer.h"
#include "audience/rule.h"
#include "audience/words.h"

namespace filrouge::audience {
namespace {

std::string name_text(std::string_view name) {
    return is_plain_name(name) ? std::string(name) : quoted(name);
}
std::string path_text(std::string_view path) {
    return is_plain_path(path) ? std::string(path) : quoted(path);
}

std::string field_text(const Field& f) {
    if (f.kind != FieldKind::Property) return std::string(word_of(f.kind));
    // A property of the shop's that is called like one of ours is told apart by its quotes.
    const bool ours = f.property == "value" || named<FieldKind>(kFieldWords, f.property) ||
                      f.property.starts_with("products.");
    return ours ? quoted(f.property) : path_text(f.property);
}

std::string literal_text(const Literal& l, FieldKind field) {
    switch (l.kind) {
        case Literal::Kind::Number: return fixed_text(l.number);
        case Literal::Kind::Money: return fixed_text(l.number) + " " + l.currency.text();
        case Literal::Kind::Text: break;
    }
    return field == FieldKind::Channel ? l.text : quoted(l.text);
}

std::string length_text(Length l) {
    return std::to_string(l.count) + " " + std::string(word_of(l.unit)) + (l.count == 1 ? "" : "s");
}

std::string window_text(const Window& w) {
    std::string out(word_of(w.kind));
    switch (w.kind) {
        case WindowKind::Last: return out + " " + length_text(w.length);
        case WindowKind::MoreThanAgo: return out + " " + length_text(w.length) + " ago";
        case WindowKind::Since: return out + " " + text_of(w.from);
        case WindowKind::Before: return out + " " + text_of(w.to);
        case WindowKind::Between: return out + " " + text_of(w.from) + " and " + text_of(w.to);
        default: return out;
    }
}

std::string filter_text(const Filter& f) {
    if (f.kind == Filter::Kind::Condition) {
        return field_text(f.field) + " " + print(f.test, f.field.kind);
    }
    const auto part_text = [&](const Filter& part) {
        const bool brackets = part.kind == Filter::Kind::Or || part.kind == Filter::Kind::And;
        const bool tighter = f.kind == Filter::Kind::Or && part.kind == Filter::Kind::And;
        return brackets && !tighter ? "(" + filter_text(part) + ")" : filter_text(part);
    };
    if (f.kind == Filter::Kind::Not) return "not " + part_text(f.parts[0]);
    std::string out;
    for (const Filter& part : f.parts) {
        if (!out.empty()) out += f.kind == Filter::Kind::And ? " and " : " or ";
        out += part_text(part);
    }
    return out;
}

std::string event_text(const EventMatch& e) { return e.any ? "*" : name_text(e.name); }

// In a sequence `and` belongs to the rule, so a joined condition takes brackets.
std::string step_event_text(const EventMatch& e) {
    std::string out = event_text(e);
    if (e.where.empty()) return out;
    const Filter& f = e.where[0];
    const bool brackets = f.kind == Filter::Kind::And || f.kind == Filter::Kind::Or;
    return out + " where " + (brackets ? "(" + filter_text(f) + ")" : filter_text(f));
}

std::string aggregate_text(const Node& n) {
    std::string out = std::string(word_of(n.function)) + "(" + event_text(n.event);
    if (takes_field(n.function)) out += "." + field_text(n.field);
    if (!n.event.where.empty()) out += " where " + filter_text(n.event.where[0]);
    if (n.window.kind != WindowKind::Ever) out += ", " + window_text(n.window);
    if (n.bots) out += ", including bots";
    out += ")";
    if (n.function == Function::Any) return out;
    return out + " " + print(n.test, is_plain_number(n.function) ? FieldKind::None : n.field.kind);
}

std::string sequence_text(const Node& n) {
    std::string out;
    for (const Step& s : n.steps) {
        if (!out.empty()) out += s.absent ? " then not " : " then ";
        const bool first = out.empty();
        out += step_event_text(s.event);
        if (first && n.window.kind != WindowKind::Ever) out += " (" + window_text(n.window) + ")";
        for (const EventMatch& e : s.without) out += " without " + step_event_text(e);
        if (s.within.given()) out += " within " + length_text(s.within);
    }
    return n.bots ? out + " including bots" : out;
}

std::string percent_text(std::int32_t hundredths) {
    return fixed_text(static_cast<std::int64_t>(hundredths) * (kFixedScale / kSplitScale));
}

std::string joined_text(const Node& n) {
    std::string out;
    for (const Node& c : n.children) {
        if (!out.empty()) out += n.kind == NodeKind::And ? " and " : " or ";
        const bool brackets =
            c.kind == NodeKind::Or || (c.kind == NodeKind::And && n.kind == NodeKind::And);
        out += brackets ? "(" + print(c) + ")" : print(c);
    }
    return out;
}

std::string digits(int n, std::size_t width) {
    std::string out = std::to_string(n);
    return out.size() < width ? std::string(width - out.size(), '0') + out : out;
}

}  // namespace

std::string text_of(const Moment& m) {
    std::string out = digits(m.year, 4) + "-" + digits(m.month, 2) + "-" + digits(m.day, 2);
    if (!m.has_time) return out;
    out += "T" + digits(m.hour, 2) + ":" + digits(m.minute, 2);
    return m.second == 0 ? out : out + ":" + digits(m.second, 2);
}

std::string print(const Test& test, FieldKind field) {
    std::string out(word_of(test.op));
    if (!has_value(test.op)) return out;
    if (test.op != Op::In) return out + " " + literal_text(test.values.at(0), field);
    out += " (";
    for (std::size_t i = 0; i < test.values.size(); ++i) {
        if (i != 0) out += ", ";
        out += literal_text(test.values[i], field);
    }
    return out + ")";
}

std::string print(const Node& n) {
    switch (n.kind) {
        case NodeKind::And:
        case NodeKind::Or: return joined_text(n);
        case NodeKind::Not: {
            const Node& c = n.children.at(0);
            const bool brackets =
                c.kind == NodeKind::And || c.kind == NodeKind::Or || c.kind == NodeKind::Sequence;
            return brackets ? "not (" + print(c) + ")" : "not " + print(c);
        }
        case NodeKind::Aggregate: return aggregate_text(n);
        case NodeKind::Sequence: return sequence_text(n);
        case NodeKind::Trait:
            return "trait(" + path_text(n.name) + ") " + print(n.test, FieldKind::Property);
        case NodeKind::Consent: return "consent(" + path_text(n.name) + ")";
        case NodeKind::Refused: return "refused(" + path_text(n.name) + ")";
        case NodeKind::InAudience: return "in audience " + quoted(n.name);
        case NodeKind::Split:
            return "split(" + path_text(n.name) + ", " + percent_text(n.from) + ".." +
                   percent_text(n.to) + ")";
    }
    return {};
}

std::string print(const EventMatch& event) { return step_event_text(event); }

std::string print(const Rule& rule) { return print(rule.root); }

}  // namespace filrouge::audience
