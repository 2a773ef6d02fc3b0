#include "matching/match.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>

#include "matching/parallel.h"
#include "matching/training.h"

namespace filrouge::matching {

namespace {

constexpr std::size_t kBlocksAStep = 256;
constexpr std::uint64_t kPairsKeptAlways = 100'000;
constexpr int kRoundsOfPrior = 100;

bool better(const Pair& x, const Pair& y) {
    if (x.weight != y.weight) return x.weight > y.weight;
    return x.a != y.a ? x.a < y.a : x.b < y.b;
}

class Run {
  public:
    Run(const Records& records, const MatchOptions& options)
        : records_(records), options_(options), blocking_(records, options.between) {}

    Result<Matches> run() {
        if (blocking_.pairs_possible() == 0)
            return Error{"matching.nothing", "There are no two records to compare.",
                         "Name traits that people have, and a source that has people."};
        TRY(tell("training", 0, 1));
        out_.model =
            train(records_, blocking_, {options_.seed, options_.threads, options_.households});
        out_.passes = blocking_.passes();
        out_.possible = blocking_.pairs_possible();
        TRY(compare());
        std::sort(out_.pairs.begin(), out_.pairs.end(), better);
        settle_prior();
        if (options_.one_to_one) keep_one_to_one();
        return std::move(out_);
    }

  private:
    struct Part {  // what one thread found
        std::vector<Pair> pairs;
        std::uint64_t compared = 0;
    };
    Result<void> tell(std::string_view stage, std::uint64_t done, std::uint64_t of) {
        if (!options_.progress || options_.progress(stage, done, of)) return {};
        return Error{"matching.cancelled", "The matching was cancelled.", ""};
    }
    Result<void> compare();
    void compare_blocks(const Scorer& scorer, const Blocks& blocks, std::size_t pass);
    void keep_best();
    void settle_prior();
    double missed() const;
    void keep_one_to_one();

