#include "engine/board.h"

namespace filrouge::engine {

ConsentBoard::~ConsentBoard() {
    for (auto& page : pages_) delete page.load();
}

consent::Standing ConsentBoard::standing(FragmentNo fragment) const {
    const Page* page = pages_[fragment.value / kPageEntries].load(std::memory_order_acquire);
    if (page == nullptr) return {};
    const std::uint64_t v =
        page->entries[fragment.value % kPageEntries].load(std::memory_order_acquire);
    // Both a yes and a no stand for an objection: in one word, read and written at once.
    const PurposeSet yes{static_cast<std::uint32_t>(v >> 32)};
    const PurposeSet no{static_cast<std::uint32_t>(v)};
    return {yes.without(no), no, yes & no};
}

void ConsentBoard::prefetch(FragmentNo fragment) const {
    const Page* page = pages_[fragment.value / kPageEntries].load(std::memory_order_acquire);
    if (page != nullptr) fetch_ahead(&page->entries[fragment.value % kPageEntries]);
}

void ConsentBoard::set(FragmentNo fragment, consent::Standing standing) {
    auto& slot = pages_[fragment.value / kPageEntries];
    if (slot.load() == nullptr) slot.store(new Page, std::memory_order_release);
    slot.load()->entries[fragment.value % kPageEntries].store(
        static_cast<std::uint64_t>((standing.granted | standing.objected).bits) << 32 |
            (standing.refused | standing.objected).bits,
        std::memory_order_release);
}

}  // namespace filrouge::engine
