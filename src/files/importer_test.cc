#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "files/files_for_test.h"
#include "files/zone.h"

namespace filrouge::files {
namespace {

const std::string kWho = "identifiers = [{type = \"user_id\", column = \"id\"}]\n";
const std::string kSeen = "event = \"Seen\"\n" + kWho;

TEST(Import, ARowBecomesAnEventByItsMap) {
    const auto got = import_text(
        "id,mail,kind,ts,sku,shop,n,cents,vip,since,extra\n"
        "7,Ann@Shop.Example,buy,2017-07-01 "
        "10:00:00,p1,s9,2,1999,yes,2016-02-03,\"{\"\"a\"\":[1,2.5]}\"\n",
        "event = {column = \"kind\", values = {buy = \"Order Completed\"}}\n"
        "identifiers = [{type = \"email\", column = \"mail\"}, {type = \"external_id\", column = "
        "\"id\", prefix = \"crm:\"}, "
        "{type = \"user_id\", column = \"id\"}]\n"
        "time = {column = \"ts\", zone = \"Europe/Paris\"}\n"
        "value = {of = \"cents / 100 * n\", currency = \"eur\"}\nquantity = \"n\"\nproduct = "
        "\"sku\"\nplace = \"shop\"\n"
        "channel = \"till\"\nbasis = \"contract\"\n"
        "consents = [{purpose = \"marketing.email\", column = \"vip\", granted = [\"yes\"], "
        "refused = \"no\"}, "
        "{purpose = \"measurement\", granted = true}]\n"
        "[input.properties]\nvip = {column = \"vip\", type = \"bool\"}\nsince = {column = "
        "\"since\", type = \"date\"}\n"
        "n = {column = \"n\", type = \"number\"}\nextra = {column = \"extra\", type = "
        "\"json\"}\nsku = \"sku\"\n"
        "[input.traits]\nmail = \"mail\"\n");
    ASSERT_EQ(got.error, "");
    ASSERT_EQ(got.items.size(), 1u);
    const Event& e = got.event(0);
    EXPECT_EQ(e.name, "Order Completed");
    EXPECT_EQ(iso_utc_text(e.at.us), "2017-07-01T08:00:00Z");
    EXPECT_EQ(e.value.text(), "39.98 EUR");
    EXPECT_TRUE(e.has_value);
    EXPECT_EQ(e.quantity, 20'000);
    EXPECT_EQ(e.product, "p1");
    EXPECT_EQ(e.place, "s9");
    EXPECT_EQ(e.channel, Channel::Store);
    EXPECT_EQ(e.basis, LegalBasis::Contract);
    EXPECT_EQ(e.flags, kEventImported);
    EXPECT_EQ(got.properties(0),
              R"({"extra":{"a":[1,2.5]},"n":2,"since":"2016-02-03","sku":"p1","vip":true})");
    EXPECT_EQ(got.traits(0), R"({"mail":"Ann@Shop.Example"})");
    ASSERT_EQ(e.identifiers.size(), 3u);
    EXPECT_EQ(e.identifiers[0].value, "7");
    EXPECT_EQ(e.identifiers[1].value, "ann@shop.example");
    EXPECT_EQ(e.identifiers[2].value, "crm:7");
    const auto& consents = got.incoming(0).consents;
    ASSERT_EQ(consents.size(), 2u);
    EXPECT_TRUE(consents[0].granted && consents[0].name == "marketing.email");
}

// Whoever refused and is not heard goes on being contacted.
TEST(Import, ARefusalIsHeardHoweverItIsWrittenAndAnUnknownChoiceIsUnfit) {
    const std::string csv = "id,news\n1,yes\n2,No\n3,NO\n4,no \n5, YES\n6,\n7,nein\n8,-\n";
    const auto choices = [&csv](const std::string& more) {
        const auto got = import_text(
            csv, kSeen +
                     "consents = [{purpose = \"marketing.email\", column = \"news\", granted = "
                     "\"yes\", refused = [\"no\"]" +
                     more + "}]\n");
        EXPECT_EQ(got.error, "");
        std::string out;
        for (const collect::Item& item : got.items) {
            const auto* event = std::get_if<collect::Incoming>(&item);
            if (event == nullptr)
                out += std::get<collect::Unfit>(item).message + ";";
            else
                out += event->consents.empty() ? '.' : event->consents[0].granted ? '+' : '-';
        }
        return out;
    };
    const std::string unknown = ": the column news holds a text that the map gives no choice for;";
    EXPECT_EQ(choices(""), "+---+.rows.csv:8" + unknown + "rows.csv:9" + unknown);
    EXPECT_EQ(choices(", nulls = \"-\""), "+---+.rows.csv:8" + unknown + ".");
    EXPECT_EQ(choices(", otherwise = \"nothing\""), "+---+...");
}

TEST(Import, AnEmptyCellIsAChoiceWhereTheMapSaysSo) {
    const auto got = import_text(
        "id,out\n1,\n2,x\n",
        kSeen +
            "consents = [{purpose = \"marketing.email\", column = \"out\", granted = \"\", "
            "refused = \"X\"}]\n");
    ASSERT_EQ(got.items.size(), 2u);
    EXPECT_TRUE(got.incoming(0).consents.at(0).granted);
    EXPECT_FALSE(got.incoming(1).consents.at(0).granted);
}

TEST(Import, ASecondRunGivesTheSameIdsAndAddsNothing) {
    const Folder folder;
    const std::string map = folder.write(
        "map.toml",
        "[source]\nid = \"shop\"\n[[input]]\nname = \"rows\"\nfile = \"*.csv\"\n" + kSeen);
    const std::string file = folder.write("rows.csv", "id,x\n1,a\n1,a\n2,b\nbad\n1,a\n");
    CollectingSink sink;
    const auto first = run_import(options_of(map, {file}), sink);
    ASSERT_TRUE(first.ok());
    EXPECT_EQ(first.value().done.stored, 4u);
    EXPECT_EQ(first.value().done.quarantined, 1u);
    const auto second = run_import(options_of(map, {file}), sink);
    ASSERT_TRUE(second.ok());
    EXPECT_EQ(second.value().done.stored, 0u);
    EXPECT_EQ(second.value().done.deduplicated, 5u);
}

TEST(Import, ExactRepeatsInAFileAreRealAndNumbered) {
    const auto got = import_text("id,x\n1,a\n1,a\n2,b\n1,a\n", kSeen);
    const auto ids = got.ids();
    ASSERT_EQ(ids.size(), 4u);
    EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 4u);
    EXPECT_EQ(ids[0].substr(0, 10), "shop:rows:");
    EXPECT_EQ(ids[0].substr(0, 26), ids[3].substr(0, 26));
    EXPECT_TRUE(ids[0].ends_with("#1") && ids[1].ends_with("#2") && ids[2].ends_with("#1") &&
                ids[3].ends_with("#3"));
}

// Numbers are given some rows behind the one that is read.
TEST(Import, ItemsComeInTheOrderOfTheirRowsWhicheverAreUnfit) {
    std::string csv = "id,x\n";
    std::vector<std::string> expected;
    for (int row = 0; row < 300; ++row) {
        if (row % 7 == 3 || row % 50 > 45) {
            csv += "broken\n";
            expected.emplace_back("unfit");
        } else {
            expected.push_back(std::string("u").append(std::to_string(row)));
            csv.append(expected.back()).append(row % 2 == 0 ? ",a\n" : ",b\n");
        }
    }
    const auto got = import_text(csv, kSeen, "unfit_rows_max = 1000\n");
    ASSERT_EQ(got.error, "");
    std::vector<std::string> came;
    for (const collect::Item& item : got.items) {
        const auto* event = std::get_if<collect::Incoming>(&item);
        came.push_back(event == nullptr ? "unfit" : event->event.identifiers.at(0).value);
    }
    EXPECT_EQ(came, expected);
}

TEST(Import, IdsDependNeitherOnTheFolderNorOnOtherFilesNorOnPacking) {
    const Folder a;
    const Folder b;
    const std::string text =
        "[source]\nid = \"shop\"\n[[input]]\nname = \"rows\"\nfile = \"*.csv*\"\n" + kSeen;
    const auto alone =
        import_files(a.write("m.toml", text), {a.write("rows.csv", "id,x\n1,a\n1,a\n")});
    const auto both = import_files(b.write("n.toml", text),
                                   {b.write("first.csv", "id,x\n9,z\n1,a\n"),
                                    b.write("rows.csv", "\"id\",\"x\"\r\n\"1\",a\r\n1,\"a\"\r\n")});
    ASSERT_EQ(both.items.size(), 4u);
    // The row that stands in both files is one row, told twice.
    EXPECT_EQ(both.ids()[1], alone.ids()[0]);
    EXPECT_EQ(both.ids()[2], alone.ids()[0]);
    EXPECT_EQ(both.ids()[3], alone.ids()[1]);
}

TEST(Import, AKeyedRowKeepsItsIdWhenItsOtherColumnsChange) {
    const auto before = import_text("id,order,x\n1,77,a\n", kSeen + "key = \"order\"\n");
    const auto after = import_text("id,order,x\n1,77,b\n", kSeen + "key = \"order\"\n");
    EXPECT_EQ(before.ids(), after.ids());
    EXPECT_NE(before.event(0).body_check, after.event(0).body_check);
}

TEST(Import, ABadLineIsQuarantinedWithFileAndLineAndCostsOnlyItself) {
    const auto got = import_text(
        "id,t,n\n1,2017-01-01,5\n2,yesterday,5\n3,2017-01-01,five\n\n,2017-01-01,5\n4,2017-01-"
        "01\n5,2017-01-01,6\n",
        "event = \"Seen\"\nidentifiers = [{type = \"email\", column = \"id\"}, {type = "
        "\"user_id\", column = \"id\"}]\n"
        "time = \"t\"\nvalue = {of = \"n\", currency = \"EUR\"}\n");
    EXPECT_EQ(got.report.rows, 6u);
    EXPECT_EQ(got.report.items, 2u);
    EXPECT_EQ(got.report.bad_rows, 4u);
    ASSERT_EQ(got.items.size(), 6u);
    EXPECT_EQ(got.unfit(1).code, "files.bad_time");
    EXPECT_EQ(got.unfit(1).message, "rows.csv:3: the column t holds no time of the form iso");
    EXPECT_EQ(got.unfit(1).raw, "2,yesterday,5");
    EXPECT_EQ(got.unfit(2).code, "files.bad_number");
    EXPECT_EQ(got.unfit(2).message, "rows.csv:4: value is no number that fits");
    EXPECT_EQ(got.unfit(3).message,
              "rows.csv:6: no identifier of the map has a value that names somebody");
    EXPECT_EQ(got.unfit(4).message, "rows.csv:7: 2 fields where the heading has 3");
    EXPECT_EQ(got.event(5).identifiers[0].value, "5");
}

TEST(Import, AMapThatDoesNotFitItsFileEndsTheImportEarly) {
    std::string rows = "id,t\n";
    for (int i = 0; i < 100; ++i) rows += std::to_string(i + 1) + ",soon\n";
    const auto got = import_text(rows, kSeen + "time = \"t\"\n", "unfit_rows_max = 20\n");
    EXPECT_EQ(got.error,
              "files.too_many_unfit_rows: rows.csv:22: more than 20 rows are unfit; this one: "
              "the column t holds no time of the form iso");
    EXPECT_EQ(got.items.size(), 20u);
}

TEST(Import, AColumnThatTheFileLacksIsNamedWithTheMapsLine) {
    const auto got = import_text("id,x\n1,2\n", kSeen + "place = \"shop\"\n");
    EXPECT_NE(got.error.find("map.toml:9: 'shop' is no column of rows.csv"), std::string::npos)
        << got.error;
    EXPECT_EQ(got.items.size(), 0u);
}

TEST(Import, AFileWithoutTimesGetsSyntheticOnesMarkedAsSuch) {
    const auto now = import_text("id,x\n1,a\n", kSeen);
    EXPECT_EQ(now.event(0).at.us, kTestNowUs);
    EXPECT_EQ(now.event(0).flags, kEventImported | kEventSyntheticTime);
    const auto from =
        import_text("id,x\n1,a\n2,b\n", kSeen +
                                            "time = {synthetic_from = \"2016-07-01\", zone = "
                                            "\"Europe/Paris\", per_row = \"90s\"}\n");
    EXPECT_EQ(iso_utc_text(from.event(1).at.us), "2016-06-30T22:01:30Z");
    EXPECT_EQ(from.event(1).flags, kEventImported | kEventSyntheticTime);
}

TEST(Import, ASyntheticTimeIsNotInTheFutureEither) {
    const std::string from = kSeen + "time = {synthetic_from = \"2026-05-28\", per_row = ";
    for (const char* step : {"\"7d\"}\n", "\"100000d\"}\n"}) {
        const auto got = import_text("id,x\n1,a\n2,b\n3,c\n", from + step);
        ASSERT_EQ(got.items.size(), 3u) << got.error;
        EXPECT_EQ(got.event(0).flags, kEventImported | kEventSyntheticTime);
        EXPECT_EQ(got.event(2).at.us, kTestNowUs);
        EXPECT_EQ(got.event(2).flags, kEventImported | kEventSyntheticTime | kEventTimeClamped);
    }
    EXPECT_NE(import_text("id,x\n1,a\n", from + "\"999999999d\"}\n").error.find("is no duration"),
              std::string::npos);
}

TEST(Import, TimesInTheFutureAndBefore1990AreClampedAndMarked) {
    const auto got = import_text("id,t\n1,2999-01-01\n2,1900-01-01\n3,2017-01-01\n",
                                 kSeen + "time = {column = \"t\", at = \"12:30\"}\n");
    EXPECT_EQ(got.event(0).at.us, kTestNowUs);
    EXPECT_EQ(iso_utc_text(got.event(1).at.us), "1990-01-01T00:00:00Z");
    EXPECT_TRUE((got.event(0).flags & got.event(1).flags & kEventTimeClamped) != 0);
    EXPECT_EQ(iso_utc_text(got.event(2).at.us), "2017-01-01T12:30:00Z");
    EXPECT_EQ(got.event(2).flags, kEventImported);
}

TEST(Import, LinesOfOneBasketAreOneOrderEvenWhenBasketsLieMixed) {
    const auto got = import_text(
        "basket,id,sku,n,price,off\nB1,7,a,2,1.005,0.10\nB2,8,c,1,3,0\nB1,7,b,1,0.5,0.20\nB3,9,d,1,"
        "1,0\n",
        "event = \"Order Completed\"\n" + kWho +
            "value = \"n * price\"\nquantity = \"n\"\n"
            "[input.properties]\norder_id = \"basket\"\ndiscount = {column = \"off\", sum = true}\n"
            "[input.group]\nby = \"basket\"\ncount = \"line_count\"\nwindow = 2\n"
            "[input.group.line]\nproduct_id = \"sku\"\nquantity = {column = \"n\", type = "
            "\"number\"}\n",
        "currency = \"EUR\"\n");
    ASSERT_EQ(got.error, "");
    ASSERT_EQ(got.items.size(), 3u);
    const auto b1 = std::find_if(got.items.begin(), got.items.end(), [](const collect::Item& i) {
        return std::get<collect::Incoming>(i).event.identifiers[0].value == "7";
    });
    const auto at = static_cast<std::size_t>(b1 - got.items.begin());
    EXPECT_EQ(got.event(at).value.text(), "2.51 EUR");
    EXPECT_EQ(got.event(at).quantity, 30'000);
    EXPECT_EQ(
        got.properties(at),
        R"({"order_id":"B1","discount":0.3,"line_count":2,"products":[{"product_id":"a","quantity":2},{"product_id":"b","quantity":1}]})");
    EXPECT_EQ(got.report.reopened_groups, 0u);
}

TEST(Import, AGroupWhoseLinesLieApartIsToldAndLosesNoLine) {
    const auto got =
        import_text("basket,id,n\nB1,7,1\nB2,8,1\nB3,8,1\nB4,8,1\nB1,7,2\n",
                    "event = \"Order Completed\"\n" + kWho +
                        "quantity = \"n\"\n[input.group]\nby = \"basket\"\nwindow = 1\n");
    EXPECT_EQ(got.items.size(), 5u);
    EXPECT_EQ(got.report.reopened_groups, 1u);
    const auto ids = got.ids();
    EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 5u);
    std::int64_t quantity = 0;
    for (std::size_t i = 0; i < got.items.size(); ++i) quantity += got.event(i).quantity;
    EXPECT_EQ(quantity, 60'000);
}

TEST(Import, AChoiceInAnyLineOfAnOrderIsHeardAndARefusalCounts) {
    const auto got = import_text(
        "basket,id,news\nB1,7,yes\nB1,7,no\nB1,7,yes\nB2,8,\nB2,8,yes\nB2,8,who knows\nB3,9,\n",
        "event = \"Order Completed\"\n" + kWho +
            "consents = [{purpose = \"marketing.email\", column = \"news\", granted = \"yes\", "
            "refused = \"no\"}]\n[input.group]\nby = \"basket\"\ncount = \"lines\"\n");
    ASSERT_EQ(got.items.size(), 4u) << got.error;
    EXPECT_EQ(got.unfit(0).code, "files.unknown_value");
    ASSERT_EQ(got.incoming(1).consents.size(), 1u);
    EXPECT_FALSE(got.incoming(1).consents[0].granted);
    ASSERT_EQ(got.incoming(2).consents.size(), 1u);
    EXPECT_TRUE(got.incoming(2).consents[0].granted);
    EXPECT_NE(got.properties(2).find("\"lines\":2"), std::string::npos) << got.properties(2);
    EXPECT_TRUE(got.incoming(3).consents.empty());
}

// Else what one customer bought would be another's.
TEST(Import, ALineOfAnotherPersonOrOfNoOrderIsNotTakenForOneOfTheOrder) {
    const auto got = import_text(
        "ticket,id,mail\nT1,7,ann@shop.example\nT1,7,\nT1,,\nT1,8,\nT1,7,bob@shop.example\n,8,\n , "
        "9,\n",
        "event = \"Order Completed\"\nidentifiers = [{type = \"user_id\", column = \"id\"}, {type "
        "= "
        "\"email\", column = \"mail\"}]\n[input.group]\nby = \"ticket\"\ncount = \"lines\"\n");
    ASSERT_EQ(got.items.size(), 4u) << got.error;
    EXPECT_EQ(got.unfit(0).code, "files.other_person");
    EXPECT_EQ(got.unfit(0).message, "rows.csv:5: a line that names another person than its group");
    for (const std::size_t i : {std::size_t{1}, std::size_t{2}}) {
        EXPECT_EQ(got.unfit(i).code, "files.no_group");
        EXPECT_NE(
            got.unfit(i).message.find("the column ticket, by which rows are grouped, is empty"),
            std::string::npos);
    }
    EXPECT_NE(got.properties(3).find("\"lines\":4"), std::string::npos) << got.properties(3);
}

TEST(Import, AnOrderOfVeryManyLinesGoesOnInFurtherEventsWithoutAValue) {
    std::string rows = "basket,id,sku,price\n";
    for (int i = 0; i < 450; ++i) rows += "B1,7,sku" + std::to_string(i) + ",0.01\n";
    const auto got = import_text(
        rows, "event = \"Order Completed\"\n" + kWho +
                  "value = {of = \"price\", currency = \"EUR\"}\n[input.group]\nby = \"basket\"\n"
                  "continued = \"More Lines\"\n[input.group.line]\nproduct_id = \"sku\"\n");
    ASSERT_EQ(got.items.size(), 3u);
    EXPECT_EQ(got.event(0).value.text(), "4.5 EUR");
    EXPECT_EQ(got.event(0).name, "Order Completed");
    EXPECT_EQ(got.event(2).name, "More Lines");
    EXPECT_FALSE(got.event(1).has_value);
    EXPECT_EQ(got.event(1).message_id, got.event(0).message_id + ".1");
    std::uint64_t lines = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        const PackedView products = PackedView(got.event(i).properties).find("products");
        EXPECT_LE(products.count(), 200u);
        EXPECT_EQ(got.event(i).identifiers.at(0).value, "7");
        lines += products.count();
    }
    EXPECT_EQ(lines, 450u);
}

TEST(Import, JoinsBringColumnsOfAnotherFileAndAMissingRowBringsNothing) {
    const Folder folder;
    const std::string map = folder.write(
        "map.toml",
        "[source]\nid = \"shop\"\n[[lookup]]\nname = \"products\"\nfile = \"products.csv\"\nkey = "
        "\"sku\"\n"
        "[[lookup]]\nname = \"brands\"\nfile = \"brands.csv\"\nkey = \"brand\"\n"
        "[[input]]\nname = \"rows\"\nfile = \"rows.csv\"\n" +
            kSeen +
            "join = [{lookup = \"products\", on = \"p\"}, {lookup = \"brands\", on = "
            "\"products.brand\"}]\n"
            "[input.properties]\ntitle = \"products.title\"\nland = \"brands.land\"\n");
    folder.write("products.csv", "sku,title,brand\na,\"Coat, red\",b1\na,second,b1\nc,Hat,\n");
    folder.write("brands.csv", "brand,land\nb1,FR\n");
    folder.write("rows.csv", "id,p\n1,a\n2,c\n3,zz\n");
    const auto got = import_files(map, {folder.path()});
    ASSERT_EQ(got.error, "");
    EXPECT_EQ(got.properties(0), R"({"land":"FR","title":"Coat, red"})");
    EXPECT_EQ(got.properties(1), R"({"title":"Hat"})");
    EXPECT_EQ(got.properties(2), "null");
    const auto without = import_files(map, {folder.path() + "/rows.csv"});
    EXPECT_NE(without.error.find("the lookup 'products' has no file"), std::string::npos)
        << without.error;
    EXPECT_EQ(got.report.bad_lookup_rows, 0u);
    folder.write("products.csv", "sku,title,brand\na,Coat, red,b1\nc,Hat,\n");
    const auto short_of_one = import_files(map, {folder.path()});
    EXPECT_EQ(short_of_one.report.bad_lookup_rows, 1u) << "else nobody learns what is not joined";
    EXPECT_EQ(short_of_one.properties(0), "null");
}

TEST(Import, AVisitALineBecomesOneEventAnItem) {
    const auto got = import_text(
        "11 12 13\n11 12 13\n5\n",
        "delimiter = \"blanks\"\nexplode = true\nevent = \"Product Viewed\"\nproduct = \"$item\"\n"
        "identifiers = [{type = \"session\", column = \"$row\", prefix = \"v:\"}]\n"
        "time = {synthetic_from = \"2016-01-01\", per_row = \"1m\", per_item = \"1s\"}\n");
    ASSERT_EQ(got.items.size(), 7u);
    EXPECT_EQ(got.event(5).product, "13");
    EXPECT_EQ(got.event(5).identifiers[0].value, "v:2");
    EXPECT_EQ(iso_utc_text(got.event(5).at.us), "2016-01-01T00:01:02Z");
    const auto ids = got.ids();
    EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 7u);
    EXPECT_TRUE(ids[5].ends_with("#2.2")) << ids[5];
}

TEST(Import, JsonLinesNeedNoHeading) {
    const auto got = import_text(
        "{\"user\":{\"id\":\"u1\"},\"t\":1592337718,\"items\":[{\"sku\":\"a\"}]}\nnonsense\n",
        "format = \"jsonl\"\nevent = \"Seen\"\nidentifiers = [{type = \"user_id\", column = "
        "\"user.id\"}]\n"
        "time = {column = \"t\", format = \"epoch_s\"}\n[input.properties]\nproducts = {column = "
        "\"items\", type = \"json\"}\n");
    ASSERT_EQ(got.items.size(), 2u);
    EXPECT_EQ(got.event(0).identifiers[0].value, "u1");
    EXPECT_EQ(got.properties(0), R"({"products":[{"sku":"a"}]})");
    EXPECT_EQ(got.unfit(1).code, "files.json");
    EXPECT_EQ(got.unfit(1).message.substr(0, 12), "rows.csv:2: ");
}

TEST(Import, RowsThatAFilterLeavesOutAreCounted) {
    const auto got = import_text(
        "id,x,n\n1,a,5\n2,b,50\n3,,5\n4,Cb,5\n",
        kSeen +
            "where = [{column = \"x\", empty = false}, {column = \"x\", not = [\"a\"]}, {column = "
            "\"n\", above = \"4.99\"}, {column = \"n\", below = \"50\"}]\n");
    EXPECT_EQ(got.report.skipped_rows, 3u);
    ASSERT_EQ(got.items.size(), 1u);
    EXPECT_EQ(got.event(0).identifiers[0].value, "4");
}

// Left out by the filter it would be lost, and only a count would know.
TEST(Import, ARowWhoseNumberAFilterCannotReadIsUnfit) {
    const auto got = import_text(
        "id;kind;n\n1;sale;1,5\n2;sale;12.50\n3;sale;\n4;sale; \n5;note;free\n6;sale;-1\n",
        "delimiter = \";\"\ndecimal_comma = true\n" + kSeen +
            "where = [{column = \"n\", above = \"0\"}, {column = \"kind\", is = \"sale\"}]\n");
    EXPECT_EQ(got.report.skipped_rows, 4u);
    ASSERT_EQ(got.items.size(), 2u) << got.error;
    EXPECT_EQ(got.event(0).identifiers.at(0).value, "1");
    EXPECT_EQ(got.unfit(1).code, "files.bad_number");
    EXPECT_EQ(got.unfit(1).message, "rows.csv:3: the column n of where holds no number that fits");
}

TEST(Import, AnonymousRowsStandForThemselves) {
    const auto got =
        import_text("invoice,id\nI1,7\nI2,\nI3,null\n",
                    "event = \"Seen\"\nidentifiers = [{type = \"session\", column = \"invoice\", "
                    "prefix = \"i:\", fallback = true}, {type = \"user_id\", column = \"id\"}]\n");
    ASSERT_EQ(got.items.size(), 3u);
    EXPECT_EQ(got.event(0).identifiers.size(), 1u);
    EXPECT_EQ(got.event(0).identifiers[0].type, IdentifierType::UserId);
    EXPECT_EQ(got.event(1).identifiers[0].value, "i:I2");
    EXPECT_EQ(got.event(2).identifiers[0].value, "i:I3");
}

TEST(Import, BatchesAreBoundedAndNothingIsLostAtTheirEdges) {
    std::string rows = "id,x\n";
    for (int i = 0; i < 4'001; ++i) rows += std::to_string(i + 1) + ",a\n";
    struct Bounded final : ImportSink {
        Result<void> send(Bytes batch) override {
            const auto items = TRY(collect::decode_items(batch));
            EXPECT_LE(items.size(), kImportBatchMax);
            total += items.size();
            return {};
        }
        Result<Done> finish() override { return Done{}; }
        std::size_t total = 0;
    } sink;
    const Folder folder;
    const std::string map = folder.write(
        "map.toml",
        "[source]\nid = \"shop\"\n[[input]]\nname = \"rows\"\nfile = \"*.csv\"\n" + kSeen);
    ASSERT_TRUE(run_import(options_of(map, {folder.write("rows.csv", rows)}), sink).ok());
    EXPECT_EQ(sink.total, 4'001u);
}

TEST(Import, ASinkThatFailsEndsTheImportWithItsError) {
    struct Full final : ImportSink {
        Result<void> send(Bytes) override { return Error{"disk.full", "the disk is full", ""}; }
        Result<Done> finish() override { return Done{}; }
    } sink;
    const Folder folder;
    const std::string map = folder.write(
        "map.toml",
        "[source]\nid = \"shop\"\n[[input]]\nname = \"rows\"\nfile = \"*.csv\"\n" + kSeen);
    const auto report =
        run_import(options_of(map, {folder.write("rows.csv", "id,x\n1,a\n")}), sink);
    ASSERT_FALSE(report.ok());
    EXPECT_EQ(report.error().code, "disk.full");
}

TEST(Import, PricesMayHaveADecimalComma) {
    const auto got = import_text("id;n;price\n7;2;1.019,90\n",
                                 "delimiter = \";\"\ndecimal_comma = true\n" + kSeen +
                                     "value = \"n * price\"\n[input.properties]\nprice = {column = "
                                     "\"price\", type = \"number\"}\n",
                                 "currency = \"EUR\"\n");
    ASSERT_EQ(got.error, "");
    EXPECT_EQ(got.event(0).value.text(), "2039.8 EUR");
    EXPECT_EQ(got.properties(0), R"({"price":1019.9})");
}

// Passing over the point would have sold each for a hundredfold.
TEST(Import, APriceWithAPointAmongDecimalCommasIsUnfit) {
    const auto got =
        import_text("id;price\n7;12.50\n7;1,234.56\n7;12,50\n",
                    "delimiter = \";\"\ndecimal_comma = true\n" + kSeen + "value = \"price\"\n",
                    "currency = \"EUR\"\n");
    ASSERT_EQ(got.items.size(), 3u) << got.error;
    EXPECT_EQ(got.unfit(0).code, "files.bad_number");
    EXPECT_EQ(got.unfit(0).message, "rows.csv:2: value is no number that fits");
    EXPECT_EQ(got.unfit(1).code, "files.bad_number");
    EXPECT_EQ(got.event(2).value.text(), "12.5 EUR");
}

TEST(Import, ANumberOfJsonHasItsPointWhateverTheTextsBesideItAreWrittenWith) {
    const Folder folder;
    const std::string map = folder.write(
        "map.toml",
        "[source]\nid = \"shop\"\ncurrency = \"EUR\"\n"
        "[[lookup]]\nname = \"items\"\nfile = \"items.jsonl\"\nformat = \"jsonl\"\nkey = \"sku\"\n"
        "columns = [\"sku\", \"price\"]\n"
        "[[input]]\nname = \"rows\"\nfile = \"rows.jsonl\"\nformat = \"jsonl\"\n"
        "decimal_comma = true\n" +
            kSeen +
            "value = \"n * items.price\"\njoin = [{lookup = \"items\", on = \"sku\"}]\n"
            "where = [{column = \"n\", below = \"100\"}]\n"
            "[input.properties]\nn = {column = \"n\", type = \"number\"}\n"
            "told = {column = \"n\", type = \"number\", nulls = [\"none\"]}\n");
    folder.write("items.jsonl",
                 "{\"sku\":\"a\",\"price\":19.9}\n{\"sku\":\"b\",\"price\":\"1.234,5\"}\n");
    folder.write("rows.jsonl",
                 "{\"id\":\"1\",\"n\":1.125,\"sku\":\"a\"}\n"
                 "{\"id\":\"1\",\"n\":\"1,5\",\"sku\":\"b\"}\n"
                 "{\"id\":\"1\",\"n\":\"1.125\",\"sku\":\"a\"}\n");
    const auto got = import_files(map, {folder.path()});
    ASSERT_EQ(got.error, "");
    ASSERT_EQ(got.items.size(), 2u);
    EXPECT_EQ(got.event(0).value.text(), "22.3875 EUR");
    EXPECT_EQ(got.properties(0), R"({"n":1.125,"told":1.125})");
    EXPECT_EQ(got.event(1).value.text(), "1851.75 EUR");
    EXPECT_EQ(got.report.skipped_rows, 1u) << "1.125 as a text is more than a thousand";
}

TEST(Import, AFileThatFitsNoInputIsRefusedWithTheNamesThatThereAre) {
    const Folder folder;
    const std::string map = folder.write(
        "map.toml",
        "[source]\nid = \"shop\"\n[[input]]\nname = \"rows\"\nfile = \"rows.*\"\n" + kSeen);
    const std::string other = folder.write("other.csv", "id,x\n1,a\n");
    EXPECT_NE(import_files(map, {other}).error.find("fits no input"), std::string::npos);
    EXPECT_EQ(import_files(map, {"rows=" + other}).items.size(), 1u);
    EXPECT_NE(import_files(map, {folder.path() + "/missing.csv"}).error.find("files.unreadable"),
              std::string::npos);
    EXPECT_NE(import_files(map, {}).error.find("files.no_file"), std::string::npos);
}

TEST(Verify, ASumThatCannotReadARowIsEqualToNothing) {
    const Folder folder;
    const std::string map = folder.write(
        "map.toml",
        "[source]\nid = \"shop\"\n[[input]]\nname = \"rows\"\nfile = \"*.csv\"\nimport = false\n"
        "[[check]]\nname = \"sum\"\ninput = \"rows\"\nmeasure = \"sum\"\nof = \"x\"\n"
        "expected = \"3.5\"\n");
    const auto sum = [&](const std::string& rows) {
        const auto lines =
            verify_files(options_of(map, {folder.write("rows.csv", "id,x\n" + rows)}));
        return lines.ok() ? lines.value().at(0).text() : lines.error().message;
    };
    EXPECT_EQ(sum("1,1.25\n2,2.25\n3,\n"), "sum: expected 3.5, got 3.5, equal");
    EXPECT_EQ(sum("1,1.25\n2,2.25\n3,\"1,5\"\n"),
              "sum: expected 3.5, got 3.5 without 1 unreadable rows, DIFFERENT");
}

TEST(Verify, AWrongFigureIsShownBesideTheExpectedOne) {
    const Folder folder;
    const std::string map = folder.write(
        "map.toml",
        "[source]\nid = \"shop\"\n[[input]]\nname = \"rows\"\nfile = \"*.csv\"\n" + kSeen +
            "[[check]]\nname = \"rows\"\ninput = \"rows\"\nexpected = 3\n"
            "[[check]]\nname = \"sum\"\ninput = \"rows\"\nmeasure = \"sum\"\nof = \"x * "
            "2\"\nexpected = \"6.50\"\n"
            "[[check]]\nname = \"bad\"\ninput = \"rows\"\nmeasure = \"unfit_rows\"\nexpected = 1\n"
            "[[check]]\nname = \"vips\"\nmeasure = \"rule\"\nrule = \"did Seen\"\nexpected = 2\n");
    const auto lines =
        verify_files(options_of(map, {folder.write("rows.csv", "id,x\n1,1.25\n2,2\noops\n")}));
    ASSERT_TRUE(lines.ok()) << lines.error().message;
    ASSERT_EQ(lines.value().size(), 3u);
    EXPECT_EQ(lines.value()[0].text(), "rows: expected 3, got 2, DIFFERENT");
    EXPECT_EQ(lines.value()[1].text(), "sum: expected 6.50, got 6.5, equal");
    EXPECT_EQ(lines.value()[2].text(), "bad: expected 1, got 1, equal");
    const auto stored = stored_checks(map);
    ASSERT_TRUE(stored.ok());
    ASSERT_EQ(stored.value().size(), 1u);
    EXPECT_EQ(stored.value()[0].compare("2").text(), "vips: expected 2, got 2, equal");
}

}  // namespace
}  // namespace filrouge::files
