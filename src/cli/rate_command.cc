// `filrouge rates ...`
#include <boost/json.hpp>

#include "base/json_writer.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/table.h"

namespace filrouge::cli {

namespace json = boost::json;

namespace {

void print_rates(const json::value& answer) {
    Table table({"from", "to", "rate", "valid from"});
    for (const json::value& rate : rows_of(answer, "rates")) {
        table.add(
            {cell(rate, "from"), cell(rate, "to"), cell(rate, "rate"), cell(rate, "valid_from")});
    }
    table.print();
}

void print_rate(const json::value& rate) {
    for (const std::string_view name : {"from", "to", "rate", "valid_from"})
        print_pair(name, cell(rate, name));
}

int list(Context& context, const Args&) {
    return context.ask({.path = "/api/v1/rates"}, print_rates);
}

int set(Context& context, const Args& args) {
    Request request{.method = "POST", .path = "/api/v1/rates"};
    JsonWriter body(request.body);
    body.open_object();
    for (const char* field : {"from", "to", "rate", "valid_from"})
        body.field(field, args.text(field));
    body.close();
    return context.ask(request, print_rate);
}

}  // namespace

std::vector<Command> rate_commands() {
    return {
        {"rates list",
         "what currencies are worth, and since when",
         "filrouge rates list",
         {},
         list},
        {"rates set",
         "say what a currency is worth from a day on; the same day again corrects it",
         "filrouge rates set USD EUR 0.9215 2026-01-31",
         {{"from", "one unit of this currency", Param::Kind::Value, true},
          {"to", "is worth so much of this one", Param::Kind::Value, true},
          {"rate", "at most 8 decimals", Param::Kind::Value, true},
          {"valid_from", "the day (UTC) it counts from", Param::Kind::Value, true}},
         set},
    };
}

}  // namespace filrouge::cli
