#include "cli/exit_code.h"

#include "cli/command.h"

namespace filrouge::cli {

bool is_damage(std::string_view code) {
    // A write of keys that failed may succeed on another disk, or with more space.
    if (code == "keys.stopped" || code == "keys.disk_full") return false;
    return code.ends_with(".damaged") || code.ends_with(".newer_format") ||
           code == "log.end_missing" || code.starts_with("keys.") || code.starts_with("seal.");
}

int exit_code_of(std::string_view code) {
    if (is_damage(code)) return kExitDamaged;
    for (const std::string_view start : {"disk.", "listen.", "log.", "keys."}) {
        if (code.starts_with(start)) return kExitUnreachable;
    }
    // Whole: a file that is not there is no server that is not there, and later it is not either.
    for (const std::string_view none :
         {"cli.unreachable", "cli.needs_server", "cli.no_data", "cli.not_opened"}) {
        if (code == none) return kExitUnreachable;
    }
    return kExitRefused;
}

}  // namespace filrouge::cli
