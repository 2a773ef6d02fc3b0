// What every buyer is expected to do and to be worth: BG/NBD or Pareto/NBD for how often
// (measure/buying.h), Gamma-Gamma for how much (measure/spend.h), fitted on the purchases that a
// question may see. Asked as a question, and run as a model whose figures rules may use.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/question.h"
#include "query/purchases.h"

namespace filrouge::engine {

struct ValueRequest {
    query::PurchaseQuestion purchases;
    double weeks = 52;  // how far ahead, from 1 to 520
    bool by_pareto = false;
    std::string_view model() const { return by_pareto ? "pareto_nbd" : "bg_nbd"; }
};

// Of one buyer, within the weeks asked for.
struct Prospect {
    double alive = 0;  // the probability that the buyer has not left
    double purchases = 0;
    // In the purchases' currency; nothing where the model gives none.
    std::optional<double> value;
};

struct ValueModel {
    query::Purchases found;
    std::vector<Prospect> prospects;  // beside found.buyers
    // Of how often, and then of how much: names as in the papers, in their order.
    std::vector<std::pair<std::string_view, double>> buying, spending;
    double log_likelihood = 0;
    bool converged = false;  // as in measure::BuyingFit
    bool has_value = false;
    std::string no_value;             // else why not
    std::uint64_t without_value = 0;  // buyers without one, though has_value
    double purchases = 0, value = 0;  // of everybody
};

// "purchase" and "currency", as all questions about purchases take them.
Result<query::PurchaseQuestion> purchase_question(Asking& asking, Arguments& arguments);
// Those, "weeks" and "model". Error: question.invalid.
Result<ValueRequest> value_request(Asking& asking, Arguments& arguments);
// Seconds for a million buyers. Error: those of measure/buying.h (too few buyers), query.*.
Result<ValueModel> fit_value(Asking& asking, const ValueRequest& request);

// The parameters and what all buyers together are expected to do.
void tell_fit(const ValueRequest& request, const ValueModel& model, Answer& answer);

}  // namespace filrouge::engine
