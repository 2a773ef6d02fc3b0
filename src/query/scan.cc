#include "query/scan.h"

#include <algorithm>
#include <bit>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace filrouge::query {

Plan::Plan(const history::View& view, const Scope& scope, Run& run)
    : view_(view), scope_(scope), run_(run) {
    for (const history::Piece& piece : view_.pieces) {
        const history::Segment& s = *piece.segment;
        for (std::uint32_t part = 0; part < s.parts();) {
            const std::uint32_t limit = s.first_row(part) + kUnitRows;
            std::uint32_t low = part + 1;
            std::uint32_t high = s.parts();
            while (low < high) {  // the last part that ends within the limit, at least one
                const std::uint32_t middle = low + (high - low + 1) / 2;
                if (s.first_row(middle) <= limit)
                    low = middle;
                else
                    high = middle - 1;
            }
            units_.push_back({&piece, part, low});
            part = low;
        }
    }
    run_.begin("events", view.rows());
}

Batch* Reader::next() {
    for (;;) {
        if (plan_.run_.cancelled()) return nullptr;
        if (unit_ == nullptr || part_ == persons_.size()) {
            const std::size_t i = plan_.next_++;
            if (i >= plan_.units_.size()) return nullptr;
            begin_unit(plan_.units_[i]);
        }
        if (fill()) return &batch_;
    }
}

void Reader::begin_unit(const Plan::Unit& unit) {
    unit_ = &unit;
    part_ = 0;
    const history::Segment& s = *unit.piece->segment;
    const std::uint32_t parts = unit.end_part - unit.first_part;
    persons_.resize(parts);
    s.persons(unit.first_part, persons_);
    first_rows_.resize(parts + 1);
    s.first_rows(unit.first_part, first_rows_);
    all_open_ = unit.piece->dead == nullptr && plan_.scope_.who.empty() && s.one_brand() &&
                s.brand(unit.first_part) == plan_.scope_.brand && s.one_usable() &&
                s.usable(unit.first_part).has(plan_.scope_.purpose) && s.no_nobody();
}

bool Reader::open(std::uint32_t part) const {
    const history::Segment& s = *unit_->piece->segment;
    const Scope& scope = plan_.scope_;
    return unit_->piece->live(part) && s.brand(part) == scope.brand &&
           s.usable(part).has(scope.purpose) && scope.includes(s.person(part)) &&
           (scope.nobodies || !s.nobody(part));
}

// The next parts that may be read and fit; false when there are none among those gone through.
bool Reader::fill() {
    Batch& b = batch_;
    b.segment_ = unit_->piece->segment.get();
    b.scope_ = &plan_.scope_;
    b.has_ = 0;
    const std::uint32_t begin = first_rows_[part_];
    b.first_row_ = begin;
    if (all_open_)
        take_all();
    else
        take_open();
    plan_.run_.advance(first_rows_[part_] - begin);
    if (b.parts_.empty()) return false;
    b.rows_ = b.parts_.back().end;
    return true;
}

// As many parts as fit into a batch, one with rows at least.
void Reader::take_all() {
    Batch& b = batch_;
    const auto past = std::upper_bound(first_rows_.begin() + part_ + 1, first_rows_.end(),
                                       b.first_row_ + kBatchRows);
    auto end = static_cast<std::uint32_t>(past - first_rows_.begin() - 1);
    if (first_rows_[end] == b.first_row_ && end < persons_.size()) ++end;
    b.parts_.resize(end - part_);
    PartRows* out = b.parts_.data();
    for (; part_ < end; ++part_) {
        *out = {PersonNo{persons_[part_]}, first_rows_[part_] - b.first_row_,
                first_rows_[part_ + 1] - b.first_row_};
        out += out->begin != out->end ? 1 : 0;
    }
    b.parts_.resize(static_cast<std::size_t>(out - b.parts_.data()));
    b.whole_ = true;
}

void Reader::take_open() {
    Batch& b = batch_;
    b.parts_.clear();
    std::uint32_t taken = 0;
    std::uint32_t end = b.first_row_;
    while (part_ < persons_.size()) {
        const std::uint32_t next_end = first_rows_[part_ + 1];
        if (next_end - b.first_row_ > kBatchRows && end != b.first_row_) break;
        const std::uint32_t from = end;
        end = next_end;
        const std::uint32_t part = unit_->first_part + part_;
        if (from != end && open(part)) {
            const bool nobody = unit_->piece->segment->nobody(part);
            const PersonNo person = nobody ? PersonNo{} : PersonNo{persons_[part_]};
            b.parts_.push_back({person, from - b.first_row_, end - b.first_row_});
            taken += end - from;
        } else if (b.parts_.empty()) {
            b.first_row_ = end;  // nothing to decode before the first
        }
        ++part_;
    }
    b.whole_ = !b.parts_.empty() && taken == b.parts_.back().end;
}

namespace {

std::uint64_t eight(const std::uint8_t* mask) {
    std::uint64_t word;
    std::memcpy(&word, mask, sizeof word);
    return word;
}

// Bit i: whether byte i of 64 is `wanted`.
std::uint64_t bits_equal(const std::uint8_t* bytes, std::uint8_t wanted) {
    std::uint64_t bits = 0;
#if defined(__SSE2__)
    const __m128i w = _mm_set1_epi8(static_cast<char>(wanted));
    for (unsigned i = 0; i < 4; ++i) {
        const __m128i at = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + 16 * i));
        const auto equal = static_cast<std::uint16_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(at, w)));
        bits |= static_cast<std::uint64_t>(equal) << (16 * i);
    }
