#include <gtest/gtest.h>

#include "files/progress.h"

namespace filrouge::files {
namespace {

Progress at(double seconds, std::uint64_t read) {
    Progress p;
    p.bytes_total = 1'000;
    p.bytes_read = read;
    p.rows = read * 1'000;
    p.seconds = seconds;
    p.file = "rows.csv";
    return p;
}

TEST(ProgressLine, TellsPercentRateAndRest) {
    EXPECT_EQ(progress_text(at(2, 250)), " 25 % 250,000 rows, 125,000 rows/s, 6 s left, rows.csv");
    EXPECT_EQ(progress_text(at(0.1, 10)), "  1 % 10,000 rows, rows.csv");
    EXPECT_EQ(progress_text(at(3'600, 10)).find("99 h 0 min left") != std::string::npos, true);
}

TEST(ProgressLine, AtATerminalItIsOneLineWrittenOver) {
    std::string out;
    ProgressLine line(true, [&](std::string_view text) { out += text; });
    line.show(at(2, 250));
    const std::size_t first = out.size();
    line.show(at(0.1, 10));
    EXPECT_EQ(out.find('\n'), std::string::npos);
    EXPECT_EQ(out[0], '\r');
    EXPECT_EQ(out.size(), 2 * first);  // the shorter text wipes out the longer one
    line.finish({});
    EXPECT_TRUE(out.ends_with("\n"));
}

TEST(ProgressLine, ElsewhereItIsALineEveryFiveSeconds) {
    std::string out;
    ProgressLine line(false, [&](std::string_view text) { out += text; });
    for (int tenth = 0; tenth <= 120; ++tenth) line.show(at(tenth / 10.0, 10));
    EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 2);
    EXPECT_EQ(out.find('\r'), std::string::npos);
}

TEST(ProgressLine, AFileNameCannotMoveTheCursor) {
    std::string out;
    ProgressLine line(true, [&](std::string_view text) { out += text; });
    Progress p = at(1, 1);
    p.file = "a\x1b[2J" + std::string(200, 'b');
    line.show(p);
    EXPECT_EQ(out.find('\x1b'), std::string::npos);
    EXPECT_LE(out.size(), ProgressLine::kColumns + 1);
}

}  // namespace
}  // namespace filrouge::files
