// What customers are worth: RFM, and what is to be expected of them.
#include <algorithm>
#include <numeric>

#include "engine/question_kinds.h"
#include "engine/times.h"
#include "engine/value_model.h"
#include "query/rfm.h"

namespace filrouge::engine {

Result<Answer> rfm_question(Asking& asking, Arguments& arguments) {
    const query::PurchaseQuestion question = TRY(purchase_question(asking, arguments));
    TRY(arguments.done());
    const query::Rfm rfm = TRY(query::rfm(asking.view, asking.scope, question, asking.run));
    Answer answer;
    answer.fact("buyers", rfm.buyers);
    answer.fact("currency", rfm.currency.text());
    answer.fact("amounts_without_rate", rfm.without_rate);
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

// Buyers by what is expected of them, in ten parts of the same number.
void add_deciles(Answer& answer, const ValueModel& model) {
    auto& rows = answer.table("rows", {"decile", "buyers", "mean_purchases_so_far", "mean_p_alive",
                                       "expected_purchases", "expected_value"});
    std::vector<std::size_t> order(model.prospects.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) {
        const Prospect &a = model.prospects[i], &b = model.prospects[j];
        const double value = a.value.value_or(0), other = b.value.value_or(0);
        return value != other ? value > other : a.purchases > b.purchases;
    });
    for (std::size_t decile = 0; decile < 10; ++decile) {
        const std::size_t from = decile * order.size() / 10;
        const std::size_t to = (decile + 1) * order.size() / 10;
        if (from == to) continue;
        double so_far = 0, value = 0;
        Prospect sum;
        for (std::size_t k = from; k < to; ++k) {
            const Prospect& each = model.prospects[order[k]];
            so_far += model.found.buyers[order[k]].purchases;
            sum.alive += each.alive;
            sum.purchases += each.purchases;
            value += each.value.value_or(0);
        }
        const double n = static_cast<double>(to - from);
        rows.add({std::uint64_t{decile + 1}, std::uint64_t{to - from}, so_far / n, sum.alive / n,
                  sum.purchases, value});
    }
}

}  // namespace

Result<Answer> value_question(Asking& asking, Arguments& arguments) {
    const ValueRequest request = TRY(value_request(asking, arguments));
    TRY(arguments.done());
    const ValueModel model = TRY(fit_value(asking, request));
    Answer answer;
    answer.fact("buyers", std::uint64_t{model.found.buyers.size()});
    tell_fit(request, model, answer);
    add_deciles(answer, model);
    if (asking.scope.from != INT64_MIN)
        answer.note(
            "Purchases before the question's time are not known here: who bought then looks newer "
            "and rarer than they are. Ask without from and last for what to expect of buyers.");
    return answer;
}

}  // namespace filrouge::engine
