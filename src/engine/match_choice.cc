#include "engine/match_choice.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

namespace filrouge::engine {

namespace {

using PersonPair = std::pair<std::uint32_t, std::uint32_t>;

// Persons that this run ties together, and those that must not come together.
class Groups {
  public:
    void keep_apart(std::uint32_t x, std::uint32_t y) {
        apart_[x].insert(y);
        apart_[y].insert(x);
    }
    std::uint32_t find(std::uint32_t person) {
        auto at = of_.try_emplace(person, person).first;
        while (at->second != at->first) at = of_.find(at->second);
        return of_[person] = at->first;
    }
    bool may_join(std::uint32_t x, std::uint32_t y) {
        const auto at = apart_.find(find(x));
        return at == apart_.end() || !at->second.contains(find(y));
    }
    void join(std::uint32_t x, std::uint32_t y) {
        const std::uint32_t to = find(x), from = find(y);
        if (to == from) return;
        of_[from] = to;
        const std::set<std::uint32_t> others = std::exchange(apart_[from], {});
        for (const std::uint32_t other : others) {
            apart_[other].erase(from);
            keep_apart(other, to);
        }
    }

  private:
    std::unordered_map<std::uint32_t, std::uint32_t> of_;
    std::unordered_map<std::uint32_t, std::set<std::uint32_t>> apart_;  // by head of a group
};

class Chooser {
  public:
    Chooser(Fold& fold, const MatchRequest& request, const MatchPeople& people)
        : fold_(fold), request_(request), people_(people) {
        read_book();
    }

    MatchChoice choose(const matching::Matches& matches) {
        for (const matching::Pair& pair : matches.pairs) {
            const bool sure = is_sure(pair);
            if (!sure && pair.probability < request_.review) break;
            take(pair, sure);
        }
        if (matches.expected > 0) out_.automatic.recall = std::min(sum_ / matches.expected, 1.0);
        return std::move(out_);
    }

  private:
    // A pair that is known and is two persons was told apart, withdrawn, refused by a limit, or
    // waits: no run ties it, and but for the last none ties it through a third either.
    void read_book() {
        for (std::uint32_t n = 0; n < fold_.matches.size(); ++n) {
            const MatchBook::Row& row = fold_.matches.at(n);
            const std::uint32_t a = person_of(row.a), b = person_of(row.b);
            if (a == b) continue;
            known_.insert(std::minmax(a, b));
            if (row.told() == MatchVerdict::ToReview) {
                ++waiting_;
            } else {
                groups_.keep_apart(a, b);
            }
        }
    }
    std::uint32_t person_of(std::uint32_t fragment) const {
        return fold_.graph.person_of(FragmentNo{fragment}).value;
    }

