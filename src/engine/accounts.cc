#include "engine/accounts.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/json_writer.h"
#include "base/text.h"
#include "engine/brand_list.h"
#include "engine/password.h"
#include "engine/times.h"

namespace filrouge::engine {

namespace {

namespace json = boost::json;

std::string text_at(const json::object& object, std::string_view key) {
    const json::value* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

std::optional<json::object> object_of(std::string_view text) {
    json::error_code error;
    const json::value value = json::parse(json::string_view(text.data(), text.size()), error);
    if (error || !value.is_object()) return std::nullopt;
    return value.as_object();
}

void write_account(JsonWriter& w, const Account& account) {
    w.open_object()
        .field("id", account.id)
        .field("name", account.name)
        .field("role", name_of(account.role))
        .field("created", iso_time(EventTime{account.created_us}));
    write_brands(w, account.brands);
    w.close();
}

bool good_name(std::string_view name) {
    const auto printable = [](char c) { return static_cast<unsigned char>(c) >= 0x20; };
    return !name.empty() && name.size() <= kAccountNameBytesMax && trim(name) == name &&
           std::all_of(name.begin(), name.end(), printable);
}

}  // namespace

std::string account_json(const Account& account) {
    std::string out;
    JsonWriter w(out);
    w.open_object()
        .field("name", account.name)
        .field("role", name_of(account.role))
        .field("password", account.password)
        .field("created_us", account.created_us);
    write_brands(w, account.brands);
    w.close();
    return out;
}

std::optional<Account> parse_account(std::string_view id, std::string_view text) {
    const auto object = object_of(text);
    if (!object) return std::nullopt;
    const json::value* created = object->if_contains("created_us");
    return Account{std::string(id),
                   text_at(*object, "name"),
                   role_named(text_at(*object, "role")).value_or(Role::None),
                   text_at(*object, "password"),
                   created != nullptr && created->is_int64() ? created->as_int64() : 0,
                   brands_in(*object)};
}

std::optional<Account> Accounts::named(std::string_view name) const {
    const auto view = views_.get();
    for (const Account& account : view->accounts) {
        if (ascii_equal_ignoring_case(account.name, name)) return account;
    }
    return std::nullopt;
}

Result<std::string> Accounts::list() const {
    std::string out;
    JsonWriter w(out);
    w.open_object().key("accounts").open_array();
    const auto view = views_.get();
    for (const Account& account : view->accounts) write_account(w, account);
    w.close().close();
    return out;
}

Result<std::string> Accounts::put(std::string_view text) {
    const auto body = object_of(text);
    if (!body) return Error{"api.invalid_json", "The body must be a JSON object.", ""};
    Account account;
    account.name = text_at(*body, "name");
    if (!good_name(account.name))
        return Error{"account.invalid_name", "A name has 1 to 100 bytes and no line breaks.", ""};
    const auto role = role_named(text_at(*body, "role"));
    if (!role || *role == Role::None || *role == Role::Write)
        return Error{"account.unknown_role", "The role is not known.", kRolesHint};
    account.role = *role;
    account.brands = TRY(brands_asked(*body, views_.get()->brands));
    const std::string password = text_at(*body, "password");
    TRY(check_password(password, account.name));
    account.password = TRY(password_hash(password));  // long: not under the lock
    const std::lock_guard guard(seams_.commands);
    if (const auto known = named(account.name)) {
        account.id = known->id;
        // Another password lets nobody see more: `null` says that the limits go.
        if (!body->contains("brands")) account.brands = known->brands;
        account.created_us = known->created_us;
    } else {
        if (views_.get()->accounts.size() >= kAccountsMax)
            return Error{"account.too_many", "There are 1,000 accounts.", "Remove one first."};
        account.id = seams_.new_id();
        account.created_us = seams_.now_us();
    }
    TRY(seams_.put(account.id, account_json(account)));
    std::string out;
    JsonWriter w(out);
    write_account(w, account);
    return out;
}

Result<Account> Accounts::change_password(const Account& known, std::string_view password) {
    TRY(check_password(password, known.name));
    Account account = known;
    account.password = TRY(password_hash(password));  // long: not under the lock
    const std::lock_guard guard(seams_.commands);
    const auto now = named(known.name);
    const bool is_known = now && now->id == known.id && now->version == known.version;
    if (is_known) TRY(seams_.put(account.id, account_json(account)));
    const auto changed = is_known ? named(known.name) : std::nullopt;
    if (!changed)
        return Error{"account.changed_conflict", "The account was changed meanwhile.",
                     "Sign in again."};
    return *changed;
}

Result<std::string> Accounts::remove(std::string_view id) {
    const std::lock_guard guard(seams_.commands);
    const auto view = views_.get();
    if (std::none_of(view->accounts.begin(), view->accounts.end(),
                     [&](const Account& account) { return account.id == id; }))
        return Error{"account_not_found", "There is no such account.", ""};
    TRY(seams_.put(id, ""));
    return std::string(R"({"removed":true})");
}

}  // namespace filrouge::engine
