// Both readers of the rule language: no input brings them down, and what one accepts, both print
// and read back as the same rule. Built by -DFILROUGE_FUZZ=ON with clang:
//   build/.../rule_fuzz test/fuzz/corpus/rule
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "audience/json.h"
#include "audience/rule.h"
#include "base/assert.h"

using namespace filrouge::audience;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    for (const auto& read : {parse(input), from_json(input)}) {
        const Rule* rule = std::get_if<Rule>(&read);
        if (rule == nullptr) continue;
        const auto text = parse(print(*rule));
        ASSERT(text.index() == 0 && std::get<Rule>(text) == *rule);
        const auto json = from_json(to_json(*rule));
        ASSERT(json.index() == 0 && std::get<Rule>(json) == *rule);
    }
    return 0;
}
