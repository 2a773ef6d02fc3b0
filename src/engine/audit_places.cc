#include "engine/audit_places.h"

#include <bit>

namespace filrouge::engine {

namespace {

constexpr std::uint64_t kWordBits = 64;

}  // namespace

void AuditPlaces::note(std::uint64_t sequence) {
    const std::uint64_t stretch = sequence / kAuditStretch;
    const auto word = static_cast<std::uint32_t>(stretch / kWordBits);
    const std::uint64_t bit = 1ULL << (stretch % kWordBits);
    if (word >= words_.size()) words_.resize(word + 1);
    if ((words_.at(word) & bit) == 0) words_.edit(word) |= bit;
}

AuditStretches AuditPlaces::up_to(std::uint64_t applied) const {
    AuditStretches out;
    out.rest = applied + 1;
    for (std::uint32_t word = 0; word < words_.size(); ++word) {
        for (std::uint64_t left = words_.at(word); left != 0; left &= left - 1) {
            const auto bit = static_cast<std::uint64_t>(std::countr_zero(left));
            out.begins.push_back((word * kWordBits + bit) * kAuditStretch);
        }
    }
    return out;
}

}  // namespace filrouge::engine
