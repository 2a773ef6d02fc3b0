// What customers are worth: RFM, and what is to be expected of them.
#include <algorithm>
#include <array>
#include <cmath>

#include "engine/question_kinds.h"
#include "engine/times.h"
#include "measure/buying.h"
#include "measure/spend.h"
#include "query/purchases.h"

namespace filrouge::engine {

namespace {

Result<query::PurchaseQuestion> purchase_question(Asking& asking, Arguments& arguments) {
    const Asking::EventSpec purchase =
        TRY(asking.event(TRY(arguments.text_or("purchase", "Order Completed"))));
    query::PurchaseQuestion question;
    question.compiled = purchase.compiled;
    question.purchase = purchase.event;
    question.rates = &asking.rates();
    if (const auto currency = TRY(arguments.text("currency"))) {
        const auto known = Currency::parse(*currency);
        if (!known) return arguments.wrong("currency", "a currency of three letters");
        question.currency = *known;
    }
    if (asking.zone != nullptr)
        question.offset_us = asking.zone->local_from_utc_us(asking.now.us) - asking.now.us;
    return question;
}

}  // namespace

Result<Answer> rfm_question(Asking& asking, Arguments& arguments) {
    const query::PurchaseQuestion question = TRY(purchase_question(asking, arguments));
    TRY(arguments.done());
    const query::Purchases purchases =
        TRY(query::purchases(asking.view, asking.scope, question, asking.run));
    const query::Rfm rfm = query::rfm(purchases);
    Answer answer;
    answer.fact("buyers", std::uint64_t{purchases.buyers.size()});
    answer.fact("currency", purchases.currency.text());
    answer.fact("amounts_without_rate", purchases.without_rate);
    auto& rows = answer.table("rows", {"recency", "frequency", "monetary", "buyers"});
    for (std::uint64_t r = 5; r-- > 0;) {
        for (std::uint64_t f = 5; f-- > 0;) {
            for (std::uint64_t m = 5; m-- > 0;) {
                if (rfm.cells[r][f][m] != 0) rows.add({r + 1, f + 1, m + 1, rfm.cells[r][f][m]});
            }
        }
    }
    auto& cuts =
        answer.table("cuts", {"score", "last_purchase_from", "purchases_from", "amount_from"});
    for (std::size_t s = 0; s < 5; ++s) {
        const auto shown = [](std::int64_t cut, auto as) -> Answer::Value {
            if (cut == INT64_MAX) return std::monostate();
            return as(cut);
        };
        cuts.add({std::uint64_t{s + 1},
                  shown(rfm.recency_cuts[s], [](std::int64_t v) { return iso_time(EventTime{v}); }),
                  shown(rfm.frequency_cuts[s], [](std::int64_t v) { return v; }),
                  shown(rfm.monetary_cuts[s], [](std::int64_t v) { return Answer::Fixed{v}; })});
    }
    return answer;
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

// What one buyer will do within the horizon, by either model of buying.
struct Prospect {
    double alive = 0, purchases = 0;
};

template <class Model>
void tell_fit(Answer& answer, const measure::BuyingFit<Model>& fit,
              const std::array<std::string_view, 4>& names, const std::array<double, 4>& values) {
    for (std::size_t i = 0; i < names.size(); ++i) answer.fact(names[i], values[i]);
    answer.fact("log_likelihood", fit.log_likelihood);
    answer.fact("converged", fit.converged);
}

// Buyers by what is expected of them, in ten parts of the same number.
void add_deciles(Answer& answer, const std::vector<query::Buyer>& buyers,
                 const std::vector<Prospect>& prospects, const std::vector<double>& values) {
    auto& rows = answer.table("rows", {"decile", "buyers", "mean_purchases_so_far", "mean_p_alive",
                                       "expected_purchases", "expected_value"});
    std::vector<std::size_t> order(buyers.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return values[a] != values[b] ? values[a] > values[b]
                                      : prospects[a].purchases > prospects[b].purchases;
    });
    for (std::size_t decile = 0; decile < 10; ++decile) {
        const std::size_t from = decile * order.size() / 10;
        const std::size_t to = (decile + 1) * order.size() / 10;
        double so_far = 0, alive = 0, purchases = 0, value = 0;
        for (std::size_t k = from; k < to; ++k) {
            const std::size_t i = order[k];
            so_far += buyers[i].purchases;
            alive += prospects[i].alive;
            purchases += prospects[i].purchases;
            value += values[i];
        }
        const double n = static_cast<double>(to - from);
        if (n == 0) continue;
        rows.add({std::uint64_t{decile + 1}, std::uint64_t{to - from}, so_far / n, alive / n,
                  purchases, value});
    }
}

}  // namespace

