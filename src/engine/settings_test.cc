#include "engine/settings.h"

#include <gtest/gtest.h>

#include "engine/edit_distance.h"

namespace filrouge::engine {
namespace {

std::string error_of(std::string_view toml) {
    const auto settings = parse_settings(toml, "filrouge.toml");
    return settings.ok() ? "ok" : settings.error().message;
}

TEST(Settings, AnEmptyFileIsTheDefaults) {
    const auto settings = parse_settings("", "filrouge.toml");
    ASSERT_TRUE(settings.ok());
    EXPECT_EQ(settings.value().port, 8180);
    EXPECT_EQ(settings.value().brands.at(0).time_zone, "Europe/Paris");
    ASSERT_EQ(settings.value().purposes.size(), 10u);
    for (const PurposeSetting& purpose : settings.value().purposes) {
        EXPECT_EQ(purpose.basis == LegalBasis::Contract, purpose.name == "service");
        const bool advertising =
            purpose.name.starts_with("marketing.") || purpose.name == "profiling";
        EXPECT_EQ(purpose.gpc_denies, advertising) << purpose.name;
    }
}

TEST(Settings, EverySettingIsRead) {
    const auto read = parse_settings(R"(
[server]
listen = "0.0.0.0"
port = 443
tls_certificate = "a.pem"
tls_key = "b.pem"
io_threads = 4
private_webhooks = true
[brand]
time_zone = "Europe/Brussels"
currency = "chf"
phone_country_code = "32"
[collect]
late_event_days_max = 3
dedupe_days = 14
quarantine_days = 60
bot_events_in_10s = 500
contract_for_orders = false
[engine]
group_commit_us = 500
snapshot_seconds = 30
fold_lag_seconds_max = 9
free_disk_bytes_min = 1048576
free_disk_percent_min = 2
queue_bytes_max = 1073741824
[[purpose]]
name = "research"
basis = "legitimate_interest"
gpc_denies = true
categories = ["Research", "C0009"]
[[purpose]]
name = "measurement"
basis = "legitimate_interest"
[[source]]
id = "till"
channel = "store"
write_key = "wk_Till-1"
basis = "contract"
strict = true
properties = ["till_roll", "coupon_colour"]
default_purpose = "research"
[[identity]]
type = "email"
per_person_max = 7
blocked = ["@shop.example"]
)",
                                     "filrouge.toml");
    ASSERT_TRUE(read.ok()) << read.error().message;
    const Settings& s = read.value();
    EXPECT_EQ(s.listen + std::to_string(s.port), "0.0.0.0443");
    EXPECT_EQ(s.tls_certificate + s.tls_key, "a.pemb.pem");
    EXPECT_EQ(s.io_threads, 4u);
    EXPECT_TRUE(s.private_webhooks);
    ASSERT_EQ(s.brands.size(), 1u);
    const BrandSetting& brand = s.brands.front();
    EXPECT_EQ(brand.id + brand.time_zone + brand.currency + brand.phone_country_code,
              "Europe/Brusselschf32");
    EXPECT_EQ(s.late_event_days_max, 3u);
    EXPECT_EQ(s.dedupe_days, 14u);
    EXPECT_EQ(s.quarantine_days, 60u);
    EXPECT_EQ(s.bot_events_in_10s, 500u);
    EXPECT_FALSE(s.contract_for_orders);
    EXPECT_EQ(s.group_commit_us, 500u);
    EXPECT_EQ(s.snapshot_seconds, 30u);
    EXPECT_EQ(s.fold_lag_seconds_max, 9u);
    EXPECT_EQ(s.queue_bytes_max, 1u << 30);
    EXPECT_EQ(s.free_disk_bytes_min, 1u << 20);
    EXPECT_EQ(s.free_disk_percent_min, 2u);
    ASSERT_EQ(s.purposes.size(), 11u);
    EXPECT_EQ(s.purposes[0].basis, LegalBasis::LegitimateInterest) << "a built-in one, said anew";
    EXPECT_EQ(s.purposes[10].name, "research");
    EXPECT_EQ(s.purposes[10].categories.at(1), "C0009");
    ASSERT_EQ(s.sources.size(), 1u);
    EXPECT_EQ(s.sources[0].name, "till");
    EXPECT_TRUE(s.sources[0].strict);
    EXPECT_EQ(s.sources[0].properties.at(1), "coupon_colour");
    EXPECT_EQ(error_of("[[source]]\nid = \"web\"\nproperties = [\"a\"]"),
              "filrouge.toml:1: the source 'web' declares properties and is not strict: it keeps "
              "all of them.");
    ASSERT_EQ(s.identity.size(), 1u);
    EXPECT_EQ(s.identity[0].per_person_max, 7);
}

TEST(Settings, AGroupHasABrandForEachOfItsShops) {
    const auto read = parse_settings(R"(
[[brand]]
id = "coats"
name = "Coats of Lyon"
time_zone = "Europe/Paris"
[[brand]]
id = "hats"
currency = "USD"
phone_country_code = "1"
time_zone = "America/New_York"
[[source]]
id = "web-hats"
brand = "hats"
)",
                                     "filrouge.toml");
    ASSERT_TRUE(read.ok()) << read.error().message;
    const Settings& s = read.value();
    ASSERT_EQ(s.brands.size(), 2u);
    EXPECT_EQ(s.brands[0].name, "Coats of Lyon");
    EXPECT_EQ(s.brands[0].currency, "EUR");
    EXPECT_EQ(s.brands[1].name, "hats");
    EXPECT_EQ(s.brand("hats").phone_country_code, "1");
    EXPECT_EQ(s.sources.at(0).brand, "hats");

