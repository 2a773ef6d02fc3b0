#include "files/progress.h"

#include <algorithm>
#include <cmath>

#include "base/terminal.h"
#include "base/text.h"

namespace filrouge::files {
namespace {

constexpr double kRateAfterSeconds = 0.5;

std::string rest_text(double seconds) {
    const auto s = static_cast<std::uint64_t>(std::llround(std::min(seconds, 3.6e8)));
    if (s < 120) return std::to_string(s) + " s";
    if (s < 7'200) return std::to_string(s / 60) + " min";
    return std::to_string(s / 3'600) + " h " + std::to_string(s / 60 % 60) + " min";
}

// Cut at a whole character.
std::string on_one_line(std::string text) {
    if (text.size() <= ProgressLine::kColumns) return text;
    std::size_t end = 0;
    while (end < ProgressLine::kColumns) {
        const std::size_t n = std::max<std::size_t>(1, utf8_length_at(text, end));
        if (end + n > ProgressLine::kColumns) break;
        end += n;
    }
    text.resize(end);
    return text;
}

}  // namespace

std::string grouped_digits(std::uint64_t n) {
    const std::string digits = std::to_string(n);
    std::string out;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i != 0 && (digits.size() - i) % 3 == 0) out.push_back(',');
        out.push_back(digits[i]);
    }
    return out;
}

std::string progress_text(const Progress& p) {
    const double part =
        p.bytes_total == 0
            ? 0
            : std::min(1.0, static_cast<double>(p.bytes_read) / static_cast<double>(p.bytes_total));
    const std::string percent = std::to_string(static_cast<int>(part * 100));
    std::string out = part >= 1 ? "" : part >= 0.1 ? " " : "  ";
    out += percent + " % " + grouped_digits(p.rows) + " rows";
    if (p.seconds >= kRateAfterSeconds) {
        const double rate = static_cast<double>(p.rows) / p.seconds;
        out += ", " + grouped_digits(static_cast<std::uint64_t>(rate)) + " rows/s";
        if (part > 0) out += ", " + rest_text(p.seconds * (1 - part) / part) + " left";
    }
    if (p.bad_rows != 0) out += ", " + grouped_digits(p.bad_rows) + " unfit";
    if (!p.file.empty()) out += ", " + p.file;
    return out;
}

std::string report_text(const ImportReport& r) {
    std::string out = grouped_digits(r.rows) + " rows, " + grouped_digits(r.items) +
                      " events: " + grouped_digits(r.done.stored) + " stored, " +
                      grouped_digits(r.done.deduplicated) + " were there already";
    if (r.done.not_kept != 0)
        out += ", " + grouped_digits(r.done.not_kept) + " not kept for lack of consent";
    if (r.bad_rows != 0) out += ", " + grouped_digits(r.bad_rows) + " unfit rows in quarantine";
    if (r.bad_lookup_rows != 0)
        out += ", " + grouped_digits(r.bad_lookup_rows) + " unfit rows of lookups";
    if (r.skipped_rows != 0)
        out += ", " + grouped_digits(r.skipped_rows) + " rows left out by the map";
    if (r.reopened_groups != 0) {
        out += ", " + grouped_digits(r.reopened_groups) +
               " groups lay apart: raise group.window in the map";
    }
    if (r.seconds > 0) {
        out += " (" +
               grouped_digits(static_cast<std::uint64_t>(static_cast<double>(r.rows) / r.seconds)) +
               " rows/s)";
    }
    return out;
}

void ProgressLine::show(const Progress& progress) {
    if (!terminal_) {
        if (progress.seconds - last_line_at_ < kSecondsBetweenLines) return;
        last_line_at_ = progress.seconds;
        write_(progress_text(progress) + "\n");
        return;
    }
    const std::string text = on_one_line(for_terminal(progress_text(progress)));
    const std::size_t size = text.size();
    std::string line = "\r";
    line += text;
    if (size < shown_) line.append(shown_ - size, ' ');
    shown_ = size;
    write_(line);
}

void ProgressLine::finish(const ImportReport& report) {
    if (terminal_ && shown_ != 0) {
        std::string wiped = "\r";
        wiped.append(shown_, ' ').push_back('\r');
        write_(wiped);
    }
    shown_ = 0;
    write_(report_text(report) + "\n");
}

}  // namespace filrouge::files
