// Who came back, and who buys on several channels.
#include <algorithm>
#include <map>

#include "engine/question_kinds.h"
#include "engine/question_periods.h"
#include "engine/value_model.h"
#include "query/retention.h"
#include "query/share.h"

namespace filrouge::engine {
namespace {

double plain(__int128 fixed) { return static_cast<double>(fixed) / kFixedScale; }

// How many of a cohort's later periods are over or under way: of a young one most lie ahead. Of
// windows those that the first of the cohort may have begun.
std::size_t known_columns(const Asking& asking, const Periods& periods,
                          const query::RetentionQuestion& question, std::size_t cohort,
                          std::size_t columns) {
    if (question.window_us == 0) return columns - cohort;
    const std::int64_t first = std::max(periods.edges[cohort], asking.scope.from);
    const std::int64_t time = std::max<std::int64_t>(0, period_end(asking) - first);
    const std::int64_t begun = time / question.window_us + (time % question.window_us != 0 ? 1 : 0);
    return std::min(columns, static_cast<std::size_t>(begun));
}

void add_cohorts(Answer::Table& rows, const Asking& asking, const Periods& periods,
                 const query::RetentionQuestion& question, const query::CohortTable& table,
                 const std::optional<std::string>& group) {
    if (table.empty()) return;
    for (std::size_t c = 0; c < periods.size(); ++c) {
        if (table.persons(c) == 0) continue;
        const std::size_t columns = known_columns(asking, periods, question, c, table.columns);
        for (std::size_t later = 0; later < columns; ++later) {
            std::vector<Answer::Value> row;
            if (group) row.emplace_back(*group);
            row.insert(row.end(), {period_name(asking, periods.grain, periods.edges[c]),
                                   std::uint64_t{later}, table.persons(c), table.returned(c, later),
                                   share_of(table.returned(c, later), table.persons(c))});
            rows.add(std::move(row));
        }
    }
}

}  // namespace

Result<Answer> retention_question(Asking& asking, Arguments& arguments) {
    const std::string first = TRY(arguments.text_or("first", "*"));
    const std::string again = TRY(arguments.text_or("again", first));
    const EventPair pair = TRY(event_pair(asking, first, again));
    const Grain grain = TRY(grain_of(arguments, "grain")).value_or(Grain::Week);
    if (grain == Grain::Hour) return arguments.wrong("grain", "day, week or month");
    query::RetentionQuestion question;
    question.compiled = pair.compiled;
    question.first = pair.first;
    question.again = pair.second;
    if (const auto window = TRY(arguments.text("window")))
        question.window_us = TRY(asking.length(*window));
    const auto windows = TRY(arguments.whole("windows", 1, query::kRetentionPeriodsMax));
    if (windows && question.window_us == 0)
        return arguments.wrong("windows", "beside window, the length of each");
    question.windows =
        question.window_us == 0 ? 0 : static_cast<std::uint32_t>(windows.value_or(8));
    question.first_in_time = TRY(arguments.yes("first_in_time", false));
    const auto by = TRY(arguments.text("by"));
    TRY(arguments.done());
    query::Groups groups;
    if (by) {
        question.by = TRY(asking.dimension(*by, groups));
        question.groups = &groups;
    }
    const Periods periods = TRY(periods_of(asking, grain, query::kRetentionPeriodsMax));
    question.periods = periods.edges;
    const query::Retention found =
        TRY(query::retention(asking.view, asking.scope, question, asking.run));
    Answer answer;
    std::uint64_t persons = 0;
    for (std::size_t c = 0; c < periods.size(); ++c) persons += found.all.persons(c);
    answer.fact("persons", persons);
    auto& rows = answer.table("rows", {"cohort", "later", "persons", "returned", "share"});
    add_cohorts(rows, asking, periods, question, found.all, {});
    if (!by) return answer;
    const std::string column =
        column_of_split(*by, {"cohort", "later", "persons", "returned", "share"});
    auto& split =
        answer.table("groups", {column, "cohort", "later", "persons", "returned", "share"});
    for (std::uint32_t g = 0; g < found.by_group.size(); ++g)
        add_cohorts(split, asking, periods, question, found.by_group[g],
                    asking.group_name(groups.key(g), asking.kind_of_dimension(*by)));
    return answer;
}

namespace {

Result<std::uint16_t> channels_of(Arguments& arguments, std::string_view name) {
    std::uint16_t bits = 0;
    for (const std::string& text : TRY(arguments.texts(name, kChannels))) {
        const auto channel = channel_named(text);
        if (!channel) return arguments.wrong(name, "channels, as web, app or store");
        bits = static_cast<std::uint16_t>(bits | 1u << static_cast<unsigned>(*channel));
    }
    return bits;
}

constexpr std::size_t kChannelGroupsMax = kChannels;

// Channels under one name: a brand's web and app are "online".
struct ChannelGroup {
    std::string name;
    std::uint16_t channels = 0;  // bit by channel
};
Result<std::vector<ChannelGroup>> groups_of(Arguments& arguments) {
    std::vector<ChannelGroup> out;
    const auto* told = arguments.any("groups");
    if (told == nullptr || told->is_null()) return out;
    const std::string_view wanted = "an object of names, each with its channels";
    if (!told->is_object() || told->get_object().size() > kChannelGroupsMax)
        return arguments.wrong("groups", wanted);
    out.reserve(told->get_object().size());
    Arguments fields(told->get_object(), "groups");
    unsigned taken = 0;
    for (const auto& member : told->get_object()) {
        ChannelGroup group{std::string(member.key()), TRY(channels_of(fields, member.key()))};
        if (group.name.empty() || group.channels == 0) return arguments.wrong("groups", wanted);
        // The answer tells channels that are in no group by their own names.
        const auto channel = channel_named(group.name);
        if (channel && (group.channels >> static_cast<unsigned>(*channel) & 1u) == 0)
            return arguments.wrong("groups", "such that none has the name of another channel");
        if ((taken & group.channels) != 0)
            return arguments.wrong("groups", "such that no channel is in two of them");
        taken |= group.channels;
        out.push_back(std::move(group));
    }
    return out;
}

// Who combines which: "app + web", or of groups "online + store".
void add_sets(Answer& answer, std::string_view table, const std::string& column,
              const std::map<std::string, query::ChannelShare::Customers>& sets) {
    constexpr double kDayUs = 86'400e6;
    auto& rows = answer.table(table, {});
    rows.columns = {column,        "customers",   "purchases",        "amount",
                    "mean_amount", "repeat_rate", "mean_days_between"};
    std::vector<const std::pair<const std::string, query::ChannelShare::Customers>*> order;
    order.reserve(sets.size());
    for (const auto& each : sets) order.push_back(&each);
    std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
        return a->second.customers > b->second.customers;
    });
    for (const auto* each : order) {
        const query::ChannelShare::Customers& c = each->second;
        const auto mean = c.mean_amount(), lifetime = c.mean_lifetime_us();
        rows.add({each->first, c.customers, c.purchases, plain(c.amount),
                  mean ? Answer::Value(*mean / kFixedScale) : Answer::Value(),
                  shown(c.repeat_rate()),
                  lifetime ? Answer::Value(*lifetime / kDayUs) : Answer::Value()});
    }
}

