#include "query/flows.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <tuple>

#include "query/matcher.h"

namespace filrouge::query {
namespace {

// Numbers for nodes, the same in all segments and threads of one question.
class Nodes {
  public:
    std::uint32_t number(const FlowNode& node) {
        const std::lock_guard guard(mutex_);
        const auto [at, fresh] =
            numbers_.try_emplace(node, static_cast<std::uint32_t>(nodes_.size()));
        if (fresh) nodes_.push_back(node);
        return at->second;
    }
    std::vector<FlowNode> all() const {
        const std::lock_guard guard(mutex_);
        return nodes_;
    }

  private:
    mutable std::mutex mutex_;
    std::map<FlowNode, std::uint32_t> numbers_;
    std::vector<FlowNode> nodes_;
};

// The node of each row of a batch.
class NodeReader {
  public:
    NodeReader(NodeOf what, Nodes& nodes) : what_(what), nodes_(&nodes) {}
    void segment(const history::Segment& segment) {
        segment_ = &segment;
        const std::size_t names = what_ == NodeOf::Channel ? 1 : segment.name_texts.size;
        channels_ = what_ == NodeOf::Name ? 1 : kChannels;
        known_.assign(names * channels_, 0);
    }
    // False when there are more nodes than one question can have.
    bool read(Batch& batch, std::vector<std::uint32_t>& out) {
        out.assign(batch.rows(), 0);
        highest_ = 0;
        if (what_ == NodeOf::Channel) {
            const auto channel = batch.channel();
            fill(batch, out, [&](std::size_t i) { return channel[i]; });
        } else if (what_ == NodeOf::Name) {
            const auto names = batch.name_codes();
            fill(batch, out, [&](std::size_t i) { return names[i]; });
        } else {
            const auto names = batch.name_codes();
            const auto channel = batch.channel();
            fill(batch, out, [&](std::size_t i) {
                return names[i] * static_cast<std::uint32_t>(kChannels) + channel[i];
            });
        }
        return highest_ < kFlowNodesMax;
    }
    std::uint32_t highest() const { return highest_; }  // of the batch

  private:
    template <class CodeOf>
    void fill(Batch& batch, std::vector<std::uint32_t>& out, CodeOf&& code_of) {
        const bool everything = batch.everything_visible();
        const auto visible = everything ? std::span<const std::uint8_t>() : batch.visible();
        for (std::size_t i = 0; i < out.size(); ++i) {
            if (!everything && visible[i] == 0) continue;
            out[i] = node(code_of(i));
            highest_ = std::max(highest_, out[i]);
        }
    }
    std::uint32_t node(std::uint32_t code) {
        const std::uint32_t known = known_[code];
        return known != 0 ? known - 1 : meet(code);
    }
    std::uint32_t meet(std::uint32_t code) {
        FlowNode node;
        if (what_ != NodeOf::Name) {
            node.has_channel = true;
            node.channel = static_cast<Channel>(code % kChannels);
        }
        if (what_ != NodeOf::Channel) {
            const auto name = static_cast<std::uint32_t>(code / channels_);
            node.name = StringNo{static_cast<std::uint32_t>(segment_->name_texts.at(name))};
        }
        const std::uint32_t number = nodes_->number(node);
        known_[code] = number + 1;
        return number;
    }
    NodeOf what_;
    Nodes* nodes_;
    const history::Segment* segment_ = nullptr;
    std::size_t channels_ = 1;
    std::uint32_t highest_ = 0;
    std::vector<std::uint32_t> known_;  // + 1; 0 not met yet
};

Error too_many_nodes() {
    return Error{"query.too_many_nodes",
                 "The flow has more than " + std::to_string(kFlowNodesMax) + " nodes.",
                 "Take channels, or a shorter period."};
}

// A square of counts by (from, to), grown as nodes are met.
class Counts {
  public:
    // False when the question may not take the memory.
    bool reach(std::uint32_t node, Run& run) {
        if (node < side_) return true;
        std::uint32_t side = std::max<std::uint32_t>(side_, 64);
        while (side <= node) side *= 2;
        if (!run.take_memory(std::uint64_t{side} * side * sizeof(std::uint64_t))) return false;
        std::vector<std::uint64_t> counts(std::size_t{side} * side);
        for (std::uint32_t from = 0; from < side_; ++from)
            std::copy_n(counts_.begin() + static_cast<std::ptrdiff_t>(from * std::size_t{side_}),
                        side_,
                        counts.begin() + static_cast<std::ptrdiff_t>(from * std::size_t{side}));
        counts_ = std::move(counts);
        side_ = side;
        return true;
    }
    std::uint64_t* data() { return counts_.data(); }
    std::uint32_t side() const { return side_; }
    std::uint64_t at(std::uint32_t from, std::uint32_t to) const {
        return from < side_ && to < side_ ? counts_[std::size_t{from} * side_ + to] : 0;
    }

