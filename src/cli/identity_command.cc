// `filrouge identity ...`: who is one person, and why.
#include <boost/json.hpp>
#include <cstdio>

#include "base/json_writer.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/table.h"

namespace filrouge::cli {

namespace json = boost::json;

namespace {

void print_graph(const json::value& graph) {
    Table nodes({"identifier", "type", "value", "events", "state", "person"});
    for (const json::value& row : rows_of(graph, "nodes")) {
        nodes.add({cell(row, "id"), cell(row, "type"), cell(row, "value"), cell(row, "events"),
                   cell(row, "state"), cell(row, "person")});
    }
    nodes.drop_if_empty("value");
    nodes.print();
    Table edges({"a", "b", "state", "rule", "seen", "since", "why"});
    for (const json::value& row : rows_of(graph, "edges")) {
        edges.add({cell(row, "a"), cell(row, "b"), cell(row, "state"), cell(row, "rule"),
                   cell(row, "seen"), cell(row, "at"), cell(row, "why")});
    }
    if (edges.empty()) return;
    edges.drop_if_empty("why");
    std::printf("\n");
    edges.print();
}

void print_decision(const json::value& decided) {
    for (const std::string_view name : {"a", "b"}) {
        const json::value* end = decided.as_object().if_contains(name);
        if (end == nullptr) continue;
        std::printf("%s %s is of the person %s now.\n", cell(*end, "type").c_str(),
                    cell(*end, "id").c_str(), cell(*end, "person").c_str());
    }
}

void print_decisions(const json::value& answer) {
    Table table({"record", "at", "action", "a", "b", "by", "reason"});
    for (const json::value& row : rows_of(answer, "decisions")) {
        const json::value* b = row.as_object().if_contains("b");
        table.add({cell(row, "record"), cell(row, "at"), cell(row, "action"),
                   cell(row.at("a"), "id"), b == nullptr ? "" : cell(*b, "id"), cell(row, "by"),
                   cell(row, "reason")});
    }
    table.print();
    if (const std::string next = cell(answer, "next_before"); !next.empty())
        std::printf("\nEarlier ones: --before %s\n", next.c_str());
}

int graph(Context& context, const Args& args) {
    Request request{.path = "/api/v1/profiles/" + encoded(args.text("profile")) + "/graph"};
    add_query(request.query, "purpose", args.text("--purpose"));
    add_query(request.query, "brand", args.text("--brand"));
    return context.ask(request, print_graph);
}

template <const char* kAction>
int decide(Context& context, const Args& args) {
    Request request{.method = "POST", .path = "/api/v1/identity/decisions"};
    JsonWriter body(request.body);
    body.open_object().field("action", kAction);
    for (const char* name : {"a", "b"}) {
        if (args.has(name)) body.field(name, args.text(name));
    }
    body.field("reason", args.text("--reason"));
    if (args.has("--by")) body.field("by", args.text("--by"));
    body.close();
    return context.ask(request, print_decision);
}

int decisions(Context& context, const Args& args) {
    Request request{.path = "/api/v1/identity/decisions"};
    add_query(request.query, "before", args.text("--before"));
    add_query(request.query, "limit", args.text("--limit"));
    return context.ask(request, print_decisions);
}

constexpr char kWithdraw[] = "withdraw", kRestore[] = "restore";
constexpr char kBlock[] = "block", kUnblock[] = "unblock";

const Param kReason{"--reason", "why, for whoever asks later", Param::Kind::Value, true};
const Param kBy{"--by", "who decides (default: the role of the token)"};

std::vector<Param> of_an_edge() {
    return {{"a", "an identifier, by its id in the graph", Param::Kind::Value, true},
            {"b", "the other one", Param::Kind::Value, true},
            kReason,
            kBy};
}

std::vector<Param> of_an_identifier() {
    return {
        {"a", "the identifier, by its id in the graph", Param::Kind::Value, true}, kReason, kBy};
}

}  // namespace

std::vector<Command> identity_commands() {
    return {
        {"identity graph",
         "a person's identifiers and what ties them, also what was refused or withdrawn",
         "filrouge identity graph 9f1c2b3a4d5e6f708192a3b4c5d6e7f8",
         {{"profile", "the profile's id", Param::Kind::Value, true},
          {"--purpose", "what it is read for"},
          {"--brand", "whose part of the person, where several brands know them"}},
         graph},
        {"identity unmerge", "withdraw what ties two identifiers: as if it had never been seen",
         "filrouge identity unmerge 9f1c2b3a4d5e6f708192a3b4c5d6e7f8 "
         "0a1b2c3d4e5f60718293a4b5c6d7e8f9 --reason \"a borrowed phone\"",
         of_an_edge(), decide<kWithdraw>},
        {"identity restore", "put back what was withdrawn: as if it had never been",
         "filrouge identity restore 9f1c2b3a4d5e6f708192a3b4c5d6e7f8 "
         "0a1b2c3d4e5f60718293a4b5c6d7e8f9 --reason \"it was theirs\"",
         of_an_edge(), decide<kRestore>},
        {"identity block", "an identifier is nobody's: it ties no people from now on",
         "filrouge identity block 0a1b2c3d4e5f60718293a4b5c6d7e8f9 --reason \"the shop's own\"",
         of_an_identifier(), decide<kBlock>},
        {"identity unblock", "a blocked identifier ties people again",
         "filrouge identity unblock 0a1b2c3d4e5f60718293a4b5c6d7e8f9 --reason \"a mistake\"",
         of_an_identifier(), decide<kUnblock>},
        {"identity decisions",
         "what was decided about identity, the newest first",
         "filrouge identity decisions --limit 20",
         {{"--before", "those before this record"}, {"--limit", "at most so many, up to 200"}},
         decisions},
    };
}

}  // namespace filrouge::cli
