#include "base/histogram.h"

#include <algorithm>

namespace filrouge {

namespace {

void append_line(std::string& out, std::string_view name, std::string_view suffix,
                 const std::string& labels, const std::string& value) {
    out.append(name).append(suffix);
    if (!labels.empty()) out.append("{").append(labels).append("}");
    out.append(" ").append(value).append("\n");
}

}  // namespace

std::string seconds_text(std::int64_t us) {
    std::string fraction = std::to_string(1'000'000 + us % 1'000'000).substr(1);
    while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
    return std::to_string(us / 1'000'000) + (fraction.empty() ? "" : "." + fraction);
}

void DurationHistogram::add(std::int64_t us) {
    const auto* const bound = std::lower_bound(kBoundsUs.begin(), kBoundsUs.end(), us);
    ++counts_[static_cast<std::size_t>(bound - kBoundsUs.begin())];
    sum_us_ += us;
}

void DurationHistogram::append_to(std::string& out, std::string_view name,
                                  std::string_view labels) const {
    const std::string given(labels);
    const std::string before = given.empty() ? "" : given + ",";
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        below += counts_[i];
        const std::string bound = i < kBoundsUs.size() ? seconds_text(kBoundsUs[i]) : "+Inf";
        std::string with_bound = before;
        with_bound.append("le=\"").append(bound).append("\"");
        append_line(out, name, "_bucket", with_bound, std::to_string(below));
    }
    append_line(out, name, "_sum", given, seconds_text(sum_us_));
    append_line(out, name, "_count", given, std::to_string(below));
}

}  // namespace filrouge