    const std::string two = "[[brand]]\nid = \"a\"\n[[brand]]\nid = \"b\"\n";
    EXPECT_EQ(error_of("[[brand]]\nname = \"A\""), "filrouge.toml:1: a [[brand]] needs an id.");
    EXPECT_EQ(error_of(two + "[[brand]]\nid = \"a\""),
              "filrouge.toml:5: the brand 'a' stands twice.");
    EXPECT_EQ(error_of(two + "[[source]]\nid = \"web\""),
              "filrouge.toml:5: there are several brands, and the source 'web' does not say whose "
              "it is: add brand = \"a\".");
    EXPECT_EQ(
        error_of(two + "[[source]]\nid = \"web\"\nbrand = \"c\""),
        "filrouge.toml:5: the source 'web' names the brand 'c', which no [[brand]] declares.");
}

TEST(Settings, AMistakeIsNamedWithItsLineAndTheWayOut) {
    EXPECT_EQ(error_of("[server]\nprot = 1"),
              "filrouge.toml:2: unknown setting 'prot' in [server]; did you mean 'port'?");
    EXPECT_EQ(error_of("[sever]\nport = 1"),
              "filrouge.toml:1: unknown section 'sever'; did you mean 'server'?");
    EXPECT_EQ(error_of("[server]\nzzzzzz = 1"),
              "filrouge.toml:2: unknown setting 'zzzzzz' in [server]");
    EXPECT_EQ(error_of("port = 1"), "filrouge.toml:1: unknown section 'port'");
    EXPECT_EQ(error_of("[[source]]\nid='a'\nwritekey='k'"),
              "filrouge.toml:3: unknown setting 'writekey' in [source]; did you mean 'write_key'?");
    EXPECT_EQ(error_of("[server]\nport = \"8180\""),
              "filrouge.toml:2: server.port must be a whole number.");
    EXPECT_EQ(error_of("[server]\nport = 70000"),
              "filrouge.toml:2: server.port is 70000; it must be from 1 to 65535.");
    EXPECT_EQ(error_of("[brand]\ncurrency = \"euro\""),
              "filrouge.toml:2: brand.currency must be three letters such as EUR.");
    EXPECT_EQ(error_of("[collect]\ncontract_for_orders = 1"),
              "filrouge.toml:2: collect.contract_for_orders must be true or false.");
    EXPECT_EQ(error_of("[source]\nid='a'"),
              "filrouge.toml:1: [[source]] is a list: write double brackets.");
    EXPECT_EQ(error_of("[[source]]\nname='a'"), "filrouge.toml:1: a [[source]] needs an id.");
    EXPECT_EQ(error_of("[[source]]\nid='a'\n[[source]]\nid='a'"),
              "filrouge.toml:3: the source 'a' stands twice.");
    EXPECT_EQ(error_of("[[source]]\nid='a'\nchannel='nowhere'"),
              "filrouge.toml:3: source.channel must be a channel such as web, app or store.");
    EXPECT_EQ(error_of("[[source]]\nid='a'\ndefault_purpose='other'"),
              "filrouge.toml:1: the source 'a' names the purpose 'other', which no [[purpose]] "
              "declares.");
    EXPECT_EQ(error_of("[[identity]]\ntype='phone'\nblocked=['+33 1 23 45 67 89', '12']"),
              "filrouge.toml:1: identity.blocked of the type 'phone': its value 2 can be none of "
              "that type, and no event would bring it.");
    EXPECT_EQ(error_of("[[identity]]\ntype='email'\nblocked=['@shop']"),
              "filrouge.toml:1: identity.blocked of the type 'email': its value 1 can be none of "
              "that type, and no event would bring it.");
    EXPECT_EQ(error_of("[[identity]]\ntype='user_id'\nblocked=['@shop', '1000']"), "ok");
    EXPECT_EQ(error_of("[[identity]]\ntype='soul'"),
              "filrouge.toml:2: identity.type must be an identifier type such as email or "
              "loyalty_card.");
    EXPECT_EQ(
        error_of("[server]\n\ntls_key='a'"),
        "filrouge.toml:1: server.tls_certificate and server.tls_key go together: set both, or "
        "neither.");
    EXPECT_EQ(error_of("[collect]\ndedupe_days=3").substr(0, 42),
              "filrouge.toml:1: collect.dedupe_days is 3,");
    EXPECT_EQ(error_of("[server\nport=1").substr(0, 16), "filrouge.toml:1:");
}

