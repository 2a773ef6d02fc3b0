// The numbering plans of the world: what `tools/phone_table` wrote into phone_table.cc. Patterns
// are RE2's; a number is one of a plan when its length is and the pattern matches all of it. They
// say which numbers there can be, not which are given out: a new block of an operator is no new
// table.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace filrouge::collect {

struct PhonePlan {
    std::string_view code;       // calling code, "33"
    std::string_view abroad;     // dialled before a calling code
    std::string_view at_home;    // dialled before a national number, dropped abroad; empty for none
    std::string_view rewritten;  // what its match becomes where its last group took part
    std::uint32_t lengths = 0;   // of national numbers, a bit each
    std::string_view number;
};

constexpr std::size_t kPhonePlans = 215;
extern const std::array<PhonePlan, kPhonePlans> kPhoneTable;  // by code, as text
extern const std::string_view kPhoneTableVersion;

}  // namespace filrouge::collect
