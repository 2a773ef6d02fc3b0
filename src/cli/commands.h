// The rows of every file that holds commands.
#pragma once

#include "cli/command.h"

namespace filrouge::cli {

std::vector<Command> serve_commands();
std::vector<Command> person_commands();
std::vector<Command> identity_commands();
std::vector<Command> match_commands();
std::vector<Command> consent_commands();
std::vector<Command> audience_commands();
std::vector<Command> source_commands();
std::vector<Command> rate_commands();
std::vector<Command> access_commands();
std::vector<Command> quarantine_commands();
std::vector<Command> look_commands();
std::vector<Command> backup_commands();
std::vector<Command> keys_commands();
std::vector<Command> import_commands();
std::vector<Command> query_commands();
std::vector<Command> model_commands();
std::vector<Command> rights_commands();
std::vector<Command> privacy_commands();
std::vector<Command> metric_commands();
std::vector<Command> offer_commands();
std::vector<Command> demo_commands();

}  // namespace filrouge::cli
