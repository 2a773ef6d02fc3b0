#include "query/members.h"

#include <algorithm>

#include "audience/measure.h"
#include "audience/window.h"
#include "query/matcher.h"

namespace filrouge::query {
namespace {

using audience::NodeKind;
using audience::compiled::kAbsent;

// What is known of a clause: and is the least of its parts, or the greatest.
enum Verdict : std::uint8_t { kOut = 0, kOpen = 1, kIn = 2 };

// Fewer than one part in so many: asked by themselves.
constexpr std::size_t kFewShare = 8;

Verdict verdict(bool in) { return in ? kIn : kOut; }

bool same_for_all_zones(audience::WindowKind kind, const audience::compiled::Window& w) {
    using audience::WindowKind;
    if (kind == WindowKind::Ever) return true;
    return (kind == WindowKind::Last || kind == WindowKind::MoreThanAgo) && w.months == 0;
}

class Worker {
  public:
    Worker(const MembersQuestion& q, std::size_t words) : question_(&q), compiled_(q.compiled) {
        out.in.resize(words);
        out.seen.resize(words);
        for (const auto& a : compiled_->aggregates) {
            Clause& clause = clauses_.emplace_back(Matcher(*compiled_, a.event));
            const bool counts =
                a.function == audience::Function::Count || a.function == audience::Function::Any;
            clause.known = counts && !a.bots &&
                           (q.zone != nullptr || same_for_all_zones(a.window.kind, a.window));
            if (!clause.known) continue;
            clause.turns = audience::turns(a);
            clause.bounds = audience::bounds(a.window, q.now, q.zone);
        }
        out.without_events = without_events();
    }
    void segment(const history::Segment& segment) {
        for (Clause& clause : clauses_) {
            if (clause.known) clause.matcher.segment(segment);
        }
    }
    void batch(Batch& batch) {
        const std::vector<Verdict> verdicts = node(0, batch, nullptr);
        const auto parts = batch.parts();
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const std::uint32_t person = parts[i].person.value;
            const std::uint64_t bit = 1ull << (person % 64);
            out.seen[person / 64] |= bit;
            if (verdicts[i] == kIn) out.in[person / 64] |= bit;
            if (verdicts[i] == kOpen) out.open.push_back(parts[i].person);
        }
        out.persons += parts.size();
    }
    Members out;

  private:
    struct Clause {
        explicit Clause(Matcher m) : matcher(std::move(m)) {}
        Matcher matcher;
        bool known = false;
        audience::Turns turns;
        audience::Bounds bounds;
    };

