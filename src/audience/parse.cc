#include <algorithm>

#include "audience/parser.h"
#include "audience/words.h"
#include "base/text.h"

namespace filrouge::audience {
namespace {

// Edits between two words; swapping two neighbours is one edit, as typists do it most.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
    for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, replaced});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
            }
        }
    }
    return d[a.size()][b.size()];
}

constexpr std::size_t kNearWordMax = 24;  // longer words are not worth comparing

std::string nearest(const Token& found, const std::vector<std::string>& allowed) {
    if (found.kind != TokenKind::Word || found.raw.size() > kNearWordMax) return {};
    const std::string word = ascii_lower(found.raw);
    std::string best;
    std::size_t best_distance = word.size() < 5 ? 2 : 3;  // must be below it
    for (const std::string& a : allowed) {
        if (a.size() < 4 || a.front() != '\'') continue;
        const std::size_t end = a.find_first_of(" ('", 1);
        const std::string keyword = a.substr(1, end - 1);
        const std::size_t d = distance(word, keyword);
        if (d < best_distance && d < keyword.size()) {
            best_distance = d;
            best = keyword;
        }
    }
    return best.empty() ? best : "Did you mean '" + best + "'?";
}

std::string enumerate(const std::vector<std::string>& parts) {
    std::string out;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i != 0) out += i + 1 == parts.size() ? " or " : ", ";
        out += parts[i];
    }
    return out;
}

constexpr std::size_t kShownMax = 40;  // bytes of the text repeated in a message

std::string shown(const Token& token) {
    if (token.kind == TokenKind::End) return "the end of the rule";
    if (token.raw.size() <= kShownMax) return "'" + std::string(token.raw) + "'";
    std::size_t cut_at = kShownMax;
    while (cut_at > 0 && (static_cast<unsigned char>(token.raw[cut_at]) & 0xc0) == 0x80) --cut_at;
    return "'" + std::string(token.raw.substr(0, cut_at)) + "...'";
}

std::vector<std::string> function_words() {
    std::vector<std::string> out;
    for (const std::string_view f : kFunctionWords) out.push_back("'" + std::string(f) + "('");
    for (const char* f : {"'trait('", "'consent('", "'refused('", "'split('"}) out.emplace_back(f);
    return out;
}

std::vector<std::string> clause_words() {
    std::vector<std::string> out = function_words();
    out.insert(out.end(), {"'not'", "'in audience'", "'('", "the name of an event"});
    return out;
}

}  // namespace

bool Parser::wrong(const Token& token, std::string message, std::string hint) {
    if (error_) return false;
    RuleError e;
    e.offset = token.offset;
    e.length = token.length;
    locate(text_, e);
    e.message = "At line " + std::to_string(e.line) + ", character " + std::to_string(e.column) +
                ": " + std::move(message);
    e.hint = std::move(hint);
    error_ = std::move(e);
    return false;
}

bool Parser::expected(Words allowed, std::string hint) {
    if (error_) return false;
    const Token& found = here();
    if (found.kind == TokenKind::Bad) {
        return wrong(found, "cannot read " + shown(found) + ": " + found.text + ".");
    }
    std::string message = "expected " + enumerate(allowed);
    if (at_ > 0) message += " after " + shown(tokens_[at_ - 1]);
    message += ", found " + shown(found) + ".";
    if (hint.empty()) hint = nearest(found, allowed);
    wrong(found, std::move(message), std::move(hint));
    error_->allowed = std::move(allowed);
    return false;
}

bool Parser::at_word(std::string_view word, std::size_t ahead) const {
    const Token& t = here(ahead);
    return t.kind == TokenKind::Word && ascii_equal_ignoring_case(t.raw, word);
}
bool Parser::at_sign(std::string_view sign, std::size_t ahead) const {
    return here(ahead).kind == TokenKind::Sign && here(ahead).raw == sign;
}
bool Parser::take_word(std::string_view word) { return at_word(word) && (++at_, true); }
bool Parser::take_sign(std::string_view sign) { return at_sign(sign) && (++at_, true); }
bool Parser::expect_sign(std::string_view sign, Words otherwise) {
    if (take_sign(sign)) return true;
    otherwise.push_back("'" + std::string(sign) + "'");
    return expected(std::move(otherwise));
}
bool Parser::deeper() {
    if (++depth_ <= kRuleDepthMax) return true;
    return wrong(here(),
                 "the rule is nested deeper than " + std::to_string(kRuleDepthMax) + " levels.",
                 "Put a part into an audience of its own: in audience \"...\".");
}
TextSpan Parser::span_from(const Token& first) const {
    const Token& last = tokens_[at_ > 0 ? at_ - 1 : 0];
    const std::uint32_t end = std::max(last.offset + last.length, first.offset);
    return {first.offset, end - first.offset};
}