    const Records& records_;
    const MatchOptions& options_;
    Blocking blocking_;
    double least_ = 0;  // weight of a pair that is kept
    Matches out_;
};

Result<void> Run::compare() {
    const Scorer scorer(records_, options_.between, out_.model);
    least_ = std::log2(kProbabilityKept / (1 - kProbabilityKept)) - out_.model.prior_weight();
    std::uint64_t left = blocking_.pairs_max();
    const std::size_t passes = blocking_.passes().size();
    for (std::size_t p = 0; p < passes; ++p) {
        TRY(tell("comparing", p, passes));
        const bool everybody = blocking_.passes()[p].keys.empty();
        const std::uint64_t share = everybody ? out_.possible : left / (passes - p);
        const Blocks blocks = blocking_.blocks(p, share, 1, options_.threads, true);
        out_.figures.push_back(blocks.figures);
        left -= std::min(left, blocks.figures.pairs);
        compare_blocks(scorer, blocks, p);
        keep_best();
    }
    return {};
}

void Run::compare_blocks(const Scorer& scorer, const Blocks& blocks, std::size_t pass) {
    std::vector<Part> parts(options_.threads);
    std::atomic<std::size_t> next{0};
    in_parallel(options_.threads, [&](unsigned t) {
        Part& part = parts[t];
        for (std::size_t from = 0; (from = next.fetch_add(kBlocksAStep)) < blocks.blocks.size();) {
            const std::size_t to = std::min(from + kBlocksAStep, blocks.blocks.size());
            for (std::size_t i = from; i < to; ++i) {
                each_pair(blocks, blocks.blocks[i], options_.between,
                          [&](std::uint32_t a, std::uint32_t b) {
                              if (blocking_.met_in(a, b, pass) != 0) return;
                              ++part.compared;
                              const auto weight = scorer.weight(a, b, least_);
                              if (!weight) return;
                              part.pairs.push_back({a, b, static_cast<float>(*weight), 0});
                          });
            }
        }
    });
    for (const Part& part : parts) {
        out_.compared += part.compared;
        out_.pairs.insert(out_.pairs.end(), part.pairs.begin(), part.pairs.end());
    }
}

// After a pass, so that which pairs go does not depend on the threads.
void Run::keep_best() {
    const std::uint64_t most = kPairsKeptARow * records_.rows() + kPairsKeptAlways;
    if (out_.pairs.size() <= most) return;
    const auto end = out_.pairs.begin() + static_cast<std::ptrdiff_t>(most);
    std::nth_element(out_.pairs.begin(), end, out_.pairs.end(), better);
    out_.dropped += out_.pairs.size() - most;
    out_.pairs.erase(end, out_.pairs.end());
}

// The number of matches that the posteriors add up to is the number they were made from.
void Run::settle_prior() {
    double& prior = out_.model.prior;
    double sum = 0;
    for (int round = 0; round < kRoundsOfPrior; ++round) {
        sum = 0;
        for (Pair& pair : out_.pairs) {
            pair.probability = static_cast<float>(probability(pair.weight, prior));
            sum += pair.probability;
        }
        const double next = std::clamp(sum / static_cast<double>(out_.possible), 1e-12, 0.5);
        const bool settled = std::abs(next - prior) <= 1e-6 * prior;
        prior = next;
        if (settled) break;
    }
    out_.met = 1 - missed();
    out_.expected = sum / std::max(out_.met, 0.01);
}

// Capture and recapture: of the matches that other passes met, a pass meets a share; if passes
// missed independently, the product of what each misses would be missed by all.
double Run::missed() const {
    const std::size_t passes = blocking_.passes().size();
    std::vector<double> by_others(passes), by_both(passes);
    for (const Pair& pair : out_.pairs) {
        const std::uint64_t met = blocking_.met_in(pair.a, pair.b, passes);
        for (std::size_t p = 0; p < passes; ++p) {
            const std::uint64_t bit = std::uint64_t{1} << p;
            if ((met & ~bit) == 0) continue;
            by_others[p] += pair.probability;
            if ((met & bit) != 0) by_both[p] += pair.probability;
        }
    }
    double out = 1;
    for (std::size_t p = 0; p < passes; ++p) {
        if (by_others[p] > 0) out *= 1 - by_both[p] / by_others[p];
    }
    return out;
}

// The best pair first, as long as both are free. The assignment of the largest sum (Jaro 1989)
// differs from it only where one record fits two others nearly as well.
void Run::keep_one_to_one() {
    std::vector<bool> taken(records_.rows());
    std::erase_if(out_.pairs, [&](const Pair& pair) {
        if (taken[pair.a] || taken[pair.b]) return true;
        if (options_.never && options_.never(pair.a, pair.b)) return true;
        taken[pair.a] = taken[pair.b] = true;
        return false;
    });
}

// Calls each(expected) for every number of pairs from 1 on.
template <class Each>
void each_expected(const Matches& matches, Each each) {
    double sum = 0;
    Expected at;
    for (const Pair& pair : matches.pairs) {
        sum += pair.probability;
        ++at.pairs;
        at.probability = pair.probability;
        at.precision = sum / static_cast<double>(at.pairs);
        at.recall = matches.expected > 0 ? std::min(sum / matches.expected, 1.0) : 0;
        if (!each(at)) return;
    }
}

}  // namespace

Result<Matches> match(const Records& records, const MatchOptions& options) {
    return Run(records, options).run();
}

Expected expected_of(const Matches& matches, std::uint64_t pairs) {
    Expected out;
    each_expected(matches, [&](const Expected& at) {
        if (at.pairs > pairs) return false;
        out = at;
        return true;
    });
    return out;
}

Expected at_probability(const Matches& matches, double probability) {
    Expected out;
    each_expected(matches, [&](const Expected& at) {
        if (at.probability < probability) return false;
        out = at;
        return true;
    });
    return out;
}

Expected at_precision(const Matches& matches, double precision) {
    Expected out;
    each_expected(matches, [&](const Expected& at) {
        if (at.precision < precision || at.probability < 0.5) return false;
        out = at;
        return true;
    });
    return out;
}

Expected at_best_f1(const Matches& matches) {
    Expected out;
    double best = 0;
    each_expected(matches, [&](const Expected& at) {
        const double f1 = 2 * at.precision * at.recall / (at.precision + at.recall);
        if (f1 > best) {
            best = f1;
            out = at;
        }
        return true;
    });
    return out;
}

}  // namespace filrouge::matching