  private:
    std::uint32_t side_ = 0;
    std::vector<std::uint64_t> counts_;
};

class TransitionWorker {
  public:
    TransitionWorker(NodeOf what, bool collapse, bool count_persons, Nodes& nodes, Run& run)
        : reader_(what, nodes), collapse_(collapse), count_persons_(count_persons), run_(&run) {}
    void segment(const history::Segment& segment) { reader_.segment(segment); }
    void batch(Batch& batch) {
        if (!reader_.read(batch, nodes_)) {
            too_many = true;
            run_->cancel();
            return;
        }
        if (!counts.reach(reader_.highest(), *run_)) return;
        if (count_persons_) return count_with_persons(batch);
        if (batch.everything_visible() && !collapse_) return count_all(batch);
        const auto visible = batch.visible();
        for (const PartRows& part : batch.parts()) {
            std::uint32_t last = UINT32_MAX;
            for (std::uint32_t i = part.begin; i < part.end; ++i) {
                if (visible[i] == 0 || (collapse_ && nodes_[i] == last)) continue;
                if (last != UINT32_MAX)
                    ++counts.data()[std::size_t{last} * counts.side() + nodes_[i]];
                last = nodes_[i];
            }
        }
    }

    Counts counts, persons;
    bool too_many = false;

  private:
    // A person's events lie together: who was counted last for a pair says whether this one was.
    void count_with_persons(Batch& batch) {
        const std::uint32_t highest = reader_.highest();
        if (!persons.reach(highest, *run_) || !last_.reach(highest, *run_)) return;
        const auto visible = batch.visible();
        for (const PartRows& part : batch.parts()) {
            ++person_;
            std::uint32_t from = UINT32_MAX;
            for (std::uint32_t i = part.begin; i < part.end; ++i) {
                if (visible[i] == 0 || (collapse_ && nodes_[i] == from)) continue;
                if (from != UINT32_MAX) {
                    const std::size_t pair = std::size_t{from} * counts.side() + nodes_[i];
                    ++counts.data()[pair];
                    persons.data()[pair] += last_.data()[pair] != person_ ? 1 : 0;
                    last_.data()[pair] = person_;
                }
                from = nodes_[i];
            }
        }
    }
    void count_all(const Batch& batch) {
        std::uint64_t* square = counts.data();
        const std::size_t side = counts.side();
        for (const PartRows& part : batch.parts()) {
            std::size_t from = nodes_[part.begin] * side;
            for (std::uint32_t i = part.begin + 1; i < part.end; ++i) {
                ++square[from + nodes_[i]];
                from = nodes_[i] * side;
            }
        }
    }
    NodeReader reader_;
    bool collapse_, count_persons_;
    Run* run_;
    std::vector<std::uint32_t> nodes_;
    Counts last_;               // who was counted last, by number
    std::uint64_t person_ = 0;  // counted up
};

}  // namespace

Result<std::vector<Transition>> transitions(const history::View& view, const Scope& scope,
                                            NodeOf node, bool collapse_loops, Run& run,
                                            bool count_persons) {
    Nodes nodes;
    std::vector<TransitionWorker> workers(
        kThreads, TransitionWorker(node, collapse_loops, count_persons, nodes, run));
    const Result<void> scanned = scan<TransitionWorker>(view, scope, run, workers);
    for (const TransitionWorker& worker : workers) {
        if (worker.too_many) return too_many_nodes();
    }
    TRY(Result<void>(scanned));
    const std::vector<FlowNode> all = nodes.all();
    std::vector<Transition> out;
    for (std::uint32_t from = 0; from < all.size(); ++from) {
        for (std::uint32_t to = 0; to < all.size(); ++to) {
            std::uint64_t count = 0, persons = 0;
            for (const TransitionWorker& worker : workers) {
                count += worker.counts.at(from, to);
                persons += worker.persons.at(from, to);
            }
            if (count != 0) out.push_back({all[from], all[to], count, persons});
        }
    }
    std::sort(out.begin(), out.end(), [](const Transition& a, const Transition& b) {
        if (a.count != b.count) return a.count > b.count;
        return std::pair(a.from, a.to) < std::pair(b.from, b.to);
    });
    return out;
}

namespace {

constexpr std::uint32_t kEnds = UINT32_MAX;
constexpr std::uint64_t kLinkBytes = 96;  // of the map, with its overhead

class FlowWorker {
  public:
    FlowWorker(const FlowQuestion& q, Nodes& nodes, Run& run)
        : question_(&q), run_(&run), reader_(q.node, nodes), start_(*q.compiled, q.start) {}
    void segment(const history::Segment& segment) {
        reader_.segment(segment);
        start_.segment(segment);
    }
    void batch(Batch& batch) {
        if (start_.never()) return;
        mask_.resize(batch.rows());
        start_.match(batch, mask_);
        if (!reader_.read(batch, nodes_)) {
            too_many = true;
            run_->cancel();
            return;
        }
        const auto visible = batch.visible();
        const auto at = batch.at();
        for (const PartRows& part : batch.parts()) person(part, visible, at);
    }
    std::map<std::array<std::uint32_t, 3>, std::uint64_t> links;  // stage, from, to
    bool too_many = false;

