// People for the tests of this folder: a dictionary of names, a person with events and traits, and
// two time zones with their clock changes. Header only; no part of the library.
#pragma once

#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "audience/compile.h"
#include "audience/evaluate.h"
#include "audience/person.h"

namespace filrouge::audience::test {

struct FakeNames : Names {
    StringNo number(std::string_view text) override {
        const auto found = numbers.find(text);
        if (found != numbers.end()) return found->second;
        if (draft) return {};
        const StringNo n{static_cast<std::uint32_t>(texts.size())};
        texts.emplace_back(text);
        numbers.emplace(std::string(text), n);
        return n;
    }
    std::string_view text(StringNo n) const override {
        return n.is_none() ? std::string_view{} : std::string_view(texts[n.value]);
    }
    std::optional<std::uint8_t> purpose(std::string_view name) const override {
        const auto found = purposes.find(name);
        return found == purposes.end() ? std::nullopt : std::optional(found->second);
    }
    std::optional<AudienceNo> audience(std::string_view name) const override {
        const auto found = audiences.find(name);
        return found == audiences.end() ? std::nullopt : std::optional(AudienceNo{found->second});
    }
    std::vector<AudienceNo> needs(AudienceNo a) const override {
        const auto found = needed.find(a.value);
        return found == needed.end() ? std::vector<AudienceNo>{} : found->second;
    }
    bool draft = false;  // an unknown text gets no number
    std::deque<std::string> texts;
    std::map<std::string, StringNo, std::less<>> numbers;
    std::map<std::string, std::uint8_t, std::less<>> purposes = {
        {"marketing.email", 0}, {"marketing.sms", 1}, {"analytics", 2}};
    std::map<std::string, std::uint32_t, std::less<>> audiences = {
        {"Regulars", 0}, {"VIP", 1}, {"Newcomers", 2}};
    std::map<std::uint32_t, std::vector<AudienceNo>> needed;
};

// A zone as a list of (UTC instant, offset from then on).
struct SteppedZone : Zone {
    using Step = std::pair<std::int64_t, std::int64_t>;
    explicit SteppedZone(std::vector<Step> list) : steps(std::move(list)) {}
    std::int64_t local_from_utc_us(std::int64_t utc) const override { return utc + offset_at(utc); }
    std::int64_t utc_from_local_us(std::int64_t local) const override {
        for (std::size_t i = 0; i < steps.size(); ++i) {
            const std::int64_t utc = local - steps[i].second;
            if (i + 1 == steps.size() || utc < steps[i + 1].first) {
                return std::max(utc, steps[i].first);  // in a gap: the instant after it
            }
        }
        return local;
    }
    std::int64_t offset_at(std::int64_t utc) const {
        std::int64_t offset = steps[0].second;
        for (const auto& [from, o] : steps) offset = utc >= from ? o : offset;
        return offset;
    }
    std::vector<Step> steps;
};

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kHourUs = 3'600 * kSecondUs;
constexpr std::int64_t kDayUs = 24 * kHourUs;

// Microseconds of UTC at midnight of a date.
inline std::int64_t utc(int year, unsigned month, unsigned day) {
    const std::chrono::sys_days d{std::chrono::year{year} / std::chrono::month{month} /
                                  std::chrono::day{day}};
    return d.time_since_epoch().count() * kDayUs;
}

inline SteppedZone paris() {
    return SteppedZone({{INT64_MIN, kHourUs},
                        {utc(2025, 3, 30) + kHourUs, 2 * kHourUs},
                        {utc(2025, 10, 26) + kHourUs, kHourUs},
                        {utc(2026, 3, 29) + kHourUs, 2 * kHourUs},
                        {utc(2026, 10, 25) + kHourUs, kHourUs}});
}
// Its clock goes forward at midnight: some days there have no 00:00.
inline SteppedZone santiago() {
    return SteppedZone({{INT64_MIN, -3 * kHourUs},
                        {utc(2025, 4, 6) + 3 * kHourUs, -4 * kHourUs},
                        {utc(2025, 9, 7) + 4 * kHourUs, -3 * kHourUs},
                        {utc(2026, 4, 5) + 3 * kHourUs, -4 * kHourUs},
                        {utc(2026, 9, 6) + 4 * kHourUs, -3 * kHourUs}});
}

inline Currency currency(std::string_view code) { return *Currency::parse(code); }

// One person. Events may be told in any order.
class Person {
  public:
    explicit Person(FakeNames& names) : names_(names) {}
    struct Told {
        history::EventRow row;
        std::vector<history::Cell> cells;
        std::vector<history::Line> lines;
    };
    class Event {
      public:
        Event(Told& told, FakeNames& names) : told_(told), names_(names) {}
        Event& value(double amount, std::string_view code) {
            told_.row.has_value = true;
            told_.row.value = {*fixed_from_double(amount), currency(code)};
            return *this;
        }
        Event& text(std::string_view key, std::string_view v) {
            return cell({names_.number(key), history::CellKind::Text, 0, names_.number(v)});
        }
        Event& number(std::string_view key, double v) {
            return cell({names_.number(key), history::CellKind::Number, *fixed_from_double(v), {}});
        }
        Event& boolean(std::string_view key, bool v) {
            return cell({names_.number(key), history::CellKind::Bool, v ? 1 : 0, {}});
        }
        Event& line(std::string_view product, std::string_view category,
                    std::optional<double> price, double quantity) {
            told_.lines.push_back({names_.number(product), names_.number(category),
                                   *fixed_from_double(quantity),
                                   price ? *fixed_from_double(*price) : history::kNoPrice});
            return *this;
        }
        Event& in(Channel channel) { return told_.row.channel = channel, *this; }
        Event& place(std::string_view p) { return told_.row.place = names_.number(p), *this; }
        Event& product(std::string_view p) { return told_.row.product = names_.number(p), *this; }
        Event& quantity(double q) { return told_.row.quantity = *fixed_from_double(q), *this; }
        Event& flag(EventFlag f) { return told_.row.flags |= f, *this; }