bool Parser::rule(Rule& out) {
    if (!any_of(out.root)) return false;
    if (here().kind == TokenKind::End) return true;
    return expected({"'and'", "'or'", "the end of the rule"});
}

bool Parser::any_of(Node& out) {
    const Token& first = here();
    if (!all_of(out)) return false;
    if (!at_word("or")) return true;
    Node whole;
    whole.kind = NodeKind::Or;
    whole.children.push_back(std::move(out));
    while (take_word("or")) {
        if (!all_of(whole.children.emplace_back())) return false;
    }
    whole.span = span_from(first);
    out = std::move(whole);
    return true;
}

bool Parser::all_of(Node& out) {
    const Token& first = here();
    if (!clause(out)) return false;
    if (!at_word("and")) return true;
    Node whole;
    whole.kind = NodeKind::And;
    whole.children.push_back(std::move(out));
    while (take_word("and")) {
        if (!clause(whole.children.emplace_back())) return false;
    }
    whole.span = span_from(first);
    out = std::move(whole);
    return true;
}

bool Parser::clause(Node& out) {
    const Token& first = here();
    if (at_sign("(")) return bracketed(out);
    if (take_word("not")) {
        if (!deeper()) return false;
        out.kind = NodeKind::Not;
        if (!clause(out.children.emplace_back())) return false;
        --depth_;
        out.span = span_from(first);
        return true;
    }
    bool good = false;
    if (first.kind == TokenKind::Word && at_sign("(", 1))
        good = function(out);
    else if (at_word("in") && at_word("audience", 1))
        good = audience(out);
    else
        good = sequence(out);
    out.span = span_from(first);
    return good;
}

bool Parser::bracketed(Node& out) {
    ++at_;
    if (!deeper() || !any_of(out)) return false;
    --depth_;
    return expect_sign(")", {"'and'", "'or'"});
}

bool Parser::function(Node& out) {
    const std::string word = ascii_lower(here().raw);
    const auto known = named<Function>(kFunctionWords, word);
    if (!known && !is_function(word)) {
        if (at_window(2)) return sequence(out);
        return expected(function_words());
    }
    at_ += 2;
    if (known) return aggregate(out, *known);
    if (word == "trait") return trait(out);
    if (word == "split") return split(out);
    return named_right(out, word == "consent" ? NodeKind::Consent : NodeKind::Refused);
}

bool Parser::aggregate(Node& out, Function f) {
    out.kind = NodeKind::Aggregate;
    out.function = f;
    if (!event(out.event)) return false;
    if (takes_field(f)) {
        if (!take_sign(".")) {
            return expected(
                {"'.' and the property to look at"},
                "For example " + std::string(word_of(f)) + "(Order Completed.revenue).");
        }
        if (!field(out.field)) return false;
    } else if (at_sign(".")) {
        return wrong(here(), "'" + std::string(word_of(f)) + "' takes an event without a property.",
                     "To ask for the property write 'where', to add it up write sum(...).");
    }
    if (take_word("where") && !filter_any_of(out.event.where.emplace_back())) return false;
    if (!aggregate_options(out)) return false;
    if (f == Function::Any) return true;
    const bool only_order = f != Function::First && f != Function::Last;
    return test(out.test, is_plain_number(f) ? FieldKind::None : out.field.kind, only_order);
}

bool Parser::aggregate_options(Node& out) {
    bool window_read = false;
    while (take_sign(",")) {
        if (!out.bots && take_word("including")) {
            if (!take_word("bots")) return expected({"'bots'"});
            out.bots = true;
        } else if (!window_read) {
            if (!window(out.window)) return false;
            window_read = true;
        } else {
            return expected({"'including bots'"});
        }
    }
    if (take_sign(")")) return true;
    Words allowed = {"','", "')'"};
    if (out.event.where.empty())
        allowed.insert(allowed.begin(), "'where'");
    else
        allowed.insert(allowed.begin(), {"'and'", "'or'"});
    return expected(std::move(allowed));
}

bool Parser::trait(Node& out) {
    out.kind = NodeKind::Trait;
    if (!path(out.name, "the name of a trait") || !expect_sign(")", {"'.'"})) return false;
    return test(out.test, FieldKind::Property, false);
}

bool Parser::named_right(Node& out, NodeKind kind) {
    out.kind = kind;
    return path(out.name, "the name of a purpose") && expect_sign(")", {"'.'"});
}

bool Parser::audience(Node& out) {
    at_ += 2;
    out.kind = NodeKind::InAudience;
    if (here().kind != TokenKind::Text) return expected({"the audience's name in quotes"});
    out.name = here().text;
    ++at_;
    return true;
}

bool Parser::split(Node& out) {
    out.kind = NodeKind::Split;
    if (!path(out.name, "the name of the split") || !expect_sign(",", {"'.'"})) return false;
    if (!split_edge(out.from)) return false;
    if (!take_sign("..")) return expected({"'..'"}, "For example split(winter, 0..20).");
    return split_edge(out.to) && expect_sign(")");
}

