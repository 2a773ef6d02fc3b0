// `filrouge erase`, `erasures`, `export`, `rights`, `audit`: what persons ask of the shop, and who
// looked at them.
#include <boost/json.hpp>
#include <cstdio>

#include "base/json_writer.h"
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

int export_person(Context& context, const Args& args) {
    Request request;
    request.path = "/api/v1/profiles/" + encoded(args.text("id")) + "/export";
    if (!args.has("--html"))
        return context.ask(request, [](const json::value& person) {
            std::printf("%s\n", json::serialize(person).c_str());
        });
    add_query(request.query, "format", "html");
    add_query(request.query, "lang", args.text("--lang", "en"));
    int exit_code = kExitOk;
    const auto page = context.answer(request, exit_code);
    return page ? context.put(*page) : exit_code;
}

void print_requests(const json::value& answer) {
    Table table({"id", "kind", "state", "due", "alert", "overdue", "profile"});
    for (const json::value& row : rows_of(answer, "requests")) {
        table.add({cell(row, "id"), cell(row, "kind"), cell(row, "state"), cell(row, "due"),
                   cell(row, "alert"), cell(row, "overdue"), cell(row, "profile")});
    }
    table.print();
}

void print_request(const json::value& request) {
    for (const std::string_view name : {"id", "kind", "state", "profile", "received", "due"})
        print_pair(name, cell(request, name));
}

int rights_list(Context& context, const Args& args) {
    Request request;
    request.path = "/api/v1/rights/requests";
    add_query(request.query, "state", args.text("--state"));
    return context.ask(request, print_requests);
}

int rights_add(Context& context, const Args& args) {
    Request request;
    request.method = "POST";
    request.path = "/api/v1/rights/requests";
    JsonWriter w(request.body);
    w.open_object().field("kind", args.text("kind")).field("profile", args.text("profile"));
    if (args.has("--received")) w.field("received", args.text("--received"));
    w.close();
    return context.ask(request, print_request);
}

int rights_move(Context& context, const Args& args) {
    Request request;
    request.method = "POST";
    request.path = "/api/v1/rights/requests/" + encoded(args.text("id"));
    JsonWriter(request.body).open_object().field("state", args.text("state")).close();
    return context.ask(request, print_request);
}

void print_audit(const json::value& answer) {
    Table table({"at", "actor", "role", "route", "profile", "status"});
    for (const json::value& row : rows_of(answer, "entries")) {
        table.add({cell(row, "at"), cell(row, "actor"), cell(row, "role"), cell(row, "route"),
                   cell(row, "profile"), cell(row, "status")});
    }
    table.print();
    std::printf("\n%s entries, %s persons\n", cell(answer, "found").c_str(),
                cell(answer, "profiles").c_str());
    if (const std::string next = cell(answer, "before"); !next.empty())
        std::fprintf(stderr, "older ones with --before %s\n", next.c_str());
}

int audit_list(Context& context, const Args& args) {
    Request request;
    request.path = "/api/v1/audit";
    for (const std::string_view name : {"actor", "profile", "from", "to", "before", "limit"})
        add_query(request.query, name, args.text("--" + std::string(name)));
    return context.ask(request, print_audit);
}

int audit_verify(Context& context, const Args&) {
    Request request;
    request.path = "/api/v1/audit/verify";
    return context.ask(request, [](const json::value& verdict) {
        for (const std::string_view name : {"entries", "records", "hash"})
            print_pair(name, cell(verdict, name));
    });
}

}  // namespace

std::vector<Command> rights_commands() {
    return {{"export",
             "everything known of a person, for the person: JSON, or a page",
             "filrouge export 0f1e2d3c4b5a69788796a5b4c3d2e1f0 --html --lang fr > camille.html",
             {{"id", "the profile's id", Param::Kind::Value, true},
              {"--html", "a page that stands alone", Param::Kind::Flag},
              {"--lang", "of the page: en or fr"}},
             export_person},
            {"rights list",
             "what persons asked for, and when it is due",
             "filrouge rights list --state open",
             {{"--state", "open, in_progress, done or refused"}},
             rights_list},
            {"rights add",
             "writes down what a person asked for; due one month after its receipt",
             "filrouge rights add access 0f1e2d3c4b5a69788796a5b4c3d2e1f0",
             {{"kind", "access, rectify, restrict, object, portability or erase",
               Param::Kind::Value, true},
              {"profile", "the profile's id", Param::Kind::Value, true},
              {"--received", "when it came, as 2026-03-01T08:30:00Z; else now"}},
             rights_add},
            {"rights move",
             "says how far a request is",
             "filrouge rights move 9a1b2c3d4e5f6071 done",
             {{"id", "the request's id", Param::Kind::Value, true},
              {"state", "open, in_progress, done or refused", Param::Kind::Value, true}},
             rights_move},
            {"audit list",
             "who read or changed what of whom",
             "filrouge audit list --actor cli --from 2026-03-01T00:00:00Z",
             {{"--actor", "the id of an account or a token"},
              {"--profile", "a profile's id"},
              {"--from", "as 2026-03-01T08:30:00Z"},
              {"--to", "as 2026-03-01T08:30:00Z"},
              {"--before", "the number of an entry: older ones"},
              {"--limit", "at most this many, up to 10000 (default: 1000)"}},
             audit_list},
            {"audit verify",
             "reads the whole audit and checks its chain",
             "filrouge audit verify",
             {},
             audit_verify},
            {"erase",
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
