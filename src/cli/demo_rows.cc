// The row of `filrouge demo`.
#include <cstdio>

#include "cli/commands.h"
#include "cli/context.h"
#include "cli/demo.h"

namespace filrouge::cli {

namespace {

int demo(Context& context, const Args& args) {
    DemoOptions options;
    if (!context.options().url.empty()) options.url = context.options().url;
    options.token = context.options().token;
    options.data = context.options().data;
    options.settings = args.text("--settings");
    options.seed = args.number("--seed", options.seed);
    options.people = static_cast<std::uint32_t>(args.number("--people", options.people));
    options.speed = args.text("--speed", options.speed);
    options.rate = static_cast<std::uint32_t>(args.number("--rate", options.rate));
    options.length = args.text("--for");
    options.serve = args.has("--serve");
    return demo_command(options);
}

}  // namespace

std::vector<Command> demo_commands() {
    return {{"demo",
             "a shop that does not exist: its people, their events, through the real doors",
             "filrouge demo --serve --data data/demo --speed 60x",
             {{"--serve", "start the server too, on --data", Param::Kind::Flag},
              {"--settings", "settings file of that server"},
              {"--seed", "another shop (default: 7)"},
              {"--people", "how many (default: 2000)"},
              {"--speed", "how much faster than life (default: 60x)"},
              {"--rate", "events a second instead"},
              {"--for", "how long: 90s, 10m, 2h (default: until Ctrl+C)"}},
             demo}};
}

}  // namespace filrouge::cli
