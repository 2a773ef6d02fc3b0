// The absorbing chain behind attribute_by_markov.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "measure/attribution.h"

namespace filrouge::measure {
namespace {

constexpr int kBitsPerTouch = 7;  // a state is its touches, the newest lowest, each as number + 1
constexpr double kPrecision = 1e-15;
// Over all solutions, some seconds. Journeys of 20 touches take a few hundred sweeps a channel.
constexpr std::size_t kEdgeVisitsMax = 2'000'000'000;

struct Edge {
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    double count = 0;
};

struct State {
    std::uint32_t touches = 0;
    std::size_t first_edge = 0;  // in Chain::edges; its last is before the next state's first
    Credit ends;                 // conversions right after it, and their value
    double leaves = 0;           // transitions to anywhere but to itself
};

struct Chain {
    std::vector<State> states{State{}};  // the start is the first
    std::vector<Edge> edges;             // between different states, by `from`
};

class ChainBuilder {
  public:
    explicit ChainBuilder(int order) : mask_((1u << (order * kBitsPerTouch)) - 1) {}

    void add(const Path& path) {
        const double count =
            static_cast<double>(path.conversions) + static_cast<double>(path.nulls);
        if (count == 0) return;
        std::uint32_t at = 0;
        for (const std::uint8_t channel : path.channels) {
            const std::uint32_t touches =
                ((chain_.states[at].touches << kBitsPerTouch) | (channel + 1u)) & mask_;
            const std::uint32_t to = state_of(touches);
            if (to != at) {  // a loop changes when, not where a journey ends
                counts_[std::uint64_t{at} << 32 | to] += count;
                chain_.states[at].leaves += count;
            }
            at = to;
        }
        State& last = chain_.states[at];
        last.leaves += count;
        last.ends.conversions += static_cast<double>(path.conversions);
        last.ends.value += static_cast<double>(path.value);
    }

    std::size_t states() const { return chain_.states.size(); }

    Chain finish() && {
        for (const auto& [pair, count] : counts_) {
            chain_.edges.push_back(
                {static_cast<std::uint32_t>(pair >> 32), static_cast<std::uint32_t>(pair), count});
        }
        std::sort(chain_.edges.begin(), chain_.edges.end(), [](const Edge& a, const Edge& b) {
            return a.from != b.from ? a.from < b.from : a.to < b.to;
        });
        std::size_t edge = 0;
        for (std::uint32_t i = 0; i < chain_.states.size(); ++i) {
            chain_.states[i].first_edge = edge;
            while (edge < chain_.edges.size() && chain_.edges[edge].from == i) ++edge;
        }
        return std::move(chain_);
    }

  private:
    std::uint32_t state_of(std::uint32_t touches) {
        const auto [found, is_new] =
            numbers_.try_emplace(touches, static_cast<std::uint32_t>(chain_.states.size()));
        if (is_new) chain_.states.push_back({touches, 0, {}, 0});
        return found->second;
    }

    std::uint32_t mask_;
    Chain chain_;
    std::unordered_map<std::uint32_t, std::uint32_t> numbers_;
    std::unordered_map<std::uint64_t, double> counts_;
};

Result<Chain> chain_of(const Journeys& journeys, int order) {
    ChainBuilder builder(order);
    for (const Path& path : journeys.paths) {
        builder.add(path);
        if (builder.states() > kMarkovStatesMax) {
            return Error{"measure.markov_states",
                         fmt::format("The chain of order {} has more than {} states.", order,
                                     kMarkovStatesMax),
                         "Take a lower order, or join channels."};
        }
    }
    return std::move(builder).finish();
}

bool contains(std::uint32_t touches, std::size_t channel) {
    for (; touches != 0; touches >>= kBitsPerTouch) {
        if ((touches & ((1u << kBitsPerTouch) - 1)) == channel + 1) return true;
    }
    return false;
}

// Expected conversions and value of a journey that is in a state, for every state: the solution of
// (I - Q) h = r with Q the transitions between states and r what ends there, both times the counts.
// Gauss-Seidel, because I - Q is an M-matrix: it converges from any side, without rounding that
// grows, and fills nothing in, which elimination would on these widely linked graphs.
class Solver {
  public:
    Solver(const Chain& chain, const StillWanted& still_wanted)
        : chain_(chain),
          still_wanted_(still_wanted),
          expected_(chain.states.size()),
          removed_(chain.states.size()) {}

