// GET /pixel/v1/{track,page}: the query is written as the JSON of one event and read like any
// other, so a pixel has no second meaning of its own.
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/json_writer.h"
#include "base/text.h"
#include "collect/parser.h"

namespace filrouge::collect {
namespace {

constexpr std::size_t kParametersMax = 256;
constexpr std::size_t kPathDepthMax = 4;  // "context.page.url" has three
constexpr std::array<std::string_view, 14> kEventMembers = {
    "anonymousId", "userId",    "previousId",        "groupId", "event",   "name",     "category",
    "messageId",   "timestamp", "originalTimestamp", "sentAt",  "channel", "writeKey", "type"};

using Path = std::vector<std::string>;
struct Parameter {
    Path path;
    std::string value;
};

Path path_of(const std::string& name) {
    Path path;
    for (const std::string_view part : split(name, '.')) {
        if (path.size() == kPathDepthMax)
            path.back().append(".").append(part);
        else
            path.emplace_back(part);
    }
    const bool nested =
        path.size() > 1 && (path[0] == "properties" || path[0] == "context" || path[0] == "traits");
    if (nested) return path;
    const bool member =
        std::find(kEventMembers.begin(), kEventMembers.end(), name) != kEventMembers.end();
    return member ? Path{name} : Path{"properties", name};
}

// Writes the parameters that share their first `depth` names; they stand together, being sorted.
void write_object(JsonWriter& json, const std::vector<Parameter>& all, std::size_t from,
                  std::size_t to, std::size_t depth) {
    json.open_object();
    while (from < to) {
        const std::string& name = all[from].path[depth];
        if (all[from].path.size() == depth + 1) {
            json.field(name, all[from++].value);
            continue;
        }
        std::size_t end = from;
        while (end < to && all[end].path.size() > depth + 1 && all[end].path[depth] == name) ++end;
        json.key(name);
        write_object(json, all, from, end, depth + 1);
        from = end;
    }
    json.close();
}

Error invalid(const char* what) {
    return Error{"collect.invalid_query", what, "Percent-encode names and values as UTF-8."};
}

}  // namespace

Result<Parsed> Parser::parse_pixel(Route route, std::string_view query,
                                   const RequestContext& request, const Rules& rules) {
    ASSERT(route == Route::Track || route == Route::Page);
    if (query.size() > kEventBytesMax) return invalid("The query is longer than 32768 bytes.");
    std::vector<Parameter> all;
    for (const std::string_view part : split(query, '&')) {
        if (part.empty()) continue;
        const std::size_t equals = std::min(part.find('='), part.size());
        const auto name = percent_decode(part.substr(0, equals), true);
        const auto value = percent_decode(part.substr(std::min(equals + 1, part.size())), true);
        if (!name || !value || !utf8_valid(*name) || !utf8_valid(*value)) {
            return invalid("The query is not percent-encoded UTF-8.");
        }
        if (name->empty()) continue;
        if (all.size() == kParametersMax) {
            return invalid("The query has more parameters than the limit of 256.");
        }
        all.push_back({path_of(*name), *value});
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const Parameter& a, const Parameter& b) { return a.path < b.path; });
    std::string text;
    text.reserve(query.size() * 2 + 256);
    JsonWriter json(text);
    write_object(json, all, 0, all.size(), 0);
    return parse_tracking(route, text, request, rules);
}

}  // namespace filrouge::collect
