// Ties fragments into persons by dated evidence (design: section 4). An edge is two identifiers
// seen together; a person is a connected component of the accepted edges; its number is the lowest
// fragment number in it, so the oldest name survives a merge and comes back on an un-merge.
//
// Which edges are accepted is a pure function of the set of edges and the rules, never of the order
// in which they arrived: edges are taken from the strongest to the weakest in one total order
// (priority of the weaker of the two types, then the other one's, then earlier event time, then
// lower sequence, then lower fragment numbers, for one record can make several edges), and one that
// would break a limit is refused, kept and shown. Before them all come the ties of one identifier's
// fragments in several brands, where identity crosses brands. Only at the bounds named below does
// the order of arrival matter; what was not made there is counted. docs/identity.md tells it to an
// operator.
//
// An identifier that was seen with more people than Limits::people_max is a shared one: all its
// edges are refused, it stands alone. Those of them who were erased still count. People are counted
// where its own priority's turn comes: as persons that stronger evidence has tied by then, among
// the stronger identifiers it was seen with.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/time.h"
#include "model/event.h"
#include "model/identifier.h"
#include "storage/table.h"

namespace filrouge::identity {

// Edges in one piece of evidence, refused ones included: past it no new edges are made; reported.
constexpr std::uint32_t kEvidencePerComponentMax = 4'096;
constexpr std::uint32_t kEdgesPerFragmentMax = 512;  // a hot identifier stops making edges
constexpr std::uint32_t kBindingsPerThingMax = 100'000;
constexpr std::uint32_t kSeenMax = 1'000;  // `seen` stops here: often; so a page can stay unwritten

// Closed: the tie of one identifier's fragments in two brands, while identity stays within a brand.
// RefusedShared: one of the two stands alone, as too many people's or as blocked.
enum class EdgeState : std::uint8_t {
    Accepted = 1,
    RefusedByLimit = 2,
    Withdrawn = 3,
    Closed = 4,
    RefusedShared = 5
};
constexpr std::uint16_t kPeopleMaxDefault = 20;
constexpr std::uint32_t kPeopleErasedMax = 255;  // counted; it is stored in one byte
enum class EdgeRule : std::uint8_t {
    SeenTogether = 1,
    Alias = 2,
    Import = 3,
    SameIdentifier = 4,
    Match = 5
};

struct Seen {  // an identifier of the event at hand
    IdentifierType type = IdentifierType::None;
    FragmentNo fragment;
};

struct EdgeView {
    FragmentNo a, b;             // a < b
    EventTime at;                // earliest evidence for this pair
    std::uint64_t sequence = 0;  // of its record
    SourceNo source = 0;
    EdgeRule rule = EdgeRule::SeenTogether;
    EdgeState state = EdgeState::Accepted;
    std::uint32_t seen = 1;  // how often, up to kSeenMax; of SameIdentifier always 1
};

// A binding of a shared thing to a person: its events within [from, to) are the person's.
struct BindingView {
    FragmentNo thing;
    FragmentNo person_fragment;
    EventTime from, to;  // to = INT64_MAX while not released
    std::uint64_t sequence = 0;
};

struct Limits {  // per type number; 0 = never makes edges (shared things)
    std::uint16_t per_person_max[64] = {};
    std::uint8_t priority[64] = {};
    std::uint16_t across_brands = 0;  // 1: an identifier is the same one in every brand
    std::uint16_t people_max = 0;     // an identifier on more people makes no edges
    static Limits defaults();
    bool operator==(const Limits&) const = default;
};

struct Counters {
    // As it is now.
    std::uint64_t edges = 0;             // not withdrawn
    std::uint64_t refused_by_limit = 0;  // of them
    std::uint64_t refused_shared = 0;    // of them
    std::uint64_t shared = 0;            // identifiers on more than Limits::people_max people
    // Since the beginning of the log.
    std::uint64_t refused_giant = 0;     // not made: kEvidencePerComponentMax
    std::uint64_t refused_hot = 0;       // not made: kEdgesPerFragmentMax
    std::uint64_t refused_bindings = 0;  // not made: kBindingsPerThingMax
    std::uint64_t merges = 0;            // a person became part of another one
    std::uint64_t splits = 0;            // a person came (back) out of another one
};

class Graph {
  public:
    // Takes the ids first_id .. first_id + kTableIds - 1; a pair index alone takes 65.
    static constexpr std::uint16_t kTableIds = 80;
    Graph(TableSpace& space, std::uint16_t first_id);
    ~Graph();
    Graph(const Graph&) = delete;
    Graph& operator=(const Graph&) = delete;

    // New limits: every component is derived again. `changed` gets the fragments whose person
    // changed.
    void set_limits(const Limits& limits, std::vector<FragmentNo>& changed);

