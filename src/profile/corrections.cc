#include "profile/corrections.h"

#include <algorithm>

namespace filrouge::profile {

Corrections::Corrections(TableSpace& space, std::uint16_t first_id)
    : heads_(space, first_id), rows_(space, static_cast<std::uint16_t>(first_id + 1)) {}

bool Corrections::set(const CorrectionRow& told) {
    const std::uint32_t fragment = told.fragment.value;
    if (fragment >= heads_.size()) heads_.resize(fragment + 1);
    Stored fresh{told.at.us,
                 told.sequence,
                 told.value.number,
                 told.value.key.value,
                 told.value.text.value,
                 told.allowed.bits,
                 heads_.at(fragment),
                 static_cast<std::uint8_t>(told.value.kind),
                 static_cast<std::uint8_t>(told.act),
                 {}};
    std::uint32_t count = 0;
    for (std::uint32_t r = heads_.at(fragment); r != 0; r = rows_.at(r - 1).next, ++count) {
        if (rows_.at(r - 1).key != fresh.key) continue;
        fresh.next = rows_.at(r - 1).next;
        rows_.edit(r - 1) = fresh;
        return true;
    }
    if (count >= kCorrectionsPerFragmentMax) return false;
    heads_.edit(fragment) = rows_.append(fresh) + 1;
    return true;
}

void Corrections::read(FragmentNo fragment, std::vector<CorrectionRow>& out) const {
    if (fragment.value >= heads_.size()) return;
    for (std::uint32_t r = heads_.at(fragment.value); r != 0; r = rows_.at(r - 1).next) {
        const Stored& s = rows_.at(r - 1);
        out.push_back(
            {{StringNo{s.key}, static_cast<history::CellKind>(s.kind), s.number, StringNo{s.text}},
             static_cast<CorrectionAct>(s.act),
             EventTime{s.at},
             s.sequence,
             fragment,
             PurposeSet{s.allowed}});
    }
}

void Corrections::join(std::vector<CorrectionRow>& rows) {
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
        return std::pair(a.value.key.value, b.sequence) < std::pair(b.value.key.value, a.sequence);
    });
    rows.erase(std::unique(rows.begin(), rows.end(),
                           [](const auto& a, const auto& b) { return a.value.key == b.value.key; }),
               rows.end());
    std::erase_if(rows, [](const auto& row) { return row.act == CorrectionAct::Release; });
}

bool Corrections::puts_right(const CorrectionRow& correction, const history::TraitRow& row) {
    if (row.value.key != correction.value.key || is_fitted(row.model)) return false;
    if (row.model == ModelKind::Person) return row.sequence < correction.sequence;
    return !correction.allowed.empty();
}

void Corrections::put_right(const std::vector<CorrectionRow>& corrections,
                            std::vector<history::TraitRow>& rows) {
    for (const CorrectionRow& correction : corrections) {
        PurposeSet allowed = correction.allowed;
        std::erase_if(rows, [&](const history::TraitRow& row) {
            if (!puts_right(correction, row)) return false;
            allowed = allowed | row.allowed;
            return true;
        });
        // No purpose: the answer that was put right was taken back.
        if (correction.act == CorrectionAct::Remove || allowed.empty()) continue;
        history::TraitRow& right = rows.emplace_back();
        right.value = correction.value;
        right.at = correction.at;
        right.sequence = correction.sequence;
        right.fragment = correction.fragment;
        right.allowed = allowed;
        right.corrected = true;
    }
}

}  // namespace filrouge::profile
