// Named figures kept: documents of the log, the shop's and nobody's. Each change tells the whole
// definition and what it was before, so that who reads an old figure finds what it meant then.
#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <map>
#include <shared_mutex>

#include "base/json_writer.h"
#include "base/text.h"
#include "engine/export_document.h"
#include "engine/named_metric.h"
#include "engine/records.h"
#include "engine/request_body.h"
#include "engine/staff_desk_impl.h"
#include "engine/times.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

constexpr std::array<const char*, 4> kParts = {"of", "over", "filter", "currency"};

struct Kept {
    std::string name;
    std::uint64_t version = 0;
    json::object document;

    std::string text(std::string_view key) const { return text_at(document, key); }
    std::int64_t changed_us() const {
        const json::value* value = document.if_contains("changed_us");
        return value != nullptr && value->is_int64() ? value->get_int64() : 0;
    }
    json::array former() const {
        const json::value* value = document.if_contains("former");
        return value != nullptr && value->is_array() ? value->get_array() : json::array();
    }
    MetricDefinition definition() const {
        return {text("of"), text("over"), text("filter"), text("currency")};
    }
};

std::vector<Kept> metrics_of(const Library& l) {
    std::vector<std::pair<Kept, std::string>> told;
    {
        const std::shared_lock reading(l.lock);
        for (const DocumentView& d : l.fold.documents.of(RecordType::MetricChange))
            told.push_back({{std::string(d.id), d.sequence, {}}, std::string(d.json)});
    }
    std::vector<Kept> out;
    for (auto& [metric, text] : told) {
        json::error_code bad;
        json::value parsed = json::parse(text, bad);
        if (bad || !parsed.is_object()) continue;
        metric.document = std::move(parsed.get_object());
        out.push_back(std::move(metric));
    }
    std::sort(out.begin(), out.end(), [](const Kept& a, const Kept& b) { return a.name < b.name; });
    return out;
}

Result<Kept> kept_named(const Library& l, std::string_view name) {
    for (Kept& metric : metrics_of(l)) {
        if (metric.name == name) return std::move(metric);
    }
    return no_such_metric(name);
}

bool may_change(const Kept& metric, const Caller& who) {
    return who.role == Role::Admin || metric.text("owner") == who.token;
}

Result<Kept> kept_to_change(const Library& l, std::string_view name, const Caller& who) {
    Kept metric = TRY(kept_named(l, name));
    if (!may_change(metric, who))
        return Error{"metric.forbidden", "The metric is somebody else's.",
                     "Define one of your own under another name, or ask an admin."};
    return metric;
}

// How many tiles ask for each metric by its name, and of how many boards.
struct Uses {
    std::size_t tiles = 0, boards = 0;
};
std::map<std::string, Uses, std::less<>> uses_of(const Library& l) {
    std::vector<std::string> boards;
    {
        const std::shared_lock reading(l.lock);
        for (const DocumentView& d : l.fold.documents.of(RecordType::BoardChange))
            boards.emplace_back(d.json);
    }
    std::map<std::string, Uses, std::less<>> out;
    for (const std::string& text : boards) {
        json::error_code bad;
        const json::value board = json::parse(text, bad);
        const json::value* tiles =
            bad || !board.is_object() ? nullptr : board.get_object().if_contains("tiles");
        if (tiles == nullptr || !tiles->is_array()) continue;
        std::map<std::string, std::size_t, std::less<>> here;
        for (const json::value& tile : tiles->get_array())
            for (const std::string& name : metrics_in(tile)) ++here[name];
        for (const auto& [name, count] : here) {
            Uses& uses = out[name];
            uses.tiles += count;
            ++uses.boards;
        }
    }
    return out;
}

// Of a definition with fields that the reader's role does not see nothing is told but that it is.
bool is_hidden(const Library& l, const MetricDefinition& definition, const Mask& mask) {
    if (mask.hides_nothing()) return false;
    const auto told = check_definition(l, definition, mask);
    return !told.ok() && told.error().code == "masking.forbidden";
}

