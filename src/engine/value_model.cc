#include "engine/value_model.h"

#include <algorithm>

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

constexpr double kWeekUs = 7 * 86'400e6;

measure::History history_of(const query::Buyer& buyer, std::int64_t end) {
    measure::History history;
    history.repeats = buyer.repeats;
    history.last = buyer.repeats == 0 ? 0 : static_cast<double>(buyer.last - buyer.first) / kWeekUs;
    history.age = std::max(history.last, static_cast<double>(end - buyer.first) / kWeekUs);
    return history;
}

// Of the repeat purchases; 0 when there is none, or nothing was paid for them.
double mean_spend(const query::Buyer& buyer) {
    if (buyer.repeats == 0 || buyer.repeat_amount <= 0) return 0;
    return static_cast<double>(buyer.repeat_amount) / buyer.repeats / kFixedScale;
}

template <class Model>
void take_fit(const measure::BuyingFit<Model>& fit, const std::vector<measure::BuyingRow>& rows,
              double weeks, ValueModel& out) {
    out.log_likelihood = fit.log_likelihood;
    out.converged = fit.converged;
    out.prospects.reserve(rows.size());
    for (const measure::BuyingRow& row : rows)
        out.prospects.push_back({measure::p_alive(fit.model, row.history),
                                 measure::expected_purchases(fit.model, row.history, weeks), 0});
}

Result<void> fit_buying(std::int64_t end, const ValueRequest& request, ValueModel& out) {
    std::vector<measure::BuyingRow> rows;
    rows.reserve(out.found.buyers.size());
    for (const query::Buyer& buyer : out.found.buyers) rows.push_back({history_of(buyer, end), 1});
    const auto grouped = measure::grouped(rows);
    if (request.by_pareto) {
        const auto fit = TRY(measure::fit_pareto_nbd(grouped));
        const measure::ParetoNbd& m = fit.model;
        out.buying = {{"r", m.r}, {"alpha", m.alpha}, {"s", m.s}, {"beta", m.beta}};
        take_fit(fit, rows, request.weeks, out);
    } else {
        const auto fit = TRY(measure::fit_bg_nbd(grouped));
        const measure::BgNbd& m = fit.model;
        out.buying = {{"r", m.r}, {"alpha", m.alpha}, {"a", m.a}, {"b", m.b}};
        take_fit(fit, rows, request.weeks, out);
    }
    return {};
}

void fit_spending(ValueModel& out) {
    std::vector<measure::SpendRow> spends;
    for (const query::Buyer& buyer : out.found.buyers) {
        if (const double mean = mean_spend(buyer); mean > 0)
            spends.push_back({buyer.repeats, mean, 1});
    }
    const auto fit = measure::fit_gamma_gamma(spends);
    if (!fit.ok()) {
        out.no_value = fit.error().message;
        return;
    }
    out.has_value = true;
    const measure::GammaGamma& g = fit.value().model;
    out.spending = {{"p", g.p}, {"q", g.q}, {"v", g.v}};
    for (std::size_t i = 0; i < out.prospects.size(); ++i) {
        const query::Buyer& buyer = out.found.buyers[i];
        const double mean = mean_spend(buyer);
        const auto each = measure::expected_spend(g, mean > 0 ? buyer.repeats : 0, mean);
        out.prospects[i].value = each.value_or(0) * out.prospects[i].purchases;
    }
}

}  // namespace

Result<ValueModel> fit_value(Asking& asking, const ValueRequest& request) {
    ValueModel out;
    out.found = TRY(query::purchases(asking.view, asking.scope, request.purchases, asking.run));
    TRY(fit_buying(std::min(asking.scope.to, asking.now.us), request, out));
    TRY(asking.run.check());
    fit_spending(out);
    for (const Prospect& prospect : out.prospects) {
        out.purchases += prospect.purchases;
        out.value += prospect.value;
    }
    return out;
}

void tell_fit(const ValueRequest& request, const ValueModel& model, Answer& answer) {
    answer.fact("model", std::string(request.model()));
    answer.fact("weeks", request.weeks);
    for (const auto& [name, value] : model.buying) answer.fact(name, value);
    answer.fact("log_likelihood", model.log_likelihood);
    answer.fact("converged", model.converged);
    for (const auto& [name, value] : model.spending) answer.fact(name, value);
    if (!model.has_value) answer.note("Nothing is said of value: " + model.no_value);
    answer.fact("expected_purchases", model.purchases);
    answer.fact("expected_value", model.value);
    answer.fact("currency", model.found.currency.text());
}

}  // namespace filrouge::engine
