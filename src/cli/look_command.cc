// What is there: `filrouge stats`, `tail`, `log verify`, `settings`.
#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>

#include "base/terminal.h"
#include "cli/answer_json.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/read_file.h"
#include "cli/table.h"
#include "engine/settings.h"
#include "os/disk.h"
#include "storage/log.h"
#include "storage/log_end.h"

namespace filrouge::cli {

namespace json = boost::json;

namespace {

// Nested figures under one another: "events.stored  1040".
void print_figures(const json::value& value, const std::string& before, Table& table) {
    for (const auto& [key, member] : value.as_object()) {
        const std::string name =
            before.empty() ? std::string(key) : before + "." + std::string(key);
        if (member.is_object()) {
            print_figures(member, name, table);
        } else {
            table.add({name, cell(value, std::string_view(key.data(), key.size()))});
        }
    }
}

void print_stats(const json::value& answer) {
    if (!answer.is_object()) return;
    Table table({"figure", "value"});
    print_figures(answer, "", table);
    table.print();
}

int stats(Context& context, const Args&) {
    return context.ask({.path = "/api/v1/stats"}, print_stats);
}

void print_stored(std::string_view data) {
    boost::system::error_code broken;
    const json::value event = json::parse({data.data(), data.size()}, broken);
    if (broken) return;
    const auto told = [&](std::string_view name) { return for_terminal(cell(event, name)); };
    std::printf("%s  %-14s %-8s %-32s %s%s\n", told("received").c_str(), told("source").c_str(),
                told("channel").c_str(), told("name").c_str(), told("profile").c_str(),
                told("bot") == "yes" ? "  bot" : "");
}

int tail(Context& context, const Args& args) {
    const auto way = context.transport();
    if (!way.ok()) return Context::fail(way.error());
    const std::uint64_t most = args.number("--count", 0);
    std::uint64_t shown = 0;
    std::string waiting;
    const bool as_json = context.options().json;
    const auto answer = way.value()->follow({.path = "/api/v1/tail"}, [&](std::string_view piece) {
        waiting.append(piece);
        std::size_t end = 0;
        while ((end = waiting.find('\n')) != std::string::npos) {
            const std::string line = waiting.substr(0, end);
            waiting.erase(0, end + 1);
            if (!line.starts_with("data: ")) continue;
            if (as_json)
                std::printf("%s\n", line.c_str() + 6);
            else
                print_stored(std::string_view(line).substr(6));
            std::fflush(stdout);
            if (most != 0 && ++shown == most) return false;
        }
        return true;
    });
    if (!answer.ok()) return Context::fail(answer.error());
    if (answer.value().status == 200) return kExitOk;
    return Context::fail({"cli.refused",
                          "The server answered " + std::to_string(answer.value().status) + ".",
                          "A tail needs the role staff, marketer, privacy or admin."});
}

int verify(Context& context, const Args&) {
    const std::string folder = context.data() + "/log";
    const auto disk = os::make_disk();
    if (!disk->exists(folder)) {
        return Context::fail({"cli.no_data", "There is no log in '" + context.data() + "'.",
                              "Name the data folder with --data."});
    }
    const auto known = newest_snapshot(*disk, context.data());
    if (!known.ok()) return Context::fail(known.error());
    const Result<LogOpening> found = verify_log(*disk, folder);
    if (!found.ok()) return Context::fail(found.error());
    const auto ended = check_log_end(context.data(), found.value().records, known.value());
    if (!ended.ok()) return Context::fail(ended.error());
    const LogOpening& log = found.value();
    if (context.options().json) {
        std::printf("{\"segments\":%llu,\"records\":%llu,\"torn_bytes\":%llu}\n",
                    static_cast<unsigned long long>(log.segments),
                    static_cast<unsigned long long>(log.records),
                    static_cast<unsigned long long>(log.torn_bytes));
        return kExitOk;
    }
    std::printf("%llu records in %llu segments: whole\n",
                static_cast<unsigned long long>(log.records),
                static_cast<unsigned long long>(log.segments));
    if (log.torn_bytes > 0) {
        std::printf("%llu bytes of an unfinished write at the end; nobody was told it is stored\n",
                    static_cast<unsigned long long>(log.torn_bytes));
    }
    return kExitOk;
}

std::string joined(const json::array& names) {
    std::string out;
    for (const json::value& name : names)
        out += (out.empty() ? "" : ", ") + json::value_to<std::string>(name);
    return out;
}

// A purpose that the new file no longer names is kept by name and needs consent from then on.
void print_purposes_that_go(const json::value& now, const engine::Settings& next) {
    for (const json::value& known : now.at("purposes").as_array()) {
        const auto name = json::value_to<std::string>(known.at("name"));
        if (std::any_of(next.purposes.begin(), next.purposes.end(),
                        [&](const engine::PurposeSetting& p) { return p.name == name; }))
            continue;
        std::printf("purpose %s is no longer named: it stays known, and asks for consent\n",
                    name.c_str());
        const json::value& users = known.at("used_by");
        if (const std::string of = joined(users.at("audiences").as_array()); !of.empty())
            std::printf("  audiences that keep only who consented: %s\n", of.c_str());
        if (const std::string of = joined(users.at("sources").as_array()); !of.empty())
            std::printf("  sources that keep only the events of who consented: %s\n", of.c_str());
    }
}

int settings(Context& context, const Args& args) {
    if (!args.has("--check")) {
        std::printf("%s", engine::settings_table().c_str());
        return kExitOk;
    }
    const std::string name = args.text("--check");
    const auto text = read_file(name);
    if (!text.ok()) return Context::fail(text.error());
    const auto read = engine::parse_settings(text.value(), name);
    if (!read.ok()) return Context::fail(read.error());
    std::printf("%s: fine\n", name.c_str());
    if (context.options().url.empty() && context.options().data.empty()) return kExitOk;
    int code = kExitOk;
    const auto now = answer_json(context, {.path = "/api/v1/purposes"}, code);
    if (now) print_purposes_that_go(*now, read.value());
    return code;
}

}  // namespace

std::vector<Command> look_commands() {
    return {
        {"stats",
         "how many persons and events, and where memory and disk go",
         "filrouge stats",
         {},
         stats},
        {"tail",
         "what is stored, as it is stored",
         "filrouge tail --count 10",
         {{"--count", "end after this many"}},
         tail},
        {"log verify",
         "read every byte of the log and check it",
         "filrouge log verify --data data",
         {},
         verify},
        {"settings",
         "every setting with its default, limit and reason; or check a file and, with --data or "
         "--url, what would follow from it there",
         "filrouge settings --check filrouge.toml --data data/shop",
         {{"--check", "a settings file to check"}},
         settings},
    };
}

}  // namespace filrouge::cli
