#include "engine/audit_reader.h"

#include <algorithm>

#include "engine/audit.h"

namespace filrouge::engine {
namespace {

// Entries of several threads are noted almost, not quite, in the order of their times.
constexpr Duration kNotedBefore = minutes(1);

// The first record received at `from` or later: times of receipt never go back.
Result<std::uint64_t> first_since(Log& log, IngestTime from) {
    std::uint64_t low = 1, high = log.last_sequence() + 1;
    while (low < high) {
        const std::uint64_t middle = low + (high - low) / 2;
        bool is_before = false;
        TRY(log.read(middle, [&](const RecordView& record) {
            is_before = record.received < from;
            return false;
        }));
        (is_before ? low : high) = is_before ? middle + 1 : middle;
    }
    return low;
}

struct Span {
    std::uint64_t first = 1, end = UINT64_MAX;  // sequences
};

// Calls `each` for the records of these stretches within the span, until it answers false.
Result<void> read_stretches(Log& log, const AuditStretches& where, Span span,
                            const std::function<bool(const RecordView&)>& each) {
    bool wanted = true;
    const auto read = [&](std::uint64_t from, std::uint64_t end) -> Result<void> {
        if (from >= end) return {};
        return log.read(from, [&](const RecordView& view) {
            if (view.sequence < end) wanted = each(view);
            return wanted && view.sequence + 1 < end;
        });
    };
    std::uint64_t from = span.first;
    const auto begins =
        std::partition_point(where.begins.begin(), where.begins.end(),
                             [from](std::uint64_t begin) { return begin + kAuditStretch <= from; });
    for (auto at = begins; wanted && at != where.begins.end() && *at < span.end; ++at) {
        from = std::max(from, *at);
        const std::uint64_t end = std::min({*at + kAuditStretch, where.rest, span.end});
        TRY(read(from, end));
        from = std::max(from, end);
    }
    if (wanted) TRY(read(std::max(from, where.rest), span.end));
    return {};
}

}  // namespace

Result<bool> AuditReader::read_ahead(const AuditStretches& where, std::size_t stretches) {
    const std::lock_guard lock(mutex_);
    return read_on(where, stretches);
}

Result<void> AuditReader::read(const AuditStretches& where, IngestTime from, IngestTime to,
                               const Each& each) {
    const std::lock_guard lock(mutex_);
    if (held_max_ != 0) TRY(read_on(where, SIZE_MAX));
    // Entries are noted before their record is received, by no more than they wait to be written.
    Span older{1, held_max_ == 0 ? UINT64_MAX : held_from_};
    if (older.end > 1) {
        older.first = TRY(first_since(log_, from));
        AuditRecord record;
        TRY(read_stretches(log_, where, older, [&](const RecordView& view) {
            if (view.type != RecordType::AuditEntries || !decode_audit(view.clear, record))
                return true;
            for (std::size_t i = 0; i < record.entries.size(); ++i)
                each(record.first + i, record.entries[i]);
            return record.entries.front().at - kNotedBefore <= to;
        }));
    }
    AuditEntry entry;
    for (const Held& held : held_) {
        entry.at.us = held.at_us;
        if (entry.at < from || entry.at > to) continue;
        entry.role = held.role;
        entry.actor = names_[held.actor];
        entry.route = names_[held.route];
        entry.profile = held.profile;
        entry.status = held.status;
        each(held.number, entry);
    }
    return {};
}

std::uint32_t AuditReader::number_of(const std::string& name) {
    const auto known = numbers_.find(name);
    if (known != numbers_.end()) return known->second;
    names_.push_back(name);  // first: a name without a number is harmless should memory fail
    return numbers_[name] = static_cast<std::uint32_t>(names_.size() - 1);
}

Result<bool> AuditReader::read_on(const AuditStretches& where, std::size_t stretches) {
    Span span{read_to_ + 1};
    const auto next = std::upper_bound(where.begins.begin(), where.begins.end(), read_to_);
    const bool all = static_cast<std::size_t>(where.begins.end() - next) <= stretches;
    // What nobody noted is read whole, and that by questions alone: it may be a second's, or years.
    span.end = all ? (stretches == SIZE_MAX ? UINT64_MAX : where.rest)
                   : *(next + static_cast<std::ptrdiff_t>(stretches));
    AuditRecord record;
    std::vector<Held> fresh;
    std::uint64_t seen = 0;
    // What was read before an error counts: the next time goes on behind it.
    const auto read = read_stretches(log_, where, span, [&](const RecordView& view) {
        seen = view.sequence;
        if (view.type != RecordType::AuditEntries || !decode_audit(view.clear, record)) return true;
        if (held_.size() + record.entries.size() > held_max_) let_go();
        fresh.clear();  // a whole record or nothing of it, should memory fail
        for (std::size_t i = 0; i < record.entries.size(); ++i) {
            const AuditEntry& entry = record.entries[i];
            fresh.push_back({record.first + i, entry.at.us, entry.profile, number_of(entry.actor),
                             number_of(entry.route), entry.status, entry.role});
        }
        if (held_.empty()) held_from_ = view.sequence;
        held_.insert(held_.end(), fresh.begin(), fresh.end());
        read_to_ = view.sequence;
        return true;
    });
    if (!read.ok()) return read.error();
    read_to_ = std::max({read_to_, seen, std::min(span.end, where.rest) - 1});
    return all;
}

// All of them: what is older than the newest is read from the log until as many have come again.
void AuditReader::let_go() {
    held_.clear();
    names_.clear();
    numbers_.clear();
}

}  // namespace filrouge::engine
