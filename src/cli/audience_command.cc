// `filrouge audience ...`
#include <boost/json.hpp>
#include <cstdio>

#include "base/json_writer.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/table.h"

namespace filrouge::cli {

namespace json = boost::json;

namespace {

const std::vector<std::string> kColumns = {"id", "brand", "count", "purpose", "name", "rule"};

std::vector<std::string> row_of(const json::value& audience) {
    return {cell(audience, "id"),      cell(audience, "brand"), cell(audience, "count"),
            cell(audience, "purpose"), cell(audience, "name"),  cell(audience, "rule")};
}

void print_audiences(const json::value& answer) {
    Table table(kColumns);
    for (const json::value& audience : rows_of(answer, "audiences")) table.add(row_of(audience));
    table.drop_if_empty("brand");
    table.print();
}

void print_audience(const json::value& audience) {
    Table table(kColumns);
    table.add(row_of(audience));
    table.drop_if_empty("brand");
    table.print();
}

void print_count(const json::value& answer) {
    std::printf("%s of %s people; %s allow the purpose\n", cell(answer, "count").c_str(),
                cell(answer, "persons").c_str(), cell(answer, "allowed").c_str());
    if (const std::string n = cell(answer, "amounts_without_rate"); !n.empty() && n != "0")
        std::printf("%s amounts of other currencies had no rate and stay out\n", n.c_str());
}

void print_members(const json::value& answer) {
    for (const json::value& member : rows_of(answer, "members")) {
        std::printf("%s\n", std::string(member.as_string()).c_str());
    }
    if (const std::string next = cell(answer, "next_cursor"); !next.empty()) {
        std::fprintf(stderr, "%s in all; more with --cursor %s\n", cell(answer, "count").c_str(),
                     next.c_str());
    }
}

void print_growth(const json::value& answer) {
    Table table({"day", "size", "entered", "left", ""});
    for (const json::value& day : rows_of(answer, "days")) {
        const bool began = cell(day, "began") == "yes", so_far = cell(day, "so_far") == "yes";
        table.add({cell(day, "day"), cell(day, "size"), cell(day, "entered"), cell(day, "left"),
                   began    ? "made, or counted anew"
                   : so_far ? "so far"
                            : ""});
    }
    table.drop_if_empty("");
    table.print();
}

void print_clause(const json::value& clause, int depth) {
    std::string line(static_cast<std::size_t>(depth) * 2, ' ');
    line += (cell(clause, "met") == "yes" ? "+ " : "- ") + cell(clause, "clause");
    if (const std::string value = cell(clause, "value"); !value.empty()) {
        line += "   is " + value;
        if (const std::string wanted = cell(clause, "wanted"); !wanted.empty()) {
            line += ", wanted " + wanted;
        }
    }
    if (const std::string at = cell(clause, "may_change"); !at.empty()) {
        line += "   may change " + at;
    }
    print_line(line);
    for (const json::value& part : rows_of(clause, "parts")) print_clause(part, depth + 1);
}

void print_why(const json::value& answer) {
    std::printf("%s\n", cell(answer, "member") == "yes" ? "a member" : "not a member");
    if (const std::string note = cell(answer, "note"); !note.empty()) {
        print_line(note);
    }
    const json::object& object = answer.as_object();
    if (const json::value* why = object.if_contains("why")) print_clause(*why, 0);
    const json::value* events = object.if_contains("events");
    if (events == nullptr || !events->is_object()) return;
    for (const auto& [sequence, what] : events->as_object()) {
        if (what.is_string()) {
            std::string line = "  record ";
            line.append(sequence).append(": ").append(what.get_string());
            print_line(line);
        }
    }
}

std::string path_of(const Args& args, std::string_view rest = "") {
    return "/api/v1/audiences/" + encoded(args.text("id")) + std::string(rest);
}

int list(Context& context, const Args& args) {
    Request request{.path = "/api/v1/audiences"};
    add_query(request.query, "brand", args.text("--brand"));
    return context.ask(request, print_audiences);
}

int create(Context& context, const Args& args) {
    Request request{.method = "POST", .path = "/api/v1/audiences"};
    JsonWriter body(request.body);
    body.open_object()
        .field("name", args.text("name"))
        .field("purpose", args.text("--purpose"))
        .field("rule", args.text("--rule"));
    if (args.has("--id")) body.field("id", args.text("--id"));
    if (args.has("--brand")) body.field("brand", args.text("--brand"));
    body.close();
    return context.ask(request, print_audience);
}

int count(Context& context, const Args& args) {
    Request request{.method = "POST", .path = "/api/v1/rules/count"};
    JsonWriter(request.body)
        .open_object()
        .field("rule", args.text("rule"))
        .field("purpose", args.text("--purpose", "measurement"))
        .field("brand", args.text("--brand"))
        .close();
    return context.ask(request, print_count);
}

int members(Context& context, const Args& args) {
    Request request{.path = path_of(args, "/members")};
    add_query(request.query, "limit", args.text("--limit"));
    add_query(request.query, "cursor", args.text("--cursor"));
    return context.ask(request, print_members);
}

int growth(Context& context, const Args& args) {
    Request request{.path = path_of(args, "/growth")};
    add_query(request.query, "days", args.text("--days"));
    return context.ask(request, print_growth);
}

int why(Context& context, const Args& args) {
    Request request{.path = path_of(args, "/why")};
    add_query(request.query, "profile", args.text("profile"));
    return context.ask(request, print_why);
}

int remove(Context& context, const Args& args) {
    Request request{.method = "DELETE", .path = path_of(args)};
    if (args.has("--yes")) add_query(request.query, "confirm", "true");
    return context.ask(request, print_follows);
}

}  // namespace

std::vector<Command> audience_commands() {
    const Param id{"id", "the audience's id", Param::Kind::Value, true};
    const Param brand{"--brand", "of this brand, where there are several"};
    const Param yes{"--yes", "do it; without it, what would follow is told", Param::Kind::Flag};
    return {
        {"audience list",
         "all audiences with their counts",
         "filrouge audience list",
         {brand},
         list},
        {"audience create",
         "make an audience, kept current from now on",
         "filrouge audience create 'Lost baskets' --purpose marketing.email \\\n"
         "      --rule 'Product Added then not Order Completed within 24 hours'",
         {{"name", "what people call it", Param::Kind::Value, true},
          {"--purpose", "what it is for; who does not allow it is not in it", Param::Kind::Value,
           true},
          {"--rule", "who belongs to it; docs/rules.md", Param::Kind::Value, true},
          {"--id", "its id (default: from the name)"},
          brand},
         create},
        {"audience count",
         "how many people a rule matches now",
         "filrouge audience count 'count(Order Completed, last 90 days) >= 2'",
         {{"rule", "the rule", Param::Kind::Value, true},
          {"--purpose", "what it would be for (default: measurement)"},
          brand},
         count},
        {"audience members",
         "the ids of its members",
         "filrouge audience members lost-baskets --limit 100",
         {id,
          {"--limit", "at most this many, up to 1000 (default: 50)"},
          {"--cursor", "where the page before ended"}},
         members},
        {"audience growth",
         "its size at the end of each day, and how many entered and left on it",
         "filrouge audience growth lost-baskets --days 30",
         {id, {"--days", "how many days, at most 750 (default: 90)"}},
         growth},
        {"audience why",
         "why a person is in it, or is not, with the events",
         "filrouge audience why lost-baskets 9f1c2b3a4d5e6f708192a3b4c5d6e7f8",
         {id, {"profile", "the person's id", Param::Kind::Value, true}},
         why},
        {"audience delete",
         "delete it, after telling what follows",
         "filrouge audience delete lost-baskets --yes",
         {id, yes},
         remove},
    };
}

}  // namespace filrouge::cli