TEST(Settings, TermsOfPersonsAndEventsAreReadAndHalfOnesAreRefused) {
    const auto read = parse_settings(R"(
[retention]
days = 900
sweep_at = "03:30"
[[retention.persons]]
who = "customer"
days = 1825
[[retention.events]]
names = ["Page Viewed", "Product Viewed"]
purpose = "measurement"
days = 760
)",
                                     "f");
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(read.value().retention_days, 900u);
    EXPECT_EQ(read.value().sweep_at, "03:30");
    ASSERT_EQ(read.value().person_terms.size(), 1u);
    EXPECT_EQ(read.value().person_terms[0].days, 1'825u);
    ASSERT_EQ(read.value().event_terms.size(), 1u);
    EXPECT_EQ(read.value().event_terms[0].names.at(1), "Product Viewed");
    EXPECT_EQ(read.value().event_terms[0].purpose, "measurement");

    EXPECT_EQ(error_of("[retention]\nsweep_at = '24:00'"),
              "filrouge.toml:2: retention.sweep_at must be a time of the day such as 03:30, or "
              "nothing.");
    EXPECT_EQ(error_of("[[retention.persons]]\nwho = 'visitor'"),
              "filrouge.toml:2: retention.persons.who must be customer or prospect.");
    EXPECT_EQ(error_of("[[retention.persons]]\ndays = 3"),
              "filrouge.toml:1: a [[retention.persons]] says who: customer or prospect.");
    EXPECT_EQ(error_of("[[retention.persons]]\nwho='customer'\n[[retention.persons]]\n"
                       "who='customer'"),
              "filrouge.toml:3: the persons 'customer' stand twice.");
    EXPECT_EQ(error_of("[[retention.events]]\ndays = 3"),
              "filrouge.toml:1: a [[retention.events]] needs days, and names or a purpose.");
    EXPECT_EQ(error_of("[[retention.events]]\ndays = 0\nnames=['a']"),
              "filrouge.toml:2: retention.events.days is 0; it must be from 1 to 36500.");
    EXPECT_EQ(error_of("[[retention.events]]\ndays = 3\npurpose='fun'"),
              "filrouge.toml:1: a [[retention.events]] names the purpose 'fun', which no "
              "[[purpose]] declares.");
    std::string many = "[[retention.events]]\ndays = 3\nnames = [";
    for (std::size_t i = 0; i <= kTermedNamesMax; ++i) many += "'e" + std::to_string(i) + "',";
    EXPECT_EQ(error_of(many + "]"),
              "filrouge.toml:1: there are more than 64 names with a term of their own.");
}

TEST(Settings, ThereAreAtMost32Purposes) {
    std::string toml;
    for (int i = 0; i < 22; ++i) toml += "[[purpose]]\nname='p" + std::to_string(i) + "'\n";
    EXPECT_EQ(error_of(toml), "ok");
    EXPECT_EQ(error_of(toml + "[[purpose]]\nname='one-more'\n"),
              "filrouge.toml:45: there are more than 32 purposes.");
}

TEST(Settings, TheFirstFileSaysTheDefaultsAndIsRead) {
    std::string file = default_settings_file();
    EXPECT_TRUE(parse_settings(file, "f").ok());
    // What is commented out is the default: said aloud it changes nothing.
    std::string aloud;
    for (std::size_t at = 0; at < file.size();) {
        const std::size_t end = file.find('\n', at);
        std::string line = file.substr(at, end - at);
        if (line.find("[[") != line.npos) break;
        if (line.starts_with("# ") && line.find(" = ") != line.npos) line.erase(0, 2);
        aloud += line + "\n";
        at = end + 1;
    }
    const auto read = parse_settings(aloud, "f");
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(read.value().queue_bytes_max, Settings{}.queue_bytes_max);
}

TEST(Settings, TheTableTellsEverySetting) {
    const std::string table = settings_table();
    for (const char* name : {"server.port", "brand.time_zone", "collect.late_event_days_max",
                             "engine.queue_bytes_max", "purpose.categories", "source.write_key",
                             "source.brand", "identity.blocked", "1 to 65535", "an IP address"}) {
        EXPECT_NE(table.find(name), std::string::npos) << name;
    }
}

TEST(Settings, DistancesAreThoseOfTyping) {
    EXPECT_EQ(edit_distance("port", "port"), 0u);
    EXPECT_EQ(edit_distance("prot", "port"), 1u);
    EXPECT_EQ(edit_distance("", "abc"), 3u);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
}

}  // namespace
}  // namespace filrouge::engine
