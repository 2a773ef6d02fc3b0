#include "http/sessions.h"

#include <algorithm>

#include "base/text.h"

namespace filrouge::http {

namespace {

constexpr std::size_t kSecretBytes = 16;

}  // namespace

std::string Sessions::begin(Session session, std::int64_t now_us) {
    std::string secret = "s_" + hex_encode(random_.bytes(kSecretBytes));
    const std::lock_guard guard(mutex_);
    if (kept_.size() >= kSessionsMax) {
        kept_.erase(std::min_element(kept_.begin(), kept_.end(), [](const auto& a, const auto& b) {
            return a.second.used_us < b.second.used_us;
        }));
    }
    kept_[secret] = {std::move(session), now_us, now_us};
    return secret;
}

std::optional<Session> Sessions::find(std::string_view secret, std::int64_t now_us) {
    const std::lock_guard guard(mutex_);
    const auto at = kept_.find(secret);
    if (at == kept_.end()) return std::nullopt;
    Kept& kept = at->second;
    if (now_us - kept.used_us > kSessionIdleUs || now_us - kept.begun_us > kSessionLifeUs) {
        kept_.erase(at);
        return std::nullopt;
    }
    kept.used_us = std::max(kept.used_us, now_us);
    return kept.session;
}

void Sessions::end(std::string_view secret) {
    const std::lock_guard guard(mutex_);
    if (const auto at = kept_.find(secret); at != kept_.end()) kept_.erase(at);
}

void Sessions::end_all_of(std::string_view account) {
    const std::lock_guard guard(mutex_);
    std::erase_if(kept_, [&](const auto& each) { return each.second.session.account == account; });
}

bool SignInTries::may_try(const std::string& key, std::int64_t now_us) {
    const std::lock_guard guard(mutex_);
    const auto at = counted_.find(key);
    if (at == counted_.end()) return true;
    if (now_us - at->second.since_us > kWindowUs) {
        counted_.erase(at);
        return true;
    }
    return at->second.tries < kTriesMax;
}

void SignInTries::failed(const std::string& key, std::int64_t now_us) {
    const std::lock_guard guard(mutex_);
    if (counted_.size() >= kKeysMax) {
        std::erase_if(counted_,
                      [&](const auto& each) { return now_us - each.second.since_us > kWindowUs; });
        if (counted_.size() >= kKeysMax) counted_.clear();  // an attack: bounded before fair
    }
    Counted& counted = counted_[key];
    if (counted.tries == 0) counted.since_us = now_us;
    ++counted.tries;
}

void SignInTries::succeeded(const std::string& key) {
    const std::lock_guard guard(mutex_);
    counted_.erase(key);
}

}  // namespace filrouge::http
