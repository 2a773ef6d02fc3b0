// Passwords of accounts: Argon2id (RFC 9106) with 19 MiB, two passes, one lane, as OWASP's cheat
// sheet on password storage asks for; a fifth of a second on a small machine.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace filrouge::engine {

constexpr std::size_t kPasswordBytesMin = 12;
constexpr std::size_t kPasswordBytesMax = 256;

// Whether it may be the password of an account of that name; its length is password_hash()'s.
// Error: account.common_password.
Result<void> check_password(std::string_view password, std::string_view account);
// In the encoded form "$argon2id$v=19$m=...", with a salt of libsodium's own generator: no replay
// reads it. Error: account.weak_password, account.no_memory.
Result<std::string> password_hash(std::string_view password);
// Takes as long for a wrong password as for the right one.
bool password_fits(const std::string& encoded, std::string_view password);
// Takes as long as password_fits, for who is not known here: time must not tell them apart.
void password_fits_nobody(std::string_view password);

}  // namespace filrouge::engine
