#include "matching/training.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/hash.h"

namespace filrouge::matching {

namespace {

constexpr std::uint64_t kRandomPairs = 200'000;
constexpr std::uint64_t kPairsAPass = 20'000;
constexpr int kRounds = 200;
constexpr double kSettled = 1e-4;       // of m, from one round to the next
constexpr std::size_t kFieldsLeft = 3;  // two classes are told apart by three fields or more
constexpr double kPriorMatches = 2;     // matches as we expect them, added to those found
// Before anything is seen: most fields of a match agree, and little is entirely different.
constexpr double kEqualBefore = 0.85, kDifferentBefore = 0.05;
constexpr double kShareBefore = 0.1;      // of matches among the pairs of a pass
constexpr double kStrangersLeast = 0.02;  // of a level's pairs: so many are strangers' at least
constexpr double kTiny = 1e-9;

using Pattern = std::uint64_t;  // four bits a field
static_assert(kLevelsMax <= 16 && kFieldsMax * 4 <= 64);

Level level_in(Pattern pattern, std::size_t field) {
    return static_cast<Level>(pattern >> (4 * field) & 15);
}

// `fields` has a bit for each that counts; the others are as if they said nothing.
Pattern pattern_of(const Levels& levels, std::uint32_t fields) {
    Pattern out = 0;
    for (std::size_t f = 0; f < kFieldsMax; ++f) {
        if ((fields >> f & 1) != 0) out |= Pattern{levels[f]} << (4 * f);
    }
    return out;
}

struct Counted {
    Pattern pattern;
    double pairs;
};
std::vector<Counted> count(std::vector<Pattern>& patterns) {
    std::sort(patterns.begin(), patterns.end());
    std::vector<Counted> out;
    for (const Pattern p : patterns) {
        if (out.empty() || out.back().pattern != p) out.push_back({p, 0});
        out.back().pairs += 1;
    }
    return out;
}

// What EM learns from one pass.
struct Lesson {
    std::vector<Counted> patterns;
    double scale = 1;  // pairs of the pass for each that is looked at
    double share = kShareBefore;
};

class Trainer {
  public:
    Trainer(const Records& records, Blocking& blocking, const Training& how)
        : records_(records),
          blocking_(blocking),
          how_(how),
          comparer_(records),
          n_(records.fields().size()) {}

    Model train() {
        model_.households = how_.households;
        model_.fields.resize(n_);
        draw_random_pairs();
        expect_before();
        learn_from_passes();
        for (int round = 0; round < kRounds; ++round) {
            part_strangers();
            if (step() < kSettled) break;
        }
        part_strangers();
        weigh();
        return std::move(model_);
    }

  private:
    using ByLevel = std::array<std::array<double, kLevelsMax>, kFieldsMax>;
    std::size_t levels(std::size_t field) const {
        return levels_of(records_.fields()[field].kind).size();
    }
    double possible() const { return static_cast<double>(blocking_.pairs_possible()); }

    template <class Each>
    void each_random_pair(Each each) const;
    void draw_random_pairs();
    double equal_by_chance(std::size_t field) const;
    void expect_before();
    std::uint32_t teaches(const Pass& pass) const;
    void learn_from_passes();
    Lesson lesson(std::size_t pass, std::uint32_t fields);
    void part_strangers();
    double step();
    void weigh();

