#include "engine/admission.h"

#include <gtest/gtest.h>

#include "fake/fake_random.h"

namespace filrouge::engine {
namespace {

struct Doors {
    Doors() {
        auto view = std::make_shared<DoorView>();
        view->purposes.list = {{"measurement", LegalBasis::Consent, false, {}}};
        view->sources.resize(2);
        for (SourceNo n = 0; n < 2; ++n) view->sources[n].number = n;
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
        return admission.prepare(std::move(request), {1'700'000'000'000'000}).urgent;
    }

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

}  // namespace
}  // namespace filrouge::engine