bool Parser::split_edge(std::int32_t& out) {
    const auto fixed = here().kind == TokenKind::Number ? parse_fixed(here().raw) : std::nullopt;
    constexpr std::int64_t kStep = kFixedScale / kSplitScale;
    if (!fixed || *fixed < 0 || *fixed > 100 * kFixedScale || *fixed % kStep != 0) {
        return expected({"a percentage from 0 to 100 with at most two decimals"});
    }
    out = static_cast<std::int32_t>(*fixed / kStep);
    ++at_;
    return true;
}

bool Parser::sequence(Node& out) {
    const TokenKind kind = here().kind;
    if ((kind != TokenKind::Word && kind != TokenKind::Text && !at_sign("*")) ||
        (kind == TokenKind::Word && is_reserved(here().raw))) {
        return expected(clause_words());
    }
    out.kind = NodeKind::Sequence;
    const Token& first = here();
    Step start;
    if (!step_event(start.event)) return false;
    if (take_sign("(")) {
        if (!window(out.window) || !expect_sign(")")) return false;
    }
    start.span = span_from(first);
    out.steps.push_back(std::move(start));
    if (!at_word("then")) return lonely_step(out, first);
    while (at_word("then")) {
        if (!step(out)) return false;
    }
    if (take_word("including")) {
        if (!take_word("bots")) return expected({"'bots'"});
        out.bots = true;
    }
    return true;
}

// One event alone is no clause: find out what was meant.
bool Parser::lonely_step(const Node& sequence, const Token& first) {
    const EventMatch& event = sequence.steps[0].event;
    Words allowed = {"'then' and the event that follows"};
    if (event.where.empty()) allowed.emplace_back("'where'");
    std::string hint = nearest(first, function_words());
    if (!event.where.empty() && (at_word("and") || at_word("or"))) {
        hint = "Put several conditions of a step in brackets: where (a = 1 and b = 2).";
    } else if (hint.empty()) {
        hint = "To ask whether it happened at all write any(" + event.name + ").";
    }
    return expected(std::move(allowed), std::move(hint));
}

bool Parser::step(Node& sequence) {
    const Token& then = here();
    ++at_;
    if (sequence.steps.back().absent) {
        return wrong(then, "a step with 'not' can only be the last one.",
                     "To forbid an event between two others write: A then B without C.");
    }
    if (sequence.steps.size() == kSequenceStepsMax) {
        return wrong(then,
                     "a sequence has at most " + std::to_string(kSequenceStepsMax) + " steps.");
    }
    Step next;
    next.absent = take_word("not");
    if (!step_event(next.event) || !step_options(next)) return false;
    next.span = span_from(then);
    sequence.steps.push_back(std::move(next));
    return true;
}

bool Parser::step_options(Step& step) {
    for (;;) {
        const Token& first = here();
        if (take_word("without")) {
            if (step.absent) return wrong(first, "'without' has no meaning after 'then not'.");
            if (!step.without.empty()) return wrong(first, "'without' stands twice.");
            if (!step_event(step.without.emplace_back())) return false;
        } else if (take_word("within")) {
            if (step.within.given()) return wrong(first, "'within' stands twice.");
            if (!length(step.within, false)) return false;
        } else {
            return true;
        }
    }
}

void locate(std::string_view text, RuleError& error) {
    error.line = 1;
    error.column = 1;
    for (std::size_t i = 0; i < std::min(error.offset, text.size()); ++i) {
        if (text[i] == '\n') {
            ++error.line;
            error.column = 1;
        } else if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) {
            ++error.column;
        }
    }
}

std::variant<Rule, RuleError> parse(std::string_view text) {
    RuleError e;
    if (text.size() > kRuleTextBytesMax) {
        e.offset = kRuleTextBytesMax;
        e.message = "The rule has " + std::to_string(text.size()) + " bytes; the limit is " +
                    std::to_string(kRuleTextBytesMax) + ".";
        e.hint = "Put a part into an audience of its own: in audience \"...\".";
        locate(text, e);
        return e;
    }
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t n = utf8_length_at(text, i);
        if (n == 0) {
            e.offset = i;
            e.length = 1;
            e.message = "The text of the rule is not UTF-8.";
            locate(text, e);
            return e;
        }
        i += n;
    }
    Parser parser(text);
    Rule rule;
    if (!parser.rule(rule)) return parser.take_error();
    if (auto error = check(rule)) {
        locate(text, *error);
        error->message = "At line " + std::to_string(error->line) + ", character " +
                         std::to_string(error->column) + ": " + error->message;
        return std::move(*error);
    }
    return rule;
}

}  // namespace filrouge::audience
