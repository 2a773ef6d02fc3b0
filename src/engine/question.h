// Questions about the history (docs/questions.md): what they have in common. A question is a JSON
// object with who asks for what ("purpose", "brand"), of which time ("from", "to", "last"), about
// whom ("who", "audience"), and one member that names its kind and holds its own arguments.
#pragma once

#include <boost/json/object.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audience/compile.h"
#include "audience/rule.h"
#include "engine/answer.h"
#include "engine/masking.h"
#include "engine/queries.h"
#include "query/dimension.h"
#include "query/scan.h"

namespace filrouge::engine {

// The arguments of a question, each asked for once; what nobody asked for is a mistake of the
// sender's.
class Arguments {
  public:
    Arguments(const boost::json::object& object, std::string path)
        : object_(object), path_(std::move(path)) {}
    // Nothing when absent. Error: question.invalid, naming the place and what may stand there.
    Result<std::optional<std::string>> text(std::string_view name);
    Result<std::string> text_or(std::string_view name, std::string_view otherwise);
    Result<std::optional<std::int64_t>> whole(std::string_view name, std::int64_t low,
                                              std::int64_t high);
    Result<std::optional<double>> number(std::string_view name, double low, double high);
    Result<bool> yes(std::string_view name, bool otherwise);
    Result<std::vector<std::string>> texts(std::string_view name, std::size_t most);
    Result<std::optional<Arguments>> object(std::string_view name);
    const boost::json::value* any(std::string_view name);
    bool has(std::string_view name) const { return object_.contains(name); }
    Error wrong(std::string_view name, std::string_view wanted) const;
    // Error: question.unknown_argument.
    Result<void> done() const;

  private:
    const boost::json::object& object_;
    std::string path_;
    std::vector<std::string> asked_;
};

// Names by the fold, its lock held for each: texts never move once they are there.
class SharedNames final : public audience::Names {
  public:
    explicit SharedNames(const Library& library) : library_(library) {}
    StringNo number(std::string_view text) override;
    std::string_view text(StringNo number) const override;
    std::optional<std::uint8_t> purpose(std::string_view name) const override;
    std::optional<audience::AudienceNo> audience(std::string_view name) const override;
    std::vector<audience::AudienceNo> needs(audience::AudienceNo slot) const override;

  private:
    const Library& library_;
};

// One question while it is answered.
class Asking {
  public:
    Asking(const Library& of, query::Run& under_way) : library(of), run(under_way), names(of) {}

    // Reads and checks what all kinds have in common.
    Result<void> begin(Arguments& arguments);

    const Library& library;
    query::Run& run;
    SharedNames names;
    Mask mask;  // the asker's
    query::Scope scope;
    history::View view;
    EventTime now;
    const audience::Zone* zone = nullptr;  // of the brand
    std::int64_t last_us = 0;              // the period was told as the last so long
    std::string last_text;                 // "90 days"
    bool has_to = false;

    // "Product Viewed where category = 'shoes'", or "*".
    struct EventSpec {
        const audience::Compiled* compiled = nullptr;
        audience::compiled::Event event;
        audience::EventMatch match;
    };
    Result<EventSpec> event(std::string_view text);
    Result<const audience::Compiled*> compile(const audience::Rule& rule);
    Result<query::Dimension> dimension(std::string_view text, query::Groups& groups);
    std::string group_name(const query::Groups::Key& key, query::DimensionKind kind);
    // The question's time as a window of rules; nothing where no rule can say it, nor the rest of
    // whom the question is about.
    std::optional<audience::Window> window_of_period() const;
    // Bit by person: an audience's members, by id, or else whoever fulfils a rule; never empty.
    Result<std::vector<std::uint64_t>> people(const std::optional<std::string>& rule_text,
                                              const std::optional<std::string>& audience_id);
    // The argument "currency"; unknown when absent.
    Result<Currency> currency(Arguments& arguments) const;
    // "24 hours"; and in microseconds.
    static Result<audience::Length> told_length(std::string_view text);
    Result<std::int64_t> length(std::string_view text);
    // "2026-03-01", or with a time; without a zone by the brand's.
    Result<std::int64_t> instant(std::string_view text) const;
    std::string local_date(std::int64_t at) const;  // "2026-03-01"
    query::DimensionKind kind_of_dimension(std::string_view text) const;
    audience::Rates& rates();  // a copy of the fold's

  private:
    Result<void> restrict_to(Arguments& arguments);
    std::deque<audience::Compiled> compiled_;
    std::vector<std::uint64_t> who_;
    std::unique_ptr<TableSpace> rates_space_;
    std::unique_ptr<audience::Rates> rates_;
};

// Bit by person: everybody whom the rule takes in. Exact as audience/evaluate.h.
struct RuleCount {
    std::vector<std::uint64_t> in;
    std::uint64_t persons = 0;  // of the brand
    std::uint64_t allowed = 0;  // of them, who allow the purpose
    std::uint64_t without_rate = 0;
    std::uint64_t members() const;
};
Result<RuleCount> count_rule(const Library& library, const audience::Compiled& rule,
                             audience::Use use, query::Run& run);

// Answers `json`. Error: question.*, query.*, api.*, rule.invalid, masking.forbidden.
Result<Answer> answer_question(const Library& library, const boost::json::object& json,
                               query::Run& run, const Mask& mask);
// The kinds, for messages.
std::vector<std::string_view> question_kinds();

}  // namespace filrouge::engine