      private:
        Event& cell(history::Cell c) { return told_.cells.push_back(c), *this; }
        Told& told_;
        FakeNames& names_;
    };
    Event does(std::string_view name, std::int64_t at_us) {
        Told& told = told_.emplace_back();
        told.row.at = EventTime{at_us};
        told.row.sequence = told_.size();
        told.row.name = names_.number(name);
        return {told, names_};
    }
    void has(std::string_view key, std::string_view text) {
        trait({names_.number(key), history::CellKind::Text, 0, names_.number(text)});
    }
    void has(std::string_view key, std::int64_t whole) {
        trait({names_.number(key), history::CellKind::Number, whole * kFixedScale, {}});
    }
    void is(std::string_view key, bool v) {
        trait({names_.number(key), history::CellKind::Bool, v ? 1 : 0, {}});
    }
    void trait(history::Cell c) { traits.push_back({c, EventTime{1}, 7, 3, FragmentNo{0}, {}}); }

    // The view at an instant; it borrows from the person and holds until the next one.
    PersonView at(std::int64_t now_us) { return at(now_us, now_us); }
    // The same at a later instant, when nothing has happened since `known_us`.
    PersonView at(std::int64_t now_us, std::int64_t known_us) {
        rows_.clear();
        for (Told& t : told_) {
            if (t.row.at.us > known_us) continue;
            t.row.cells = t.cells;
            t.row.lines = t.lines;
            rows_.push_back(t.row);
        }
        std::stable_sort(rows_.begin(), rows_.end(), [](const auto& a, const auto& b) {
            return std::pair(a.at, a.sequence) < std::pair(b.at, b.sequence);
        });
        PersonView view;
        view.now = EventTime{now_us};
        view.events = rows_;
        view.traits = traits;
        view.granted = granted;
        view.refused = refused;
        view.split_hash = split_hash;
        view.zone = zone;
        view.rates = rates;
        view.member_of = &member_of;
        return view;
    }
    std::vector<std::int64_t> times() const {
        std::vector<std::int64_t> out;
        for (const Told& t : told_) out.push_back(t.row.at.us);
        return out;
    }
    std::vector<history::TraitRow> traits;
    PurposeSet granted;
    PurposeSet refused;
    std::uint64_t split_hash = 0;
    const Zone* zone = nullptr;
    const Rates* rates = nullptr;
    std::function<bool(AudienceNo)> member_of = [](AudienceNo a) { return a.value == 0; };

  private:
    FakeNames& names_;
    std::deque<Told> told_;
    std::vector<history::EventRow> rows_;
};

}  // namespace filrouge::audience::test
