// Laws of un-merge over the whole fold: profile, consents, audiences with their reasons, figures
// over columns. Two worlds hear the same, event by event under the same record numbers; in one an
// operator withdraws a piece of evidence, in the other it was never there: who was seen together
// was seen alone, and said what was said on their own account. Many small histories of strangers to
// each other share a world, because a world costs more than a history.
// FILROUGE_SEED repeats a run, FILROUGE_ROUNDS=n plays n worlds.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "audience/explain.h"
#include "base/json_writer.h"
#include "engine/identity_effect.h"
#include "engine/question.h"
#include "engine/world_for_test.h"
#include "model/packed.h"

namespace filrouge::engine {
namespace {

constexpr std::uint32_t kHistories = 125;  // in one world
constexpr std::uint32_t kIdentifiers = 6;  // of one history
constexpr IdentifierType kTypes[kIdentifiers] = {
    IdentifierType::UserId,   IdentifierType::UserId,   IdentifierType::Email,
    IdentifierType::DeviceId, IdentifierType::DeviceId, IdentifierType::AnonymousId};
constexpr const char* kNames[] = {"Coat Viewed", "Order Completed", "Signed In"};
const std::vector<std::string> kRules = {"any(Coat Viewed)",
                                         "count(Order Completed) >= 2",
                                         "any(Order Completed, last 2 days)",
                                         "trait(city) = \"Lyon\"",
                                         "consent(marketing.email) and not any(Coat Viewed)",
                                         "in audience \"0\" and in audience \"1\"",
                                         "Coat Viewed then Order Completed within 3 days"};

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

struct Pair {
    std::uint32_t a = 0, b = 0;  // places in the history, the first the stronger
};

// One of many strangers' lives: what was seen, in order of arrival, and what is decided after it.
struct History {
    struct Contact {
        std::vector<std::uint32_t> seen;  // places of identifiers, strongest first
        Event event;
    };
    std::vector<Contact> contacts;
    Pair pair;                        // the evidence that is withdrawn
    std::size_t withdrawn_after = 0;  // contacts
    std::size_t restored_after = SIZE_MAX;
};

class Generator {
  public:
    explicit Generator(std::uint64_t seed) : random_(seed) {}
    std::uint64_t pick(std::uint64_t n) { return random_() % n; }

    History history(EventTime begin) {
        History h;
        for (std::uint64_t n = 3 + pick(8); n-- > 0;) h.contacts.push_back(contact(begin));
        std::vector<std::pair<Pair, std::size_t>> pairs;  // with the contact that first shows it
        for (std::size_t i = 0; i < h.contacts.size(); ++i) {
            const auto& seen = h.contacts[i].seen;
            for (std::size_t k = 1; k < seen.size(); ++k) pairs.push_back({{seen[0], seen[k]}, i});
        }
        h.withdrawn_after = SIZE_MAX;
        if (pairs.empty()) return h;
        const auto& [pair, at] = pairs[pick(pairs.size())];
        h.pair = pair;
        h.withdrawn_after = at + pick(h.contacts.size() - at);
        if (pick(3) == 0)
            h.restored_after = h.withdrawn_after + pick(h.contacts.size() - h.withdrawn_after);
        return h;
    }

