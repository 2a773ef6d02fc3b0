#include <array>
#include <chrono>

#include "audience/parser.h"
#include "audience/words.h"
#include "base/text.h"
#include "model/channel.h"

namespace filrouge::audience {
namespace {

constexpr std::array<std::string_view, 10> kWindowStarts = {
    "last", "more", "today", "yesterday", "this", "previous", "since", "before", "between", "ever"};

std::vector<std::string> window_words() {
    return {"'last'",           "'more than'",     "'today'",     "'yesterday'",
            "'this week'",      "'this month'",    "'this year'", "'previous week'",
            "'previous month'", "'previous year'", "'since'",     "'before'",
            "'between'",        "'ever'"};
}

std::vector<std::string> unit_words(bool months) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < (months ? kUnitWords.size() : 5); ++i) {
        out.push_back("'" + std::string(kUnitWords[i]) + "s'");
    }
    return out;
}

std::optional<Unit> unit_named(std::string_view word) {
    std::string lower = ascii_lower(word);
    if (lower.size() > 1 && lower.back() == 's') lower.pop_back();
    return named<Unit>(kUnitWords, lower);
}

// Two digits at `at`, or -1.
int two_digits(std::string_view text, std::size_t at) {
    const auto n = at + 2 <= text.size() ? parse_int(text.substr(at, 2)) : std::nullopt;
    return n && text[at] >= '0' && text[at] <= '9' ? static_cast<int>(*n) : -1;
}

}  // namespace

