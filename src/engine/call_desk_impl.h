// The CallDesk over the log; private to engine/.
#pragma once

#include <map>
#include <mutex>
#include <set>

#include "engine/admission.h"
#include "engine/call_desk.h"
#include "engine/call_record.h"
#include "engine/queries.h"
#include "seam/random.h"

namespace filrouge::engine {

// What the desk needs of the runtime.
struct CallSeams {
    Random& random;
    std::function<IngestTime()> now;
    // Returns once the records are durable and folded.
    std::function<Result<void>(std::vector<Prepared>)> write;
    std::function<void(PreparedRequest)> submit;  // the same, without waiting
};

class CallDeskImpl final : public CallDesk {
  public:
    CallDeskImpl(const Library& library, CallSeams seams)
        : library_(library), seams_(std::move(seams)) {}
    Result<std::optional<CallAnswer>> begin(const CallAsked& asked, std::string_view body) override;
    void finish(const CallAsked& asked, const CallAnswer& answer,
                std::function<void()> then) override;
    void nothing_done(const CallAsked& asked, std::function<void()> then) override;
    void lose(const CallAsked& asked) override;

  private:
    // Refused calls of which the log does not know that nothing was done: its disk was full.
    static constexpr std::size_t kRefusedMax = 10'000;  // past it they count as of unknown outcome

    Hash128 key_of(const CallAsked& asked) const;
    Hash128 request_of(const CallAsked& asked, std::string_view body) const;
    DataKey answer_key(const CallAsked& asked) const;
    Result<void> take_turn(const Hash128& key, const Hash128& request);
    void end_turn(const Hash128& key);
    // What the log knows of it. True: it begun, and it is known that nothing was done.
    Result<bool> look(const CallAsked& asked, const Hash128& key, const Hash128& request,
                      std::optional<CallAnswer>& first);
    Result<CallAnswer> open(const CallAsked& asked, std::uint64_t sequence) const;
    void write_later(CallKept call, const std::function<void(bool written)>& then);

    Library library_;
    CallSeams seams_;
    std::mutex mutex_;
    std::map<Hash128, Hash128> under_way_;  // their requests, by key; guarded by mutex_
    std::set<Hash128> refused_;             // guarded by mutex_
};

}  // namespace filrouge::engine
