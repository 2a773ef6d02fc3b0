#include "engine/call_desk.h"

#include <algorithm>
#include <shared_mutex>
#include <utility>

#include "engine/call_book.h"
#include "engine/call_desk_impl.h"
#include "engine/fold.h"
#include "storage/sha256.h"

namespace filrouge::engine {

namespace {

BytesView bytes_of(const DataKey& key) {
    return {reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size()};
}

Hash128 first_half(const Digest& digest) {
    ByteReader r(digest.view());
    Hash128 hash;
    hash.high = r.u64();
    hash.low = r.u64();
    return hash;
}

// No id of a caller and no key has a line break, so no two of them meet.
std::string named(std::string_view what, const CallAsked& asked) {
    std::string out(what);
    out.append("\n").append(asked.caller).append("\n").append(asked.key);
    return out;
}

Error key_reused() {
    return {"idempotency.key_reused",
            "This Idempotency-Key was used for another request in the last 7 days.",
            "Take a new key for each thing that is to be done; a repeat is the same to the byte."};
}

Error under_way() {
    return {"idempotency.under_way",
            "The first request with this Idempotency-Key is being answered.",
            "Ask again in a moment."};
}

Error outcome_unknown() {
    return {
        "idempotency.outcome_unknown",
        "The first request with this Idempotency-Key began and was not finished: whether it was "
        "done is not known.",
        "Look whether it is there; if it is not, send it again with a new key."};
}

Error answer_gone() {
    return {"idempotency.answer_gone",
            "The first request with this Idempotency-Key was answered, and its answer is not kept.",
            "Look at what it did. An answer above 128 KiB is not kept, nor is one from before the "
            "latest erasure of a person."};
}

Error no_room() {
    return {
        "idempotency.overloaded",
        "There are " + std::to_string(kCallsKeptMax) +
            " calls with an Idempotency-Key in 7 days, the limit.",
        "Send it without a key if a repeat does no harm, or wait until the oldest are forgotten."};
}

void encode_answer(const CallAnswer& answer, Bytes& out) {
    ByteWriter w(out);
    w.u16(answer.status);
    w.sized(answer.type);
    w.sized(answer.about);
    w.raw(answer.body);
}

bool decode_answer(BytesView plain, CallAnswer& answer) {
    ByteReader r(plain);
    answer.status = r.u16();
    answer.type = std::string(r.sized());
    answer.about = std::string(r.sized());
    if (r.bad()) return false;
    answer.body = std::string(r.raw(r.left()));
    return true;
}

Prepared record_of(const CallKept& call) {
    Prepared p;
    p.record.type = RecordType::CallKept;
    encode_call_kept(call, p.record.clear);
    return p;
}

// What the seal is bound to: this key's answer, and no other's.
Bytes bound_to(const Hash128& key) {
    Bytes out;
    encode_call_kept({CallStep::Answered, key, {}, {}}, out);
    return out;
}

}  // namespace

Hash128 CallDeskImpl::key_of(const CallAsked& asked) const {
    Hash128 key = first_half(
        hmac_sha256(bytes_of(library_.keys.process_key(kKeyDedupe)), named("call", asked)));
    if (key == Hash128{}) key.low = 1;  // zeros stand for none
    return key;
}

// Keyed: a body may have a password in it.
Hash128 CallDeskImpl::request_of(const CallAsked& asked, std::string_view body) const {
    std::string all("request\n");
    all.append(asked.request).append("\n").append(sha256_hex(body));
    return first_half(hmac_sha256(bytes_of(library_.keys.process_key(kKeyDedupe)), all));
}

DataKey CallDeskImpl::answer_key(const CallAsked& asked) const {
    const Digest digest =
        hmac_sha256(bytes_of(library_.keys.process_key(kKeyCallAnswers)), named("answer", asked));
    return DataKey{digest.bytes};
}

Result<void> CallDeskImpl::take_turn(const Hash128& key, const Hash128& request) {
    const std::lock_guard guard(mutex_);
    const auto [at, is_first] = under_way_.try_emplace(key, request);
    if (is_first) return {};
    return at->second == request ? under_way() : key_reused();
}

void CallDeskImpl::end_turn(const Hash128& key) {
    const std::lock_guard guard(mutex_);
    under_way_.erase(key);
}

Result<CallAnswer> CallDeskImpl::open(const CallAsked& asked, std::uint64_t sequence) const {
    Bytes clear;
    TRY(library_.log.read(sequence, [&](const RecordView& record) {
        if (record.sequence == sequence) clear = record.clear;
        return false;
    }));
    CallKept call;
    Bytes plain;
    CallAnswer answer;
    if (!decode_call_kept(clear, call) || call.sealed.empty() ||
        !unseal(answer_key(asked), bound_to(call.key), call.sealed, plain).ok() ||
        !decode_answer(plain, answer))
        return answer_gone();
    return answer;
}

Result<bool> CallDeskImpl::look(const CallAsked& asked, const Hash128& key, const Hash128& request,
                                std::optional<CallAnswer>& first) {
    const IngestTime now = seams_.now();
    std::size_t beginning = 0;
    {
        const std::lock_guard guard(mutex_);
        beginning = under_way_.size();
    }
    std::uint64_t answered = 0;
    {
        const std::shared_lock reading(library_.lock);
        const CallBook& book = library_.fold.calls;
        const CallBook::Row* row = book.find(key);
        if (row == nullptr || CallBook::is_over(*row, now)) {
            if (!book.has_room(beginning, now)) return no_room();
            return false;
        }
        if (row->request() != request) return key_reused();
        answered = row->answered;
    }
    if (answered != 0) {
        first = TRY(open(asked, answered));
        return false;
    }
    const std::lock_guard guard(mutex_);
    if (refused_.erase(key) == 0) return outcome_unknown();
    return true;
}

Result<std::optional<CallAnswer>> CallDeskImpl::begin(const CallAsked& asked,
                                                      std::string_view body) {
    const Hash128 key = key_of(asked), request = request_of(asked, body);
    TRY(take_turn(key, request));
    std::optional<CallAnswer> first;
    const Result<bool> has_begun = look(asked, key, request, first);
    if (!has_begun.ok() || first) {
        end_turn(key);
        if (!has_begun.ok()) return has_begun.error();
        return first;
    }
    if (has_begun.value()) return first;
    const auto written = seams_.write(one_record(record_of({CallStep::Begun, key, request, {}})));
    if (written.ok()) return first;
    end_turn(key);
    return written.error();
}

void CallDeskImpl::write_later(CallKept call, const std::function<void(bool)>& then) {
    PreparedRequest request;
    request.records = one_record(record_of(call));
    request.bytes = request.records.front().record.clear.size();
    request.wait_for_fold = true;  // a repeat finds it there
    request.done = [then](const Result<IngestReply>& reply) { then(reply.ok()); };
    seams_.submit(std::move(request));
}

void CallDeskImpl::finish(const CallAsked& asked, const CallAnswer& answer,
                          std::function<void()> then) {
    const Hash128 key = key_of(asked);
    Bytes sealed;
    if (answer.body.size() <= kKeptAnswerBytesMax) {
        Bytes plain;
        encode_answer(answer, plain);
        Nonce nonce;
        seams_.random.fill(reinterpret_cast<char*>(nonce.bytes.data()), nonce.bytes.size());
        seal(answer_key(asked), nonce, bound_to(key), plain, sealed);
    }
    // The deed is done whether or not its answer could be written: it is told, and a repeat hears
    // that nobody knows.
    write_later({CallStep::Answered, key, {}, sealed}, [this, key, then = std::move(then)](bool) {
        end_turn(key);
        then();
    });
}

void CallDeskImpl::nothing_done(const CallAsked& asked, std::function<void()> then) {
    const Hash128 key = key_of(asked);
    write_later({CallStep::NothingDone, key, {}, {}},
                [this, key, then = std::move(then)](bool written) {
                    {
                        const std::lock_guard guard(mutex_);
                        if (!written && refused_.size() < kRefusedMax) refused_.insert(key);
                        under_way_.erase(key);
                    }
                    then();
                });
}

void CallDeskImpl::lose(const CallAsked& asked) { end_turn(key_of(asked)); }

}  // namespace filrouge::engine
