#include "http/repeated_looks.h"

namespace filrouge::http {

bool RepeatedLooks::is_repeated(const std::string& look, IngestTime now) {
    const auto holds = [&](IngestTime told) { return told <= now && now - told < kSameLook; };
    const std::lock_guard lock(mutex_);
    const auto at = told_.find(look);
    if (at != told_.end() && holds(at->second)) return true;
    if (told_.size() >= kLooksKeptMax) {
        std::erase_if(told_, [&](const auto& each) { return !holds(each.second); });
        if (told_.size() >= kLooksKeptMax) told_.clear();
    }
    told_[look] = now;
    return false;
}

}  // namespace filrouge::http
