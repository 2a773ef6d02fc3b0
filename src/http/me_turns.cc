#include "http/me_turns.h"

namespace filrouge::http {

std::shared_ptr<void> MeTurns::take(const std::string& profile) {
    const std::lock_guard lock(mutex_);
    if (!taken_.insert(profile).second) return nullptr;
    return {this, [this, profile](void*) {
                const std::lock_guard giving_back(mutex_);
                taken_.erase(profile);
            }};
}

}  // namespace filrouge::http
