#include "cli/commands.h"

namespace filrouge::cli {

const std::vector<Command>& all_commands() {
    static const std::vector<Command> all = [] {
        std::vector<Command> commands;
        for (const auto rows :
             {serve_commands,   person_commands,     identity_commands, match_commands,
              consent_commands, audience_commands,   source_commands,   rate_commands,
              access_commands,  quarantine_commands, look_commands,     backup_commands,
              keys_commands,    import_commands,     query_commands,    metric_commands,
              model_commands,   rights_commands,     privacy_commands,  offer_commands,
              demo_commands}) {
            for (Command& command : rows()) commands.push_back(std::move(command));
        }
        return commands;
    }();
    return all;
}

}  // namespace filrouge::cli
