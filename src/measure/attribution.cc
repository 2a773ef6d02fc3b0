#include "measure/attribution.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

namespace filrouge::measure {
namespace {

Error error(const char* code, std::string message, const char* hint) {
    return {code, std::move(message), hint};
}

Result<void> check(const Path& path, std::size_t channels) {
    if (path.channels.empty()) {
        return error("measure.empty_path", "A path has no touch.",
                     "Give visits without a known channel a number of their own.");
    }
    if (path.channels.size() > kTouchesMax) {
        return error("measure.long_path",
                     fmt::format("A path has {} touches; the limit is {}.", path.channels.size(),
                                 kTouchesMax),
                     "Keep the newest touches, or count neighbouring touches of a channel as one.");
    }
    const std::uint8_t highest = *std::max_element(path.channels.begin(), path.channels.end());
    if (highest >= channels) {
        return error("measure.unknown_channel",
                     fmt::format("A path touches channel {} of {}.", highest, channels),
                     "Channels are numbered from 0.");
    }
    if (path.value != 0 && path.conversions == 0) {
        return error("measure.bad_path_value",
                     fmt::format("A path has no conversion, and a value of {}.", path.value),
                     "Value comes with conversions.");
    }
    return {};
}

Result<void> check_weights(const Rule& rule) {
    const double all = rule.first + rule.between + rule.last;
    if (!(rule.first >= 0 && rule.between >= 0 && rule.last >= 0 && all > 0 &&
          std::isfinite(all))) {
        return error("measure.bad_position_weights",
                     fmt::format("Shares of {}, {} and {}.", rule.first, rule.between, rule.last),
                     "Give three shares that are not negative, one of them above 0.");
    }
    return {};
}

Result<void> check_ages(const Journeys& journeys, const Rule& rule) {
    if (!(rule.half_life > 0)) {
        return error("measure.bad_half_life", fmt::format("A half-life of {}.", rule.half_life),
                     "Give one above 0.");
    }
    const auto bad = [](double age) { return !(age >= 0 && std::isfinite(age)); };
    for (const Path& path : journeys.paths) {
        if (path.ages.size() != path.channels.size() ||
            std::any_of(path.ages.begin(), path.ages.end(), bad)) {
            return error("measure.bad_ages",
                         fmt::format("A path of {} touches has {} ages, or one below 0.",
                                     path.channels.size(), path.ages.size()),
                         "Time decay takes an age for each touch.");
        }
    }
    return {};
}

void share_by_age(const Rule& rule, const std::vector<double>& ages, std::vector<double>& shares) {
    const double newest = *std::min_element(ages.begin(), ages.end());
    double sum = 0;
    for (std::size_t i = 0; i < ages.size(); ++i) {
        shares[i] = decay_weight(ages[i] - newest, rule.half_life);
        sum += shares[i];
    }
    for (double& share : shares) share /= sum;
}

void share(const Rule& rule, const Path& path, std::vector<double>& shares) {
    const std::size_t touches = path.channels.size();
    shares.resize(touches);
    if (rule.kind == RuleKind::TimeDecay) return share_by_age(rule, path.ages, shares);
    const TouchShares of = touch_shares(rule, touches);
    std::fill(shares.begin(), shares.end(), of.between);
    shares.back() = of.last;
    shares.front() = of.first;
}

void give(Credit& credit, const Path& path, double share) {
    credit.conversions += share * static_cast<double>(path.conversions);
    credit.value += share * static_cast<double>(path.value);
}

}  // namespace

Result<void> check(const Journeys& journeys) {
    if (journeys.channels == 0 || journeys.channels > kChannelsMax) {
        return error(
            "measure.channels",
            fmt::format("{} channels; 1 to {} are possible.", journeys.channels, kChannelsMax),
            "Join the smallest channels to one.");
    }
    if (journeys.paths.size() > kPathsMax) {
        return error("measure.too_many_paths",
                     fmt::format("{} paths; the limit is {}.", journeys.paths.size(), kPathsMax),
                     "Add up equal paths, or keep the newest touches of long ones.");
    }
    for (const Path& path : journeys.paths) TRY(check(path, journeys.channels));
    return {};
}

Result<Credits> attribute_by_rule(const Journeys& journeys, const Rule& rule) {
    TRY(check(journeys));
    if (rule.kind == RuleKind::Position) TRY(check_weights(rule));
    if (rule.kind == RuleKind::TimeDecay) TRY(check_ages(journeys, rule));
    Credits credits(journeys.channels);
    std::vector<double> shares;
    for (const Path& path : journeys.paths) {
        share(rule, path, shares);
        for (std::size_t i = 0; i < shares.size(); ++i) {
            give(credits[path.channels[i]], path, shares[i]);
        }
    }
    return credits;
}

Result<Credits> attribute_by_shapley(const Journeys& journeys) {
    TRY(check(journeys));
    Credits credits(journeys.channels);
    for (const Path& path : journeys.paths) {
        std::uint64_t players = 0;
        for (const std::uint8_t channel : path.channels) players |= std::uint64_t{1} << channel;
        const double share = 1.0 / std::popcount(players);
        for (; players != 0; players &= players - 1) {
            give(credits[static_cast<std::size_t>(std::countr_zero(players))], path, share);
        }
    }
    return credits;
}

}  // namespace filrouge::measure
