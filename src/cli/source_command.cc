// `filrouge source ...`
#include <boost/json.hpp>
#include <cstdio>

#include "base/json_writer.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/table.h"

namespace filrouge::cli {

namespace json = boost::json;

namespace {

void print_sources(const json::value& answer) {
    Table table(
        {"id", "brand", "write key", "channel", "purpose", "stored", "quarantined", "name"});
    for (const json::value& source : rows_of(answer, "sources")) {
        table.add({cell(source, "id"), cell(source, "brand"), cell(source, "write_key"),
                   cell(source, "channel"), cell(source, "purpose"), cell(source, "stored"),
                   cell(source, "quarantined"), cell(source, "name")});
    }
    table.drop_if_empty("brand");
    table.print();
}

void print_source(const json::value& source) {
    for (const std::string_view name :
         {"id", "name", "brand", "write_key", "channel", "currency", "purpose", "basis"}) {
        print_pair(name, cell(source, name));
    }
}

int list(Context& context, const Args& args) {
    Request request{.path = "/api/v1/sources"};
    add_query(request.query, "brand", args.text("--brand"));
    return context.ask(request, print_sources);
}

int create(Context& context, const Args& args) {
    Request request{.method = "POST", .path = "/api/v1/sources"};
    JsonWriter body(request.body);
    body.open_object().field("name", args.text("name"));
    for (const auto& [option, field] :
         {std::pair{"--id", "id"}, std::pair{"--channel", "channel"},
          std::pair{"--purpose", "purpose"}, std::pair{"--basis", "basis"},
          std::pair{"--currency", "currency"}, std::pair{"--brand", "brand"}}) {
        if (args.has(option)) body.field(field, args.text(option));
    }
    body.close();
    return context.ask(request, print_source);
}

int remove(Context& context, const Args& args) {
    Request request{.method = "DELETE", .path = "/api/v1/sources/" + encoded(args.text("id"))};
    if (args.has("--yes")) add_query(request.query, "confirm", "true");
    return context.ask(request, print_follows);
}

}  // namespace

std::vector<Command> source_commands() {
    return {
        {"source list",
         "who may send events, and what came",
         "filrouge source list",
         {{"--brand", "only of this brand"}},
         list},
        {"source create",
         "make a source; its write key is printed",
         "filrouge source create 'Till, Lyon' --channel store --basis contract",
         {{"name", "what people call it", Param::Kind::Value, true},
          {"--id", "its id (default: from the name)"},
          {"--channel", "of its events (default: web)"},
          {"--purpose", "of what nobody declared otherwise (default: measurement)"},
          {"--basis", "legal basis of its events (default: consent)"},
          {"--currency", "of an amount that names none"},
          {"--brand", "whose it is, where there are several"}},
         create},
        {"source delete",
         "disable a source, after telling what follows",
         "filrouge source delete till-lyon --yes",
         {{"id", "the source's id", Param::Kind::Value, true},
          {"--yes", "do it; without it, what would follow is told", Param::Kind::Flag}},
         remove},
    };
}

}  // namespace filrouge::cli
