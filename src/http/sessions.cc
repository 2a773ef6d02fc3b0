#include "http/sessions.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace filrouge::http {

namespace {

constexpr std::size_t kSecretBytes = 16;

using Who = SignInTries::Who;

// A name has no line break, so the three never meet.
std::string pair_key(const Who& who) { return who.name + "\n" + who.address; }
std::string name_key(const Who& who) { return who.name + "\n\n"; }
std::string address_key(const Who& who) { return "\n" + who.address; }

std::array<std::pair<std::string, std::uint32_t>, 3> limits_of(const Who& who) {
    return {{{pair_key(who), SignInTries::kPairMax},
             {name_key(who), SignInTries::kNameMax},
             {address_key(who), SignInTries::kAddressMax}}};
}

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

void SignInTries::make_room(std::int64_t now_us) {
    std::erase_if(counted_,
                  [&](const auto& each) { return now_us - each.second.since_us > kWindowUs; });
    if (counted_.size() >= kKeysMax) counted_.clear();  // an attack: bounded before fair
}

std::int64_t SignInTries::wait_us(const Who& who, std::int64_t now_us) {
    const std::lock_guard guard(mutex_);
    std::int64_t wait = 0;
    for (const auto& [key, most] : limits_of(who)) {
        const auto at = counted_.find(key);
        if (at == counted_.end()) continue;
        const std::int64_t left = at->second.since_us + kWindowUs - now_us;
        if (left < 0)
            counted_.erase(at);
        else if (at->second.tries >= most)
            wait = std::max(wait, left + 1);
    }
    return wait;
}

void SignInTries::failed(const Who& who, std::int64_t now_us) {
    const std::lock_guard guard(mutex_);
    for (const auto& [key, most] : limits_of(who)) {
        if (counted_.size() >= kKeysMax) make_room(now_us);
        Counted& counted = counted_[key];
        if (counted.tries == 0) counted.since_us = now_us;
        ++counted.tries;
    }
}

void SignInTries::succeeded(const Who& who) {
    const std::lock_guard guard(mutex_);
    counted_.erase(pair_key(who));
    counted_.erase(name_key(who));
}

}  // namespace filrouge::http
