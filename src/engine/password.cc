#include "engine/password.h"

#include <sodium.h>

#include <array>

#include "engine/common_passwords.h"

namespace filrouge::engine {

namespace {

constexpr unsigned long long kPasses = 2;
constexpr std::size_t kMemoryBytes = 19 * 1024 * 1024;

}  // namespace

Result<void> check_password(std::string_view password, std::string_view account) {
    if (!is_common_password(password, account)) return {};
    return Error{
        "account.common_password",
        "This password is made of what is tried first: common passwords, the account's name "
        "or the word filrouge.",
        "Three words that do not belong together are easy to keep."};
}

Result<std::string> password_hash(std::string_view password) {
    if (password.size() < kPasswordBytesMin || password.size() > kPasswordBytesMax) {
        return Error{"account.weak_password",
                     "A password has " + std::to_string(kPasswordBytesMin) + " to " +
                         std::to_string(kPasswordBytesMax) + " bytes.",
                     "Three words that do not belong together are easy to keep."};
    }
    std::array<char, crypto_pwhash_STRBYTES> encoded{};
    if (sodium_init() < 0 || crypto_pwhash_str(encoded.data(), password.data(), password.size(),
                                               kPasses, kMemoryBytes) != 0) {
        return Error{"account.no_memory", "There is no memory to hash a password with.",
                     "Try again when the machine is less busy."};
    }
    return std::string(encoded.data());
}

bool password_fits(const std::string& encoded, std::string_view password) {
    if (sodium_init() < 0 || password.size() > kPasswordBytesMax) return false;
    return crypto_pwhash_str_verify(encoded.c_str(), password.data(), password.size()) == 0;
}

void password_fits_nobody(std::string_view password) {
    static const Result<std::string> nobody = password_hash("nobody has this password");
    if (nobody.ok()) static_cast<void>(password_fits(nobody.value(), password));
}

}  // namespace filrouge::engine
