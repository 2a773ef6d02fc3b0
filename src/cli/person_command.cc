// `filrouge profile`: one person, for a purpose.
#include <boost/json.hpp>
#include <cstdio>

#include "base/json_writer.h"
#include "cli/answer_json.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/table.h"

namespace filrouge::cli {

namespace json = boost::json;

namespace {

void print_consents(const json::value& profile) {
    const json::value* consents = profile.as_object().if_contains("consents");
    if (consents == nullptr || !consents->is_object()) return;
    Table table({"purpose", "choice", "may use", "since"});
    for (const auto& [purpose, state] : consents->as_object()) {
        table.add({std::string(purpose), cell(state, "state"), cell(state, "may_use"),
                   cell(state, "since")});
    }
    std::printf("\n");
    table.print();
}

void print_traits(const json::value& profile) {
    const json::value* traits = profile.as_object().if_contains("traits");
    if (traits == nullptr || !traits->is_object() || traits->as_object().empty()) return;
    Table table({"trait", "value", "source", "at"});
    for (const auto& [name, trait] : traits->as_object()) {
        table.add(
            {std::string(name), cell(trait, "value"), cell(trait, "source"), cell(trait, "at")});
    }
    std::printf("\n");
    table.print();
}

void print_profile(const json::value& profile) {
    for (const std::string_view name :
         {"id", "brand", "purpose", "may_use", "note", "events", "preferred_channel", "aliases"}) {
        if (const std::string text = cell(profile, name); !text.empty()) print_pair(name, text);
    }
    Table identifiers({"identifier", "value"});
    for (const json::value& row : rows_of(profile, "identifiers")) {
        identifiers.add({cell(row, "type"), cell(row, "value")});
    }
    if (!identifiers.empty()) {
        std::printf("\n");
        identifiers.print();
    }
    print_consents(profile);
    print_traits(profile);
    Table audiences({"audience", "name"});
    for (const json::value& row : rows_of(profile, "audiences")) {
        audiences.add({cell(row, "id"), cell(row, "name")});
    }
    if (!audiences.empty()) {
        std::printf("\n");
        audiences.print();
    }
}

void print_thread(const json::value& thread) {
    Table table({"sequence", "at", "channel", "source", "name", "value"});
    for (const json::value& row : rows_of(thread, "events")) {
        table.add({cell(row, "sequence"), cell(row, "at"), cell(row, "channel"),
                   cell(row, "source"), cell(row, "name"), cell(row, "value")});
    }
    table.print();
    if (const std::string next = cell(thread, "next_before"); !next.empty())
        std::printf("\nOlder ones: --before %s\n", next.c_str());
}

// "email=camille@shop.test": the profile it leads to, or nothing and the exit code.
std::optional<std::string> found(Context& context, const std::string& what,
                                 const std::string& brand, int& exit_code) {
    const std::size_t equals = what.find('=');
    if (equals == std::string::npos) {
        std::fprintf(stderr, "filrouge: --find wants type=value, as email=camille@shop.test.\n");
        exit_code = kExitUsage;
        return std::nullopt;
    }
    std::string body;
    JsonWriter(body)
        .open_object()
        .field("type", what.substr(0, equals))
        .field("value", what.substr(equals + 1))
        .field("brand", brand)
        .close();
    const auto answer = answer_json(
        context, {.method = "POST", .path = "/api/v1/profiles/find", .query = "", .body = body},
        exit_code);
    if (!answer) return std::nullopt;
    return cell(*answer, "id");
}

int profile(Context& context, const Args& args) {
    std::string id = args.text("id");
    if (args.has("--find")) {
        int exit_code = kExitOk;
        const auto profile = found(context, args.text("--find"), args.text("--brand"), exit_code);
        if (!profile) return exit_code;
        id = *profile;
    }
    if (id.empty()) {
        std::fprintf(stderr, "filrouge: name a profile, or find one with --find type=value.\n");
        return kExitUsage;
    }
    Request request;
    request.path = "/api/v1/profiles/" + encoded(id);
    add_query(request.query, "purpose", args.text("--purpose", "measurement"));
    add_query(request.query, "brand", args.text("--brand"));
    if (!args.has("--events")) return context.ask(request, print_profile);
    request.path += "/thread";
    add_query(request.query, "limit", args.text("--events"));
    add_query(request.query, "before", args.text("--before"));
    return context.ask(request, print_thread);
}

int people(Context& context, const Args& args) {
    Request request{.method = "POST", .path = "/api/v1/profiles/search"};
    JsonWriter body(request.body);
    body.open_object()
        .field("name", args.text("name"))
        .field("purpose", args.text("--purpose", "measurement"))
        .field("brand", args.text("--brand"))
        .close();
    return context.ask(request, [](const json::value& answer) {
        const auto& found = rows_of(answer, "people");
        if (found.empty()) std::fprintf(stderr, "Nobody of this name allows that purpose.\n");
        Table table({"id", "name"});
        for (const json::value& row : found) table.add({cell(row, "id"), cell(row, "name")});
        table.print();
        if (cell(answer, "more") == "yes")
            std::fprintf(stderr, "There are others: tell more of the name.\n");
    });
}

}  // namespace

std::vector<Command> person_commands() {
    return {{"people",
             "people by beginnings of the words of their name",
             "filrouge people 'camille mar' --purpose personalisation",
             {{"name", "at least three letters of it", Param::Kind::Value, true},
              {"--brand", "whose people, where there are several brands"},
              {"--purpose", "what they are read for (default: measurement)"}},
             people},
            {"profile",
             "one person: identifiers, consents, traits, audiences; or their events",
             "filrouge profile --find email=camille@shop.test --purpose personalisation",
             {{"id", "the profile's id"},
              {"--find", "an identifier instead, type=value"},
              {"--brand", "whose part of the person, where several brands know them"},
              {"--purpose", "what it is read for (default: measurement)"},
              {"--events", "this many events instead, newest first, at most 200"},
              {"--before", "with --events: those before the one of this sequence"}},
             profile}};
}

}  // namespace filrouge::cli
