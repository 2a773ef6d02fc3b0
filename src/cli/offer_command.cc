// `filrouge offer ...`: value for answers, as the brand offers it to its customers.
#include <boost/json.hpp>
#include <cstdio>

#include "cli/commands.h"
#include "cli/context.h"
#include "cli/read_file.h"
#include "cli/table.h"

namespace filrouge::cli {

namespace json = boost::json;

namespace {

std::string in_english(const json::value& offer, std::string_view name) {
    const json::value* text = offer.is_object() ? offer.get_object().if_contains(name) : nullptr;
    return text != nullptr ? cell(*text, "en") : std::string();
}

void print_offers(const json::value& answer) {
    Table table({"id", "open", "told", "benefits", "to", "purpose", "title", "benefit"});
    for (const json::value& row : rows_of(answer, "offers")) {
        table.add({cell(row, "id"), cell(row, "open"), cell(row, "told"), cell(row, "benefits"),
                   cell(row, "to"), cell(row, "purpose"), in_english(row, "title"),
                   in_english(row, "benefit")});
    }
    table.print();
}

void print_offer(const json::value& offer) {
    for (const std::string_view name : {"id", "purpose", "from", "to", "code", "on_taking_back"})
        print_pair(name, cell(offer, name));
    Table asks({"line", "type", "required"});
    for (const json::value& ask : rows_of(offer, "asks"))
        asks.add({cell(ask, "name"), cell(ask, "type"), cell(ask, "required")});
    std::printf("\n");
    asks.print();
}

void print_of_person(const json::value& answer) {
    Table table({"offer", "line", "state", "at"});
    Table benefits({"benefit", "code", "state", "at"});
    for (const json::value& offer : rows_of(answer, "offers")) {
        for (const json::value& ask : rows_of(offer, "asks"))
            table.add({cell(offer, "id"), cell(ask, "name"), cell(ask, "state"), cell(ask, "at")});
        for (const json::value& given : rows_of(offer, "benefits"))
            benefits.add(
                {cell(given, "id"), cell(given, "code"), cell(given, "state"), cell(given, "at")});
    }
    table.print();
    std::printf("\n");
    benefits.print();
}

int list(Context& context, const Args&) {
    return context.ask({.path = "/api/v1/offers"}, print_offers);
}

int make(Context& context, const Args& args) {
    Request request{.method = "POST", .path = "/api/v1/offers"};
    auto text = read_file(args.text("file"));
    if (!text.ok()) return Context::fail(text.error());
    request.body = std::move(text).value();
    return context.ask(request, print_offer);
}

int end(Context& context, const Args& args) {
    Request request;
    request.method = "POST";
    request.path = "/api/v1/offers/" + encoded(args.text("id")) + "/end";
    return context.ask(request, print_offer);
}

int of_person(Context& context, const Args& args) {
    Request request;
    request.path = "/api/v1/profiles/" + encoded(args.text("profile")) + "/offers";
    return context.ask(request, print_of_person);
}

int me_link(Context& context, const Args& args) {
    Request request{.method = "POST", .path = "/api/v1/me/links", .needs_server = true};
    request.body = json::serialize(json::object{{"profile", args.text("profile")}});
    return context.ask(request, [](const json::value& link) {
        for (const std::string_view name : {"path", "seconds", "note"})
            print_pair(name, cell(link, name));
    });
}

}  // namespace

std::vector<Command> offer_commands() {
    return {{"offer list",
             "offers of value for answers, and how many took each",
             "filrouge offer list",
             {},
             list},
            {"offer make",
             "makes an offer of a JSON file (docs/offers.md); it is never changed, only ended",
             "filrouge offer make sizes.json",
             {{"file", "the offer", Param::Kind::Value, true}},
             make},
            {"offer end",
             "ends an offer; what was told stays, and can be taken back",
             "filrouge offer end your-sizes",
             {{"id", "the offer's id", Param::Kind::Value, true}},
             end},
            {"offer of",
             "what a person told of offers, line by line, and the benefits",
             "filrouge offer of 0f1e2d3c4b5a69788796a5b4c3d2e1f0",
             {{"profile", "the profile's id", Param::Kind::Value, true}},
             of_person},
            {"me link",
             "a link, good once, by which a person signs in to their own page",
             "filrouge me link 0f1e2d3c4b5a69788796a5b4c3d2e1f0",
             {{"profile", "the profile's id", Param::Kind::Value, true}},
             me_link}};
}

}  // namespace filrouge::cli