  private:
    History::Contact contact(EventTime begin) {
        History::Contact c;
        for (std::uint32_t i = 0; i < kIdentifiers; ++i) {
            if (pick(3) == 0) c.seen.push_back(i);
        }
        if (c.seen.empty()) c.seen.push_back(static_cast<std::uint32_t>(pick(kIdentifiers)));
        Event& e = c.event;
        e.name = kNames[pick(3)];
        e.kind = EventKind::Track;
        e.at = begin + hours(static_cast<std::int64_t>(pick(96)));
        e.source = 1;
        e.allowed = PurposeSet{}.with(0);
        if (pick(4) == 0) e.allowed = e.allowed.with(1);
        if (pick(2) == 0) e.consents.push_back({0, pick(8) != 0});
        if (pick(3) == 0) e.consents.push_back({1, pick(3) != 0});
        if (pick(3) == 0) {
            Bytes traits;
            PackedWriter w(traits);
            const std::size_t mark = w.begin_object(1);
            w.key("city");
            w.string(pick(2) == 0 ? "Lyon" : "Lille");
            w.end(mark);
            e.traits = traits;
        }
        return c;
    }
    std::mt19937_64 random_;
};

FragmentNo fragment_of(std::size_t history, std::uint32_t place) {
    return FragmentNo{static_cast<std::uint32_t>(history) * kIdentifiers + place};
}

void name(Event& event, std::size_t history, const std::vector<std::uint32_t>& seen) {
    event.identifiers.clear();
    for (const std::uint32_t place : seen) {
        const FragmentNo fragment = fragment_of(history, place);
        event.identifiers.push_back({kTypes[place], std::to_string(fragment.value), fragment});
    }
    event.fragment = event.identifiers.front().fragment;
}

// What somebody says without being seen do anything.
Event statement(std::size_t history, std::uint32_t place, const Event& of) {
    Event event;
    event.kind = EventKind::Track;
    event.at = of.at;
    event.source = of.source;
    event.flags = kEventConsentOnly;
    event.consents = of.consents;
    name(event, history, {place});
    return event;
}

// What is shown beforehand is what happens.
void expect_as_shown(const Fold& fold, const std::vector<PersonEffect>& effects) {
    for (const PersonEffect& effect : effects) {
        std::vector<FragmentNo> fragments;
        fold.graph.fragments_of(effect.person, fragments);
        ASSERT_EQ(effect.fragments, fragments);
        std::vector<audience::AudienceNo> in;
        for (const auto& [id, info] : fold.audiences) {
            if (fold.live.member(info.slot, effect.person)) in.push_back(info.slot);
        }
        std::vector<audience::AudienceNo> shown = effect.stays;
        shown.insert(shown.end(), effect.enters.begin(), effect.enters.end());
        std::sort(shown.begin(), shown.end());
        ASSERT_EQ(shown, in);
    }
}

void change_limits(World& world) {
    const std::string json =
        R"({"people_max":1,"types":[{"type":"device_id","per_person_max":1,"priority":1}]})";
    world.tick();  // the preview is of now
    const Fold& fold = *world.fold;
    PersonReader reader(fold);
    const identity::Limits limits = fold.limits_by(*parse_identity_rules(json));
    const auto effects =
        effects_of(fold, reader, fold.graph.if_limits(limits, 0, fold.graph.fragments()));
    EXPECT_GT(effects.size(), kHistories / 2);
    world.document(RecordType::IdentityRules, std::string(kIdentityRulesDocument), json);
    expect_as_shown(fold, effects);
    world.expect_live_is_full("after other limits");
}

// A world, and whether in it evidence is withdrawn or has never been.
class Told {
  public:
    Told(std::uint64_t seed, bool never, const std::string& settings)
        : world_(seed, {}, settings), never_(never) {
        world_.source("web", "");
        for (std::size_t i = 0; i < kRules.size(); ++i)
            world_.audience(std::to_string(i), kRules[i], static_cast<std::uint32_t>(i));
        world_.settle();
        for (std::size_t h = 0; h < kHistories; ++h) {
            for (std::uint32_t i = 0; i < kIdentifiers; ++i)
                world_.let_in(statement(h, i, Event{}));
        }
    }
    // The i-th contact of a history, then what was decided after it: four records in every world.
    void contact(std::size_t number, const History& h, std::size_t i) {
        const History::Contact& c = h.contacts[i];
        const bool gone = never_ && h.restored_after == SIZE_MAX && h.withdrawn_after != SIZE_MAX &&
                          c.seen.front() == h.pair.a &&
                          std::find(c.seen.begin(), c.seen.end(), h.pair.b) != c.seen.end();
        Event event = c.event;
        std::vector<std::uint32_t> seen = c.seen;
        if (gone) std::erase(seen, h.pair.b);
        name(event, number, seen);
        world_.let_in(event);
        world_.let_in(gone ? statement(number, h.pair.b, c.event) : nothing(number));
        const FragmentNo a = fragment_of(number, h.pair.a), b = fragment_of(number, h.pair.b);
        for (const auto& [after, verdict] : {std::pair(h.withdrawn_after, Verdict::Withdraw),
                                             std::pair(h.restored_after, Verdict::Restore)}) {
            if (after == i && !never_)
                decide(verdict, a, b);
            else
                world_.let_in(nothing(number));
        }
        world_.now.us += minutes(3).us;
    }
    World& world() { return world_; }