    bool is_sure(const matching::Pair& pair) const {
        const auto pairs = static_cast<double>(out_.automatic.pairs + 1);
        return pair.probability >= 0.5 && sum_ + pair.probability >= request_.precision * pairs;
    }
    bool ties(bool sure) const { return sure && request_.writes == MatchWrites::All; }
    void take(const matching::Pair& pair, bool sure) {
        const std::uint32_t a = person_of(people_.persons[pair.a].value);
        const std::uint32_t b = person_of(people_.persons[pair.b].value);
        if (groups_.find(a) == groups_.find(b)) return;  // one by now, or through a third
        // Said no while people were compared.
        if (!fold_.may_use(PersonNo{a}, request_.use) || !fold_.may_use(PersonNo{b}, request_.use))
            return;
        if (known_.contains(std::minmax(a, b))) {
            ++out_.known;
        } else if (!groups_.may_join(a, b)) {
            ++out_.kept_apart;
        } else if (!ties(sure) && waiting_ >= kReviewMax) {
            ++out_.past_queue;
        } else {
            decide(pair, PersonNo{a}, PersonNo{b}, sure);
        }
    }
    void decide(const matching::Pair& pair, PersonNo a, PersonNo b, bool sure) {
        const FragmentNo x = identifier_of(a), y = identifier_of(b);
        if (x.is_none() || y.is_none()) {
            ++out_.untied;
            return;
        }
        if (!fit_together(a, b)) {
            ++out_.past_limits;
            return;
        }
        if (sure) {
            sum_ += pair.probability;
            ++out_.automatic.pairs;
            out_.automatic.probability = pair.probability;
            out_.automatic.precision = sum_ / static_cast<double>(out_.automatic.pairs);
        }
        const bool tie = ties(sure);
        MatchedPair& decided = out_.pairs.emplace_back();
        decided.a = std::min(x, y);
        decided.b = std::max(x, y);
        decided.probability =
            static_cast<std::uint16_t>(std::lround(pair.probability * float{kProbabilityScale}));
        decided.verdict = tie ? MatchVerdict::Tied : MatchVerdict::ToReview;
        if (!tie) {
            ++waiting_;
            ++out_.queued;
            return;
        }
        ++out_.tied;
        groups_.join(a.value, b.value);
    }
    // Identity would refuse the evidence, or let weaker evidence give way for it.
    bool fit_together(PersonNo a, PersonNo b) {
        fragments_.clear();
        fold_.graph.fragments_of(a, fragments_);
        fold_.graph.fragments_of(b, fragments_);
        std::map<IdentifierType, unsigned> counts;
        for (const FragmentNo f : fragments_) ++counts[fold_.graph.type_of(f)];
        return std::all_of(counts.begin(), counts.end(), [&](const auto& count) {
            return count.second <=
                   fold_.graph.limits().per_person_max[static_cast<std::size_t>(count.first)];
        });
    }
    // The strongest that may tie people; the first met of several.
    FragmentNo identifier_of(PersonNo person) {
        const identity::Limits& limits = fold_.graph.limits();
        fragments_.clear();
        fold_.fragments_of(person, request_.use.brand, fragments_);
        FragmentNo best;
        unsigned strongest = UINT8_MAX + 1u;
        for (const FragmentNo f : fragments_) {
            const auto type = static_cast<std::size_t>(fold_.graph.type_of(f));
            if (limits.per_person_max[type] == 0 || fold_.graph.is_blocked(f) ||
                fold_.graph.is_shared(f) || limits.priority[type] >= strongest)
                continue;
            strongest = limits.priority[type];
            best = f;
        }
        return best;
    }

    Fold& fold_;
    const MatchRequest& request_;
    const MatchPeople& people_;
    Groups groups_;
    std::set<PersonPair> known_;
    std::uint64_t waiting_ = 0;
    double sum_ = 0;  // of the probabilities of out_.automatic
    std::vector<FragmentNo> fragments_;
    MatchChoice out_;
};

}  // namespace

std::set<std::pair<std::uint32_t, std::uint32_t>> pairs_apart(const Fold& fold,
                                                              const MatchPeople& people) {
    const auto row_of = [&](std::uint32_t fragment) -> std::optional<std::uint32_t> {
        const PersonNo person = fold.graph.person_of(FragmentNo{fragment});
        const auto at = std::lower_bound(people.persons.begin(), people.persons.end(), person);
        if (at == people.persons.end() || *at != person) return std::nullopt;
        return static_cast<std::uint32_t>(at - people.persons.begin());
    };
    std::set<PersonPair> out;
    for (std::uint32_t n = 0; n < fold.matches.size(); ++n) {
        const MatchBook::Row& row = fold.matches.at(n);
        if (row.told() == MatchVerdict::ToReview) continue;
        const auto a = row_of(row.a), b = row_of(row.b);
        if (a && b && *a != *b) out.insert(std::minmax(*a, *b));
    }
    return out;
}

MatchChoice choose_pairs(Fold& fold, const MatchRequest& request, const MatchPeople& people,
                         const matching::Matches& matches) {
    return Chooser(fold, request, people).choose(matches);
}

}  // namespace filrouge::engine
