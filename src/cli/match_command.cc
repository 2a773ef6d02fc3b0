// `filrouge match ...`: imported people, and whether they are somebody we know.
#include <boost/json.hpp>
#include <cstdio>

#include "base/json_writer.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/table.h"

namespace filrouge::cli {

namespace json = boost::json;

namespace {

// A share or a weight: four figures are enough.
std::string figure(const json::value& object, std::string_view name) {
    const json::value* value = object.as_object().if_contains(name);
    if (value == nullptr || !value->is_double()) return cell(object, name);
    char text[32];
    std::snprintf(text, sizeof text, "%.4g", value->get_double());
    return text;
}

void print_expected(const json::value& run) {
    Table table({"expected precision", "expected recall", "from probability", "pairs"});
    for (const json::value& row : rows_of(run, "thresholds")) {
        table.add({figure(row, "precision"), figure(row, "recall"), figure(row, "probability"),
                   cell(row, "pairs")});
    }
    table.print();
}

void print_weights(const json::value& run) {
    Table table({"trait", "agreement", "in matches", "in strangers", "weight"});
    for (const json::value& field : rows_of(run, "fields")) {
        for (const json::value& level : rows_of(field, "levels")) {
            table.add({cell(field, "trait"), cell(level, "level"), figure(level, "m"),
                       figure(level, "u"), figure(level, "weight")});
        }
    }
    table.print();
}

void print_run(const json::value& run) {
    for (const std::string_view name :
         {"id", "at", "pairs_possible", "pairs_compared", "matches_expected", "met"})
        print_pair(name, figure(run, name));
    for (const char* part : {"people", "pairs"}) {
        const json::value* figures = run.as_object().if_contains(part);
        if (figures == nullptr || !figures->is_object()) continue;
        for (const auto& member : figures->get_object())
            print_pair(member.key(), cell(*figures, member.key()));
    }
    std::printf("\n");
    print_weights(run);
    std::printf("\n");
    print_expected(run);
}

void print_runs(const json::value& answer) {
    Table table({"run", "at", "matches expected", "tied", "queued"});
    for (const json::value& run : rows_of(answer, "runs")) {
        const json::value* pairs = run.as_object().if_contains("pairs");
        table.add({cell(run, "id"), cell(run, "at"), figure(run, "matches_expected"),
                   pairs == nullptr ? "" : cell(*pairs, "tied"),
                   pairs == nullptr ? "" : cell(*pairs, "queued")});
    }
    table.print();
}

void print_review(const json::value& answer) {
    for (const json::value& pair : rows_of(answer, "pairs")) {
        std::printf("pair %s, probability %s\n", cell(pair, "id").c_str(),
                    figure(pair, "probability").c_str());
        Table table({"", cell(pair, "a"), cell(pair, "b"), "agreement"});
        for (const json::value& field : rows_of(pair, "fields")) {
            table.add({cell(field, "trait"), cell(field, "a"), cell(field, "b"),
                       cell(field, "agreement")});
        }
        table.print();
        std::printf("\n");
    }
    print_pair("waiting", cell(answer, "waiting"));
    print_pair("hidden", cell(answer, "hidden"));
}

void print_decided(const json::value& decided) {
    for (const std::string_view name : {"id", "verdict", "a", "b"})
        print_pair(name, cell(decided, name));
}

// "first_name=given_name"
void write_field(JsonWriter& body, const std::string& text) {
    const std::size_t at = text.rfind('=');
    body.open_object().field("trait", text.substr(0, at));
    body.field("kind", at == std::string::npos ? std::string() : text.substr(at + 1)).close();
}

// What stands there is JSON already: a number that is none is refused by the server.
void write_number(JsonWriter& body, const Args& args, const char* option, const char* name) {
    if (!args.has(option)) return;
    json::error_code bad;
    const json::value number = json::parse(args.text(option), bad);
    body.key(name);
    if (bad || !number.is_number()) {
        body.value(args.text(option));
    } else {
        body.raw(json::serialize(number));
    }
}

int run(Context& context, const Args& args) {
    Request request{.method = "POST", .path = "/api/v1/matching/runs"};
    JsonWriter body(request.body);
    body.open_object();
    for (const char* name : {"purpose", "brand", "source", "write"}) {
        const std::string option = std::string("--").append(name);
        if (args.has(option)) body.field(name, args.text(option));
    }
    body.key("fields").open_array();
    for (const std::string& field : args.many("--field")) write_field(body, field);
    body.close();
    write_number(body, args, "--precision", "precision");
    write_number(body, args, "--review", "review");
    write_number(body, args, "--seed", "seed");
    if (args.has("--one-to-one")) body.field("one_to_one", true);
    if (args.has("--no-households")) body.field("households", false);
    body.close();
    return context.ask(request, print_run);
}

int runs(Context& context, const Args&) {
    return context.ask({.path = "/api/v1/matching/runs"}, print_runs);
}

int review(Context& context, const Args& args) {
    Request request{.path = "/api/v1/matching/review"};
    add_query(request.query, "brand", args.text("--brand"));
    add_query(request.query, "limit", args.text("--limit"));
    return context.ask(request, print_review);
}

int decide(Context& context, const Args& args) {
    Request request{.method = "POST",
                    .path = "/api/v1/matching/review/" + encoded(args.text("pair"))};
    JsonWriter body(request.body);
    body.open_object().field("verdict", args.text("verdict"));
    if (args.has("--by")) body.field("by", args.text("--by"));
    body.close();
    return context.ask(request, print_decided);
}

}  // namespace

std::vector<Command> match_commands() {
    return {
        {"match run",
         "who of the people we know are the same: figures, and with --write evidence and a queue",
         "filrouge match run --purpose service --field first_name=given_name "
         "--field last_name=surname --field birthday=date --source crm",
         {{"--purpose", "who does not allow it is left out", Param::Kind::Value, true},
          {"--field",
           "a trait and its kind: given_name, surname, date, postcode, town, street, "
           "email, phone, other",
           Param::Kind::Many, true},
          {"--brand", "whose people; needed where there are several brands"},
          {"--source", "the people of this source against the rest; else all against all"},
          {"--one-to-one", "neither side has anybody twice", Param::Kind::Flag},
          {"--no-households", "nobody shares an address with another", Param::Kind::Flag},
          {"--precision", "expected of what is tied without asking (0.99)"},
          {"--review", "probability from which on somebody is asked (0.5)"},
          {"--write", "nothing (default), review (every pair waits), all"},
          {"--seed", "of the pairs drawn to learn from (1)"}},
         run},
        {"match runs", "the last runs", "filrouge match runs", {}, runs},
        {"match review",
         "pairs that wait for somebody to decide, the likeliest first",
         "filrouge match review --limit 5",
         {{"--brand", "only this brand's"}, {"--limit", "at most so many, up to 200 (20)"}},
         review},
        {"match decide",
         "whether a pair is one person; different is remembered and never asked again",
         "filrouge match decide 17 same",
         {{"pair", "its number in the review", Param::Kind::Value, true},
          {"verdict", "same or different", Param::Kind::Value, true},
          {"--by", "who decides (default: the role of the token)"}},
         decide},
    };
}

}  // namespace filrouge::cli