    // A fragment the log names for the first time. Numbers may arrive in any order, with gaps. One
    // met with type None takes the type it is met with later; any other change is our fault.
    void meet(FragmentNo fragment, IdentifierType type);
    // Of an identifier just met, which has no evidence yet: so many of the people it was seen with
    // were erased and count as before, up to kPeopleErasedMax.
    void count_erased(FragmentNo fragment, std::uint32_t people);
    bool knows(FragmentNo fragment) const;
    IdentifierType type_of(FragmentNo fragment) const;

    // The identifiers of one event, strongest first; those not met yet are met. The first that may
    // make edges is tied to each other one. Appends to `changed`, in ascending order, every
    // fragment whose person is another one than before.
    void observe(std::span<const Seen> seen, EventTime at, std::uint64_t sequence, SourceNo source,
                 EdgeRule rule, std::vector<FragmentNo>& changed);
    // `fragment` is what one brand knows of an identifier, `number` that identifier's fragment in
    // the first brand, whether it was met or not: so the brands' fragments of one identifier find
    // each other. They are tied before all evidence, no limit refuses it, and they count as one;
    // while Limits::across_brands is 0 the tie is kept and closed. Idempotent. `fragment` has been
    // met.
    void same(FragmentNo fragment, FragmentNo number, EventTime at, std::uint64_t sequence,
              SourceNo source, std::vector<FragmentNo>& changed);
    // Un-merge: the result equals never having had that edge. It stays withdrawn when the pair is
    // seen again: the next visit must not undo what somebody decided. False when there is no such
    // edge, or it is withdrawn already.
    bool withdraw(FragmentNo a, FragmentNo b, std::vector<FragmentNo>& changed);
    // Undoes withdraw: the result equals never having withdrawn it, with all that was seen
    // meanwhile. False when the edge is not withdrawn.
    bool restore(FragmentNo a, FragmentNo b, std::vector<FragmentNo>& changed);
    // The identifier is nobody's: it stands alone until that is taken back. False when it is so.
    bool block(FragmentNo fragment, bool blocked, std::vector<FragmentNo>& changed);

    // Binding of a lent thing from now on / until now. Late and overlapping statements are ordered
    // by event time, then sequence: a new binding ends the one before it. False when nothing was
    // bound: both must have been met, the thing be a shared one and the other not, and the thing
    // have room (kBindingsPerThingMax; past it a new binding still ends the one before it).
    bool bind(FragmentNo thing, FragmentNo person_fragment, EventTime at, std::uint64_t sequence);
    bool release(FragmentNo thing, EventTime at, std::uint64_t sequence);
    // Whether either was stated so, with effect.
    bool has_statement(FragmentNo thing, EventTime at, std::uint64_t sequence) const;

    void prefetch(FragmentNo fragment) const;
    PersonNo person_of(FragmentNo fragment) const;  // itself when it stands alone
    void fragments_of(PersonNo person, std::vector<FragmentNo>& out) const;  // ascending
    // Strongest first; also refused and withdrawn ones that touch the person, not closed ones.
    void edges_of(PersonNo person, std::vector<EdgeView>& out) const;
    void bindings_of(PersonNo person, std::vector<BindingView>& out) const;  // by time
    void bindings_of(std::span<const FragmentNo> fragments, std::vector<BindingView>& out) const;
    bool has_evidence(FragmentNo fragment) const;  // of any state
    std::optional<EdgeView> edge_between(FragmentNo a, FragmentNo b) const;
    // On more people than Limits::people_max; and on how many, as they are now.
    bool is_shared(FragmentNo fragment) const;
    std::uint32_t people_of(FragmentNo fragment) const;
    bool is_blocked(FragmentNo fragment) const;

    // --- What would be; changes nothing. Persons by their fragments, ascending, and only those
    // that are not so now.
    using Persons = std::vector<std::vector<FragmentNo>>;
    // With the edge withdrawn, or restored; there is such an edge.
    Persons if_edge(FragmentNo a, FragmentNo b, bool withdrawn) const;
    Persons if_blocked(FragmentNo fragment, bool blocked) const;  // which is met
    // By other limits, of the evidence that hangs together below the fragments [from, to): all of
    // it once [0, fragments()) was walked. across_brands is as it is.
    Persons if_limits(const Limits& limits, std::uint32_t from, std::uint32_t to) const;

    // The person a thing is bound to at that time; none when it is not.
    PersonNo bound_to(FragmentNo thing, EventTime at) const;
    std::uint32_t fragments() const;  // highest number met + 1
    std::uint64_t persons() const;    // components that are not shared things
    Counters counters() const;
    const Limits& limits() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace filrouge::identity
