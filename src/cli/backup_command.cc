// `filrouge backup`, `backup keys`, `backup verify`, `repair`, `restore`. They read and write
// folders of this machine; a server on the data folder goes on.
#include <cstdio>

#include "base/json_writer.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/table.h"
#include "http/iso_time.h"
#include "os/clock.h"
#include "os/disk.h"
#include "storage/backup.h"

namespace filrouge::cli {

namespace {

std::string time_of(IngestTime taken) { return http::iso_time(as_event_time(taken)); }

int print_backup(const Result<BackupReport>& made, bool as_json) {
    if (!made.ok()) return Context::fail(made.error());
    const BackupReport& report = made.value();
    const bool data = report.kind == BackupKind::Data;
    if (as_json) {
        std::string out;
        JsonWriter(out)
            .open_object()
            .field("kind", data ? "data" : "keys")
            .field("taken", time_of(report.taken))
            .field("last_sequence", report.last_sequence)
            .field("files", report.files)
            .field("bytes", report.bytes)
            .field("copied", report.copied)
            .close();
        std::printf("%s\n", out.c_str());
        return kExitOk;
    }
    print_pair("backup of", data ? "data" : "keys");
    print_pair("taken", time_of(report.taken));
    if (data) print_pair("last record", std::to_string(report.last_sequence));
    print_pair("files", std::to_string(report.files));
    print_pair("bytes", std::to_string(report.bytes));
    return kExitOk;
}

using BackUp = Result<BackupReport> (*)(Disk& disk, const std::string& data,
                                        const std::string& folder, IngestTime now);

Result<void> check_shop(Disk& disk, const std::string& data, const std::string& needs) {
    if (disk.exists(data + needs)) return {};
    return Error{"cli.no_data", "There is no shop in '" + data + "'.",
                 "Name the data folder with --data."};
}

int back_up(Context& context, const Args& args, BackUp what, const std::string& needs,
            const char* hint) {
    const auto disk = os::make_disk();
    const auto shop = check_shop(*disk, context.data(), needs);
    if (!shop.ok()) return Context::fail(shop.error());
    const auto made = what(*disk, context.data(), args.text("folder"), os::make_clock()->now());
    const int code = print_backup(made, context.options().json);
    if (code != kExitOk || context.options().json) return code;
    print_pair("copied now", std::to_string(made.value().copied) + " files");
    std::printf("%s\n", hint);
    return code;
}

int backup(Context& context, const Args& args) {
    if (!args.has("folder")) {
        std::fprintf(stderr, "filrouge: backup wants a folder to write to.\n");
        return kExitUsage;
    }
    return back_up(context, args, back_up_data, "/log",
                   "The keys are not in it: `filrouge backup keys` copies them, elsewhere.");
}

int keys(Context& context, const Args& args) {
    return back_up(context, args, back_up_keys, "/keys",
                   "The master key is not in it, and without it the keys open nothing: keep it in "
                   "a third place.");
}

int verify(Context& context, const Args& args) {
    const auto disk = os::make_disk();
    return print_backup(verify_backup(*disk, args.text("folder")), context.options().json);
}

int restore(Context& context, const Args& args) {
    if (context.options().data.empty()) {
        std::fprintf(stderr, "filrouge: restore wants a new folder, --data NEW.\n");
        return kExitUsage;
    }
    const auto disk = os::make_disk();
    const auto restored =
        restore_backup(*disk, args.text("folder"), args.text("--keys"), context.data());
    if (!restored.ok()) return Context::fail(restored.error());
    const RestoreReport& report = restored.value();
    if (context.options().json) {
        std::string out;
        JsonWriter(out)
            .open_object()
            .field("taken", time_of(report.taken))
            .field("segments", report.log.segments)
            .field("records", report.log.records)
            .field("keys", report.keys)
            .field("keys_older", report.keys_older)
            .close();
        std::printf("%s\n", out.c_str());
        return kExitOk;
    }
    std::printf("%llu records in %llu segments: whole, as of %s\n",
                static_cast<unsigned long long>(report.log.records),
                static_cast<unsigned long long>(report.log.segments),
                time_of(report.taken).c_str());
    const std::string data = context.data();
    if (report.keys_older)
        std::printf("The keys are older than the data: who came in between stays unreadable.\n");
    if (!report.keys)
        std::printf("Put the shop's keys into %s/keys before the start.\n", data.c_str());
    std::printf(
        "Put the master key into %s/secrets/master-key (chmod 600) or FILROUGE_MASTER_KEY, then:\n"
        "  filrouge serve --data %s\n",
        data.c_str(), data.c_str());
    return kExitOk;
}

int repair(Context& context, const Args& args) {
    const auto disk = os::make_disk();
    const auto shop = check_shop(*disk, context.data(), "/log");
    if (!shop.ok()) return Context::fail(shop.error());
    const auto repaired = repair_from_backup(*disk, context.data(), args.text("--from-backup"));
    if (!repaired.ok()) return Context::fail(repaired.error());
    const RepairReport& report = repaired.value();
    if (context.options().json) {
        std::string out;
        JsonWriter json(out);
        json.open_object().key("replaced").open_array();
        for (const std::string& path : report.replaced) json.value(path);
        json.close().field("segments", report.log.segments).field("records", report.log.records);
        json.close();
        std::printf("%s\n", out.c_str());
        return kExitOk;
    }
    for (const std::string& path : report.replaced) print_pair("replaced", path);
    std::printf("%llu records in %llu segments: whole\n",
                static_cast<unsigned long long>(report.log.records),
                static_cast<unsigned long long>(report.log.segments));
    return kExitOk;
}

}  // namespace

std::vector<Command> backup_commands() {
    const Param target{"folder", "where the backup is, or is made; one folder for each shop",
                       Param::Kind::Value, true};
    Param own_target = target;
    own_target.required = false;  // a verb may stand in its place
    return {
        {"backup keys",
         "copy the wrapped keys, to another place than the data",
         "filrouge backup keys /mnt/keys/shop --data data",
         {target},
         keys},
        {"backup verify",
         "read every byte of a backup and check it",
         "filrouge backup verify /mnt/backup/shop",
         {target},
         verify},
        {"backup",
         "copy the log and the settings beside a running server; what is there is not copied again",
         "filrouge backup /mnt/backup/shop --data data",
         {own_target},
         backup},
        {"repair",
         "put back, from a backup, what is damaged or missing in the log of --data",
         "filrouge repair --from-backup /mnt/backup/shop --data data",
         {{"--from-backup", "a backup of this shop", Param::Kind::Value, true}},
         repair},
        {"restore",
         "make a new data folder of a backup, checked before and after",
         "filrouge restore /mnt/backup/shop --keys /mnt/keys/shop --data new",
         {target, {"--keys", "the backup of the keys; else put them into NEW/keys yourself"}},
         restore},
    };
}

}  // namespace filrouge::cli
