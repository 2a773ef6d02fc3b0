// What holds for every question alike: it ends when it is cancelled, and when it would take more
// memory than it may.
#include <gtest/gtest.h>

#include <functional>

#include "query/attribution.h"
#include "query/features.h"
#include "query/flows.h"
#include "query/funnel.h"
#include "query/metric.h"
#include "query/purchases.h"
#include "query/retention.h"
#include "query/share.h"
#include "query/town_for_test.h"

namespace filrouge::query {
namespace {

using namespace test;

struct Asked {
    const char* what;
    bool takes_memory;  // that grows with the data
    std::function<Result<void>(query::Run&)> ask;
};

template <class T>
Result<void> only_error(const Result<T>& result) {
    return result.ok() ? Result<void>() : Result<void>(result.error());
}

std::vector<Asked> questions(Town& town, Groups& groups) {
    const Town::Matched any = town.event("*");
    const auto& steps = town.compile("A then B");
    FunnelQuestion f;
    f.compiled = &steps;
    f.sequence = steps.sequences[0];
    FlowQuestion flow;
    flow.compiled = any.compiled;
    flow.start = any.event;
    PurchaseQuestion p;
    p.compiled = any.compiled;
    p.purchase = any.event;
    AttributionQuestion a;
    a.compiled = any.compiled;
    a.conversion = town.event("A").event;
    a.groups = &groups;
    a.by = Dimension(DimensionKind::Channel, {}, groups);
    a.paths = true;
    static const std::vector<std::int64_t> kPeriods = {kTownFromUs, kTownFromUs + kTownSpanUs};
    RetentionQuestion back;
    back.compiled = any.compiled;
    back.first = back.again = any.event;
    back.periods = kPeriods;
    MetricQuestion m;
    m.compiled = any.compiled;
    m.measures = {{any.event, ValueOf::Revenue, {}, DimensionKind::None, {}}};
    CrossQuestion cross;
    cross.compiled = any.compiled;
    cross.purchase = cross.touch = any.event;
    const history::View& v = town.view();
    const Scope s;
    return {
        {"funnel", false, [=, &v](query::Run& r) { return only_error(funnel(v, s, f, r)); }},
        {"transitions", true,
         [=, &v](query::Run& r) { return only_error(transitions(v, s, NodeOf::Name, false, r)); }},
        {"flows", true, [=, &v](query::Run& r) { return only_error(flows(v, s, flow, r)); }},
        {"purchases", true, [=, &v](query::Run& r) { return only_error(purchases(v, s, p, r)); }},
        {"retention", true,
         [=, &v](query::Run& r) { return only_error(retention(v, s, back, r)); }},
        {"metric", true, [=, &v](query::Run& r) { return only_error(metric(v, s, m, r)); }},
        {"cross_channel", false,
         [=, &v](query::Run& r) { return only_error(cross_channel(v, s, cross, r)); }},
        {"share_by_touched", false,
         [=, &v](query::Run& r) { return only_error(share_by_touched(v, s, Purchases{}, r)); }},
        {"attribution", true,
         [=, &v](query::Run& r) { return only_error(attribution(v, s, a, r)); }},
    };
}

TEST(EveryQuestion, EndsWhenCancelled) {
    Town town(4);
    Groups groups;
    for (const Asked& q : questions(town, groups)) {
        query::Run run;
        run.cancel();
        const auto answer = q.ask(run);
        ASSERT_FALSE(answer.ok()) << q.what;
        EXPECT_EQ(answer.error().code, "query.cancelled") << q.what;
    }
}

TEST(EveryQuestion, EndsBeforeItTakesMoreMemoryThanItMay) {
    Town town(4);
    Groups groups;
    for (const Asked& q : questions(town, groups)) {
        query::Run small(10), large;
        EXPECT_TRUE(q.ask(large).ok()) << q.what;
        const auto answer = q.ask(small);
        ASSERT_EQ(answer.ok(), !q.takes_memory) << q.what;
        if (q.takes_memory) {
            EXPECT_EQ(answer.error().code, "query.too_large") << q.what;
        }
    }
}

// Else who has a value past the bound is told as one without, and who that is goes by chance.
TEST(EveryQuestion, OfMoreValuesThanAreToldApartSaysSo) {
    Town town(4);
    Groups full;
    for (std::int64_t i = 0; i < kGroupsMax; ++i)
        full.number({history::CellKind::Number, 1'000 + i});
    const Dimension by(DimensionKind::Channel, {}, full);
    const Town::Matched any = town.event("*");
    const auto& steps = town.compile("A then B");
    FunnelQuestion f;
    f.compiled = &steps;
    f.sequence = steps.sequences[0];
    f.by = by;
    f.groups = &full;
    const std::vector<std::int64_t> periods = {kTownFromUs, kTownFromUs + kTownSpanUs};
    RetentionQuestion back;
    back.compiled = any.compiled;
    back.first = back.again = any.event;
    back.periods = periods;
    back.by = by;
    back.groups = &full;
    FeatureQuestion features;
    features.families = {{FeatureKind::Dimension, by, &full}};
    const auto code = [](const auto& answer) { return answer.ok() ? "" : answer.error().code; };
    query::Run run;
    EXPECT_EQ(code(funnel(town.view(), {}, f, run)), "query.too_many_groups");
    EXPECT_EQ(code(retention(town.view(), {}, back, run)), "query.too_many_groups");
    EXPECT_EQ(code(feature_counts(town.view(), {}, features, {}, run)), "query.too_many_groups");
}

}  // namespace
}  // namespace filrouge::query
