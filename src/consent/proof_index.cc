#include "consent/proof_index.h"

#include <algorithm>
#include <cstring>

namespace filrouge::consent {
namespace {

// 64 bits of a hash nobody can steer: tokens are the server's own random numbers.
std::uint64_t key_of(const Digest& token_hash) {
    std::uint64_t key = 0;
    std::memcpy(&key, token_hash.bytes.data(), sizeof key);
    return key | 1;
}

}  // namespace

ProofIndex::ProofIndex(TableSpace& space, std::uint16_t first_id, std::uint16_t pending_id)
    : rows_(space, first_id),
      heads_(space, static_cast<std::uint16_t>(first_id + 1)),
      chain_(space, static_cast<std::uint16_t>(first_id + 2)),
      waiting_(space, static_cast<std::uint16_t>(first_id + 3)),
      waiting_index_(space, pending_id) {}

ChainHead ProofIndex::head() const {
    ChainHead head;
    if (chain_.size() == 0) return head;
    std::memcpy(head.hash.bytes.data(), chain_.at(0).hash.data(), sizeof head.hash.bytes);
    head.count = chain_.at(0).count;
    return head;
}

void ProofIndex::add(const std::optional<Entry>& entry, BytesView clear, std::uint64_t sequence) {
    ChainHead end = head();
    // One that does not follow is `verify`'s to find; the next one follows it as it is.
    static_cast<void>(follow(clear, end));
    if (chain_.size() == 0) chain_.resize(1);
    std::memcpy(chain_.edit(0).hash.data(), end.hash.bytes.data(), sizeof end.hash.bytes);
    chain_.edit(0).count = end.count;
    if (!entry) return;
    for (const FragmentNo fragment : entry->fragments) {
        if (fragment.value >= heads_.size()) heads_.resize(fragment.value + 1);
        heads_.edit(fragment.value) = rows_.append({sequence, heads_.at(fragment.value), 0}) + 1;
    }
    if (!entry->confirmation) return;
    const std::uint64_t token = key_of(entry->confirmation->token_hash);
    if (entry->means == Means::Confirmation)
        waiting_index_.erase(token);  // a link is good for once
    else
        waiting_index_.insert(token, waiting_.append(sequence));
}

void ProofIndex::entries_of(FragmentNo fragment, std::vector<std::uint64_t>& out) const {
    if (fragment.value >= heads_.size()) return;
    for (std::uint32_t r = heads_.at(fragment.value); r != 0; r = rows_.at(r - 1).next)
        out.push_back(rows_.at(r - 1).sequence);
}

std::optional<std::uint64_t> ProofIndex::pending(const Digest& token_hash) const {
    const std::uint32_t row = waiting_index_.find(key_of(token_hash));
    if (row == HashIndex::kAbsent) return std::nullopt;
    return waiting_.at(row);
}

}  // namespace filrouge::consent
