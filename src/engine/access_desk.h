// Who asks: the tokens of programs and of accounts, the sessions of browsers, the link of the first
// administrator. Only hashes are kept, in the log as everything else; names of accounts never
// appear in logs or errors. JSON of schema/api.json. Thread-safe; owned by the Runtime.
//
// A credential is as good as the account behind it: one that was removed, or has another password
// or role, ends its sessions with the record that says so, and its tokens lose what it lost.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/role.h"

namespace filrouge::engine {

constexpr std::size_t kTokensMax = 1'000;
constexpr std::size_t kOwnTokensMax = 20;   // of one account
constexpr std::int64_t kOwnTokenDays = 90;  // where none is asked for
constexpr std::int64_t kOwnTokenDaysMax = 365;

struct SignedIn {
    Caller caller;
    std::string name;                 // of the account; never logged
    std::string id;                   // of the session, no secret
    std::vector<std::string> brands;  // ids: all it may see; empty: every brand
};

// Whether a request is a person's doing. A page that refreshes itself keeps nobody signed in.
enum class Use : std::uint8_t { Person, Background };

struct FirstSignIn {
    std::string token, session;  // secrets, told once
};

class AccessDesk {
  public:
    virtual ~AccessDesk() = default;

    // Errors: auth.unknown_token, auth.token_expired.
    virtual Result<SignedIn> caller_of_token(std::string_view token) = 0;

    // --- sessions: 128 random bits, half an hour idle, twelve hours in all. The exact last use is
    // in memory; kSessionUseEvery says how coarse the one is that a start goes on from.
    // The secret, once the session is durable. By an account as it was at that version.
    virtual Result<std::string> sign_in(std::uint32_t document, std::uint64_t version) = 0;
    virtual std::optional<SignedIn> session(std::string_view secret, Use use) = 0;
    virtual Result<void> sign_out(std::string_view secret) = 0;  // at once, and for ever on return
    // One's own, an admin's all.
    virtual Result<std::string> sessions(const Caller& who) = 0;
    // Error: session_not_found (also somebody else's).
    virtual Result<std::string> end_session(std::string_view id, const Caller& who) = 0;
    // Exchanges the one-time link's secret for an admin token and a session; once, and written in
    // the audit before. Error: auth.link_used.
    virtual Result<FirstSignIn> redeem_admin_link(std::string_view secret) = 0;

    // Ids of all the brands there are, none where the only one has no id.
    virtual std::vector<std::string> brands_of_shop() = 0;

    // --- tokens. Everybody's, for admins.
    virtual Result<std::string> tokens() = 0;
    // {"name", "role", "account" (name; absent: nobody's own), "days", "brands" (ids)}. The answer
    // alone has the token. Errors: token.unknown_role, token.role_too_wide, token.too_long,
    // token.too_many, account_not_found, api.unknown_brand.
    virtual Result<std::string> create_token(std::string_view json) = 0;
    virtual Result<std::string> revoke_token(std::string_view id) = 0;  // error: token_not_found
    // The caller's own account's. Making one takes a session: a token that leaked must not make
    // itself a longer life. Errors: token.forbidden (no account), and those above.
    virtual Result<std::string> own_tokens(const Caller& who) = 0;
    virtual Result<std::string> create_own_token(std::string_view json, const SignedIn& who) = 0;
    virtual Result<std::string> revoke_own_token(std::string_view id, const Caller& who) = 0;

    // --- the master key: another in its place, from the file that an operator put beside it; no
    // caller brings or is shown one. {"rotated", "in": "file" or "environment"}. Errors:
    // master_key.no_next and the others of storage/master_key.h.
    virtual Result<std::string> rotate_master_key() = 0;
};

}  // namespace filrouge::engine
