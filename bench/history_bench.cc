// The kernels of query/ over columns made straight from the generated event set, without server or
// log: what a question costs at least, beside one pass over the memory it reads.
//   history_bench events.csv [rounds [part of a question's name]]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <numeric>
#include <string>

#include "audience/rule.h"
#include "history/columns.h"
#include "query/attribution.h"
#include "query/flows.h"
#include "query/funnel.h"
#include "query/members.h"
#include "query/metric.h"
#include "query/purchases.h"
#include "query/retention.h"
#include "query/rfm.h"
#include "query/share.h"

namespace {

using namespace filrouge;

double now_s() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

struct Line {
    std::int64_t at;
    std::uint32_t customer, product, category, cents;
    std::uint8_t type, channel;
};

constexpr std::uint32_t kCategoryKey = 50, kCategories = 60, kProducts = 1'000;
const char* const kTypes[] = {"page_view", "product_view", "add_to_cart", "checkout", "purchase"};
const char* const kWays[] = {"web", "app", "store", "call", "social"};

std::int64_t days_from_civil(int y, int m, int d) {  // Hinnant, chrono-compatible date algorithms
    y -= m <= 2;
    const int era = y / 400;
    const int yoe = y - era * 400;
    const int doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return std::int64_t{era} * 146'097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719'468;
}

std::vector<Line> read(const char* path) {
    std::vector<Line> lines;
    std::ifstream in(path);
    std::string text;
    while (std::getline(in, text)) {
        if (text.empty() || text[0] == 't') continue;
        const auto number = [&](std::size_t at, std::size_t n) {
            return std::atoi(text.substr(at, n).c_str());
        };
        Line l{};
        l.at = (days_from_civil(number(0, 4), number(5, 2), number(8, 2)) * 86'400 +
                number(11, 2) * 3'600 + number(14, 2) * 60 + number(17, 2)) *
               1'000'000;
        char type[20], way[20];
        if (std::sscanf(text.c_str() + 20, "%u,%19[^,],%19[^,],%u,%u,%u", &l.customer, type, way,
                        &l.product, &l.category, &l.cents) != 6)
            std::abort();
        for (std::uint8_t i = 0; i < 5; ++i) {
            if (std::string_view(kTypes[i]) == type) l.type = i;
            if (std::string_view(kWays[i]) == way) l.channel = i;
        }
        lines.push_back(l);
    }
    std::stable_sort(lines.begin(), lines.end(),
                     [](const Line& a, const Line& b) { return a.customer < b.customer; });
    return lines;
}

Channel channel_of(std::uint8_t way) {
    constexpr Channel kChannel[] = {Channel::Web, Channel::App, Channel::Store, Channel::Call,
                                    Channel::Social};
    return kChannel[way];
}

history::View build(const std::vector<Line>& lines) {
    history::Columns columns;
    history::SegmentBuilder builder;
    std::uint32_t range = 0, person = UINT32_MAX;
    std::uint64_t sequence = 0;
    const auto put = [&](std::uint32_t made) {
        const auto segment = history::Segment::of(builder.finish());
        columns.put_range(made, {&segment, 1});
    };
    for (const Line& l : lines) {
        if (l.customer / history::kPersonsPerRange != range) {
            put(range);
            range = l.customer / history::kPersonsPerRange;
        }
        if (l.customer != person) builder.begin_part(PersonNo{l.customer}, 0, PurposeSet{1});
        person = l.customer;
        history::EventRow row;
        row.at = EventTime{l.at};
        row.sequence = ++sequence;
        row.name = StringNo{l.type};
        row.channel = channel_of(l.channel);
        row.allowed = PurposeSet{1};
        row.has_value = l.cents != 0;
        row.value = {std::int64_t{l.cents} * 100, *Currency::parse("EUR")};
        if (l.product != 0) row.product = StringNo{kProducts + l.product};
        const history::Cell cell{StringNo{kCategoryKey}, history::CellKind::Text, 0,
                                 StringNo{kCategories + l.category}};
        if (l.category != 0) row.cells = {&cell, 1};
        builder.add(row);
    }
    put(range);
    return columns.view(sequence);
}

struct Names final : audience::Names {
    StringNo number(std::string_view text) override {
        for (std::uint32_t i = 0; i < 5; ++i) {
            if (text == kTypes[i]) return StringNo{i};
        }
        if (text == "category") return StringNo{kCategoryKey};
        return StringNo{kCategories +
                        static_cast<std::uint32_t>(std::atoi(std::string(text).c_str()))};
    }
    std::string_view text(StringNo) const override { return {}; }
    std::optional<std::uint8_t> purpose(std::string_view) const override { return 0; }
    std::optional<audience::AudienceNo> audience(std::string_view) const override { return {}; }
};

audience::Compiled compiled(const char* text, Names& names) {
    const auto rule = audience::parse(text);
    if (const auto* wrong = std::get_if<audience::RuleError>(&rule)) {
        std::fprintf(stderr, "%s\n", wrong->message.c_str());
        std::abort();
    }
    return std::get<audience::Compiled>(audience::compile(std::get<audience::Rule>(rule), names));
}

const char* only = "";  // measure what has this in its name

void measure(const char* what, int rounds, const std::function<std::string()>& ask) {
    if (std::strstr(what, only) == nullptr) return;
    double best = 1e9;
    std::string answer;
    for (int i = 0; i < rounds; ++i) {
        const double begun = now_s();
        answer = ask();
        best = std::min(best, now_s() - begun);
    }
    std::printf("%-28s %8.1f ms   %s\n", what, best * 1e3, answer.c_str());
}

// Questions about weeks and about channels.
void measure_periods(const history::View& view, const query::Scope& scope,
                     const audience::Compiled& purchase, int rounds) {
    const audience::compiled::Event bought = purchase.aggregates[0].event;
    constexpr std::int64_t kWeekUs = 7 * 86'400'000'000;
    std::int64_t begin = INT64_MAX, end = INT64_MIN;
    for (const history::Piece& piece : view.pieces) {
        for (std::uint32_t row = 0; row < piece.segment->rows(); row += 97) {
            begin = std::min(begin, piece.segment->at.at(row));
            end = std::max(end, piece.segment->at.at(row));
        }
    }
    std::vector<std::int64_t> weeks = {begin - kWeekUs};
    while (weeks.back() < end) weeks.push_back(weeks.back() + kWeekUs);
    measure("retention by week", rounds, [&] {
        query::Run run;
        query::RetentionQuestion q;
        q.compiled = &purchase;
        q.first = q.again = bought;
        q.periods = weeks;
        const auto r = query::retention(view, scope, q, run);
        std::uint64_t persons = 0, back = 0;
        for (std::size_t c = 0; c + 1 < weeks.size(); ++c) {
            persons += r.value().all.persons(c);
            if (c + 2 < weeks.size()) back += r.value().all.returned(c, 1);
        }
        return std::to_string(persons) + " persons, " + std::to_string(back) + " a week later";
    });
    query::MetricQuestion q;
    q.compiled = &purchase;
    audience::compiled::Event any;
    any.any = true;
    q.buckets = weeks;
    const auto ask = [&] {
        query::Run run;
        query::Groups groups;
        q.groups[0] = &groups;
        q.by[0] = query::Dimension(query::DimensionKind::Channel, {}, groups);
        const auto m = query::metric(view, scope, q, run);
        std::uint64_t persons = 0;
        for (const query::MetricRow& row : m.value().rows) persons += row.cells[0].persons;
        return std::to_string(m.value().rows.size()) + " cells, " + std::to_string(persons) +
               " persons in them";
    };
    q.measures = {{bought, query::ValueOf::Revenue, {}, query::DimensionKind::None, {}}};
    measure("revenue by week, channel", rounds, ask);
    q.measures = {{any, query::ValueOf::None, {}, query::DimensionKind::None, {}}};
    measure("all events by week, channel", rounds, ask);
    measure("web before store", rounds, [&] {
        query::Run run;
        query::CrossQuestion cross;
        cross.compiled = &purchase;
        cross.purchase = bought;
        cross.touch = any;
        cross.purchase_channels = 1u << static_cast<unsigned>(Channel::Store);
        cross.touch_channels = 1u << static_cast<unsigned>(Channel::Web);
        const auto c = query::cross_channel(view, scope, cross, run);
        return std::to_string(c.value().touched) + " of " + std::to_string(c.value().purchases);
    });
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) return 2;
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
    if (argc > 3) only = argv[3];
    const std::vector<Line> lines = read(argv[1]);
    double begun = now_s();
    const history::View view = build(lines);
    std::printf("%llu events, %.1f bytes each, built in %.2f s\n",
                static_cast<unsigned long long>(view.rows()),
                static_cast<double>(view.bytes()) / static_cast<double>(view.rows()),
                now_s() - begun);
    Names names;
    query::Scope scope;
    measure("one pass over the columns", rounds, [&] {
        std::uint64_t sum = 0;
        for (const history::Piece& p : view.pieces) {
            const auto* at = reinterpret_cast<const std::uint64_t*>(p.segment->at.data);
            for (std::size_t i = 0; i < p.segment->rows() / 2; ++i) sum += at[i];
        }
        return std::to_string(sum & 1) + " (times alone, one core)";
    });
    {
        const auto rule = compiled(
            "product_view then add_to_cart within 24 hours then purchase within 24 hours", names);
        query::FunnelQuestion q;
        q.compiled = &rule;
        q.sequence = rule.sequences[0];
        measure("three-step funnel", rounds, [&] {
            query::Run run;
            const auto f = query::funnel(view, scope, q, run);
            return std::to_string(f.value().steps[0].persons) + " " +
                   std::to_string(f.value().steps[1].persons) + " " +
                   std::to_string(f.value().steps[2].persons);
        });
    }
    measure("transitions", rounds, [&] {
        query::Run run;
        const auto t = query::transitions(view, scope, query::NodeOf::NameAndChannel, false, run);
        return std::to_string(t.value()[0].count) + " of " + std::to_string(t.value().size());
    });
    {
        // The day the set ends stands for now.
        const auto rule = compiled(
            "count(product_view where category = \"2\", last 29 days) >= 3 and "
            "not any(purchase, last 89 days) and any(* where channel = store)",
            names);
        query::MembersQuestion q;
        q.compiled = &rule;
        q.now = EventTime{(days_from_civil(2026, 6, 29) * 86'400) * 1'000'000ll - 1};
        measure("audience", rounds, [&] {
            query::Run run;
            const auto m = query::members(view, scope, q, run);
            std::size_t in = 0;
            for (const std::uint64_t word : m.value().in)
                in += static_cast<std::size_t>(std::popcount(word));
            return std::to_string(in) + " of " + std::to_string(m.value().persons) + ", " +
                   std::to_string(m.value().open.size()) + " open";
        });
    }
    const auto purchase = compiled("count(purchase) >= 1", names);
    measure("RFM", rounds, [&] {
        query::Run run;
        query::PurchaseQuestion q;
        q.compiled = &purchase;
        q.purchase = purchase.aggregates[0].event;
        const auto r = query::rfm(view, scope, q, run);
        int cells = 0;
        for (const auto& a : r.value().cells)
            for (const auto& b : a)
                for (const auto c : b) cells += c != 0 ? 1 : 0;
        return std::to_string(r.value().buyers) + " buyers, " + std::to_string(cells) + " cells";
    });
    measure("last and linear attribution", rounds, [&] {
        query::Run run;
        query::Groups groups;
        query::AttributionQuestion q;
        q.compiled = &purchase;
        q.conversion = purchase.aggregates[0].event;
        q.groups = &groups;
        q.by = query::Dimension(query::DimensionKind::Channel, {}, groups);
        const auto a = query::attribution(view, scope, q, run);
        double web = 0, linear = 0;
        for (std::uint32_t g = 1; g < groups.size(); ++g) {
            if (groups.key(g).value != static_cast<std::int64_t>(Channel::Web)) continue;
            web = a.value().groups[g].last.value / 100;
            linear = a.value().groups[g].linear.value / 100;
        }
        char text[80];
        std::snprintf(text, sizeof text, "web %.0f last, %.0f linear", web, linear);
        return std::string(text);
    });
    measure_periods(view, scope, purchase, rounds);
    return 0;
}
