#include "engine/fold.h"

#include <algorithm>

#include "audience/rule.h"
#include "base/mutant.h"
#include "engine/event_record.h"
#include "engine/packed_values.h"
#include "engine/records.h"
#include "engine/term_book.h"
#include "engine/zone.h"
#include "model/packed.h"

namespace filrouge::engine {
namespace {

std::int64_t fixed_or(PackedView value, std::int64_t other) {
    if (value.kind() == PackedKind::Number || value.kind() == PackedKind::String) {
        return parse_fixed(value.text()).value_or(other);
    }
    return value.as_fixed().value_or(other);
}

std::string text_of(PackedView value) {
    return value.kind() == PackedKind::String ? std::string(value.text())
           : value.missing()                  ? std::string()
                                              : value.json();
}

// Stable, and without the memory that std::stable_sort asks for each time.
void sort_few(std::vector<history::Cell>& cells) {
    for (auto at = cells.begin(); at != cells.end(); ++at) {
        const auto place = std::upper_bound(
            cells.begin(), at, *at, [](const auto& a, const auto& b) { return a.key < b.key; });
        std::rotate(place, at, at + 1);
    }
}

}  // namespace

Fold::Fold(const FoldKeys& keys, const FoldBounds& bounds)
    : erasures_(keys.erasures),
      expiries_(keys.expiries),
      reader_(std::make_unique<PersonReader>(*this)),
      webhook_waiting_max_(bounds.webhook_waiting),
      dictionary(space_, 1000, keys.dictionary, bounds.dictionary_entries_max,
                 bounds.dictionary_reserve),
      history(space_, 1100),
      graph(space_, 1200),
      ledger(space_, 1400),
      objections(space_, 1403),
      own_words(space_, 3210),  // 2010 to 2265 are the members of audiences
      restraints(space_, 3200),
      proofs(space_, 1450, 1600),
      suppressions(space_, 1454, 1680),
      traits(space_, 1410),
      corrections(space_, 3220),
      documents(space_, 1420),
      live(space_, 2000),
      rates(space_, 1437),
      names(keys.profile_names),
      sizes(space_, 1440, bounds.large_person_events),
      state(space_, 1430),
      fragments(space_, 1431),
      quarantine(space_, 1432),
      counts(space_, 1433),
      outbox(space_, 1435),
      source_events(space_, 1436),
      event_names(space_, 1434),
      event_name_index(space_, 1500),
      decisions(space_, 1460),
      erased(space_, 1461),
      audit_head(space_, 1462),
      audit_places(space_, 1463),
      matches(space_, 1800),
      staff(space_, 2400),
      offers(space_, 2300),
      sessions(space_, 3350),
      growth(space_, 3352),
      terms(std::make_unique<TermBook>(space_, 3300)),
      wordings(std::make_shared<const consent::Wordings>()),
      calls(space_, 3420) {
    state.resize(1);
    sources.resize(1);
    brands.resize(1);
}

Fold::~Fold() = default;

std::uint64_t Fold::applied() const { return state.at(0).applied; }
EventTime Fold::now() const { return EventTime{state.at(0).now}; }

audience::PersonView Fold::look(PersonNo person, audience::Use use) {
    return reader_->look(person, use);
}

bool Fold::may_use(PersonNo person, audience::Use use) {
    return is_known_to(person, use.brand) &&
           (MUTANT(consent_at_door_only) ||
            consent::may_use(purposes, use.purpose, standing_of(person, use.brand)));
}

bool Fold::may_read(PersonNo person, audience::Use use) const {
    return is_known_to(person, use.brand) &&
           consent::may_read(purposes, use.purpose, standing_of(person, use.brand));
}

BrandNo Fold::brand_of(FragmentNo fragment) const {
    // One that came later than a snapshot's settings know cannot be: settings are logged first.
    const BrandNo brand =
        fragment.value < fragments.size() ? fragments.at(fragment.value).brand : 0;
    return brand < brands.size() ? brand : 0;
}

bool Fold::is_known_to(PersonNo person, BrandNo brand) const {
    if (brand_of(FragmentNo{person.value}) == brand) return true;
    if (graph.limits().across_brands == 0) return false;
    thread_local std::vector<FragmentNo> mine;
    mine.clear();
    fragments_of(person, brand, mine);
    return !mine.empty();
}

std::vector<BrandNo> Fold::brands_of(PersonNo person) const {
    std::vector<BrandNo> out;
    for (std::size_t brand = 0; brand < brands.size(); ++brand) {
        if (is_known_to(person, static_cast<BrandNo>(brand)))
            out.push_back(static_cast<BrandNo>(brand));
    }
    return out;
}

void Fold::fragments_of(PersonNo person, BrandNo brand, std::vector<FragmentNo>& out) const {
    const auto first = static_cast<std::ptrdiff_t>(out.size());
    graph.fragments_of(person, out);
    out.erase(std::remove_if(out.begin() + first, out.end(),
                             [&](FragmentNo f) { return brand_of(f) != brand; }),
              out.end());
}

consent::Standing Fold::standing_of(PersonNo person, BrandNo brand) const {
    thread_local std::vector<FragmentNo> mine;
    mine.clear();
    fragments_of(person, brand, mine);
    consent::Standing out;
    for (const FragmentNo fragment : mine) out = out.join(stated_by(fragment));
    return out;
}

void Fold::each_standing(PersonNo person,
                         const std::function<void(FragmentNo, consent::Standing)>& each) const {
    thread_local std::vector<FragmentNo> all;
    all.clear();
    graph.fragments_of(person, all);
    std::optional<BrandNo> brand;  // mostly all are of one
    consent::Standing standing;
    for (const FragmentNo fragment : all) {
        if (const BrandNo mine = brand_of(fragment); mine != brand) {
            brand = mine;
            standing = standing_of(person, mine);
        }
        each(fragment, standing);
    }
}

std::optional<BrandNo> Fold::brand_named(std::string_view id) const {
    for (std::size_t i = 0; i < brands.size(); ++i) {
        if (brands[i].id == id) return static_cast<BrandNo>(i);
    }
    return std::nullopt;
}

bool Fold::is_person(std::uint32_t number) {
    const FragmentNo fragment{number};
    return is_met(fragment) && graph.knows(fragment) && graph.person_of(fragment).value == number &&
           !is_shared_thing(graph.type_of(fragment));
}

bool Fold::is_thing(std::uint32_t number) const {
    const FragmentNo fragment{number};
    return graph.knows(fragment) && is_shared_thing(graph.type_of(fragment));
}

std::optional<audience::AudienceNo> Fold::audience(std::string_view name) const {
    for (const auto& [id, info] : audiences) {
        if (info.name == name || id == name) return info.slot;
    }
    return std::nullopt;
}

std::vector<audience::AudienceNo> Fold::needs(audience::AudienceNo slot) const {
    for (const auto& [id, info] : audiences) {
        if (info.slot == slot) return info.needs;
    }
    return {};
}

void Fold::count(SourceNo source, std::string_view what, std::uint64_t n) {
    const StringNo number = name_number(what, history::Room::Rule);
    const auto [at, fresh] = count_index_.try_emplace({source, number.value}, counts.size());
    if (fresh) counts.append({source, number.value, 0});
    counts.edit(at->second).count += n;
}

std::uint64_t Fold::counted(SourceNo source, std::string_view what) const {
    const auto at = count_index_.find({source, dictionary.find(what).value});
    return at == count_index_.end() ? 0 : counts.at(at->second).count;
}

void Fold::prefetch(FragmentNo fragment) const {
    fragments.prefetch(fragment.value);
    graph.prefetch(fragment);
    ledger.prefetch(fragment);
    history.prefetch(fragment);
    sizes.prefetch(fragment);
}

void Fold::prefetch_further(FragmentNo fragment) const {
    ledger.prefetch_statements(fragment);
    history.prefetch_tail(fragment);
}

void Fold::apply(const RecordView& record, BytesView plain, Consequences* out) {
    Consequences unused;
    Consequences& consequences = out != nullptr ? *out : unused;
    consequences.sequence = record.sequence;
    ASSERT(record.sequence == applied() + 1);
    state.edit(0).applied = record.sequence;
    state.edit(0).now = std::max(state.at(0).now, record.received.us);
    consequences.at = now();
    consequences.corrected = {};
    const std::size_t first_change = consequences.changes.size();
    live.advance(
        now(), *this, consequences.changes,
        record.type == RecordType::Tick ? audience::kRingsPerTick : audience::kRingsPerRecord);
    switch (record.type) {
        case RecordType::Event: apply_event(record, plain, consequences); break;
        case RecordType::Settings:
        case RecordType::SourceChange:
        case RecordType::AudienceChange:
        case RecordType::TokenChange:
        case RecordType::WebhookChange:
        case RecordType::MatchRun:
        case RecordType::Wording:
        case RecordType::OfferChange:
        case RecordType::AccountChange:
        case RecordType::BoardChange:
        case RecordType::MetricChange:
        case RecordType::ModelChange: apply_document(record, consequences); break;
        case RecordType::MatchDecision: apply_match_decision(record, consequences); break;
        case RecordType::OfferAnswered: apply_offer_answered(record, plain, consequences); break;
        case RecordType::OfferTakenBack: apply_offer_taken_back(record, consequences); break;
        case RecordType::ConsentTold: apply_consent_told(record, consequences); break;
        case RecordType::Suppressed: apply_suppressed(record); break;
        case RecordType::Predicted: apply_predicted(record, plain, consequences); break;
        case RecordType::Quarantined:
        case RecordType::QuarantineResolved: apply_quarantine(record); break;
        case RecordType::NotKept: {
            NotKeptFacts facts;
            if (!decode_not_kept(record.clear, facts)) break;
            for (const auto& [reason, n] : facts.reasons) {
                const bool of_kept =
                    reason == kUndeclaredProperties || reason == kRefusedIdentifiers;
                count(facts.source, of_kept ? reason : "not_kept:" + reason, n);
            }
            break;
        }
        // Its backfill comes below: first members are no news.
        case RecordType::Tick: live.catch_up(*this, consequences.changes); break;
        case RecordType::WebhookSent: apply_sent(record); break;
        case RecordType::RateTold: apply_rate(record); break;
        case RecordType::IdentityDecision: apply_identity_decision(record, consequences); break;
        case RecordType::IdentityRules: apply_identity_rules(record, consequences); break;
        case RecordType::RightsRequest: apply_document(record, consequences); break;
        case RecordType::AuditEntries: apply_audit(record); break;
        case RecordType::StaffNote:
        case RecordType::StaffTask: apply_staff_item(record); break;
        case RecordType::Erased: apply_erased(record, consequences); break;
        case RecordType::EventsExpired: apply_expired(record); break;
        case RecordType::RetentionSwept: apply_swept(record); break;
        case RecordType::Restrained: apply_restrained(record, consequences); break;
        case RecordType::Corrected: apply_corrected(record, plain, consequences); break;
        case RecordType::SessionChange: apply_session(record); break;
        case RecordType::CredentialsUsed: apply_uses(record); break;
        case RecordType::CallKept: apply_call(record); break;
        case RecordType::AudienceDays: apply_audience_days(record); break;
        case RecordType::AudienceMoves: apply_audience_moves(record, consequences); break;
        case RecordType::ThingPassedOn: apply_thing_passed_on(record, consequences); break;
        case RecordType::ConsentChange:
        case RecordType::Erasure:
        case RecordType::EvidenceWithdrawn: break;  // no such record is written yet
    }
    fill_outbox(consequences);
    const std::size_t first_found = consequences.changes.size() - first_change;
    if (record.type == RecordType::Tick) live.fill(*this, consequences.changes);
    note_growth(std::span(consequences.changes).subspan(first_change), first_found);
}

StringNo Fold::name_number(std::string_view text, history::Room room) {
    if (text.empty()) return dictionary.intern(text, room);
    const std::size_t slot = (text.size() * 67 + static_cast<unsigned char>(text.front()) * 31u +
                              static_cast<unsigned char>(text.back()) * 7u +
                              static_cast<unsigned char>(text[text.size() / 2])) %
                             known_names_.size();
    KnownName& known = known_names_[slot];
    if (known.text == text && !known.number.is_none()) return known.number;
    // One without a number is asked for again: a rule may have given it one since.
    known.number = dictionary.intern(text, room);
    known.text = text;
    return known.number;
}

void Fold::apply_event(const RecordView& record, BytesView plain, Consequences& out) {
    Event& event = event_;
    event.quantity = 0;
    event.has_value = false;
    event.value = {};
    event.fragment = record.fragment;
    std::optional<TermSeal> term;
    if (!decode_event_clear(record.clear, event, term)) return;
    if (is_erased(record.fragment)) return count(event.source, kErasedEvents, 1);
    const EventContent content = decode_event_content(plain, term.has_value(), event);
    if (content == EventContent::Unreadable) {
        count(event.source, plain.empty() ? kWithoutKey : "unreadable", 1);
        return;
    }
    const bool lapsed = lapses(event, term, content);
    drop_erased(event);
    note_fragments(event, record.sequence);
    changed_.clear();
    // What rules got none is no event's: another start would ask for those again.
    static_cast<void>(dictionary.take_left_out());
    tie_brands(event, record.sequence);
    const auto rule = event.kind == EventKind::Alias        ? identity::EdgeRule::Alias
                      : (event.flags & kEventImported) != 0 ? identity::EdgeRule::Import
                                                            : identity::EdgeRule::SeenTogether;
    if (seen_.size() > 1)
        graph.observe(seen_, event.at, record.sequence, event.source, rule, changed_);
    audience::Touch what;
    what.brand = event.brand;
    what.consent = apply_consent(event, record.sequence);
    note_without_row(event, term, lapsed, *this, record.sequence);
    changed_traits_.clear();
    if ((event.flags & kEventConsentOnly) == 0) {
        const history::EventRow row = row_of(event, record.sequence);
        what.has_event = true;
        what.event = row.name;
        history.add(event.fragment, row);
        count_event_name(row);
        if (!event.is_bot()) count_source_event(row);
        set_traits(event, record.sequence);
        what.traits = changed_traits_;
        what.zone = !changed_traits_.empty() &&
                    std::find(changed_traits_.begin(), changed_traits_.end(),
                              dictionary.find(kTimeZoneTrait)) != changed_traits_.end();
    }
    if (!lapsed) {
        count(event.source, event.is_bot() ? "bot" : "stored", 1);
        if (const auto why = bot_reason(event.flags); !why.empty())
            count(event.source, "bot:" + std::string(why), 1);
    }
    if (const std::uint64_t n = dictionary.take_left_out(); n != 0)
        count(event.source, kTextsLeftOut, n);
    bind_things(event, record.sequence, out.changes);
    regroup(out);
    touch(event, what, out);
    if (out.wants_event) {
        out.has_event = true;
        out.event.sequence = record.sequence;
        out.event.received = record.received;
        out.event.source = event.source < sources.size() ? sources[event.source].id : "";
        out.event.channel = name_of(event.channel);
        out.event.name = history_name(event);
        out.event.bot = event.is_bot();
        out.event.profile = names.name_of(FragmentNo{graph.person_of(event.fragment).value}).text();
    }
}

void Fold::note_fragments(const Event& event, std::uint64_t sequence) {
    seen_.clear();
    for (std::size_t i = 0; i < event.identifiers.size(); ++i) {
        const Identifier& id = event.identifiers[i];
        if (id.fragment.value >= fragments.size()) fragments.resize(id.fragment.value + 1);
        if (fragments.at(id.fragment.value).first_sequence == 0) {
            fragments.edit(id.fragment.value) = {sequence, static_cast<std::uint16_t>(i),
                                                 event.brand, id.fragment.value};
            graph.meet(id.fragment, id.type);
            if (erasures_ != nullptr && !erasures_->empty()) count_erased(id.fragment);
        }
        seen_.push_back({id.type, id.fragment});
    }
}

bool Fold::has_cell(StringNo key) const {
    return std::any_of(cells_.begin(), cells_.end(),
                       [key](const history::Cell& cell) { return cell.key == key; });
}

// What is told twice counts as it was told first.
void Fold::add_cells(std::string_view key, const PackedView& value) {
    const StringNo number = name_number(key);
    if (has_cell(number)) return;
    const auto add = [&](const PackedView& one) {
        if (cells_.size() >= history::kCellsPerEventMax) return;
        if (one.kind() == PackedKind::String) {
            cells_.push_back({number, history::CellKind::Text, 0, {}});
            texts_ahead_.push_back({cells_.size() - 1, dictionary.look_ahead(one.text())});
            return;
        }
        history::Cell cell = cell_of(one, dictionary);
        cell.key = number;
        if (cell.kind != history::CellKind::Missing) cells_.push_back(cell);
    };
    if (value.kind() != PackedKind::Array) return add(value);
    std::size_t elements = 0;
    value.each([&](std::string_view, const PackedView& element) {
        if (elements++ < history::kElementsPerArrayMax) add(element);
    });
}

history::EventRow Fold::row_of(const Event& event, std::uint64_t sequence) {
    history::EventRow row;
    row.at = event.at;
    row.sequence = sequence;
    row.fragment = event.fragment;
    row.name = name_number(history_name(event));
    row.kind = event.kind;
    row.channel = event.channel;
    row.flags = event.flags;
    row.source = event.source;
    row.allowed = event.allowed;
    row.has_value = event.has_value;
    row.value = event.value;
    row.quantity = event.quantity;
    cells_.clear();
    lines_.clear();
    texts_ahead_.clear();
    std::string& path = path_;
    path.clear();
    const auto add = [this](std::string_view key, const PackedView& value) {
        add_cells(key, value);
    };
    const PackedView properties(event.properties);
    each_value(properties, path, 0, add);
    const PackedView context(event.context);
    for (const char* part : {"page", "campaign"}) {
        path = part;
        each_value(context.find(part), path, 0, add);
    }
    if ((event.kind == EventKind::Page || event.kind == EventKind::Screen) && !event.name.empty()) {
        const StringNo name = name_number("name");
        if (!has_cell(name))
            cells_.push_back({name, history::CellKind::Text, 0, dictionary.intern(event.name)});
    }
    for (const TextAhead& text : texts_ahead_)
        cells_[text.cell].text = dictionary.intern(text.ahead);
    if (!event.product.empty()) row.product = dictionary.intern(event.product);
    if (!event.place.empty()) row.place = dictionary.intern(event.place);
    sort_few(cells_);
    properties.find("products").each([this](std::string_view, const PackedView& product) {
        if (product.kind() != PackedKind::Object || lines_.size() >= history::kLinesPerEventMax)
            return;
        history::Line line;
        PackedView id = product.find("product_id");
        if (id.missing()) id = product.find("sku");
        if (const std::string text = text_of(id); !text.empty())
            line.product = dictionary.intern(text);
        if (const std::string text = text_of(product.find("category")); !text.empty())
            line.category = dictionary.intern(text);
        line.quantity = fixed_or(product.find("quantity"), kFixedScale);
        line.price = fixed_or(product.find("price"), history::kNoPrice);
        lines_.push_back(line);
    });
    row.cells = cells_;
    row.lines = lines_;
    return row;
}

void Fold::count_event_name(const history::EventRow& row) {
    auto one = [this](StringNo name, StringNo key) {
        KnownPair& pair = known_pairs_[(name.value * 31u + key.value) % known_pairs_.size()];
        if (pair.name == name.value && pair.key == key.value && pair.row < event_names.size()) {
            ++event_names.edit(pair.row).count;
            return;
        }
        const std::uint64_t hash =
            mix64((static_cast<std::uint64_t>(name.value) << 32 | key.value) + 1) | 1;
        const std::uint32_t known = event_name_index.find(hash);
        if (known != HashIndex::kAbsent) {
            ++event_names.edit(known).count;
            pair = {name.value, key.value, known};
            return;
        }
        if (event_names.size() >= kEventNameRowsMax) return;
        event_name_index.insert(hash, event_names.append({name.value, key.value, 1}));
    };
    one(row.name, {});
    StringNo counted;  // an array is one property
    for (const history::Cell& cell : row.cells) {
        if (cell.key != counted) one(row.name, cell.key);
        counted = cell.key;
    }
}

void Fold::count_source_event(const history::EventRow& row) {
    const std::uint32_t source = row.source;
    const std::array<std::uint32_t, 3> key = {source, row.name.value, row.value.currency.code};
    auto at = source_event_index_.find(key);
    if (at == source_event_index_.end()) {
        std::uint32_t& rows = source_event_rows_[source];
        if (rows >= kSourceEventRowsMax) {
            const auto [others, first] =
                source_event_others_.try_emplace(source, source_events.size());
            if (first) source_events.append({source, StringNo::kNone, 0, 1, 0, 0});
            ++source_events.edit(others->second).count;
            return;
        }
        ++rows;
        at = source_event_index_.emplace(key, source_events.size()).first;
        source_events.append({key[0], key[1], key[2], 0, 0, 0});
    }
    SourceEventRow& sum = source_events.edit(at->second);
    ++sum.count;
    if (row.has_value && __builtin_add_overflow(sum.value, row.value.amount, &sum.value)) {
        sum.value = row.value.amount > 0 ? INT64_MAX : INT64_MIN;
    }
}

void Fold::touch(const Event& event, const audience::Touch& what, Consequences& out) {
    PersonNo person{graph.person_of(event.fragment)};
    const bool thing = is_shared_thing(graph.type_of(event.fragment));
    if (thing) person = graph.bound_to(event.fragment, event.at);
    // Until the log is folded again a thing still knows the holder who was erased.
    if (thing && !person.is_none() && !is_person(person.value)) person = {};
    if (thing) stale_columns.mark(PersonNo{event.fragment.value});
    if (!person.is_none()) {
        if (what.has_event) sizes.add(thing ? FragmentNo{person.value} : event.fragment, person, 1);
        live.touched(person, what, *this, out.changes);
        stale_columns.mark(person);
        if (what.consent) out.consent_of.push_back(person);
    }
    if (!what.consent) return;
    // A statement holds for every identifier of the event, tied together or not.
    for (const Identifier& id : event.identifiers) {
        const PersonNo other = graph.person_of(id.fragment);
        if (is_shared_thing(id.type) || other == person) continue;
        live.touched(other, {.consent = true, .brand = event.brand}, *this, out.changes);
        stale_columns.mark(other);
        out.consent_of.push_back(other);
    }
}

}  // namespace filrouge::engine