  private:
    void count(std::uint32_t stage, std::uint32_t from, std::uint32_t to) {
        const auto [at, fresh] = links.try_emplace({stage, from, to});
        if (fresh) run_->take_memory(kLinkBytes);
        ++at->second;
    }
    void person(const PartRows& part, std::span<const std::uint8_t> visible,
                std::span<const std::int64_t> at) {
        const bool back = question_->back;
        // Positions run from the start event away, whichever way that is.
        const auto row = [&](std::uint32_t k) { return back ? part.end - 1 - k : part.begin + k; };
        const std::uint32_t length = part.end - part.begin;
        std::uint32_t k = 0;
        while (k < length && (mask_[row(k)] == 0 || visible[row(k)] == 0)) ++k;
        if (k == length) return;
        const std::int64_t begun = at[row(k)];
        std::uint32_t last = nodes_[row(k)];
        std::uint32_t stage = 0;
        for (++k; k < length && stage < question_->stages; ++k) {
            const std::uint32_t i = row(k);
            if (visible[i] == 0 || (question_->collapse_loops && nodes_[i] == last)) continue;
            const std::int64_t away = back ? begun - at[i] : at[i] - begun;
            if (question_->within_us != 0 && away > question_->within_us) break;
            count(stage++, last, nodes_[i]);
            last = nodes_[i];
        }
        if (stage < question_->stages) count(stage, last, kEnds);
    }
    const FlowQuestion* question_;
    Run* run_;
    NodeReader reader_;
    Matcher start_;
    std::vector<std::uint8_t> mask_;
    std::vector<std::uint32_t> nodes_;
};

}  // namespace

Result<std::vector<Flow>> flows(const history::View& view, const Scope& scope,
                                const FlowQuestion& question, Run& run) {
    if (question.stages > kFlowStagesMax)
        return Error{"query.too_many_stages",
                     "A flow has at most " + std::to_string(kFlowStagesMax) + " stages.",
                     "Ask for fewer."};
    Nodes nodes;
    std::vector<FlowWorker> workers(kThreads, FlowWorker(question, nodes, run));
    const Result<void> scanned = scan<FlowWorker>(view, scope, run, workers);
    for (const FlowWorker& worker : workers) {
        if (worker.too_many) return too_many_nodes();
    }
    TRY(Result<void>(scanned));
    auto& links = workers[0].links;
    for (std::size_t w = 1; w < workers.size(); ++w) {
        for (const auto& [key, count] : workers[w].links) links[key] += count;
    }
    const std::vector<FlowNode> all = nodes.all();
    std::vector<Flow> out;
    for (const auto& [key, count] : links) {
        Flow flow{key[0], all[key[1]], {}, key[2] == kEnds, count};
        if (!flow.ends) flow.to = all[key[2]];
        out.push_back(flow);
    }
    std::sort(out.begin(), out.end(), [](const Flow& a, const Flow& b) {
        if (a.stage != b.stage) return a.stage < b.stage;
        if (a.count != b.count) return a.count > b.count;
        return std::tie(a.from, a.to, a.ends) < std::tie(b.from, b.to, b.ends);
    });
    return out;
}

}  // namespace filrouge::query
