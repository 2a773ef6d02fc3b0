// What the fold keeps for others: what waits in quarantine, changes on their way to webhooks,
// rates, where the audit's chain ends.
#include "engine/audit.h"
#include "engine/fold.h"
#include "engine/records.h"

namespace filrouge::engine {

void Fold::apply_quarantine(const RecordView& record) {
    QuarantineFacts facts;
    if (record.type == RecordType::Quarantined) {
        if (!decode_quarantine_clear(record.clear, facts)) return;
        quarantine.append({record.sequence, record.received.us, facts.source,
                           dictionary.intern(facts.code).value, 0,
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
    if (outbox.size() >= kOutboxMax) forget_taken();
    if (outbox.size() >= kOutboxMax) return count(0, "webhooks_dropped", 1);
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

// One webhook that does not answer must not fill the outbox with what others took.
void Fold::forget_taken() {
    if (outbox_taken_ == 0) return;
    std::uint32_t kept = 0;
    for (std::uint32_t i = 0; i < outbox.size(); ++i) {
        if (outbox.at(i).done == 0) outbox.edit(kept++) = outbox.at(i);
    }
    outbox.resize(kept);
    outbox_taken_ = 0;
    outbox_waiting_ = 0;
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
}

void Fold::apply_sent(const RecordView& record) {
    ByteReader r(record.clear);
    const std::uint64_t sequence = r.u64();
    const std::uint32_t ordinal = r.u32();
    const std::uint32_t webhook = r.u32();
    const std::uint8_t how = r.u8();
    if (r.bad()) return;
    for (std::uint32_t i = outbox_waiting_; i < outbox.size(); ++i) {
        const OutboxRow& row = outbox.at(i);
        if (row.sequence != sequence || row.ordinal != ordinal || row.webhook != webhook) continue;
        if (row.done == 0) ++outbox_taken_;
        outbox.edit(i).done = how;
        break;
    }
    while (outbox_waiting_ < outbox.size() && outbox.at(outbox_waiting_).done != 0)
        ++outbox_waiting_;
    if (outbox_waiting_ == outbox.size()) forget_taken();
    count(0, how == 1 ? "webhooks_sent" : "webhooks_given_up", 1);
}

}  // namespace filrouge::engine
