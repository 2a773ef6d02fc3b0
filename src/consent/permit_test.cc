#include "consent/permit.h"

#include <gtest/gtest.h>

#include <type_traits>

namespace filrouge::consent {
namespace {

static_assert(!std::is_default_constructible_v<Permit> &&
                  !std::is_constructible_v<Permit, PersonNo, BrandNo, std::uint8_t, ContactChannel,
                                           EventTime, Ground>,
              "nobody but the gate makes a permit");

// Monday 23 November 2026, noon.
constexpr LocalTime kNoon{1'795'435'200'000'000};

Purposes shop() {
    Purposes purposes;
    purposes.list = {{"marketing.email", LegalBasis::Consent, true, {}},
                     {"marketing.sms", LegalBasis::Consent, true, {}},
                     {"marketing.call", LegalBasis::Consent, true, {}},
                     {"service.email", LegalBasis::Contract, false, {}}};
    purposes.list[0].channel = ContactChannel::Email;
    purposes.list[0].soft_opt_in = true;
    purposes.list[1].channel = ContactChannel::Sms;
    purposes.list[2].channel = ContactChannel::Phone;
    purposes.list[3].channel = ContactChannel::Email;
    return purposes;
}

PermitQuestion question(std::uint8_t purpose, ContactChannel channel, bool granted = true) {
    PermitQuestion q;
    q.person = PersonNo{7};
    q.purpose = purpose;
    q.at = {kNoon.us};
    if (granted) q.standing.granted = PurposeSet{}.with(purpose);
    q.wish.channel = channel;
    q.wish.at = kNoon;
    return q;
}
std::string asked(const PermitQuestion& q) {
    const Purposes purposes = shop();
    const ContactRules rules = french_contact_rules();
    const auto permit = ContactGate(purposes, rules).permit(q);
    return permit.ok() ? std::string(name_of(permit.value().ground())) : permit.error().code;
}

TEST(Permit, SaysForWhomForWhatAndWhen) {
    const Purposes purposes = shop();
    const ContactRules rules = french_contact_rules();
    const auto permit =
        ContactGate(purposes, rules).permit(question(0, ContactChannel::Email)).value();
    EXPECT_EQ(permit.person(), PersonNo{7});
    EXPECT_EQ(permit.purpose(), 0);
    EXPECT_EQ(permit.channel(), ContactChannel::Email);
    EXPECT_EQ(permit.at(), (EventTime{kNoon.us}));
    EXPECT_EQ(permit.ground(), Ground::Consent);
}

TEST(Permit, WithoutAYesThereIsNone) {
    EXPECT_EQ(asked(question(0, ContactChannel::Email, false)), "permit.no_consent");
    EXPECT_EQ(asked(question(2, ContactChannel::Phone, false)), "permit.no_consent")
        << "a voice is denied by default";
    EXPECT_EQ(asked(question(9, ContactChannel::Email)), "permit.no_consent");
    PermitQuestion both = question(0, ContactChannel::Email);
    both.standing.refused = both.standing.granted;
    EXPECT_EQ(asked(both), "permit.no_consent");
    EXPECT_EQ(asked(question(3, ContactChannel::Email, false)), "other_basis");
}

TEST(Permit, AConsentToOneChannelIsNoneToAnother) {
    EXPECT_EQ(asked(question(0, ContactChannel::Email)), "consent");
    EXPECT_EQ(asked(question(0, ContactChannel::Sms)), "permit.other_channel");
    EXPECT_EQ(asked(question(1, ContactChannel::Phone)), "permit.other_channel");
    EXPECT_EQ(asked(question(1, ContactChannel::All)), "permit.other_channel");
}

TEST(Permit, ASuppressedAddressIsNotReachedWhateverWasAgreed) {
    PermitQuestion q = question(0, ContactChannel::Email);
    q.suppressed = true;
    EXPECT_EQ(asked(q), "permit.suppressed");
}

TEST(Permit, TheHourIsThePersons) {
    PermitQuestion q = question(1, ContactChannel::Sms);
    EXPECT_EQ(asked(q), "consent");
    q.wish.at = kNoon + hours(8) + minutes(30);
    EXPECT_EQ(asked(q), "permit.not_now");
    const Purposes purposes = shop();
    const ContactRules rules = french_contact_rules();
    EXPECT_EQ(ContactGate(purposes, rules).permit(q).error().hint, "2026-11-24T08:00");
}

TEST(Permit, ACustomerMayBeWrittenToAboutSimilarGoodsUntilTheyRefuse) {
    PermitQuestion q = question(0, ContactChannel::Email, false);
    q.sale = {true, true, true, false};
    EXPECT_EQ(asked(q), "soft_opt_in");
    q.standing.refused = PurposeSet{}.with(0);
    EXPECT_EQ(asked(q), "permit.no_consent");
    PermitQuestion other = question(0, ContactChannel::Email, false);
    other.sale = {true, false, true, false};
    EXPECT_EQ(asked(other), "permit.no_consent");
    PermitQuestion sms = question(1, ContactChannel::Sms, false);
    sms.sale = q.sale;
    EXPECT_EQ(asked(sms), "permit.no_consent") << "the purpose's settings do not say so";
}

}  // namespace
}  // namespace filrouge::consent
