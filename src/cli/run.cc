#include "cli/run.h"

#include <CLI/CLI.hpp>
#include <boost/system/system_error.hpp>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <stdexcept>

#include "base/text.h"
#include "cli/answer_json.h"
#include "cli/context.h"

namespace filrouge::cli {

namespace {

constexpr const char* kAbout =
    "Filrouge: one consented thread per person from every channel's events.\n";
constexpr const char* kFooter =
    "\nA command asks the server at --url (FILROUGE_URL), or the one that has the folder --data\n"
    "(FILROUGE_DATA) open, or opens that folder itself.\n"
    "Exit codes: 0 done, 1 refused, 2 not understood, 3 not reached or opened, 4 damage found,\n"
    "5 storage failed while serving.";

std::string from_environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

// What CLI11 fills for one command.
struct Bound {
    const Command* command = nullptr;
    CLI::App* app = nullptr;
    std::deque<std::string> values;
    std::deque<std::vector<std::string>> lists;
    std::deque<bool> flags;
    std::vector<std::pair<const Param*, CLI::Option*>> options;
};

void bind(Bound& bound) {
    for (const Param& param : bound.command->params) {
        const std::string name(param.name);
        const std::string help(param.help);
        CLI::Option* option = nullptr;
        switch (param.kind) {
            case Param::Kind::Flag:
                option = bound.app->add_flag(name, bound.flags.emplace_back(), help);
                break;
            case Param::Kind::Value:
                option = bound.app->add_option(name, bound.values.emplace_back(), help);
                break;
            case Param::Kind::Many:
                option = bound.app->add_option(name, bound.lists.emplace_back(), help);
                break;
        }
        if (param.required) option->required();
        bound.options.emplace_back(&param, option);
    }
    bound.app->footer("Example:\n  " + std::string(bound.command->example));
}

Args args_of(const Bound& bound) {
    Args args;
    for (const auto& [param, option] : bound.options) {
        if (option->count() == 0) continue;
        if (param->kind == Param::Kind::Flag)
            args.add(param->name, "true");
        else
            for (const std::string& value : option->results()) args.add(param->name, value);
    }
    return args;
}

void add_common(CLI::App& app, CommonOptions& common) {
    app.add_option("--url", common.url, "a running server, http://127.0.0.1:8180");
    app.add_option("--token", common.token, "for --url; FILROUGE_TOKEN keeps it out of sight");
    app.add_option("--data", common.data, "a data folder (default: data)");
    app.add_flag("--json", common.json, "answer in JSON");
}

// "audience create" lives under the group "audience". A group that is a command itself ("backup")
// has its row behind those of its verbs.
CLI::App* place_of(CLI::App& root, std::map<std::string, CLI::App*>& groups, std::string_view name,
                   const std::string& help) {
    const std::size_t space = name.find(' ');
    const std::string group(name.substr(0, space));
    if (space == std::string_view::npos) {
        const auto known = groups.find(group);
        if (known == groups.end()) return root.add_subcommand(group, help);
        return known->second->description(help)->require_subcommand(0, 1);
    }
    CLI::App*& parent = groups[group];
    if (parent == nullptr) {
        parent = root.add_subcommand(group, "'filrouge " + group + " --help' lists what it does");
        parent->require_subcommand(1);
    }
    return parent->add_subcommand(std::string(name.substr(space + 1)), help);
}

// An answer of another form than ours (a proxy's, an older server's) is read by the library of
// JSON, which throws; and what was printed counts when it is written.
int run_command(const Command& command, Context& context, const Args& args) {
    try {
        const int code = command.run(context, args);
        return code == kExitOk ? Context::put("") : code;
    } catch (const std::logic_error&) {  // a member that is not there, or of another type
    } catch (const boost::system::system_error&) {
    }
    return Context::fail({"cli.refused", "The answer has another form than this command reads.",
                          std::string(kNotOurs)});
}

}  // namespace

std::string Args::text(std::string_view name, std::string_view otherwise) const {
    const auto at = values_.find(name);
    return at == values_.end() ? std::string(otherwise) : at->second.back();
}

std::vector<std::string> Args::many(std::string_view name) const {
    const auto at = values_.find(name);
    return at == values_.end() ? std::vector<std::string>() : at->second;
}

std::uint64_t Args::number(std::string_view name, std::uint64_t otherwise) const {
    if (!has(name)) return otherwise;
    const std::optional<std::int64_t> n = parse_int(text(name));
    if (n && *n >= 0) return static_cast<std::uint64_t>(*n);
    std::fprintf(stderr, "filrouge: %.*s wants a whole number.\n", static_cast<int>(name.size()),
                 name.data());  // log-ok: an option's name
    std::exit(kExitUsage);
}

void Args::add(std::string_view name, std::string value) {
    values_[std::string(name)].push_back(std::move(value));
}

int run(int argc, char** argv) {
    CLI::App root(kAbout);
    root.footer(kFooter);
    root.require_subcommand(1);
    root.set_version_flag("--version", std::string("filrouge ") + FILROUGE_VERSION);
    CommonOptions common;
    std::map<std::string, CLI::App*> groups;
    std::deque<Bound> bound;
    for (const Command& command : all_commands()) {
        Bound& one = bound.emplace_back();
        one.command = &command;
        one.app = place_of(root, groups, command.name, std::string(command.help));
        bind(one);
        add_common(*one.app, common);
    }
    try {
        root.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = root.exit(error);
        return code == 0 ? Context::put("") : kExitUsage;
    }
    if (common.url.empty() && common.data.empty()) common.url = from_environment("FILROUGE_URL");
    if (common.data.empty()) common.data = from_environment("FILROUGE_DATA");
    if (common.token.empty()) common.token = from_environment("FILROUGE_TOKEN");
    for (const Bound& one : bound) {
        if (!one.app->parsed() || !one.app->get_subcommands().empty()) continue;
        Context context(common);
        return run_command(*one.command, context, args_of(one));
    }
    return kExitUsage;
}

}  // namespace filrouge::cli