std::optional<Moment> moment_named(std::string_view text) {
    if (text.size() != 10 && text.size() != 16 && text.size() != 19) return std::nullopt;
    const int century = two_digits(text, 0);
    const int years = two_digits(text, 2);
    const int month = two_digits(text, 5);
    const int day = two_digits(text, 8);
    if (century < 0 || years < 0 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{century * 100 + years},
                                           std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (month < 1 || day < 1 || !date.ok() || century < 19) return std::nullopt;
    Moment out;
    out.year = century * 100 + years;
    out.month = static_cast<std::uint8_t>(month);
    out.day = static_cast<std::uint8_t>(day);
    if (text.size() == 10) return out;
    const int hour = two_digits(text, 11);
    const int minute = two_digits(text, 14);
    const int second = text.size() == 19 ? two_digits(text, 17) : 0;
    if (text[10] != 'T' || text[13] != ':' || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
        second < 0 || second > 59 || (text.size() == 19 && text[16] != ':')) {
        return std::nullopt;
    }
    out.has_time = true;
    out.hour = static_cast<std::uint8_t>(hour);
    out.minute = static_cast<std::uint8_t>(minute);
    out.second = static_cast<std::uint8_t>(second);
    return out;
}

bool Parser::at_window(std::size_t ahead) const {
    for (const std::string_view w : kWindowStarts) {
        if (at_word(w, ahead)) return true;
    }
    return false;
}

bool Parser::event(EventMatch& out) {
    const Token& first = here();
    if (take_sign("*")) {
        out.any = true;
    } else if (first.kind == TokenKind::Text) {
        out.name = first.text;
        ++at_;
    } else {
        if (first.kind != TokenKind::Word || is_reserved(first.raw)) {
            return expected({"the name of an event", "'*' for any event"});
        }
        while ((here().kind == TokenKind::Word && !is_reserved(here().raw)) ||
               (is_whole_number(here()) && !out.name.empty())) {
            if (!out.name.empty()) out.name.push_back(' ');
            out.name += here().raw;
            ++at_;
        }
    }
    out.span = span_from(first);
    return true;
}

bool Parser::step_event(EventMatch& out) {
    if (!event(out)) return false;
    return !take_word("where") || filter_unary(out.where.emplace_back());
}

bool Parser::path(std::string& out, std::string_view what) {
    for (;;) {
        const Token& part = here();
        if (part.kind == TokenKind::Text)
            out += part.text;
        else if (part.kind == TokenKind::Word && !is_reserved(part.raw))
            out += part.raw;
        else
            return expected({std::string(what)});
        ++at_;
        if (!take_sign(".")) return true;
        out.push_back('.');
    }
}

bool Parser::field(Field& out) {
    const Token& first = here();
    const bool is_quoted = first.kind == TokenKind::Text;  // a name of the shop's own, never ours
    std::string name;
    if (!path(name, "the name of a property")) return false;
    const auto known = named<FieldKind>(kFieldWords, name == "value" ? "revenue" : name);
    if (!is_quoted && known) {
        out.kind = *known;
        return true;
    }
    if (!is_quoted && name.starts_with("products.")) {
        return wrong(first, "a line of products has no '" + name.substr(9) + "'.",
                     "It has products.product, products.category, products.price and "
                     "products.quantity.");
    }
    out.kind = FieldKind::Property;
    out.property = std::move(name);
    return true;
}

bool Parser::filter_any_of(Filter& out) {
    if (!filter_all_of(out)) return false;
    if (!at_word("or")) return true;
    Filter whole;
    whole.kind = Filter::Kind::Or;
    whole.parts.push_back(std::move(out));
    while (take_word("or")) {
        if (!filter_all_of(whole.parts.emplace_back())) return false;
    }
    out = std::move(whole);
    return true;
}

bool Parser::filter_all_of(Filter& out) {
    if (!filter_unary(out)) return false;
    if (!at_word("and")) return true;
    Filter whole;
    whole.kind = Filter::Kind::And;
    whole.parts.push_back(std::move(out));
    while (take_word("and")) {
        if (!filter_unary(whole.parts.emplace_back())) return false;
    }
    out = std::move(whole);
    return true;
}

bool Parser::filter_unary(Filter& out) {
    if (take_sign("(")) {
        if (!deeper() || !filter_any_of(out)) return false;
        --depth_;
        return expect_sign(")", {"'and'", "'or'"});
    }
    if (take_word("not")) {
        out.kind = Filter::Kind::Not;
        if (!deeper() || !filter_unary(out.parts.emplace_back())) return false;
        --depth_;
        return true;
    }
    return condition(out);
}

bool Parser::condition(Filter& out) {
    const Token& first = here();
    if ((first.kind != TokenKind::Word && first.kind != TokenKind::Text) ||
        (first.kind == TokenKind::Word && is_reserved(first.raw))) {
        return expected({"the name of a property", "'not'", "'('"});
    }
    if (!field(out.field) || !test(out.test, out.field.kind, false)) return false;
    out.span = span_from(first);
    return true;
}

bool Parser::test(Test& out, FieldKind field, bool only_order) {
    const Token& first = here();
    Words allowed = {"'='", "'!='", "'<'", "'<='", "'>'", "'>='"};
    const auto order =
        first.kind == TokenKind::Sign ? named<Op>(kOpWords, first.raw) : std::nullopt;
    if (order) {
        out.op = *order;
        ++at_;
        if (!literal(out.values.emplace_back(), field)) return false;
    } else if (only_order) {
        return expected(std::move(allowed));
    } else if (!comparison(out, field)) {
        if (error_) return false;
        allowed.insert(allowed.end(), {"'in ('", "'contains'", "'starts with'", "'exists'",
                                       "'not exists'", "'is true'", "'is false'"});
        return expected(std::move(allowed));
    }
    out.span = span_from(first);
    return true;
}

// The operators that are words; false without an error when there is none of them.
bool Parser::comparison(Test& out, FieldKind field) {
    if (take_word("exists")) {
        out.op = Op::Exists;
    } else if (at_word("not") && at_word("exists", 1)) {
        at_ += 2;
        out.op = Op::NotExists;
    } else if (take_word("is")) {
        out.op = at_word("true") ? Op::IsTrue : Op::IsFalse;
        if (!take_word("true") && !take_word("false")) return expected({"'true'", "'false'"});
    } else if (take_word("in")) {
        out.op = Op::In;
        return list(out, field);
    } else if (take_word("contains")) {
        out.op = Op::Contains;
        return literal(out.values.emplace_back(), field);
    } else if (take_word("starts")) {
        if (!take_word("with")) return expected({"'with'"});
        out.op = Op::StartsWith;
        return literal(out.values.emplace_back(), field);
    } else {
        return false;
    }
    return true;
}

bool Parser::list(Test& out, FieldKind field) {
    if (!expect_sign("(")) return false;
    for (;;) {
        if (out.values.size() == kInListMax) {
            return wrong(here(), "a list holds at most " + std::to_string(kInListMax) + " values.");
        }
        if (!literal(out.values.emplace_back(), field)) return false;
        if (!take_sign(",")) return expect_sign(")", {"','"});
    }
}

bool Parser::literal(Literal& out, FieldKind field) {
    if (field == FieldKind::Channel) return channel(out);
    if (here().kind == TokenKind::Number) return number(out);
    if (here().kind == TokenKind::Text) {
        out.kind = Literal::Kind::Text;
        out.text = here().text;
        ++at_;
        return true;
    }
    Words allowed;
    if (field == FieldKind::None || may_be_number(field)) allowed.emplace_back("a number");
    if (is_money(field)) allowed.emplace_back("an amount such as 500 EUR");
    if (may_be_text(field)) allowed.emplace_back("a text in quotes");
    std::string hint;
    if (here().kind == TokenKind::Word && !at_word("true") && !at_word("false")) {
        if (may_be_text(field))
            hint = "Text stands in straight quotes: " + quoted(here().raw) + ".";
    } else if (here().kind == TokenKind::Word) {
        hint = "Write 'is " + std::string(here().raw) + "'.";
    }
    return expected(std::move(allowed), std::move(hint));
}

bool Parser::channel(Literal& out) {
    const bool is_word = here().kind == TokenKind::Word;
    const auto known = is_word                          ? channel_named(ascii_lower(here().raw))
                       : here().kind == TokenKind::Text ? channel_named(here().text)
                                                        : std::nullopt;
    if (!known) {
        Words allowed;
        for (const std::string_view name : kChannelNames)
            allowed.push_back("'" + std::string(name) + "'");
        return expected(std::move(allowed));
    }
    out.kind = Literal::Kind::Text;
    out.text = name_of(*known);
    ++at_;
    return true;
}

bool Parser::number(Literal& out) {
    const Token& token = here();
    const std::size_t point = token.raw.find('.');
    if (point != std::string_view::npos && token.raw.size() - point > 5) {
        return wrong(token, "a number has at most four decimals.");
    }
    const auto fixed = parse_fixed(token.raw);
    if (!fixed) return wrong(token, "the number is too large; the limit is 922337203685477.");
    out.number = *fixed;
    ++at_;
    const Token& next = here();
    if (next.kind != TokenKind::Word || next.raw == "AND" || next.raw.size() != 3) return true;
    const auto currency = Currency::parse(next.raw);
    if (!currency || currency->text() != next.raw) return true;
    out.kind = Literal::Kind::Money;
    out.currency = *currency;
    ++at_;
    return true;
}

bool Parser::length(Length& out, bool months) {
    const auto count = is_whole_number(here()) ? parse_int(here().raw) : std::nullopt;
    if (!count || *count < 1) return expected({"a whole number, 1 or more"});
    out.count = *count;
    ++at_;
    const auto unit = here().kind == TokenKind::Word ? unit_named(here().raw) : std::nullopt;
    if (!unit || (!months && *unit >= Unit::Month)) {
        return expected(unit_words(months),
                        unit ? "A month has no fixed length; write it in days." : "");
    }
    out.unit = *unit;
    ++at_;
    return true;
}

bool Parser::window(Window& out) {
    const Token& first = here();
    bool good = true;
    if (take_word("last")) {
        out.kind = WindowKind::Last;
        good = length(out.length, true);
    } else if (take_word("more")) {
        out.kind = WindowKind::MoreThanAgo;
        if (!take_word("than")) return expected({"'than'"});
        good = length(out.length, true) && (take_word("ago") || expected({"'ago'"}));
    } else if (take_word("since")) {
        out.kind = WindowKind::Since;
        good = moment(out.from);
    } else if (take_word("before")) {
        out.kind = WindowKind::Before;
        good = moment(out.to);
    } else if (take_word("between")) {
        out.kind = WindowKind::Between;
        good = moment(out.from) && (take_word("and") || expected({"'and'"})) && moment(out.to);
    } else if (first.kind == TokenKind::Word) {
        good = calendar(out, first.raw);
    } else {
        return expected(window_words());
    }
    out.span = span_from(first);
    return good;
}

bool Parser::calendar(Window& out, std::string_view first) {
    std::string words = ascii_lower(first);
    if (words == "this" || words == "previous") {
        ++at_;
        if (here().kind == TokenKind::Word) words += " " + ascii_lower(here().raw);
        const auto known = named<WindowKind>(kWindowWords, words);
        if (!known) return expected({"'week'", "'month'", "'year'"});
        out.kind = *known;
    } else if (words == "today" || words == "yesterday" || words == "ever") {
        out.kind = *named<WindowKind>(kWindowWords, words);
    } else {
        Words allowed = window_words();
        allowed.emplace_back("'including bots'");
        return expected(std::move(allowed));
    }
    ++at_;
    return true;
}

bool Parser::moment(Moment& out) {
    const auto read = here().kind == TokenKind::Word ? moment_named(here().raw) : std::nullopt;
    if (!read) {
        return expected({"a date such as 2026-01-31", "a date and time such as 2026-01-31T18:30"});
    }
    out = *read;
    ++at_;
    return true;
}

}  // namespace filrouge::audience
