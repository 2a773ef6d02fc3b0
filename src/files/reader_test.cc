#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include "files/files_for_test.h"

namespace filrouge::files {
namespace {

using Texts = std::vector<std::string>;

CsvFormat without_heading(std::size_t columns = 0) {
    CsvFormat format;
    format.header = false;
    for (std::size_t i = 0; i < columns; ++i) format.columns.push_back("c" + std::to_string(i));
    return format;
}
std::string gzip(const std::string& text) {
    z_stream z{};
    EXPECT_EQ(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string out(deflateBound(&z, text.size()) + 32, '\0');
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    z.avail_in = static_cast<uInt>(text.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
    out.resize(z.total_out);
    deflateEnd(&z);
    return out;
}
std::string zstd(const std::string& text) {
    std::string out(ZSTD_compressBound(text.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
    return out;
}
Texts records_of_file(const std::string& bytes) {
    const Folder folder;
    auto stream = ByteStream::open(folder.write("rows", bytes));
    if (!stream.ok()) return {"error " + stream.error().code};
    auto reader = open_csv(std::move(stream).value(), {});
    if (!reader.ok()) return {"error " + reader.error().code};
    return records_of(std::move(reader).value());
}

TEST(CsvReader, AQuotedFieldMayHoldDelimitersLineEndsAndDoubledQuotes) {
    EXPECT_EQ(csv_records("a,b\n\"x,y\",\"one\ntwo\"\n\"say \"\"hi\"\"\",3\n"),
              (Texts{"x,y|one\ntwo", "say \"hi\"|3"}));
}

TEST(CsvReader, AQuoteInsideAnUnquotedFieldIsAnOrdinaryCharacter) {
    EXPECT_EQ(csv_records("a,b\n5\" pipe,x\n6\" pipe,\"y\"\n"),
              (Texts{"5\" pipe|x", "6\" pipe|y"}));
}

TEST(CsvReader, CrlfLinesAByteOrderMarkAndAMissingLastLineEndAreUnderstood) {
    auto reader = open_csv(stream_of("\xef\xbb\xbf\"a\",b\r\n1,\"2\"\r\n3,4"), {});
    ASSERT_TRUE(reader.ok());
    EXPECT_EQ(reader.value()->columns(), (Texts{"a", "b"}));
    EXPECT_EQ(records_of(std::move(reader).value()), (Texts{"1|2", "3|4"}));
}

TEST(CsvReader, EmptyLinesArePassedOverAndCounted) {
    EXPECT_EQ(csv_records("a,b\n\n1,2\n\r\n3\n"), (Texts{"1|2", "files.field_count@5"}));
}

TEST(CsvReader, ARowOfAnotherWidthIsUnfitAndTheNextOneIsRead) {
    EXPECT_EQ(csv_records("a,b\n1,2,3\n4,5\n6\n"),
              (Texts{"files.field_count@2", "4|5", "files.field_count@4"}));
}

TEST(CsvReader, ARaggedFileFillsShortRowsWithNothing) {
    CsvFormat format;
    format.ragged = true;
    EXPECT_EQ(csv_records("a,b,c\n1\n1,2,3,4\n", format), (Texts{"1||", "1|2|3|4"}));
}

TEST(CsvReader, AStrayQuoteCostsItsOwnLineOnly) {
    EXPECT_EQ(csv_records("a,b\n\"open,1\n2,3\n"), (Texts{"files.quote@2", "2|3"}));
    EXPECT_EQ(csv_records("a,b\n\"x\"y,1\n2,3\n"), (Texts{"files.quote@2", "2|3"}));
}

TEST(CsvReader, ALineLongerThanTheLimitIsUnfitAndTheNextOneIsRead) {
    const std::string longest(kRecordBytesMax - 2, 'x');
    EXPECT_EQ(csv_records("a,b\n" + longest + "xyz,1\n2,3\n"),
              (Texts{"files.line_too_long@2", "2|3"}));
    EXPECT_EQ(csv_records("a,b\n" + longest + ",1\n2,3\n").at(0).size(), kRecordBytesMax);
    EXPECT_EQ(csv_records("a,b\n\"" + longest + "\nxyz\",1\n2,3\n"),
              (Texts{"files.quote@2", "xyz\"|1", "2|3"}));
}

TEST(CsvReader, LineNumbersCountTheLinesInsideQuotes) {
    EXPECT_EQ(csv_records("a,b\n\"1\n2\n3\",x\nshort\n"),
              (Texts{"1\n2\n3|x", "files.field_count@5"}));
}

TEST(CsvReader, MoreFieldsThanTheLimitAreUnfit) {
    EXPECT_EQ(csv_records(std::string(kFieldsMax, ',') + "\n", without_heading()),
              (Texts{"files.field_count@1"}));
    EXPECT_EQ(csv_records("\"\"" + std::string(kFieldsMax, ',') + "\n", without_heading())
                  .at(0)
                  .substr(0, 6),
              "files.");
}

TEST(CsvReader, ColumnsPartedByBlanksNeedNoFixedWidths) {
    CsvFormat format;
    format.blanks = true;
    EXPECT_EQ(csv_records(" id  date\r\n 1   2\r\n  \r\n3\t4 \r\n", format), (Texts{"1|2", "3|4"}));
}

TEST(CsvReader, BytesThatAreNotUtf8AreLatin1UnlessTheMapForbidsIt) {
    EXPECT_EQ(csv_records("a,b\ncaf\xe9,\"\xa3 1\"\nd\xc3\xa9j\xc3\xa0,2\n"),
              (Texts{"caf\xc3\xa9|\xc2\xa3 1", "d\xc3\xa9j\xc3\xa0|2"}));
    CsvFormat strict;
    strict.encoding = Encoding::Utf8;
    EXPECT_EQ(csv_records("a,b\ncaf\xe9,1\nok,2\n", strict), (Texts{"files.encoding@2", "ok|2"}));
    CsvFormat latin;
    latin.encoding = Encoding::Latin1;
    EXPECT_EQ(csv_records("a,b\nd\xc3\xa9,2\n", latin), (Texts{"d\xc3\x83\xc2\xa9|2"}));
}

// Spreadsheets of the West write these; as ISO 8859-1 they would be control characters for ever.
TEST(CsvReader, TheLettersThatWindowsHasBesideLatin1AreRead) {
    EXPECT_EQ(csv_records("a,b\nc\x9cur,l\x92\xe9t\xe9\n10 \x80,\"\x8c, \x9f\"\n"),
              (Texts{"c\u0153ur|l\u2019\u00e9t\u00e9", "10 \u20ac|\u0152, \u0178"}));
    // The 27 as the encoding standard has them, and the five that stand for nothing.
    EXPECT_EQ(
        csv_records("a,b\n\x80\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8e\x91\x92\x93\x94"
                    "\x95\x96\x97\x98\x99\x9a\x9b\x9c\x9e\x9f,\x81\x8d\x8f\x90\x9d\xa0\xff\n"),
        (Texts{"\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d"
               "\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u017e"
               "\u0178|\xc2\x81\xc2\x8d\xc2\x8f\xc2\x90\xc2\x9d\u00a0\u00ff"}));
}

TEST(CsvReader, AHeadingWithTheSameNameTwiceIsRefused) {
    EXPECT_EQ(csv_records("a,a\n1,2\n").at(0),
              "error files.heading line 1: the column 'a' stands there twice");
    CsvFormat named;
    named.columns = {"first", "second"};
    EXPECT_EQ(csv_records("a,a\n1,2\n", named), (Texts{"1|2"}));
}

TEST(CsvReader, RowsAreTheSameHoweverTheStreamIsCut) {
    const std::string text = "a,b,c\n1,\"x \"\"y\"\"\nz\",3\r\n\"p,q\",,\n\"\",\"\",\"\"\n7,8,9";
    const Texts whole = csv_records(text);
    EXPECT_EQ(whole.size(), 4u);
    for (std::size_t step = 1; step < text.size(); ++step)
        EXPECT_EQ(csv_records(text, {}, step), whole) << step;
}

TEST(CsvReader, TheHashOfARowDoesNotDependOnItsQuotes) {
    auto reader = open_csv(stream_of("a,b\nx,y\n\"x\",y\n\"x\",\"y\"\r\nx,z\n\"x,y\",\n"), {});
    ASSERT_TRUE(reader.ok());
    std::vector<std::uint64_t> hashes;
    Record record;
    while (reader.value()->next(record).value() == Read::Record) hashes.push_back(record.hash);
    ASSERT_EQ(hashes.size(), 5u);
    EXPECT_EQ(hashes[0], hashes[1]);
    EXPECT_EQ(hashes[0], hashes[2]);
    EXPECT_NE(hashes[0], hashes[3]);
    EXPECT_NE(hashes[0], hashes[4]);
}

TEST(ByteStream, GzipAndZstdAreToldByTheirFirstBytes) {
    const std::string text = "a,b\n" + [] {
        std::string rows;
        for (int i = 0; i < 300'000; ++i)
            rows += std::to_string(i) + "," + std::to_string(i * 7) + "\n";
        return rows;
    }();
    const Texts plain = records_of_file(text);
    ASSERT_EQ(plain.size(), 300'000u);
    EXPECT_EQ(records_of_file(gzip(text)), plain);
    EXPECT_EQ(records_of_file(zstd(text)), plain);
}

TEST(ByteStream, SeveralPackedPartsAreReadAsOne) {
    EXPECT_EQ(records_of_file(gzip("a,b\n1,2\n") + gzip("3,4\n")), (Texts{"1|2", "3|4"}));
    EXPECT_EQ(records_of_file(zstd("a,b\n1,2\n") + zstd("3,4\n")), (Texts{"1|2", "3|4"}));
}

TEST(ByteStream, ACutOrSpoiltPackedFileIsAnErrorAndNotAShortFile) {
    const std::string text = "a,b\n" + std::string(100'000, 'x') + ",1\n";
    for (const std::string& packed : {gzip(text), zstd(text)}) {
        for (std::size_t keep : {packed.size() - 1, packed.size() / 2, std::size_t{5}}) {
            EXPECT_EQ(records_of_file(packed.substr(0, keep)).at(0), "error files.damaged") << keep;
        }
    }
    std::string spoilt = gzip("a,b\n1,2\n3,4\n5,6\n");
    spoilt[spoilt.size() - 6] = static_cast<char>(spoilt[spoilt.size() - 6] ^ 1);  // the checksum
    EXPECT_EQ(records_of_file(spoilt).at(0), "error files.damaged");
}

TEST(ByteStream, AMissingFileIsNamed) {
    const auto stream = ByteStream::open("/nowhere/rows.csv");
    ASSERT_FALSE(stream.ok());
    EXPECT_EQ(stream.error().code, "files.unreadable");
    EXPECT_NE(stream.error().message.find("/nowhere/rows.csv"), std::string::npos);
}

TEST(JsonLinesReader, MembersAreFoundByTheirPath) {
    auto reader = open_json_lines(stream_of("{\"id\":7,\"user\":{\"mail\":\"a@b.c\",\"ok\":true},"
                                            "\"n\":19.99,\"list\":[1,{\"x\":null}]}\n\n"
                                            "{\"user.mail\":\"direct\",\"id\":null,\"n\":-1e3}"),
                                  {"id", "user.mail", "user.ok", "n", "list", "missing"});
    ASSERT_TRUE(reader.ok());
    EXPECT_EQ(records_of(std::move(reader).value()),
              (Texts{"7|a@b.c|true|19.99|[1,{\"x\":null}]|", "direct||-1000||"}));
}

TEST(JsonLinesReader, NumbersArePlainDecimalsHoweverTheyAreWritten) {
    std::string lines;
    for (const char* number :
         {"100000.0", "1700000000.0", "-2e6", "-0.0", "9007199254740991.0", "1e20", "0.00001",
          "1.5e-7", "1700000000.25", "18446744073709551615", "5e-324", "-1.7976931348623157e308"})
        lines.append("{\"n\":").append(number).append("}\n");
    auto reader = open_json_lines(stream_of(lines), {"n"});
    ASSERT_TRUE(reader.ok());
    const Texts read = records_of(std::move(reader).value());
    EXPECT_EQ(
        Texts(read.begin(), read.begin() + 10),
        (Texts{"100000", "1700000000", "-2000000", "0", "9007199254740991", "100000000000000000000",
               "0.00001", "0.00000015", "1700000000.25", "18446744073709551615"}));
    EXPECT_EQ(read.at(10).size(), 326u);
    EXPECT_EQ(read.at(11).size(), 310u);
}

TEST(JsonLinesReader, ABrokenLineIsUnfitAndTheNextOneIsRead) {
    auto reader =
        open_json_lines(stream_of("{\"a\":1}\n{\"a\":\n[1]\n{\"a\":\"\xff\"}\n{\"a\":2}\n"), {"a"});
    ASSERT_TRUE(reader.ok());
    EXPECT_EQ(records_of(std::move(reader).value()),
              (Texts{"1", "files.json@2", "files.json@3", "files.json@4", "2"}));
}

}  // namespace
}  // namespace filrouge::files
