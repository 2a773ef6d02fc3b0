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

void weigh_by_position(const Rule& rule, std::vector<double>& weights) {
    const std::size_t n = weights.size();
    const double between = n > 2 ? rule.between / static_cast<double>(n - 2) : 0;
    std::fill(weights.begin(), weights.end(), between);
    weights.front() = rule.first;
    weights.back() = rule.last;
    if (n == 1 || rule.first + rule.last + between <= 0) {
        std::fill(weights.begin(), weights.end(), 1);
    }
}

// Ages count from the newest touch: the shares are the same, and no weight vanishes with age alone.
void weigh_by_age(const Rule& rule, const std::vector<double>& ages, std::vector<double>& weights) {
    const double newest = *std::min_element(ages.begin(), ages.end());
    for (std::size_t i = 0; i < ages.size(); ++i) {
        weights[i] = std::exp2((newest - ages[i]) / rule.half_life);
    }
}

void weigh(const Rule& rule, const Path& path, std::vector<double>& weights) {
    weights.assign(path.channels.size(), rule.kind == RuleKind::Linear ? 1 : 0);
    switch (rule.kind) {
        case RuleKind::First: weights.front() = 1; break;
        case RuleKind::Last: weights.back() = 1; break;
        case RuleKind::Linear: break;
        case RuleKind::Position: weigh_by_position(rule, weights); break;
        case RuleKind::TimeDecay: weigh_by_age(rule, path.ages, weights); break;
    }
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
    std::vector<double> weights;
    for (const Path& path : journeys.paths) {
        weigh(rule, path, weights);
        double sum = 0;
        for (const double weight : weights) sum += weight;
        for (std::size_t i = 0; i < weights.size(); ++i) {
            give(credits[path.channels[i]], path, weights[i] / sum);
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
