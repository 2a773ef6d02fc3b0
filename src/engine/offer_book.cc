#include "engine/offer_book.h"

#include <set>

namespace filrouge::engine {
namespace {

std::uint16_t nth(std::uint16_t first, int n) { return static_cast<std::uint16_t>(first + n); }

std::uint32_t head_of(const Table<std::uint32_t>& heads, FragmentNo fragment) {
    return fragment.value < heads.size() ? heads.at(fragment.value) : 0;
}

template <class Row>
void put_first(Table<std::uint32_t>& heads, Table<Row>& rows, FragmentNo fragment, Row row) {
    if (fragment.value >= heads.size()) heads.resize(fragment.value + 1);
    row.next = heads.at(fragment.value);
    heads.edit(fragment.value) = rows.append(row) + 1;
}

template <class Row>
std::vector<Row> chain_of(const Table<std::uint32_t>& heads, const Table<Row>& rows,
                          FragmentNo fragment) {
    std::vector<Row> out;
    for (std::uint32_t r = head_of(heads, fragment); r != 0; r = rows.at(r - 1).next)
        out.push_back(rows.at(r - 1));
    return out;
}

}  // namespace

OfferBook::OfferBook(TableSpace& space, std::uint16_t first_id)
    : line_heads_(space, first_id),
      lines_(space, nth(first_id, 1)),
      benefit_heads_(space, nth(first_id, 2)),
      benefits_(space, nth(first_id, 3)) {}

// One row for each line there is, so a chain is never longer than the offers' lines.
void OfferBook::tell(FragmentNo fragment, Line line) {
    line.state = static_cast<std::uint32_t>(State::Told);
    bool known = false;
    for (std::uint32_t r = head_of(line_heads_, fragment); r != 0; r = lines_.at(r - 1).next) {
        const Line& old = lines_.at(r - 1);
        if (old.offer == line.offer && old.ask == line.ask) {
            line.next = old.next;
            lines_.edit(r - 1) = line;
            known = true;
        } else if (old.name == line.name && old.purpose == line.purpose &&
                   old.is() == State::Told) {
            Line& other = lines_.edit(r - 1);
            other.state = static_cast<std::uint32_t>(State::Replaced);
            other.at = line.at;
        }
    }
    if (!known) put_first(line_heads_, lines_, fragment, line);
}

bool OfferBook::take_back(FragmentNo fragment, std::uint32_t offer, std::uint32_t ask,
                          EventTime at) {
    for (std::uint32_t r = head_of(line_heads_, fragment); r != 0; r = lines_.at(r - 1).next) {
        const Line& line = lines_.at(r - 1);
        if (line.offer != offer || line.ask != ask || line.is() != State::Told) continue;
        Line& taken = lines_.edit(r - 1);
        taken.state = static_cast<std::uint32_t>(State::TakenBack);
        taken.at = at.us;
        return true;
    }
    return false;
}

// One row for each offer: given again, it has another id.
void OfferBook::give(FragmentNo fragment, Benefit benefit) {
    for (std::uint32_t r = head_of(benefit_heads_, fragment); r != 0;
         r = benefits_.at(r - 1).next) {
        if (benefits_.at(r - 1).offer != benefit.offer) continue;
        benefit.next = benefits_.at(r - 1).next;
        benefits_.edit(r - 1) = benefit;
        return;
    }
    put_first(benefit_heads_, benefits_, fragment, benefit);
}

void OfferBook::take_benefits(FragmentNo fragment, std::uint32_t offer, EventTime at) {
    for (std::uint32_t r = head_of(benefit_heads_, fragment); r != 0;
         r = benefits_.at(r - 1).next) {
        const Benefit& benefit = benefits_.at(r - 1);
        if (benefit.offer == offer && benefit.taken_back_at == 0)
            benefits_.edit(r - 1).taken_back_at = at.us;
    }
}

std::vector<OfferBook::Line> OfferBook::lines_of(FragmentNo fragment) const {
    return chain_of(line_heads_, lines_, fragment);
}

std::vector<OfferBook::Benefit> OfferBook::benefits_of(FragmentNo fragment) const {
    return chain_of(benefit_heads_, benefits_, fragment);
}

std::map<std::uint32_t, OfferBook::Figures> OfferBook::figures() const {
    std::map<std::uint32_t, Figures> out;
    for (std::uint32_t f = 0; f < line_heads_.size(); ++f) {
        std::set<std::uint32_t> told;
        for (const Line& line : lines_of(FragmentNo{f})) {
            if (line.is() == State::Told) told.insert(line.offer);
        }
        for (const std::uint32_t offer : told) ++out[offer].told;
    }
    for (std::uint32_t i = 0; i < benefits_.size(); ++i) {
        if (benefits_.at(i).taken_back_at == 0) ++out[benefits_.at(i).offer].benefits;
    }
    return out;
}

}  // namespace filrouge::engine
