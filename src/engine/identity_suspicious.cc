// Merges to review: a person who hangs by one thread, evidence that gave way, identifiers on too
// many people. Each with its signs in words; more signs come first.
#include <algorithm>
#include <array>
#include <shared_mutex>

#include "base/json_writer.h"
#include "engine/identity_desk_impl.h"
#include "engine/identity_words.h"
#include "engine/person_asked.h"
#include "engine/times.h"
#include "identity/joints.h"

namespace filrouge::engine {
namespace {

using Reading = std::shared_lock<FairLock>;
using identity::EdgeState;
using identity::EdgeView;
using identity::Joint;

constexpr std::uint32_t kSlice = 4'096;    // identifiers under one hold of the lock
constexpr std::size_t kRankedMax = 1'000;  // the list ends there
constexpr std::size_t kHalfMin = 2;        // identifiers of a half that is no mere alias

// Of which a person has one: another value in each half is a sign.
constexpr std::array<std::string_view, 8> kTellingTraits = {
    "firstName", "first_name", "lastName", "last_name", "name", "birthday", "birth_date", "gender"};

struct Suspicion {
    std::string_view kind;
    PersonNo person;
    FragmentNo a, b;  // b: none where it is about an identifier
    std::optional<EdgeView> edge;
    std::vector<std::string> signs;
    std::size_t weight = 0;  // of as many signs: the smaller half, or the people
    std::array<std::size_t, 2> halves{};
    // The most suspicious first; then one order that does not change between two pages.
    auto key() const { return std::tuple(~signs.size(), ~weight, a, b); }
};

class Search {
  public:
    Search(const Fold& fold, std::optional<BrandNo> brand) : fold_(fold), brand_(brand) {}

    // Persons and identifiers of these numbers. Under the lock.
    void look_at(std::uint32_t from, std::uint32_t to) {
        for (std::uint32_t number = from; number < std::min(to, fold_.graph.fragments()); ++number)
            look_at(FragmentNo{number});
        if (found_.size() > 2 * kRankedMax) keep_best();
    }
    std::vector<Suspicion>& ranked() {
        keep_best();
        return found_;
    }

  private:
    void look_at(FragmentNo fragment) {
        // Most have none: visitors who never said who they are.
        if (!fold_.is_met(fragment) || !fold_.graph.has_evidence(fragment)) return;
        if (brand_ && fold_.brand_of(fragment) != *brand_) return;
        if (fold_.graph.is_shared(fragment)) add_shared(fragment);
        if (fold_.graph.person_of(fragment).value != fragment.value) return;
        const PersonNo person{fragment.value};
        add_refused(person);
        for (const Joint& joint : weakest_each(identity::joints_of(fold_.graph, person)))
            add_merge(person, joint);
    }

    // A device between two people is two joints: the weaker one is to be withdrawn.
    std::vector<Joint> weakest_each(std::vector<Joint> joints) const {
        std::vector<Joint> out;
        for (Joint& joint : joints) {  // strongest first
            std::erase_if(out, [&](const Joint& known) {
                const FragmentNo both = device_of(known.edge);
                return !both.is_none() && both == device_of(joint.edge);
            });
            out.push_back(std::move(joint));
        }
        return out;
    }

    // The end that names nobody by itself; none where both do.
    FragmentNo device_of(const EdgeView& edge) const {
        for (const FragmentNo end : {edge.a, edge.b}) {
            if (!identity::names_somebody(fold_.graph.type_of(end))) return end;
        }
        return {};
    }

    bool has(const std::vector<FragmentNo>& half, IdentifierType type) const {
        return std::any_of(half.begin(), half.end(),
                           [&](FragmentNo f) { return fold_.graph.type_of(f) == type; });
    }

    void add_merge(PersonNo person, const Joint& joint) {
        Suspicion s{"merge",
                    person,
                    joint.edge.a,
                    joint.edge.b,
                    joint.edge,
                    {},
                    0,
                    {joint.one.size(), joint.other.size()}};
        s.weight = std::min(joint.one.size(), joint.other.size());
        if (joint.edge.seen == 1 && s.weight >= kHalfMin)
            s.signs.emplace_back("Seen together once only, and nothing else joins the two halves.");
        if (const FragmentNo device = device_of(joint.edge); !device.is_none()) {
            for (const IdentifierType name : {IdentifierType::UserId, IdentifierType::Email}) {
                if (!has(joint.one, name) || !has(joint.other, name)) continue;
                std::string sign = "Each half has its own ";
                sign.append(row_of(name)->name).append(", and only the ");
                sign.append(row_of(fold_.graph.type_of(device))->name).append(" joins them.");
                s.signs.push_back(std::move(sign));
            }
        }
        add_conflicts(joint, s);
        if (!s.signs.empty()) found_.push_back(std::move(s));
    }

