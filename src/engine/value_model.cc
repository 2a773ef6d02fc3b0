#include "engine/value_model.h"

#include <algorithm>

#include "engine/question_kinds.h"
#include "engine/question_periods.h"
#include "measure/buying.h"
#include "measure/spend.h"

namespace filrouge::engine {

Result<query::PurchaseQuestion> purchase_question(Asking& asking, Arguments& arguments) {
    const Asking::EventSpec purchase =
        TRY(asking.event(TRY(arguments.text_or("purchase", "Order Completed"))));
    query::PurchaseQuestion question;
    question.compiled = purchase.compiled;
    question.purchase = purchase.event;
    question.rates = &asking.rates();
    question.currency = TRY(asking.currency(arguments));
    question.zone = asking.zone;
    return question;
}

Result<ValueRequest> value_request(Asking& asking, Arguments& arguments) {
    ValueRequest request;
    request.purchases = TRY(purchase_question(asking, arguments));
    request.weeks = TRY(arguments.number("weeks", 1, 520)).value_or(request.weeks);
    const std::string model = TRY(arguments.text_or("model", request.model()));
    if (model != "bg_nbd" && model != "pareto_nbd")
        return arguments.wrong("model", "bg_nbd or pareto_nbd");
    request.by_pareto = model == "pareto_nbd";
    return request;
}

namespace {

struct Observed {
    const Asking& asking;  // whose zone says which day it is
    std::int32_t end_day;
};

// In whole local days, as purchases are counted: so many buyers share a history, and the fit's time
// goes with the different ones.
measure::History history_of(const query::Buyer& buyer, const Observed& observed) {
    const std::int32_t first = day_number(observed.asking, buyer.first);
    const auto weeks = [first](std::int32_t day) {
        return static_cast<double>(std::max(0, day - first)) / 7;
    };
    measure::History history;
    history.repeats = buyer.repeats;
    history.last = buyer.repeats == 0 ? 0 : weeks(day_number(observed.asking, buyer.last));
    history.age = std::max(history.last, weeks(observed.end_day));
    return history;
}

// Of the repeat purchases whose amount is known; 0 when there is none, or nothing was paid for
// them.
double mean_spend(const query::Buyer& buyer) {
    if (buyer.paid_repeats == 0 || buyer.repeat_amount <= 0) return 0;
    return static_cast<double>(buyer.repeat_amount) / buyer.paid_repeats / kFixedScale;
}

// The different histories. Never many more rows at once than those, for many buyers share one.
std::vector<measure::BuyingRow> histories_of(const std::vector<query::Buyer>& buyers,
                                             const Observed& observed) {
    constexpr std::size_t kTogether = 1 << 16;
    std::vector<measure::BuyingRow> rows;
    rows.reserve(std::min(buyers.size(), kTogether));
    std::size_t different = 0;
    for (const query::Buyer& buyer : buyers) {
        rows.push_back({history_of(buyer, observed), 1});
        if (rows.size() < 2 * different + kTogether) continue;
        rows = measure::grouped(rows);
        different = rows.size();
    }
    return measure::grouped(rows);
}

template <class Model>
void take_fit(const measure::BuyingFit<Model>& fit, const Observed& observed, double weeks,
              ValueModel& out) {
    out.log_likelihood = fit.log_likelihood;
    out.converged = fit.converged;
    out.prospects.reserve(out.found.buyers.size());
    for (const query::Buyer& buyer : out.found.buyers) {
        if (observed.asking.run.cancelled()) return;
        const measure::History history = history_of(buyer, observed);
        out.prospects.push_back({measure::p_alive(fit.model, history),
                                 measure::expected_purchases(fit.model, history, weeks),
                                 {}});
    }
}

Result<void> fit_buying(Asking& asking, const ValueRequest& request, ValueModel& out) {
    const Observed observed{asking, day_number(asking, std::min(asking.scope.to, asking.now.us))};
    const auto grouped = histories_of(out.found.buyers, observed);
    // The fit has a copy of its own; and what is expected of each buyer.
    asking.run.take_memory(2 * grouped.size() * sizeof(measure::BuyingRow) +
                           out.found.buyers.size() * sizeof(Prospect));
    TRY(asking.run.check());
    const auto still_wanted = begin_fit(asking);
    if (request.by_pareto) {
        const auto fit = TRY(measure::fit_pareto_nbd(grouped, still_wanted));
        TRY(asking.run.check());
        const measure::ParetoNbd& m = fit.model;
        out.buying = {{"r", m.r}, {"alpha", m.alpha}, {"s", m.s}, {"beta", m.beta}};
        take_fit(fit, observed, request.weeks, out);
    } else {
        const auto fit = TRY(measure::fit_bg_nbd(grouped, still_wanted));
        TRY(asking.run.check());
        const measure::BgNbd& m = fit.model;
        out.buying = {{"r", m.r}, {"alpha", m.alpha}, {"a", m.a}, {"b", m.b}};
        take_fit(fit, observed, request.weeks, out);
    }
    return {};
}

Result<void> fit_spending(Asking& asking, ValueModel& out) {
    std::vector<measure::SpendRow> spends;
    for (const query::Buyer& buyer : out.found.buyers) {
        if (const double mean = mean_spend(buyer); mean > 0)
            spends.push_back({buyer.paid_repeats, mean, 1});
    }
    asking.run.take_memory(2 * spends.size() * sizeof(measure::SpendRow));  // the fit's copy
    TRY(asking.run.check());
    const auto fit = measure::fit_gamma_gamma(spends, begin_fit(asking));
    TRY(asking.run.check());
    if (!fit.ok()) {
        out.no_value = fit.error().message;
        return {};
    }
    out.has_value = true;
    const measure::GammaGamma& g = fit.value().model;
    out.spending = {{"p", g.p}, {"q", g.q}, {"v", g.v}};
    for (std::size_t i = 0; i < out.prospects.size(); ++i) {
        const query::Buyer& buyer = out.found.buyers[i];
        const double mean = mean_spend(buyer);
        const auto each = measure::expected_spend(g, mean > 0 ? buyer.paid_repeats : 0, mean);
        if (each)
            out.prospects[i].value = *each * out.prospects[i].purchases;
        else
            ++out.without_value;
    }
    return {};
}

}  // namespace

Result<ValueModel> fit_value(Asking& asking, const ValueRequest& request) {
    ValueModel out;
    out.found = TRY(query::purchases(asking.view, asking.scope, request.purchases, asking.run));
    TRY(fit_buying(asking, request, out));
    TRY(asking.run.check());
    TRY(fit_spending(asking, out));
    for (const Prospect& prospect : out.prospects) {
        out.purchases += prospect.purchases;
        out.value += prospect.value.value_or(0);
    }
    return out;
}

void tell_fit(const ValueRequest& request, const ValueModel& model, Answer& answer) {
    answer.fact("model", std::string(request.model()));
    answer.fact("weeks", request.weeks);
    for (const auto& [name, value] : model.buying) answer.fact(name, value);
    answer.fact("log_likelihood", model.log_likelihood);
    answer.fact("converged", model.converged);
    if (!model.converged)
        answer.note(
            "The fit did not settle: what is expected of all buyers together holds better than "
            "the parameters.");
    for (const auto& [name, value] : model.spending) answer.fact(name, value);
    if (!model.has_value) answer.note("Nothing is said of value: " + model.no_value);
    answer.fact("expected_purchases", model.purchases);
    answer.fact("expected_value", model.value);
    answer.fact("currency", model.found.currency.text());
    answer.fact("amounts_without_rate", model.found.without_rate);
    if (model.without_value != 0)
        answer.note("Buyers of whom no mean amount can be told, and who are in no value: " +
                    std::to_string(model.without_value) + ".");
}

}  // namespace filrouge::engine
