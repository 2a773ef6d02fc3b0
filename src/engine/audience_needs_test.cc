// Circles of audiences, against walks over all that needs what; and what an error says of one.
#include "engine/audience_needs.h"

#include <map>
#include <random>
#include <set>

#include "engine/world_for_test.h"

namespace filrouge::engine {
namespace {

std::uint64_t seed() {
    const char* given = std::getenv("FILROUGE_SEED");
    return given != nullptr ? std::strtoull(given, nullptr, 10) : 7;
}

constexpr std::uint64_t kIds = 14;

Result<void> refused(const World& world, const std::string& id, const std::string& rule) {
    const auto tree = audience::parse(rule);
    return refuse_circle(*world.fold, id, id, std::get<audience::Rule>(tree), "audience.circle");
}

// Audiences made and removed at random; one is named only while it is there, its score at any time.
class Needing {
  public:
    explicit Needing(std::uint64_t seed) : world_(seed), random_(seed) {}

    void step() {
        const std::uint64_t number = random_() % kIds;
        const std::string id = "a" + std::to_string(number);
        if (needs_.contains(id)) return remove(id);
        std::vector<std::string> needs, named;
        const std::string rule = clauses(needs, named);
        const bool circle = reaches(needs, id);
        EXPECT_EQ(refused(world_, id, rule).ok(), !circle) << id << ": " << rule;
        circles_ += circle ? 1 : 0;
        if (circle) return;
        world_.audience(id, rule, static_cast<std::uint32_t>(number));
        needs_[id] = needs;
        named_[id] = named;
        ++made_;
    }
    int circles() const { return circles_; }
    int made() const { return made_; }

  private:
    std::string clauses(std::vector<std::string>& needs, std::vector<std::string>& named) {
        std::string rule = "any(*)";
        for (std::uint64_t n = random_() % 3; n > 0; --n) {
            const std::string other = "a" + std::to_string(random_() % kIds);
            if (random_() % 2 == 0) {
                rule.append(" or trait(lookalike_").append(other).append(") > 0.5");
            } else if (needs_.contains(other)) {
                rule.append(" and not in audience \"").append(other).append("\"");
                named.push_back(other);
            } else {
                continue;
            }
            needs.push_back(other);
        }
        return rule;
    }
    void remove(const std::string& id) {
        for (const auto& [other, named] : named_) {
            if (std::find(named.begin(), named.end(), id) != named.end()) return;
        }
        world_.remove_audience(id);
        needs_.erase(id);
        named_.erase(id);
    }
    bool reaches(const std::vector<std::string>& from, const std::string& goal) const {
        std::set<std::string> seen(from.begin(), from.end());
        for (bool grown = true; grown;) {
            grown = false;
            for (const auto& [id, needs] : needs_) {
                if (!seen.contains(id)) continue;
                for (const std::string& need : needs) grown |= seen.insert(need).second;
            }
        }
        return seen.contains(goal);
    }

    World world_;
    std::mt19937_64 random_;
    std::map<std::string, std::vector<std::string>> needs_, named_;
    int circles_ = 0, made_ = 0;
};

TEST(AudienceNeeds, ACircleIsRefusedAndNothingElseIs) {
    Needing needing(seed());
    for (int i = 0; i < 2'000; ++i) needing.step();
    EXPECT_GT(needing.circles(), 10);
    EXPECT_GT(needing.made(), 60);
}

TEST(AudienceNeeds, TheErrorNamesTheCircle) {
    World world(seed());
    world.audience("alike", "trait(lookalike_buyers) > 0.5", 0);
    world.audience("wide", "in audience \"alike\" or any(*)", 1);
    const auto told = refused(world, "buyers", "in audience \"wide\" and any(*)");
    ASSERT_FALSE(told.ok());
    EXPECT_EQ(told.error().message,
              "The audience would depend on itself: 'buyers' names 'wide', 'wide' names 'alike', "
              "'alike' asks who resembles 'buyers'.");
    EXPECT_EQ(refused(world, "own", "trait(lookalike_own) > 0.5").error().message,
              "The audience would depend on itself: 'own' asks who resembles 'own'.");
    EXPECT_TRUE(refused(world, "loyal", "in audience \"wide\"").ok());
}

// A rule may name an audience by its id as well as by its name, and mostly the two differ.
TEST(AudienceNeeds, ACircleThroughAnIdIsOneToo) {
    World world(seed());
    world.document(
        RecordType::AudienceChange, "alike",
        audience_json({"Alike people", "trait(lookalike_buyers) > 0.5", "measurement", 0, 0, ""}));
    EXPECT_FALSE(refused(world, "buyers", "any(*) and in audience \"Alike people\"").ok());
    const auto told = refused(world, "buyers", "any(*) and in audience \"alike\"");
    ASSERT_FALSE(told.ok());
    EXPECT_EQ(told.error().message,
              "The audience would depend on itself: 'buyers' names 'Alike people', "
              "'Alike people' asks who resembles 'buyers'.");
}

TEST(AudienceNeeds, WhoAsksForATraitIsOfItsPurposeAndBrand) {
    World world(seed());
    world.audience("alike", "trait(lookalike_buyers) > 0.5", 0);
    world.audience("other", "trait(lookalike_buyers) > 0.5", 1, "service");
    world.audience("none", "trait(shoe) = \"42\"", 2);
    const std::vector<std::string> traits = {"lookalike_buyers"};
    const auto measured = *world.fold->purposes.bit_of("measurement");
    EXPECT_EQ(who_ask_for(*world.fold, traits, {0, measured}), std::vector<std::string>{"alike"});
    EXPECT_TRUE(who_ask_for(*world.fold, {"lookalike_others"}, {0, measured}).empty());
}

}  // namespace
}  // namespace filrouge::engine