void add_combinations(Answer& answer, const query::ChannelShare& share,
                      const std::vector<ChannelGroup>& groups) {
    const auto put = [](std::string& to, std::string_view name) {
        if (!to.empty()) to += " + ";
        to += name;
    };
    std::map<std::string, query::ChannelShare::Customers> of_channels, of_groups;
    for (const auto& [channels, customers] : share.by_set) {
        std::string name, group_name;
        unsigned left = channels;
        for (const ChannelGroup& group : groups) {
            if ((group.channels & channels) != 0) put(group_name, group.name);
            left &= ~unsigned{group.channels};
        }
        for (std::size_t c = 0; c < kChannels; ++c) {
            if ((channels >> c & 1u) != 0) put(name, kChannelNames[c]);
            if ((left >> c & 1u) != 0) put(group_name, kChannelNames[c]);
        }
        of_channels[name].add(customers);
        of_groups[group_name].add(customers);
    }
    add_sets(answer, "combinations", "channels", of_channels);
    if (!groups.empty()) add_sets(answer, "groups", "groups", of_groups);
}

void add_customers(Answer& answer, const query::ChannelShare& share) {
    answer.fact("customers", share.all().customers);
    // A share tells of both parts.
    const std::uint64_t multi = share.multi().customers, others = share.all().customers - multi;
    const std::uint64_t fewer = multi == 0 || others == 0 ? 0 : std::min(multi, others);
    answer.fact("multi_share_of_customers", shown(share.multi_share_of_customers()), fewer);
    answer.fact("multi_share_of_revenue", shown(share.multi_share_of_revenue()), fewer);
    auto& rows = answer.table(
        "rows", {"channels", "customers", "purchases", "amount", "mean_amount", "repeat_rate"});
    for (std::size_t n = 0; n < share.by_channels.size(); ++n) {
        const query::ChannelShare::Customers& c = share.by_channels[n];
        if (c.customers == 0) continue;
        const auto mean = c.mean_amount();
        rows.add({std::uint64_t{n}, c.customers, c.purchases, plain(c.amount),
                  mean ? Answer::Value(*mean / kFixedScale) : Answer::Value(),
                  shown(c.repeat_rate())});
    }
}

