#include "engine/admission.h"

#include <gtest/gtest.h>

#include <limits>

#include "collect/moment.h"
#include "engine/records.h"
#include "fake/fake_random.h"

namespace filrouge::engine {
namespace {

struct Doors {
    Doors() {
        auto view = std::make_shared<DoorView>();
        view->purposes.list = {{"measurement", LegalBasis::Consent, false, {}}};
        view->sources.resize(2);
        for (SourceNo n = 0; n < 2; ++n) {
            view->sources[n].number = n;
            view->sources[n].default_purpose = "measurement";
        }
        views.set(std::move(view));
    }
    bool is_urgent(SourceNo source, bool import, bool consent_change) {
        IngestRequest request;
        request.source = source;
        request.import = import;
        collect::Incoming incoming;
        incoming.consent_change = consent_change;
        incoming.event.kind = EventKind::Track;
        incoming.event.name = "Order Completed";  // kept whatever the consent
        incoming.event.identifiers.push_back({IdentifierType::UserId, "camille", {}});
        if (consent_change) incoming.consents.push_back({"measurement", false});
        request.items.emplace_back(std::move(incoming));
        return admission.prepare(std::move(request), kNow).urgent;
    }

    // The events that are kept, as they are in the log.
    std::vector<Event> kept(std::vector<collect::Incoming> items, bool import = false) {
        IngestRequest request;
        request.source = 1;
        request.import = import;
        for (collect::Incoming& each : items) request.items.emplace_back(std::move(each));
        std::vector<Event> out;
        for (const Prepared& p : admission.prepare(std::move(request), kNow).records) {
            if (!p.is_event) continue;
            EXPECT_TRUE(decode_event_clear(p.record.clear, out.emplace_back()));
        }
        return out;
    }

    static constexpr IngestTime kNow{1'700'000'000'000'000};
    fake::FakeRandom random{1};
    std::unique_ptr<KeyStore> keys = make_memory_key_store(random);
    Directory directory{HashKey{1, 2}};
    ConsentBoard board;
    DoorViews views;
    Admission admission{directory, *keys, board, views, random, HashKey{3, 4}};
};

TEST(Admission, OnlyAChoiceToldToTheApiGoesBeforeEvents) {
    Doors doors;
    EXPECT_TRUE(doors.is_urgent(0, false, true));
    EXPECT_FALSE(doors.is_urgent(0, false, false));
    EXPECT_FALSE(doors.is_urgent(1, false, true)) << "whoever has the public key can send those";
    EXPECT_FALSE(doors.is_urgent(0, true, true)) << "a file holds as many as one likes";
}

collect::Incoming seen(std::vector<Identifier> who, EventTime at = as_event_time(Doors::kNow)) {
    collect::Incoming incoming;
    incoming.event.kind = EventKind::Track;
    incoming.event.name = "Product Viewed";
    incoming.event.at = at;
    incoming.event.identifiers = std::move(who);
    return incoming;
}

// Not even the number of an identifier: a keyed hash of it would stand in the directory for ever.
TEST(Admission, OfWhomNothingIsKeptNothingIsKept) {
    Doors doors;
    const std::uint64_t bytes = doors.directory.bytes();
    for (int i = 0; i < 100; ++i) {
        const std::string visitor = "visitor-" + std::to_string(i);
        EXPECT_TRUE(doors.kept({seen({{IdentifierType::AnonymousId, visitor, {}}})}).empty());
    }
    EXPECT_EQ(doors.directory.next(), 0u);
    EXPECT_EQ(doors.directory.bytes(), bytes);
}

// Somebody nobody had met: an item is judged by what items before it said, and by nothing after.
TEST(Admission, AnUnknownVisitorsYesHoldsForTheItemsBehindIt) {
    Doors doors;
    const std::vector<Identifier> who = {{IdentifierType::AnonymousId, "first-visit", {}}};
    collect::Incoming yes = seen(who);
    yes.event.name = "Consent Updated";
    yes.consent_change = true;
    yes.consents = {{"measurement", true}};
    std::vector<collect::Incoming> items = {seen(who), std::move(yes), seen(who)};
    const std::vector<Event> kept = doors.kept(std::move(items));
    ASSERT_EQ(kept.size(), 2u);
    EXPECT_EQ(kept[0].fragment, kept[1].fragment);
    EXPECT_EQ(doors.directory.next(), 1u);
}

TEST(Admission, WhatOneCustomerAllowsAtATillIsNotTheNextOnes) {
    Doors doors;
    const Identifier till{IdentifierType::Till, "t1", {}};
    collect::Incoming first = seen({{IdentifierType::UserId, "camille", {}}, till});
    first.consents.push_back({"measurement", true});
    const collect::Incoming second = seen({{IdentifierType::UserId, "dominique", {}}, till});
    EXPECT_EQ(doors.kept({first, second}).size(), 1u);
    const collect::Incoming again = seen({{IdentifierType::UserId, "camille", {}}});
    EXPECT_EQ(doors.kept({first, second, again}).size(), 2u) << "what she said holds for her";
}

TEST(Admission, NoImportedEventIsOfTheFutureOrOfBeforeThereWereShopsLikeThis) {
    Doors doors;
    for (const std::int64_t at :
         {std::int64_t{9'000'000'000'000'000'000}, std::numeric_limits<std::int64_t>::max(),
          std::numeric_limits<std::int64_t>::min(), std::int64_t{0}}) {
        collect::Incoming told = seen({{IdentifierType::UserId, "camille", {}}}, EventTime{at});
        told.consents.push_back({"measurement", true});
        const auto kept = doors.kept({told}, true);
        ASSERT_EQ(kept.size(), 1u);
        EXPECT_GE(kept[0].at, collect::kEarliestTime) << at;
        EXPECT_LE(kept[0].at, as_event_time(Doors::kNow)) << at;
    }
}

}  // namespace
}  // namespace filrouge::engine
