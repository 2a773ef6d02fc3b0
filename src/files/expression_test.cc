#include <gtest/gtest.h>

#include "files/expression.h"
#include "model/money.h"

namespace filrouge::files {
namespace {

const std::vector<std::string> kColumns = {"quantity", "price", "Unit price", "empty", "word"};

std::optional<Slot> slot_of(std::string_view name) {
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
        if (kColumns[i] == name) return static_cast<Slot>(i);
    }
    return std::nullopt;
}
std::string value_of(const std::string& text, const std::string& quantity = "3",
                     const std::string& price = "2.345") {
    const auto expression = Expression::parse(text, slot_of);
    if (!expression.ok()) return expression.error().code;
    const auto value = expression.value().evaluate({quantity, price, "-0.5", "", "abc"});
    if (value.outcome == Expression::Outcome::Empty) return "empty";
    if (value.outcome == Expression::Outcome::Bad) return "bad";
    return fixed_text(value.fixed);
}

TEST(Expression, ArithmeticIsExactInTenThousandths) {
    EXPECT_EQ(value_of("quantity * price"), "7.035");
    EXPECT_EQ(value_of("quantity+price*2"), "7.69");
    EXPECT_EQ(value_of("(quantity + price) * 2"), "10.69");
    EXPECT_EQ(value_of("-quantity - -price"), "-0.655");
    EXPECT_EQ(value_of("[Unit price] * price"), "-1.1725");
    EXPECT_EQ(value_of("quantity / 100", "1999"), "19.99");
    EXPECT_EQ(value_of("1 / 3"), "0.3333");
    EXPECT_EQ(value_of("2 / 3"), "0.6667");
    EXPECT_EQ(value_of("-2 / 3"), "-0.6667");
}

TEST(Expression, NothingComesOfNothingAndOfDivisionByZero) {
    EXPECT_EQ(value_of("quantity * empty"), "empty");
    EXPECT_EQ(value_of("price / quantity", "0"), "empty");
}

TEST(Expression, TextAndNumbersThatDoNotFitAreBad) {
    EXPECT_EQ(value_of("word"), "bad");
    EXPECT_EQ(value_of("quantity * quantity", "900000000000"), "bad");
    EXPECT_EQ(value_of("quantity", "99999999999999999999999999999999"), "bad");
}

TEST(Expression, ABrokenExpressionIsRefused) {
    for (const char* bad : {"", "quantity *", "(quantity", "quantity price", "nobody", "[quantity",
                            "1..2", "quantity % 2"}) {
        EXPECT_EQ(value_of(bad), "files.expression") << bad;
    }
    std::string deep;
    for (int i = 0; i < 100'000; ++i) deep += "(";
    EXPECT_EQ(value_of(deep), "files.expression");
    std::string lengthy = "1";
    for (int i = 0; i < 100; ++i) lengthy += "+1";
    EXPECT_EQ(value_of(lengthy), "files.expression");
}

TEST(ReadFixed, AgreesWithTheSlowReaderOnEveryShape) {
    for (const char* text :
         {"1", "-1", "+1", "0.5", ".5", "5.", "-0.0001", "1e3", "12345678901234", "123456789012345",
          "1.23456", "1.00005", "4.44089209850063e-16", "-", "", "x", "1.2.3", "00012", "-.5"}) {
        EXPECT_EQ(read_fixed(text), parse_fixed(text)) << text;
    }
    EXPECT_EQ(read_fixed(" 12 "), 120'000);
}

TEST(ReadFixed, ANumberWithADecimalComma) {
    EXPECT_EQ(read_fixed("19,90", true), 199'000);
    EXPECT_EQ(read_fixed("-1.234,5", true), -12'345'000);
    EXPECT_EQ(read_fixed("1\xe2\x80\xaf"
                         "234\xc2\xa0"
                         "567,25",
                         true),
              12'345'672'500);
    EXPECT_EQ(read_fixed(" - 1.234.567,5\xc2\xa0", true), -12'345'675'000);
    EXPECT_EQ(read_fixed("1234,5", true), 12'345'000);
    EXPECT_EQ(read_fixed("12.345", true), 123'450'000);
    EXPECT_EQ(read_fixed("1,5e3", true), 15'000'000);
    EXPECT_EQ(read_fixed("7", true), 70'000);
    EXPECT_EQ(read_fixed(",5", true), 5'000);
    EXPECT_EQ(read_fixed("1,2,3", true), std::nullopt);
    EXPECT_EQ(read_fixed("", true), std::nullopt);
}

TEST(ReadFixed, APointThatPartsNoThousandsIsNotPassedOver) {
    for (const char* text :
         {"12.50", "1,234.56", "1234.567", "0.125", "-0.125", ".125", ".5", "1.2345", "1.23.456",
          "1.234.56", "12 50", "1  234", "1.234,56.7", "1.", "1e3.5", ".", " ", "-", "--5"}) {
        EXPECT_EQ(read_fixed(text, true), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace filrouge::files
