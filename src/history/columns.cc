#include "history/columns.h"

#include <algorithm>

namespace filrouge::history {
namespace {

constexpr std::uint32_t kRewriteShare = 4;        // of a range's persons, one in so many
constexpr std::uint32_t kRewritePersonsMin = 64;  // fewer stay a delta

std::uint32_t persons_in(const Segment& segment) {
    if (segment.one_brand()) return segment.parts();
    std::uint32_t persons = 0;
    for (std::uint32_t p = 0; p < segment.parts(); ++p)
        persons += p == 0 || segment.person(p) != segment.person(p - 1) ? 1 : 0;
    return persons;
}

}  // namespace

std::uint64_t View::rows() const {
    std::uint64_t rows = 0;
    for (const Piece& piece : pieces) rows += piece.segment->rows();
    return rows;
}

std::uint64_t View::bytes() const {
    std::uint64_t bytes = 0;
    for (const Piece& piece : pieces) bytes += piece.segment->bytes();
    return bytes;
}

void Changed::watch(std::uint32_t range) {
    if (range >= watched_.size()) watched_.resize(range + 1, false);
    watched_[range] = true;
}

std::vector<std::uint32_t> Changed::take() {
    std::vector<std::uint32_t> taken;
    taken.swap(list_);
    for (const std::uint32_t person : taken) bits_[person / 64] &= ~(1ull << (person % 64));
    std::sort(taken.begin(), taken.end());
    return taken;
}

bool Changed::take_all() {
    if (!all_) return false;
    take();
    watched_.clear();
    all_ = false;
    return true;
}

Columns::Part Columns::part_of(std::shared_ptr<const Segment> segment) {
    Part part;
    part.dead.resize((segment->parts() + 63) / 64);
    part.segment = std::move(segment);
    return part;
}

void Columns::kill(Part& part, PersonNo person) {
    const auto [first, end] = part.segment->parts_of(person);
    for (std::uint32_t p = first; p < end; ++p) {
        const std::uint64_t bit = 1ull << (p % 64);
        if ((part.dead[p / 64] & bit) != 0) continue;
        part.dead[p / 64] |= bit;
        ++part.dead_parts;
        part.shared.reset();
    }
}

void Columns::forget(std::uint32_t person) {
    const auto at = in_.find(person);
    if (at == in_.end()) return;
    const auto delta =
        std::lower_bound(deltas_.begin(), deltas_.end(), at->second,
                         [](const Delta& d, std::uint32_t number) { return d.number < number; });
    ASSERT(delta != deltas_.end() && delta->number == at->second);
    kill(delta->part, PersonNo{person});
    ++delta->gone;
    in_.erase(at);
}

void Columns::drop_empty_deltas() {
    std::erase_if(deltas_, [](const Delta& d) { return d.gone == d.persons.size(); });
}

void Columns::put_range(std::uint32_t range,
                        std::span<const std::shared_ptr<const Segment>> segments) {
    ASSERT(!segments.empty());
    if (range >= ranges_.size()) ranges_.resize(range + 1);
    for (Delta& delta : deltas_) {
        const auto first =
            std::lower_bound(delta.persons.begin(), delta.persons.end(), range * kPersonsPerRange);
        for (auto person = first;
             person != delta.persons.end() && *person / kPersonsPerRange == range; ++person) {
            const auto at = in_.find(*person);
            if (at != in_.end() && at->second == delta.number) forget(*person);
        }
    }
    drop_empty_deltas();
    Range& made = ranges_[range];
    made = Range{};
    made.parts.reserve(segments.size());
    for (const auto& segment : segments) {
        made.persons += persons_in(*segment);
        made.parts.push_back(part_of(segment));
    }
}

void Columns::put_changed(std::span<const std::uint32_t> persons,
                          std::shared_ptr<const Segment> segment) {
    if (persons.empty()) return;
    for (const std::uint32_t person : persons) {
        ASSERT(has_range(person / kPersonsPerRange));
        if (!in_.contains(person)) {
            Range& range = ranges_[person / kPersonsPerRange];
            for (Part& part : range.parts) kill(part, PersonNo{person});
            ++range.changed;
        }
        forget(person);
    }
    drop_empty_deltas();
    Delta& delta = deltas_.emplace_back();
    delta.number = next_number_++;
    delta.persons.assign(persons.begin(), persons.end());
    delta.part = part_of(std::move(segment));
    for (const std::uint32_t person : persons) in_[person] = delta.number;
}

std::vector<std::uint32_t> Columns::worth_merging() const {
    // Each delta shall be twice its successor, so there are few and each person moves seldom.
    const auto size = [this](std::size_t i) {
        return static_cast<std::uint64_t>(deltas_[i].persons.size() - deltas_[i].gone);
    };
    std::size_t from = deltas_.size();
    std::uint64_t sum = 0;
    while (from > 0) {
        const std::uint64_t next = size(from - 1);
        if (from < deltas_.size() && next >= 2 * sum) break;
        sum += next;
        --from;
    }
    std::vector<std::uint32_t> persons;
    if (deltas_.size() - from < 2) return persons;
    for (std::size_t i = from; i < deltas_.size(); ++i) {
        for (const std::uint32_t person : deltas_[i].persons) {
            const auto at = in_.find(person);
            if (at != in_.end() && at->second == deltas_[i].number) persons.push_back(person);
        }
    }
    std::sort(persons.begin(), persons.end());
    return persons;
}

std::vector<std::uint32_t> Columns::worth_rewriting() const {
    std::vector<std::uint32_t> out;
    for (std::uint32_t i = 0; i < ranges_.size(); ++i) {
        const Range& range = ranges_[i];
        if (range.changed >= kRewritePersonsMin && range.changed >= range.persons / kRewriteShare)
            out.push_back(i);
    }
    return out;
}

void Columns::clear() { *this = Columns{}; }

Piece Columns::piece_of(const Part& part) {
    if (part.dead_parts == 0) return {part.segment, nullptr};
    if (part.shared == nullptr) part.shared = std::make_shared<const DeadParts>(part.dead);
    return {part.segment, part.shared};
}

View Columns::view(std::uint64_t sequence) const {
    View view;
    view.sequence = sequence;
    for (const Range& range : ranges_) {
        for (const Part& part : range.parts) {
            if (part.segment->parts() > part.dead_parts) view.pieces.push_back(piece_of(part));
        }
    }
    for (const Delta& delta : deltas_) {
        if (delta.part.segment->parts() > delta.part.dead_parts)
            view.pieces.push_back(piece_of(delta.part));
    }
    return view;
}

}  // namespace filrouge::history