// Lifetime value: BG/NBD or Pareto/NBD for how often, Gamma-Gamma for how much.
Result<Answer> value_question(Asking& asking, Arguments& arguments) {
    const query::PurchaseQuestion question = TRY(purchase_question(asking, arguments));
    const auto weeks = TRY(arguments.number("weeks", 1, 520)).value_or(52);
    const std::string model = TRY(arguments.text_or("model", "bg_nbd"));
    if (model != "bg_nbd" && model != "pareto_nbd")
        return arguments.wrong("model", "bg_nbd or pareto_nbd");
    TRY(arguments.done());
    const query::Purchases found =
        TRY(query::purchases(asking.view, asking.scope, question, asking.run));
    const std::int64_t end = std::min(asking.scope.to, asking.now.us);
    std::vector<measure::BuyingRow> rows;
    std::vector<measure::SpendRow> spends;
    for (const query::Buyer& buyer : found.buyers) {
        rows.push_back({history_of(buyer, end), 1});
        const double mean = buyer.repeats == 0 ? 0
                                               : static_cast<double>(buyer.repeat_amount) /
                                                     buyer.repeats / kFixedScale;
        if (mean > 0) spends.push_back({buyer.repeats, mean, 1});
    }
    Answer answer;
    answer.fact("buyers", std::uint64_t{found.buyers.size()});
    answer.fact("model", model);
    answer.fact("weeks", weeks);
    std::vector<Prospect> prospects(found.buyers.size());
    const auto grouped = measure::grouped(rows);
    if (model == "bg_nbd") {
        const auto fit = TRY(measure::fit_bg_nbd(grouped));
        tell_fit(answer, fit, {"r", "alpha", "a", "b"},
                 {fit.model.r, fit.model.alpha, fit.model.a, fit.model.b});
        for (std::size_t i = 0; i < prospects.size(); ++i)
            prospects[i] = {measure::p_alive(fit.model, rows[i].history),
                            measure::expected_purchases(fit.model, rows[i].history, weeks)};
    } else {
        const auto fit = TRY(measure::fit_pareto_nbd(grouped));
        tell_fit(answer, fit, {"r", "alpha", "s", "beta"},
                 {fit.model.r, fit.model.alpha, fit.model.s, fit.model.beta});
        for (std::size_t i = 0; i < prospects.size(); ++i)
            prospects[i] = {measure::p_alive(fit.model, rows[i].history),
                            measure::expected_purchases(fit.model, rows[i].history, weeks)};
    }
    TRY(asking.run.check());
    std::vector<double> values(prospects.size());
    if (const auto spend = measure::fit_gamma_gamma(spends); spend.ok()) {
        const measure::GammaGamma& g = spend.value().model;
        answer.fact("p", g.p);
        answer.fact("q", g.q);
        answer.fact("v", g.v);
        for (std::size_t i = 0; i < values.size(); ++i) {
            const query::Buyer& buyer = found.buyers[i];
            const double mean = buyer.repeats == 0 ? 0
                                                   : static_cast<double>(buyer.repeat_amount) /
                                                         buyer.repeats / kFixedScale;
            const auto each = measure::expected_spend(g, mean > 0 ? buyer.repeats : 0, mean);
            values[i] = each.value_or(0) * prospects[i].purchases;
        }
    } else {
        answer.note("Nothing is said of value: " + spend.error().message);
    }
    double purchases = 0, value = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        purchases += prospects[i].purchases;
        value += values[i];
    }
    answer.fact("expected_purchases", purchases);
    answer.fact("expected_value", value);
    answer.fact("currency", found.currency.text());
    add_deciles(answer, found.buyers, prospects, values);
    return answer;
}

}  // namespace filrouge::engine
