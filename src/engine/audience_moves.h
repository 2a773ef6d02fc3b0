// Who is in an audience, or no more, because the log was folded again without what has expired: no
// record tells that by itself, so one is written for it (AudienceMoves, docs/formats/records.md).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"

namespace filrouge::engine {

class Fold;

constexpr std::size_t kMovesMax = 10'000;           // of one record
constexpr std::size_t kMovesAtOnceMax = 1'000'000;  // of one folding; the rest is counted

struct AudienceMove {
    std::uint32_t document = 0;  // the audience's
    std::uint32_t person = 0;
    bool entered = false;
    bool operator==(const AudienceMove&) const = default;
};
void encode_audience_moves(std::span<const AudienceMove> moves, Bytes& out);
bool decode_audience_moves(BytesView clear, std::vector<AudienceMove>& moves);

// From one fold to another of the same records, both under the lock: of persons who were not
// erased, in audiences that both have. By audience, then person.
struct AudienceMoves {
    std::vector<AudienceMove> moves;
    std::uint64_t left_out = 0;
};
AudienceMoves moves_between(const Fold& before, Fold& after);

}  // namespace filrouge::engine
