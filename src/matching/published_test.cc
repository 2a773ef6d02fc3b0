// The public sets of ../shared/data/record-linkage, unsupervised, beside what SOURCE.md says others
// reach. Nothing is tuned to them: field kinds and defaults only.
#include <gtest/gtest.h>

#include <cstdio>

#include "matching/data_for_test.h"

namespace filrouge::matching {
namespace {

using namespace test;

struct Set {
    Records records;
    std::vector<std::string> truth;
    void add(const std::vector<std::string>& values, const std::string& who,
             Side side = Side::First) {
        ASSERT_TRUE(
            records.add(std::vector<std::string_view>(values.begin(), values.end()), side).ok());
        truth.push_back(who);
    }
};

void print(const char* what, const Matches& got, const Expected& at, const Score& is,
           const char* published) {
    std::printf(
        "%s: F1 %.4f (precision %.4f, recall %.4f); expected %.4f and %.4f from probability %.3f "
        "on; %llu pairs compared, %.0f matches expected, %.4f of them met. %s\n",
        what, is.f1, is.precision, is.recall, at.precision, at.recall, at.probability,
        static_cast<unsigned long long>(got.compared), got.expected, got.met, published);
}

class Published : public testing::Test {
  protected:
    void SetUp() override {
        folder_ = data_folder("record-linkage");
        if (folder_.empty()) GTEST_SKIP() << "absent: no ../shared/data/record-linkage";
    }
    std::string folder_;
};

TEST_F(Published, Febrl4WithoutItsNumberIsLinked) {
    Set set{Records::open({{"given_name", FieldKind::GivenName},
                           {"surname", FieldKind::Surname},
                           {"street_number", FieldKind::Other},
                           {"address_1", FieldKind::Street},
                           {"address_2", FieldKind::Street},
                           {"suburb", FieldKind::Town},
                           {"postcode", FieldKind::Postcode},
                           {"state", FieldKind::Other},
                           {"date_of_birth", FieldKind::Date}})
                .value(),
            {}};
    for (const Side side : {Side::First, Side::Second}) {
        const std::string file = side == Side::First ? "/febrl4a.csv.gz" : "/febrl4b.csv.gz";
        for (const std::vector<std::string>& row : rows_of(folder_ + file)) {
            const std::string who = row[0].substr(4, row[0].find('-', 4) - 4);
            set.add({row.begin() + 1, row.begin() + 10}, who, side);
        }
    }
    MatchOptions options;
    options.between = options.one_to_one = true;
    const Matches got = match(set.records, options).value();
    const Expected at = at_best_f1(got);
    const Score is = score(got.pairs, at.pairs, set.truth);
    print("FEBRL4", got, at, is, "Hand-set weights, best threshold: 0.9967");
    EXPECT_GE(is.f1, 0.997);
}

// The file has two parts of either name, and year, month and day. What to make fields of is the
// caller's choice, so all four are printed. Names told whole, and the date as it is kept: a second
// name that one record alone has is then a difference and no missing value, and year, month and day
// err one by one.
struct Mapping {
    bool whole_names, whole_date;
};
Set rldata500(const std::string& folder, Mapping as) {
    std::vector<Field> fields = {{"first name", FieldKind::GivenName}};
    if (!as.whole_names) fields.push_back({"second first name", FieldKind::GivenName});
    fields.push_back({"surname", FieldKind::Surname});
    if (!as.whole_names) fields.push_back({"second surname", FieldKind::Surname});
    if (as.whole_date) fields.push_back({"born", FieldKind::Date});
    for (const char* part : {"year", "month", "day"}) {
        if (!as.whole_date) fields.push_back({part, FieldKind::Other});
    }
    Set out{Records::open(fields).value(), {}};
    for (const std::vector<std::string>& row : rows_of(folder + "/RLdata500.csv")) {
        std::vector<std::string> values(row.begin(), row.begin() + 4);
        if (as.whole_names) values = {row[0] + " " + row[1], row[2] + " " + row[3]};
        if (as.whole_date)
            values.push_back(row[4] + "-" + row[5] + "-" + row[6]);
        else
            values.insert(values.end(), row.begin() + 4, row.begin() + 7);
        out.add(values, row[8]);
    }
    return out;
}

TEST_F(Published, Rldata500IsFreedOfItsDuplicates) {
    for (const Mapping as : {Mapping{false, true}, {true, true}, {false, false}, {true, false}}) {
        const Set set = rldata500(folder_, as);
        const bool best = as.whole_names && !as.whole_date;
        // The seed draws the pairs that stand for strangers: nothing may hang on it.
        for (std::uint64_t seed = 1; seed <= (best ? 3u : 1u); ++seed) {
            MatchOptions options;
            options.seed = seed;
            const Matches got = match(set.records, options).value();
            const Expected at = at_best_f1(got);
            const Score is = score(got.pairs, at.pairs, set.truth);
            EXPECT_GE(is.f1, best ? 1.0 : 0.98) << "seed " << seed;
            if (seed != 1) continue;
            std::printf("%s, %s. ", as.whole_names ? "whole names" : "names in parts",
                        as.whole_date ? "whole date" : "year, month and day");
            print("RLdata500", got, at, is,
                  "Hand-set weights: 1.000; EpiLink: errors 0 and 0.0028 (package vignettes)");
        }
    }
}

TEST_F(Published, Fake1000IsFreedOfItsDuplicates) {
    Set set{Records::open({{"first_name", FieldKind::GivenName},
                           {"surname", FieldKind::Surname},
                           {"dob", FieldKind::Date},
                           {"city", FieldKind::Town},
                           {"email", FieldKind::Email}})
                .value(),
            {}};
    for (const std::vector<std::string>& row : rows_of(folder_ + "/fake_1000.csv"))
        set.add({row.begin() + 1, row.begin() + 6}, row[6]);
    const Matches got = match(set.records, {}).value();
    const Expected at = at_best_f1(got);
    const Score is = score(got.pairs, at.pairs, set.truth);
    print("fake_1000", got, at, is, "Hand-set weights, best threshold: 0.827");
    EXPECT_GE(is.f1, 0.84);
    // What an automatic run takes, and what identity makes of it.
    const Expected sure = at_precision(got, 0.99);
    print("fake_1000 at 0.99", got, sure, score(got.pairs, sure.pairs, set.truth), "");
    const std::vector<Pair> pairs = tied(got.pairs, sure.pairs, set.records.rows());
    print("fake_1000 at 0.99, tied", got, sure, score(pairs, pairs.size(), set.truth), "");
}

}  // namespace
}  // namespace filrouge::matching
