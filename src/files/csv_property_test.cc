#include <gtest/gtest.h>

#include <random>

#include "base/seed_for_test.h"
#include "files/files_for_test.h"

namespace filrouge::files {
namespace {

using Rows = std::vector<std::vector<std::string>>;

// Texts of the characters that a CSV reader may stumble over.
std::string random_text(std::mt19937_64& random) {
    constexpr std::string_view kPieces[] = {"a",    "Z", "7",  ",", ";",  "\"", "\"\"", "\n",
                                            "\r\n", " ", "\t", "é", "漢", "\\", "'"};
    std::string out;
    for (std::size_t n = random() % 8; n > 0; --n) out += kPieces[random() % std::size(kPieces)];
    return out;
}

std::string written(const Rows& rows, char delimiter, std::mt19937_64& random) {
    std::string out;
    const std::string line_end = random() % 2 == 0 ? "\n" : "\r\n";
    for (std::size_t r = 0; r < rows.size(); ++r) {
        for (std::size_t c = 0; c < rows[r].size(); ++c) {
            if (c != 0) out += delimiter;
            const std::string& field = rows[r][c];
            const bool must =
                field.find_first_of(std::string("\"\n\r") + delimiter) != std::string::npos;
            if (!must && random() % 3 != 0) {
                out += field;
                continue;
            }
            out += '"';
            for (const char ch : field) out += ch == '"' ? "\"\"" : std::string(1, ch);
            out += '"';
        }
        if (r + 1 < rows.size() || random() % 2 == 0) out += line_end;
    }
    return out;
}

TEST(CsvProperty, WhatIsWrittenAsCsvIsReadBackAsItWas) {
    const std::uint64_t first = test_seed(1);
    for (std::uint64_t seed = first; seed < first + 2'000; ++seed) {
        std::mt19937_64 random(seed);
        const std::size_t width = 2 + random() % 4;
        Rows rows(random() % 6);
        for (auto& row : rows) {
            for (std::size_t c = 0; c < width; ++c) row.push_back(random_text(random));
            row[0] += "x";  // a line of nothing at all would be passed over
        }
        CsvFormat format;
        format.delimiter = random() % 2 == 0 ? ',' : ';';
        format.header = false;
        format.columns.resize(width);
        auto reader =
            open_csv(stream_of(written(rows, format.delimiter, random), 1 + random() % 64), format);
        ASSERT_TRUE(reader.ok());
        Rows read;
        Record record;
        while (reader.value()->next(record).value() == Read::Record)
            read.emplace_back(record.fields.begin(), record.fields.end());
        ASSERT_EQ(read, rows) << "seed " << seed;
    }
}

TEST(CsvProperty, AnyBytesAreReadToTheEndWithoutLosingALine) {
    for (std::uint64_t seed = 1; seed <= 2'000; ++seed) {
        std::mt19937_64 random(seed);
        std::string bytes;
        for (std::size_t n = random() % 200; n > 0; --n) bytes += "a,\"\n\r\xff 1"[random() % 8];
        CsvFormat format;
        format.header = false;
        auto reader = open_csv(stream_of(bytes, 1 + random() % 9), format);
        ASSERT_TRUE(reader.ok());
        Record record;
        std::uint64_t last_line = 0;
        for (;;) {
            const auto read = reader.value()->next(record);
            ASSERT_TRUE(read.ok()) << seed;
            if (read.value() == Read::End) break;
            ASSERT_GT(record.line, last_line) << seed;
            last_line = record.line;
        }
        ASSERT_EQ(reader.value()->file_bytes_read(), bytes.size()) << seed;
    }
}

}  // namespace
}  // namespace filrouge::files
