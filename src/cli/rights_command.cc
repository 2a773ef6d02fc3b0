// `filrouge erase`, `filrouge erasures`: what a person asked the shop to do about them.
#include <boost/json.hpp>
#include <cstdio>

#include "cli/commands.h"
#include "cli/context.h"
#include "cli/table.h"

namespace filrouge::cli {

namespace json = boost::json;

namespace {

void print_erasure(const json::value& erasure) {
    for (const std::string_view name :
         {"id", "at", "state", "profile", "identifiers", "events", "quarantined"}) {
        if (const std::string text = cell(erasure, name); !text.empty()) print_pair(name, text);
    }
    Table kept({"kept", "why"});
    for (const json::value& row : rows_of(erasure, "kept"))
        kept.add({cell(row, "what"), cell(row, "why")});
    std::printf("\n");
    kept.print();
    if (cell(erasure, "state") == "asked")
        std::printf("\nNothing was erased. Say --yes to erase; there is no way back.\n");
}

void print_erasures(const json::value& answer) {
    Table table({"id", "at", "state", "profile", "identifiers"});
    for (const json::value& row : rows_of(answer, "erasures")) {
        table.add({cell(row, "id"), cell(row, "at"), cell(row, "state"), cell(row, "profile"),
                   cell(row, "identifiers")});
    }
    table.print();
}

int erase(Context& context, const Args& args) {
    Request request;
    request.method = "POST";
    request.path = "/api/v1/profiles/" + encoded(args.text("id")) + "/erase";
    if (args.has("--yes")) add_query(request.query, "confirm", "true");
    return context.ask(request, print_erasure);
}

int erasures(Context& context, const Args& args) {
    Request request;
    request.path = "/api/v1/erasures";
    if (!args.has("id")) return context.ask(request, print_erasures);
    request.path += "/" + encoded(args.text("id"));
    return context.ask(request, print_erasure);
}

}  // namespace

std::vector<Command> rights_commands() {
    return {{"erase",
             "forget a person: what would go and what is kept; with --yes, do it",
             "filrouge erase 0f1e2d3c4b5a69788796a5b4c3d2e1f0 --yes",
             {{"id", "the profile's id", Param::Kind::Value, true},
              {"--yes", "erase; there is no way back", Param::Kind::Flag}},
             erase},
            {"erasures",
             "the erasures so far, or how far one is",
             "filrouge erasures",
             {{"id", "of one erasure"}},
             erasures}};
}

}  // namespace filrouge::cli
