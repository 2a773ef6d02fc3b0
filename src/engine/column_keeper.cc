#include "engine/column_keeper.h"

#include <limits>
#include <shared_mutex>
#include <thread>

namespace filrouge::engine {
namespace {

using Reading = std::shared_lock<FairLock>;

// Of the lock, while events wait: about a millisecond. Whoever has more rows is read whole.
constexpr std::uint32_t kPersonsAHold = 128;
constexpr std::size_t kRowsAHold = 1'024;
constexpr std::uint64_t kRowsLastHold = 4'096;
// Then, or once as many persons change while one round is written as in the round before, the last
// hold takes what there is.
constexpr int kRoundsMax = 12;

}  // namespace

std::size_t ColumnKeeper::write_person(PersonReader& reader, PersonNo person,
                                       history::SegmentBuilder& out) {
    const bool nobody = fold_.is_thing(person.value);
    if (!nobody && !fold_.is_person(person.value)) return 0;
    std::size_t read = 0;
    for (std::size_t b = 0; b < fold_.brands.size(); ++b) {
        const auto brand = static_cast<BrandNo>(b);
        if (!fold_.is_known_to(person, brand)) continue;
        const auto rows = reader.history_of(person, brand);
        if (rows.empty()) continue;
        read += rows.size();
        const consent::Standing standing = fold_.standing_of(person, brand);
        PurposeSet usable;
        for (std::size_t p = 0; p < fold_.purposes.list.size(); ++p) {
            const auto purpose = static_cast<std::uint8_t>(p);
            // Nobody can take back what nobody is behind: what each event was kept for decides.
            if (nobody || consent::may_use(fold_.purposes, purpose, standing))
                usable = usable.with(purpose);
        }
        out.begin_part(person, brand, usable, nobody);
        for (const history::EventRow& row : rows) {
            // Of a thing that was lent to somebody, it is theirs.
            if (nobody && !fold_.graph.bound_to(FragmentNo{person.value}, row.at).is_none())
                continue;
            out.add(row);
        }
    }
    return read;
}

ColumnKeeper::Segments ColumnKeeper::write_range(std::uint32_t range, query::Run& run) {
    Segments made;
    history::SegmentBuilder out;
    PersonReader reader(fold_);
    const std::uint32_t first = range * history::kPersonsPerRange;
    for (std::uint32_t from = first;
         from < first + history::kPersonsPerRange && !run.cancelled();) {
        const std::uint32_t end = std::min(from + kPersonsAHold, first + history::kPersonsPerRange);
        std::uint32_t person = from;
        {
            const Reading reading(lock_);
            const std::uint32_t met = fold_.graph.fragments();
            for (std::size_t rows = 0; person < end && rows < kRowsAHold; ++person)
                if (person < met) rows += write_person(reader, PersonNo{person}, out);
        }
        run.advance(person - from);
        from = person;
        if (out.rows() >= history::kRowsPerPiece)
            made.push_back(history::Segment::of(out.finish()));
    }
    if (made.empty() || out.rows() != 0) made.push_back(history::Segment::of(out.finish()));
    return made;
}

std::shared_ptr<const history::Segment> ColumnKeeper::write(const Persons& persons,
                                                            query::Run& run) {
    history::SegmentBuilder out;
    PersonReader reader(fold_);
    for (std::size_t i = 0; i < persons.size() && !run.cancelled();) {
        const Reading reading(lock_);
        const std::size_t end = std::min(persons.size(), i + kPersonsAHold);
        for (std::size_t rows = 0; i < end && rows < kRowsAHold; ++i)
            rows += write_person(reader, PersonNo{persons[i]}, out);
    }
    return history::Segment::of(out.finish());
}

std::vector<std::uint32_t> ColumnKeeper::missing_ranges() {
    const Reading reading(lock_);
    if (fold_.stale_columns.take_all()) columns_.clear();
    const std::uint32_t persons = fold_.graph.fragments();
    std::vector<std::uint32_t> missing;
    for (std::uint32_t range = 0; range * history::kPersonsPerRange < persons; ++range) {
        if (!columns_.has_range(range)) missing.push_back(range);
    }
    return missing;
}

Result<void> ColumnKeeper::build_ranges(const std::vector<std::uint32_t>& ranges, query::Run& run) {
    if (ranges.empty()) return {};
    run.begin("columns", ranges.size() * history::kPersonsPerRange);
    {
        const Reading reading(lock_);
        for (const std::uint32_t range : ranges) fold_.stale_columns.watch(range);
    }
    std::vector<Segments> made(ranges.size());
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t i = next++; i < ranges.size() && !run.cancelled(); i = next++)
            made[i] = write_range(ranges[i], run);
    };
    {
        std::jthread other(work);
        work();
    }
    // A cancelled one is missing persons: it is not kept, and its range is built by who asks next.
    TRY(run.check());
    for (std::size_t i = 0; i < ranges.size(); ++i) columns_.put_range(ranges[i], made[i]);
    return {};
}

// Few pieces, each mostly alive.
Result<void> ColumnKeeper::tidy(query::Run& run) {
    TRY(build_ranges(columns_.worth_rewriting(), run));
    const Persons merged = columns_.worth_merging();
    if (merged.empty()) return {};
    auto segment = write(merged, run);
    TRY(run.check());
    columns_.put_changed(merged, std::move(segment));
    return {};
}

// Under the lock.
bool ColumnKeeper::few_rows_changed() const {
    std::uint64_t rows = 0;
    for (const std::uint32_t person : fold_.stale_columns.list()) {
        rows += 1 + fold_.sizes.of(PersonNo{person});
        if (rows > kRowsLastHold) return false;
    }
    return true;
}

Result<history::View> ColumnKeeper::view(query::Run& run) {
    const std::lock_guard maintaining(mutex_);
    std::size_t before = std::numeric_limits<std::size_t>::max();
    for (int round = 0;; ++round) {
        TRY(build_ranges(missing_ranges(), run));
        TRY(tidy(run));
        Persons persons;
        {
            const Reading reading(lock_);
            // What changed everything, or brought a range of new persons, is for the next round.
            const bool all =
                columns_.ranges() * history::kPersonsPerRange >= fold_.graph.fragments() &&
                !fold_.stale_columns.changed_all();
            const bool last = round == kRoundsMax || fold_.stale_columns.size() >= before;
            if (all && (last || few_rows_changed())) {
                persons = fold_.stale_columns.take();
                history::SegmentBuilder out;
                PersonReader reader(fold_);
                for (const std::uint32_t person : persons)
                    write_person(reader, PersonNo{person}, out);
                columns_.put_changed(persons, history::Segment::of(out.finish()));
                history::View made = columns_.view(fold_.applied());
                bytes_ = made.bytes();
                return made;
            }
            if (all) persons = fold_.stale_columns.take();
            before = all ? persons.size() : before;
        }
        if (persons.empty()) continue;
        auto segment = write(persons, run);
        // Even when cancelled: who was taken off the list must not be forgotten. Asked once, for
        // another thread may cancel between two questions.
        if (auto wanted = run.check(); !wanted.ok()) {
            columns_.clear();
            return std::move(wanted).error();
        }
        columns_.put_changed(persons, std::move(segment));
    }
}

std::uint64_t ColumnKeeper::behind() {
    const std::unique_lock maintaining(mutex_, std::try_to_lock);
    if (!maintaining.owns_lock()) return 0;
    std::uint64_t persons = missing_ranges().size() * history::kPersonsPerRange;
    const Reading reading(lock_);
    return persons + fold_.stale_columns.size();
}

}  // namespace filrouge::engine
