// `filrouge restrict`, `object`, `correct`: what a person wants done, or no longer done, with what
// is known of them.
#include <boost/json.hpp>
#include <cstdio>

#include "base/json_writer.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/table.h"

namespace filrouge::cli {

namespace json = boost::json;

namespace {

Request to_profile(const Args& args, std::string_view what) {
    Request request;
    request.method = "POST";
    request.path = "/api/v1/profiles/" + encoded(args.text("id"));
    request.path.append(what);
    return request;
}

void print_restraints(const json::value& answer) {
    for (const std::string_view name :
         {"profile", "restricted", "restricted_since", "objects_to_profiling", "objects_since"}) {
        if (const std::string text = cell(answer, name); !text.empty()) print_pair(name, text);
    }
}

int restrict_person(Context& context, const Args& args) {
    Request request = to_profile(args, "/restriction");
    JsonWriter(request.body)
        .open_object()
        .field("action", args.has("--lift") ? "lift" : "restrict")
        .field("reason", args.text("reason"))
        .close();
    return context.ask(request, print_restraints);
}

void print_restricted(const json::value& answer) {
    Table table({"profile", "since", "by", "reason"});
    for (const json::value& row : rows_of(answer, "restricted"))
        table.add({cell(row, "profile"), cell(row, "since"), cell(row, "by"), cell(row, "reason")});
    table.print();
}

int restricted(Context& context, const Args&) {
    Request request;
    request.path = "/api/v1/rights/restricted";
    return context.ask(request, print_restricted);
}

int object(Context& context, const Args& args) {
    Request request = to_profile(args, "/objection");
    JsonWriter w(request.body);
    w.open_object();
    if (args.has("--purpose")) w.key("purposes").open_array().value(args.text("--purpose")).close();
    w.field("profiling", args.has("--profiling")).field("withdrawn", args.has("--withdrawn"));
    w.key("evidence").open_object().field("told", args.text("evidence")).close().close();
    return context.ask(request, print_restraints);
}

void print_corrections(const json::value& answer) {
    Table table({"trait", "action", "value", "at", "by", "reason"});
    for (const json::value& row : rows_of(answer, "corrections")) {
        table.add({cell(row, "trait"), cell(row, "action"), cell(row, "value"), cell(row, "at"),
                   cell(row, "by"), cell(row, "reason")});
    }
    table.print();
}

int correct(Context& context, const Args& args) {
    Request request = to_profile(args, "/corrections");
    JsonWriter w(request.body);
    w.open_object().field("trait", args.text("trait")).field("reason", args.text("reason"));
    if (args.has("--value")) w.field("value", args.text("--value"));
    if (args.has("--remove")) w.field("remove", true);
    if (args.has("--release")) w.field("release", true);
    if (args.has("--brand")) w.field("brand", args.text("--brand"));
    w.close();
    return context.ask(request, print_corrections);
}

int corrections(Context& context, const Args& args) {
    Request request;
    request.path = "/api/v1/profiles/" + encoded(args.text("id")) + "/corrections";
    return context.ask(request, print_corrections);
}

void print_retention(const json::value& answer) {
    for (const std::string_view name :
         {"days", "due", "soon", "restricted", "erased", "left", "periods", "last_sweep"}) {
        if (const std::string text = cell(answer, name); !text.empty()) print_pair(name, text);
    }
    if (const json::value* at = answer.as_object().if_contains("sweep_at"); at != nullptr)
        print_pair("sweep_at",
                   at->as_string().empty() ? "only when asked" : cell(answer, "sweep_at"));
    Table terms({"events", "days", "due", "soon", "not closed"});
    for (const json::value& row : rows_of(answer, "events")) {
        const std::string name = cell(row, "name");
        terms.add({name.empty() ? "for " + cell(row, "purpose") : name, cell(row, "days"),
                   cell(row, "due"), cell(row, "soon"), cell(row, "not_closed")});
    }
    if (!terms.empty()) terms.print();
    Table table({"profile", "who", "last contact", "kept until"});
    for (const json::value& row : rows_of(answer, "profiles"))
        table.add({cell(row, "profile"), cell(row, "who"), cell(row, "last_contact"),
                   cell(row, "kept_until")});
    if (!table.empty()) table.print();
}

int retention_preview(Context& context, const Args& args) {
    Request request;
    request.path = "/api/v1/rights/retention";
    add_query(request.query, "days", args.text("--days"));
    return context.ask(request, print_retention);
}

int retention_sweep(Context& context, const Args& args) {
    Request request;
    request.method = "POST";
    request.path = "/api/v1/rights/retention/sweep";
    if (args.has("--yes")) add_query(request.query, "confirm", "true");
    return context.ask(request, print_retention);
}

}  // namespace

std::vector<Command> privacy_commands() {
    const Param id{"id", "the profile's id", Param::Kind::Value, true};
    return {{"restrict",
             "keeps a person's data and does nothing else with it, until --lift",
             "filrouge restrict 0f1e2d3c4b5a69788796a5b4c3d2e1f0 'The address is contested.'",
             {id,
              {"reason", "why, for the record", Param::Kind::Value, true},
              {"--lift", "the restriction ends", Param::Kind::Flag}},
             restrict_person},
            {"restricted",
             "whose data is restricted, since when and why",
             "filrouge restricted",
             {},
             restricted},
            {"object",
             "a person objects to a purpose, or to being profiled; no banner ends that",
             "filrouge object 0f1e2d3c4b5a69788796a5b4c3d2e1f0 'Letter of 3 March' --profiling",
             {id,
              {"evidence", "how the person told it", Param::Kind::Value, true},
              {"--purpose", "the purpose that is objected to"},
              {"--profiling", "to audiences and scores altogether", Param::Kind::Flag},
              {"--withdrawn", "the person no longer objects", Param::Kind::Flag}},
             object},
            {"correct",
             "puts a trait right, whatever sources tell, until --release",
             "filrouge correct 0f1e2d3c4b5a69788796a5b4c3d2e1f0 city 'By phone' --value Lyon",
             {id,
              {"trait", "the trait's name", Param::Kind::Value, true},
              {"reason", "why, for the record", Param::Kind::Value, true},
              {"--value", "what is right, as text"},
              {"--remove", "the person has no such trait", Param::Kind::Flag},
              {"--release", "sources count again", Param::Kind::Flag},
              {"--brand", "whose profile, where several brands know the person"}},
             correct},
            {"retention preview",
             "who is kept no longer, and who will not be in 30 days",
             "filrouge retention preview --days 90",
             {{"--days", "days to look ahead; 30 when left out"}},
             retention_preview},
            {"retention sweep",
             "who is kept no longer today; with --yes, erases them",
             "filrouge retention sweep --yes",
             {{"--yes", "erase; there is no way back", Param::Kind::Flag}},
             retention_sweep},
            {"corrections",
             "what was put right of a person, by whom and why",
             "filrouge corrections 0f1e2d3c4b5a69788796a5b4c3d2e1f0",
             {id},
             corrections}};
}

}  // namespace filrouge::cli
