#include "engine/audit.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <unordered_set>

#include "base/json_writer.h"
#include "base/text.h"
#include "base/thread_name.h"
#include "engine/times.h"

namespace filrouge::engine {
namespace {

AuditHash hash_of(BytesView content, const DataKey& key) {
    AuditHash out{};
    unsigned length = 0;
    HMAC(EVP_sha256(), key.bytes.data(), static_cast<int>(key.bytes.size()),
         reinterpret_cast<const unsigned char*>(content.data()), content.size(), out.data(),
         &length);
    ASSERT(length == out.size());
    return out;
}

BytesView view_of(const AuditHash& hash) {
    return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

bool read_hash(ByteReader& r, AuditHash& hash) {
    const BytesView bytes = r.raw(hash.size());
    if (r.bad()) return false;
    std::copy(bytes.begin(), bytes.end(), hash.begin());
    return true;
}

void cut(std::string& text) {
    if (text.size() > kAuditTextMax) text.resize(kAuditTextMax);
}

// By the account, the token, or both: "ACCOUNT/TOKEN".
bool is_by(const AuditEntry& entry, std::string_view actor) {
    const std::string_view by = entry.actor;
    if (by == actor) return true;
    const std::size_t slash = by.find('/');
    return slash != by.npos && (by.substr(0, slash) == actor || by.substr(slash + 1) == actor);
}

bool answers(const AuditEntry& entry, const AuditQuestion& question) {
    return entry.at >= question.from && entry.at <= question.to &&
           (question.actor.empty() || is_by(entry, question.actor)) &&
           (question.names.empty() || std::find(question.names.begin(), question.names.end(),
                                                entry.profile) != question.names.end());
}

struct NumberedEntry {
    std::uint64_t number = 0;  // in the chain, from 1
    AuditEntry entry;
    std::uint64_t times = 1;  // how many of the same day it stands for
};

// The newest entries below a number, oldest first, or the newest of each day's same kind.
class AuditPage {
  public:
    explicit AuditPage(const AuditQuestion& question) : question_(question) {}
    void add(std::uint64_t number, const AuditEntry& entry) {
        if (!question_.daily) return keep({number, entry});
        const std::int64_t day = day_of(entry.at);
        if (day != day_ || today_.size() >= kAuditAnswerMax) end_day();
        day_ = day;
        NumberedEntry& same = today_[key_of(entry)];
        const std::uint64_t times = same.number == 0 ? 1 : same.times + 1;
        same = {number, entry, times};
    }
    const std::deque<NumberedEntry>& end() {
        end_day();
        return page_;
    }
    bool more() const { return more_; }

  private:
    std::string key_of(const AuditEntry& entry) const {
        std::string key = entry.actor;
        key.append("\n").append(name_of(entry.role)).append("\n").append(entry.route);
        // Where the person is named, all ids of the person are one.
        if (question_.names.empty()) key.append("\n").append(entry.profile.text());
        return key;
    }
    void end_day() {
        std::vector<NumberedEntry> done;
        done.reserve(today_.size());
        for (auto& [key, each] : today_) done.push_back(std::move(each));
        today_.clear();
        std::sort(done.begin(), done.end(),
                  [](const auto& a, const auto& b) { return a.number < b.number; });
        for (NumberedEntry& each : done) keep(std::move(each));
    }
    void keep(NumberedEntry numbered) {
        if (numbered.number >= question_.before) return;
        page_.push_back(std::move(numbered));
        if (page_.size() <= question_.limit) return;
        page_.pop_front();
        more_ = true;
    }

    const AuditQuestion& question_;
    std::deque<NumberedEntry> page_;
    std::unordered_map<std::string, NumberedEntry> today_;
    std::int64_t day_ = 0;
    bool more_ = false;
};

void write_entry(JsonWriter& w, const NumberedEntry& numbered, bool daily) {
    const AuditEntry& entry = numbered.entry;
    w.open_object()
        .field("number", numbered.number)
        .field("at", iso_time(as_event_time(entry.at)))
        .field("actor", entry.actor)
        .field("role", name_of(entry.role))
        .field("route", entry.route);
    if (!entry.profile.is_zero()) w.field("profile", entry.profile.text());
    if (entry.status != 0) w.field("status", static_cast<std::uint64_t>(entry.status));
    if (daily) w.field("times", numbered.times);
    w.close();
}

Error broken(std::uint64_t sequence, const std::string& what) {
    return Error{"audit.broken", "Record " + std::to_string(sequence) + ": " + what + ".",
                 "Somebody changed the log, or it is damaged: filrouge log verify tells which. A "
                 "backup holds it as it was."};
}

}  // namespace

void encode_audit(AuditRecord& record, const DataKey& key, Bytes& out) {
    ByteWriter w(out);
    w.u64(record.first);
    w.raw(view_of(record.before));
    w.varint(record.entries.size());
    for (const AuditEntry& entry : record.entries) {
        w.i64(entry.at.us);
        w.u8(static_cast<std::uint8_t>(entry.role));
        w.sized(entry.actor);
        w.sized(entry.route);
        w.u64(entry.profile.high);
        w.u64(entry.profile.low);
        w.u16(entry.status);
    }
    record.hash = hash_of(out, key);
    w.raw(view_of(record.hash));
}

bool decode_audit(BytesView clear, AuditRecord& record) {
    ByteReader r(clear);
    record.first = r.u64();
    if (!read_hash(r, record.before)) return false;
    const std::uint64_t count = r.varint();
    if (count == 0 || count > kAuditEntriesMax) return false;
    record.entries.assign(static_cast<std::size_t>(count), {});
    for (AuditEntry& entry : record.entries) {
        entry.at.us = r.i64();
        const std::uint8_t role = r.u8();
        entry.role = static_cast<Role>(role < kRoleNames.size() ? role : 0);
        entry.actor = r.sized();
        entry.route = r.sized();
        entry.profile.high = r.u64();
        entry.profile.low = r.u64();
        entry.status = r.u16();
    }
    return read_hash(r, record.hash) && r.done();
}

bool read_audit_head(BytesView clear, std::uint64_t& entries, AuditHash& hash) {
    ByteReader r(clear);
    const std::uint64_t first = r.u64();
    r.raw(hash.size());
    const std::uint64_t count = r.varint();
    if (r.bad() || count == 0 || count > kAuditEntriesMax || r.left() < hash.size()) return false;
    entries = first + count - 1;
    r.raw(r.left() - hash.size());
    return read_hash(r, hash);
}

bool is_genuine(BytesView clear, const DataKey& key) {
    if (clear.size() < AuditHash().size()) return false;
    const std::size_t content = clear.size() - AuditHash().size();
    const AuditHash wanted = hash_of(clear.substr(0, content), key);
    return clear.substr(content) == view_of(wanted);
}

void Audit::start(std::uint64_t entries, const AuditHash& newest) {
    const std::lock_guard lock(mutex_);
    next_ = entries + 1;
    newest_ = newest;
    started_ = true;
    thread_ = std::thread([this] {
        name_thread("audit");
        run();
    });
}

void Audit::stop() {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return;
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Audit::note(AuditEntry entry) {
    cut(entry.actor);
    cut(entry.route);
    const std::lock_guard lock(mutex_);
    if (waiting_.size() < kAuditWaitingMax)
        waiting_.push_back(std::move(entry));
    else
        ++dropped_;
}

std::uint64_t Audit::dropped() {
    const std::lock_guard lock(mutex_);
    return dropped_;
}

bool Audit::has_room() {
    const std::lock_guard lock(mutex_);
    return waiting_.size() < kAuditWaitingMax;
}

Result<void> Audit::note_durably(AuditEntry entry) {
    cut(entry.actor);
    cut(entry.route);
    std::unique_lock lock(mutex_);
    // Its caller does not go on without it, so where there is no room it is not kept, either.
    if (waiting_.size() >= kAuditWaitingMax) TRY(write_waiting(lock));
    waiting_.push_back(std::move(entry));
    return write_waiting(lock);
}

void Audit::run() {
    for (;;) {
        std::unique_lock lock(mutex_);
        wake_.wait_for(lock, kAuditGather, [this] { return stopping_; });
        // A full disk keeps them here; the next round tries again.
        static_cast<void>(write_waiting(lock));
        if (stopping_) return;
    }
}

// One writer at a time, for the records are a chain. An entry that was not written stays.
Result<void> Audit::write_waiting(std::unique_lock<std::mutex>& lock) {
    lock.unlock();
    const std::lock_guard alone(writing_);
    lock.lock();
    while (!waiting_.empty() && started_) {
        AuditRecord record{next_, newest_, {}, {}};
        const std::size_t count = std::min(waiting_.size(), kAuditEntriesMax);
        record.entries.assign(waiting_.begin(),
                              waiting_.begin() + static_cast<std::ptrdiff_t>(count));
        lock.unlock();
        std::vector<Prepared> records(1);
        records[0].record.type = RecordType::AuditEntries;
        encode_audit(record, key_, records[0].record.clear);
        Result<void> written = write_(std::move(records));
        lock.lock();
        if (!written.ok()) return written;
        waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
        next_ += count;
        newest_ = record.hash;
    }
    return {};
}

Result<std::string> audit_json(AuditReader& reader, const AuditQuestion& question,
                               const AuditStretches& where) {
    std::unordered_set<ProfileId> profiles;
    AuditPage page(question);
    std::uint64_t found = 0;
    TRY(reader.read(
        where, question.from, question.to, [&](std::uint64_t number, const AuditEntry& entry) {
            if (!answers(entry, question)) return;
            ++found;
            if (!entry.profile.is_zero())
                profiles.insert(question.names.empty() ? entry.profile : question.names.front());
            page.add(number, entry);
        }));
    const std::deque<NumberedEntry>& shown = page.end();
    std::string out;
    JsonWriter w(out);
    w.open_object().key("entries").open_array();
    for (auto at = shown.rbegin(); at != shown.rend(); ++at) write_entry(w, *at, question.daily);
    w.close().field("found", found);
    w.field("profiles", static_cast<std::uint64_t>(profiles.size())).field("more", page.more());
    if (page.more()) w.field("before", shown.front().number);
    w.close();
    return out;
}

Result<std::string> verify_audit(Log& log, const DataKey& key, std::uint64_t wanted) {
    std::uint64_t entries = 0, records = 0;
    AuditHash newest{};
    std::optional<Error> wrong;
    AuditRecord record;
    TRY(log.read(1, [&](const RecordView& view) {
        if (view.type != RecordType::AuditEntries) return true;
        if (!decode_audit(view.clear, record) || !is_genuine(view.clear, key))
            wrong = broken(view.sequence, "it is not what was written");
        else if (record.first != entries + 1 || record.before != newest)
            wrong = broken(view.sequence, "entries before number " + std::to_string(record.first) +
                                              " are missing or were changed");
        entries = record.first + record.entries.size() - 1;
        newest = record.hash;
        ++records;
        return !wrong.has_value();
    }));
    if (!wrong && entries < wanted)
        wrong = broken(log.last_sequence(), "the chain ends at entry " + std::to_string(entries) +
                                                " of " + std::to_string(wanted));
    if (wrong) return std::move(*wrong);
    std::string out;
    JsonWriter(out)
        .open_object()
        .field("entries", entries)
        .field("records", records)
        .field("hash", hex_encode(view_of(newest)))
        .close();
    return out;
}

}  // namespace filrouge::engine
