#include "http/sign_in_tries.h"

#include <algorithm>
#include <array>

namespace filrouge::http {

namespace {

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
