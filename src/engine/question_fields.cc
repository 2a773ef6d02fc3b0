#include "engine/question_fields.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cctype>
#include <string>
#include <string_view>

#include "audience/json.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

// Arguments whose value is the name of a property.
constexpr std::array<std::string_view, 2> kNames = {"by", "features"};

bool hides(const Mask& mask, std::string_view name) {
    return mask.hides(FieldScope::Properties, name) || mask.hides(FieldScope::Traits, name);
}

bool is_of_name(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-' ||
           c == '$';
}

Result<void> check_words(std::string_view text, const Mask& mask) {
    for (std::size_t i = 0; i < text.size();) {
        std::size_t end = i;
        while (end < text.size() && is_of_name(text[end])) ++end;
        const std::string_view word = text.substr(i, end - i);
        if (!word.empty() && hides(mask, word)) return forbidden_field(word);
        i = end + 1;
    }
    return {};
}

// A rule, an event with what its properties must be, or a figure: each a part of some rule.
Result<void> check_text(std::string_view text, const Mask& mask) {
    bool read = false;
    for (const auto& [before, after] :
         {std::pair{"", ""}, std::pair{"any(", ")"}, std::pair{"", " >= 0"}}) {
        std::string whole = before;
        whole.append(text).append(after);
        const auto parsed = audience::parse(whole);
        const auto* rule = std::get_if<audience::Rule>(&parsed);
        if (rule == nullptr) continue;
        read = true;
        TRY(check_fields(*rule, mask));
    }
    return read ? Result<void>() : check_words(text, mask);
}

// No deeper than the parser of JSON lets anything be.
Result<void> check_value(std::string_view key, const json::value& value, const Mask& mask) {
    if (value.is_object()) {
        for (const auto& member : value.get_object())
            TRY(check_value(member.key(), member.value(), mask));
    } else if (value.is_array()) {
        for (const json::value& each : value.get_array()) TRY(check_value(key, each, mask));
    } else if (value.is_string()) {
        const std::string_view text = value.get_string();
        const bool name = std::find(kNames.begin(), kNames.end(), key) != kNames.end();
        if (name && hides(mask, text)) return forbidden_field(text);
        return check_text(text, mask);
    }
    return {};
}

}  // namespace

Result<void> check_question_fields(const json::object& question, const Mask& mask) {
    if (mask.hides_nothing()) return {};
    for (const auto& member : question) TRY(check_value(member.key(), member.value(), mask));
    return {};
}

}  // namespace filrouge::engine
