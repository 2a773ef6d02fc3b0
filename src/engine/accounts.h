// The AccountDesk over what the doors know of the fold; private to engine/.
#pragma once

#include <functional>
#include <mutex>

#include "engine/account_desk.h"
#include "engine/board.h"

namespace filrouge::engine {

std::string account_json(const Account& account);  // with the password's hash, for the record
std::optional<Account> parse_account(std::string_view id, std::string_view json);

// What the desk needs of the runtime.
struct AccountSeams {
    std::function<std::string()> new_id;
    std::function<std::int64_t()> now_us;
    // Returns once the document is durable and folded; empty JSON removes it.
    std::function<Result<void>(std::string_view id, std::string_view json)> put;
    std::mutex& commands;  // one at a time, from validation to folded
};

class Accounts final : public AccountDesk {
  public:
    Accounts(const DoorViews& views, AccountSeams seams)
        : views_(views), seams_(std::move(seams)) {}

    std::optional<Account> named(std::string_view name) const override;
    Result<std::string> list() const override;
    Result<std::string> put(std::string_view json) override;
    Result<Account> change_password(const Account& known, std::string_view password) override;
    Result<std::string> remove(std::string_view id) override;

  private:
    const DoorViews& views_;
    AccountSeams seams_;
};

}  // namespace filrouge::engine
