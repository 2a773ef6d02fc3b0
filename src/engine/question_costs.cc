#include "engine/question_costs.h"

#include <boost/json.hpp>

#include "measure/channel_mix.h"

namespace filrouge::engine {
namespace {

constexpr std::size_t kCostsMax = measure::kMixChannelsMax * measure::kMixPeriodsMax;

Error bad_cost(std::size_t row, std::string_view wanted) {
    return {"question.invalid",
            "Row " + std::to_string(row + 1) + " of costs " + std::string(wanted) + ".",
            R"(A row is {"at": "2026-03-02", "channel": "search", "amount": 120.5}.)"};
}

}  // namespace

Result<std::vector<Cost>> costs_of(const Asking& asking, Arguments& arguments) {
    std::vector<Cost> out;
    const auto* told = arguments.any("costs");
    if (told == nullptr || told->is_null()) return out;
    if (!told->is_array() || told->get_array().size() > kCostsMax)
        return arguments.wrong("costs", "a list of rows with at, channel and amount");
    out.reserve(told->get_array().size());
    for (std::size_t i = 0; i < told->get_array().size(); ++i) {
        const boost::json::value& row = told->get_array()[i];
        if (!row.is_object()) return bad_cost(i, "is no object");
        Arguments fields(row.get_object(), "costs");
        const auto at = TRY(fields.text("at"));
        auto channel = TRY(fields.text("channel"));
        const auto amount = TRY(fields.number("amount", 0, 1e12));
        TRY(fields.done());
        if (!at || !channel || channel->empty() || !amount) return bad_cost(i, "lacks a field");
        const std::int64_t when = TRY(asking.instant(*at));
        out.push_back({when, std::move(*channel), *amount});
    }
    return out;
}

}  // namespace filrouge::engine
