#include "query/features.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <string>

#include "query/town_for_test.h"

namespace filrouge::query {
namespace {

using namespace test;

constexpr int kTowns = 30;
constexpr DimensionKind kDimensions[] = {DimensionKind::Name, DimensionKind::Channel,
                                         DimensionKind::Product, DimensionKind::Property};

struct Asked {
    explicit Asked(Town& town) {
        property = town.names.number("category");
        for (std::size_t i = 0; i < std::size(kDimensions); ++i) {
            const StringNo key = kDimensions[i] == DimensionKind::Property ? property : StringNo{};
            question.families.push_back(
                {FeatureKind::Dimension, Dimension(kDimensions[i], key, groups[i]), &groups[i]});
        }
        for (const FeatureKind kind :
             {FeatureKind::Weekday, FeatureKind::Hours, FeatureKind::Recency, FeatureKind::Spent})
            question.families.push_back({kind, {}, nullptr});
        question.now = EventTime{kTownFromUs + kTownSpanUs};
        question.currency = audience::test::currency("EUR");
        question.rates = &town.rates;
        const Town::Matched bought = town.event("A");
        question.compiled = bought.compiled;
        question.purchase = bought.event;
    }
    // What a feature is called, whatever its group's number.
    std::string name(const Feature& f) const {
        std::string out = std::to_string(f.family) + "/";
        if (f.family >= std::size(kDimensions)) return out + std::to_string(f.group);
        const Groups::Key key = groups[f.family].key(f.group);
        return out + std::to_string(static_cast<int>(key.kind)) + "/" + std::to_string(key.value);
    }
    Groups groups[4];
    StringNo property;
    FeatureQuestion question;
};

// What each person did, event by event: by feature.
using Deeds = std::map<std::string, double>;
Deeds naive(const Asked& asked, const Town& town, const std::vector<EventRow>& events) {
    Deeds out;
    for (const EventRow& row : events) {
        for (std::size_t i = 0; i < std::size(kDimensions); ++i) {
            const Groups::Key key = key_of(kDimensions[i], asked.property, row);
            if (key.kind == history::CellKind::Missing) continue;
            out[std::to_string(i) + "/" + std::to_string(static_cast<int>(key.kind)) + "/" +
                std::to_string(key.value)] += 1;
        }
        const std::int64_t day = row.at.us / kDayUs;  // no event is before 1970
        out["4/" + std::to_string((day + 3) % 7 + 1)] += 1;
        out["5/" + std::to_string(row.at.us % kDayUs / (6 * kHourUs) + 1)] += 1;
        const std::int64_t ago = std::max<std::int64_t>(0, asked.question.now.us - row.at.us);
        out["6/0"] = std::floor(static_cast<double>(ago) / static_cast<double>(kDayUs));
        if (!audience::fits(*asked.question.compiled, asked.question.purchase, row)) continue;
        const auto euros = row.has_value
                               ? town.rates.convert(row.value, asked.question.currency, row.at)
                               : std::nullopt;
        const bool same = row.has_value && row.value.currency == asked.question.currency;
        out["7/0"] += static_cast<double>(same ? row.value.amount : euros.value_or(0)) / 10'000;
    }
    return out;
}

TEST(Features, AreWhatEachPersonDid) {
    for (std::uint64_t t = 0; t < kTowns; ++t) {
        const std::uint64_t seed = test_seed(t);
        SCOPED_TRACE(repeat(seed));
        Town town(seed, {.persons = 30, .giant = t == 7});
        const Scope scope = town.scope();
        Asked asked(town);
        const std::vector<std::uint64_t> audience = {town.chance.next()};
        query::Run run;
        const auto counts =
            feature_counts(town.view(), scope, asked.question, audience, run).value();
        const auto table =
            feature_table(town.view(), scope, asked.question, counts, 60, 2, 1, run).value();
        std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> wanted;
        std::size_t people = 0;
        for (const auto& [person, events] : town.seen(scope)) {
            if (events.empty()) continue;
            ASSERT_LT(people, counts.people.size());
            EXPECT_EQ(counts.people[people], person);
            const bool inside = person.value < 64 && (audience[0] >> person.value & 1) != 0;
            Deeds deeds = naive(asked, town, events);
            for (const auto& [name, value] : deeds) {
                if (name[0] > '5') continue;
                ++(inside ? wanted[name].first : wanted[name].second);
            }
            for (std::size_t c = 0; c < table.features.size(); ++c)
                ASSERT_NEAR(table.matrix().person(people)[c], deeds[asked.name(table.features[c])],
                            1e-3)
                    << asked.name(table.features[c]);
            ++people;
        }
        EXPECT_EQ(people, counts.people.size());
        EXPECT_EQ(counts.inside + counts.outside, people);
        ASSERT_EQ(counts.features.size(), wanted.size());
        for (std::size_t i = 0; i < counts.features.size(); ++i) {
            const Feature& f = counts.features[i];
            EXPECT_EQ(std::pair(f.inside, f.outside), wanted.at(asked.name(f))) << asked.name(f);
            const Feature& before = counts.features[i == 0 ? 0 : i - 1];
            EXPECT_GE(before.persons(), f.persons());
        }
    }
}

TEST(Features, WantKindsAndSomethingThatIsShared) {
    Town town(4, {.persons = 5});
    query::Run run;
    FeatureQuestion none;
    EXPECT_EQ(feature_counts(town.view(), {}, none, {}, run).error().code, "query.bad_features");
    Asked asked(town);
    asked.question.families.resize(4);  // nothing that everybody has
    const auto counts = feature_counts(town.view(), {}, asked.question, {}, run).value();
    const auto table = feature_table(town.view(), {}, asked.question, counts, 9, 1'000, 1, run);
    ASSERT_FALSE(table.ok());
    EXPECT_EQ(table.error().code, "query.no_features");
    const history::View nothing;
    const auto empty = feature_counts(nothing, {}, asked.question, {}, run).value();
    EXPECT_TRUE(empty.features.empty());
    EXPECT_TRUE(empty.people.empty());
}

}  // namespace
}  // namespace filrouge::query