    // Without the states that contain the channel; kNobody removes none. False: it is too much
    // work, or not wanted any more.
    static constexpr std::size_t kNobody = kChannelsMax;
    bool solve_without(std::size_t channel) {
        for (std::size_t i = 0; i < removed_.size(); ++i) {
            removed_[i] = channel != kNobody && contains(chain_.states[i].touches, channel);
            if (removed_[i]) expected_[i] = {};
        }
        for (;;) {
            visits_ += chain_.edges.size() + chain_.states.size();
            if (visits_ > kEdgeVisitsMax || !wanted(still_wanted_)) return false;
            if (sweep() <= kPrecision) return true;
        }
    }
    const Credit& from_start() const { return expected_.front(); }
    const std::vector<Credit>& expected() const { return expected_; }
    void start_from(const std::vector<Credit>& expected) { expected_ = expected; }

  private:
    // From the newest state back, as journeys run forwards. Returns the largest relative change.
    double sweep() {
        Credit changed, largest;
        std::size_t end = chain_.edges.size();
        for (std::size_t i = chain_.states.size(); i-- > 0;) {
            const State& state = chain_.states[i];
            const std::size_t first = state.first_edge;
            if (!removed_[i] && state.leaves > 0) {
                const Credit next = step(state, first, end);
                Credit& now = expected_[i];
                raise(changed.conversions, std::abs(next.conversions - now.conversions));
                raise(changed.value, std::abs(next.value - now.value));
                raise(largest.conversions, next.conversions);
                raise(largest.value, next.value);
                now = next;
            }
            end = first;
        }
        return std::max(relative(changed.conversions, largest.conversions),
                        relative(changed.value, largest.value));
    }
    Credit step(const State& state, std::size_t first, std::size_t end) const {
        Credit sum = state.ends;
        for (std::size_t e = first; e < end; ++e) {
            const Credit& to = expected_[chain_.edges[e].to];
            sum.conversions += chain_.edges[e].count * to.conversions;
            sum.value += chain_.edges[e].count * to.value;
        }
        return {sum.conversions / state.leaves, sum.value / state.leaves};
    }
    static void raise(double& most, double x) { most = std::max(most, x); }
    static double relative(double change, double of) { return of > 0 ? change / of : 0; }

    const Chain& chain_;
    const StillWanted& still_wanted_;
    std::vector<Credit> expected_;
    std::vector<char> removed_;
    std::size_t visits_ = 0;
};

double missing(double without, double with) {
    return with > 0 ? std::max(0.0, 1 - without / with) : 0;
}

Credit total_of(const Journeys& journeys) {
    Credit total;
    for (const Path& path : journeys.paths) {
        total.conversions += static_cast<double>(path.conversions);
        total.value += static_cast<double>(path.value);
    }
    return total;
}

// In proportion to the removal effects.
Credits shared_out(const Credit& total, const std::vector<Credit>& effects) {
    Credit sum;
    for (const Credit& effect : effects) {
        sum.conversions += effect.conversions;
        sum.value += effect.value;
    }
    const auto part = [](double all, double effect, double of) {
        return of > 0 ? all * effect / of : 0;
    };
    Credits credits;
    credits.reserve(effects.size());
    for (const Credit& effect : effects) {
        credits.push_back({part(total.conversions, effect.conversions, sum.conversions),
                           part(total.value, effect.value, sum.value)});
    }
    return credits;
}

}  // namespace

Result<MarkovAttribution> attribute_by_markov(const Journeys& journeys, int order,
                                              const StillWanted& still_wanted) {
    TRY(check(journeys));
    if (order < 1 || order > kMarkovOrderMax) {
        return Error{"measure.markov_order",
                     fmt::format("Order {}; 1 to {} are possible.", order, kMarkovOrderMax),
                     "Higher orders have more states than journeys to tell them from."};
    }
    for (const Path& path : journeys.paths) {
        if (path.value < 0) {
            return Error{"measure.negative_value",
                         fmt::format("A path has a value of {}.", path.value),
                         "Take refunds off the value of what was bought."};
        }
    }
    const Chain chain = TRY(chain_of(journeys, order));
    const Error too_long{"measure.markov_work",
                         fmt::format("{} states and {} transitions took more than {} steps.",
                                     chain.states.size(), chain.edges.size(), kEdgeVisitsMax),
                         "Take a lower order, or cut the longest paths."};
    Solver solver(chain, still_wanted);
    if (!solver.solve_without(Solver::kNobody)) return too_long;
    const std::vector<Credit> whole = solver.expected();
    MarkovAttribution out;
    out.states = chain.states.size();
    for (std::size_t channel = 0; channel < journeys.channels; ++channel) {
        solver.start_from(whole);
        if (!solver.solve_without(channel)) return too_long;
        const Credit& without = solver.from_start();
        out.removal_effects.push_back({missing(without.conversions, whole.front().conversions),
                                       missing(without.value, whole.front().value)});
    }
    out.credits = shared_out(total_of(journeys), out.removal_effects);
    return out;
}

}  // namespace filrouge::measure
