#include "engine/audience_moves.h"

#include <algorithm>
#include <bit>

#include "engine/fold.h"

namespace filrouge::engine {

void encode_audience_moves(std::span<const AudienceMove> moves, Bytes& out) {
    ByteWriter w(out);
    w.varint(moves.size());
    for (const AudienceMove& move : moves) {
        w.u32(move.document);
        w.u32(move.person);
        w.u8(move.entered ? 1 : 0);
    }
}

bool decode_audience_moves(BytesView clear, std::vector<AudienceMove>& moves) {
    moves.clear();
    ByteReader r(clear);
    const std::uint64_t count = r.varint();
    if (count > kMovesMax) return false;
    for (std::uint64_t i = 0; i < count && !r.bad(); ++i) {
        AudienceMove move;
        move.document = r.u32();
        move.person = r.u32();
        move.entered = r.u8() != 0;
        moves.push_back(move);
    }
    return !r.bad();
}

namespace {

std::uint64_t word_of(std::span<const std::uint64_t> words, std::size_t i) {
    return i < words.size() ? words[i] : 0;
}

}  // namespace

AudienceMoves moves_between(const Fold& before, Fold& after) {
    AudienceMoves out;
    for (const auto& [id, info] : after.audiences) {
        const auto known = before.audiences.find(id);
        if (known == before.audiences.end() || known->second.document != info.document) continue;
        const auto old_words = before.live.words(known->second.slot);
        const auto new_words = after.live.words(info.slot);
        for (std::size_t i = 0; i < std::max(old_words.size(), new_words.size()); ++i) {
            std::uint64_t differ = word_of(old_words, i) ^ word_of(new_words, i);
            for (; differ != 0; differ &= differ - 1) {
                const auto bit = static_cast<unsigned>(std::countr_zero(differ));
                const auto person = static_cast<std::uint32_t>(i * 64 + bit);
                const bool in = (word_of(new_words, i) >> bit & 1) != 0;
                if (!before.is_met(FragmentNo{person}) && !in) continue;  // erased, and told so
                if (out.moves.size() >= kMovesAtOnceMax) {
                    ++out.left_out;
                    continue;
                }
                out.moves.push_back({info.document, person, in});
            }
        }
    }
    return out;
}

// The fold was made without what has expired, so members are right already: only those who listen
// have to be told, unless the person has moved again meanwhile, which told them.
void Fold::apply_audience_moves(const RecordView& record, Consequences& out) {
    std::vector<AudienceMove> moves;
    if (!decode_audience_moves(record.clear, moves)) return;
    for (const auto& [id, info] : audiences) {
        for (const AudienceMove& move : moves) {
            const PersonNo person{move.person};
            // Who is nobody of their own any more, part of another person, has left all the same;
            // of who is erased it was told.
            const bool can_be =
                move.entered ? is_person(move.person) : !is_erased(FragmentNo{move.person});
            if (move.document != info.document || !can_be) continue;
            if (live.member(info.slot, person) == move.entered)
                out.changes.push_back({info.slot, person, move.entered});
        }
    }
}

}  // namespace filrouge::engine
