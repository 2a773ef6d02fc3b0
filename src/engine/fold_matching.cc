// The fold's part for matched people: what a run or an operator holds for one person is evidence
// like any other, and what was told apart is remembered.
#include <array>

#include "engine/fold.h"
#include "engine/match_record.h"

namespace filrouge::engine {

void Fold::apply_match_decision(const RecordView& record, Consequences& out) {
    MatchDecision decision;
    if (!decode_match_decision(record.clear, decision)) return;
    changed_.clear();
    for (const MatchedPair& pair : decision.pairs) {
        if (!graph.knows(pair.a) || !graph.knows(pair.b)) continue;
        if (is_erased(pair.a) || is_erased(pair.b)) continue;
        if (!matches.put(pair, decision.run, decision.brand, decision.purpose, record.sequence))
            continue;
        if (pair.verdict != MatchVerdict::Tied && pair.verdict != MatchVerdict::Same) continue;
        const std::array seen = {identity::Seen{graph.type_of(pair.a), pair.a},
                                 identity::Seen{graph.type_of(pair.b), pair.b}};
        graph.observe(seen, decision.at, record.sequence, 0, identity::EdgeRule::Match, changed_);
    }
    regroup(out);
}

}  // namespace filrouge::engine
