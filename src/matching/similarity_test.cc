// Comparators and spelling: values as their authors publish them, and laws over random texts.
#include "matching/similarity.h"

#include <gtest/gtest.h>

#include "matching/data_for_test.h"
#include "matching/levels.h"
#include "matching/people_for_test.h"

namespace filrouge::matching {
namespace {

using namespace test;

std::u16string random_text(Chance& chance, std::size_t letters) {
    std::u16string out;
    for (std::size_t n = chance.below(letters + 1); n > 0; --n)
        out += static_cast<char16_t>(u'a' + chance.below(4));
    return out;
}

TEST(JaroWinkler, GivesThePublishedValues) {  // Winkler 1994, table of examples
    EXPECT_NEAR(jaro_winkler(u"martha", u"marhta"), 0.961, 0.0005);
    EXPECT_NEAR(jaro_winkler(u"dwayne", u"duane"), 0.840, 0.0005);
    EXPECT_NEAR(jaro_winkler(u"dixon", u"dicksonx"), 0.813, 0.0005);
    EXPECT_NEAR(jaro_winkler(u"jones", u"johnson"), 0.832, 0.0005);
    EXPECT_EQ(jaro_winkler(u"abc", u"xyz"), 0);
    EXPECT_EQ(jaro_winkler(u"", u""), 1);
    EXPECT_EQ(jaro_winkler(u"a", u""), 0);
}

TEST(JaroWinkler, IsSymmetricAndOneForEqualTextsAlone) {
    const std::uint64_t seed = test_seed(1);
    Chance chance(seed);
    for (int i = 0; i < 20'000; ++i) {
        const std::u16string a = random_text(chance, 10), b = random_text(chance, 10);
        const double s = jaro_winkler(a, b);
        ASSERT_NEAR(s, jaro_winkler(b, a), 1e-12) << repeat(seed);
        ASSERT_GE(s, 0) << repeat(seed);
        ASSERT_EQ(s == 1, a == b) << repeat(seed);
    }
}

// Straight from the definition, without rows or bounds.
std::size_t edits_by_definition(std::u16string_view a, std::u16string_view b) {
    if (a.empty() || b.empty()) return a.size() + b.size();
    const std::u16string_view a1 = a.substr(1), b1 = b.substr(1);
    if (a[0] == b[0]) return edits_by_definition(a1, b1);
    std::size_t best = std::min(
        {edits_by_definition(a1, b), edits_by_definition(a, b1), edits_by_definition(a1, b1)});
    if (a.size() > 1 && b.size() > 1 && a[0] == b[1] && a[1] == b[0])
        best = std::min(best, edits_by_definition(a.substr(2), b.substr(2)));
    return best + 1;
}

TEST(Edits, AreThoseOfTheDefinitionUpToTheBound) {
    const std::uint64_t seed = test_seed(1);
    Chance chance(seed);
    for (int i = 0; i < 3'000; ++i) {
        const std::u16string a = random_text(chance, 6), b = random_text(chance, 6);
        const std::size_t most = chance.below(5);
        ASSERT_EQ(edits(a, b, most), std::min(edits_by_definition(a, b), most + 1)) << repeat(seed);
    }
}

TEST(Spelling, DropsCaseAccentsAndWhatStandsBetweenLetters) {
    EXPECT_EQ(spelled(FieldKind::GivenName, "Jean-François"), u"jeanfrancois");
    EXPECT_EQ(spelled(FieldKind::Surname, " O’Brien "), u"obrien");
    EXPECT_EQ(spelled(FieldKind::Surname, "Weiß"), u"weiss");
    EXPECT_EQ(spelled(FieldKind::Surname, "SØRENSEN"), u"sorensen");
    EXPECT_EQ(spelled(FieldKind::Surname, "Иванова"), u"иванова");
    EXPECT_EQ(spelled(FieldKind::Street, "12, rue de l'Église"), u"12 rue de l eglise");
    EXPECT_EQ(spelled(FieldKind::Postcode, "SW1A 1AA"), u"sw1a1aa");
    EXPECT_EQ(spelled(FieldKind::Email, " Eve@Example.COM "), u"eve@example.com");
    EXPECT_EQ(spelled(FieldKind::Phone, "+33 6 12.34"), u"3361234");
    EXPECT_EQ(spelled(FieldKind::GivenName, "-- "), u"");
    EXPECT_EQ(spelled(FieldKind::Surname, "\xff\xfe"), u"");
    EXPECT_EQ(spelled(FieldKind::Other, std::string(5'000, 'x')).size(), kLettersMax);
}

TEST(Spelling, ReadsDatesAsPeopleAndMachinesWriteThem) {
    for (const char* text : {"1971-06-04", "19710604", "04/06/1971", "4.6.1971", "1971/6/4",
                             "1971-06-04T00:00:00Z", " 1971-06-04 00:00"})
        EXPECT_EQ(spelled(FieldKind::Date, text), u"19710604") << text;
    for (const char* text : {"", "June 1971", "1971", "04/06/71", "1-2-3-4", "123/1/1971"})
        EXPECT_EQ(spelled(FieldKind::Date, text), u"") << text;
}

TEST(Spelling, NearSpellingsMeetUnderALooseKey) {
    const auto key = [](FieldKind kind, const char* text) {
        return loose_key(kind, spelled(kind, text));
    };
    EXPECT_EQ(key(FieldKind::Surname, "Robert"), u"r163");  // the examples of the National Archives
    EXPECT_EQ(key(FieldKind::Surname, "Rupert"), u"r163");
    EXPECT_EQ(key(FieldKind::Surname, "Ashcraft"), u"a261");
    EXPECT_EQ(key(FieldKind::Surname, "Tymczak"), u"t522");
    EXPECT_EQ(key(FieldKind::Date, "1971-06-04"), u"1971");
    EXPECT_EQ(key(FieldKind::Email, "eve@x.example"), u"eve");
    EXPECT_EQ(key(FieldKind::Phone, "0612345678"), key(FieldKind::Phone, "+33612345678"));
    EXPECT_EQ(key(FieldKind::Town, ""), u"");
}

std::string_view level_name(FieldKind kind, const char* a, const char* b) {
    return levels_of(kind)[compare(kind, spelled(kind, a), spelled(kind, b)) - 1u];
}

TEST(Levels, TellHowFarValuesAgree) {
    EXPECT_EQ(level_name(FieldKind::Date, "1971-06-04", "1971-04-06"),
              "one slip, or day and month swapped");
    EXPECT_EQ(level_name(FieldKind::Date, "1971-06-04", "1917-06-04"),
              "one slip, or day and month swapped");
    EXPECT_EQ(level_name(FieldKind::Date, "1971-06-04", "1958-06-04"),
              "two of year, month and day");
    EXPECT_EQ(level_name(FieldKind::Date, "1971-06-04", "1972-07-04"),
              "two slips, or one part and nearly another");
    EXPECT_EQ(level_name(FieldKind::Date, "1995-02-01", "1992-02-29"),
              "two slips, or one part and nearly another");
    EXPECT_EQ(level_name(FieldKind::Date, "1971-06-04", "1988-12-30"), "different");
    EXPECT_EQ(level_name(FieldKind::Email, "eve@a.example", "eve@b.test"), "same local part");
    EXPECT_EQ(level_name(FieldKind::Email, "eve.d@a.example", "eve.b@a.exampel"),
              "one or two slips");
    EXPECT_EQ(level_name(FieldKind::Phone, "+33612345678", "06 12 34 56 78"),
              "same last eight digits");
    EXPECT_EQ(level_name(FieldKind::Postcode, "75011", "75101"), "one slip");
    EXPECT_EQ(level_name(FieldKind::Postcode, "75011", "75020"), "same area");
    EXPECT_EQ(level_name(FieldKind::GivenName, "Catherine", "Katherine"), "near");
    EXPECT_EQ(level_name(FieldKind::Surname, "Martin", "Wozniak"), "different");
    EXPECT_TRUE(swapped(u"claude", u"martin", u"martin", u"claude"));
    EXPECT_TRUE(swapped(u"claude", u"martin", u"martinn", u"claude"));
    EXPECT_FALSE(swapped(u"claude", u"martin", u"claude", u"martin"));
}

TEST(Levels, EachKindGivesOnlyLevelsThatHaveAName) {
    const std::uint64_t seed = test_seed(1);
    Chance chance(seed);
    for (const FieldKindRow& row : kFieldKinds) {
        for (int i = 0; i < 500; ++i) {
            const bool dates = row.kind == FieldKind::Date;
            const auto text = [&] {
                return dates ? spelled(row.kind, People(chance.next(), 1).person()[2])
                             : random_text(chance, 9);
            };
            const std::u16string a = text(), b = text();
            if (a.empty() || b.empty() || a == b) continue;
            const Level level = compare(row.kind, a, b);
            ASSERT_GT(level, kEqual) << row.name << repeat(seed);
            ASSERT_LE(level, levels_of(row.kind).size()) << row.name << repeat(seed);
            ASSERT_EQ(level, compare(row.kind, b, a)) << row.name << repeat(seed);
        }
    }
}

}  // namespace
}  // namespace filrouge::matching
