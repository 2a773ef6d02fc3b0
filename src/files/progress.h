// Tells a person at a terminal how far an import is: one line that is written over, or, where the
// output is no terminal, a line every five seconds.
//
//   ProgressLine line(isatty(2), [](std::string_view text) { write(2, text.data(), text.size());
//   }); options.progress = [&](const Progress& p) { line.show(p); };
//   ... line.finish(report);
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "files/importer.h"

namespace filrouge::files {

class ProgressLine {
  public:
    ProgressLine(bool terminal, std::function<void(std::string_view)> write)
        : terminal_(terminal), write_(std::move(write)) {}
    void show(const Progress& progress);
    void finish(const ImportReport& report);

    static constexpr double kSecondsBetweenLines = 5;
    static constexpr std::size_t kColumns = 78;

  private:
    bool terminal_;
    std::function<void(std::string_view)> write_;
    double last_line_at_ = 0;
    std::size_t shown_ = 0;  // characters on the line
};

// " 42 % 31,500 rows, 498,000 rows/s, 12 s left, 3 unfit, transactions.csv.gz"
std::string progress_text(const Progress& progress);
std::string report_text(const ImportReport& report);
std::string grouped_digits(std::uint64_t n);  // "1,234,567"

}  // namespace filrouge::files
