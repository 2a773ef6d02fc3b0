// Audiences: lists, members, why, overlap, counts of drafts.
#include <algorithm>
#include <bit>
#include <mutex>
#include <shared_mutex>

#include "audience/compile.h"
#include "audience/evaluate.h"
#include "audience/explain.h"
#include "audience/json.h"
#include "audience/rule.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "engine/queries.h"
#include "engine/question.h"
#include "engine/records.h"
#include "engine/times.h"

namespace filrouge::engine {
namespace {

using Reading = std::shared_lock<FairLock>;

Error no_audience(std::string_view id) {
    return Error{"audience_not_found",
                 "There is no audience '" + std::string(id.substr(0, 64)) + "'.",
                 "GET /api/v1/audiences lists them."};
}

const AudienceInfo* find_audience(const Fold& fold, std::string_view id) {
    const auto at = fold.audiences.find(id);
    return at == fold.audiences.end() ? nullptr : &at->second;
}

void write_audience(JsonWriter& w, const Fold& fold, const AudienceInfo& info) {
    w.open_object()
        .field("id", info.id)
        .field("name", info.name)
        .field("purpose", info.purpose)
        .field("rule", info.rule_text);
    write_brand(w, fold, info.use.brand);
    w.field("count", fold.live.count(info.slot)).field("complete", fold.live.complete(info.slot));
    w.field("live", fold.live.rule(info.slot) != nullptr)
        .field("created", iso_time(info.created))
        .close();
}

void write_rule_error(JsonWriter& w, const audience::RuleError& e) {
    w.open_object().field("valid", false).field("offset", static_cast<std::uint64_t>(e.offset));
    w.field("length", static_cast<std::uint64_t>(e.length))
        .field("line", static_cast<std::uint64_t>(e.line));
    w.field("column", static_cast<std::uint64_t>(e.column))
        .field("message", e.message)
        .field("hint", e.hint)
        .key("allowed")
        .open_array();
    for (const std::string& what : e.allowed) w.value(what);
    w.close();
    if (!e.path.empty()) w.field("path", e.path);
    w.close();
}

std::variant<audience::Rule, audience::RuleError> read_rule(std::string_view text) {
    const std::string_view begins = trim(text);
    return !begins.empty() && begins.front() == '{' ? audience::from_json(text)
                                                    : audience::parse(text);
}

}  // namespace

Result<std::string> audiences_json(const Library& l, std::string_view brand) {
    const Reading reading(l.lock);
    const std::optional<BrandNo> wanted = TRY(brand_asked(l.fold, brand));
    std::string out;
    JsonWriter w(out);
    w.open_object().key("audiences").open_array();
    for (const auto& [id, info] : l.fold.audiences) {
        if (!wanted || info.use.brand == *wanted) write_audience(w, l.fold, info);
    }
    w.close().field("sequence", l.fold.applied()).close();
    return out;
}

Result<std::string> audience_json_of(const Library& l, std::string_view id) {
    const Reading reading(l.lock);
    const AudienceInfo* info = find_audience(l.fold, id);
    if (info == nullptr) return no_audience(id);
    std::string out;
    JsonWriter w(out);
    write_audience(w, l.fold, *info);
    return out;
}

Result<std::string> members_json(const Library& l, std::string_view id, std::string_view cursor,
                                 std::size_t limit) {
    limit = std::clamp<std::size_t>(limit, 1, kPageMax);
    const Reading reading(l.lock);
    const AudienceInfo* info = find_audience(l.fold, id);
    if (info == nullptr) return no_audience(id);
    std::uint32_t from = 0;
    if (!cursor.empty()) {
        const auto last = ProfileId::parse(cursor);
        const auto fragment = last ? l.fold.names.fragment_of(*last) : std::nullopt;
        if (!fragment)
            return Error{"api.invalid_cursor", "The cursor is not one that an earlier page gave.",
                         "Leave it out to begin again."};
        from = fragment->value + 1;
    }
    std::string out;
    JsonWriter w(out);
    w.open_object().field("count", l.fold.live.count(info->slot)).key("members").open_array();
    const auto words = l.fold.live.words(info->slot);
    std::size_t written = 0;
    std::string last;
    for (std::size_t i = from / 64; i < words.size() && written < limit; ++i) {
        std::uint64_t word = words[i];
        if (i == from / 64) word &= ~std::uint64_t{0} << (from % 64);
        for (; word != 0 && written < limit; word &= word - 1) {
            const auto person = static_cast<std::uint32_t>(
                i * 64 + static_cast<std::size_t>(std::countr_zero(word)));
            last = l.fold.names.name_of(FragmentNo{person}).text();
            w.value(last);
            ++written;
        }
    }
    w.close();
    if (written == limit) w.field("next_cursor", last);
    w.close();
    return out;
}

Result<std::string> overlap_json(const Library& l, const std::vector<std::string>& ids) {
    if (ids.size() < 2 || ids.size() > 8)
        return Error{"overlap.count", "An overlap is of 2 to 8 audiences.", "Send ids=a,b."};
    const Reading reading(l.lock);
    std::vector<std::span<const std::uint64_t>> sets;
    std::optional<audience::Use> use;
    std::string out;
    JsonWriter w(out);
    w.open_object().key("audiences").open_array();
    for (const std::string& id : ids) {
        const AudienceInfo* info = find_audience(l.fold, id);
        if (info == nullptr) return no_audience(id);
        if (!use) use = info->use;
        if (info->use.brand != use->brand)
            return Error{"audience.other_brand", "The audiences are of several brands.",
                         "Name audiences of the same brand."};
        // Who is in both was asked by nobody: a rule that crosses purposes is refused, too.
        if (info->use != *use)
            return Error{"audience.other_purpose", "The audiences are of several purposes.",
                         "Name audiences of the same purpose."};
        sets.push_back(l.fold.live.words(info->slot));
        w.open_object().field("id", id).field("count", l.fold.live.count(info->slot)).close();
    }
    w.close().key("combinations").open_array();
    std::size_t words = 0;
    for (const auto& s : sets) words = std::max(words, s.size());
    std::vector<std::uint64_t> exactly(std::size_t{1} << sets.size());
    for (std::size_t i = 0; i < words; ++i) {
        for (std::size_t combination = 1; combination < exactly.size(); ++combination) {
            std::uint64_t bits = ~std::uint64_t{0};
            for (std::size_t s = 0; s < sets.size(); ++s) {
                const std::uint64_t word = i < sets[s].size() ? sets[s][i] : 0;
                bits &= (combination >> s & 1) != 0 ? word : ~word;
            }
            exactly[combination] += static_cast<std::uint64_t>(std::popcount(bits));
        }
    }
    for (std::size_t combination = 1; combination < exactly.size(); ++combination) {
        w.open_object().key("in").open_array();
        for (std::size_t s = 0; s < ids.size(); ++s) {
            if ((combination >> s & 1) != 0) w.value(ids[s]);
        }
        w.close().field("only_these", exactly[combination]).close();
    }
    w.close().close();
    return out;
}

Result<std::string> check_rule_json(const Library& l, std::string_view text) {
    const auto rule = read_rule(text);
    std::string out;
    JsonWriter w(out);
    if (const auto* wrong = std::get_if<audience::RuleError>(&rule)) {
        write_rule_error(w, *wrong);
        return out;
    }
    const Reading reading(l.lock);
    DraftNames names(l.fold);
    const auto& tree = std::get<audience::Rule>(rule);
    const auto compiled = audience::compile(tree, names);
    if (const auto* wrong = std::get_if<audience::RuleError>(&compiled)) {
        write_rule_error(w, *wrong);
        return out;
    }
    w.open_object()
        .field("valid", true)
        .field("rule", audience::print(tree))
        .key("json")
        .raw(audience::to_json(tree))
        .close();
    return out;
}

Result<std::string> count_rule_json(const Library& l, std::string_view text,
                                    std::string_view purpose, std::string_view brand,
                                    query::Run& run) {
    const auto rule = read_rule(text);
    if (const auto* wrong = std::get_if<audience::RuleError>(&rule))
        return Error{"rule.invalid", wrong->message, wrong->hint};
    SharedNames names(l);
    auto made = audience::compile(std::get<audience::Rule>(rule), names);
    if (const auto* wrong = std::get_if<audience::RuleError>(&made))
        return Error{"rule.invalid", wrong->message, wrong->hint};
    const auto& compiled = std::get<audience::Compiled>(made);
    audience::Use use;
    {
        const Reading reading(l.lock);
        const auto known = l.fold.purposes.bit_of(purpose);
        if (!known)
            return Error{"api.unknown_purpose", "The purpose is not declared.",
                         "GET /api/v1/purposes lists them."};
        use = {TRY(brand_meant(l.fold, brand)), *known};
        TRY(only_of_use(l.fold, compiled, use));
    }
    const RuleCount counted = TRY(count_rule(l, compiled, use, run));
    std::string out;
    JsonWriter(out)
        .open_object()
        .field("count", counted.members())
        .field("persons", counted.persons)
        .field("allowed", counted.allowed)
        .field("amounts_without_rate", counted.without_rate)
        .close();
    return out;
}

namespace {

void write_clause(JsonWriter& w, const audience::Clause& clause,
                  std::vector<std::uint64_t>& records) {
    w.open_object().field("clause", clause.text).field("met", clause.met);
    if (!clause.value.empty()) w.field("value", clause.value);
    if (!clause.threshold.empty()) w.field("wanted", clause.threshold);
    if (clause.next_change < audience::kNever) w.field("may_change", iso_time(clause.next_change));
    if (clause.events != 0) {
        w.field("events", clause.events).key("records").open_array();
        for (const std::uint64_t sequence : clause.records) {
            w.value(sequence);
            if (records.size() < audience::kExplainedEventsMax) records.push_back(sequence);
        }
        w.close();
    }
    if (clause.trait) {
        w.field("trait_record", clause.trait->sequence)
            .field("trait_at", iso_time(clause.trait->at));
        if (is_fitted(clause.trait->model)) w.field("trait_model", name_of(clause.trait->model));
    }
    if (!clause.parts.empty()) {
        w.key("parts").open_array();
        for (const audience::Clause& part : clause.parts) write_clause(w, part, records);
        w.close();
    }
    w.close();
}

}  // namespace

Result<std::string> why_json(const Library& l, std::string_view id, std::string_view profile) {
    std::string out;
    JsonWriter w(out);
    std::vector<std::uint64_t> records;
    std::vector<std::pair<std::uint64_t, std::string>> named;
    {
        const Reading reading(l.lock);
        const AudienceInfo* info = find_audience(l.fold, id);
        if (info == nullptr) return no_audience(id);
        const auto parsed = ProfileId::parse(profile);
        const auto fragment = parsed ? l.fold.names.fragment_of(*parsed) : std::nullopt;
        if (!fragment || !l.fold.is_met(*fragment))
            return Error{"profile_not_found", "There is no such profile.", ""};
        const PersonNo person = l.fold.graph.person_of(*fragment);
        const audience::Compiled* rule = l.fold.live.rule(info->slot);
        if (rule == nullptr)
            return Error{"audience.broken", "The audience's rule no longer compiles.",
                         "Delete it and make it anew."};
        const bool may = l.fold.may_use(person, info->use);
        w.open_object()
            .field("audience", info->id)
            .field("name", info->name)
            .field("profile", l.fold.names.name_of(FragmentNo{person.value}).text());
        w.field("member", l.fold.live.member(info->slot, person))
            .field("sequence", l.fold.applied());
        w.field("rule", info->rule_text).field("purpose", info->purpose).field("may_use", may);
        if (!may) {
            const bool foreign = !l.fold.is_known_to(person, info->use.brand);
            w.field("note", foreign
                                ? "This brand does not know the person, so no rule is asked."
                                : "The person does not allow the audience's purpose, so no rule is "
                                  "asked.")
                .close();
            return out;
        }
        PersonReader reader(l.fold);
        const audience::PersonView view = reader.look(person, info->use);
        w.key("why");
        write_clause(w, audience::explain(*rule, view), records);
        for (const history::EventRow& row : view.events) {
            if (std::find(records.begin(), records.end(), row.sequence) != records.end()) {
                named.emplace_back(row.sequence,
                                   std::string(l.fold.dictionary.text(row.name)) + ", " +
                                       std::string(name_of(row.channel)) + ", " + iso_time(row.at) +
                                       (row.has_value ? ", " + row.value.text() : std::string()));
            }
        }
    }
    w.key("events").open_object();
    for (const auto& [sequence, text] : named) w.field(std::to_string(sequence), text);
    w.close().close();
    return out;
}

}  // namespace filrouge::engine
