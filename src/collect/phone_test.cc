// Numbers as people of many countries write them, from published examples and switchboards.
#include "collect/phone.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "collect/normalise.h"
#include "collect/phone_table.h"

namespace filrouge::collect {
namespace {

struct Written {
    const char* text;
    const char* code;  // of the country it is dialled in
    const char* number;
};

constexpr Written kWritten[] = {
    // France, and overseas: each department has a calling code and dials its own numbers with 0.
    {"06 12 34 56 78", "33", "+33612345678"},
    {"+33 (0)1 42 34 56 78", "49", "+33142345678"},
    {"0690 12 34 56", "590", "+590690123456"},     // Guadeloupe, mobile
    {"0696 45 67 89", "596", "+596696456789"},     // Martinique
    {"+594 594 30 12 34", "33", "+594594301234"},  // French Guiana
    {"0692 12 34 56", "262", "+262692123456"},     // Reunion
    {"0639 01 23 45", "262", "+262639012345"},     // Mayotte shares its code
    {"41 12 34", "508", "+508411234"},             // Saint-Pierre: six digits
    {"40 41 23 45", "689", "+68940412345"},        // Polynesia: eight, no trunk
    {"26 12 34", "687", "+687261234"},             // New Caledonia
    // Italy keeps its zero, at home and abroad; its mobiles have none.
    {"06 698 12345", "39", "+390669812345"},
    {"+39 (0)6 698 12345", "33", "+390669812345"},
    {"02 1234567", "39", "+39021234567"},
    {"347 123 4567", "39", "+393471234567"},
    {"39 347 123 4567", "39", "+393471234567"},
    // Argentina writes 15 into a mobile at home and 9 before it abroad.
    {"011 15-2345-6789", "54", "+5491123456789"},
    {"11 15 2345 6789", "54", "+5491123456789"},
    {"+54 9 11 2345 6789", "33", "+5491123456789"},
    {"011 4321-1234", "54", "+541143211234"},
    {"0351 15 123-4567", "54", "+5493511234567"},
    // Mexico dropped 01, 044 and 1.
    {"55 1234 5678", "52", "+525512345678"},
    {"044 55 1234 5678", "52", "+525512345678"},
    {"01 33 3669 0000", "52", "+523336690000"},
    {"+52 1 55 1234 5678", "33", "+525512345678"},
    // North America and the Caribbean.
    {"(415) 555-2671", "1", "+14155552671"},
    {"1-876-953-1234", "1", "+18769531234"},  // Jamaica
    {"011 33 6 12 34 56 78", "1", "+33612345678"},
    // Brazil: a carrier's code may stand between 0 and the number.
    {"(11) 96123-4567", "55", "+5511961234567"},
    {"0 15 11 96123-4567", "55", "+5511961234567"},
    {"020 7946 0958", "44", "+442079460958"},
    {"07400 123456", "44", "+447400123456"},
    {"030 123456", "49", "+4930123456"},
    {"0151 23456789", "49", "+4915123456789"},
    {"612 34 56 78", "34", "+34612345678"},
    {"912 345 678", "351", "+351912345678"},
    {"0470 12 34 56", "32", "+32470123456"},
    {"078 123 45 67", "41", "+41781234567"},
    {"06 12345678", "31", "+31612345678"},
    {"621 123 456", "352", "+352621123456"},
    {"8 (912) 345-67-89", "7", "+79123456789"},
    {"8 701 123 4567", "7", "+77011234567"},  // Kazakhstan shares its code
    {"06 30 123 4567", "36", "+36301234567"},
    {"090-1234-5678", "81", "+819012345678"},
    {"131 2345 6789", "86", "+8613123456789"},
    {"098123 45678", "91", "+919812345678"},
    {"0412 345 678", "61", "+61412345678"},
    {"0011 33 6 12 34 56 78", "61", "+33612345678"},
    {"0650-123456", "212", "+212650123456"},
    {"070 123 4567", "221", "none"},  // Senegal has no trunk and no such number
    {"70 123 45 67", "221", "+221701234567"},
    {"01 23 45 67 89", "225", "+2250123456789"},  // Ivory Coast keeps its zero
};

TEST(Phone, ANumberIsOneHoweverItIsWritten) {
    std::set<std::string_view> codes;
    for (const Written& w : kWritten) {
        EXPECT_EQ(normalise_phone(w.text, w.code).value_or("none"), w.number)
            << w.text << " in " << w.code;
        codes.insert(w.code);
    }
    EXPECT_GE(codes.size(), 20u);
}

TEST(Phone, ANumberOfACountryIsTheSameTwice) {
    for (const Written& w : kWritten) {
        const auto once = normalise_phone(w.text, w.code);
        if (!once) continue;
        for (const char* code : {"33", "1", "39", "54", "7", ""})
            EXPECT_EQ(normalise_phone(*once, code), once) << w.text << " in " << code;
        EXPECT_EQ(normalise_phone("00" + once->substr(1), "33"), once) << w.text;
    }
}

TEST(Phone, WhatCannotBeANumberIsNone) {
    for (const Written& w : {Written{"+33012345678", "33", ""}, Written{"0012345678", "33", ""},
                             Written{"+1 123 456 7890", "1", ""}, Written{"+999 123456", "33", ""},
                             Written{"12345", "33", ""}, Written{"0612345678", "999", ""},
                             Written{"+3361234567", "33", ""}, Written{"+336123456789", "33", ""},
                             Written{"+", "33", ""}, Written{"", "33", ""}})
        EXPECT_EQ(normalise_phone(w.text, w.code), std::nullopt) << w.text;
}

// Any digits: no crash, and what is a number is so for good.
TEST(Phone, AnyDigitsAreANumberForGoodOrNone) {
    std::uint64_t state = 7;
    const auto pick = [&state](std::uint64_t n) {
        state = state * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
        return (state >> 33) % n;
    };
    for (int i = 0; i < 20'000; ++i) {
        std::string digits(pick(18), '0');
        for (char& c : digits) c = static_cast<char>('0' + pick(10));
        const std::string code(kPhoneTable[pick(kPhonePlans)].code);
        const auto number = dialled_phone(digits, code);
        if (number) {
            EXPECT_EQ(international_phone(number->substr(1)), number) << digits << " " << code;
        }
    }
}

TEST(Phone, TheTableIsInOrderAndNoCodeBeginsWithAnother) {
    for (std::size_t i = 1; i < kPhonePlans; ++i) {
        EXPECT_LT(kPhoneTable[i - 1].code, kPhoneTable[i].code);
        EXPECT_FALSE(kPhoneTable[i].code.starts_with(kPhoneTable[i - 1].code));
    }
    EXPECT_TRUE(is_calling_code("33"));
    EXPECT_FALSE(is_calling_code("999"));
}

}  // namespace
}  // namespace filrouge::collect
