// A shop that makes offers to one person, and that person's part. Header only.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <string>

#include "engine/consents.h"
#include "engine/erasing_for_test.h"
#include "engine/offer_desk.h"

namespace filrouge::engine {

constexpr const char* kCanary = "xq7zcanaryv9k";
constexpr const char* kSecret = "mauvefonceq7";  // what the person answers

inline std::string offer_text(const std::string& id,
                              const std::string& on_taking_back = "taken_back") {
    return R"({"id":")" + id +
           R"(","purpose":"measurement","title":{"en":"Tastes","fr":"Goûts"},)"
           R"("benefit":{"en":"A coffee","fr":"Un café"},"code":"CAFE","from":"2020-01-01T00:00:00Z",)"
           R"("to":"2090-01-01T00:00:00Z","on_taking_back":")" +
           on_taking_back +
           R"(","asks":[{"name":"colour","type":"text","required":true,)"
           R"("label":{"en":"Colour","fr":"Couleur"}},{"name":"plan","type":"plan",)"
           R"("label":{"en":"Looking for","fr":"Vous cherchez"}}]})";
}

struct OfferShop : ErasingShop {
    explicit OfferShop(fake::FakeDisk& on, std::uint64_t seed = 1, Duration later = {})
        : ErasingShop(on, seed, later) {}
    void tell_words(const std::string& english = "We may look at what you tell us.") {
        runtime->consents().add_wording(
            "measurement", R"({"texts":{"en":")" + english + R"(","fr":"Nous pouvons le lire."}})",
            [](const Result<std::string>& r) { ASSERT_TRUE(r.ok()) << r.error().message; });
    }
    void makes(const std::string& text) {
        const auto made = runtime->offers().make(text);
        ASSERT_TRUE(made.ok()) << made.error().message;
    }
    std::string code(const Result<std::string>& told) {
        return told.ok() ? "done" : told.error().code;
    }
    Result<std::string> answers(const AnswerFields& fields, const std::string& offer = "tastes",
                                std::uint32_t wording = 1) {
        clock.advance(minutes(1));
        return runtime->offers().tell(id_of(kCanary), {offer, wording, "fr", fields});
    }
    Result<std::string> takes_back(const std::string& line, const std::string& offer = "tastes") {
        clock.advance(minutes(1));
        return runtime->offers().take_back(id_of(kCanary), offer, line);
    }
    std::string profile_of(const std::string& id) {
        const auto told = runtime->profile(id, "measurement", "", 0);
        return told.ok() ? told.value() : R"({"traits":{}})";
    }
    boost::json::object trait(const std::string& name) {
        const boost::json::value profile = boost::json::parse(profile_of(id_of(kCanary)));
        const boost::json::value* found = profile.at("traits").as_object().if_contains(name);
        return found == nullptr ? boost::json::object() : found->as_object();
    }
    boost::json::value offer_of_person(const std::string& id = "tastes") {
        const boost::json::value all =
            boost::json::parse(runtime->offers().of_person(id_of(kCanary), true).value());
        for (const boost::json::value& offer : all.at("offers").as_array()) {
            if (offer.at("id") == boost::json::string_view(id)) return offer;
        }
        return {};
    }
    std::string benefit_state(const std::string& id = "tastes") {
        const boost::json::value offer = offer_of_person(id);
        if (offer.at("benefits").as_array().empty()) return "none";
        return std::string(offer.at("benefits").at(0).at("state").as_string());
    }
    bool is_member(const std::string& audience) {
        return runtime->members(audience, "", 50, 0).value().find(id_of(kCanary)) !=
               std::string::npos;
    }
};

struct OpenShop {
    explicit OpenShop(const std::string& on_taking_back = "taken_back") : shop(disk) {
        shop.tell_words();
        shop.makes(offer_text("tastes", on_taking_back));
        shop.command(&Runtime::create_audience,
                     R"x({"id":"mauve","name":"Mauve","purpose":"measurement",)x"
                     R"x("rule":"trait(colour) = \")x" +
                         std::string(kSecret) + R"x(\""})x");
        shop.tells_all_of(kCanary);
    }
    fake::FakeDisk disk;
    OfferShop shop;
};

}  // namespace filrouge::engine