    void add_conflicts(const Joint& joint, Suspicion& s) {
        const auto one = traits_of(joint.one), other = traits_of(joint.other);
        for (const std::string_view name : kTellingTraits) {
            const StringNo key = fold_.dictionary.find(name);
            const auto told = [key](const history::TraitRow& row) { return row.value.key == key; };
            const auto x = std::find_if(one.begin(), one.end(), told);
            const auto y = std::find_if(other.begin(), other.end(), told);
            if (x == one.end() || y == other.end()) continue;
            if (x->value.text == y->value.text && x->value.number == y->value.number) continue;
            std::string sign = "The halves differ in '";
            s.signs.push_back(std::move(sign.append(name).append("'.")));
        }
    }

    std::vector<history::TraitRow> traits_of(const std::vector<FragmentNo>& half) const {
        std::vector<history::TraitRow> rows;
        for (const FragmentNo f : half) fold_.traits.read(f, rows);
        profile::Traits::join(rows);
        return rows;
    }

    void add_refused(PersonNo person) {
        edges_.clear();
        fold_.graph.edges_of(person, edges_);
        for (const EdgeView& edge : edges_) {
            if (edge.state != EdgeState::RefusedByLimit || fold_.graph.person_of(edge.a) != person)
                continue;  // it stands with both persons, and is told once
            if (!fold_.is_met(edge.a) || !fold_.is_met(edge.b)) continue;
            found_.push_back(
                {"refused", person, edge.a, edge.b, edge, {why_refused(fold_, edge)}, 0, {}});
        }
    }

    void add_shared(FragmentNo fragment) {
        const std::size_t people = fold_.graph.people_of(fragment);
        found_.push_back({"shared",
                          fold_.graph.person_of(fragment),
                          fragment,
                          {},
                          std::nullopt,
                          {why_alone(fold_, fragment)},
                          people,
                          {}});
    }

    void keep_best() {
        std::sort(found_.begin(), found_.end(),
                  [](const Suspicion& x, const Suspicion& y) { return x.key() < y.key(); });
        if (found_.size() > kRankedMax) found_.resize(kRankedMax);
    }

    const Fold& fold_;
    std::optional<BrandNo> brand_;
    std::vector<EdgeView> edges_;
    std::vector<Suspicion> found_;
};

void write_end(JsonWriter& w, const Fold& fold, std::string_view name, FragmentNo fragment) {
    w.key(name)
        .open_object()
        .field("id", fold.names.name_of(fragment).text())
        .field("type", row_of(fold.graph.type_of(fragment))->name)
        .close();
}

void write_suspicion(JsonWriter& w, const Fold& fold, const Suspicion& s) {
    w.open_object().field("kind", s.kind).field("profile", profile_id(fold, s.person));
    write_end(w, fold, "a", s.a);
    if (!s.b.is_none()) write_end(w, fold, "b", s.b);
    if (s.edge) {
        w.field("at", iso_time(s.edge->at))
            .field("source", source_id(fold, s.edge->source))
            .field("record", s.edge->sequence)
            .field("seen", s.edge->seen);
    }
    if (s.halves[0] != 0) {
        w.key("halves").open_array();
        for (const std::size_t n : s.halves) w.value(static_cast<std::uint64_t>(n));
        w.close();
    }
    w.key("signs").open_array();
    for (const std::string& sign : s.signs) w.value(sign);
    w.close().close();
}

}  // namespace

Result<std::string> IdentityDeskImpl::suspicious(std::string_view brand, std::size_t skip,
                                                 std::size_t limit) {
    const auto seat = TRY(seams_.under_way.enter(""));
    const Reading still(seams_.tables);
    const Fold& fold = library_.fold;
    std::optional<BrandNo> wanted;
    std::uint32_t end = 0;
    {
        const Reading reading(library_.lock);
        wanted = TRY(brand_asked(fold, brand));
        end = fold.graph.fragments();
    }
    Search search(fold, wanted);
    seat->run.begin("suspicious", end);
    for (std::uint32_t from = 0; from < end; from += kSlice) {
        TRY(seat->run.check());
        const Reading reading(library_.lock);
        search.look_at(from, from + kSlice);
        seat->run.advance(kSlice);
    }
    const std::vector<Suspicion>& ranked = search.ranked();
    const Reading reading(library_.lock);
    std::string out;
    JsonWriter w(out);
    w.open_object().field("sequence", fold.applied()).key("suspicious").open_array();
    for (std::size_t i = skip; i < std::min(ranked.size(), skip + limit); ++i)
        write_suspicion(w, fold, ranked[i]);
    w.close();
    if (skip + limit < ranked.size())
        w.field("next_skip", static_cast<std::uint64_t>(skip + limit));
    w.close();
    return out;
}

}  // namespace filrouge::engine
