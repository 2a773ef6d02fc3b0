#include "collect/phone.h"

#include <re2/re2.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "collect/phone_table.h"

namespace filrouge::collect {
namespace {

constexpr std::size_t kDigitsMax = 15;  // E.164, with the calling code
constexpr std::size_t kCodeDigitsMax = 3;
constexpr int kGroupsMax = 4;  // of a prefix, the whole match included

re2::StringPiece piece(std::string_view s) { return {s.data(), s.size()}; }

class Plan {
  public:
    explicit Plan(const PhonePlan& row)
        : row_(row),
          abroad_(piece(row.abroad)),
          at_home_(piece(row.at_home)),
          number_(piece(row.number)) {}
    std::string_view code() const { return row_.code; }

    std::optional<std::string> number(std::string_view national) const {
        const std::string bare = without_prefix(national);
        if (!fits(bare) || row_.code.size() + bare.size() > kDigitsMax) return std::nullopt;
        return "+" + std::string(row_.code) + bare;
    }
    // What follows the prefix for calls abroad.
    std::optional<std::string_view> behind_abroad(std::string_view digits) const {
        re2::StringPiece match;
        if (row_.abroad.empty() || !starts(abroad_, digits, &match, 1)) return std::nullopt;
        return digits.substr(match.size());
    }

  private:
    static bool starts(const RE2& pattern, std::string_view text, re2::StringPiece* groups,
                       int count) {
        return pattern.Match(piece(text), 0, text.size(), RE2::ANCHOR_START, groups, count);
    }
    bool fits(std::string_view national) const {
        return national.size() < 32 && (row_.lengths >> national.size() & 1) != 0 &&
               RE2::FullMatch(piece(national), number_);
    }
    // A number may begin with the digits of the prefix: they stay where it is none without them.
    std::string without_prefix(std::string_view national) const {
        std::string whole(national);
        re2::StringPiece groups[kGroupsMax];
        const int count = at_home_.NumberOfCapturingGroups() + 1;
        if (row_.at_home.empty() || count > kGroupsMax || !starts(at_home_, whole, groups, count))
            return whole;
        std::string bare = whole.substr(groups[0].size());
        if (!row_.rewritten.empty() && groups[count - 1].data() != nullptr) {
            bare = whole;
            RE2::Replace(&bare, at_home_, piece(row_.rewritten));
        }
        return fits(whole) && !fits(bare) ? whole : bare;
    }

    const PhonePlan& row_;
    RE2 abroad_, at_home_, number_;
};

const Plan* plan_of(std::string_view code) {
    // Compiled once: some milliseconds at the first number.
    static const auto plans = [] {
        std::vector<std::unique_ptr<Plan>> all;
        all.reserve(kPhoneTable.size());
        for (const PhonePlan& row : kPhoneTable) all.push_back(std::make_unique<Plan>(row));
        return all;
    }();
    const auto at =
        std::lower_bound(plans.begin(), plans.end(), code,
                         [](const auto& plan, std::string_view c) { return plan->code() < c; });
    return at != plans.end() && (*at)->code() == code ? at->get() : nullptr;
}

}  // namespace

bool is_calling_code(std::string_view code) { return plan_of(code) != nullptr; }

std::optional<std::string> international_phone(std::string_view digits) {
    // No calling code begins with another one.
    for (std::size_t n = 1; n <= std::min(kCodeDigitsMax, digits.size()); ++n) {
        if (const Plan* plan = plan_of(digits.substr(0, n))) return plan->number(digits.substr(n));
    }
    return std::nullopt;
}

std::optional<std::string> dialled_phone(std::string_view digits, std::string_view calling_code) {
    if (const Plan* home = plan_of(calling_code)) {
        if (auto number = home->number(digits)) return number;
        if (const auto rest = home->behind_abroad(digits)) {
            if (auto number = international_phone(*rest)) return number;
        }
        if (digits.starts_with(calling_code)) {
            if (auto number = home->number(digits.substr(calling_code.size()))) return number;
        }
    }
    if (!digits.starts_with("00")) return std::nullopt;
    return international_phone(digits.substr(2));
}

}  // namespace filrouge::collect
