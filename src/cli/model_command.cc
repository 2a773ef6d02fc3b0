// `filrouge model ...`
#include <boost/json.hpp>

#include "base/json_writer.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/table.h"

namespace filrouge::cli {

namespace json = boost::json;

namespace {

std::string in_fit(const json::value& model, std::string_view name) {
    const json::value* fit = model.as_object().if_contains("fit");
    return fit == nullptr ? std::string() : cell(*fit, name);
}

void print_models(const json::value& answer) {
    Table table(
        {"model", "fitted at", "buyers", "by", "weeks", "precision", "written", "refit days"});
    for (const json::value& model : rows_of(answer, "models")) {
        table.add({cell(model, "id"), cell(model, "fitted_at"), in_fit(model, "buyers"),
                   in_fit(model, "model"), in_fit(model, "weeks"),
                   in_fit(model, "precision_at_top"), in_fit(model, "profiles_written"),
                   cell(model, "refit_days")});
    }
    table.print();
}

void print_model(const json::value& model) {
    for (const std::string_view name : {"id", "fitted_at", "refit_days"})
        print_pair(name, cell(model, name));
    const json::value* fit = model.as_object().if_contains("fit");
    if (fit == nullptr || !fit->is_object()) return;
    for (const auto& member : fit->get_object()) {
        if (!member.value().is_array()) print_pair(member.key(), cell(*fit, member.key()));
    }
}

int list(Context& context, const Args&) {
    return context.ask({.path = "/api/v1/models"}, print_models);
}

void write_texts(JsonWriter& body, const Args& args, std::initializer_list<const char*> names) {
    for (const char* name : names) {
        const std::string option = std::string("--").append(name);
        if (args.has(option)) body.field(name, args.text(option));
    }
}

int value(Context& context, const Args& args) {
    Request request{.method = "POST", .path = "/api/v1/models/value"};
    JsonWriter body(request.body);
    body.open_object();
    write_texts(body, args, {"purpose", "brand", "purchase", "model", "currency"});
    if (args.has("--weeks")) body.field("weeks", args.number("--weeks", 0));
    if (args.has("--refit-days")) body.field("refit_days", args.number("--refit-days", 0));
    body.close();
    return context.ask(request, print_model);
}

int lookalike(Context& context, const Args& args) {
    Request request{.method = "POST", .path = "/api/v1/models/lookalike"};
    JsonWriter body(request.body);
    body.open_object();
    write_texts(body, args, {"purpose", "brand", "audience", "purchase", "currency", "last"});
    if (args.has("--size")) body.field("size", args.number("--size", 0));
    if (args.has("--refit-days")) body.field("refit_days", args.number("--refit-days", 0));
    if (args.has("--features")) {
        body.key("features").open_array();
        for (const std::string& feature : args.many("--features")) body.value(feature);
        body.close();
    }
    body.close();
    return context.ask(request, print_model);
}

int remove(Context& context, const Args& args) {
    Request request{.method = "DELETE", .path = "/api/v1/models/" + encoded(args.text("id"))};
    if (args.has("--yes")) add_query(request.query, "confirm", "true");
    return context.ask(request, print_follows);
}

}  // namespace

std::vector<Command> model_commands() {
    return {
        {"model list", "the last run of each model", "filrouge model list", {}, list},
        {"model value",
         "who will buy again, how often and for how much: fitted, and written as traits for rules",
         "filrouge model value --weeks 52 --purpose statistics",
         {{"--purpose", "the purpose that may use the figures", Param::Kind::Value, true},
          {"--brand", "whose customers; needed where there are several brands"},
          {"--purchase", "the event that is a purchase (Order Completed)"},
          {"--weeks", "how far ahead (52)"},
          {"--model", "bg_nbd (default) or pareto_nbd"},
          {"--currency", "amounts in this currency"},
          {"--refit-days", "fitted again after so many days (7); 0 never"}},
         value},
        {"model lookalike",
         "who resembles an audience: learned, measured, and written as a trait for rules",
         "filrouge model lookalike --audience regulars --features channel --features category "
         "--purpose statistics",
         {{"--audience", "the audience, by id", Param::Kind::Value, true},
          {"--purpose", "the purpose that may use the score", Param::Kind::Value, true},
          {"--brand", "whose customers; needed where there are several brands"},
          {"--features", "event, channel, product, recency, spent, a property", Param::Kind::Many},
          {"--last", "learn from this time alone: '90 days'"},
          {"--size", "persons at the top whose precision is told"},
          {"--purchase", "of spent: the event that is a purchase (Order Completed)"},
          {"--currency", "amounts in this currency"},
          {"--refit-days", "learned again after so many days (7); 0 never"}},
         lookalike},
        {"model remove",
         "remove one, after telling what follows: its traits are taken back from everybody",
         "filrouge model remove lookalike.statistics.regulars --yes",
         {{"id", "as 'model list' tells it", Param::Kind::Value, true},
          {"--yes", "do it; without it, what would follow is told", Param::Kind::Flag}},
         remove},
    };
}

}  // namespace filrouge::cli
