#include "server/diagnostics.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/json_writer.h"

namespace filrouge::server {

namespace {

spdlog::logger make_logger() {
    spdlog::logger logger("filrouge", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger.set_formatter(std::make_unique<spdlog::pattern_formatter>(
        R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})", spdlog::pattern_time_type::utc));
    return logger;
}

spdlog::level::level_enum level_of(Level level) {
    switch (level) {
        case Level::Info: return spdlog::level::info;
        case Level::Warning: return spdlog::level::warn;
        case Level::Error: return spdlog::level::err;
    }
    return spdlog::level::err;
}

}  // namespace

void diagnose(Level level, std::string_view event, const std::vector<LogField>& fields) {
    static spdlog::logger logger = make_logger();
    std::string line;
    JsonWriter json(line);
    json.open_object().field("event", event);
    for (const auto& [key, text] : fields) json.field(key, text);
    json.close();
    // The pattern writes the braces.
    logger.log(level_of(level), std::string_view(line).substr(1, line.size() - 2));
}

}  // namespace filrouge::server
