// The Runtime's questions: wait for the sequence asked for, then ask the library.
#include <fmt/format.h>

#include <boost/json/parse.hpp>

#include <map>
#include <utility>

#include "base/json_writer.h"
#include "engine/people_search.h"
#include "engine/question.h"
#include "engine/question_events.h"
#include "engine/records.h"
#include "engine/rights_desk_impl.h"
#include "engine/runtime_impl.h"
#include "engine/term_book.h"
#include "engine/times.h"
#include "engine/webhook_taken.h"

namespace filrouge::engine {
namespace {

Result<boost::json::object> question_in(std::string_view text) {
    boost::system::error_code bad;
    boost::json::value parsed = boost::json::parse({text.data(), text.size()}, bad);
    if (bad || !parsed.is_object())
        return Error{"question.invalid", "A question is a JSON object.",
                     "docs/questions.md has examples."};
    return std::move(parsed.get_object());
}

Error behind(std::uint64_t after) {
    return Error{"api.not_yet",
                 "The fold has not reached sequence " + std::to_string(after) + " yet.",
                 "Ask again in a moment."};
}

}  // namespace

Result<void> RuntimeImpl::reach(std::uint64_t sequence) {
    if (!wait_for(sequence)) return behind(sequence);
    return {};
}

#define AFTER(sequence) \
    if (!wait_for(sequence)) return behind(sequence)

Result<std::string> RuntimeImpl::sources(std::string_view brand) {
    return sources_json(answering(), brand);
}
Result<std::string> RuntimeImpl::purposes() { return purposes_json(answering()); }
Result<std::string> RuntimeImpl::find_profile(std::string_view type, std::string_view value,
                                              std::string_view brand, std::uint64_t after) {
    AFTER(after);
    return find_profile_json(answering(), type, value, brand);
}
Result<std::string> RuntimeImpl::people_named(std::string_view name, std::string_view purpose,
                                              std::string_view brand, const Mask& mask) {
    const auto seat = TRY(asked_.enter(""));
    return people_named_json(answering(), name, purpose, brand, mask, seat->run);
}
Result<std::string> RuntimeImpl::profile(std::string_view id, std::string_view purpose,
                                         std::string_view brand, std::uint64_t after, Role asker) {
    AFTER(after);
    const bool protects = asker == Role::Privacy || asker == Role::Admin;
    return profile_json(answering(), id, purpose, brand,
                        protects ? ToldTo::WhoProtects : ToldTo::Staff);
}
Result<std::string> RuntimeImpl::thread(std::string_view id, std::string_view purpose,
                                        std::string_view brand, std::uint64_t before,
                                        std::size_t limit, std::uint64_t after) {
    AFTER(after);
    return thread_json(answering(), id, purpose, brand, before, limit);
}
Result<std::string> RuntimeImpl::audiences(std::string_view brand, std::uint64_t after) {
    AFTER(after);
    return audiences_json(answering(), brand);
}
Result<std::string> RuntimeImpl::audience(std::string_view id, std::uint64_t after) {
    AFTER(after);
    return audience_json_of(answering(), id);
}
Result<std::string> RuntimeImpl::members(std::string_view audience, std::string_view cursor,
                                         std::size_t limit, std::uint64_t after) {
    AFTER(after);
    return members_json(answering(), audience, cursor, limit);
}
Result<std::string> RuntimeImpl::why(std::string_view audience, std::string_view profile,
                                     std::uint64_t after) {
    AFTER(after);
    return why_json(answering(), audience, profile);
}
Result<std::string> RuntimeImpl::overlap(const std::vector<std::string>& audiences) {
    return overlap_json(answering(), audiences);
}
Result<std::string> RuntimeImpl::check_rule(std::string_view rule) {
    return check_rule_json(answering(), rule);
}
Result<std::string> RuntimeImpl::count_rule(std::string_view rule, std::string_view purpose,
                                            std::string_view brand) {
    const auto seat = TRY(asked_.enter(""));
    return count_rule_json(answering(), rule, purpose, brand, seat->run);
}

Result<std::string> RuntimeImpl::ask(std::string_view json, AnswerForm form, const std::string& id,
                                     const Mask& mask) {
    const boost::json::object asked = TRY(question_in(json));
    const auto seat = TRY(asked_.enter(id));
    Answer answer = TRY(answer_question(answering(), asked, seat->run, mask));
    answer.hide_small(mask.small_counts_min());
    return form == AnswerForm::Csv ? answer.csv() : answer.json();
}
Result<std::string> RuntimeImpl::question_events(std::string_view json, const std::string& id,
                                                 const Mask& mask) {
    const boost::json::object asked = TRY(question_in(json));
    const auto seat = TRY(asked_.enter(id));
    return question_events_json(answering(), asked, seat->run, mask);
}
Result<std::string> RuntimeImpl::quarantine(std::string_view reason, std::uint64_t before,
                                            std::size_t limit) {
    const EventTime oldest = as_event_time(seams_.clock.now()) - days(settings_.quarantine_days);
    return quarantine_json(answering(), reason, before, limit, oldest);
}
Result<std::string> RuntimeImpl::quarantined(std::uint64_t sequence) {
    return quarantined_json(answering(), sequence);
}
Result<std::string> RuntimeImpl::webhooks() {
    return documents_json(answering(), RecordType::WebhookChange, "webhooks");
}
Result<std::string> RuntimeImpl::rates() { return rates_json(answering()); }
Result<std::string> RuntimeImpl::event_names() { return event_names_json(answering()); }

Result<std::string> RuntimeImpl::stats(std::uint64_t after) {
    AFTER(after);
    std::map<std::string, std::uint64_t> sums, not_kept, bots_by_reason;
    std::string out;
    JsonWriter w(out);
    lock_.lock_shared();
    for (std::uint32_t i = 0; i < fold_.counts.size(); ++i) {
        const auto& row = fold_.counts.at(i);
        const std::string what(fold_.dictionary.text(StringNo{row.what}));
        constexpr std::string_view kNotKept = "not_kept:";
        constexpr std::string_view kBot = "bot:";
        if (what.starts_with(kNotKept))
            not_kept[what.substr(kNotKept.size())] += row.count;
        else if (what.starts_with(kBot))
            bots_by_reason[what.substr(kBot.size())] += row.count;
        else
            sums[what] += row.count;
    }
    const identity::Counters graph = fold_.graph.counters();
    w.open_object().field("sequence", fold_.applied()).field("now", iso_time(fold_.now()));
    w.field("persons", fold_.graph.persons())
        .field("identifiers", static_cast<std::uint64_t>(fold_.graph.fragments()));
    if (fold_.brands.size() > 1) {
        w.key("brands").open_array();
        for (const BrandInfo& b : fold_.brands) {
            w.open_object().field("id", b.id).field("name", b.name);
            w.field("time_zone", b.time_zone).close();
        }
        w.close().field("identity_across_brands", fold_.graph.limits().across_brands != 0);
    }
    w.key("events")
        .open_object()
        .field("stored", sums["stored"])
        .field("bots", sums["bot"])
        .field("quarantined", sums["quarantined"]);
    w.key("bots_by_reason").open_object();
    for (const auto& [reason, n] : bots_by_reason) w.field(reason, n);
    w.close().key("not_kept").open_object();
    for (const auto& [reason, n] : not_kept) w.field(reason, n);
    w.close().field("properties_not_kept", sums[std::string(kUndeclaredProperties)]);
    w.field("identifiers_refused", sums[std::string(kRefusedIdentifiers)])
        .field("traits_left_out", sums[std::string(kTraitsLeftOut)])
        .field("without_key", sums[std::string(kWithoutKey)])
        .field("erased_events", sums[std::string(kErasedEvents)])
        .close();
    w.field("not_kept_because",
            "A source keeps an event only for a purpose the person allows: see the source's "
            "purpose and [[purpose]] in filrouge.toml.");
    w.key("identity")
        .open_object()
        .field("edges", graph.edges)
        .field("merges", graph.merges)
        .field("splits", graph.splits);
    w.field("refused_by_limit", graph.refused_by_limit)
        .field("refused_shared", graph.refused_shared)
        .field("shared_identifiers", graph.shared)
        .field("refused_giant", graph.refused_giant)
        .field("refused_hot", graph.refused_hot)
        .close();
    // Persons of so many events that they are asked at ticks; which ones, nobody is told here.
    w.key("large_persons")
        .open_object()
        .field("count", static_cast<std::uint64_t>(fold_.sizes.large()))
        .field("from_events", static_cast<std::uint64_t>(fold_.sizes.large_from()))
        .field("largest_events", static_cast<std::uint64_t>(fold_.sizes.largest()))
        .field("waiting", static_cast<std::uint64_t>(fold_.live.put_off()))
        .close();
    w.key("memory")
        .open_object()
        .field("state_bytes", fold_.space().bytes())
        .field("history_bytes", fold_.history.bytes_reserved());
    w.field("history_used_bytes", fold_.history.bytes_used())
        .field("strings", static_cast<std::uint64_t>(fold_.dictionary.size()));
    lock_.unlock_shared();
    w.field("columns_bytes", columns_.bytes())
        .field("directory_bytes", directory_.bytes())
        .field("dedupe_ids", appender_.dedupe_size())
        .field("imported_ids", settled_.size())
        .field("imported_ids_bytes", settled_.memory_bytes())
        .field("log_bytes", log_->bytes());
    w.field("keys", keys_->size()).close();
    const EventCounts events = appender_.event_counts();
    w.key("since_start")
        .open_object()
        .field("received", events.received)
        .field("stored", events.stored)
        .field("deduplicated", events.deduplicated)
        .field("not_kept", events.not_kept_in_all())
        .field("quarantined", events.quarantined)
        .field("refused", events.refused)
        .field("in_flight", events.in_flight)
        .close();
    w.key("disk")
        .open_object()
        .field("free_bytes", free_disk_.load())
        .field("reserve_bytes", disk_reserve_.load())
        .field("short", short_of_disk())
        .close()
        .close();
    return out;
}

std::string RuntimeImpl::metrics() {
    std::string out;
    auto metric = [&out](std::string_view name, std::string_view type, std::string_view help,
                         std::string_view labels, std::uint64_t value) {
        if (!help.empty())
            out += fmt::format("# HELP filrouge_{} {}\n# TYPE filrouge_{} {}\n", name, help, name,
                               type);
        out += fmt::format("filrouge_{}{} {}\n", name, labels, value);
    };
    const EventCounts events = appender_.event_counts();
    metric("events_received_total", "counter",
           "Events that reached the engine since start: the sum of the six figures that follow.",
           "", events.received);
    metric("events_stored_total", "counter", "Events made durable.", "", events.stored);
    metric("events_deduplicated_total", "counter", "Events seen before.", "", events.deduplicated);
    std::map<std::string, std::uint64_t> not_kept = {{"no_consent", 0}};
    for (const auto& [reason, n] : events.not_kept) not_kept[reason] = n;
    bool first = true;
    for (const auto& [reason, n] : not_kept) {
        metric("events_not_kept_total", "counter",
               std::exchange(first, false) ? "Events that consent did not let in." : "",
               "{reason=\"" + reason + "\"}", n);
    }
    metric("events_quarantined_total", "counter", "Events that could not be taken as they came.",
           "", events.quarantined);
    metric("events_refused_total", "counter",
           "Events refused for want of disk space, or because they are too large to store.", "",
           events.refused);
    metric("events_in_flight", "gauge", "Events received and not answered yet.", "",
           events.in_flight);
    first = true;
    lock_.lock_shared();
    for (const SourceInfo& source : fold_.sources) {
        const std::uint64_t dropped = fold_.counted(source.number, kUndeclaredProperties);
        if (!source.strict && dropped == 0) continue;
        metric("properties_not_kept_total", "counter",
               std::exchange(first, false)
                   ? "Properties dropped: not declared at a strict source, or of those none keeps."
                   : "",
               "{source=\"" + source.id + "\"}", dropped);
    }
    std::uint64_t refused = 0, without_key = 0, expired = 0, texts = 0;
    std::uint64_t left_out = fold_.counted(0, kTraitsLeftOut);  // of answers and of models
    const auto swept = fold_.terms->swept();
    for (const SourceInfo& source : fold_.sources) {
        expired += fold_.counted(source.number, kExpiredEvents);
        refused += fold_.counted(source.number, kRefusedIdentifiers);
        texts += fold_.counted(source.number, kTextsLeftOut);
        without_key += fold_.counted(source.number, kWithoutKey);
        if (source.number != 0) left_out += fold_.counted(source.number, kTraitsLeftOut);
    }
    lock_.unlock_shared();
    metric("events_without_key", "gauge",
           "Events in the log that stay closed, because their key is not here.", "", without_key);
    metric("retention_events_expired", "gauge",
           "Events whose term has passed: what happened is dropped, identifiers and consents stay.",
           "", expired);
    if (swept)
        metric("retention_sweeps_since_timestamp_seconds", "gauge",
               "Since when the server sweeps by itself or was first asked to.", "",
               static_cast<std::uint64_t>(swept->since / seconds(1).us));
    if (swept && swept->at != INT64_MIN) {
        metric("retention_last_sweep_timestamp_seconds", "gauge", "When retention was last swept.",
               "", static_cast<std::uint64_t>(swept->at / seconds(1).us));
        metric("retention_persons_erased_total", "counter", "Persons erased by sweeps.", "",
               swept->persons);
        metric("retention_persons_left", "gauge",
               "Due persons that the last sweep left to the next.", "", swept->left);
        metric("retention_persons_soon", "gauge",
               "Persons who were due within 30 days when retention was last swept.", "",
               swept->soon);
    }
    metric("identifiers_refused_total", "counter",
           "Phone numbers and e-mails of kept events that cannot be any.", "", refused);
    metric("traits_left_out_total", "counter",
           "Values of traits for which their identifier or their list had no room.", "", left_out);
    metric("texts_left_out_total", "counter",
           "Names and values of events that no rule sees, because the dictionary is full.", "",
           texts);
    const AppenderCounters& c = appender_.counters();
    metric("log_groups_total", "counter", "Group commits.", "", c.groups);
    metric("log_records_total", "counter", "Records written.", "", c.records);
    metric("log_sync_microseconds_total", "counter", "Time spent writing and syncing.", "",
           c.sync_us);
    metric("log_sync_microseconds_max", "gauge", "The longest group commit since start.", "",
           c.sync_us_max);
    out +=
        "# HELP filrouge_log_sync_seconds Writing and syncing a group commit.\n"
        "# TYPE filrouge_log_sync_seconds histogram\n";
    c.sync.append_to(out, "filrouge_log_sync_seconds", "");
    metric("log_bytes", "gauge", "Bytes of the log on disk.", "", log_->bytes());
    const std::int64_t erasure_since = erasure_waits_since_us_.load();
    metric("erasure_waiting_seconds", "gauge",
           "How long an erased person has waited to be gone from memory and snapshots; unreadable "
           "at once.",
           "",
           erasure_since == kNothingWaits
               ? 0
               : static_cast<std::uint64_t>((seams_.clock.monotonic().us - erasure_since) /
                                            seconds(1).us));
    metric("disk_free_bytes", "gauge", "Free space on the disk of the data folder.", "",
           free_disk_.load());
    metric("disk_reserve_bytes", "gauge", "With less free space than this events are refused.", "",
           disk_reserve_.load());
    metric("snapshots_damaged", "gauge",
           "Damaged snapshots that the start skipped; it folded the log instead.", "",
           damaged_snapshots_);
    metric("clock_ahead_seconds", "gauge",
           "How far times of receipt are before the machine's clock; they stand still meanwhile.",
           "", static_cast<std::uint64_t>(clock_ahead_us_.load() / seconds(1).us));
    metric("clock_held_back_seconds", "gauge",
           "How far the machine's clock has leapt ahead, while that is not believed.", "",
           static_cast<std::uint64_t>(clock_held_us_.load() / seconds(1).us));
    metric("queue_bytes", "gauge", "Bytes waiting for the log.", "", appender_.queued_bytes());
    metric("fold_behind_records", "gauge", "Durable records not folded yet.", "",
           log_->last_sequence() - std::min(folded_.load(), log_->last_sequence()));
    metric("fold_sequence", "gauge", "The last record folded.", "", folded_.load());
    lock_.lock_shared();
    const std::uint64_t persons = fold_.graph.persons();
    const identity::Counters evidence = fold_.graph.counters();
    const std::uint64_t state = fold_.space().bytes();
    const std::uint64_t large = fold_.sizes.large(), largest = fold_.sizes.largest();
    const std::uint64_t waiting = fold_.live.put_off();
    const std::optional<EventTime> wakes = fold_.live.next_wake();
    const std::uint64_t to_webhooks = fold_.waiting_rows();
    const std::uint64_t dropped = fold_.counted(0, kWebhooksDropped);
    const std::uint64_t given_up = fold_.counted(0, kWebhooksGivenUp);
    const std::uint64_t withheld = fold_.counted(0, kWebhooksWithheld);
    lock_.unlock_shared();
    metric("persons", "gauge", "Known persons.", "", persons);
    metric("shared_identifiers", "gauge", "Identifiers on so many people that they tie nobody.", "",
           evidence.shared);
    metric("evidence_refused", "gauge", "Evidence that ties nobody, by why.", "{why=\"limit\"}",
           evidence.refused_by_limit);
    metric("evidence_refused", "gauge", "", "{why=\"shared\"}", evidence.refused_shared);
    metric("large_persons", "gauge", "Persons of so many events that they are asked at ticks.", "",
           large);
    metric("largest_person_events", "gauge", "Events of the largest person there has been.", "",
           largest);
    metric("large_persons_waiting", "gauge", "Large persons with events since they were asked.", "",
           waiting);
    const std::int64_t late = wakes ? as_event_time(clock_.now()).us - wakes->us : 0;
    metric("timer_late_seconds", "gauge",
           "How long the person has waited whose membership time was to change first.", "",
           static_cast<std::uint64_t>(std::max<std::int64_t>(0, late) / seconds(1).us));
    metric("state_bytes", "gauge", "Bytes of the fold's tables.", "", state);
    metric("webhooks_waiting", "gauge", "Changes that webhooks have not taken yet.", "",
           to_webhooks);
    metric("webhooks_dropped_total", "counter",
           "Changes never told to a webhook, because so many of its own were waiting.", "",
           dropped);
    metric("webhooks_given_up_total", "counter", "Changes that a webhook did not take for a day.",
           "", given_up);
    metric("webhooks_withheld_total", "counter",
           "Changes never told to a webhook, because the person withdrew or was erased meanwhile.",
           "", withheld);
    const RequestFigures requests = rights_->figures();
    metric("rights_requests_open", "gauge", "Requests of persons that are not settled.", "",
           requests.open);
    metric("rights_requests_alert", "gauge", "Those of them that are 20 days old.", "",
           requests.alert);
    metric("rights_requests_overdue", "gauge", "Those of them past their month.", "",
           requests.overdue);
    metric("audit_dropped_total", "counter",
           "Entries of the audit that were not kept, because 100,000 were waiting for the disk.",
           "", rights_->audit_dropped());
    metric("ready", "gauge", "1 when the engine takes events.", "",
           state_.load() == RuntimeState::Ready ? 1 : 0);
    return out;
}

}  // namespace filrouge::engine
