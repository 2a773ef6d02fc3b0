// Tokens: of programs, which are nobody's own, and of accounts.
#include <algorithm>
#include <boost/json.hpp>
#include <iterator>
#include <shared_mutex>

#include "base/json_writer.h"
#include "base/text.h"
#include "engine/access_desk_impl.h"
#include "engine/accounts.h"
#include "engine/brand_list.h"
#include "engine/fold.h"
#include "engine/rate_text.h"
#include "engine/records.h"
#include "engine/request_body.h"
#include "engine/times.h"
#include "storage/sha256.h"

namespace filrouge::engine {

namespace {

namespace json = boost::json;

constexpr std::size_t kTokenBytes = 24;

Prepared token_record(std::string_view id, const TokenDocument* token) {
    Prepared p;
    p.record.type = RecordType::TokenChange;
    encode_document(
        {std::string(id), token == nullptr, token != nullptr ? token_json(*token) : std::string()},
        p.record.clear);
    return p;
}

template <class Is>
const Account* account_where(const DoorView& view, Is is) {
    const auto at = std::find_if(view.accounts.begin(), view.accounts.end(), is);
    return at == view.accounts.end() ? nullptr : &*at;
}

const Account* account_with(const DoorView& view, std::string_view id) {
    return account_where(view, [&](const Account& account) { return account.id == id; });
}

bool has_expired(std::int64_t expires_us, IngestTime now) {
    return expires_us != 0 && now.us >= expires_us;
}

// Of two limits both hold; nothing when no brand is left.
std::optional<std::vector<std::string>> narrower(const std::vector<std::string>& a,
                                                 const std::vector<std::string>& b) {
    if (a.empty()) return b;
    if (b.empty()) return a;
    std::vector<std::string> both;
    std::copy_if(a.begin(), a.end(), std::back_inserter(both), [&](const std::string& brand) {
        return std::find(b.begin(), b.end(), brand) != b.end();
    });
    return both.empty() ? std::nullopt : std::optional(std::move(both));
}

// What the token may now; nothing when its account is gone, or may nothing of it.
std::optional<KnownToken> known_by(const TokenDocument& token, std::string_view id,
                                   const DoorView& view) {
    KnownToken known{{token.role, std::string(id)}, token.brands, token.expires_us, 0};
    if (token.account.empty()) return known;
    const Account* account = account_with(view, token.account);
    if (account == nullptr) return std::nullopt;
    const Role role = narrower(account->role, token.role);
    auto brands = narrower(account->brands, token.brands);
    if (role == Role::None || !brands) return std::nullopt;
    known.caller = {role, account->id, std::string(id)};
    known.brands = std::move(*brands);
    return known;
}

// Why it opens nothing any more; empty while it does.
std::string_view ended_by(const TokenDocument& token, std::string_view id, const DoorView& view,
                          IngestTime now) {
    if (has_expired(token.expires_us, now)) return "expired";
    if (known_by(token, id, view)) return {};
    return account_with(view, token.account) == nullptr ? "account_removed" : "role_lost";
}

void write_token(JsonWriter& w, std::string_view id, const TokenDocument& token) {
    w.field("id", id).field("name", token.name).field("role", name_of(token.role));
    w.field("created", iso_time(EventTime{token.created_us}));
    if (!token.account.empty()) w.field("account", token.account);
    write_brands(w, token.brands);
    if (token.expires_us != 0) w.field("expires", iso_time(EventTime{token.expires_us}));
}

}  // namespace

void fill_who_asks(const Fold& fold, DoorView& view) {
    for (const DocumentView& document : fold.documents.of(RecordType::AccountChange)) {
        auto account = parse_account(document.id, document.json);
        if (!account) continue;
        account->document = document.number;
        account->version = document.sequence;
        view.holders[document.number] = {
            {account->role, account->id}, account->name, account->brands, document.sequence};
        view.accounts.push_back(std::move(*account));
    }
    for (const DocumentView& document : fold.documents.of(RecordType::TokenChange)) {
        const auto token = parse_token(document.json);
        if (!token) continue;
        auto known = known_by(*token, document.id, view);
        if (!known) continue;
        known->document = document.number;
        // Only the first administrator's has a session, and no account.
        if (token->account.empty())
            view.holders[document.number] = {known->caller, {}, known->brands, document.sequence};
        view.tokens[token->hash] = std::move(*known);
    }
}

std::string AccessDeskImpl::new_secret(std::size_t bytes) {
    return hex_encode(seams_.random.bytes(bytes));
}

Result<SignedIn> AccessDeskImpl::caller_of_token(std::string_view token) {
    const auto view = views_.get();
    const auto at = view->tokens.find(sha256_hex(token));
    if (at == view->tokens.end()) {
        return Error{"auth.unknown_token", "The token is not known.",
                     "Send Authorization: Bearer TOKEN with a valid one."};
    }
    const IngestTime now = seams_.now();
    if (has_expired(at->second.expires_us, now))
        return Error{"auth.token_expired", "The token has expired.", "Make another one."};
    const std::lock_guard guard(mutex_);
    token_days_[at->second.document].used = static_cast<std::int32_t>(day_of(now));
    return SignedIn{at->second.caller, {}, {}, at->second.brands};
}

std::vector<std::string> AccessDeskImpl::brands_of_shop() {
    std::vector<std::string> brands = views_.get()->brands;
    std::erase(brands, std::string());
    return brands;
}

// Of one account, or everybody's.
std::string AccessDeskImpl::list_tokens(std::optional<std::string_view> account) const {
    const auto view = views_.get();
    const IngestTime now = seams_.now();
    std::string out;
    JsonWriter w(out);
    w.open_object().key("tokens").open_array();
    const std::shared_lock reading(library_.lock);
    const std::lock_guard guard(mutex_);
    for (const DocumentView& d : library_.fold.documents.of(RecordType::TokenChange)) {
        const auto token = parse_token(d.json);
        if (!token || (account && token->account != *account)) continue;
        w.open_object();
        write_token(w, d.id, *token);
        const Account* owner = account_with(*view, token->account);
        if (owner != nullptr) w.field("account_name", owner->name);
        auto day = library_.fold.sessions.used_on(d.number);
        if (const auto at = token_days_.find(d.number); at != token_days_.end())
            day = std::max(day.value_or(INT32_MIN), at->second.used);
        if (day) w.field("last_used", day_text(*day));
        if (const auto why = ended_by(*token, d.id, *view, now); !why.empty())
            w.field("ended", why);
        w.close();
    }
    w.close().close();
    return out;
}

Result<std::string> AccessDeskImpl::tokens() { return list_tokens(std::nullopt); }

Result<std::string> AccessDeskImpl::own_tokens(const Caller& who) { return list_tokens(who.token); }

// "role" may be missing: the owner's.
Result<AccessDeskImpl::TokenAsked> AccessDeskImpl::read_token(std::string_view text) const {
    const json::object body = TRY(object_of(text));
    TokenAsked asked;
    asked.name = TRY(text_of(body, "name", true));
    if (const std::string role = TRY(text_of(body, "role", false)); !role.empty()) {
        asked.role = role_named(role).value_or(Role::None);
        if (asked.role == Role::None || asked.role == Role::Write)
            return Error{"token.unknown_role", "The role is not known.", kRolesHint};
    }
    asked.brands = TRY(brands_asked(body, views_.get()->brands));
    const json::value* days = body.if_contains("days");
    if (days == nullptr || days->is_null()) return asked;
    asked.days = days->is_int64() ? days->as_int64() : 0;
    if (asked.days < 1 || asked.days > kOwnTokenDaysMax)
        return Error{"token.too_long", "A token is good for 1 to 365 days.",
                     "Make another one when it ends."};
    return asked;
}

Result<std::string> AccessDeskImpl::create_token(std::string_view text) {
    const std::lock_guard guard(seams_.commands);
    TokenAsked asked = TRY(read_token(text));
    const json::object body = TRY(object_of(text));
    const std::string name = TRY(text_of(body, "account", false));
    if (name.empty()) {
        if (asked.role == Role::None)
            return Error{"api.missing_field", "The member \"role\" is missing.", kRolesHint};
        return make_token(asked, nullptr);
    }
    const auto view = views_.get();
    const Account* owner = account_where(*view, [&](const Account& account) {
        return ascii_equal_ignoring_case(account.name, name);
    });
    if (owner == nullptr) return Error{"account_not_found", "There is no such account.", ""};
    return make_token(asked, owner);
}

Result<std::string> AccessDeskImpl::create_own_token(std::string_view text, const SignedIn& who) {
    const std::lock_guard guard(seams_.commands);
    const TokenAsked asked = TRY(read_token(text));
    const auto view = views_.get();
    const Account* owner = account_with(*view, who.caller.token);
    if (owner == nullptr)
        return Error{"token.forbidden", "Only an account has tokens of its own.",
                     "Sign in by a name and a password."};
    return make_token(asked, owner);
}

// The records that make room: one's own that have expired go.
Result<std::vector<Prepared>> AccessDeskImpl::room_for(const TokenDocument& token,
                                                       IngestTime now) const {
    std::vector<Prepared> records;
    std::size_t all = 0, own = 0;
    const std::shared_lock reading(library_.lock);
    for (const DocumentView& d : library_.fold.documents.of(RecordType::TokenChange)) {
        const auto known = parse_token(d.json);
        const bool is_own = known && !token.account.empty() && known->account == token.account;
        if (is_own && has_expired(known->expires_us, now)) {
            records.push_back(token_record(d.id, nullptr));
            continue;
        }
        ++all;
        own += is_own ? 1 : 0;
    }
    if (all >= kTokensMax || own >= kOwnTokensMax)
        return Error{"token.too_many", "There are 20 tokens of this account, or 1,000 in all.",
                     "Revoke one first."};
    return records;
}

// The caller holds `commands`.
Result<std::string> AccessDeskImpl::make_token(const TokenAsked& asked, const Account* owner) {
    const IngestTime now = seams_.now();
    TokenDocument token;
    token.name = asked.name;
    token.brands = asked.brands;
    token.role = asked.role != Role::None || owner == nullptr ? asked.role : owner->role;
    token.created_us = now.us;
    std::int64_t good_for = asked.days;
    if (owner != nullptr) {
        token.account = owner->id;
        if (good_for == 0) good_for = kOwnTokenDays;
        if (narrower(owner->role, token.role) != token.role)
            return Error{"token.role_too_wide", "The account's role does not include this one.",
                         "A token may have its account's own role; an admin's may have any."};
    }
    if (good_for != 0) token.expires_us = (now + days(good_for)).us;
    std::vector<Prepared> records = TRY(room_for(token, now));
    const std::string secret = "fr_" + new_secret(kTokenBytes);
    token.hash = sha256_hex(secret);
    const std::string id = new_secret(8);
    records.push_back(token_record(id, &token));
    TRY(seams_.write(std::move(records)));
    std::string out;
    JsonWriter w(out);
    w.open_object();
    write_token(w, id, token);
    w.field("token", secret).field("note", "Shown once; only its hash is kept.").close();
    return out;
}

// Of this account, or anybody's.
Result<std::string> AccessDeskImpl::revoke(std::string_view id,
                                           std::optional<std::string_view> account) {
    const std::lock_guard guard(seams_.commands);
    bool known = false;
    {
        const std::shared_lock reading(library_.lock);
        for (const DocumentView& d : library_.fold.documents.of(RecordType::TokenChange)) {
            const auto token = parse_token(d.json);
            known |= d.id == id && (!account || (token && token->account == *account));
        }
    }
    if (!known) return not_found("token", id);
    TRY(seams_.write(one_record(token_record(id, nullptr))));
    return std::string("{\"revoked\":true}");
}

Result<std::string> AccessDeskImpl::revoke_token(std::string_view id) {
    return revoke(id, std::nullopt);
}

Result<std::string> AccessDeskImpl::revoke_own_token(std::string_view id, const Caller& who) {
    return revoke(id, who.token);
}

// Durable on return: a power cut must not bring back what was used.
Result<void> AccessDeskImpl::forget_admin_link() {
    TRY(seams_.disk.remove(seams_.link_path));
    return seams_.disk.sync_folder(seams_.link_path.substr(0, seams_.link_path.rfind('/')));
}

Result<FirstSignIn> AccessDeskImpl::redeem_admin_link(std::string_view secret) {
    const std::lock_guard guard(seams_.commands);
    const Error refused{"auth.link_used", "This link is not valid, or it was used before.",
                        "Make a token with the command line: filrouge token create --role admin."};
    if (!seams_.disk.exists(seams_.link_path)) return refused;
    const Bytes known = TRY(read_whole(seams_.disk, seams_.link_path, 1'024));
    // Compared by hash: how long it takes tells nothing of the secret.
    if (sha256_hex(known) != sha256_hex(secret)) return refused;
    FirstSignIn first;
    first.token = "fr_" + new_secret(kTokenBytes);
    const TokenDocument document{"First administrator", Role::Admin, sha256_hex(first.token),
                                 seams_.now().us};
    const std::string id = "admin-" + new_secret(4);
    // First, as of every token: it opens all there is, and nobody is signed in who could answer.
    TRY(seams_.note({seams_.now(), Role::Admin, id, "POST /admin", {}, 0}));
    TRY(seams_.write(one_record(token_record(id, &document))));
    // Only now: a crash or a full disk before it leaves the link, for there is no other way in.
    TRY(forget_admin_link());
    const auto view = views_.get();
    const std::uint32_t number = view->tokens.at(document.hash).document;
    first.session = TRY(sign_in(number, view->holders.at(number).version));
    return first;
}

}  // namespace filrouge::engine
