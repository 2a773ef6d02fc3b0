// Models whose figures rules may use: fitted on what a purpose may see, then written into the log,
// a record for each person of whom they say something new. (docs/rules.md says how rules ask.)
#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/admission.h"
#include "engine/masking.h"
#include "engine/queries.h"
#include "query/run.h"

namespace filrouge::engine {

// Traits that a run of the model of value writes.
constexpr std::string_view kTraitAlive = "p_alive";
constexpr std::string_view kTraitPurchases = "predicted_purchases";
constexpr std::string_view kTraitValue = "predicted_value";  // in the model's currency
// And that of the model of who resembles an audience: this, then the audience's id.
constexpr std::string_view kTraitLookalike = "lookalike_";

constexpr std::size_t kPredictionBatch = 512;  // records written at once; events go in between
// A figure is written again when it moved by more than a hundredth of itself and more than this,
// in 1/10,000: most figures of a rerun differ a little, and the log is for ever.
constexpr std::int64_t kPredictionStep = 50;
constexpr int kRefitDaysDefault = 7;

// There is one of value for each purpose of a brand, and one of each audience's lookalikes: the
// next run takes the place of the last. `audience`: its id, empty for value.
std::string model_id(ModelKind kind, std::string_view purpose, std::string_view brand,
                     std::string_view audience);

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

// The last run of each, of one brand or of all.
Result<std::string> models_json(const Library& library, std::string_view brand);
// Those whose refit is due at that time, with what was asked.
struct DueModel {
    ModelKind kind = ModelKind::Value;
    boost::json::object request;
};
std::vector<DueModel> models_due(const Library& library, EventTime now);

}  // namespace filrouge::engine