#else
    for (unsigned i = 0; i < 64; ++i)
        bits |= static_cast<std::uint64_t>(bytes[i] == wanted ? 1 : 0) << i;
#endif
    return bits;
}

}  // namespace

std::span<const std::uint32_t> places_equal(std::span<const std::uint8_t> codes,
                                            std::uint8_t wanted, std::vector<std::uint32_t>& room) {
    if (room.size() < codes.size()) room.resize(codes.size());
    std::uint32_t* out = room.data();
    std::size_t i = 0;
    for (; i + 64 <= codes.size(); i += 64) {
        for (std::uint64_t bits = bits_equal(codes.data() + i, wanted); bits != 0; bits &= bits - 1)
            *out++ =
                static_cast<std::uint32_t>(i) + static_cast<std::uint32_t>(std::countr_zero(bits));
    }
    for (; i < codes.size(); ++i) {
        if (codes[i] == wanted) *out++ = static_cast<std::uint32_t>(i);
    }
    return {room.data(), out};
}

std::span<const std::uint32_t> places_of_ones(std::span<const std::uint8_t> mask,
                                              std::vector<std::uint32_t>& room) {
    return places_equal(mask, 1, room);
}

std::uint32_t count_ones(std::span<const std::uint8_t> mask) {
    std::uint32_t ones = 0;
    std::size_t i = 0;
    for (; i + 8 <= mask.size(); i += 8)
        ones += static_cast<std::uint32_t>(std::popcount(eight(mask.data() + i)));
    for (; i < mask.size(); ++i) ones += mask[i];
    return ones;
}

std::span<const std::int64_t> Batch::at() {
    if ((has_ & kAt) == 0) {
        at_.resize(rows_);
        segment_->at.read(first_row_, at_);
        has_ |= kAt;
    }
    return at_;
}

std::span<const std::uint8_t> Batch::channel() {
    if ((has_ & kChannel) == 0) {
        channel_.resize(rows_);
        segment_->channel.read_as<std::uint8_t>(first_row_, channel_);
        has_ |= kChannel;
    }
    return channel_;
}

std::span<const std::uint8_t> Batch::channel(std::uint32_t first, std::uint32_t rows) {
    if ((has_ & kChannel) != 0 || rows == rows_) return channel().subspan(first, rows);
    channel_of_few_.resize(rows);
    segment_->channel.read_as<std::uint8_t>(first_row_ + first, channel_of_few_);
    return channel_of_few_;
}

std::span<const std::uint32_t> Batch::name_codes() {
    if ((has_ & kNames) == 0) {
        names_.resize(rows_);
        segment_->name.read_as<std::uint32_t>(first_row_, names_);
        has_ |= kNames;
    }
    return names_;
}

bool Batch::all_visible() {
    fill_visible();
    return all_visible_;
}

std::span<const std::uint8_t> Batch::visible() {
    fill_visible();
    if (all_visible_) visible_.assign(rows_, 1);
    if (!whole_) {
        std::uint32_t end = 0;
        for (const PartRows& part : parts_) {
            std::fill(visible_.begin() + end, visible_.begin() + part.begin, 0);
            end = part.end;
        }
    }
    return visible_;
}

void Batch::keep_visible(std::span<std::uint8_t> mask) {
    if (everything_visible()) return;
    const auto seen = visible();
    for (std::size_t i = 0; i < mask.size(); ++i)
        mask[i] = static_cast<std::uint8_t>(mask[i] & seen[i]);
}

void Batch::fill_visible() {
    if ((has_ & kVisible) != 0) return;
    has_ |= kVisible;
    const auto hidden =
        static_cast<std::uint8_t>(scope_->bots ? kEventConsentOnly : kEventConsentOnly | kEventBot);
    const history::Segment& s = *segment_;
    const bool flags_clear = s.flags.constant() && (s.flags.base & hidden) == 0;
    const bool allowed = s.allowed.constant() && (s.allowed.base >> scope_->purpose & 1) != 0;
    const bool any_time = scope_->from == INT64_MIN && scope_->to == INT64_MAX;
    all_visible_ = flags_clear && allowed && any_time;
    if (all_visible_) return;
    visible_.assign(rows_, 1);
    if (!flags_clear) {
        for (std::uint32_t i = 0; i < rows_; ++i)
            visible_[i] = (s.flags.at(first_row_ + i) & hidden) == 0 ? 1 : 0;
    }
    if (!allowed) {
        for (std::uint32_t i = 0; i < rows_; ++i)
            visible_[i] &=
                static_cast<std::uint8_t>(s.allowed.at(first_row_ + i) >> scope_->purpose & 1);
    }
    if (!any_time) {
        const auto times = at();
        for (std::uint32_t i = 0; i < rows_; ++i)
            if (times[i] < scope_->from || times[i] >= scope_->to) visible_[i] = 0;
    }
}

}  // namespace filrouge::query
