// `filrouge query ...`: questions about the history. A kind of question is a row of kKinds; the
// arguments are those of docs/questions.md, and go to the server as they stand.
#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <list>
#include <span>

#include "base/json_writer.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/read_file.h"
#include "cli/table.h"
#include "files/expression.h"
#include "files/record.h"
#include "model/money.h"

namespace filrouge::cli {

namespace json = boost::json;

namespace {

// Off: a flag that says false, "--no-" before the name, of what is so unless it is told otherwise.
// Sets: "online=web,app", once for each name.
// Table: a file of comma-separated values, each line an object by the names of the first.
enum class Form : std::uint8_t { Text, Number, Decimal, Flag, Off, List, Sets, Table };

struct Argument {
    std::string_view name;  // of the question; "--within" for within, or by its place
    std::string_view help;
    Form form = Form::Text;
    bool placed = false;
    bool required = false;
};

constexpr std::array kCommon = {
    Argument{"purpose", "the purpose that may see the answer", Form::Text, false, true},
    Argument{"brand", "whose customers; needed where there are several brands"},
    Argument{"from", "first day, 2026-03-01"},
    Argument{"to", "the day after the last"},
    Argument{"last", "instead: the last '90 days'"},
    Argument{"who", "only persons who fulfil this rule"},
    Argument{"audience", "only members of this audience"},
    Argument{"bots", "automatic visitors, too", Form::Flag},
    Argument{"table", "with --csv: another table of the answer than its rows"},
};

struct Kind {
    std::string_view name, command, help, example;
    std::span<const Argument> arguments;
};

constexpr std::array kFunnel = {
    Argument{"steps", "two to eight events", Form::List, true, true},
    Argument{"within", "of the first step: '24 hours'"},
    Argument{"by", "split by channel, event, source, product, place or a property"},
};
constexpr std::array kTransitions = {
    Argument{"of", "event, channel, or 'event and channel'"},
    Argument{"collapse_loops", "the same several times in a row is once", Form::Flag},
    Argument{"limit", "so many pairs (100)", Form::Number},
};
constexpr std::array kFlows = {
    Argument{"start", "the event the flow starts from"},
    Argument{"end", "or the event it leads to"},
    Argument{"of", "event, channel, or 'event and channel'"},
    Argument{"stages", "so many steps away (4)", Form::Number},
    Argument{"within", "'7 days'"},
    Argument{"collapse_loops", "the same several times in a row stays so often", Form::Off},
};
constexpr std::array kRfm = {
    Argument{"purchase", "the event that is a purchase (Order Completed)"},
    Argument{"currency", "amounts in this currency"},
};
constexpr std::array kAttribution = {
    Argument{"conversion", "the event (Order Completed)"},
    Argument{"touch", "the events that are touches (all but conversions)"},
    Argument{"by", "what is credited (channel)"},
    Argument{"window", "how far back touches count ('30 days')"},
    Argument{"models", "first, last, linear, position, decay, markov, shapley", Form::List},
    Argument{"markov_order", "1 to 3", Form::Number},
    Argument{"half_life", "of time decay ('7 days')"},
    Argument{"first_share", "by position, of the first touch (0.4)", Form::Decimal},
    Argument{"last_share", "by position, of the last touch (0.4)", Form::Decimal},
    Argument{"each_touch_once", "not for a second conversion", Form::Flag},
    Argument{"currency", "values in this currency"},
    Argument{"costs", "a file of lines 'at,channel,amount', beside what each brought", Form::Table},
};
constexpr std::array kValue = {
    Argument{"purchase", "the event that is a purchase (Order Completed)"},
    Argument{"weeks", "how far ahead (52)", Form::Number},
    Argument{"model", "bg_nbd (default) or pareto_nbd"},
    Argument{"currency", "amounts in this currency"},
};
constexpr std::array kMetric = {
    Argument{"of", "count(Order Completed), any(Product Viewed), sum(Order Completed.revenue)",
             Form::Text, true},
    Argument{"over", "a second figure, to divide by"},
    Argument{"by", "split by one or two of channel, event, product, a property", Form::List},
    Argument{"grain", "by hour, day, week or month"},
    Argument{"compare", "beside the time before", Form::Flag},
    Argument{"trace", "the events behind each row", Form::Flag},
    Argument{"currency", "amounts in this currency"},
    Argument{"limit", "so many rows (1000)", Form::Number},
};
constexpr std::array kRetention = {
    Argument{"first", "the event a person begins with (any)"},
    Argument{"again", "the event that is coming back (the same)"},
    Argument{"grain", "cohorts by day, week (default) or month"},
    Argument{"window", "instead of calendar periods: '7 days' from each person's first event"},
    Argument{"windows", "so many of them (8)", Form::Number},
    Argument{"first_in_time", "of the first event in this time, not of all", Form::Flag},
    Argument{"by", "split by the first event's channel, product, property"},
};
constexpr std::array kShare = {
    Argument{"by", "channels they bought on ('bought') or 'touched'"},
    Argument{"groups", "channels put together: online=web,app", Form::Sets},
    Argument{"purchase", "the event that is a purchase (Order Completed)"},
    Argument{"currency", "amounts in this currency"},
    Argument{"bought_on", "of purchases on these channels ...", Form::List},
    Argument{"began_on", "... how many began on these", Form::List},
    Argument{"touch", "with this event (any)"},
    Argument{"window", "at most so long before ('30 days')"},
    Argument{"common", "with the same product or category"},
};
constexpr std::array kNiche = {
    Argument{"rule", "who fulfils this rule, against the rest"},
    Argument{"features", "event, channel, product, weekday, hours, a property", Form::List},
    Argument{"support", "looked at when so many persons have it (20)", Form::Number},
    Argument{"limit", "so many rows (100)", Form::Number},
    Argument{"purchase", "of spent: the event that is a purchase (Order Completed)"},
    Argument{"currency", "amounts in this currency"},
};
constexpr std::array kClusters = {
    Argument{"features", "event, channel, product, recency, spent, a property", Form::List},
    Argument{"most", "so many groups at most (8)", Form::Number},
    Argument{"least_silhouette", "below it there is one group (0.25)", Form::Decimal},
    Argument{"purchase", "of spent: the event that is a purchase (Order Completed)"},
    Argument{"currency", "amounts in this currency"},
};
constexpr std::array kLookalike = {
    Argument{"rule", "resemble who fulfils this rule"},
    Argument{"size", "so many persons (as many as there are)", Form::Number},
    Argument{"purchase", "of spent: the event that is a purchase (Order Completed)"},
    Argument{"features", "event, channel, product, recency, spent, a property", Form::List},
    Argument{"currency", "amounts in this currency"},
};
constexpr std::array kEffect = {
    Argument{"of", "the figure, as in query metric"},
    Argument{"over", "a second figure, to divide by"},
    Argument{"by", "what the treated are some of (place)"},
    Argument{"treated", "where something was done", Form::List, false, true},
    Argument{"leave_out", "where it may have been felt, too", Form::List},
    Argument{"start", "its first day", Form::Text, false, true},
    Argument{"method", "augmented (default), synthetic or difference_in_differences"},
    Argument{"placebo", "of the p value: blocks (default) or shuffles"},
    Argument{"level", "of the interval (0.95)", Form::Decimal},
    Argument{"currency", "amounts in this currency"},
};
constexpr std::array kForecast = {
    Argument{"of", "the figure, as in query metric"},
    Argument{"over", "a second figure, to divide by"},
    Argument{"by", "a forecast for each place, channel, ..."},
    Argument{"limit", "so many of them (5)", Form::Number},
    Argument{"steps", "so many days or weeks ahead (28)", Form::Number},
    Argument{"grain", "day or week"},
    Argument{"holidays", "a file of lines 'date,name'", Form::Table},
    Argument{"level", "of the band (0.9)", Form::Decimal},
    Argument{"currency", "amounts in this currency"},
};
constexpr std::array kRising = {
    Argument{"of", "count(...) or any(...) of an event"},
    Argument{"by", "product (default), place, a property"},
    Argument{"recent", "the last '7 days'"},
    Argument{"before", "beside the '28 days' before"},
    Argument{"limit", "so many rows (100)", Form::Number},
};
constexpr std::array kMix = {
    Argument{"costs", "a file of lines 'at,channel,amount'", Form::Table, false, true},
    Argument{"of", "the figure they shall bring (sum(Order Completed.revenue))"},
    Argument{"over", "a second figure, to divide by"},
    Argument{"grain", "by day, week (default) or month"},
    Argument{"budget", "to split, a period", Form::Decimal},
    Argument{"season", "periods of a year, where it matters", Form::Number},
    Argument{"currency", "amounts in this currency"},
};
constexpr std::array kKinds = {
    Kind{"funnel", "query funnel", "how many get through these steps",
         "filrouge query funnel 'Product Viewed' 'Product Added' 'Order Completed' --within '24 "
         "hours' --purpose statistics",
         kFunnel},
    Kind{"transitions", "query transitions", "what follows what",
         "filrouge query transitions --of channel --purpose statistics", kTransitions},
    Kind{"flows", "query flows", "what comes after an event, or led to it",
         "filrouge query flows --start 'Product Viewed' --purpose statistics", kFlows},
    Kind{"rfm", "query rfm", "buyers by recency, frequency and monetary value",
         "filrouge query rfm --purpose statistics", kRfm},
    Kind{"value", "query value", "who will buy again, how often and for how much",
         "filrouge query value --weeks 52 --purpose statistics", kValue},
    Kind{"attribution", "query attribution", "which touches led to conversions",
         "filrouge query attribution --models last --models linear --purpose statistics",
         kAttribution},
    Kind{"clusters", "query clusters", "groups of persons who behave alike, each with its rule",
         "filrouge query clusters --features event --features channel --last '90 days' --purpose "
         "statistics",
         kClusters},
    Kind{"effect", "query effect", "what an opening or a regional campaign brought",
         "filrouge query effect --of 'sum(Order Completed.revenue)' --treated store-1 --start "
         "2026-03-01 --from 2025-09-01 --purpose statistics",
         kEffect},
    Kind{"forecast", "query forecast", "what is to be expected of the next weeks",
         "filrouge query forecast --of 'count(Order Completed)' --by place --last '1 year' "
         "--purpose statistics",
         kForecast},
    Kind{"lookalike", "query lookalike", "how well others resemble an audience, and by what",
         "filrouge query lookalike --rule 'count(Order Completed) >= 3' --features channel "
         "--features category --purpose statistics",
         kLookalike},
    Kind{"mix", "query mix", "what each channel's budget brought, and the best split",
         "filrouge query mix --costs costs.csv --last '2 years' --purpose statistics", kMix},
    Kind{"niche", "query niche", "what sets an audience apart",
         "filrouge query niche --rule 'count(Order Completed) >= 3' --purpose statistics", kNiche},
    Kind{"rising", "query rising", "which products, searches, places rise",
         "filrouge query rising --of 'count(Product Viewed)' --by product --purpose statistics",
         kRising},
    Kind{"metric", "query metric", "a figure, split, over time, beside the time before",
         "filrouge query metric 'sum(Order Completed.revenue)' --by channel --grain week --last "
         "'8 weeks' --compare --purpose statistics",
         kMetric},
    Kind{"retention", "query retention", "who came back, by the period they began in",
         "filrouge query retention --first 'Order Completed' --grain month --last '12 months' "
         "--purpose statistics",
         kRetention},
    Kind{"share", "query share", "who buys on several channels, and what begins on others",
         "filrouge query share --bought-on store --began-on web --began-on app --purpose "
         "statistics",
         kShare},
};

std::string option_of(const Argument& argument) {
    if (argument.placed) return std::string(argument.name);
    std::string out = argument.form == Form::Off ? "--no-" : "--";
    for (const char c : argument.name) out += c == '_' ? '-' : c;
    return out;
}

// What parts the cells, by the heading: spreadsheets where the comma is the decimal one write ';'.
char delimiter_of(std::string_view text) {
    const std::string_view heading = text.substr(0, text.find('\n'));
    for (const char delimiter : {'\t', ';'}) {
        if (heading.find(delimiter) != std::string_view::npos) return delimiter;
    }
    return ',';
}

// Where the comma does not part the cells an amount may have it: 120,50 or 1 234,50. What would be
// another sum by either way of writing (1.234) is left to the server to refuse.
std::optional<std::int64_t> amount_of(std::string_view cell, char delimiter) {
    const auto with_point = parse_fixed(cell);
    if (delimiter == ',') return with_point;
    const auto with_comma = files::read_fixed(cell, true);
    if (with_point && with_comma && *with_point != *with_comma) return std::nullopt;
    return with_point ? with_point : with_comma;
}

// A line that is not as wide as the heading ends the command: "120,50" among commas is two cells,
// and 120 is another sum than was spent.
Result<void> write_table(JsonWriter& w, const std::string& path) {
    std::string text = TRY(read_file(path));
    files::CsvFormat format;
    format.delimiter = delimiter_of(text);
    format.trim = true;
    const auto unfit = [&path](const std::string& what) {
        return Error{"cli.unfit_line", path + ":" + what,
                     "Each line has as many cells as the first; a cell with a comma in it stands "
                     "in quotes, or the cells are parted by ';'."};
    };
    auto reader = files::open_csv(files::stream_of(std::move(text)), format);
    if (!reader.ok()) return unfit(" " + reader.error().message);
    const std::vector<std::string>& names = reader.value()->columns();
    files::Record record;
    w.open_array();
    for (;;) {
        const files::Read read = TRY(reader.value()->next(record));
        if (read == files::Read::End) break;
        if (read == files::Read::Unfit)
            return unfit(std::to_string(record.line) + ": " + record.message);
        w.open_object();
        for (std::size_t i = 0; i < names.size(); ++i) {
            const std::string_view cell = record.fields[i];
            w.key(names[i]);
            const auto amount = names[i] == "amount" ? amount_of(cell, format.delimiter)
                                                     : std::optional<std::int64_t>();
            if (amount)
                w.raw(fixed_text(*amount));
            else
                w.value(cell);
        }
        w.close();
    }
    w.close();
    return {};
}

Result<void> write_sets(JsonWriter& w, const std::vector<std::string>& sets) {
    w.open_object();
    for (const std::string& set : sets) {
        const std::size_t equals = set.find('=');
        if (equals == std::string::npos)
            return Error{"cli.unfit_set", "'" + set + "' names nothing.",
                         "Write a name, '=' and what is in it: online=web,app."};
        w.key(set.substr(0, equals)).open_array();
        for (std::size_t at = equals + 1; at <= set.size();) {
            const std::size_t end = std::min(set.find(',', at), set.size());
            w.value(set.substr(at, end - at));
            at = end + 1;
        }
        w.close();
    }
    w.close();
    return {};
}

Result<void> write(JsonWriter& w, const Argument& argument, const Args& args) {
    const std::string option = option_of(argument);
    if (!args.has(option)) return {};
    w.key(argument.name);
    switch (argument.form) {
        case Form::Text: w.value(args.text(option)); return {};
        case Form::Number: w.value(args.number(option, 0)); return {};
        case Form::Decimal: {
            // What is no number goes as it stands: the server says what may stand there.
            const auto n = parse_fixed(args.text(option));
            if (n)
                w.raw(fixed_text(*n));
            else
                w.value(args.text(option));
            return {};
        }
        case Form::Flag: w.value(true); return {};
        case Form::Off: w.value(false); return {};
        case Form::Table: return write_table(w, args.text(option));
        case Form::Sets: return write_sets(w, args.many(option));
        case Form::List: break;
    }
    w.open_array();
    for (const std::string& each : args.many(option)) w.value(each);
    w.close();
    return {};
}

std::string cell_of(const json::value& value) {
    if (value.is_null()) return "-";
    if (value.is_double()) {
        const double v = value.get_double();
        char text[40];
        std::snprintf(text, sizeof text, "%.6g", v);
        // A sum of money is not cut to six digits: 1.23457e+06.
        if (std::fabs(v) >= 1'000 && std::fabs(v) < 1e15)
            std::snprintf(text, sizeof text, "%.2f", v);
        return text;
    }
    if (value.is_string()) return std::string(value.get_string());
    return json::serialize(value);
}

void print_table(const json::array& rows) {
    if (rows.empty()) return;
    std::vector<std::string> head;
    for (const auto& member : rows.front().as_object()) head.emplace_back(member.key());
    Table table(head);
    for (const json::value& row : rows) {
        std::vector<std::string> cells;
        for (const auto& member : row.as_object()) cells.push_back(cell_of(member.value()));
        table.add(std::move(cells));
    }
    table.print();
}

void print_answer(const json::value& answer) {
    if (!answer.is_object()) return;
    for (const auto& member : answer.get_object()) {
        if (!member.value().is_array()) print_pair(member.key(), cell_of(member.value()));
    }
    for (const auto& member : answer.get_object()) {
        if (!member.value().is_array() || member.value().get_array().empty()) continue;
        std::printf("\n");
        print_line(member.key());
        const json::array& rows = member.value().get_array();
        if (rows.front().is_object())
            print_table(rows);
        else
            for (const json::value& note : rows) print_line("  " + cell_of(note));
    }
}

int send(Context& context, Request request, bool csv) {
    request.method = "POST";
    request.path = "/api/v1/questions";
    if (!csv) return context.ask(request, print_answer);
    request.accept = "text/csv";
    int exit_code = kExitOk;
    const auto answer = context.answer(request, exit_code);
    return answer ? context.put(*answer) : exit_code;
}

template <std::size_t kWhich>
int ask_kind(Context& context, const Args& args) {
    const Kind& kind = kKinds[kWhich];
    Request request;
    JsonWriter w(request.body);
    w.open_object();
    for (const Argument& argument : kCommon) {
        if (const auto done = write(w, argument, args); !done.ok())
            return Context::fail(done.error());
    }
    w.key(kind.name).open_object();
    for (const Argument& argument : kind.arguments) {
        if (const auto done = write(w, argument, args); !done.ok())
            return Context::fail(done.error());
    }
    w.close().close();
    return send(context, std::move(request), args.has("--csv"));
}

int ask_file(Context& context, const Args& args) {
    Request request;
    auto text = read_file_or_input(args.text("file"));
    if (!text.ok()) return Context::fail(text.error());
    request.body = std::move(text).value();
    return send(context, std::move(request), args.has("--csv"));
}

Param param_of(const Argument& argument, const std::string& option) {
    const bool flag = argument.form == Form::Flag || argument.form == Form::Off;
    const bool many = argument.form == Form::List || argument.form == Form::Sets;
    const Param::Kind kind = flag   ? Param::Kind::Flag
                             : many ? Param::Kind::Many
                                    : Param::Kind::Value;
    return {option, argument.help, kind, argument.required};
}

// The names of options, which commands point into.
const std::string& kept(std::string name) {
    static std::list<std::string> names;
    return names.emplace_back(std::move(name));
}

template <std::size_t... kWhich>
std::vector<Command> commands_of(std::index_sequence<kWhich...>) {
    std::vector<Command> out;
    const auto add = [&](const Kind& kind, int (*run)(Context&, const Args&)) {
        Command command{kind.command, kind.help, kind.example, {}, run};
        for (const Argument& a : kind.arguments)
            command.params.push_back(param_of(a, kept(option_of(a))));
        for (const Argument& a : kCommon) command.params.push_back(param_of(a, kept(option_of(a))));
        command.params.push_back(
            {"--csv", "the rows as comma-separated values", Param::Kind::Flag});
        out.push_back(std::move(command));
    };
    (add(kKinds[kWhich], ask_kind<kWhich>), ...);
    return out;
}

}  // namespace

std::vector<Command> query_commands() {
    std::vector<Command> out = commands_of(std::make_index_sequence<kKinds.size()>());
    out.push_back(
        {"query ask",
         "any question, as JSON (docs/questions.md)",
         "filrouge query ask question.json --csv",
         {{"file", "with the question; - reads it from standard input", Param::Kind::Value, true},
          {"--csv", "the rows as comma-separated values", Param::Kind::Flag}},
         ask_file});
    return out;
}

}  // namespace filrouge::cli