  private:
    void decide(Verdict verdict, FragmentNo a, FragmentNo b) {
        const Fold& fold = *world_.fold;
        PersonReader reader(fold);
        const auto effects =
            effects_of(fold, reader, fold.graph.if_edge(a, b, verdict == Verdict::Withdraw));
        world_.decide(verdict, a, b);
        expect_as_shown(fold, effects);
    }
    static Event nothing(std::size_t history) { return statement(history, 0, Event{}); }
    World world_;
    bool never_;
};

void write_clause(std::string& out, const audience::Clause& clause) {
    out.append(clause.text).append("|").append(clause.value).append(clause.met ? "+" : "-");
    out.append(std::to_string(clause.next_change.us));
    for (const std::uint64_t record : clause.records)
        out.append(",").append(std::to_string(record));
    for (const audience::Clause& part : clause.parts) write_clause(out, part);
}

void write_view(std::string& out, const Fold& fold, const audience::PersonView& view) {
    for (const history::EventRow& row : view.events)
        out.append(std::to_string(row.sequence)).append(fold.dictionary.text(row.name)).append(" ");
    for (const history::TraitRow& row : view.traits)
        out.append(std::to_string(row.sequence)).append(fold.dictionary.text(row.value.text));
    out.append(" yes ").append(std::to_string(view.granted.bits));
    out.append(" no ").append(std::to_string(view.refused.bits));
    out.append(" split ").append(std::to_string(view.split_hash));
}

// All that can be seen of the person an identifier is of, and of the identifier itself.
std::string picture_of(const Fold& fold, PersonReader& reader, FragmentNo fragment) {
    const PersonNo person = fold.graph.person_of(fragment);
    std::string out = "person " + std::to_string(person.value);
    if (person.value != fragment.value) return out;
    for (const std::uint8_t purpose : {std::uint8_t{0}, std::uint8_t{1}}) {
        out.append("\n purpose ").append(std::to_string(purpose)).append(": ");
        write_view(out, fold, reader.look(person, {0, purpose}));
    }
    for (const auto& [id, info] : fold.audiences) {
        out.append("\n ").append(id);
        out.append(fold.live.member(info.slot, person) ? " in: " : " out: ");
        write_clause(out,
                     audience::explain(*fold.live.rule(info.slot), reader.look(person, info.use)));
    }
    return out;
}

std::string figures_of(World& world) {
    std::string out;
    for (const std::string& answer : world.counts_over_columns(kRules, "measurement"))
        out.append(answer).append("\n");
    return out;
}

void play(std::uint64_t seed, const std::string& settings, bool replays) {
    Generator generator(seed);
    Told withdrawn(seed, false, settings), never(seed, true, settings);
    const EventTime begin = as_event_time(withdrawn.world().now) - days(4);
    std::vector<History> histories;
    for (std::uint32_t h = 0; h < kHistories; ++h) histories.push_back(generator.history(begin));
    // Everybody's life goes on at the same time, and withdrawals fall into the midst of it.
    for (std::size_t i = 0; i < 16; ++i) {
        for (std::size_t h = 0; h < histories.size(); ++h) {
            if (i >= histories[h].contacts.size()) continue;
            withdrawn.contact(h, histories[h], i);
            never.contact(h, histories[h], i);
        }
    }
    withdrawn.world().settle();
    never.world().settle();
    const Fold& a = *withdrawn.world().fold;
    const Fold& b = *never.world().fold;
    PersonReader reader_a(a), reader_b(b);
    for (std::uint32_t f = 0; f < kHistories * kIdentifiers; ++f) {
        ASSERT_EQ(picture_of(a, reader_a, FragmentNo{f}), picture_of(b, reader_b, FragmentNo{f}))
            << "identifier " << f % kIdentifiers << " of history " << f / kIdentifiers;
    }
    EXPECT_GT(a.decisions.size(), kHistories / 2);
    EXPECT_EQ(a.graph.persons(), b.graph.persons());
    EXPECT_EQ(figures_of(withdrawn.world()), figures_of(never.world()));
    withdrawn.world().expect_live_is_full("after withdrawals");
    change_limits(withdrawn.world());
    if (replays) {
        EXPECT_EQ(withdrawn.world().rebuilt()->hash(), a.hash());
    }
}

TEST(IdentityLaw, AWithdrawalLeavesAWorldInWhichTheEvidenceNeverCame) {
    const std::uint64_t first = number_from("FILROUGE_SEED", 11);
    const std::uint64_t rounds = number_from("FILROUGE_ROUNDS", 12);
    std::string tight = World::kSettings;
    const std::string one = R"("identity":[{"type":"device_id","per_person_max":1},)";
    tight.replace(tight.find(R"("identity":[)"), 12, one);
    for (std::uint64_t seed = first; seed < first + rounds; ++seed) {
        SCOPED_TRACE("FILROUGE_SEED=" + std::to_string(seed) + " FILROUGE_ROUNDS=1");
        play(seed, seed % 2 == 0 ? tight : World::kSettings, seed == first);
        if (testing::Test::HasFatalFailure()) return;
    }
}

}  // namespace
}  // namespace filrouge::engine
