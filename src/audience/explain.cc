#include "audience/explain.h"

#include <algorithm>

#include "audience/measure.h"
#include "audience/words.h"
#include "model/channel.h"

namespace filrouge::audience {
namespace {

std::string fixed_of(Wide n) {
    if (n > INT64_MAX) return "more than " + fixed_text(INT64_MAX);
    if (n < -INT64_MAX) return "less than " + fixed_text(-INT64_MAX);
    return fixed_text(static_cast<std::int64_t>(n));
}

std::string text_of(const Compiled& rule, const Seen& seen) {
    if (seen.is_channel) return std::string(name_of(static_cast<Channel>(seen.number)));
    switch (seen.kind) {
        case CellKind::Missing: return "nothing";
        case CellKind::Bool: return seen.number != 0 ? "true" : "false";
        case CellKind::Number: return Money{seen.number, seen.currency}.text();
        case CellKind::Text: break;
    }
    const std::string_view text = rule.names->text(seen.text);
    return text.empty() ? "a long text" : std::string(text);
}

// Halves away from zero, for display only.
Wide rounded(Wide sum, std::int64_t count) {
    const Wide half = count / 2;
    return (sum < 0 ? sum - half : sum + half) / count;
}

std::string value_of(const Compiled& rule, const compiled::Aggregate& a, const Measure& m) {
    const auto money = [&](Wide n) {
        const bool named = is_money(a.field.kind) || !a.test.value.currency.is_unknown();
        const std::string code = named && m.values != 0 ? m.currency.text() : "";
        return fixed_of(n) + (code.empty() ? "" : " " + code);
    };
    if (m.mixed) return "amounts in several currencies";
    switch (a.function) {
        case Function::Any:
        case Function::Count: return std::to_string(m.events);
        case Function::Distinct:
            return m.distinct < kDistinctMax ? std::to_string(m.distinct) : "1000 or more";
        case Function::Sum: return money(m.sum);
        case Function::Average: return m.values == 0 ? "nothing" : money(rounded(m.sum, m.values));
        case Function::Min:
        case Function::Max: return m.values == 0 ? "nothing" : money(m.value.number);
        case Function::First:
        case Function::Last: return text_of(rule, m.value);
    }
    return {};
}

// Finds one chain and says how far the best one came. Slower than run_sequence() and with the
// events it used: for each step and event, the best chain that ends there.
class ChainFinder {
  public:
    ChainFinder(const Compiled& rule, const compiled::Sequence& s, const PersonView& person)
        : rule_(rule),
          sequence_(s),
          person_(person),
          first_(bounds(s.window, person.now, person.zone)) {
        for (std::size_t i = 0; i < person.events.size(); ++i) {
            if (!hidden(person.events[i], s.bots)) rows_.push_back(&person.events[i]);
        }
        for (std::size_t k = 0; k < s.steps; ++k) {
            if (!add_step(k)) break;
        }
    }
    void tell(Clause& out) const {
        if (ends_.empty()) {
            out.value = "0 of " + std::to_string(total()) + " steps";
            return;
        }
        std::size_t done = ends_.size();
        std::size_t end = best_end(nullptr);
        if (done == sequence_.steps && sequence_.absent) {
            bool proved = false;
            end = best_end(&proved);
            out.value = proved         ? ""
                        : waiting(end) ? "waiting for the silence to end"
                                       : "the silence was broken";
            if (proved) ++done;
        }
        if (out.value.empty()) {
            out.value = std::to_string(done) + " of " + std::to_string(total()) + " steps";
        }
        std::vector<std::uint64_t> chain;
        for (std::size_t k = ends_.size(); k-- > 0;) {
            chain.push_back(rows_[end]->sequence);
            end = ends_[k][end].before;
        }
        std::reverse(chain.begin(), chain.end());
        out.events = chain.size();
        out.records = std::move(chain);
    }

  private:
    static constexpr std::int64_t kNoStart = INT64_MIN;
    struct End {
        std::int64_t start = kNoStart;
        std::size_t before = 0;
    };
    std::size_t total() const { return sequence_.steps + (sequence_.absent ? 1u : 0u); }
    const compiled::Step& step(std::size_t k) const { return rule_.steps[sequence_.first + k]; }

