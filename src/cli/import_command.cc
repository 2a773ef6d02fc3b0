// `filrouge import` and `filrouge verify-import`: years of history, and whether all of it is there.
#include <unistd.h>

#include <boost/json.hpp>
#include <chrono>
#include <cstdio>

#include "base/json_writer.h"
#include "base/terminal.h"
#include "base/text.h"
#include "cli/answer_json.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/import_sink.h"
#include "cli/table.h"
#include "files/importer.h"

namespace filrouge::cli {

namespace json = boost::json;

namespace {

using files::CheckLine;

files::ImportOptions options_of(const Args& args) {
    files::ImportOptions options;
    options.map_path = args.text("--map");
    options.files = args.many("files");
    options.now_us = std::chrono::duration_cast<std::chrono::microseconds>(
                         std::chrono::system_clock::now().time_since_epoch())
                         .count();
    return options;
}

void print_progress(const files::Progress& p) {
    const double part =
        p.bytes_total == 0 ? 1.0
                           : static_cast<double>(p.bytes_read) / static_cast<double>(p.bytes_total);
    const double rate = p.seconds > 0 ? static_cast<double>(p.rows) / p.seconds : 0;
    std::fprintf(stderr, "\r\x1b[K%3.0f %%  %llu rows, %.0f a second  %s", part * 100,
                 static_cast<unsigned long long>(p.rows), rate, for_terminal(p.file).c_str());
}

// The map's source is made when it is not there.
int ensure_source(Context& context, const std::string& source) {
    int exit_code = kExitOk;
    const auto known = answer_json(context, {.path = "/api/v1/sources"}, exit_code);
    if (!known) return exit_code;
    for (const json::value& row : rows_of(*known, "sources")) {
        if (cell(row, "id") == source) return kExitOk;
    }
    Request request{.method = "POST", .path = "/api/v1/sources"};
    JsonWriter(request.body)
        .open_object()
        .field("id", source)
        .field("name", source)
        .field("channel", "other")
        .close();
    context.answer(request, exit_code);
    return exit_code;
}

void print_report(const files::ImportReport& report, bool as_json) {
    const std::pair<std::string_view, std::uint64_t> kFigures[] = {
        {"rows", report.rows},
        {"bad_rows", report.bad_rows},
        {"bad_lookup_rows", report.bad_lookup_rows},
        {"skipped_rows", report.skipped_rows},
        {"items", report.items},
        {"stored", report.done.stored},
        {"deduplicated", report.done.deduplicated},
        {"not_kept", report.done.not_kept},
        {"quarantined", report.done.quarantined},
        {"reopened_groups", report.reopened_groups},
    };
    std::string out;
    JsonWriter writer(out);
    writer.open_object();
    for (const auto& [name, value] : kFigures) {
        if (as_json)
            writer.field(name, value);
        else
            print_pair(name, std::to_string(value));
    }
    writer.key("seconds").number(report.seconds).close();
    if (as_json)
        std::printf("%s\n", out.c_str());
    else
        std::printf("%-18s%.1f\n", "seconds", report.seconds);
}

int import(Context& context, const Args& args) {
    files::ImportOptions options = options_of(args);
    const auto source = files::import_source_of(options.map_path);
    if (!source.ok()) return Context::fail(source.error());
    if (const int code = ensure_source(context, source.value()); code != kExitOk) return code;
    const auto way = context.transport();
    if (!way.ok()) return Context::fail(way.error());
    const bool terminal = ::isatty(STDERR_FILENO) != 0;
    if (terminal) options.progress = print_progress;
    TransportSink sink(*way.value(), source.value());
    const auto report = files::run_import(options, sink);
    if (terminal) std::fprintf(stderr, "\r\x1b[K");
    if (!report.ok()) return Context::fail(report.error());
    print_report(report.value(), context.options().json);
    return kExitOk;
}

std::string brand_of_source(Context& context, const std::string& id, int& exit_code) {
    const auto answer = answer_json(context, {.path = "/api/v1/sources"}, exit_code);
    if (!answer) return {};
    for (const json::value& source : rows_of(*answer, "sources")) {
        if (cell(source, "id") == id) return cell(source, "brand");
    }
    return {};
}

// The figure that the engine holds for a check; nothing when it could not be asked.
std::optional<std::string> stored_figure(Context& context, const files::StoredCheck& check,
                                         int& exit_code) {
    using What = files::StoredCheck::What;
    if (check.what == What::Rule) {
        Request request{.method = "POST", .path = "/api/v1/rules/count"};
        JsonWriter(request.body)
            .open_object()
            .field("rule", check.rule)
            .field("purpose", check.purpose)
            .field("brand", brand_of_source(context, check.source, exit_code))
            .close();
        const auto answer = answer_json(context, request, exit_code);
        if (!answer) return std::nullopt;
        return cell(*answer, "count");
    }
    if (check.what == What::Persons) return std::nullopt;  // of the whole folder, not of one source
    const auto answer = answer_json(context, {.path = "/api/v1/sources"}, exit_code);
    if (!answer) return std::nullopt;
    std::int64_t events = 0;
    std::int64_t value = 0;
    for (const json::value& source : rows_of(*answer, "sources")) {
        if (cell(source, "id") != check.source) continue;
        for (const json::value& row : rows_of(source, "events")) {
            if (!check.event.empty() && cell(row, "name") != check.event) continue;
            events += parse_int(cell(row, "count")).value_or(0);
            value += parse_int(cell(row, "value_fixed")).value_or(0);
        }
    }
    return check.what == What::Value ? fixed_text(value) : std::to_string(events);
}

int print_checks(const std::vector<CheckLine>& lines, bool as_json) {
    bool equal = true;
    std::string out;
    JsonWriter writer(out);
    writer.open_array();
    for (const CheckLine& line : lines) {
        equal = equal && line.equal;
        writer.open_object()
            .field("name", line.name)
            .field("expected", line.expected)
            .field("got", line.got)
            .field("equal", line.equal)
            .close();
        if (!as_json) std::printf("%s\n", line.text().c_str());
    }
    writer.close();
    if (as_json) std::printf("%s\n", out.c_str());
    return equal ? kExitOk : kExitDamaged;
}

int verify_import(Context& context, const Args& args) {
    const files::ImportOptions options = options_of(args);
    auto lines = files::verify_files(options);
    if (!lines.ok()) return Context::fail(lines.error());
    if (args.has("--stored")) {
        const auto checks = files::stored_checks(options.map_path);
        if (!checks.ok()) return Context::fail(checks.error());
        for (const files::StoredCheck& check : checks.value()) {
            int exit_code = kExitOk;
            const auto got = stored_figure(context, check, exit_code);
            if (exit_code != kExitOk) return exit_code;
            if (got)
                lines.value().push_back(check.compare(*got));
            else
                std::fprintf(stderr,  // log-ok: the name of a check in the map
                             "filrouge: '%s' was not asked: a data folder counts the persons of "
                             "all its sources.\n",
                             for_terminal(check.name).c_str());
        }
    }
    return print_checks(lines.value(), context.options().json);
}

}  // namespace

std::vector<Command> import_commands() {
    const Param map{"--map", "the file that says which column is what", Param::Kind::Value, true};
    const Param files{"files", "files, folders, or name=file for an input of the map",
                      Param::Kind::Many, true};
    return {
        {"import",
         "history from CSV and JSON-lines files; run twice, it adds nothing",
         "filrouge import --map maps/cdnow.toml ../shared/data/cdnow --data data",
         {map, files},
         import},
        {"verify-import",
         "read the files again and compare with what the map expects",
         "filrouge verify-import --map maps/cdnow.toml ../shared/data/cdnow --stored",
         {map,
          files,
          {"--stored", "ask the engine too, for what it holds of this source", Param::Kind::Flag}},
         verify_import},
    };
}

}  // namespace filrouge::cli
