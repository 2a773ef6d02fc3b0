// What the fold keeps for others: what waits in quarantine, changes on their way to webhooks,
// rates, where the audit's chain ends.
#include <algorithm>

#include "engine/audit.h"
#include "engine/fold.h"
#include "engine/records.h"
#include "engine/webhook_taken.h"

namespace filrouge::engine {

namespace {
constexpr std::uint32_t kTakenMax = 1'000;  // rows that were taken and stay for the time being
}  // namespace

void Fold::apply_quarantine(const RecordView& record) {
    QuarantineFacts facts;
    if (record.type == RecordType::Quarantined) {
        if (!decode_quarantine_clear(record.clear, facts)) return;
        quarantine.append({record.sequence, record.received.us, facts.source,
                           dictionary.intern(facts.code, history::Room::Rule).value, 0,
                           facts.own_key ? FragmentNo::kNone : record.fragment.value});
        count(facts.source, "quarantined", 1);
        return;
    }
    ByteReader r(record.clear);
    const std::uint64_t sequence = r.u64();
    const std::uint8_t how = r.u8();
    if (r.bad()) return;
    if (const auto at = quarantined(sequence)) quarantine.edit(*at).resolved = how;
}

// Rows are in the order of their records.
std::optional<std::uint32_t> Fold::quarantined(std::uint64_t sequence) const {
    std::uint32_t from = 0, to = quarantine.size();
    while (from < to) {
        const std::uint32_t middle = from + (to - from) / 2;
        if (quarantine.at(middle).sequence < sequence)
            from = middle + 1;
        else
            to = middle;
    }
    if (from == quarantine.size() || quarantine.at(from).sequence != sequence) return std::nullopt;
    return from;
}

void Fold::put_out(const OutboxRow& row) {
    if (waiting_[row.webhook].rows >= webhook_waiting_max_) return count(0, kWebhooksDropped, 1);
    // What was taken goes when it is most of the outbox: each row is moved once or twice, and one
    // webhook that does not answer keeps nothing of what others took.
    if (outbox_taken_ >= kTakenMax && outbox_taken_ >= waiting_rows()) forget_rows(kNoDocument);
    Waiting& its = waiting_[row.webhook];
    if (its.rows++ == 0) its.first = outbox.size();
    outbox.append(row);
}

// Whoever listens to an audience is told of every change, whoever listens to all of them also of
// corrections; the row waits here until it was taken.
void Fold::fill_outbox(const Consequences& out) {
    if (webhooks.empty()) return;
    std::uint32_t ordinal = 0;
    for (const audience::Change& change : out.changes) {
        const AudienceInfo* info = nullptr;
        for (const auto& [id, known] : audiences) {
            if (known.slot == change.audience) info = &known;
        }
        for (const auto& [document, audience_id] : webhooks) {
            if (info == nullptr || (!audience_id.empty() && audience_id != info->id)) continue;
            put_out({out.sequence, now().us, ordinal, document, info->document, change.person.value,
                     change.entered ? 1u : 0u, 0});
        }
        ++ordinal;
    }
    if (out.corrected.is_none()) return;
    for (const auto& [document, audience_id] : webhooks) {
        if (audience_id.empty())
            put_out({out.sequence, now().us, ordinal, document, kNoDocument, out.corrected.value, 0,
                     0});
    }
}

// The rows that were taken go, and all of that webhook.
void Fold::forget_rows(std::uint32_t webhook) {
    std::uint32_t kept = 0;
    for (std::uint32_t i = 0; i < outbox.size(); ++i) {
        const OutboxRow row = outbox.at(i);
        if (row.done == 0 && row.webhook != webhook) outbox.edit(kept++) = row;
    }
    outbox.resize(kept);
    index_outbox();
}

void Fold::index_outbox() {
    waiting_.clear();
    outbox_waiting_ = outbox.size();
    outbox_taken_ = 0;
    for (std::uint32_t i = 0; i < outbox.size(); ++i) {
        if (outbox.at(i).done != 0) {
            ++outbox_taken_;
            continue;
        }
        outbox_waiting_ = std::min(outbox_waiting_, i);
        Waiting& its = waiting_[outbox.at(i).webhook];
        if (its.rows++ == 0) its.first = i;
    }
}

std::vector<std::uint32_t> Fold::next_rows() const {
    std::vector<std::uint32_t> rows;
    rows.reserve(waiting_.size());
    for (const auto& [webhook, its] : waiting_) {
        if (its.rows != 0) rows.push_back(its.first);
    }
    return rows;
}

void Fold::apply_rate(const RecordView& record) {
    audience::Rate rate;
    if (decode_rate(record.clear, rate) && rates.set(rate)) live.rates_changed();
}

void Fold::apply_audit(const RecordView& record) {
    AuditHead head{};
    if (!read_audit_head(record.clear, head.entries, head.hash)) return;
    if (audit_head.size() == 0) audit_head.resize(1);
    audit_head.edit(0) = head;
    audit_places.note(record.sequence);
}

void Fold::apply_sent(const RecordView& record) {
    ByteReader r(record.clear);
    const std::uint64_t sequence = r.u64();
    const std::uint32_t ordinal = r.u32();
    const std::uint32_t webhook = r.u32();
    const std::uint8_t how = r.u8();
    if (r.bad()) return;
    switch (static_cast<WebhookTaken>(how)) {
        case WebhookTaken::Sent: count(0, kWebhooksSent, 1); break;
        case WebhookTaken::Withheld: count(0, kWebhooksWithheld, 1); break;
        default: count(0, kWebhooksGivenUp, 1); break;
    }
    const auto its = waiting_.find(webhook);
    if (its == waiting_.end() || its->second.rows == 0) return;
    for (std::uint32_t i = its->second.first; i < outbox.size(); ++i) {
        const OutboxRow& row = outbox.at(i);
        if (row.sequence != sequence || row.ordinal != ordinal || row.webhook != webhook) continue;
        if (row.done == 0) settle_row(i, how);
        break;
    }
}

void Fold::settle_row(std::uint32_t at, std::uint32_t how) {
    outbox.edit(at).done = how;
    ++outbox_taken_;
    if (outbox_taken_ == outbox.size()) return forget_rows(kNoDocument);
    const auto is_done = [this](std::uint32_t i) { return outbox.at(i).done != 0; };
    while (is_done(outbox_waiting_)) ++outbox_waiting_;
    Waiting& its = waiting_[outbox.at(at).webhook];
    if (--its.rows == 0) return;
    while (is_done(its.first) || outbox.at(its.first).webhook != outbox.at(at).webhook) ++its.first;
}

}  // namespace filrouge::engine