Result<query::CrossQuestion> cross_question(Asking& asking, Arguments& arguments) {
    query::CrossQuestion question;
    const EventPair pair =
        TRY(event_pair(asking, TRY(arguments.text_or("purchase", "Order Completed")),
                       TRY(arguments.text_or("touch", "*"))));
    question.compiled = pair.compiled;
    question.purchase = pair.first;
    question.touch = pair.second;
    question.purchase_channels = TRY(channels_of(arguments, "bought_on"));
    question.touch_channels = TRY(channels_of(arguments, "began_on"));
    if ((question.purchase_channels == 0) != (question.touch_channels == 0))
        return arguments.wrong("began_on", "beside bought_on");
    if (const auto window = TRY(arguments.text("window")))
        question.window_us = TRY(asking.length(*window));
    const std::string common = TRY(arguments.text_or("common", "nothing"));
    if (common != "nothing" && common != "product" && common != "category")
        return arguments.wrong("common", "nothing, product or category");
    question.common = common == "product"    ? query::Common::Product
                      : common == "category" ? query::Common::Category
                                             : query::Common::Nothing;
    question.category = asking.names.number("category");
    question.rates = &asking.rates();
    return question;
}

void add_cross(Answer& answer, const query::CrossChannel& found) {
    const std::uint64_t all = found.buyers, touched = found.touched_buyers;
    answer.fact("purchases", found.purchases, all);
    answer.fact("began_elsewhere", found.touched, touched);
    answer.fact("began_elsewhere_share", share_of(found.touched, found.purchases), touched);
    answer.fact("buyers", all, all);
    answer.fact("buyers_began_elsewhere", touched, touched);
    answer.fact("amount", plain(found.amount), all);
    answer.fact("amount_began_elsewhere", plain(found.touched_amount), touched);
}

}  // namespace

// Customers by how many channels they use; and of the purchases on some channels, how many began on
// others.
Result<Answer> share_question(Asking& asking, Arguments& arguments) {
    const std::string by = TRY(arguments.text_or("by", "bought"));
    if (by != "bought" && by != "touched") return arguments.wrong("by", "bought or touched");
    const query::PurchaseQuestion question = TRY(purchase_question(asking, arguments));
    query::CrossQuestion cross = TRY(cross_question(asking, arguments));
    const std::vector<ChannelGroup> groups = TRY(groups_of(arguments));
    TRY(arguments.done());
    const query::Purchases purchases =
        TRY(query::purchases(asking.view, asking.scope, question, asking.run));
    Answer answer;
    answer.fact("currency", purchases.currency.text());
    answer.fact("amounts_without_rate", purchases.without_rate);
    const query::ChannelShare share =
        by == "bought"
            ? query::share_by_bought(purchases)
            : TRY(query::share_by_touched(asking.view, asking.scope, purchases, asking.run));
    add_customers(answer, share);
    add_combinations(answer, share, groups);
    if (cross.purchase_channels == 0) return answer;
    cross.currency = purchases.currency;
    add_cross(answer, TRY(query::cross_channel(asking.view, asking.scope, cross, asking.run)));
    return answer;
}

}  // namespace filrouge::engine