    // The verdicts of parts: of `some`, or of all when null; the others' mean nothing.
    using Parts = std::vector<std::uint32_t>;
    std::vector<Verdict> node(std::uint16_t index, Batch& batch, const Parts* some) {
        const auto& n = compiled_->nodes[index];
        switch (n.kind) {
            case NodeKind::And: return joined(n, batch, some, kOut);
            case NodeKind::Or: return joined(n, batch, some, kIn);
            case NodeKind::Not: {
                auto out_of = node(n.first, batch, some);
                for (Verdict& v : out_of) v = static_cast<Verdict>(kIn - v);
                return out_of;
            }
            case NodeKind::Aggregate:
                if (clauses_[n.index].known) return counted(clauses_[n.index], batch, some);
                break;
            default: break;
        }
        return std::vector<Verdict>(batch.parts().size(), kOpen);
    }
    // Parts whose verdict is settled by one clause are not asked further: where few are left, their
    // rows alone are looked at.
    std::vector<Verdict> joined(const audience::compiled::Node& n, Batch& batch, const Parts* some,
                                Verdict settles) {
        std::vector<Verdict> all(batch.parts().size(), settles == kOut ? kIn : kOut);
        Parts left;
        for (std::uint16_t i = n.first; i != kAbsent; i = compiled_->nodes[i].next) {
            const auto more = node(i, batch, some);
            for (std::size_t k = 0; k < all.size(); ++k)
                all[k] = settles == kOut ? std::min(all[k], more[k]) : std::max(all[k], more[k]);
            if (compiled_->nodes[i].next == kAbsent) break;
            left = unsettled(all, some, settles);
            if (left.empty()) break;
            if (left.size() < all.size() / kFewShare) some = &left;
        }
        return all;
    }
    static Parts unsettled(const std::vector<Verdict>& all, const Parts* some, Verdict settles) {
        Parts left;
        const std::size_t asked = some == nullptr ? all.size() : some->size();
        for (std::size_t i = 0; i < asked; ++i) {
            const std::uint32_t part = some == nullptr ? static_cast<std::uint32_t>(i) : (*some)[i];
            if (all[part] != settles) left.push_back(part);
        }
        return left;
    }
    std::vector<Verdict> counted(Clause& clause, Batch& batch, const Parts* some) {
        std::vector<Verdict> verdicts(batch.parts().size(), verdict(clause.turns.at(0)));
        if (clause.matcher.never()) return verdicts;
        if (some != nullptr) {
            for (const std::uint32_t part : *some) count_part(clause, batch, part, verdicts);
        } else if (clause.bounds.from == INT64_MIN && clause.bounds.to == INT64_MAX) {
            match(clause, batch, 0, batch.rows());
            const auto parts = batch.parts();
            for (std::size_t part = 0; part < parts.size(); ++part) {
                const PartRows& p = parts[part];
                tell(clause, part, count_ones(std::span(mask_).subspan(p.begin, p.end - p.begin)),
                     verdicts);
            }
        } else {
            count_rows(clause, batch, clause.matcher.rows(batch), verdicts);
        }
        return verdicts;
    }
    static void tell(const Clause& clause, std::size_t part, std::int64_t n,
                     std::vector<Verdict>& verdicts) {
        if (n != 0) verdicts[part] = verdict(clause.turns.at(n));
    }
    // mask_: 1 for the visible rows of [begin, end) that match.
    void match(Clause& clause, Batch& batch, std::uint32_t begin, std::uint32_t end) {
        mask_.resize(end - begin);
        clause.matcher.match(batch, begin, mask_);
        if (batch.all_visible()) return;
        const auto visible = batch.visible().subspan(begin);
        for (std::size_t i = 0; i < mask_.size(); ++i)
            mask_[i] = static_cast<std::uint8_t>(mask_[i] & visible[i]);
    }
    // Of one part, row by row: there are few to look at.
    void count_part(Clause& clause, Batch& batch, std::uint32_t part,
                    std::vector<Verdict>& verdicts) {
        const PartRows rows = batch.parts()[part];
        match(clause, batch, rows.begin, rows.end);
        const history::PackedColumn& at = batch.segment().at;
        const std::uint32_t first = batch.first_row() + rows.begin;
        std::int64_t n = 0;
        for (std::uint32_t i = 0; i < mask_.size(); ++i)
            n += mask_[i] != 0 && clause.bounds.holds(at.at(first + i)) ? 1 : 0;
        tell(clause, part, n, verdicts);
    }
    // Of all parts, from the rows that match.
    void count_rows(const Clause& clause, Batch& batch, std::span<const std::uint32_t> rows,
                    std::vector<Verdict>& verdicts) {
        at_.resize(rows.size());
        batch.segment().at.gather(batch.first_row(), rows, at_);
        const auto parts = batch.parts();
        std::size_t part = 0;
        for (std::size_t next = 0; next < rows.size();) {
            while (parts[part].end <= rows[next]) ++part;
            std::int64_t n = 0;
            for (; next < rows.size() && rows[next] < parts[part].end; ++next)
                n += clause.bounds.holds(at_[next]) ? 1 : 0;
            tell(clause, part, n, verdicts);
        }
    }
    std::optional<bool> without_events() const {
        const Verdict v = without_events(0);
        return v == kOpen ? std::nullopt : std::optional(v == kIn);
    }
    Verdict without_events(std::uint16_t index) const {
        const auto& n = compiled_->nodes[index];
        if (n.kind == NodeKind::Not) return static_cast<Verdict>(kIn - without_events(n.first));
        if (n.kind == NodeKind::Aggregate && clauses_[n.index].known)
            return verdict(clauses_[n.index].turns.at(0));
        if (n.kind != NodeKind::And && n.kind != NodeKind::Or) return kOpen;
        Verdict all = n.kind == NodeKind::And ? kIn : kOut;
        for (std::uint16_t i = n.first; i != kAbsent; i = compiled_->nodes[i].next) {
            const Verdict v = without_events(i);
            all = n.kind == NodeKind::And ? std::min(all, v) : std::max(all, v);
        }
        return all;
    }

    const MembersQuestion* question_;
    const audience::Compiled* compiled_;
    std::vector<Clause> clauses_;
    std::vector<std::uint8_t> mask_;
    std::vector<std::int64_t> at_;
};

}  // namespace

Result<Members> members(const history::View& view, const Scope& scope,
                        const MembersQuestion& question, Run& run) {
    Scope whole = scope;
    whole.from = INT64_MIN;
    whole.to = INT64_MAX;
    whole.bots = false;
    std::uint32_t end = 0;
    for (const history::Piece& piece : view.pieces) {
        const history::Segment& s = *piece.segment;
        if (s.parts() != 0) end = std::max(end, s.person(s.parts() - 1).value + 1);
    }
    std::vector<Worker> workers(kThreads, Worker(question, (end + 63) / 64));
    TRY(scan<Worker>(view, whole, run, workers));
    Members out = std::move(workers[0].out);
    for (std::size_t w = 1; w < workers.size(); ++w) {
        const Members& more = workers[w].out;
        for (std::size_t i = 0; i < out.in.size(); ++i) {
            out.in[i] |= more.in[i];
            out.seen[i] |= more.seen[i];
        }
        out.open.insert(out.open.end(), more.open.begin(), more.open.end());
        out.persons += more.persons;
    }
    std::sort(out.open.begin(), out.open.end());
    return out;
}

}  // namespace filrouge::query
