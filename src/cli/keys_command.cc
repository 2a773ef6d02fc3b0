// `filrouge keys rotate`: another master key in the place of the one in use. The key itself is in a
// file beside the former one, in the data folder of whoever serves it: none goes through here.
#include <boost/json.hpp>
#include <cstdio>

#include "cli/commands.h"
#include "cli/context.h"
#include "cli/table.h"

namespace filrouge::cli {

namespace {

void print_rotated(const boost::json::value& answer) {
    std::printf(
        "The keys are under the next master key; the former one opens them no more.\n"
        "Copies of keys/ made before still need the former one. Copy them anew, elsewhere:\n"
        "  filrouge backup keys FOLDER\n");
    if (cell(answer, "in") == "environment")
        std::printf(
            "Give FILROUGE_MASTER_KEY the same key before the next start. Until a start finds it "
            "there, it "
            "stands in\nsecrets/master-key.rotating of the data folder.\n");
}

int rotate(Context& context, const Args&) {
    return context.ask({.method = "POST", .path = "/api/v1/keys/rotation"}, print_rotated);
}

}  // namespace

std::vector<Command> keys_commands() {
    return {
        {"keys rotate",
         "put the master key in secrets/master-key.next of the data folder into the place of the "
         "one in use; a server goes on",
         "filrouge keys rotate --data data",
         {},
         rotate}};
}

}  // namespace filrouge::cli