void write_former(JsonWriter& w, const Library& l, const Kept& metric, const Mask& mask) {
    w.key("former").open_array();
    for (const json::value& each : metric.former()) {
        if (!each.is_object()) continue;
        const Kept was{metric.name, 0, each.get_object()};
        if (is_hidden(l, was.definition(), mask)) continue;
        w.open_object();
        for (const char* part : kParts) w.field(part, was.text(part));
        const json::value* version = was.document.if_contains("version");
        if (version != nullptr && version->is_int64()) w.field("version", version->get_int64());
        w.field("until", iso_time(EventTime{was.changed_us()}));
        w.field("changed_by", was.text("changed_by")).close();
    }
    w.close();
}

void write_metric(JsonWriter& w, const Library& l, const Kept& metric, const StaffNames& names,
                  Uses uses, const Caller& who, const Mask& mask, bool whole) {
    w.open_object().field("name", metric.name);
    if (is_hidden(l, metric.definition(), mask)) {
        w.field("masked", true);
    } else {
        for (const char* part : kParts) w.field(part, metric.text(part));
        w.field("unit", metric.text("unit")).field("description", metric.text("description"));
    }
    w.field("owner", metric.text("owner"))
        .field("owner_name", names.of(metric.text("owner")))
        .field("editable", may_change(metric, who))
        .field("version", metric.version)
        .field("changed", iso_time(EventTime{metric.changed_us()}))
        .field("tiles", static_cast<std::uint64_t>(uses.tiles))
        .field("boards", static_cast<std::uint64_t>(uses.boards));
    if (whole) write_former(w, l, metric, mask);
    w.close();
}

StaffNames names_of(const Library& l) {
    const std::shared_lock reading(l.lock);
    return StaffNames(l.fold);
}

Uses of_name(const std::map<std::string, Uses, std::less<>>& uses, const std::string& name) {
    const auto at = uses.find(name);
    return at == uses.end() ? Uses{} : at->second;
}

// What the body says takes the place of what the document said.
Result<void> take(const json::object& body, json::object& document, bool is_new) {
    constexpr std::array<std::string_view, 8> kMembers = {
        "name", "of", "over", "filter", "currency", "unit", "description", "version"};
    for (const auto& member : body) {
        const std::string_view key = member.key();
        if (std::find(kMembers.begin(), kMembers.end(), key) == kMembers.end())
            return Error{"metric.unknown_field",
                         "A metric has no '" + std::string(key.substr(0, 64)) + "'.",
                         "It has a name, of, over, filter, currency, unit and description."};
    }
    const auto put = [&](const char* key, bool required, std::size_t most) -> Result<void> {
        if (!required && !body.contains(key)) return {};
        const std::string text = TRY(text_of(body, key, required, most));
        document[key] = std::string(trim(text));
        return {};
    };
    TRY(put("of", is_new, kMetricExpressionMax));
    TRY(put("over", false, kMetricExpressionMax));
    TRY(put("filter", false, kMetricExpressionMax));
    TRY(put("currency", false, 3));
    TRY(put("unit", false, kMetricUnitMax));
    TRY(put("description", false, kMetricDescriptionMax));
    return {};
}

// The definition of before goes among the former ones, the newest first.
void keep_former(const Kept& before, json::object& document, const Caller& who, std::int64_t now) {
    json::object was;
    for (const char* part : kParts) was[part] = before.text(part);
    was["version"] = static_cast<std::int64_t>(before.version);
    was["changed_us"] = now;
    was["changed_by"] = std::string(who.token);
    json::array former = before.former();
    former.insert(former.begin(), std::move(was));
    while (former.size() > kMetricFormerMax) former.pop_back();
    document["former"] = std::move(former);
}

}  // namespace

Result<void> StaffDeskImpl::put_metric(std::string_view name, std::string text) {
    std::vector<Prepared> records(1);
    records[0].record.type = RecordType::MetricChange;
    const bool removed = text.empty();
    encode_document({std::string(name), removed, std::move(text)}, records[0].record.clear);
    return seams_.write(std::move(records));
}

