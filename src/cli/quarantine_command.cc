// `filrouge quarantine ...`: events that could not be taken as they came.
#include <boost/json.hpp>
#include <cstdio>

#include "base/json_writer.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/read_file.h"
#include "cli/table.h"

namespace filrouge::cli {

namespace json = boost::json;

namespace {

void print_list(const json::value& answer) {
    Table table({"sequence", "received", "source", "state", "code"});
    for (const json::value& row : rows_of(answer, "events")) {
        table.add({cell(row, "sequence"), cell(row, "received"), cell(row, "source"),
                   cell(row, "state"), cell(row, "code")});
    }
    table.print();
    if (const std::string next = cell(answer, "next_before"); !next.empty()) {
        std::fprintf(stderr, "more with --before %s\n", next.c_str());
    }
}

void print_one(const json::value& row) {
    for (const std::string_view name :
         {"sequence", "received", "source", "state", "code", "message", "event_note", "event"}) {
        if (const std::string text = cell(row, name); !text.empty()) print_pair(name, text);
    }
}

void print_replayed(const json::value& answer) {
    std::printf("Replayed%s.\n", cell(answer, "not_kept") == "0"
                                     ? ""
                                     : ", but not kept: the person does not allow it");
}

void print_discarded(const json::value&) { std::printf("Discarded.\n"); }

std::string path_of(const Args& args, std::string_view rest = "") {
    return "/api/v1/quarantine/" + encoded(args.text("sequence")) + std::string(rest);
}

int list(Context& context, const Args& args) {
    Request request{.path = "/api/v1/quarantine"};
    add_query(request.query, "reason", args.text("--reason"));
    add_query(request.query, "before", args.text("--before"));
    add_query(request.query, "limit", args.text("--limit"));
    return context.ask(request, print_list);
}

int show(Context& context, const Args& args) {
    return context.ask({.path = path_of(args)}, print_one);
}

int replay(Context& context, const Args& args) {
    Request request{.method = "POST", .path = path_of(args, "/replay")};
    if (args.has("--event")) {
        const auto text = read_file_or_input(args.text("--event"));
        boost::system::error_code broken;
        if (text.ok()) static_cast<void>(json::parse(text.value(), broken));
        if (!text.ok() || broken) {
            return Context::fail({"cli.bad_file", "--event names no file with one JSON object.",
                                  "'-' reads it from the standard input."});
        }
        request.body = R"({"event":)" + text.value() + "}";
    }
    return context.ask(request, print_replayed);
}

int discard(Context& context, const Args& args) {
    return context.ask({.method = "DELETE", .path = path_of(args)}, print_discarded);
}

}  // namespace

std::vector<Command> quarantine_commands() {
    const Param sequence{"sequence", "the record's number", Param::Kind::Value, true};
    return {
        {"quarantine list",
         "events that could not be taken as they came",
         "filrouge quarantine list --reason collect.too_deep",
         {{"--reason", "only this code"},
          {"--before", "older than this record"},
          {"--limit", "at most this many (default: 50)"}},
         list},
        {"quarantine show",
         "one of them, with its text",
         "filrouge quarantine show 1017",
         {sequence},
         show},
        {"quarantine replay",
         "try it again, repaired or as it is",
         "filrouge quarantine replay 1017 --event repaired.json",
         {sequence, {"--event", "file with the repaired event; '-' is the standard input"}},
         replay},
        {"quarantine discard",
         "give it up",
         "filrouge quarantine discard 1017",
         {sequence},
         discard},
    };
}

}  // namespace filrouge::cli
