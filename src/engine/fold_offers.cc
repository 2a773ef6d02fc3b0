// The fold's part for what persons tell in answer to offers: traits for the one purpose of the
// offer, each as if it had never been told once it is taken back.
#include "engine/fold.h"
#include "engine/offer_record.h"
#include "engine/records.h"

namespace filrouge::engine {

void Fold::load_offers() {
    offers.offers.clear();
    for (const DocumentView& document : documents.of(RecordType::OfferChange)) {
        if (auto offer = read_offer(document.json); offer.ok())
            offers.offers[document.number] = std::move(offer).value();
    }
}

// All parts of a line: of a plan, what and until when.
void Fold::forget_answer(FragmentNo fragment, std::string_view line, PurposeSet allowed) {
    told_.clear();
    traits.read(fragment, told_);
    for (const history::TraitRow& row : told_) {
        if (row.model != ModelKind::Person || row.allowed != allowed ||
            !is_of_line(dictionary.text(row.value.key), line))
            continue;
        traits.forget(fragment, row.value.key, row.model, allowed);
        changed_traits_.push_back(row.value.key);
    }
}

void Fold::apply_offer_answered(const RecordView& record, BytesView plain, Consequences& out) {
    OfferAnswered facts;
    if (is_erased(record.fragment)) return;
    if (!decode_offer_answered_clear(record.clear, facts) ||
        !decode_offer_answered_sealed(plain, facts))
        return;  // without its key: the fragment was forgotten
    const auto offer = offers.offers.find(facts.offer);
    if (offer == offers.offers.end() || !graph.knows(record.fragment) ||
        is_shared_thing(graph.type_of(record.fragment)))
        return;
    history::TraitRow row;
    row.at = facts.at;
    row.sequence = record.sequence;
    row.allowed = PurposeSet{}.with(facts.purpose);
    row.model = ModelKind::Person;
    changed_traits_.clear();
    std::uint64_t left_out = 0;
    for (const auto& [place, packed] : facts.answers) {
        if (place >= offer->second.asks.size()) continue;
        const std::string& name = offer->second.asks[place].name;
        offers.tell(record.fragment,
                    {record.sequence, facts.at.us, facts.offer, place,
                     dictionary.intern(name, history::Room::Rule).value, facts.purpose, 0, 0});
        forget_answer(record.fragment, name, row.allowed);
        const PackedView value(packed);
        if (value.kind() != PackedKind::Object) {
            left_out += take_trait(record.fragment, name, row, value);
            continue;
        }
        value.each([&](std::string_view part, const PackedView& each) {
            std::string key = name;
            left_out += take_trait(record.fragment, key.append(".").append(part), row, each);
        });
    }
    if (left_out != 0) count(0, kTraitsLeftOut, left_out);
    if (facts.earns)
        offers.give(record.fragment, {facts.id.high, facts.id.low, facts.at.us, 0, facts.offer, 0});
    live.touched(graph.person_of(record.fragment),
                 {.traits = changed_traits_, .brand = facts.brand}, *this, out.changes);
}

void Fold::apply_offer_taken_back(const RecordView& record, Consequences& out) {
    OfferTakenBack facts;
    if (is_erased(record.fragment) || !decode_offer_taken_back(record.clear, facts)) return;
    const auto offer = offers.offers.find(facts.offer);
    if (offer == offers.offers.end() || facts.ask >= offer->second.asks.size()) return;
    if (facts.benefit) offers.take_benefits(record.fragment, facts.offer, facts.at);
    for (const OfferBook::Line& line : offers.lines_of(record.fragment)) {
        if (line.offer != facts.offer || line.ask != facts.ask ||
            !offers.take_back(record.fragment, facts.offer, facts.ask, facts.at))
            continue;
        changed_traits_.clear();
        forget_answer(record.fragment, offer->second.asks[facts.ask].name,
                      PurposeSet{}.with(static_cast<std::uint8_t>(line.purpose)));
        live.touched(graph.person_of(record.fragment),
                     {.traits = changed_traits_, .brand = brand_of(record.fragment)}, *this,
                     out.changes);
    }
}

}  // namespace filrouge::engine