    const Records& records_;
    Blocking& blocking_;
    const Training& how_;
    Comparer comparer_;
    std::size_t n_;
    Model model_;
    ByLevel before_{};  // m before anything is seen
    std::vector<Lesson> lessons_;
};

template <class Each>
void Trainer::each_random_pair(Each each) const {
    std::vector<std::uint32_t> first, second;
    for (std::uint32_t row = 0; row < records_.rows(); ++row) {
        if (!blocking_.between() || records_.side(row) == Side::First) first.push_back(row);
        if (!blocking_.between() || records_.side(row) == Side::Second) second.push_back(row);
    }
    if (first.empty() || second.empty()) return;
    std::uint64_t state = how_.seed;
    const auto draw = [&state](const std::vector<std::uint32_t>& rows) {
        return rows[mix64(state += 0x9e3779b97f4a7c15u) % rows.size()];
    };
    for (std::uint64_t i = 0; i < std::min(kRandomPairs, blocking_.pairs_possible()); ++i) {
        const std::uint32_t a = draw(first), b = draw(second);
        if (a != b) each(a, b);
    }
}

void Trainer::draw_random_pairs() {
    ByLevel seen{};
    Levels levels{};
    each_random_pair([&](std::uint32_t a, std::uint32_t b) {
        comparer_.compare(a, b, levels);
        for (std::size_t f = 0; f < n_; ++f) seen[f][levels[f]] += 1;
    });
    for (std::size_t f = 0; f < n_; ++f) {
        FieldModel& field = model_.fields[f];
        field[kEqual].random = equal_by_chance(f);
        const std::size_t unequal = this->levels(f) - 1;
        double all = 0;  // half a pair more at each level: none is impossible
        for (std::size_t l = kEqual + 1; l <= unequal + 1; ++l) all += seen[f][l] + 0.5;
        for (std::size_t l = kEqual + 1; l <= unequal + 1; ++l)
            field[l].random = (1 - field[kEqual].random) * (seen[f][l] + 0.5) / all;
    }
}

// The share of pairs with the same value, of those where both have one.
double Trainer::equal_by_chance(std::size_t field) const {
    double equal = 0, first = 0, second = 0;
    const bool between = blocking_.between();
    for (ValueNo v = 1; v < records_.values(field); ++v) {
        const double x = records_.count(field, v, Side::First);
        const double y = records_.count(field, v, Side::Second);
        equal += between ? x * y : (x + y) * (x + y - 1) / 2;
        first += x;
        second += y;
    }
    const double all = between ? first * second : (first + second) * (first + second - 1) / 2;
    return std::min((equal + 0.5) / (all + 1), 1 - kTiny);
}

void Trainer::expect_before() {
    for (std::size_t f = 0; f < n_; ++f) {
        const std::size_t last = levels(f);
        FieldModel& field = model_.fields[f];
        for (std::size_t l = kEqual; l <= last; ++l)
            field[l].m = (1 - kEqualBefore - kDifferentBefore) / static_cast<double>(last - 2);
        field[kEqual].m = kEqualBefore;
        field[last].m = kDifferentBefore;
        for (std::size_t l = kEqual; l <= last; ++l) before_[f][l] = field[l].m;
    }
}

// Not the fields of its key, nor what goes with them: people of one house share the rest of their
// address and a surname, people of one name have the same name in their e-mail.
std::uint32_t Trainer::teaches(const Pass& pass) const {
    bool household = false, name = false;
    std::uint32_t out = 0;
    for (std::size_t f = 0; f < n_; ++f) {
        if (records_.values(f) > 1) out |= 1u << f;  // somebody says something
    }
    for (const Key& key : pass.keys) {
        const FieldKindRow& kind = row_of(records_.fields()[key.field].kind);
        household = household || kind.of_household;
        name = name || kind.of_name;
        out &= ~(1u << key.field);
    }
    for (std::size_t f = 0; f < n_; ++f) {
        const FieldKindRow& kind = row_of(records_.fields()[f].kind);
        if ((household && kind.of_household) || (name && kind.of_name)) out &= ~(1u << f);
    }
    return out;
}

void Trainer::learn_from_passes() {
    const std::vector<Pass>& passes = blocking_.passes();
    int wanted = 0;
    for (const Pass& pass : passes) wanted = std::max(wanted, std::popcount(teaches(pass)));
    wanted = std::min(wanted, static_cast<int>(kFieldsLeft));
    for (std::size_t p = 0; p < passes.size() && wanted > 0; ++p) {
        // Everybody with everybody has few matches among many patterns: for want of better alone.
        if (passes[p].keys.empty() && !lessons_.empty()) continue;
        const std::uint32_t fields = teaches(passes[p]);
        if (std::popcount(fields) >= wanted) lessons_.push_back(lesson(p, fields));
    }
}

Lesson Trainer::lesson(std::size_t pass, std::uint32_t fields) {
    const Pass& by = blocking_.passes()[pass];
    Lesson out;
    std::uint64_t pairs = kPairsAPass;
    std::uint32_t sample = 1;
    if (by.keys.empty()) {
        pairs = blocking_.pairs_possible();
    } else {
        sample = static_cast<std::uint32_t>(1 + std::min(by.pairs_expected, possible()) /
                                                    static_cast<double>(kPairsAPass));
        // A sample of keys, never so few that a block stands for its pass.
        sample = std::min(sample, 1 + records_.rows() / 50'000);
    }
    const Blocks blocks = blocking_.blocks(pass, pairs, sample, how_.threads, false);
    std::vector<Pattern> patterns;
    Levels levels{};
    for (const Blocks::Block& block : blocks.blocks) {
        each_pair(blocks, block, blocking_.between(), [&](std::uint32_t a, std::uint32_t b) {
            comparer_.compare(a, b, levels);
            patterns.push_back(pattern_of(levels, fields));
        });
    }
    out.scale = sample;
    out.patterns = count(patterns);
    return out;
}

// u is what all pairs show, less what the matches among them do.
void Trainer::part_strangers() {
    for (std::size_t f = 0; f < n_; ++f) {
        double sum = 0;
        for (LevelModel& level : model_.fields[f]) {
            const double strangers = level.random - model_.prior * level.m;
            level.u = std::max(strangers, level.random * kStrangersLeast);
            sum += level.u;
        }
        for (LevelModel& level : model_.fields[f]) level.u /= sum;
    }
}

// One round of EM; the largest change of an m.
double Trainer::step() {
    ByLevel ratio{}, found{};
    for (std::size_t f = 0; f < n_; ++f) {
        ratio[f][kMissing] = 1;
        for (std::size_t l = kEqual; l <= levels(f); ++l) {
            ratio[f][l] = model_.fields[f][l].m / model_.fields[f][l].u;
            found[f][l] = kPriorMatches * before_[f][l];
        }
    }
    double most = 0;
    for (Lesson& lesson : lessons_) {
        double matches = 0, pairs = 0;
        for (const Counted& counted : lesson.patterns) {
            double odds = lesson.share / (1 - lesson.share);
            for (std::size_t f = 0; f < n_; ++f) odds *= ratio[f][level_in(counted.pattern, f)];
            const double match = counted.pairs * odds / (1 + odds);
            for (std::size_t f = 0; f < n_; ++f) found[f][level_in(counted.pattern, f)] += match;
            matches += match;
            pairs += counted.pairs;
        }
        if (pairs == 0) continue;
        lesson.share = std::clamp(matches / pairs, kTiny, 1 - 1e-3);
        most = std::max(most, matches * lesson.scale);
    }
    model_.prior = std::clamp(most / std::max(possible(), 1.0), kTiny, 0.5);
    double change = 0;
    for (std::size_t f = 0; f < n_; ++f) {
        double all = 0;
        for (std::size_t l = kEqual; l <= levels(f); ++l) all += found[f][l];
        for (std::size_t l = kEqual; l <= levels(f); ++l) {
            const double m = std::max(found[f][l] / all, kTiny);
            change = std::max(change, std::abs(m - model_.fields[f][l].m));
            model_.fields[f][l].m = m;
        }
    }
    return change;
}

// Agreement never says less than what is further from it, yet a level that few matches reach may
// come out so by chance. Such neighbours are weighed as one level (isotonic regression by pooling
// adjacent violators, Ayer and others 1955), so that neither drags the other along.
void weigh_in_order(const std::vector<LevelModel*>& nearest_first) {
    struct Pool {
        double m, u;
        std::size_t levels;
        double ratio() const { return m / u; }
    };
    std::vector<Pool> pools;
    for (const LevelModel* level : nearest_first) {
        Pool last{level->m, level->u, 1};
        for (; !pools.empty() && last.ratio() > pools.back().ratio(); pools.pop_back()) {
            last.m += pools.back().m;
            last.u += pools.back().u;
            last.levels += pools.back().levels;
        }
        pools.push_back(last);
    }
    auto level = nearest_first.begin();
    for (const Pool& pool : pools) {
        for (std::size_t i = 0; i < pool.levels; ++i) (*level++)->weight = std::log2(pool.ratio());
    }
}

void Trainer::weigh() {
    for (std::size_t f = 0; f < n_; ++f) {
        FieldModel& field = model_.fields[f];
        // A swap of names is beside the order of the others: it may never have been met.
        const bool swaps = records_.fields()[f].kind == FieldKind::GivenName;
        std::vector<LevelModel*> in_order;
        for (std::size_t l = kEqual; l <= levels(f); ++l) {
            if (!swaps || l != kSwapped) in_order.push_back(&field[l]);
        }
        weigh_in_order(in_order);
        if (!swaps) continue;
        LevelModel& swap = field[kSwapped];
        swap.weight = std::min(std::log2(swap.m / swap.u), field[kEqual].weight);
    }
}

}  // namespace

Model train(const Records& records, Blocking& blocking, const Training& how) {
    return Trainer(records, blocking, how).train();
}

}  // namespace filrouge::matching
