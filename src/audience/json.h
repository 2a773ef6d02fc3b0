// The JSON form of a rule, for the console's builder and for integrators: the same tree as the text
// form, lossless both ways. docs/rules.md describes it.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "audience/rule.h"

namespace filrouge::audience {

constexpr std::size_t kRuleJsonBytesMax = 64 * 1024;
constexpr std::size_t kRuleJsonDepthMax = 4 * kRuleDepthMax;

std::string to_json(const Rule& rule);
// An error's `path` says where, as a JSON pointer. What passes has passed check().
std::variant<Rule, RuleError> from_json(std::string_view json);

}  // namespace filrouge::audience
