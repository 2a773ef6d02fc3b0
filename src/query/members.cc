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
        const std::vector<Verdict> verdicts = node(0, batch);
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

    std::vector<Verdict> node(std::uint16_t index, Batch& batch) {
        const auto& n = compiled_->nodes[index];
        switch (n.kind) {
            case NodeKind::And: return joined(n, batch, kOut);
            case NodeKind::Or: return joined(n, batch, kIn);
            case NodeKind::Not: {
                auto out_of = node(n.first, batch);
                for (Verdict& v : out_of) v = static_cast<Verdict>(kIn - v);
                return out_of;
            }
            case NodeKind::Aggregate:
                if (clauses_[n.index].known) return counted(clauses_[n.index], batch);
                break;
            default: break;
        }
        return std::vector<Verdict>(batch.parts().size(), kOpen);
    }
    // Parts whose verdict is settled by one clause are not asked further; when all are, nobody is.
    std::vector<Verdict> joined(const audience::compiled::Node& n, Batch& batch, Verdict settles) {
        std::vector<Verdict> all(batch.parts().size(), settles == kOut ? kIn : kOut);
        for (std::uint16_t i = n.first; i != kAbsent; i = compiled_->nodes[i].next) {
            const auto more = node(i, batch);
            bool settled = true;
            for (std::size_t k = 0; k < all.size(); ++k) {
                all[k] = settles == kOut ? std::min(all[k], more[k]) : std::max(all[k], more[k]);
                settled &= all[k] == settles;
            }
            if (settled) break;
        }
        return all;
    }
    std::vector<Verdict> counted(Clause& clause, Batch& batch) {
        const auto parts = batch.parts();
        std::vector<Verdict> verdicts(parts.size(), verdict(clause.turns.at(0)));
        if (clause.matcher.never()) return verdicts;
        mask_.resize(batch.rows());
        clause.matcher.match(batch, mask_);
        if (!batch.all_visible()) {
            const auto visible = batch.visible();
            for (std::size_t i = 0; i < mask_.size(); ++i)
                mask_[i] = static_cast<std::uint8_t>(mask_[i] & visible[i]);
        }
        rows_.clear();
        places_of_ones(mask_, rows_);
        const history::PackedColumn& at = batch.segment().at;
        const audience::Bounds& bounds = clause.bounds;
        const bool ever = bounds.from == INT64_MIN && bounds.to == INT64_MAX;
        std::size_t part = 0;
        for (std::size_t next = 0; next < rows_.size();) {
            while (part < parts.size() && parts[part].end <= rows_[next]) ++part;
            if (part == parts.size()) break;
            std::int64_t count = 0;
            for (; next < rows_.size() && rows_[next] < parts[part].end; ++next) {
                if (rows_[next] < parts[part].begin) continue;
                if (!ever && next + kReadAhead < rows_.size())
                    at.prefetch(batch.first_row() + rows_[next + kReadAhead]);
                count += ever || bounds.holds(at.at(batch.first_row() + rows_[next])) ? 1 : 0;
            }
            if (count != 0) verdicts[part] = verdict(clause.turns.at(count));
        }
        return verdicts;
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
    std::vector<std::uint32_t> rows_;
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
