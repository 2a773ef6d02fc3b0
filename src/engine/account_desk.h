// The accounts of who works with Filrouge: a name, a role, a password's hash. Names never appear in
// logs, errors or metrics. Thread-safe; owned by the Runtime.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/role.h"

namespace filrouge::engine {

constexpr std::size_t kAccountsMax = 1'000;
constexpr std::size_t kAccountNameBytesMax = 100;

struct Account {
    std::string id;
    std::string name;  // one account each, whatever the case
    Role role = Role::None;
    std::string password;  // password_hash(); never told
    std::int64_t created_us = 0;
    std::vector<std::string> brands = {};  // ids: all it may see; empty: every brand
    // Of the record that told it last: a session is as good as the account it began by.
    std::uint32_t document = 0;
    std::uint64_t version = 0;
};

class AccountDesk {
  public:
    virtual ~AccountDesk() = default;
    virtual std::optional<Account> named(std::string_view name) const = 0;
    // JSON of schema/api.json, without passwords.
    virtual Result<std::string> list() const = 0;
    // {"name", "role", "password", "brands"}: makes an account, or gives a known name another role,
    // password and brands. Answers it as JSON. Errors: account.invalid_name, account.unknown_role,
    // account.weak_password, account.common_password, account.too_many, api.unknown_brand.
    virtual Result<std::string> put(std::string_view json) = 0;
    // Errors: account_not_found. Answers {"removed":true}.
    virtual Result<std::string> remove(std::string_view id) = 0;
    // Another password for the account as it was known: whoever else is signed in by it is not any
    // more. Answers how it is now. Errors: account.weak_password,
    // account.common_password, account.changed_conflict.
    virtual Result<Account> change_password(const Account& known, std::string_view password) = 0;
};

}  // namespace filrouge::engine
