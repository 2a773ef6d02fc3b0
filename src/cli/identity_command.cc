// `filrouge identity ...`: who is one person, and why.
#include <boost/json.hpp>
#include <cstdio>
#include <map>

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

// "email 9f1c..., device_id 0a1b..."
std::string identifiers_of(const json::value& person) {
    std::string out;
    for (const json::value& row : rows_of(person, "identifiers")) {
        if (!out.empty()) out.append(", ");
        out.append(cell(row, "type")).append(" ").append(cell(row, "id"));
    }
    return out;
}

void print_effects(const json::array& persons) {
    for (const json::value& person : persons) {
        std::printf("\nperson %s: %s\n", cell(person, "id").c_str(), cell(person, "state").c_str());
        if (const std::string all = identifiers_of(person); !all.empty())
            print_pair("identifiers", all);
        for (const std::string_view name :
             {"events", "traits", "stays_in", "enters", "leaves", "note"}) {
            if (const std::string text = cell(person, name); !text.empty()) print_pair(name, text);
        }
    }
}

void print_preview(const json::value& preview) {
    const json::array& persons = rows_of(preview, "persons");
    if (persons.empty()) std::printf("Nobody would change.\n");
    print_effects(persons);
}

void print_suspicious(const json::value& answer) {
    for (const json::value& row : rows_of(answer, "suspicious")) {
        const json::value* b = row.as_object().if_contains("b");
        std::printf("%s, profile %s\n  %s %s%s%s %s\n", cell(row, "kind").c_str(),
                    cell(row, "profile").c_str(), cell(row.at("a"), "type").c_str(),
                    cell(row.at("a"), "id").c_str(), b == nullptr ? "" : " - ",
                    b == nullptr ? "" : cell(*b, "type").c_str(),
                    b == nullptr ? "" : cell(*b, "id").c_str());
        for (const json::value& sign : rows_of(row, "signs"))
            print_line("  " + std::string(sign.as_string()));
    }
    if (const std::string next = cell(answer, "next_skip"); !next.empty())
        std::printf("\nMore: --skip %s\n", next.c_str());
}

void print_rules(const json::value& rules) {
    print_pair("people_max", cell(rules, "people_max"));
    Table types({"type", "per_person_max", "priority", "from"});
    for (const json::value& row : rows_of(rules, "types")) {
        types.add({cell(row, "type"), cell(row, "per_person_max"), cell(row, "priority"),
                   cell(row, "from")});
    }
    std::printf("\n");
    types.print();
    Table blocked({"blocked", "type"});
    for (const json::value& row : rows_of(rules, "blocked"))
        blocked.add({cell(row, "id"), cell(row, "type")});
    if (blocked.empty()) return;
    std::printf("\n");
    blocked.print();
}

void print_rules_preview(const json::value& preview) {
    for (const std::string_view name : {"persons", "merged", "parted", "changed"})
        print_pair(name, cell(preview, name));
    Table audiences({"audience", "count", "enter", "leave"});
    for (const json::value& row : rows_of(preview, "audiences")) {
        audiences.add(
            {cell(row, "id"), cell(row, "count"), cell(row, "enter"), cell(row, "leave")});
    }
    if (!audiences.empty()) {
        std::printf("\n");
        audiences.print();
    }
    if (cell(preview, "audiences_complete") == "no")
        std::printf("Audiences were asked for the first of them only.\n");
    print_effects(rows_of(preview, "examples"));
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

int preview(Context& context, const Args& args) {
    Request request{.method = "POST", .path = "/api/v1/identity/preview"};
    JsonWriter(request.body)
        .open_object()
        .field("action", args.has("--restore") ? "restore" : "withdraw")
        .field("a", args.text("a"))
        .field("b", args.text("b"))
        .close();
    return context.ask(request, print_preview);
}

int suspicious(Context& context, const Args& args) {
    Request request{.path = "/api/v1/identity/suspicious"};
    add_query(request.query, "brand", args.text("--brand"));
    add_query(request.query, "skip", args.text("--skip"));
    add_query(request.query, "limit", args.text("--limit"));
    return context.ask(request, print_suspicious);
}

int rules(Context& context, const Args&) {
    return context.ask({.path = "/api/v1/identity/rules"}, print_rules);
}

// "email=3,phone=2" into the members of each type; false, and told, when it is none.
bool read_types(const Args& args, std::string_view option, const char* member,
                std::map<std::string, json::object>& types) {
    for (const std::string& each : args.many(option)) {
        const std::size_t equals = each.find('=');
        json::error_code bad;
        const json::value number =
            equals == std::string::npos ? json::value() : json::parse(each.substr(equals + 1), bad);
        if (bad || !number.is_int64()) {
            std::fprintf(stderr, "filrouge: %s wants type=number, as email=3.\n",
                         std::string(option).c_str());
            return false;
        }
        types[each.substr(0, equals)][member] = number;
    }
    return true;
}

int send_rules(Context& context, const Args& args, const char* path, Context::Print print) {
    std::map<std::string, json::object> types;
    if (!read_types(args, "--limit", "per_person_max", types) ||
        !read_types(args, "--priority", "priority", types))
        return kExitUsage;
    json::object body;
    for (auto& [type, rule] : types) {
        rule["type"] = type;
        if (!body.contains("types")) body["types"] = json::array();
        body["types"].as_array().push_back(rule);
    }
    if (args.has("--people-max")) body["people_max"] = args.number("--people-max", 0);
    if (args.has("--reason")) body["reason"] = args.text("--reason");
    if (args.has("--by")) body["by"] = args.text("--by");
    return context.ask({.method = "POST", .path = path, .body = json::serialize(body)}, print);
}

int preview_rules(Context& context, const Args& args) {
    return send_rules(context, args, "/api/v1/identity/rules/preview", print_rules_preview);
}

int set_rules(Context& context, const Args& args) {
    return send_rules(context, args, "/api/v1/identity/rules", print_rules);
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

std::vector<Param> of_rules(bool with_reason) {
    std::vector<Param> params = {
        {"--limit", "type=number: how many of a type one person may have", Param::Kind::Many},
        {"--priority", "type=number: 1 is the strongest", Param::Kind::Many},
        {"--people-max", "on more people than this an identifier ties nobody"}};
    if (with_reason) params.insert(params.end(), {kReason, kBy});
    return params;
}

}  // namespace

std::vector<Command> identity_commands() {
    return {
        {"identity suspicious",
         "merges to review, evidence that gave way, identifiers on too many people",
         "filrouge identity suspicious --limit 20",
         {{"--brand", "of one brand"},
          {"--skip", "so many from the beginning are left out"},
          {"--limit", "at most so many, up to 200"}},
         suspicious},
        {"identity preview",
         "what unmerge would lead to, person by person; changes nothing",
         "filrouge identity preview 9f1c2b3a4d5e6f708192a3b4c5d6e7f8 "
         "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
         {{"a", "an identifier, by its id in the graph", Param::Kind::Value, true},
          {"b", "the other one", Param::Kind::Value, true},
          {"--restore", "what restore would lead to", Param::Kind::Flag}},
         preview},
        {"identity rules",
         "limits and priorities of identifiers, and what is blocked",
         "filrouge identity rules",
         {},
         rules},
        {"identity rules-preview", "what other limits would change over the history",
         "filrouge identity rules-preview --limit email=3 --people-max 10", of_rules(false),
         preview_rules},
        {"identity rules-set",
         "other limits, for all that was ever seen; what is not named is as the settings say",
         "filrouge identity rules-set --limit email=3 --reason \"families share addresses\"",
         of_rules(true), set_rules},
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
