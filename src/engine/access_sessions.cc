// Sessions of browsers. Each request is judged in memory; the log hears of beginnings and endings
// at once and of uses now and then, so that no request waits for the disk.
#include <algorithm>
#include <shared_mutex>

#include "base/json_writer.h"
#include "base/text.h"
#include "engine/access_desk_impl.h"
#include "engine/fold.h"
#include "engine/request_body.h"
#include "engine/times.h"

namespace filrouge::engine {

namespace {

constexpr std::size_t kSecretBytes = 16;
constexpr std::size_t kIdBytes = 8;

Prepared session_record(const SessionChange& change) {
    Prepared p;
    p.record.type = RecordType::SessionChange;
    encode_session(change, p.record.clear);
    return p;
}

std::string id_of(const Digest& secret) { return hex_encode(secret.view().substr(0, kIdBytes)); }

}  // namespace

bool AccessDeskImpl::is_over(const Kept& kept, IngestTime now) {
    return now - kept.used > kSessionIdle || now - kept.begun > kSessionLife;
}

void AccessDeskImpl::start() {
    const std::shared_lock reading(library_.lock);
    const std::lock_guard guard(mutex_);
    const SessionBook& book = library_.fold.sessions;
    for (std::uint32_t i = 0; i < book.size(); ++i) {
        const SessionBook::Row& row = book.at(i);
        if (row.is_free()) continue;
        const IngestTime used{row.used};
        seats_[row.digest()] = {row.document, row.version, {row.begun}, used, used};
    }
}

// Of two who sign in at once past the bound, one more may be kept than it says.
std::optional<Digest> AccessDeskImpl::make_room(IngestTime now) {
    const std::lock_guard guard(mutex_);
    std::erase_if(seats_, [&](const auto& each) { return is_over(each.second, now); });
    if (seats_.size() < kSessionsMax) return std::nullopt;
    const auto idle = std::min_element(seats_.begin(), seats_.end(), [](auto& a, auto& b) {
        return a.second.used < b.second.used;
    });
    return idle->first;
}

Result<std::string> AccessDeskImpl::sign_in(std::uint32_t document, std::uint64_t version) {
    std::string secret = "s_" + new_secret(kSecretBytes);
    const IngestTime now = seams_.now();
    const Digest digest = sha256(secret);
    std::vector<Prepared> records;
    const std::optional<Digest> gone = make_room(now);
    if (gone) records.push_back(session_record({true, *gone, now}));
    records.push_back(session_record({false, digest, now, document, version}));
    TRY(seams_.write(std::move(records)));
    const std::lock_guard guard(mutex_);
    if (gone) seats_.erase(*gone);
    seats_[digest] = {document, version, now, now, now};
    return secret;
}

std::optional<SignedIn> AccessDeskImpl::session(std::string_view secret, Use use) {
    const IngestTime now = seams_.now();
    const Digest digest = sha256(secret);
    const auto view = views_.get();
    const std::lock_guard guard(mutex_);
    const auto at = seats_.find(digest);
    if (at == seats_.end()) return std::nullopt;
    Kept& kept = at->second;
    const auto holder = view->holders.find(kept.document);
    if (is_over(kept, now) || holder == view->holders.end() ||
        holder->second.version != kept.version) {
        seats_.erase(at);
        return std::nullopt;
    }
    if (use == Use::Person) kept.used = std::max(kept.used, now);
    return SignedIn{holder->second.caller, holder->second.name, id_of(digest),
                    holder->second.brands};
}

Result<void> AccessDeskImpl::end(const Digest& secret) {
    {
        const std::lock_guard guard(mutex_);
        if (!seats_.contains(secret)) return {};
    }
    TRY(seams_.write(one_record(session_record({true, secret, seams_.now()}))));
    const std::lock_guard guard(mutex_);
    seats_.erase(secret);
    return {};
}

Result<void> AccessDeskImpl::sign_out(std::string_view secret) { return end(sha256(secret)); }

Result<std::string> AccessDeskImpl::sessions(const Caller& who) {
    const IngestTime now = seams_.now();
    const auto view = views_.get();
    std::string out;
    JsonWriter w(out);
    w.open_object().key("sessions").open_array();
    const std::lock_guard guard(mutex_);
    for (const auto& [secret, kept] : seats_) {
        const auto holder = view->holders.find(kept.document);
        if (is_over(kept, now) || holder == view->holders.end() ||
            holder->second.version != kept.version)
            continue;
        const Caller& of = holder->second.caller;
        if (who.role != Role::Admin && of.token != who.token) continue;
        w.open_object().field("id", id_of(secret)).field("account", of.token);
        if (!holder->second.name.empty()) w.field("name", holder->second.name);
        w.field("role", name_of(of.role))
            .field("begun", iso_time(as_event_time(kept.begun)))
            .field("used", iso_time(as_event_time(kept.used)))
            .close();
    }
    w.close().close();
    return out;
}

Result<std::string> AccessDeskImpl::end_session(std::string_view id, const Caller& who) {
    const auto view = views_.get();
    std::optional<Digest> meant;
    {
        const std::lock_guard guard(mutex_);
        for (const auto& [secret, kept] : seats_) {
            const auto holder = view->holders.find(kept.document);
            const bool own =
                holder != view->holders.end() && holder->second.caller.token == who.token;
            if (id_of(secret) == id && (own || who.role == Role::Admin)) meant = secret;
        }
    }
    if (!meant) return not_found("session", id);
    TRY(end(*meant));
    return std::string(R"({"ended":true})");
}

CredentialsUsed AccessDeskImpl::used_since() const {
    const std::lock_guard guard(mutex_);
    CredentialsUsed used;
    for (const auto& [secret, kept] : seats_) {
        if (kept.used > kept.written) used.sessions.emplace_back(secret, kept.used);
    }
    for (const auto& [document, day] : token_days_) {
        if (day.used > day.written) used.tokens.emplace_back(document, day.used);
    }
    if (used.sessions.size() > kUsesMax) used.sessions.resize(kUsesMax);
    if (used.tokens.size() > kUsesMax) used.tokens.resize(kUsesMax);
    return used;
}

void AccessDeskImpl::note_written(const CredentialsUsed& used) {
    const std::lock_guard guard(mutex_);
    for (const auto& [secret, at] : used.sessions) {
        if (const auto seat = seats_.find(secret); seat != seats_.end()) seat->second.written = at;
    }
    for (const auto& [document, day] : used.tokens) token_days_[document].written = day;
}

// What could not be written is tried again the next time.
void AccessDeskImpl::write_uses() {
    const CredentialsUsed used = used_since();
    if (used.sessions.empty() && used.tokens.empty()) return;
    std::vector<Prepared> records(1);
    records[0].record.type = RecordType::CredentialsUsed;
    encode_uses(used, records[0].record.clear);
    if (seams_.write(std::move(records)).ok()) note_written(used);
}

void AccessDeskImpl::write_uses_now_and_then() {
    const IngestTime now = seams_.now();
    if (now < next_write_) return;
    next_write_ = now + kSessionUseEvery;
    write_uses();
}

}  // namespace filrouge::engine
