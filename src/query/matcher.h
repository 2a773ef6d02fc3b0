// "Product Viewed where category = 'shoes'" over a batch: the language of audience rules, evaluated
// a column at a time. Law: a row matches exactly when audience/match.h says so of the same event.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "audience/compile.h"
#include "query/scan.h"

namespace filrouge::query {

class Matcher {
  public:
    // `compiled` must outlive it.
    Matcher(const audience::Compiled& compiled, const audience::compiled::Event& event)
        : compiled_(&compiled), event_(event) {}
    void segment(const history::Segment& segment);
    // 1 for each row of the batch that matches, else 0; without regard to visible().
    void match(Batch& batch, std::span<std::uint8_t> out) { match(batch, 0, out); }
    // Of the rows [first, first + out.size()) of the batch.
    void match(Batch& batch, std::uint32_t first, std::span<std::uint8_t> out);
    // The visible rows that match, ascending: what the masks above say, without them where few
    // match. They hold until the next call.
    std::span<const std::uint32_t> rows(Batch& batch);
    bool never() const { return never_; }  // nothing in this segment
    // Whether the name alone decides, and which it is.
    bool by_name() const { return !event_.any && event_.where == audience::compiled::kAbsent; }
    std::uint32_t name_code() const { return name_code_; }

  private:
    using Mask = std::vector<std::uint8_t>;
    struct Leaf {
        std::uint16_t filter = 0;
        const history::FieldColumn* column = nullptr;
        bool by_code = false;             // all entries are texts: `codes` says which fit
        std::vector<std::uint8_t> codes;  // by code
        bool none_fits = false;
        std::optional<std::uint32_t> only_code;  // where one alone fits
    };
    void add_leaves(std::uint16_t filter);
    void prepare(Leaf& leaf);
    void evaluate(std::uint16_t filter, Batch& batch, std::uint32_t first,
                  std::span<std::uint8_t> out);
    void evaluate_leaf(const Leaf& leaf, Batch& batch, std::uint32_t first,
                       std::span<std::uint8_t> out);
    void mark_codes(const Leaf& leaf, std::uint32_t first, std::uint32_t end);
    const Leaf& leaf_of(std::uint16_t filter) const;
    const Leaf* only_leaf() const;
    std::span<const std::uint32_t> rows_by_code(const Leaf& leaf, Batch& batch,
                                                const std::uint8_t* names);

    const audience::Compiled* compiled_;
    audience::compiled::Event event_;
    const history::Segment* segment_ = nullptr;
    std::uint32_t name_code_ = 0;
    bool never_ = false;
    std::vector<Leaf> leaves_;
    std::vector<Mask> spare_;
    std::vector<std::uint8_t> entries_;        // scratch
    std::vector<std::uint32_t> codes_, hits_;  // scratch
    std::vector<std::int64_t> rows_;           // scratch
    std::vector<std::uint32_t> found_;
    std::vector<std::uint8_t> mask_;
};

}  // namespace filrouge::query
