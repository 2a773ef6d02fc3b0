#include "history/columns.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "history/store.h"

namespace filrouge::history {
namespace {

// A town whose people change, and the columns kept up with it: what a view holds must be the town.
class Town {
  public:
    explicit Town(std::uint64_t seed) : random_(seed) {}

    void change(std::uint32_t person) {
        if (random_() % 10 == 0)
            people_.erase(person);  // merged into another, say
        else
            people_[person].push_back(++sequence_);
        changed_.mark(PersonNo{person});
    }
    std::uint32_t anyone(std::uint32_t ranges) {
        return static_cast<std::uint32_t>(random_() % ranges) * kPersonsPerRange +
               static_cast<std::uint32_t>(random_() % 300);
    }
    void build(std::uint32_t range) {
        changed_.watch(range);
        std::vector<std::uint32_t> persons;
        for (auto at = people_.lower_bound(range * kPersonsPerRange);
             at != people_.end() && at->first / kPersonsPerRange == range; ++at)
            persons.push_back(at->first);
        // In pieces, as a range of many rows is.
        const std::size_t a_piece = 60 + random_() % 200;  // so at most five
        std::vector<std::shared_ptr<const Segment>> made;
        for (std::size_t i = 0; i < persons.size() || made.empty(); i += a_piece)
            made.push_back(write({persons.begin() + static_cast<std::ptrdiff_t>(i),
                                  persons.begin() + static_cast<std::ptrdiff_t>(
                                                        std::min(persons.size(), i + a_piece))}));
        columns_.put_range(range, made);
    }
    void catch_up() {
        const auto persons = changed_.take();
        columns_.put_changed(persons, write(persons));
        if (random_() % 2 == 0) {
            const auto merged = columns_.worth_merging();
            columns_.put_changed(merged, write(merged));
            EXPECT_TRUE(columns_.worth_merging().size() < 2 || !merged.empty());
        }
        if (random_() % 3 == 0) {
            for (const std::uint32_t range : columns_.worth_rewriting()) build(range);
        }
    }
    void expect_whole() const {
        std::map<std::uint32_t, std::vector<std::uint64_t>> seen;
        for (const Piece& piece : columns_.view(sequence_).pieces) {
            for (std::uint32_t p = 0; p < piece.segment->parts(); ++p) {
                if (!piece.live(p)) continue;
                const std::uint32_t person = piece.segment->person(p).value;
                EXPECT_FALSE(seen.contains(person)) << "twice: " << person;
                auto& rows = seen[person];
                for (std::uint32_t r = piece.segment->first_row(p);
                     r < piece.segment->first_row(p + 1); ++r)
                    rows.push_back(static_cast<std::uint64_t>(piece.segment->sequence.at(r)));
            }
        }
        EXPECT_EQ(seen, people_);
    }
    std::size_t pieces() const { return columns_.view(0).pieces.size(); }

  private:
    std::shared_ptr<const Segment> write(const std::vector<std::uint32_t>& persons) {
        SegmentBuilder builder;
        for (const std::uint32_t person : persons) {
            const auto at = people_.find(person);
            if (at == people_.end()) continue;
            builder.begin_part(PersonNo{person}, 0, PurposeSet{1});
            for (const std::uint64_t sequence : at->second) {
                EventRow row;
                row.sequence = sequence;
                builder.add(row);
            }
        }
        return Segment::of(builder.finish());
    }

    std::mt19937_64 random_;
    std::map<std::uint32_t, std::vector<std::uint64_t>> people_;
    std::uint64_t sequence_ = 0;
    Changed changed_;
    Columns columns_;
};

TEST(Columns, AViewHoldsEveryPersonOnceAndAsTheyAre) {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        Town town(seed);
        constexpr std::uint32_t kRanges = 3;
        for (int i = 0; i < 400; ++i) town.change(town.anyone(kRanges));
        for (std::uint32_t range = 0; range < kRanges; ++range) town.build(range);
        town.expect_whole();
        for (int round = 0; round < 60; ++round) {
            for (int i = 0; i < round % 17; ++i) town.change(town.anyone(kRanges));
            town.catch_up();
            town.expect_whole();
        }
        EXPECT_LT(town.pieces(), 13u + kRanges * 5);
    }
}

TEST(Columns, AViewStaysAsItWasWhileTheColumnsGoOn) {
    Columns columns;
    const auto of = [](std::uint32_t person, int rows) {
        SegmentBuilder builder;
        builder.begin_part(PersonNo{person}, 0, PurposeSet{1});
        for (int i = 0; i < rows; ++i) builder.add(EventRow{});
        return Segment::of(builder.finish());
    };
    const auto whole = of(7, 2);
    columns.put_range(0, {&whole, 1});
    const View before = columns.view(1);
    const std::uint32_t person = 7;
    columns.put_changed({&person, 1}, of(7, 3));
    EXPECT_TRUE(before.pieces[0].live(0));
    EXPECT_EQ(before.rows(), 2u);
    EXPECT_EQ(columns.view(2).rows(), 3u);
}

}  // namespace
}  // namespace filrouge::history
