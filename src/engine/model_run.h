// Models whose figures rules may use: fitted on what a purpose may see, then written into the log,
// a record for each person of whom they say something new. (docs/rules.md says how rules ask.)
#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/admission.h"
#include "engine/masking.h"
#include "engine/model_names.h"
#include "engine/queries.h"
#include "query/run.h"

namespace filrouge::engine {

constexpr std::size_t kPredictionBatch = 512;  // records written at once; events go in between
// A figure is written again when it moved by more than a hundredth of itself and more than this,
// in 1/10,000: most figures of a rerun differ a little, and the log is for ever.
constexpr std::int64_t kPredictionStep = 50;
constexpr int kRefitDaysDefault = 7;

// What a run needs of the runtime.
struct ModelDesk {
    Library library;
    std::function<EventId()> new_id;
    // Returns once the records are durable and folded.
    std::function<Result<void>(std::vector<Prepared>)> write;
};

// Fits, writes predictions, then the model's document, and answers that. Data that cannot be fitted
// are an error before anything is written; an error later leaves some persons with figures of this
// run and some with those of the last. `request`, as the questions "value" and "lookalike" take it:
//   value      {"purpose", "brand", "purchase", "currency", "weeks", "model", "refit_days"}
//   lookalike  {"purpose", "brand", "audience", "features", "currency", "last", "size",
//              "refit_days"}; whoever has no event in that time has no score any more
// `mask` is the asker's. Errors: question.*, query.*, measure.* (too few buyers, or members),
// model.of_itself, masking.forbidden, those of `write`.
Result<std::string> run_model(const ModelDesk& desk, ModelKind kind,
                              const boost::json::object& request, EventTime at, query::Run& run,
                              const Mask& mask);

// For a run that is under way: in a small shop it is over by then, and whoever waits sleeps on a
// thread that others need.
constexpr std::chrono::seconds kRunWait{2};
// question.overloaded: of what cannot be done while a model is fitted.
Error model_under_way();

// What removing a model does, as JSON: {"id", "deleted", "follows", "confirm"}; `removed`: that it
// is to be done now. Errors: model_not_found, model_in_use (rules ask for its traits).
Result<std::string> model_removal(const Library& library, std::string_view id, bool removed);

// The last run of each, of one brand or of all.
Result<std::string> models_json(const Library& library, std::string_view brand);
// Those whose refit is due at that time, with what was asked.
struct DueModel {
    ModelKind kind = ModelKind::Value;
    boost::json::object request;
};
std::vector<DueModel> models_due(const Library& library, EventTime now);

}  // namespace filrouge::engine
