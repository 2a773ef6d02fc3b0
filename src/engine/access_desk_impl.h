// The AccessDesk's parts put together; private to engine/.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/access_desk.h"
#include "engine/admission.h"
#include "engine/board.h"
#include "engine/queries.h"
#include "engine/rights_desk.h"
#include "engine/session_book.h"
#include "engine/settings_record.h"
#include "seam/disk.h"
#include "seam/random.h"

namespace filrouge::engine {

// What the desk needs of the runtime.
struct AccessSeams {
    Random& random;
    Disk& disk;
    std::string link_path;  // of the first administrator's link
    std::function<IngestTime()> now;
    // Returns once the records are durable and folded.
    std::function<Result<void>(std::vector<Prepared>)> write;
    std::mutex& commands;                          // one at a time, from validation to folded
    std::function<Result<void>(AuditEntry)> note;  // in the audit; durable on return
    std::function<Result<std::string>()> rotate_master_key;
};

// Which tokens and accounts there are and what each may now, for the doors. The fold's lock must be
// held.
void fill_who_asks(const Fold& fold, DoorView& view);

class AccessDeskImpl final : public AccessDesk {
  public:
    AccessDeskImpl(const Library& library, const DoorViews& views, AccessSeams seams)
        : library_(library), views_(views), seams_(std::move(seams)) {}
    void start();  // goes on with the sessions of the log
    // What was used since the last time, if there is something and kSessionUseEvery is over; of one
    // thread. The other: at once.
    void write_uses_now_and_then();
    void write_uses();

    Result<SignedIn> caller_of_token(std::string_view token) override;
    Result<std::string> sign_in(std::uint32_t document, std::uint64_t version) override;
    std::optional<SignedIn> session(std::string_view secret, Use use) override;
    Result<void> sign_out(std::string_view secret) override;
    Result<std::string> sessions(const Caller& who) override;
    Result<std::string> end_session(std::string_view id, const Caller& who) override;
    Result<FirstSignIn> redeem_admin_link(std::string_view secret) override;
    std::vector<std::string> brands_of_shop() override;
    Result<std::string> tokens() override;
    Result<std::string> create_token(std::string_view json) override;
    Result<std::string> revoke_token(std::string_view id) override;
    Result<std::string> own_tokens(const Caller& who) override;
    Result<std::string> create_own_token(std::string_view json, const SignedIn& who) override;
    Result<std::string> revoke_own_token(std::string_view id, const Caller& who) override;
    Result<std::string> rotate_master_key() override { return seams_.rotate_master_key(); }

  private:
    struct Kept {
        std::uint32_t document = 0;
        std::uint64_t version = 0;
        IngestTime begun, used;
        IngestTime written;  // the use that the log knows
    };
    using Seats = std::map<Digest, Kept>;
    struct TokenDay {
        std::int32_t used = INT32_MIN, written = INT32_MIN;
    };
    static bool is_over(const Kept& kept, IngestTime now);
    std::optional<Digest> make_room(IngestTime now);  // who has to go, if somebody has to
    CredentialsUsed used_since() const;
    void note_written(const CredentialsUsed& used);
    Result<void> end(const Digest& secret);

    struct TokenAsked {
        std::string name;
        Role role = Role::None;
        std::int64_t days = 0;  // 0: for ever
        std::vector<std::string> brands;
    };
    Result<TokenAsked> read_token(std::string_view json) const;
    Result<std::string> make_token(const TokenAsked& asked, const Account* owner);
    Result<std::vector<Prepared>> room_for(const TokenDocument& token, IngestTime now) const;
    Result<std::string> revoke(std::string_view id, std::optional<std::string_view> account);
    std::string list_tokens(std::optional<std::string_view> account) const;
    Result<void> forget_admin_link();
    std::string new_secret(std::size_t bytes);

    Library library_;
    const DoorViews& views_;
    AccessSeams seams_;
    mutable std::mutex mutex_;
    Seats seats_;                                   // by SHA-256 of the secret; guarded by mutex_
    std::map<std::uint32_t, TokenDay> token_days_;  // by document; guarded by mutex_
    IngestTime next_write_{0};                      // of the thread that writes uses
};

}  // namespace filrouge::engine