    bool add_step(std::size_t k) {
        std::vector<End> now(rows_.size());
        End running;
        bool any = false;
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            const EventRow& row = *rows_[i];
            const std::int64_t start = k == 0 ? row.at.us : running.start;
            const std::int64_t limit = step(k).within_us;
            const bool in_time =
                k == 0 ? first_.holds(row.at.us)
                       : start != kNoStart && (limit == 0 || row.at.us - start <= limit);
            if (in_time && fits(rule_, step(k).event, row)) {
                now[i] = {start, running.before};
                any = true;
            }
            if (k == 0) continue;
            if (step(k).has_without && fits(rule_, step(k).without, row)) running = {};
            if (ends_[k - 1][i].start > running.start) running = {ends_[k - 1][i].start, i};
        }
        if (any) ends_.push_back(std::move(now));
        return any;
    }
    bool broken(std::size_t end) const {
        const compiled::Step& silent = step(sequence_.steps);
        for (std::size_t i = end + 1; i < rows_.size(); ++i) {
            if (silent.within_us != 0 && rows_[i]->at.us - rows_[end]->at.us > silent.within_us)
                break;
            if (fits(rule_, silent.event, *rows_[i])) return true;
        }
        return false;
    }
    bool waiting(std::size_t end) const {
        const std::int64_t length = step(sequence_.steps).within_us;
        return length != 0 && rows_[end]->at.us + length > person_.now.us && !broken(end);
    }
    // The end with the latest start; when asked for a proof, one whose silence is over if there is.
    std::size_t best_end(bool* proved) const {
        std::size_t best = 0;
        int best_rank = -1;
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            if (ends_.back()[i].start == kNoStart) continue;
            const int rank = proved == nullptr ? 0 : broken(i) ? 0 : waiting(i) ? 1 : 2;
            if (rank < best_rank ||
                (rank == best_rank && ends_.back()[i].start < ends_.back()[best].start)) {
                continue;
            }
            best = i;
            best_rank = rank;
        }
        if (proved != nullptr) *proved = best_rank == 2;
        return best;
    }

    const Compiled& rule_;
    const compiled::Sequence& sequence_;
    const PersonView& person_;
    Bounds first_;
    std::vector<const EventRow*> rows_;
    std::vector<std::vector<End>> ends_;  // by step, by row
};

class Explanation {
  public:
    Explanation(const Compiled& rule, const PersonView& person) : rule_(rule), person_(person) {}
    Clause node(std::uint16_t index) const {
        const compiled::Node& n = rule_.nodes[index];
        const Outcome o = evaluate(rule_, person_, index);
        Clause out;
        out.kind = n.kind;
        out.text = rule_.clause_texts[index];
        out.threshold = rule_.thresholds[index];
        out.met = o.in;
        out.next_change = o.next_change;
        switch (n.kind) {
            case NodeKind::And:
            case NodeKind::Or:
            case NodeKind::Not: parts(n, out); break;
            case NodeKind::Aggregate: aggregate(rule_.aggregates[n.index], out); break;
            case NodeKind::Sequence:
                ChainFinder(rule_, rule_.sequences[n.index], person_).tell(out);
                break;
            case NodeKind::Trait: trait(rule_.traits[n.index], out); break;
            case NodeKind::Consent:
            case NodeKind::Refused:
                out.value = person_.granted.has(n.purpose)   ? "granted"
                            : person_.refused.has(n.purpose) ? "refused"
                                                             : "not asked";
                break;
            case NodeKind::InAudience: out.value = out.met ? "member" : "no member"; break;
            case NodeKind::Split: {
                const std::int32_t bucket =
                    split_bucket(rule_.splits[n.index].seed, person_.split_hash);
                out.value = fixed_text(bucket * (kFixedScale / kSplitScale)) + "%";
                break;
            }
        }
        return out;
    }

  private:
    void parts(const compiled::Node& n, Clause& out) const {
        std::vector<std::uint16_t> children;
        for (std::uint16_t i = n.first; i != compiled::kAbsent; i = rule_.nodes[i].next) {
            children.push_back(i);
        }
        std::sort(children.begin(), children.end(), [&](std::uint16_t a, std::uint16_t b) {
            return rule_.nodes[a].position < rule_.nodes[b].position;
        });
        for (const std::uint16_t child : children) out.parts.push_back(node(child));
    }
    void aggregate(const compiled::Aggregate& a, Clause& out) const {
        const auto window = within(person_.events, bounds(a.window, person_.now, person_.zone));
        const Measure m = measure(rule_, a, window, person_.rates);
        out.value = value_of(rule_, a, m);
        if (m.without_rate != 0)
            out.value += ", " + std::to_string(m.without_rate) + " amounts without a rate";
        out.events = static_cast<std::uint64_t>(m.events);
        for (const EventRow& row : window) {
            if (out.records.size() == kExplainedEventsMax) break;
            if (!hidden(row, a.bots) && fits(rule_, a.event, row))
                out.records.push_back(row.sequence);
        }
    }
    void trait(const compiled::Trait& t, Clause& out) const {
        out.value = "nothing";
        for (const history::TraitRow& row : person_.traits) {
            if (t.key.is_none() || row.value.key != t.key) continue;
            const std::string text = text_of(rule_, seen_in_cell(row.value));
            if (out.trait) {
                out.value += ", " + text;
                continue;
            }
            out.value = text;
            out.trait = row;
            out.events = 1;
            out.records.push_back(row.sequence);
        }
    }

    const Compiled& rule_;
    const PersonView& person_;
};

}  // namespace

Clause explain(const Compiled& rule, const PersonView& person) {
    return Explanation(rule, person).node(0);
}

}  // namespace filrouge::audience
