// `filrouge metric ...`: what the shop calls a figure, defined once.
#include <array>
#include <boost/json.hpp>
#include <cstdio>

#include "base/json_writer.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/table.h"

namespace filrouge::cli {

namespace json = boost::json;

namespace {

struct Part {
    std::string_view argument, member;
};
constexpr std::array kParts = {Part{"--of", "of"},         Part{"--over", "over"},
                               Part{"--filter", "filter"}, Part{"--currency", "currency"},
                               Part{"--unit", "unit"},     Part{"--description", "description"}};

std::vector<Param> with_parts(std::vector<Param> params, bool is_new) {
    params.push_back({"--of", "the figure, as of `query metric`", Param::Kind::Value, is_new});
    params.push_back({"--over", "a second one, to divide by"});
    params.push_back({"--filter", "what all its events must be, as behind 'where' in a rule"});
    params.push_back({"--currency", "amounts are converted to it"});
    params.push_back({"--unit", "what is counted, for people: orders, EUR, %"});
    params.push_back({"--description", "what it means, for people"});
    return params;
}

void print_metrics(const json::value& answer) {
    Table table({"name", "of", "over", "filter", "currency", "unit", "tiles", "description"});
    for (const json::value& row : rows_of(answer, "metrics")) {
        table.add({cell(row, "name"), cell(row, "of"), cell(row, "over"), cell(row, "filter"),
                   cell(row, "currency"), cell(row, "unit"), cell(row, "tiles"),
                   cell(row, "description")});
    }
    for (const char* name : {"over", "filter", "currency", "unit", "description"})
        table.drop_if_empty(name);
    table.print();
}

void print_metric(const json::value& metric) {
    print_pair("name", cell(metric, "name"));
    for (const Part& part : kParts) {
        if (const std::string told = cell(metric, part.member); !told.empty())
            print_pair(part.member, told);
    }
    for (const std::string_view name : {"version", "changed", "owner_name", "tiles", "boards"})
        print_pair(name, cell(metric, name));
    const auto& rows = rows_of(metric, "former");
    if (rows.empty()) return;
    Table former({"before", "of", "over", "filter", "until"});
    for (const json::value& row : rows) {
        former.add({cell(row, "version"), cell(row, "of"), cell(row, "over"), cell(row, "filter"),
                    cell(row, "until")});
    }
    std::printf("\n");
    former.print();
}

std::string path_of(const Args& args) { return "/api/v1/metrics/" + encoded(args.text("name")); }

void write_parts(JsonWriter& body, const Args& args) {
    for (const Part& part : kParts) {
        if (args.has(part.argument)) body.field(part.member, args.text(part.argument));
    }
}

int list(Context& context, const Args&) {
    return context.ask({.path = "/api/v1/metrics"}, print_metrics);
}

int show(Context& context, const Args& args) {
    return context.ask({.path = path_of(args)}, print_metric);
}

int define(Context& context, const Args& args) {
    Request request{.method = "POST", .path = "/api/v1/metrics"};
    JsonWriter body(request.body);
    body.open_object().field("name", args.text("name"));
    write_parts(body, args);
    body.close();
    return context.ask(request, print_metric);
}

int change(Context& context, const Args& args) {
    Request request{.method = "POST", .path = path_of(args)};
    JsonWriter body(request.body);
    body.open_object();
    write_parts(body, args);
    body.close();
    return context.ask(request, print_metric);
}

int remove(Context& context, const Args& args) {
    Request request{.method = "DELETE", .path = path_of(args)};
    if (args.has("--even-in-use")) add_query(request.query, "even_in_use", "true");
    return context.ask(request, [](const json::value&) { std::printf("Removed.\n"); });
}

}  // namespace

std::vector<Command> metric_commands() {
    const Param name{"name", "what questions ask for it by", Param::Kind::Value, true};
    return {{"metric list",
             "figures that have a name, and how many tiles of boards ask for each",
             "filrouge metric list",
             {},
             list},
            {"metric show",
             "what a figure means, and what it meant before",
             "filrouge metric show net_revenue",
             {name},
             show},
            {"metric define", "gives a figure a name; questions ask for it by \"metric NAME\"",
             "filrouge metric define net_revenue --of 'sum(Order Completed.revenue)' "
             "--currency EUR",
             with_parts({name}, true), define},
            {"metric change",
             "changes what it means, from now on and for all boards; what is left out stays",
             "filrouge metric change net_revenue --filter 'channel != other'",
             with_parts({name}, false), change},
            {"metric remove",
             "takes the name away",
             "filrouge metric remove net_revenue",
             {name,
              {"--even-in-use", "though boards ask for it: their tiles say so then",
               Param::Kind::Flag}},
             remove}};
}

}  // namespace filrouge::cli
