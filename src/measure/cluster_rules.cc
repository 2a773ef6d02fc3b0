#include "measure/cluster_rules.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace filrouge::measure {
namespace {

constexpr std::size_t kBins = 64;
constexpr double kWorthATerm = 0.01;  // gain in F1
constexpr int kSecondLooks = 2;

// People as the search for thresholds sees them: each feature in up to kBins bins of equal number.
struct Binned {
    std::vector<std::vector<float>> cuts;         // of each feature: least value of bin 1, 2, ...
    std::vector<std::vector<std::uint8_t>> bins;  // of each feature, person by person
};

Binned binned(const FeatureMatrix& m, const std::vector<std::size_t>& people,
              const StillWanted& still_wanted) {
    Binned out;
    std::vector<float> values(people.size());
    for (std::size_t f = 0; f < m.features && wanted(still_wanted); ++f) {
        std::transform(people.begin(), people.end(), values.begin(),
                       [&](std::size_t person) { return m.person(person)[f]; });
        std::vector<float> sorted = values;
        std::sort(sorted.begin(), sorted.end());
        std::vector<float> cuts;
        for (std::size_t b = 1; b < kBins; ++b) {
            const float cut = sorted[b * sorted.size() / kBins];
            if (cut > sorted[0] && (cuts.empty() || cut > cuts.back())) cuts.push_back(cut);
        }
        std::vector<std::uint8_t> bins(people.size());
        std::transform(values.begin(), values.end(), bins.begin(), [&](float v) {
            return static_cast<std::uint8_t>(std::upper_bound(cuts.begin(), cuts.end(), v) -
                                             cuts.begin());
        });
        out.cuts.push_back(std::move(cuts));
        out.bins.push_back(std::move(bins));
    }
    return out;
}

double f1(double right, double chosen, double belonging) {
    return right > 0 ? 2 * right / (chosen + belonging) : 0;
}

struct Found {
    ClusterTerm term;
    std::size_t bin = 0;  // of the threshold
    double f1 = 0;
};

// The search for the rule of one group.
class Search {
  public:
    Search(const Binned& b, const std::vector<char>& belongs, const StillWanted& still_wanted)
        : b_(b),
          belongs_(belongs),
          still_wanted_(still_wanted),
          belonging_(static_cast<double>(std::count(belongs.begin(), belongs.end(), char{1}))),
          reached_(f1(belonging_, static_cast<double>(belongs.size()), belonging_)) {}  // everybody

    std::vector<ClusterTerm> terms() {
        while (terms_.size() < kRuleTermsMax && improve(terms_.size(), kWorthATerm)) {
        }
        // A first threshold was the best alone: with the others beside it another may be better.
        for (int round = 0; round < kSecondLooks; ++round) {
            for (std::size_t i = 0; i < terms_.size(); ++i) improve(i, 0);
        }
        std::vector<ClusterTerm> out;
        for (const Found& found : terms_) out.push_back(found.term);
        return out;
    }

  private:
    // Puts the best threshold at place `at`, when that gains more than `gain`.
    bool improve(std::size_t at, double gain) {
        if (!wanted(still_wanted_)) return false;
        const std::vector<std::size_t> fulfil = fulfilling_but(at);
        Found best;
        best.f1 = reached_ + gain;
        const double before = best.f1;
        for (std::size_t f = 0; f < b_.cuts.size(); ++f) try_feature(f, fulfil, best);
        if (best.f1 <= before) return false;
        reached_ = best.f1;
        terms_.resize(std::max(terms_.size(), at + 1));
        terms_[at] = best;
        return true;
    }
    // Who fulfils all terms but the one at `skipped`.
    std::vector<std::size_t> fulfilling_but(std::size_t skipped) const {
        std::vector<std::size_t> out;
        for (std::size_t i = 0; i < belongs_.size(); ++i) {
            bool in = true;
            for (std::size_t t = 0; t < terms_.size() && in; ++t) {
                const bool above = b_.bins[terms_[t].term.feature][i] >= terms_[t].bin;
                in = t == skipped || above == terms_[t].term.at_least;
            }
            if (in) out.push_back(i);
        }
        return out;
    }
    void try_feature(std::size_t feature, const std::vector<std::size_t>& fulfil,
                     Found& best) const {
        const std::vector<float>& cuts = b_.cuts[feature];
        std::array<double, kBins> all{};
        std::array<double, kBins> right{};
        for (const std::size_t i : fulfil) {
            all[b_.bins[feature][i]] += 1;
            right[b_.bins[feature][i]] += belongs_[i];
        }
        const double all_right = std::accumulate(right.begin(), right.end(), 0.0);
        double all_below = 0;
        double right_below = 0;
        for (std::size_t cut = 0; cut < cuts.size(); ++cut) {
            all_below += all[cut];
            right_below += right[cut];
            const double below = f1(right_below, all_below, belonging_);
            const double above = f1(all_right - right_below,
                                    static_cast<double>(fulfil.size()) - all_below, belonging_);
            if (std::max(below, above) <= best.f1) continue;
            best = {{feature, above >= below, cuts[cut]}, cut + 1, std::max(below, above)};
        }
    }

    const Binned& b_;
    const std::vector<char>& belongs_;
    const StillWanted& still_wanted_;
    double belonging_;
    double reached_;  // F1 of the terms so far
    std::vector<Found> terms_;
};

bool fulfils(std::span<const float> person, const std::vector<ClusterTerm>& terms) {
    return std::all_of(terms.begin(), terms.end(), [&](const ClusterTerm& term) {
        return (person[term.feature] >= term.threshold) == term.at_least;
    });
}

}  // namespace

void add_rules(const FeatureMatrix& matrix, const std::vector<std::size_t>& people,
               const StillWanted& still_wanted, Clusters& clusters) {
    std::vector<std::size_t> learning;
    std::vector<std::size_t> judging;
    for (std::size_t i = 0; i < people.size(); ++i)
        (i % 2 == 0 ? learning : judging).push_back(people[i]);
    const Binned b = binned(matrix, learning, still_wanted);
    for (std::size_t c = 0; c < clusters.clusters.size(); ++c) {
        std::vector<char> belongs(learning.size());
        std::transform(learning.begin(), learning.end(), belongs.begin(), [&](std::size_t person) {
            return static_cast<char>(clusters.of_person[person] == c);
        });
        ClusterRule& rule = clusters.clusters[c].rule;
        rule.terms = Search(b, belongs, still_wanted).terms();
        if (rule.terms.empty()) continue;
        double chosen = 0;
        double right = 0;
        double belonging = 0;
        for (const std::size_t person : judging) {
            const bool in = clusters.of_person[person] == c;
            const bool said = fulfils(matrix.person(person), rule.terms);
            chosen += said ? 1 : 0;
            belonging += in ? 1 : 0;
            right += in && said ? 1 : 0;
        }
        rule.precision = chosen > 0 ? right / chosen : 0;
        rule.recall = belonging > 0 ? right / belonging : 0;
    }
}

}  // namespace filrouge::measure
