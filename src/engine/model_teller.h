// Writes what a run of a model expects of persons into the log: a Predicted record for each of whom
// it says something new.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/model_run.h"
#include "engine/records.h"

namespace filrouge::engine {

// By trait, in 1/10,000; none: nothing is said, and an earlier figure is taken back.
using Figures = std::vector<std::pair<std::string, std::optional<std::int64_t>>>;

class ModelTeller {
  public:
    ModelTeller(const ModelDesk& desk, audience::Use use)
        : desk_(desk), use_(use), reader_(desk.library.fold) {}

    using FiguresOf = std::function<std::pair<PersonNo, Figures>(std::size_t)>;
    struct Told {
        std::uint64_t written = 0, unchanged = 0;
    };
    // The figures of(0) to of(persons - 1), each of another person. `common` names the model, its
    // time and its purpose. `afresh`: also what did not move, for it means something else now.
    Result<Told> tell(const PredictedFacts& common, std::size_t persons, const FiguresOf& of,
                      bool afresh, query::Run& run);

  private:
    struct News {
        std::vector<FragmentNo> fragments;  // the person's, ascending
        Figures figures;
    };
    std::optional<News> news_of(PersonNo person, Figures figures, ModelKind model, bool afresh,
                                Told& told);
    bool is_news(const Figures& figures, PersonNo person, ModelKind model);
    void seal_into(std::vector<Prepared>& records, PredictedFacts facts, News& news);

    const ModelDesk& desk_;
    audience::Use use_;
    PersonReader reader_;
};

}  // namespace filrouge::engine