Result<std::string> StaffDeskImpl::metrics(const Caller& who, const Mask& mask) {
    const auto uses = uses_of(library_);
    const StaffNames names = names_of(library_);
    std::string out;
    JsonWriter w(out);
    w.open_object().key("metrics").open_array();
    for (const Kept& metric : metrics_of(library_))
        write_metric(w, library_, metric, names, of_name(uses, metric.name), who, mask, false);
    w.close().close();
    return out;
}

Result<std::string> StaffDeskImpl::metric(std::string_view name, const Caller& who,
                                          const Mask& mask) {
    const Kept metric = TRY(kept_named(library_, name));
    const auto uses = uses_of(library_);
    std::string out;
    JsonWriter w(out);
    write_metric(w, library_, metric, names_of(library_), of_name(uses, metric.name), who, mask,
                 true);
    return out;
}

Result<std::string> StaffDeskImpl::make_metric(std::string_view text, const Caller& who,
                                               const Mask& mask) {
    const std::lock_guard guard(seams_.commands);
    const json::object body = TRY(object_of(text));
    Kept metric;
    metric.name = TRY(text_of(body, "name", true, kMetricNameMax));
    if (!is_metric_name(metric.name))
        return Error{"metric.bad_name", "A metric's name has small letters, digits and '_'.",
                     "It begins with a letter, as net_revenue: questions ask for it by that."};
    TRY(take(body, metric.document, true));
    const std::vector<Kept> all = metrics_of(library_);
    if (std::any_of(all.begin(), all.end(),
                    [&](const Kept& each) { return each.name == metric.name; }))
        return Error{"metric_exists", "There is a metric of that name already.",
                     "Change it, or take another name."};
    if (all.size() >= kMetricsMax)
        return Error{"metric.too_many",
                     "There are " + std::to_string(kMetricsMax) + " metrics, the limit.",
                     "Remove one that nobody asks for."};
    TRY(check_definition(library_, metric.definition(), mask));
    metric.document["owner"] = std::string(who.token);
    metric.document["changed_us"] = seams_.now().us;
    TRY(put_metric(metric.name, json::serialize(metric.document)));
    return this->metric(metric.name, who, mask);
}

Result<std::string> StaffDeskImpl::change_metric(std::string_view name, std::string_view text,
                                                 const Caller& who, const Mask& mask) {
    const std::lock_guard guard(seams_.commands);
    const json::object body = TRY(object_of(text));
    const Kept before = TRY(kept_to_change(library_, name, who));
    const json::value* told = body.if_contains("name");
    if (told != nullptr && *told != json::value(before.name))
        return Error{"metric.renamed", "A metric keeps its name: questions ask for it by that.",
                     "Define another one under the new name."};
    const json::value* version = body.if_contains("version");
    if (version != nullptr && *version != json::value(static_cast<std::int64_t>(before.version)))
        return Error{"metric.version_conflict", "Somebody changed the metric since that version.",
                     "Read it again, and send what should change with its 'version'."};
    Kept after = before;
    TRY(take(body, after.document, false));
    // What a role does not see it cannot judge the change of.
    TRY(check_definition(library_, before.definition(), mask));
    TRY(check_definition(library_, after.definition(), mask));
    const std::int64_t now = seams_.now().us;
    if (!(after.definition() == before.definition())) keep_former(before, after.document, who, now);
    after.document["changed_us"] = now;
    TRY(put_metric(before.name, json::serialize(after.document)));
    return metric(before.name, who, mask);
}

Result<std::string> StaffDeskImpl::remove_metric(std::string_view name, bool even_in_use,
                                                 const Caller& who, const Mask&) {
    const std::lock_guard guard(seams_.commands);
    const Kept metric = TRY(kept_to_change(library_, name, who));
    const Uses uses = of_name(uses_of(library_), metric.name);
    if (uses.tiles != 0 && !even_in_use)
        return Error{"metric_in_use",
                     "The metric is asked for by tiles: " + std::to_string(uses.tiles) +
                         ", on boards: " + std::to_string(uses.boards) + ".",
                     "Take it off them first; with ?even_in_use=true it goes all the same, and "
                     "they show an error."};
    TRY(put_metric(metric.name, ""));
    return std::string(R"({"removed":true})");
}

}  // namespace filrouge::engine
