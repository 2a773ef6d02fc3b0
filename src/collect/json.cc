#include "collect/json.h"

#include <charconv>
#include <cstring>

#include "collect/gunzip.h"

namespace filrouge::collect {
namespace {

constexpr std::size_t kKeptBytes = 256 * 1024;  // buffers for larger bodies are given back
constexpr std::size_t kFirstBytes = 64 * 1024;
constexpr int kRepairDepth = 1'000;  // simdjson itself stops at 1024
static_assert(kBodyPadding >= simdjson::SIMDJSON_PADDING);
static_assert(kRepairDepth < static_cast<int>(simdjson::DEFAULT_MAX_DEPTH));
constexpr std::int64_t kDigitsMax = 308;  // of a double

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_number_char(char c) {
    return is_digit(c) || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

struct NumberShape {
    bool valid = false;          // by the grammar of RFC 8259
    bool whole = true;           // neither point nor exponent
    std::int64_t magnitude = 0;  // digits before the point, once written without an exponent
};

NumberShape shape_of(std::string_view s) {
    NumberShape shape;
    std::size_t i = !s.empty() && s[0] == '-' ? 1 : 0;
    const auto digits = [&] {
        const std::size_t from = i;
        while (i < s.size() && is_digit(s[i])) ++i;
        return i - from;
    };
    const std::size_t first = i;
    const std::size_t whole = digits();
    if (whole == 0 || (whole > 1 && s[first] == '0')) return shape;
    shape.magnitude = s[first] == '0' ? 0 : static_cast<std::int64_t>(whole);
    if (i < s.size() && s[i] == '.') {
        shape.whole = false;
        const std::size_t point = ++i;
        if (digits() == 0) return shape;
        if (shape.magnitude == 0) {
            const std::size_t zeros = std::min(s.find_first_not_of('0', point), i) - point;
            shape.magnitude = -static_cast<std::int64_t>(zeros);
        }
    }
    if (i < s.size() && (s[i] == 'e' || s[i] == 'E')) {
        shape.whole = false;
        if (++i < s.size() && (s[i] == '+' || s[i] == '-')) ++i;
        const bool negative = s[i - 1] == '-';
        const std::size_t from = i;
        if (digits() == 0) return shape;
        std::int64_t exponent = 1'000'000;  // stands for anything longer
        if (i - from <= 6) std::from_chars(s.data() + from, s.data() + i, exponent);
        shape.magnitude += negative ? -exponent : exponent;
    }
    shape.valid = i == s.size();
    return shape;
}

int hex4(std::string_view s, std::size_t at) {  // -1 when these are not four hex digits
    unsigned v = 0;
    if (at + 4 > s.size()) return -1;
    const auto [end, error] = std::from_chars(s.data() + at, s.data() + at + 4, v, 16);
    return error == std::errc{} && end == s.data() + at + 4 ? static_cast<int>(v) : -1;
}

}  // namespace

void JsonBody::forget() {
    if (parser_.capacity() > kKeptBytes) parser_ = simdjson::dom::parser();
    if (copy_.capacity() > kKeptBytes) std::string().swap(copy_);
}

simdjson::error_code JsonBody::run(const char* text, std::size_t size) {
    if (size == 0) return simdjson::EMPTY;
    if (size > parser_.capacity()) {  // grow by doubling: bodies of rising size must not each pay
        std::size_t wanted = kFirstBytes;
        while (wanted < size) wanted *= 2;
        const simdjson::error_code error = parser_.allocate(wanted);
        if (error != simdjson::SUCCESS) return error;
    }
    const simdjson::error_code error = parser_.parse(text, size, false).error();
    tape_ = parser_.doc.tape.get();
    strings_ = parser_.doc.string_buf.get();
    tokens_ = parser_.implementation->structural_indexes.get();
    token_count_ = parser_.implementation->n_structural_indexes;
    return error;
}

Result<void> JsonBody::parse(BytesView text, bool padded) {
    if (text.substr(0, 3) == "\xef\xbb\xbf") text.remove_prefix(3);
    faults_.clear();
    text_ = text;
    changed_ = false;
    const char* from = text.data();
    if (!padded) {
        copy_.reserve(text.size() + simdjson::SIMDJSON_PADDING);
        copy_.assign(text);
        from = copy_.data();
    }
    simdjson::error_code error = run(from, text.size());
    const bool repairable = error == simdjson::NUMBER_ERROR || error == simdjson::STRING_ERROR ||
                            error == simdjson::DEPTH_ERROR;
    if (repairable) {
        if (padded) {
            copy_.reserve(text.size() + simdjson::SIMDJSON_PADDING);
            copy_.assign(text);
        }
        if (repair()) error = run(copy_.data(), copy_.size());
    }
    if (error == simdjson::SUCCESS) return {};
    if (error == simdjson::MEMALLOC || error == simdjson::CAPACITY) {
        return Error{"collect.no_memory", "The body could not be parsed for want of memory.", ""};
    }
    return Error{"collect.invalid_json",
                 std::string("The body is not JSON: ") + simdjson::error_message(error),
                 "Send one JSON object in UTF-8."};
}

bool JsonBody::repair() {
    // The tokens are those of the first, failed run: stage 1 had accepted the whole text.
    int depth = 0;
    for (std::uint32_t token = 0; token < token_count_; ++token) {
        const std::uint32_t at = tokens_[token];
        if (at >= copy_.size()) break;
        const char c = copy_[at];
        if (c == '-' || is_digit(c))
            repair_number(at);
        else if (c == '"')
            repair_string(at);
        else if (c == '}' || c == ']')
            --depth;
        else if (c == '{' || c == '[') {
            if (++depth <= kRepairDepth) continue;
            if (!repair_depth(token)) return false;
            --depth;
        }
    }
    return changed_;
}

void JsonBody::repair_number(std::uint32_t offset) {
    std::size_t end = offset;
    while (end < copy_.size() && is_number_char(copy_[end])) ++end;
    const std::string_view number(copy_.data() + offset, end - offset);
    const NumberShape shape = shape_of(number);
    if (!shape.valid) return;  // a syntax error stays one
    const bool out_of_range =
        shape.magnitude > kDigitsMax + 1 || (shape.magnitude == kDigitsMax + 1 && [&] {
            double v = 0;
            return std::from_chars(number.begin(), number.end(), v).ec != std::errc{};
        }());
    if (out_of_range) faults_.push_back({offset, Fit::NumberOutOfRange});
    if (!out_of_range && !shape.whole) return;
    if (shape.whole) {
        std::int64_t i = 0;
        std::uint64_t u = 0;
        if (std::from_chars(number.begin(), number.end(), i).ec == std::errc{}) return;
        if (std::from_chars(number.begin(), number.end(), u).ec == std::errc{}) return;
    }
    // A placeholder of the same length; the text itself is read from the source.
    ASSERT(number.size() >= 3);
    std::memset(copy_.data() + offset, ' ', number.size());
    std::memcpy(copy_.data() + offset, "0.0", 3);
    changed_ = true;
}

void JsonBody::repair_string(std::uint32_t offset) {
    for (std::size_t i = offset + 1; i < copy_.size() && copy_[i] != '"';) {
        if (copy_[i] != '\\') {
            ++i;
            continue;
        }
        const int unit = i + 1 < copy_.size() && copy_[i + 1] == 'u' ? hex4(copy_, i + 2) : -1;
        if (unit < 0xd800 || unit > 0xdfff) {
            i += 2;
            continue;
        }
        const bool pair = unit < 0xdc00 && copy_.compare(i + 6, 2, "\\u") == 0 &&
                          (hex4(copy_, i + 8) & 0xfc00) == 0xdc00;
        if (pair) {
            i += 12;
            continue;
        }
        std::memcpy(copy_.data() + i + 2, "fffd", 4);
        changed_ = true;
        i += 6;
    }
}

bool JsonBody::repair_depth(std::uint32_t& token) {
    const std::uint32_t open = tokens_[token];
    int depth = 0;
    for (std::uint32_t t = token; t < token_count_ && tokens_[t] < copy_.size(); ++t) {
        const char c = copy_[tokens_[t]];
        if (c == '{' || c == '[') ++depth;
        if (c != '}' && c != ']') continue;
        if (--depth > 0) continue;
        std::memset(copy_.data() + open, ' ', tokens_[t] + 1 - open);
        copy_[open] = '0';
        faults_.push_back({open, Fit::TooDeep});
        changed_ = true;
        token = t;
        return true;
    }
    return false;  // never closed: broken syntax
}

std::string_view JsonBody::number_text(JsonAt at) const {
    const std::size_t from = tokens_[at.token];
    std::size_t end = from;
    while (end < text_.size() && is_number_char(text_[end])) ++end;
    return text_.substr(from, end - from);
}

std::string_view JsonBody::source(std::uint32_t first, std::uint32_t end) const {
    const std::size_t from = tokens_[first];
    std::size_t to = end < token_count_ ? tokens_[end] : text_.size();
    while (to > from && (text_[to - 1] == ' ' || text_[to - 1] == '\n' || text_[to - 1] == '\r' ||
                         text_[to - 1] == '\t')) {
        --to;
    }
    return text_.substr(from, to - from);
}

JsonAt JsonBody::past_container(JsonAt at) const {
    int depth = 0;
    std::uint32_t token = at.token;
    do {
        const char c = text_[tokens_[token++]];
        if (c == '{' || c == '[')
            ++depth;
        else if (c == '}' || c == ']')
            --depth;
    } while (depth > 0);
    return {end_word(at) + 1, token};
}

JsonAt JsonBody::place(JsonAt object, JsonAt member) const {
    JsonAt found;
    if (member.none()) return found;
    each_member(object, [&](std::string_view, JsonAt value) {
        if (value.tape == member.tape) found = value;
        return found.none();
    });
    return found;
}

JsonAt JsonBody::find(JsonAt object, std::string_view key) const {
    JsonAt found;
    if (!is(object, JsonType::Object)) return found;
    each_member_on_tape(object, [&](std::string_view name, JsonAt value) {
        if (name == key) found = value;
        return found.none();
    });
    // The token costs a walk over what stands before: only what is read as a container or by its
    // digits needs one.
    if (found.none() || is(found, JsonType::String) || is(found, JsonType::True) ||
        is(found, JsonType::False) || is(found, JsonType::Null)) {
        return found;
    }
    return place(object, found);
}

Fit JsonBody::fault_between(std::string_view cut) const {
    const auto from = static_cast<std::size_t>(cut.data() - text_.data());
    for (const Fault& fault : faults_) {
        if (fault.offset >= from && fault.offset < from + cut.size()) return fault.fit;
    }
    return Fit::Ok;
}

}  // namespace filrouge::collect
